"""A made-up system and a made-up force for tests of the store: one kind of case with every word that the store must keep."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from peelian.access.actor import Actor
from peelian.access.models import Agency, Change, Posting, RecordClass, Team, User
from peelian.access.refs import ref_of
from peelian.casework.kinds import register
from peelian.core.kinds import (
    NEW,
    Act,
    Ask,
    Clock,
    Decision,
    Facts,
    Kind,
    Outcome,
    Owners,
    Part,
    Proposal,
    fact,
)  # fmt: skip
from peelian.core.local import Local
from peelian.identity.models import Known
from peelian.records.models import Batch

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
VISIT_WITHIN = Local("made-up.visit_within", "made-up policy")
ANSWER = Local("made-up.answer_within", "made-up agreement")


class Worry(Facts, private="personal"):
    found_at: datetime = fact("When was it found?", private="restricted")
    area: str = fact("District", private="open")
    person: str = fact("Who is it about?")
    risk: Literal["low", "high"] = fact("Risk", private="restricted", show="decided")
    harm: str = fact("What harm?", private="special")
    said_by: str = fact("Who said it?", private="source")
    note: str = fact("Note", private="restricted")


class Visit(Facts, private="personal"):
    planned_at: datetime = fact("When is it planned?", ahead=True)
    done_at: datetime = fact("When was it done?")
    mood: str = fact("How were they?", private="special")


class Answer(Facts, private="special"):
    held: bool = fact("Is the person known to you?")
    what: str = fact("What matters?")


def risk(case: Any) -> Proposal:
    """High where harm is told of."""
    return Proposal("high" if case.harm else "low", "harm is told of")


def visited(case: Any) -> bool:
    """At least one visit is made before it closes."""
    return any(row.get("done_at") for row in case.visits)


WORRY = register(
    Kind(
        name="made_up_worry", title="Made-up worry", question="vulnerability", source="no source: made up for tests",
        facts=Worry, stages=("open", "planned", "closed"), ends="closed",
        parts=(
            Part(name="visits", facts=Visit, clocks=(
                Clock(name="visit_late", starts="planned_at", stops="done_at", limit=VISIT_WITHIN),
            )),
        ),
        asks=(Ask(name="known_to_you", shows=("person", "area"), answer=Answer, limit=ANSWER, purpose="safeguarding"),),
        acts=(
            Act(name="report", during=NEW, to="open", asks=("found_at", "area"), maybe=("person", "harm", "said_by", "note")),
            Act(name="write", maybe=("note", "harm", "person", "area")),
            Act(name="plan", adds="visits", asks=("planned_at",), to="planned"),
            Act(name="visit", on="visits", asks=("done_at",), maybe=("mood",)),
            Act(name="close", to="closed", guards=(visited,), by="supervisor"),
        ),
        decisions=(
            Decision(
                name="grade", policy=risk, sets="risk", outcomes=(Outcome("low"), Outcome("high")), lower_by="supervisor"
            ),
        ),
        clocks=(
            Clock(name="assess", starts="found_at", stops="grade", limit="72 hours", source="made up"),
            Clock(name="term", starts="found_at", stops="closed", limit="240 hours", duty=False),
        ),
        owners=Owners(accept_within="1 hour", climbs=("supervisor", "inspector")),
        subject="person", filters=("area", "risk"), shared={"partner": ("open", "personal")},
    )
)  # fmt: skip


def people() -> dict[str, Actor]:
    """A force with a team, a council and a health board: an actor for each, safeguarding."""
    force, _ = Agency.objects.get_or_create(code="force", defaults={"name": "The force", "kind": "police"})
    council = Agency.objects.create(code="council", name="The council", kind="partner")
    health = Agency.objects.create(code="health", name="Health", kind="partner")
    hub = Team.objects.create(code="hub", name="Hub", agency=force)
    made = {}
    for name, agency, roles, team in (
        ("ann", force, ["hub-worker"], hub), ("bob", force, ["hub-worker"], hub), ("sue", force, ["supervisor"], None),
        ("ida", force, ["inspector"], None), ("cal", council, ["hub-worker"], None), ("hal", health, ["hub-worker"], None),
        ("ana", force, ["analyst"], None),
    ):  # fmt: skip
        user = User.objects.create(username=name, agency=agency)
        Posting.objects.create(user=user, team=team, roles=roles, start=date(2026, 1, 1), by="x", at=AT)
        made[name] = Actor(user, agency, "safeguarding", on=AT.date())
    return made


def set_local(local: Local, value: Any, since: datetime = AT - timedelta(days=1)) -> None:
    """Two people set a value of the force's own."""
    Change.objects.create(
        uid=secrets.token_hex(12), name=local.name, after=value, reason="x", proposed_by="a", proposed_at=since,
        approved_by="b", approved_at=since,
    )  # fmt: skip


def known_person(name: str) -> str:
    """Somebody whom a record of the force names: the key of the mention."""
    held, _ = RecordClass.objects.get_or_create(
        code="force-person-police", source="force", category="person", handling="police", controller="The Chief Constable",
        regime="part3", onward="x",
    )  # fmt: skip
    batch, _ = Batch.objects.get_or_create(
        digest="x",
        feed="force-people",
        file="x",
        record_class=held,
        by="x",
        purpose="records",
        known_from=AT,
        state="landed",
    )
    key = f"force-people/{name}"
    Known.objects.create(
        key=key, ref=ref_of(key), record_class=held, batch=batch, line=2, feed="force-people", reference=f"R-{name}",
        known_from=AT, **dict.fromkeys((
            "role", "surname", "forenames", "sex", "ethnicity", "phone", "address", "postcode", "surname_key", "forenames_key",
            "sounds", "content",
        ), ""),
    )  # fmt: skip
    return key


REPORT = {"found_at": (AT - HOUR).isoformat(), "area": "north"}
