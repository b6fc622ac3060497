"""A kind made up for tests: one of every word, and a way to write journals of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from peelian.core import kinds
from peelian.core.kinds import (
    NEW,
    Act,
    Around,
    Ask,
    Clock,
    Decision,
    Entry,
    Facts,
    Kind,
    Outcome,
    Owners,
    Part,
    Proposal,
    State,
    Who,
    fact,
    fold,
)  # fmt: skip
from peelian.core.local import Local

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPENS, CLOSES = Local("made.opens", "office hours"), Local("made.closes", "office hours")
ACCEPT = Local("made.accept_within", "allocation policy")
SET = Around(
    locals={
        "made.accept_within": [(datetime(2000, 1, 1, tzinfo=UTC), "15 minutes")],
        "made.opens": [(datetime(2000, 1, 1, tzinfo=UTC), time(9))],
        "made.closes": [(datetime(2000, 1, 1, tzinfo=UTC), time(17))],
    }
)


class Made(Facts, private="personal"):
    told_on: date = fact("Told on which day?", private="restricted")
    area: str = fact("District", private="open")
    age: int = fact("How old are they?")
    risk: str = fact("Risk", show="decided")
    note: str = fact("What is known?", private="special")


class Visit(Facts, private="personal"):
    planned_at: datetime = fact("When is it planned?", ahead=True)
    done_at: datetime = fact("When was it done?")


class Said(Facts, private="special"):
    held: bool = fact("Do you hold anything?")
    what: str = fact("What matters now?")


def grown(case: Any) -> bool:
    """The lowest level is for adults alone."""
    return bool(case.age >= 18)


def noted(case: Any) -> bool:
    """A note is written before the case is closed."""
    return bool(case.note)


def level(case: Any) -> Proposal:
    """Propose by age."""
    return Proposal("low" if case.age >= 18 else "high", f"age {case.age}", "made", tuple(v.it.id for v in case.visits))


LIMITS = {"low": "24 hours", "medium": "8 hours", "high": "1 hour"}


def by_risk(case: Any, start: datetime) -> tuple[str, str]:
    return LIMITS[case.risk], f"risk {case.risk}"


def made(**changes: Any) -> Kind:
    """The kind, with changes."""
    words: dict[str, Any] = {
        "name": "made",
        "title": "Made up",
        "question": "vulnerability",
        "source": "a test",
        "facts": Made,
        "stages": ("open", "waiting", "closed"),
        "ends": "closed",
        "acts": (
            Act(name="report", during=NEW, to="open", asks=("area",), maybe=("age", "told_on", "note")),
            Act(name="edit", maybe=("age", "note", "told_on", "area")),
            Act(name="hold", during="open", to="waiting"),
            Act(name="go_on", during="waiting", to="open"),
            Act(name="review"),
            Act(name="plan", adds="visits", asks=("planned_at",)),
            Act(name="visit", on="visits", asks=("done_at",)),
            Act(name="close", during=("open", "waiting"), to="closed", by="supervisor", guards=(noted,)),
        ),
        "decisions": (
            Decision(
                name="grade", policy=level, sets="risk", lower_by="supervisor",
                outcomes=(Outcome("low", guards=(grown,)), Outcome("medium"), Outcome("high")),
            ),
        ),
        "clocks": (
            Clock(name="first_review", starts="report", stops="review", limit="4 hours", pauses="waiting", resumes="open"),
            Clock(name="reviews", starts=("grade", "review"), stops=("review", "closed"), limit=by_risk),
            Clock(name="office", starts="report", stops="closed", limit="8 working hours", pauses="hold", resumes="go_on"),
            Clock(name="days", starts="report", stops="closed", limit="5 working days after", pauses="hold", resumes="go_on"),
        ),
        "parts": (
            Part(name="visits", facts=Visit, clocks=(
                Clock(name="visited_in_time", starts="planned_at", stops="done_at", limit="2 days after"),
            )),
        ),
        "asks": (Ask(name="known", shows=("area", "age"), answer=Said, limit="3 days after", purpose="safeguarding"),),
        "owners": Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector")),
        "hours": (OPENS, CLOSES),
    }  # fmt: skip
    return Kind(**{**words, **changes})


KIND = made()
ANN, BEN = Who("ann", ("investigator",), "force"), Who("ben", ("investigator",), "force")
SAM = Who("sam", ("supervisor",), "force")
SCHOOL = Who("school", ("hub-worker",), "school", partner=True)


class Journal:
    """Entries written one after another; each call folds anew, as the store does."""

    def __init__(self, kind: Kind = KIND, around: Around = SET) -> None:
        self.kind, self.around, self.entries = kind, around, list[Entry]()

    @property
    def state(self) -> State:
        return fold(self.kind, self.entries)

    def write(self, verb: str, *words: Any, who: Who = ANN, at: datetime, **more: Any) -> State:
        """Write what `kinds.<verb>` gives."""
        function: Callable[..., Entry] = getattr(kinds, verb)
        if verb in ("act", "decide", "offer", "accept", "refuse", "support", "ask"):
            more.setdefault("around", self.around)
        self.entries.append(function(self.state, *words, who=who, at=at, **more))
        return self.state

    def opened(self, at: datetime = START, **given: Any) -> Journal:
        self.write("act", "report", {"area": "A", **given}, at=at)
        return self

    def runs(self, clock: str, at: datetime, **more: Any) -> list[kinds.Run]:
        found = kinds.runs(self.kind, self.entries, at, around=self.around, **more)
        return [r for r in found if r.clock == clock]


def hours(count: float) -> datetime:
    """So many hours after the start."""
    return START + timedelta(hours=count)
