"""Repeat and vulnerable victims of anti-social behaviour, found in what police and councils hold: by linked person, and by place.

A victim who calls three agencies once each is nobody's repeat caller; put together by person and place they are. What is found is
proposed, each with its reason; a person opens the case or leaves it. Days are counted, not records: one bad night is one day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from peelian.core.clock import london_day
from peelian.core.system import Found

from . import antisocial_behaviour_rules as rules

if TYPE_CHECKING:
    from peelian.access.actor import Actor
    from peelian.identity.persons import Person

POLICE, COUNCIL = "force-incidents", "council-asb"
FEEDS = (POLICE, COUNCIL)
SUFFERS = ("caller", "victim", "complainant")
# Feeds whose records say that somebody may be less able to look after themselves; which of them may be read is policy's to say.
CARE = {
    "adults-social-care": "adults' social care", "childrens-social-care": "children's social care", "health": "health services",
    "ambulance": "the ambulance service",
}  # fmt: skip
MARKERS = (
    "mental health",
    "self-harm",
    "ailment",
    "child at risk",
    "vulnerable",
)  # those that say who may need more care
MOST = 200
SOURCE = "Police incidents and the councils' complaints of anti-social behaviour, by linked person and by place"


@dataclass(frozen=True)
class Reported:
    """One report of anti-social behaviour, to police or a council."""

    reference: str
    feed: str
    at: datetime
    offence: str
    lsoa: str
    place: str

    @property
    def day(self) -> date:
        """The day in London."""
        return london_day(self.at)

    @property
    def kind(self) -> str:
        """Personal, nuisance or environmental, where the record says it."""
        said = self.offence.removeprefix("ASB ")
        return said if said in ("personal", "nuisance", "environmental") else "nuisance"


@dataclass
class Together:
    """Reports of one person, or of one place."""

    key: str
    reports: list[Reported] = field(default_factory=list)
    person: Person | None = None
    known_to: tuple[str, ...] = ()

    @property
    def days(self) -> int:
        """On how many days."""
        return len({r.day for r in self.reports})

    @property
    def last(self) -> Reported:
        """The latest."""
        return max(self.reports, key=lambda r: (r.at, r.reference))

    def words(self) -> str:
        """What there is, without a name or an address."""
        told = [
            f"{n} to {to}"
            for feed, to in ((POLICE, "police"), (COUNCIL, "the council"))
            if (n := sum(r.feed == feed for r in self.reports))
        ]
        first, last = min(r.day for r in self.reports), self.last.day
        when = f"on {_say(last)}" if first == last else f"on {self.days} days from {_say(first)} to {_say(last)}"
        return f"{' and '.join(told)}, {when}"


def _say(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def together(reports: Iterable[Reported], keys: Mapping[tuple[str, str], Collection[str]]) -> list[Together]:
    """Reports put together by key, most days first.

    Parameters
    ----------
    keys : mapping of (feed, reference) to keys
        The persons or places that each report is of.
    """
    found: dict[str, Together] = {}
    for report in reports:
        for key in sorted(keys.get((report.feed, report.reference), ())):
            found.setdefault(key, Together(key)).reports.append(report)
    return sorted(found.values(), key=lambda t: (-t.days, -len(t.reports), t.key))


def gathered(actor: Actor, at: datetime, days: int) -> tuple[list[Reported], list[Together], list[Together]]:
    """What the actor may see of the last days of which records are held: reports, by person, by place."""
    import polars as pl

    from peelian.access.refs import ref_of
    from peelian.identity.markers import markers_of
    from peelian.identity.persons import known, persons_of
    from peelian.identity.things.looking import seen
    from peelian.records import query

    held = query.events(actor, feeds=FEEDS, categories=("anti-social-behaviour",), end=at).filter(
        pl.col("start").is_not_null()
    )
    newest = held["start"].max()
    if not isinstance(newest, datetime):
        return [], [], []
    rows = held.filter(pl.col("start") > newest - timedelta(days=days))
    names = ("reference", "feed", "start", "offence", "area", "place")
    reports = [Reported(*row) for row in rows.select(names).iter_rows()]
    area = {(r.feed, r.reference): r.lsoa for r in reports}
    refs = sorted({r.reference for r in reports})
    callers = [
        m
        for m in known(actor).filter(reference__in=refs, role__in=SUFFERS)
        if (_of(m.feed), m.reference) in area and (m.surname or m.component_id)
    ]
    of: dict[tuple[str, str], set[str]] = defaultdict(set)
    wanted, person = {m.key for m in callers}, {}
    for one in persons_of(callers, actor=actor):
        person[one.ref] = one
        for m in one.mentions:
            if m.key in wanted:
                of[_of(m.feed), m.reference].add(one.ref)
    by_person = together(reports, of)
    marked = markers_of([person[t.key] for t in by_person], actor=actor)
    for t in by_person:
        t.person = person[t.key]
        said = {CARE[m.feed] for m in t.person.mentions if m.feed in CARE} | {
            f"marker: {m.kind}" for m in marked.get(t.key, ()) if m.kind in MARKERS
        }
        t.known_to = tuple(sorted(said))
    at_place: dict[tuple[str, str], set[str]] = defaultdict(set)
    stated = seen(actor).filter(kind="address", feed__in=FEEDS, reference__in=refs)
    for feed, reference, street, value in stated.values_list("feed", "reference", "at_street", "value"):
        if (lsoa := area.get((feed, reference))) is not None:
            at_place[feed, reference].add(ref_of(f"place/{lsoa}/{street or value.rpartition(', ')[0] or value}"))
    return reports, by_person, together(reports, at_place)


def _of(feed: str) -> str:
    """The feed of the report that a mention stands in: police incidents have their people in a feed of their own."""
    return POLICE if feed == "force-people" else feed


def repeat_victims(*, actor: Actor, at: datetime) -> list[Found]:
    """People and places with as many reports as the force's own test calls a repeat, whoever was told."""
    needed, days = _local(rules.REPEATED, at), _local(rules.WITHIN, at)
    _, people, places = gathered(actor, at, days)
    found = [t for t in people if t.days >= needed]
    told = {(r.feed, r.reference) for t in found for r in t.reports}
    found += [t for t in places if t.days >= needed and len({(r.feed, r.reference) for r in t.reports} - told) > 0]
    test = f"the force's own test: {needed} reports in {days} days"
    return _found(found, lambda t: f"{'One person' if t.person else 'One place'}: {t.words()} ({test})")


def vulnerable_victims(*, actor: Actor, at: datetime) -> list[Found]:
    """People who reported anti-social behaviour and are known to an agency that cares for them, or carry a marker."""
    _, people, _ = gathered(actor, at, _local(rules.WITHIN, at))
    found = [t for t in people if t.known_to]
    return _found(found, lambda t: f"Known to {', '.join(t.known_to)}; reports: {t.words()}")


def _found(found: list[Together], reason: Any) -> list[Found]:
    district, ward = _areas({t.last.lsoa for t in found})
    told = []
    for t in found[:MOST]:
        last = t.last
        why = reason(t)
        given: dict[str, Any] = {
            "reported_at": last.at, "area": district.get(last.lsoa, ""), "neighbourhood": ward.get(last.lsoa, ""), "kind_of_behaviour": last.kind,
            "place": last.place, "what": f"Found by the system. {t.words()}.", "why_found": why,
            **({"victim": t.key, "victim_name": t.person.name} if t.person else {}),
        }  # fmt: skip
        given = {name: value for name, value in given.items() if value}
        numbers = (("Reports", len(t.reports)), ("Days", t.days), ("Agencies told", len({r.feed for r in t.reports})))
        told.append(
            Found(
                t.key, why, given, subject=t.key if t.person else "", source=SOURCE, evidence="local", numbers=numbers
            )
        )
    return told


def _areas(lsoas: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """LSOA to the code of its district, as a form keeps it, and to the name of its ward."""
    from peelian.records import areas

    district = areas.parts("district")
    names = {a.code: a.name for a in areas.areas("ward")}
    ward = {lsoa: names[code] for lsoa, code in areas.parts("ward").items() if lsoa in lsoas}
    return district, ward


def _local(asked: Any, at: datetime) -> int:
    """The force's own number on a day.

    Raises
    ------
    Unset
        While it is not set.
    """
    from peelian.casework.local_values import history
    from peelian.core.kinds import Around

    return int(Around(history([asked.name])).local(asked, at)[0])
