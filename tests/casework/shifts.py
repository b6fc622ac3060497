"""A made-up force at work, shift after shift: people who hand over or forget to, answer or let things lie, and a case that goes round.

It keeps its own account of who had the case in hand, minute by minute, from what was done and who was on duty: nothing of it is
taken from the code that it judges.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from peelian.casework.cover import Cover, Shifts, cover
from peelian.core.kinds import NEW, Act, Facts, Kind, Owners, Refused, State, Who, fact, fold
from peelian.core.kinds import accept as accepted
from peelian.core.kinds import act as acted
from peelian.core.kinds import offer as offered

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEGIN = datetime(2026, 3, 20, 7, tzinfo=UTC)  # the clocks go forward on the 29th
LADDER = ("supervisor", "inspector", "superintendent", "chief-officer")


class Report(Facts, private="restricted"):
    risk: str = fact("Risk")
    area: str = fact("District")


KIND = Kind(
    name="shift_case", title="A case of the test", question="vulnerability", source="made up",
    facts=Report, stages=("open", "closed"), ends="closed",
    acts=(
        Act(name="report", during=NEW, to="open", asks=("risk",)),
        Act(name="note", maybe=("risk",)),
        Act(name="close", to="closed"),
    ),
    owners=Owners(accept_within="1 hour", climbs=("supervisor", "inspector"), always=lambda case: case.risk == "high"),
)  # fmt: skip
# The rules' own promise: four hours on (an hour for whom it was offered to, one each for three rungs) the highest is asked or called out.
ASKED = 4 * HOUR
# Then people: within an hour somebody looks; within one more whoever is called out is
# there; within one more they look.
LIMIT = 7 * HOUR


@dataclass
class Force:
    """People with their shifts; `shifts` is what the code reads."""

    spans: dict[str, list[tuple[datetime, datetime]]]
    people: dict[str, Who]
    worked: int

    @property
    def shifts(self) -> Shifts:
        return Shifts(self.spans, self.people)

    def on(self, name: str, at: datetime) -> bool:
        """Whether somebody is on duty: by looking at every span."""
        return any(a <= at < b for a, b in self.spans.get(name, ()))


def make_force(rng: random.Random, days: int) -> Force:
    """Constables in three teams, few of each rank, with sickness; some hours have nobody of a rank, some nobody at all."""
    ranks = [("pc", 6, ()), ("sgt", 2, ("supervisor",)), ("insp", rng.choice((0, 1, 2)), ("inspector",)),
             ("supt", rng.choice((0, 1)), ("superintendent",)), ("chief", 1, ("chief-officer",))]  # fmt: skip
    spans, people, worked = {}, {}, 0
    for rank, count, roles in ranks:
        for n in range(count):
            name = f"{rank}{n}"
            team = f"team-{n % 3}"
            people[name] = Who(name, ("investigator", *roles), teams=(team,))
            rows = []
            start = BEGIN + rng.choice((0, 8, 16)) * HOUR - DAY
            while start < BEGIN + days * DAY:
                if rng.random() > 0.15:
                    rows.append((start, start + rng.choice((8, 9, 10)) * HOUR))
                start += rng.choice((16, 24, 24, 24, 72)) * HOUR
            spans[name] = _apart(rows)
            worked += len(rows)
    return Force(spans, people, worked)


def _apart(rows: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for a, b in sorted(rows):
        if found and a <= found[-1][1]:
            found[-1] = (found[-1][0], max(b, found[-1][1]))
        else:
            found.append((a, b))
    return found


@dataclass
class Pure:
    """The engine's pure functions on a list of entries."""

    entries: list[Any] = field(default_factory=list)
    state: State = field(default_factory=lambda: State(KIND))

    def open(self, who: Who, at: datetime, to: str) -> None:
        self._add(acted(self.state, "report", {"risk": "high"}, who=who, at=at, to=to))

    def offer(self, who: Who, to: Who, at: datetime) -> None:
        self._add(offered(self.state, to.name, who=who, at=at, taker=to, reason="shift end"))

    def accept(self, who: Who, at: datetime) -> None:
        self._add(accepted(self.state, who=who, at=at))

    def _add(self, entry: Any) -> None:
        self.entries.append(entry)
        self.state = fold(KIND, self.entries)

    def who_acts(self, force: Force, at: datetime) -> Cover | None:
        return cover(self.state, at, force.shifts)


def live(engine: Any, force: Force, rng: random.Random, days: int) -> timedelta:
    """One high-risk case over some days; the longest time in which nobody on duty had it in hand.

    Only two things are taken for granted of people: whoever is called out signs on within the hour, and the highest rung, once it
    is asked, takes the case. Everyone else may let it lie.
    """
    names = sorted(force.people)
    now, end = BEGIN + rng.randrange(24 * 60) * timedelta(minutes=1), BEGIN + days * DAY
    opener = force.people[rng.choice(names)]
    to = rng.choice(["", rng.choice(names), "team:team-1"])
    engine.open(opener, now, to)
    holder = "" if to else opener.name  # who accepted it last, by our own account
    worst, since = timedelta(0), now
    lazy = {name for name in names if rng.random() < 0.5}
    while now < end:
        has = bool(holder) and force.on(holder, now)
        if has:
            since = None
        else:
            since = since or now
            worst = max(worst, now - since)
        told = engine.who_acts(force, now)
        if not has:
            assert told is not None, "nobody is asked though nobody has it"
            top = told.call_out or (told.step and told.rank == LADDER[-1])
            assert top or now - since < ASKED, "the highest is not asked in time"
        if told is not None:
            assert all(force.on(name, now) for name in told.people), "somebody is asked who is not on duty"
            if told.step and told.people != (holder,):
                rungs = {n: set(force.people[n].roles) & set(LADDER) for n in names if force.on(n, now) and n != holder}
                assert all(told.rank in rungs[n] for n in told.people), "somebody of another rung is asked"
                if not told.people:
                    assert not any(rungs.values()), "nobody is asked though somebody of the ladder is on duty"
            took = _respond(engine, force, rng, told, holder, now, lazy)
            if took:  # whoever is asked is on duty: from this minute it is theirs
                holder, since = took, None
        elif rng.random() < 0.15:  # hands over before going, to anybody
            engine.offer(force.people[holder], force.people[rng.choice([n for n in names if n != holder])], now)
        now = _next(force, now, told, rng)
    return worst


def _respond(
    engine: Any, force: Force, rng: random.Random, told: Cover, holder: str, now: datetime, lazy: set[str]
) -> str:
    """What those who are asked do: nothing, offer it to somebody, or take it. Returns who took it."""
    if told.call_out:
        called = rng.choice([n for n in force.people if told.call_out in force.people[n].roles])
        start = now + timedelta(minutes=rng.randrange(1, 60))
        force.spans[called] = _apart([*force.spans[called], (start, start + 8 * HOUR)])
    if not told.people:
        return ""
    who = force.people[rng.choice(told.people)]
    if who.name == holder:
        return ""
    must = told.rank == LADDER[-1]
    if not must and (who.name in lazy or rng.random() < 0.4):
        return ""
    if told.step and not must and rng.random() < 0.3:  # offers it to somebody, on duty or not
        others = [n for n in sorted(force.people) if n != holder]
        engine.offer(who, force.people[rng.choice(others)], now)
        return ""
    try:
        engine.accept(who, now)
    except Refused:  # asked over the head of whom it was offered to: takes it upon themselves
        engine.offer(who, who, now)
        engine.accept(who, now)
    return who.name


def _next(force: Force, now: datetime, told: Cover | None, rng: random.Random) -> datetime:
    """The next instant at which anything can change, or one before at random."""
    edges = [edge for rows in force.spans.values() for span in rows for edge in span if edge > now]
    if told is not None and told.until is not None and told.until > now:
        edges.append(told.until)
    later = min(edges, default=now + HOUR)
    minute = now + timedelta(minutes=rng.randrange(20, 60))
    return min(later, minute if told is not None else later)


class Stored:
    """The same through the database: the store's own functions, duties as rows, a new actor for each act."""

    def __init__(self, force: Force) -> None:
        from peelian.access.models import Agency, Posting, Team, User

        self.agency, _ = Agency.objects.get_or_create(code="force", defaults={"name": "The force", "kind": "police"})
        self.users, self.held = {}, set()
        for n in range(3):
            Team.objects.get_or_create(code=f"team-{n}", defaults={"name": f"Team {n}", "agency": self.agency})
        for name, who in force.people.items():
            self.users[name], _ = User.objects.get_or_create(username=name, defaults={"agency": self.agency})
            Posting.objects.get_or_create(
                user=self.users[name], team_id=next(iter(who.teams)), roles=list(who.roles),
                defaults={"start": date(2020, 1, 1), "by": "x", "at": BEGIN},
            )  # fmt: skip
        self.force = force

    def open(self, who: Who, at: datetime, to: str) -> None:
        from peelian.casework import store

        self.ref = store.open_case(KIND.name, "report", {"risk": "high"}, actor=self._actor(who, at), at=at, to=to).ref

    def offer(self, who: Who, to: Who, at: datetime) -> None:
        from peelian.casework import store

        store.offer(self.ref, to.name, actor=self._actor(who, at), at=at, reason="shift end")

    def accept(self, who: Who, at: datetime) -> None:
        from peelian.casework import store

        store.accept(self.ref, actor=self._actor(who, at), at=at)

    def who_acts(self, force: Force, at: datetime) -> Cover | None:
        """What the tables say, which hold the shifts as they are now."""
        from peelian.casework.models import Case, Duty
        from peelian.casework.uncovered import uncovered

        spans = {(name, *span) for name, rows in force.spans.items() for span in rows}
        if spans != self.held:
            Duty.objects.all().delete()
            rows = [Duty(user=n, start=a, end=b, source="roster", at=at) for n, a, b in sorted(spans)]
            Duty.objects.bulk_create(rows)
            self.held = spans
        return next((told for _, told in uncovered(at, Case.objects.filter(ref=self.ref))), None)

    def _actor(self, who: Who, at: datetime) -> Any:
        from peelian.access.actor import Actor

        return Actor(self.users[who.name], self.agency, "safeguarding", on=at.date())
