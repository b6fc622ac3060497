"""Which places can examine a device, nearest first, with when they are staffed and how long it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import hypot
from statistics import median
from typing import TYPE_CHECKING, Any

from peelian.core.clock import in_utc, london_day
from peelian.core.document import Column, Document, Note, Paragraph, Section, Source, Table
from peelian.core.period import Period

from .digital_rules import CODE, METHODS, STAFFED, WAYS, held

if TYPE_CHECKING:
    from peelian.access.actor import Actor

AHEAD = timedelta(days=28)  # a roster is planned so far ahead
BACK = timedelta(days=120)  # what a wait is counted over
SKILLS = {"kiosk": "kiosk operator", "investigator": "digital media investigator"}


@dataclass(frozen=True, slots=True)
class Option:
    """A place, as it stands for one device.

    Attributes
    ----------
    km : float or None
        Straight line; None where a position is not known.
    staffed_from : datetime or None
        The next instant at which a trained operator is on duty; None where nobody is, as far as the roster is planned.
    wait : float or None
        Days from booking to result, the median of the last 120 days; None where nothing is known.
    why_not : tuple of str
        Why it does not serve this device; empty for one that does.
    """

    ref: str
    name: str
    way: str
    km: float | None
    staffed_from: datetime | None
    wait: float | None
    counted: int
    why_not: tuple[str, ...]
    ask: str = ""

    @property
    def good(self) -> bool:
        """Lawful, able, and staffed soon."""
        return not self.why_not


def options(facts: Mapping[str, Any], *, actor: Actor, at: datetime) -> list[Option]:
    """Every open place for a device, those that serve it first: the least intrusive way, then the nearest, then the shortest wait.

    Parameters
    ----------
    facts : mapping
        Of the device: `needed`, `device`, and `method`, `easting` and `northing` where they are known.
    """
    from peelian.casework.sight import cases

    actor = actor.for_one_look()  # policy is asked once for the places, the bookings and the log
    places = list(cases(actor).filter(kind="digital_route", closed=False).order_by("opened_at", "ref"))
    told, staffed = waits(places, actor=actor, at=at), held("device", STAFFED, at)
    late = None if staffed is None else Period.parse(str(staffed)).due(in_utc(at))
    found = [_option(facts, place.ref, place.facts, told.get(place.ref, []), at, late) for place in places]
    far = float("inf")
    return sorted(
        found,
        key=lambda o: (
            not o.good,
            WAYS.index(o.way),
            far if o.km is None else o.km,
            far if o.wait is None else o.wait,
            o.name,
        ),
    )


def _option(
    facts: Mapping[str, Any],
    ref: str,
    place: Mapping[str, Any],
    days: Sequence[float],
    at: datetime,
    late: datetime | None,
) -> Option:
    on, against = london_day(at), []
    least = METHODS.look(on=on, needed=facts["needed"], device=facts["device"])["method"]
    wanted = facts.get("method") or least
    if place["way"] != wanted:
        against.append(f"another way than {wanted}")
    if facts["needed"] not in place.get("does", ()):
        against.append("does not do what is needed")
    if not declared(place, on):
        against.append("not declared under the Forensic Science Regulator's Code")
    start = staffed_from(place, at)
    if start is None:
        against.append("no trained operator on duty, as far as the roster is planned")
    elif late is not None and start >= late:
        against.append(f"no trained operator on duty before {start:%-d %B}")
    here, there = (facts.get("easting"), facts.get("northing")), (place.get("place_east"), place.get("place_north"))
    km = None if None in (*here, *there) else hypot(here[0] - there[0], here[1] - there[1]) / 1000  # type: ignore[operator]
    return Option(
        ref,
        place["place_name"],
        place["way"],
        km,
        start,
        median(days) if days else None,
        len(days),
        tuple(against),
        place.get("ask") or "",
    )


def declared(place: Mapping[str, Any], on: date) -> bool:
    """Whether a place may examine a device at all: declared under the Code where that is in force; an investigator needs no declaration."""
    return place["way"] == "investigator" or not CODE.look(on=on).value or bool(place.get("declared"))


def staffed_from(place: Mapping[str, Any], at: datetime) -> datetime | None:
    """From when a trained operator of a place is on duty: accreditation in date, and the roster, which holds nobody who is sick."""
    from peelian.casework.duty import next_duty, skills_of

    until = place.get("staffed_until")
    if until and date.fromisoformat(str(until)) >= london_day(at):
        return in_utc(at)
    people = list(place.get("operators") or ())
    skill = SKILLS.get(place["way"])
    held = skills_of(people, at)
    fit = [p for p in people if skill is None or skill in held.get(p, ())]
    return min(next_duty(fit, at, within=AHEAD).values(), default=None) if fit else None


def waits(places: Sequence[Any], *, actor: Actor, at: datetime) -> dict[str, list[float]]:
    """Days from booking to result of what was booked in the last 120 days, by ref of the place: Peelian's own cases and the kiosk log.

    What has no result yet counts with the days that it has waited so far, so a queue that stands still is not flattered.
    """
    from peelian.casework.sight import cases

    at, found = in_utc(at), defaultdict[str, list[float]](list)
    rows = cases(actor).filter(kind="device", opened_at__gte=at - 2 * BACK).values_list("facts", flat=True)
    for facts in rows:
        if facts.get("route") and facts.get("booked_at"):
            _count(found[facts["route"]], facts["booked_at"], facts.get("result_at"), at)
    named = {place.facts["in_log_as"]: place.ref for place in places if place.facts.get("in_log_as")}
    if named:
        for site, booked, finished in kiosk_log(actor):
            if site in named:
                _count(found[named[site]], booked, finished, at)
    return found


def kiosk_log(actor: Actor) -> list[tuple[str, str, str]]:
    """Site, booked and finished of the kiosk log, for a reader who may see examinations; nothing for another, or where it is not loaded."""
    from peelian.records.models import Batch
    from peelian.records.query import cells

    if not Batch.objects.filter(feed="kiosk-log", state=Batch.LANDED).exists():
        return []
    frame = actor.once(
        "kiosk log", lambda _: cells(actor, "kiosk-log").select("Site", "Booked At", "Finished At").rows()
    )
    return list(frame)


def _count(days: list[float], booked: str | datetime, ended: str | datetime | None, at: datetime) -> None:
    start, end = (moment(t) if t else None for t in (booked, ended))
    assert start is not None  # asked for by whoever counts
    if at - BACK <= start <= at:
        days.append((min(end or at, at) - start).total_seconds() / 86400)


def moment(text: str | datetime) -> datetime:
    from peelian.core.clock import LONDON

    told = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    return in_utc(told if told.tzinfo else told.replace(tzinfo=LONDON))


def routes_sheet(*, actor: Actor, at: datetime, case: Any) -> Document:
    """The sheet of a device: each place with its distance, when it is staffed, how long it takes, and why it does not serve."""
    facts = case.state.facts
    found = options(facts, actor=actor, at=at)
    best = next((o for o in found if o.good), None)
    words = (
        f"{best.name} ({best.way}), reference {best.ref}"
        + (f", {best.km:.1f} km away" if best.km is not None else "")
        + (
            f"; the median wait is {best.wait:.0f} days"
            if best.wait is not None
            else "; how long it takes is not known"
        )
        if best
        else "No place serves this device now. The reasons stand in the table: ask the digital media investigator."
    )
    rows = tuple(
        (o.name, o.way, o.ref, "not known" if o.km is None else f"{o.km:.1f} km", _staffed(o, at), "not known" if o.wait is None else f"{o.wait:.0f} days ({o.counted})",
         "; ".join(o.why_not) or "serves", o.ask) for o in found
    )  # fmt: skip
    columns = tuple(
        Column(c)
        for c in (
            "Place",
            "Way",
            "Reference",
            "Distance",
            "Staffed",
            "Booking to result (counted)",
            "For this device",
            "Ask",
        )
    )
    table = Table(
        "Places, those that serve this device first",
        columns,
        rows,
        sources=(
            Source("Register of places; duty roster and accreditations; kiosk log and Peelian's own cases, 120 days"),
        ),
    )
    unset = held("device", STAFFED, at) is None
    notes = (Note(f"{STAFFED.name} is not set: no place is left out for being staffed late. Whoever owns the {STAFFED.source} sets it.", "Staffed by when?"),) if unset else ()  # fmt: skip
    blocks = (
        (Paragraph(f"First: {words}." if best else words), table, *notes)
        if rows
        else (Note("No place stands in the register. A supervisor enters it.", "No routes"),)
    )
    return Document("Where this device can be examined", f"{facts['device']}: {facts['needed']}", "OFFICIAL-SENSITIVE", london_day(at),
                    sections=(Section("Routes", blocks),), facts={"best": best.ref if best else ""})  # fmt: skip


def routes_offered(case: Any, *, actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """The places that serve a device now, the nearest first, with when they are staffed and how long it takes."""
    found = [o for o in options(case.state.facts, actor=actor, at=at) if o.good]
    return [(o.ref, _words(o, at)) for o in found]


def booked_now(case: Any, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """A booking is made when its form is filled in."""
    return {"booked_at": at.replace(second=0, microsecond=0)}


def _words(option: Option, at: datetime) -> str:
    far = f", {option.km:.1f} km" if option.km is not None else ""
    long = f"{option.wait:.0f} days to a result" if option.wait is not None else "how long it takes is not known"
    return f"{option.name} ({option.way}{far}): staffed {_staffed(option, at)}; {long}"


def _staffed(option: Option, at: datetime) -> str:
    if option.staffed_from is None:
        return "no"
    return "now" if option.staffed_from <= in_utc(at) else f"from {option.staffed_from:%-d %B, %H:%M}"
