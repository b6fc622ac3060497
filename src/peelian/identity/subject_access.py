"""A subject access request: a draft that a person reviews line by line. Nothing is ever sent from here (law 3).

What stands about other people in the same records, what others are controllers of, intelligence and the marks of danger are set to
"ask first" before the reviewer has looked; nothing goes out by default.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from peelian.access.actor import Actor, record_act, require_role
from peelian.access.models import RecordClass
from peelian.core.dated import Dated
from peelian.core.document import Column, Document, Note, Paragraph, Section, Source, Table
from peelian.core.errors import PeelianError
from peelian.core.period import Period
from peelian.records.feeds import FEEDS
from peelian.records.models import AccessRequest

from .models import Known
from .persons import SAFETY, name_of, person_of

ROLES = ("data-protection", "analyst")
TIME = Dated(Path(__file__).with_suffix(".toml"), "subject_access", Period)
# What a reviewer may decide of a line.
TELL, ASK, WITHHOLD = "tell", "ask first", "withhold"
CHOICES = (TELL, ASK, WITHHOLD)


@dataclass(frozen=True)
class Line:
    """One record in which the person was found: what may be told, and what stands in the way until somebody decides."""

    place: str  # feed/key
    record_class: RecordClass
    mention: Known
    answer: str
    why: str


def open_request(refs: list[str], *, received: date, actor: Actor, at: datetime) -> AccessRequest:
    """Draw up the draft for the person, or the persons not yet joined, whom the refs name.

    Raises
    ------
    PeelianError
        ``peelian.E364`` if a ref names nobody whom the reviewer may see, or the day lies ahead.
    """
    require_role(actor, *ROLES)
    people = [person_of(ref, actor=actor) for ref in refs]
    if not people or None in people or received > at.date():
        raise PeelianError(
            "the request cannot be opened so",
            fix="give references of people whom you can see, and the day on which the request came",
            id="peelian.E364",
        )
    keys = sorted({key for person in people if person for key in person.keys})
    due = TIME.look(on=received).value.last_day(received)
    with transaction.atomic():
        made = AccessRequest.objects.create(
            uid=secrets.token_hex(12), keys=keys, received=received, due=due, lines={}, opened_by=actor.user.username,
            opened_at=at,
        )  # fmt: skip
        record_act(actor, "consultation", "subject access: draft", at=at, subjects=keys, detail={"request": made.uid})
    return made


def lines(request: AccessRequest) -> list[Line]:
    """The draft's lines with what was decided of each, or what is proposed until then."""
    rows = Known.objects.filter(key__in=request.keys).select_related("record_class").order_by("feed", "key")
    found = []
    for row in rows:
        answer, why = _proposed(row)
        told = request.lines.get(row.key)
        if told:
            answer, why = told
        found.append(Line(row.key, row.record_class, row, answer, why))
    return found


def decide(request: AccessRequest, answers: Mapping[str, tuple[str, str]], *, actor: Actor, at: datetime) -> None:
    """Keep what the reviewer decided of lines: answer and reason by place.

    Raises
    ------
    PeelianError
        ``peelian.E365`` for an answer that is none, one without its reason, or a request that was closed.
    """
    require_role(actor, *ROLES)
    with transaction.atomic():
        held = AccessRequest.objects.select_for_update().get(pk=request.pk)
        wrong = [
            p for p, (answer, why) in answers.items() if answer not in CHOICES or (answer != TELL and not why.strip())
        ]
        if wrong or held.reviewed_at is not None or not set(answers) <= set(held.keys):
            raise PeelianError(
                "the answers cannot be kept",
                found=f"{len(wrong)} without a reason" if wrong else "the review is closed",
                fix="give a reason wherever something is not told",
                id="peelian.E365",
            )
        held.lines = {**held.lines, **{p: list(told) for p, told in answers.items()}}
        held.save()
        record_act(
            actor,
            "alteration",
            "subject access: lines decided",
            at=at,
            detail={"request": held.uid, "lines": len(answers)},
        )


def close(request: AccessRequest, *, actor: Actor, at: datetime) -> None:
    """Close the review by another person than the one who opened it, once no line is left to ask about."""
    require_role(actor, *ROLES)
    with transaction.atomic():
        held = AccessRequest.objects.select_for_update().get(pk=request.pk)
        open_ = [line for line in lines(held) if line.answer == ASK]
        if open_ or held.opened_by == actor.user.username or held.reviewed_at is not None:
            raise PeelianError(
                "the review cannot be closed yet",
                found=f"{len(open_)} lines still to ask about" if open_ else "it needs a second person, once",
                fix="decide every line; somebody else than who opened it closes it",
                id="peelian.E366",
            )
        held.reviewed_by, held.reviewed_at = actor.user.username, at
        held.save()
        told = [line.place for line in lines(held) if line.answer == TELL]
        record_act(
            actor, "disclosure", "subject access: reviewed for the person", at=at, subjects=told,
            recipient="the person who asked", detail={"request": held.uid, "lines": len(told)},
        )  # fmt: skip


def draft(request: AccessRequest, *, on: date) -> Document:
    """The answer as it stands: what would be told, and how many lines are withheld or waiting."""
    found = lines(request)
    told = [line for line in found if line.answer == TELL]
    rows = tuple(
        (_source(line.mention), line.mention.role, name_of(line.mention), str(line.mention.born_on or ""),
         line.mention.address, line.mention.phone, line.record_class.controller)
        for line in told
    )  # fmt: skip
    waits = f"{sum(x.answer == ASK for x in found)} lines to ask about, {sum(x.answer == WITHHOLD for x in found)} withheld."
    state = "reviewed" if request.reviewed_at else "DRAFT, not to be sent"
    return Document(
        "What is held about you", state, "OFFICIAL-SENSITIVE", on,
        (("Request", request.uid), ("Received", f"{request.received:%-d %B %Y}"), ("Answer due", f"{request.due:%-d %B %Y}")),
        (
            Section("Records", (
                Table("Records that name you", (Column("Source"), Column("As"), Column("Name"), Column("Date of birth"), Column("Address"),
                                                Column("Telephone"), Column("Controller")), rows,
                      sources=(Source("Records of the force and its partners", "as they state it"),)),)),
            Section("What is not here", (
                Paragraph("Other records may be held, here or elsewhere, that may not be told. You can ask the Information Commissioner to look."),
                *(() if request.reviewed_at else (Note(waits, "For the reviewer, not to be sent"),)))),
        ),
    )  # fmt: skip


def _proposed(row: Known) -> tuple[str, str]:
    own = row.record_class
    if row.feed == SAFETY:
        return WITHHOLD, "a mark of danger, taken from another record"
    if "intelligence" in own.category or own.handling in ("intelligence", "standards"):
        return ASK, "intelligence: would telling harm a source, an operation or somebody's safety?"
    if not own.controller.startswith("The Chief Constable"):
        return ASK, f"controller: {own.controller}"
    if row.role in ("suspect", "wanted person"):
        return ASK, "would telling prejudice an investigation?"
    return TELL, ""


def _source(row: Known) -> str:
    return FEEDS[row.feed].title if row.feed in FEEDS else row.feed
