"""Whom a case may be offered to: people on duty and teams first, and anybody else by name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q

from peelian.access.actor import Actor
from peelian.access.models import Team
from peelian.access.roles import ROLES
from peelian.casework import allocation, duty
from peelian.core.clock import LONDON

from .case_fields import LondonTime
from .case_form import FactsForm

OTHER = "other"
SHOWN = 12  # people in sight; anybody else is typed


def takers(actor: Actor, at: datetime, *, later: datetime | None = None) -> list[tuple[str, str]]:
    """Whom to offer to: (name as the store knows it, words), those of the actor's own teams first.

    Parameters
    ----------
    later : datetime, optional
        Who is on duty then, not now: whom a shift that ends hands over to.
    """
    mine, me = actor.standing.teams, actor.user.username
    here = [p for p in duty.on_duty(later or at) if p.username != me]
    here.sort(key=lambda p: (not p.teams & mine, p.name))
    found = []
    for person in here[:SHOWN]:
        until = f"{person.until.astimezone(LONDON):%H:%M}"
        found.append((person.username, f"{person.name}, {_roles(person.roles)}, on duty until {until}"))
    teams = Team.objects.filter(agency=actor.agency)
    teams = teams.filter(Q(code__in=mine)) if teams.count() > SHOWN else teams
    return found + [(f"team:{t.code}", f"Team {t.name}") for t in teams.order_by("name")]


def ranked(ref: str, actor: Actor, at: datetime) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[str]]:
    """Who could take a case, as the rules of allocation rank them.

    Returns
    -------
    takers : list of tuple
        The best first, then teams: (name as the store knows it, words with the reasons).
    supporters : list of tuple
        Who is qualified, and could support somebody who is not.
    others : list of str
        Who could not take it, and why; and what was not checked.
    """
    found = allocation.candidates(ref, actor=actor, at=at)
    me = actor.user.username
    told = [(c.username, "; ".join((c.name, *c.why, *c.why_not))) for c in found.ranked if c.username != me][:SHOWN]
    teams = [t for t in takers(actor, at) if t[0].startswith("team:")]
    fit = [(c.username, c.name) for c in (*found.ranked, *found.others) if c.qualified]
    others = [f"{c.name}: {'; '.join(c.why_not)}" for c in found.others[:SHOWN]]
    return told + teams, fit, [*others, *(f"Not checked: {each}" for each in found.unchecked)]


def _roles(roles: frozenset[str]) -> str:
    return " and ".join(ROLES.get(r, r).lower() for r in sorted(roles)[:2])


def add_takers(
    form: FactsForm, people: list[tuple[str, str]], *, label: str, first: str = "", support: list[tuple[str, str]] | None = None
) -> None:  # fmt: skip
    """Fields that name whom it goes to, and of an offer who supports them and why."""
    choices = [*([("", first)] if first else []), *people, (OTHER, "Somebody else, or another team")]
    form.add("to", forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, required=not first,
        error_messages={"required": "Choose to whom"},
    ))  # fmt: skip
    form.add("to_other", forms.CharField(
        label="Their name to sign in with (where somebody else)", required=False, max_length=150,
        help_text="Of a team: team: and its code.",
    ))  # fmt: skip
    if not first:
        form.add("reason", forms.CharField(
            label="What do they need to know? (may be left empty)", required=False, max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2, "class": "grows"}),
        ))  # fmt: skip
    if support is not None:
        form.add("supporter", forms.ChoiceField(
            label="Who supports them?", choices=[("", "Nobody: the taker is qualified"), *support], required=False,
            help_text="Where the taker is not qualified: somebody who is, who must accept to support them.",
        ))  # fmt: skip
        form.add("until", LondonTime(label="When does the support end? (only with a supporter)", required=False))


def taken(form: Any) -> str:
    """The name chosen or typed; empty where the actor takes it."""
    told = form.cleaned_data
    return told["to_other"].strip() if told["to"] == OTHER else told["to"]


def shift_end(actor: Actor, at: datetime) -> datetime | None:
    """When the actor's duty ends; None while they are not on duty."""
    held = duty.span(actor.user.username, at)
    return held[1] if held else None


def after(end: datetime | None, at: datetime) -> datetime:
    """An instant at which those are on duty who take over."""
    return (end or at) + timedelta(minutes=1)
