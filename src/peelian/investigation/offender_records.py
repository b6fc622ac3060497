"""What the records say of offenders: who is on an extract and on no register, what happened since, and whose history weighs most.

History, never a forecast of what somebody will do. Everything goes through what the reader may see; a person is folded over the mentions
that they may see, so two extracts that name one person are one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from peelian.access.actor import Actor
from peelian.access.refs import ref_of
from peelian.casework.models import Case
from peelian.casework.sight import cases
from peelian.core.clock import london_day
from peelian.core.system import Found
from peelian.identity.persons import Person, known, persons_of

if TYPE_CHECKING:
    import polars as pl

    from peelian.records.models import Event

OFFENDERS, PEOPLE, CRIMES = "force-offenders", "force-people", "force-crimes"
SINCE = {
    CRIMES: "a crime in which the person is a suspect",
    "force-custody": "custody",
    "force-intelligence": "intelligence",
}
ACQUISITIVE = (
    "burglary",
    "robbery",
    "vehicle-crime",
    "theft-from-the-person",
)  # neighbourhood crime, as the IOM strategy names it
SHOWN = 60


def extract(actor: Actor, feed: str) -> pl.DataFrame:
    """The current rows of an extract as its source wrote them; empty where nothing of it may be seen."""
    import polars as pl

    from peelian.records import query

    if not query.batches(actor, feed=feed).exists():
        return pl.DataFrame()
    return query.cells(actor, feed)


def districts() -> dict[str, str]:
    """Names of districts by their code."""
    from peelian.records.models import Area

    return dict(Area.objects.filter(kind="district").values_list("code", "name"))


def live_offenders(actor: Actor, at: datetime) -> pl.DataFrame:
    """Rows of the offenders' extract whose cohort has not ended, with the person's `ref`."""
    import polars as pl

    rows = extract(actor, OFFENDERS)
    if rows.is_empty():
        return rows
    on = london_day(at).isoformat()
    rows = rows.filter((pl.col("End Date") == "") | (pl.col("End Date") > on))
    return rows.with_columns(
        ref=pl.Series([ref_of(f"{OFFENDERS}/{key}") for key in rows["Cohort Reference"]], dtype=pl.String)
    )


def refs_held(actor: Actor, *kinds: str, live: bool = True) -> set[str]:
    """Every ref by which somebody with a case of these kinds may be named."""
    rows = cases(actor).filter(kind__in=kinds).exclude(subject="")
    subjects = set((rows.filter(closed=False) if live else rows).values_list("subject", flat=True))
    return subjects.union(*({m.ref for m in person.mentions} for person in _persons(actor, subjects)))


def _persons(actor: Actor, refs: Iterable[str]) -> list[Person]:
    return persons_of(known(actor).filter(ref__in=list(refs)), actor=actor)


def not_registered(cohort: str, kind: str) -> Any:
    """A look for people of a cohort on the extract who have no live case of a kind."""

    def look(*, actor: Actor, at: datetime) -> Sequence[Found]:
        import polars as pl

        actor = actor.for_one_look()
        rows = live_offenders(actor, at)
        if rows.is_empty():
            return []
        wanted = (
            rows.filter(pl.col("MAPPA Level") != "") if cohort == "MAPPA" else rows.filter(pl.col("Cohort") == cohort)
        )
        held = refs_held(actor, kind)
        grave = {"very high": 0, "high": 1, "medium": 2, "low": 3}
        new = [
            row
            for row in wanted.iter_rows(named=True)
            if row["ref"] not in held and not _same_person(actor, row["ref"], held)
        ]
        new.sort(
            key=lambda row: (
                -int(row["MAPPA Level"] or 0) if cohort == "MAPPA" else 0,
                grave.get(row["Risk Level"], 4),
                row["Cohort Reference"],
            )
        )
        return [_found(row, cohort) for row in new]

    return look


def _same_person(actor: Actor, ref: str, held: set[str]) -> bool:
    return any(mention.ref in held for person in _persons(actor, [ref]) for mention in person.mentions)


def _found(row: Mapping[str, Any], cohort: str) -> Found:
    given: dict[str, Any] = {"offender": row["ref"]}
    if row["Date of Birth"]:
        given["born_on"] = row["Date of Birth"]
    if cohort == "MAPPA":
        given["person_name"] = f"{row['Forenames']} {row['Surname']}".strip()
        given["notification_live"] = row["Cohort"] == "RSO"
    words = f"on the offenders' extract ({row['Cohort']}), and without a case here"
    level = f"{row['Risk Level']} by {row['Risk Tool']}" if row["Risk Level"] else "none"
    numbers = (
        ("cohort", row["Cohort"]),
        ("result held on the extract", level),
        ("MAPPA level", row["MAPPA Level"] or "none"),
    )
    return Found(
        ref_of(f"found {row['Cohort Reference']}"), words, given, subject=row["ref"], source="The force's offenders' extract", evidence="stored",
        numbers=numbers,
    )  # fmt: skip


def triggers(*, actor: Actor, at: datetime) -> Sequence[Found]:
    """What records hold of people under reactive management since it began: each is a trigger that nobody has raised yet."""
    from peelian.records import query
    from peelian.records.models import Event

    actor = actor.for_one_look()
    rows = {c.subject: c for c in cases(actor).filter(kind="sex_offender", stage="reactive").exclude(subject="")}
    since = {ref: _reactive_since(case) for ref, case in rows.items()}
    answered = set(cases(actor).filter(kind="offender_trigger", closed=False).values_list("facts__about", flat=True))
    found: list[Found] = []
    for person in _persons(actor, rows):
        mine = next((rows[m.ref] for m in person.mentions if m.ref in rows), None)
        if mine is None or mine.ref in answered:
            continue
        wanted: dict[str, set[str]] = defaultdict(set)
        for m in person.mentions:
            feed = CRIMES if m.feed == PEOPLE and m.role == "suspect" else m.feed
            if feed in SINCE:
                wanted[feed].add(m.reference)
        for feed, references in wanted.items():
            events = query.current(
                Event.objects.filter(batch__feed=feed, reference__in=references, start__gt=since[mine.subject]), actor
            )
            for event in events.order_by("start").select_related("batch"):
                if event.start <= at:
                    found.append(_trigger(event, feed, mine))
    return found


def _reactive_since(case: Case) -> datetime:
    row = case.journal.filter(verb="decide", name="set_management", to="reactive").order_by("-seq").first()
    began: datetime = row.at if row is not None else case.opened_at
    return began


def _trigger(event: Event, feed: str, case: Case) -> Found:
    what = "intelligence" if feed == "force-intelligence" else "new offence or arrest"
    given = {
        "about": case.ref,
        "who": case.subject,
        "area": case.area,
        "trigger": what,
        "happened_at": event.start.astimezone(UTC).isoformat(),
    }
    when = f"{event.start:%-d %B %Y}"
    return Found(
        ref_of(f"trigger {feed} {event.reference} {case.ref}"), f"{SINCE[feed]} on {when}, while managed reactively", given, subject=case.subject,
        source="Records of the force", evidence="stored",
    )  # fmt: skip


@dataclass(slots=True)
class History:
    """What records hold of one person as a suspect in a period: crimes, their harm, how many were domestic or acquisitive."""

    ref: str
    crimes: int = 0
    harm: float = 0.0
    domestic: int = 0
    acquisitive: int = 0
    days: list[datetime] = field(default_factory=list)


def histories(actor: Actor, *, start: datetime, end: datetime) -> list[History]:
    """Everybody who is a suspect in recorded crime of a period, the most harm first; two extracts' mentions of one person are one.

    Notes
    -----
    Harm is the ONS weight of each crime; what has no weight counts as a crime, and as no harm. Being a suspect is no guilt: the person
    who selects sees the crimes and their outcomes.
    """
    from peelian.analysis.harm import ons_weights
    from peelian.records import query

    weights, actor = ons_weights(), actor.for_one_look()
    crimes = query.events(actor, feeds=[CRIMES], start=start, end=end)
    told = {
        ref: (category, weights.find(category, code, offence)[0], bool(domestic), at)
        for ref, category, code, offence, domestic, at in crimes.select(
            "reference", "category", "ho_class", "offence", "domestic", "start"
        ).iter_rows()
    }
    groups: dict[Any, list[tuple[str, str]]] = defaultdict(list)
    rows = known(actor).filter(feed=PEOPLE, role="suspect").values_list("component_id", "ref", "reference")
    for component, ref, reference in rows.iterator(chunk_size=5_000):
        if reference in told:
            groups[component if component is not None else ref].append((ref, reference))
    found = [_history(pairs, told) for pairs in groups.values()]
    return sorted(found, key=lambda h: (-h.harm, -h.crimes, h.ref))


def _history(pairs: list[tuple[str, str]], told: Mapping[str, tuple[str, float, bool, datetime]]) -> History:
    one = History(min(ref for ref, _ in pairs))
    for reference in {reference for _, reference in pairs}:
        category, weight, domestic, at = told[reference]
        one.crimes += 1
        one.harm += weight if weight == weight else 0.0
        one.domestic += domestic
        one.acquisitive += category in ACQUISITIVE
        one.days.append(at)
    return one


def for_selection(*, actor: Actor, at: datetime) -> Sequence[Found]:
    """People whose recorded offending of two years weighs most, and who are in no cohort: proposed, for a person to select or leave."""
    actor = actor.for_one_look()
    held = refs_held(actor, "managed_offender", live=False)
    found: list[Found] = []
    for one in histories(actor, start=at - timedelta(days=730), end=at):
        if len(found) == SHOWN:
            break
        if one.crimes < 2 or one.ref in held or _same_person(actor, one.ref, held):
            continue
        kinds = [words for words, n in (("domestic", one.domestic), ("neighbourhood crime", one.acquisitive)) if n]
        numbers = (
            ("crimes as a suspect", one.crimes),
            ("harm (ONS points)", round(one.harm)),
            ("domestic", one.domestic),
            ("neighbourhood crime", one.acquisitive),
        )
        given = {
            "offender": one.ref, "crimes_2y": one.crimes, "harm_2y": round(one.harm), "da": one.domestic > 0,
            "neighbourhood": one.acquisitive > 0,
        }  # fmt: skip
        reason = f"suspect in {one.crimes} recorded crimes of two years" + (
            f", {' and '.join(kinds)} among them" if kinds else ""
        )
        found.append(
            Found(
                ref_of(f"select {one.ref}"),
                reason,
                given,
                subject=one.ref,
                source="ONS Crime Severity Score, calculated weights",
                evidence="secondary",
                numbers=numbers,
            )
        )
    return found
