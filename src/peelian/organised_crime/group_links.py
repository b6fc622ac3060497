"""O1: groups that records suggest: people whom reports, crimes, arrests, telephones and vehicles put together again and again.

A suggestion, kept nowhere: it stands on one page for those who may open a group, and in no search, pack or briefing. Left out are everybody
under 18 or of an age that nobody told, whoever stands on a social-care record or was reported missing, and every device: what a victim's
own device told is never used. What many people share ties nobody to anybody.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from peelian.access.actor import Actor, visible
from peelian.analysis.networks import Together, ties_of, together
from peelian.casework.sight import cases
from peelian.core.clock import london_day
from peelian.core.system import Found
from peelian.identity.models import Known, Seen
from peelian.identity.persons import Person, known, persons_of, source_of

SUSPECTED = (
    "subject",
    "suspect",
    "detainee",
    "offender",
    "wanted person",
)  # as whom a record names somebody that it suspects
LEFT_OUT = (
    "child",
    "adult",
    "pupil",
    "patient",
    "missing person",
)  # roles of records of care, of schools, and of missing people
THINGS = {"phone": "telephone", "plate": "vehicle"}  # no device, and no home: families share that
WIDE = 8  # people; what more than that share ties nobody [DESIGN]
SEEDS = range(20)  # runs of the search [DESIGN]
RESOLUTION = 1.0
SHOWN = 12
ALREADY = 0.6  # of its people, where so many stand in one group that is held, nothing is suggested [DESIGN]
ADULT = 18


@dataclass(frozen=True)
class Links:
    """People whom records put together.

    Attributes
    ----------
    ties : mapping
        Person to person, and how many things put them together.
    why : mapping of (person, person) to Counter
        What: ``same report``, ``same crime or arrest``, ``same telephone``, ``same vehicle``.
    mentions : mapping
        Of each person the mentions that the reader may see.
    left_out : int
        How many people stand in such records and are left out: children, those whose age is not known, and those in care or missing.
    """

    ties: dict[str, dict[str, float]]
    why: dict[tuple[str, str], Counter[str]]
    mentions: dict[str, list[Known]]
    left_out: int


def links(*, actor: Actor, at: datetime) -> Links:
    """Ties between grown people whom the reader may see suspected of something."""
    actor = actor.for_one_look()
    source = source_of(actor)
    of: dict[str, list[Known]] = defaultdict(list)
    for m in known(actor).filter(role__in=(*SUSPECTED, *LEFT_OUT)).order_by("key"):
        of[str(m.component_id or m.key)].append(m)
    shared: dict[tuple[str, str], set[str]] = defaultdict(set)
    person: dict[str, str] = {}
    held: dict[str, list[Known]] = {}
    left_out = 0
    for name, mentions in of.items():
        suspected = [m for m in mentions if m.role in SUSPECTED]
        if not suspected:
            continue
        if not _grown(mentions, london_day(at)) or any(m.role in LEFT_OUT for m in mentions):
            left_out += 1
            continue
        held[name] = mentions
        for m in suspected:
            person[m.key] = name
            if m.reference:
                report = "same report" if m.role == "subject" else "same crime or arrest"
                shared[report, f"{source[m.record_class_id]} {m.reference}"].add(name)
    stated = visible(Seen.objects, actor).filter(kind__in=list(THINGS)).order_by("key", "kind", "ref")
    for key, kind, ref in stated.values_list("key", "kind", "ref"):
        if key in person:
            shared[f"same {THINGS[kind]}", ref].add(person[key])
    why: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (what, _), people in shared.items():
        if len(people) <= WIDE:
            for a, b in combinations(sorted(people), 2):
                why[a, b][what] += 1
    return Links(ties_of((a, b, float(words.total())) for (a, b), words in why.items()), dict(why), held, left_out)


def _grown(mentions: Iterable[Known], on: date) -> bool:
    """Whether a birthday is stated, and every one that is makes them a grown person."""
    born = [m.born_on for m in mentions if m.born_on]
    return bool(born) and all((on.year - b.year - ((on.month, on.day) < (b.month, b.day))) >= ADULT for b in born)


def suggested(told: Links) -> list[Together]:
    """The sets that the search finds again and again, and that more ties hold together than lead out of them."""
    found = together(told.ties, SEEDS, resolution=RESOLUTION)
    return [t for t in found if t.inside > t.outside and t.inside > len(t.people) - 1]


def look(*, actor: Actor, at: datetime) -> list[Found]:
    """The suggestions, each with what ties its people together."""
    told = links(actor=actor, at=at)
    held = _held(actor)
    found = []
    for each in suggested(told)[:SHOWN]:
        people = settled(told, each.people, actor)
        if len(people) < 3:
            continue
        refs = sorted(p.ref for p in people)
        key = hashlib.sha256(" ".join(refs).encode()).hexdigest()[:16]
        mentions = [{m.ref for m in p.mentions} for p in people]
        if any(
            not origin.endswith(key) and sum(bool(m & those) for m in mentions) >= ALREADY * len(people)
            for origin, those in held
        ):
            continue
        words = Counter[str]()
        for pair in combinations(sorted(each.people), 2):
            words += told.why.get(pair, Counter())
        said = ", ".join(f"{what} ({count:,})" for what, count in sorted(words.items()))
        found.append(
            Found(
                key=key,
                reason=f"{len(people)} people are tied by {said}; {each.stability:.0%} of {len(SEEDS)} runs keep them together. Relatives, and "
                "people whose homes were taken over, are tied as members are: look at each.",
                given={"found_how": f"Found in links: {said}.", "people_seen": ", ".join(refs)},
                source="Leiden communities of links in records (Traag and others 2019), kept where runs agree",
                evidence="design",
                numbers=(
                    ("people", len(people)),
                    ("stability", f"{each.stability:.0%}"),
                    ("ties inside", f"{each.inside:g}"),
                    ("ties to others", f"{each.outside:g}"),
                    ("people left out of the search", told.left_out),
                ),
            )
        )
    return found


def _held(actor: Actor) -> list[tuple[str, set[str]]]:
    """Of each group held: how it came, and the people who stand in it or were seen."""
    found = []
    for case in cases(actor).filter(kind="organised_crime_group").prefetch_related("items"):
        people = {r.strip() for r in (case.facts.get("people_seen") or "").split(",")}
        people |= {i.facts.get("person") for i in case.items.all() if not i.withdrawn}
        found.append((case.origin, people - {None, ""}))
    return found


def settled(told: Links, people: Iterable[str], actor: Actor) -> list[Person]:
    """The persons behind some of the links, as the reader sees them."""
    first = [told.mentions[name][0] for name in people]
    return persons_of(first, actor=actor)
