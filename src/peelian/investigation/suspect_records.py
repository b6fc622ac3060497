"""I5: the register beside the PNC extract, both ways, and where records say that somebody wanted may be found.

The PNC is another system: nothing here circulates anybody. Differences are named; what is to be circulated is written in the extract's
own columns, for whoever circulates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from peelian.access.actor import Actor, record_act
from peelian.access.refs import ref_of
from peelian.casework.models import Case
from peelian.casework.sight import cases
from peelian.core.clock import LONDON, london_day
from peelian.core.document import Column, Document, Finding, Note, Section, Source, Table
from peelian.core.system import Find, Found, Sheet
from peelian.identity.persons import name_of, person_of

from .offender_records import districts, extract, refs_held

PNC, KIND = "pnc-wanted", "outstanding_suspect"
MARKING = "OFFICIAL-SENSITIVE"
# Words of offence titles, in order; what none of them names is "other".
OFFENCES = (
    ("sexual", ("rape", "sexual", "indecent", "voyeur")), ("firearms", ("firearm", "gun", "ammunition")), ("robbery or burglary", ("robbery", "burglary")),
    ("drugs", ("drug", "cannabis", "class a", "class b")), ("violence", ("assault", "wound", "harm", "violence", "harass", "stalk", "murder", "affray", "kidnap")),
    ("theft", ("theft", "steal", "stolen", "shoplift", "vehicle", "fraud")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Circulated:
    """One live or cancelled report of a wanted person on the extract."""

    reference: str
    ref: str
    crime: str
    offence: str
    at: datetime
    cancelled: str
    why: str


def offence_of(title: str) -> str:
    """The register's word for an offence title.

    Examples
    --------
    >>> offence_of("Burglary - Residential"), offence_of("Common assault and battery"), offence_of("Perjury")
    ('robbery or burglary', 'violence', 'other')
    """
    told = title.casefold()
    return next((word for word, signs in OFFENCES if any(sign in told for sign in signs)), "other")


def on_pnc(actor: Actor) -> list[Circulated]:
    """The wanted of the extract, as the reader may see them; those cancelled too."""
    rows = extract(actor, PNC)
    found = []
    for row in rows.iter_rows(named=True) if not rows.is_empty() else ():
        if row["Report Type"] == "wanted":
            found.append(
                Circulated(
                    row["PNC Reference"], ref_of(f"{PNC}/{row['PNC Reference']}"), row["Force Reference"], row["Offence"], _moment(row["Circulated At"]),
                    row["Cancelled At"], row["Cancel Reason"],
                )
            )  # fmt: skip
    return found


def _moment(text: str) -> datetime:
    for form in ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"):
        try:
            return datetime.strptime(text[:16], form).replace(tzinfo=LONDON)
        except ValueError:
            continue
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def not_on_register(*, actor: Actor, at: datetime) -> Sequence[Found]:
    """People circulated as wanted for whom nobody works a case: the longest first."""
    actor = actor.for_one_look()
    rows = cases(actor).filter(kind=KIND)
    crimes = {str(crime) for crime in rows.values_list("facts__crime", flat=True) if crime}
    held, found = refs_held(actor, KIND, live=False), []
    for one in sorted(on_pnc(actor), key=lambda c: c.at):
        if one.cancelled or (one.crime and one.crime in crimes):
            continue
        person = person_of(one.ref, actor=actor)
        if one.ref in held or (person is not None and any(m.ref in held for m in person.mentions)):
            continue
        days = (london_day(at) - london_day(one.at)).days
        given = {
            "wanted_at": one.at.isoformat(), "wanted_for": "suspect", "offence": offence_of(one.offence), "suspect": one.ref,
            **({"crime": one.crime} if one.crime else {}), **_harm(one.offence),
        }  # fmt: skip
        reason = f"circulated as wanted for {days} days, and on no register here"
        found.append(
            Found(ref_of(f"pnc {one.reference}"), reason, given, subject=one.ref, source="PNC extract", evidence="stored",
                  numbers=(("days", days), ("offence", offence_of(one.offence))))
        )  # fmt: skip
    return found


def _harm(offence: str) -> dict[str, float]:
    from peelian.analysis.harm import ons_weights

    weight = ons_weights().find(
        {
            "robbery or burglary": "burglary",
            "violence": "violent-crime",
            "sexual": "violent-crime",
            "drugs": "drugs",
        }.get(offence_of(offence))
    )[0]
    return {"harm": round(weight, 1)} if weight == weight else {}


def differences(*, actor: Actor, at: datetime) -> Document:
    """Register and extract side by side: four ways in which they may differ."""
    actor = actor.for_one_look()
    wanted = on_pnc(actor)
    live = {c.crime: c for c in wanted if not c.cancelled and c.crime}
    over = {c.crime: c for c in wanted if c.cancelled and c.crime and c.crime not in live}
    rows = cases(actor).filter(kind=KIND).order_by("opened_at")
    found: list[tuple[str, str, str]] = []
    named = districts()
    for case in rows:
        crime = str(case.facts.get("crime") or "")
        if case.closed and crime in live:
            found.append((case.ref, named.get(case.area, case.area), "closed here, still circulated"))
        elif not case.closed and case.stage == "identified" and crime in live:
            found.append((case.ref, named.get(case.area, case.area), "circulated on the PNC, and not noted here"))
        elif not case.closed and case.stage == "circulated" and wanted and crime in over:
            found.append(
                (
                    case.ref,
                    named.get(case.area, case.area),
                    f"cancelled on the PNC ({over[crime].why}), still live here",
                )
            )
        elif not case.closed and case.stage == "circulated" and wanted and crime not in live:
            found.append(
                (
                    case.ref,
                    case.area,
                    "noted here as circulated, and not on the extract"
                    if crime
                    else "no crime reference here: it cannot be compared",
                )
            )
    alone = len(not_on_register(actor=actor, at=at))
    record_act(
        actor, "combination", "register of suspects and PNC extract compared", at=at, detail={"differences": len(found)}
    )
    said = (
        f"{len(found)} cases here differ from the extract; {alone} people circulated are on no register here (see what the system finds)."
        if wanted else "Nothing of the PNC extract is held that you may see, so nothing can be compared."
    )  # fmt: skip
    columns = (Column("Case"), Column("District"), Column("Difference"))
    table = (
        (Table("Cases that differ", columns, tuple(found), sources=(Source("PNC extract", "as landed"),)),)
        if found
        else ()
    )
    return Document(
        "Register and PNC",
        "Where they differ",
        MARKING,
        london_day(at),
        sections=(Section("Differences", (Finding("differ", said), *table)),),
    )


def to_circulate(*, actor: Actor, at: datetime) -> Document:
    """Whom nobody has circulated yet, in the extract's own columns, the longest first: for whoever circulates on the PNC."""
    rows = cases(actor).filter(kind=KIND, closed=False, stage="identified").order_by("opened_at")
    told: tuple[tuple[str | int, ...], ...] = tuple(
        (*_line(actor, case), (london_day(at) - london_day(case.opened_at)).days) for case in rows
    )
    record_act(actor, "consultation", "suspects to be circulated", at=at, detail={"suspects": len(told)},
               subjects=[case.subject_key for case in rows if case.subject_key])  # fmt: skip
    columns = (Column("Case"), Column("Report Type"), Column("Offence"), Column("Force Reference"), Column("Surname"), Column("Forenames"),
               Column("Date of Birth"), Column("Days since registered", "number"))  # fmt: skip
    said = f"{len(told)} suspects are identified and not circulated."
    note = Note("Once one is on the PNC, note it on the case: the clock stops there, not here.", "Afterwards")
    return Document("To be circulated on the PNC", "In the columns of the extract", MARKING, london_day(at),
                    sections=(Section("Suspects", (Finding("count", said), note, *((Table("To be circulated", columns, told),) if told else ()))),))  # fmt: skip


def _line(actor: Actor, case: Case) -> tuple[str, ...]:
    person = person_of(case.subject, actor=actor) if case.subject else None
    surname, _, forenames = (person.name if person else "not known").partition(", ")
    born = f"{person.births[0]:%d/%m/%Y}" if person and person.births else "not known"
    return (
        case.ref,
        "wanted",
        str(case.facts.get("offence", "")),
        str(case.facts.get("crime", "")),
        surname,
        forenames,
        born,
    )


def where(*, actor: Actor, at: datetime, case: Any) -> Document:
    """Addresses and telephone numbers that records state of the person, the newest first, each with its source."""
    ref = str(case.seen.get("suspect") or "")
    person = person_of(ref, actor=actor.for_one_look()) if ref else None
    rows: dict[tuple[str, str], tuple[Any, ...]] = {}
    if person is not None:
        prefetch_related_objects(list(person.mentions), "batch")
        for m in sorted(person.said, key=lambda m: m.known_from, reverse=True):
            for kind, value in (("address", ", ".join(filter(None, (m.address, m.postcode)))), ("telephone", m.phone)):
                if value and (kind, value) not in rows:
                    rows[kind, value] = (
                        kind,
                        value,
                        name_of(m),
                        f"{m.feed.replace('-', ' ')}, as {m.role}",
                        london_day(m.known_from),
                    )
        record_act(actor, "consultation", "addresses and telephones of a suspect", at=at, subjects=person.keys)
    tried = [str(item.facts.get("place", "")) for item in case.state.live("attempts")]
    said = (
        "The case does not say who it is: name the person first." if not ref
        else "Nothing is held of this person that you may see." if person is None
        else f"{len(rows)} addresses and telephones are held; {len(tried)} attempts are noted on the case."
    )  # fmt: skip
    columns = (
        Column("What"),
        Column("Where"),
        Column("Under the name"),
        Column("Source"),
        Column("Held since", "date"),
    )
    note = Note(
        "More may be held elsewhere, or in records that you may not see. An address is where somebody once was.",
        "What it does not say",
    )
    table = (
        (
            Table(
                "From the records, the newest first",
                columns,
                tuple(rows.values()),
                sources=(Source("Records that you may see"),),
            ),
        )
        if rows
        else ()
    )
    return Document(
        "Where to look",
        "Addresses and telephones from the records",
        MARKING,
        london_day(at),
        sections=(Section("Where", (Finding("where", said), note, *table)),),
    )


FINDS = (
    Find("on-the-pnc", "On the PNC as wanted, and on no register here", not_on_register, KIND, "register",
         by=("investigator", "offender-manager", "intelligence-officer", "supervisor")),
)  # fmt: skip
SHEETS = (
    Sheet("pnc", "Register and PNC: where they differ", differences),
    Sheet("to-circulate", "To be circulated on the PNC", to_circulate),
    Sheet("where", "Where to look: addresses and telephones", where, kind=KIND),
)
