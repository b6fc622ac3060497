"""Whom a case is about: the person's mention, by which restrictions hide the case and an undone merge lists it."""

from __future__ import annotations

from datetime import datetime

from peelian.access.actor import Actor
from peelian.core.kinds import Kind, State
from peelian.identity.decisions import issue
from peelian.identity.models import Issued, Known
from peelian.identity.persons import person_of

from .models import Case


def about(kind: Kind, state: State, subject: str = "") -> Known | None:
    """The mention that a case names, whoever may see it; None where it names nobody whom records know.

    Parameters
    ----------
    subject : str
        The ref, where the kind has no fact for it.
    """
    ref = subject_of(kind, state, subject)
    return Known.objects.filter(ref=ref).only("key", "ref", "feed", "reference").first() if ref else None


def subject_of(kind: Kind, state: State, subject: str = "") -> str:
    """The ref that a case names: of the kind's own fact where it has one."""
    return str(state.facts.get(kind.subject) or "") if kind.subject else subject


def issue_on(case: Case, mention: Known | None, *, actor: Actor, at: datetime) -> None:
    """Register that the case rests on a person, as its maker sees them: no later score takes them apart unasked.

    Done before the case is written: what is issued on a case that was never written harms nobody, and the other way round it could
    be forgotten.
    """
    if mention is None or actor.agency.kind != "police":
        return
    person = person_of(mention.ref, actor=actor)
    if person is None or Issued.objects.filter(product="case", ref=case.ref, keys=sorted(person.keys)).exists():
        return
    issue("case", case.ref, case.kind.replace("_", " ").capitalize(), person.keys, actor=actor, at=at)
