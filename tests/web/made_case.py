"""A made-up kind of case with an input of every sort, for tests of the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

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


class Sighting(Facts, private="personal"):
    name: str = fact("Who is it about?", group="Person")
    born_on: date = fact("Date of birth", group="Person")
    area: str = fact("District", group="Report", private="open")
    seen_at: datetime = fact("When were they last seen?", group="Report", private="restricted")
    hurt: bool = fact("Is anybody hurt?", group="Report", private="restricted", hint="Ask; do not guess.")
    how: Literal["on_foot", "by_car"] = fact("How did they leave?", group="Report", private="restricted")
    companions: int = fact("How many are with them?", group="Report", private="restricted")
    wears: list[str] = fact("What do they wear?", group="Report", private="restricted")
    needs: list[Literal["medicine", "shelter"]] = fact("What do they need?", group="Report", private="restricted")
    said_by: str = fact("Who said so?", group="Report", private="source")
    level: Literal["low", "high"] = fact("Level", private="restricted", show="decided")
    ended: str = fact("How did it end?", group="End", private="restricted")


class Look(Facts, private="restricted"):
    place: str = fact("Where?")
    planned_at: datetime = fact("When is it planned?", ahead=True)
    done_at: datetime = fact("When was it done?")


class Reply(Facts, private="personal"):
    held: bool = fact("Is the person known to you?")
    what: str = fact("What matters for safety now?")


def level(case: Any) -> Proposal:
    """High where anybody is hurt."""
    return Proposal(
        "high" if case.hurt else "low", "somebody is hurt" if case.hurt else "nobody is hurt", "made-up guide"
    )


def looked(case: Any) -> bool:
    """At least one place is looked at before the case closes."""
    return any(row.get("done_at") for row in case.looks)


SIGHTING = Kind(
    name="made_sighting", title="Made-up sighting", question="vulnerability", source="made up for tests", facts=Sighting,
    stages=("open", "graded", "closed"), ends="closed", filters=("level", "how"), area="area",
    parts=(Part(name="looks", title="Places looked at", facts=Look, clocks=(
        Clock(name="look_late", title="Place looked at", starts="planned_at", stops="done_at", limit="4 hours"),)),),
    asks=(Ask(name="known", title="Known to you", shows=("name", "born_on"), answer=Reply, limit="24 hours", purpose="safeguarding"),),
    acts=(
        Act(name="report", title="Report", during=NEW, to="open", asks=("name", "area", "seen_at"),
            maybe=("born_on", "hurt", "how", "companions", "wears", "needs", "said_by")),
        Act(name="note", title="Add what was learnt", maybe=("name", "hurt", "how", "companions", "wears", "needs", "born_on")),
        Act(name="plan_look", title="Plan a look", adds="looks", asks=("place", "planned_at")),
        Act(name="look", title="Note that it was done", on="looks", asks=("done_at",)),
        Act(name="close", title="Close", during="graded", to="closed", asks=("ended",), guards=(looked,), by="supervisor"),
    ),
    decisions=(Decision(name="grading", title="Grade", policy=level, sets="level", to="graded", lower_by="supervisor",
                        outcomes=(Outcome("low"), Outcome("high"))),),
    clocks=(Clock(name="graded_in_time", title="Graded", starts="seen_at", stops="grading", limit="2 hours", source="made-up guide"),),
    owners=Owners(accept_within="1 hour", climbs=("supervisor", "inspector")), shared={"partner": ("open", "personal")},
)  # fmt: skip
