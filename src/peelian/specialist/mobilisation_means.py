"""Whom and what the force has: people with their duties, rank and qualifications, vehicles, and the way from station to station.

From the landed roster, staff list, training register and fleet list, as far as policy lets the reader see them. Nothing is guessed: a
station that no loaded area names gets the force's own minutes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any

from peelian.access.actor import Actor, Denied, require_role
from peelian.casework.roster import DUTIES, TRAINING, may_read
from peelian.core.clock import london_day, start_of_day
from peelian.core.local import Local
from peelian.records import areas

from .landed_rows import as_landed, instant, rows
from .working_hours import LONGEST, REST

POLICY = "force mobilisation plan"
STAFF, FLEET = "force-hr", "force-vehicles"
WHO = ("planner", "supervisor")
BEHIND, NEAR = timedelta(days=28), timedelta(days=3)
RECALL, COMMITTED, COVER, SURE, SPREAD, SHARED = (
    Local(f"mobilisation.{name}", POLICY) for name in ("recall_share", "committed_share", "cover_share", "sure_enough", "travel_spread", "shared_spread")
)  # fmt: skip
RELEASE_MINUTES, RECALL_MINUTES, SPEED, DETOUR, UNKNOWN_MINUTES = (
    Local(f"mobilisation.{name}", POLICY) for name in ("release_minutes", "recall_minutes", "speed_km_an_hour", "detour", "unknown_way_minutes")
)  # fmt: skip
LOCALS = (
    REST, LONGEST, RECALL, COMMITTED, COVER, SURE, SPREAD, SHARED, RELEASE_MINUTES, RECALL_MINUTES, SPEED, DETOUR, UNKNOWN_MINUTES,
)  # fmt: skip
# A police support unit, as the force counts one: a composition in common use is not confirmed as national.
UNIT = {rank: Local(f"mobilisation.unit_{rank}s", POLICY) for rank in ("inspector", "sergeant", "constable")}


@dataclass(frozen=True, slots=True)
class Person:
    """One member of staff.

    Attributes
    ----------
    rank : str
        Empty where the reader may not see the staff list.
    skills : frozenset of str
        Accreditations that hold on the day.
    duties : tuple of (start, end, role, state)
        Of the days around; state as the roster has it.
    """

    number: str
    team: str
    station: str
    rank: str
    skills: frozenset[str]
    duties: tuple[tuple[datetime, datetime, str, str], ...]


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle that is in service and on the road."""

    number: str
    sort: str
    base: str


@dataclass(frozen=True, slots=True)
class Means:
    """What the force has on a day.

    Attributes
    ----------
    turnout : (int, int)
        Of the duties of the four weeks behind: worked, of all but the planned and the cancelled.
    ranks_seen : bool
        Whether the reader sees the staff list, and so ranks.
    back : timedelta
        How far back the feeds are read, where the roster ends before the instant; duties are moved on by as much.
    """

    people: tuple[Person, ...]
    vehicles: tuple[Vehicle, ...]
    turnout: tuple[int, int]
    ranks_seen: bool
    back: timedelta = timedelta(0)


def means(actor: Actor, at: datetime) -> Means:
    """People and vehicles as at an instant.

    Raises
    ------
    Denied
        For anybody but planners and supervisors, or a purpose that does not show roster and training: half of them would be a wrong
        answer.
    """
    require_role(actor, *WHO)
    if not may_read(actor):
        raise Denied("the roster and the training register are shown for planning", fix="state the purpose planning")
    back = as_landed(actor, at)
    at = at - back
    day = london_day(at)
    since, to = start_of_day(day - BEHIND), start_of_day(day + BEHIND)
    found = rows(
        actor, DUTIES, """SELECT cells."Staff Number", cells."Team", place, epoch("start"), epoch("end"), offence, outcome
        FROM {source} WHERE "start" >= ? AND "start" < ? ORDER BY 4, 1""", [since, to],
    )  # fmt: skip
    place: dict[str, tuple[str, str]] = {}
    duties: dict[str, list[tuple[datetime, datetime, str, str]]] = defaultdict(list)
    worked = there = 0
    for number, team, station, start, end, role, state in found:
        place[number] = (team, station)
        first, last = instant(start), instant(end)
        if abs(first - at) <= NEAR:
            duties[number].append((first + back, last + back, role, state))
        if first < at and state != "planned":
            there, worked = there + 1, worked + (state == "worked")
    skills: dict[str, set[str]] = defaultdict(set)
    passes = rows(
        actor, TRAINING, """SELECT cells."Staff Number", offence FROM {source} WHERE outcome = 'held' AND cells."Grade" IN ('accredited', '')
        AND CAST(cells."Passed On" AS DATE) <= ? AND coalesce(TRY_CAST(cells."Expires On" AS DATE), DATE '9999-12-31') > ?""", [day, day],
    )  # fmt: skip
    for number, skill in passes:
        skills[number].add(skill)
    ranks = dict(
        rows(actor, STAFF, """SELECT cells."Staff Number", cells."Rank Or Grade" FROM {source}
              WHERE coalesce(TRY_CAST(cells."End" AS DATE), DATE '9999-12-31') > ?""", [day], kind="mention")
    )  # fmt: skip
    people = tuple(
        Person(n, *place[n], ranks.get(n, ""), frozenset(skills[n]), tuple(duties[n])) for n in sorted(place) if not ranks or n in ranks
    )  # fmt: skip
    return Means(people, _vehicles(actor, day), (worked, there), bool(ranks), back)


def _vehicles(actor: Actor, day: date) -> tuple[Vehicle, ...]:
    found = rows(
        actor, FLEET, """SELECT reference, offence, place FROM {source} WHERE TRY_CAST(cells."In Service From" AS DATE) <= ?
        AND coalesce(TRY_CAST(cells."In Service To" AS DATE), DATE '9999-12-31') > ?
        AND NOT (coalesce(TRY_CAST(cells."Off The Road From" AS DATE), DATE '9999-12-31') <= ?
                 AND coalesce(TRY_CAST(cells."Off The Road To" AS DATE), DATE '9999-12-31') > ?) ORDER BY 1""", [day] * 4,
    )  # fmt: skip
    return tuple(Vehicle(*row) for row in found)


def station_of(area: str) -> str:
    """The station of a district, which bears its name; `area` is the district's code, or the name of a station."""
    return next((str(a.name) for a in areas.areas("district") if a.code == area), area)


def kilometres(stations: Iterable[str], to: str) -> dict[str, float | None]:
    """Kilometres in a straight line from stations to another, by the middles of the districts that they are named after.

    None for a station that no loaded district is named after, unless it is the other itself.
    """
    from shapely.geometry import shape

    held = {a.name: shape(a.boundary).representative_point() for a in areas.areas("district") if a.boundary}
    return {s: 0.0 if s == to else _apart(held[s], held[to]) if s in held and to in held else None for s in stations}


def _apart(one: Any, other: Any) -> float:
    north, east = radians(other.y - one.y), radians(other.x - one.x)
    half = sin(north / 2) ** 2 + cos(radians(one.y)) * cos(radians(other.y)) * sin(east / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(half))
