"""What the program lays before a person of areas for improvement: those that nobody has raised, and old ones that have come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from peelian.core.system import Found

from .frameworks import cycles
from .recurrence import LIKE, Again, Finding, came_back, history, nine

if TYPE_CHECKING:
    from peelian.access.actor import Actor

PUBLISHED = {
    "2015": date(2016, 2, 18),
    "2016": date(2017, 3, 2),
    "2017": date(2018, 3, 22),
    "2018/19": date(2019, 5, 2),
}
REPORT = "PEEL: Police effectiveness {cycle}, Essex Police"


def held(actor: Actor) -> list[dict[str, Any]]:
    """The facts of every area for improvement that `actor` may see, with `ref` and `stage`."""
    from peelian.casework.sight import cases

    rows = cases(actor).filter(kind="improvement").order_by("pk").values_list("ref", "stage", "facts", "owner")
    return [{**facts, "ref": ref, "stage": stage, "owner": owner} for ref, stage, facts, owner in rows]


def not_raised(*, actor: Actor, at: datetime) -> list[Found]:
    """The areas of the report of 2016, and those of reports read in, that no case holds."""
    raised = {(one.get("cycle"), one.get("place")) for one in held(actor)}
    found = []
    for one in nine():
        if ("2016", one["place"]) not in raised:
            words, systems = str(one["words"]), ", ".join(one["systems"])
            given = {
                "type": "area for improvement", "question": one["question"], "words": words, "report": REPORT.format(cycle="2016"),
                "cycle": "2016", "place": one["place"], "systems": systems, "raised_on": PUBLISHED["2016"].isoformat(), "test": one["test"],
            }  # fmt: skip
            found.append(Found(f"essex-2016-{one['place'].replace('.', '-')}", words, given, source="PEEL effectiveness 2016, HMIC", evidence="stored",
                               numbers=(("area for improvement", one["number"]), ("answered by", systems))))  # fmt: skip
    return found + list(_of_reports(actor, raised))


def _of_reports(actor: Actor, raised: set[tuple[Any, Any]]) -> Iterator[Found]:
    from peelian.casework.sight import cases

    from .report_reading import read_report

    for facts in (
        cases(actor).filter(kind="inspection_report", stage="filed").order_by("pk").values_list("facts", flat=True)
    ):
        report = read_report(facts["text"])
        keys = {str(q.n): q.key for q in report.questions}
        for place, afi in report.afis:
            if (report.cycle, place) in raised or (report.cycle == "2016" and report.force == "Essex"):
                continue
            name = f"{report.force} {report.kind} {report.cycle}"
            given = {
                "type": "area for improvement", "question": keys[place[0]], "words": afi.text, "report": name, "cycle": report.cycle,
                "place": place, "raised_on": facts["published_on"],
            }  # fmt: skip
            key = (
                f"{report.force[:15]}-{report.cycle}-{place}".lower()
                .replace("/", "-")
                .replace(".", "-")
                .replace(" ", "-")
            )
            yield Found(
                key, afi.text, given, source=name, evidence="stored", numbers=(("line of the report", afi.line),)
            )


def chains(actor: Actor) -> list[Again]:
    """Every finding that is like an earlier one: of the history held, and of the areas raised as cases here."""
    own = [
        Finding("Essex" if "Essex" in one["report"] else "this force", one["cycle"], one["question"], one["type"], one["words"], one["report"], one["ref"])
        for one in held(actor)
        if one.get("cycle") in cycles()
    ]  # fmt: skip
    known = {(f.cycle, f.question, f.words) for f in own}
    return came_back([*own, *(f for f in history() if (f.cycle, f.question, f.words) not in known)], list(cycles()))


def again(*, actor: Actor, at: datetime) -> list[Found]:
    """Old areas that a later report repeats or comes back to, and that nobody has raised again."""
    tied = {(one.get("cycle"), one.get("earlier")) for one in held(actor) if one.get("earlier")}
    found = []
    for match in chains(actor):
        earlier = match.earlier.ref or match.earlier.cycle
        if match.how == "common" or match.later.ref or (match.later.cycle, earlier) in tied:
            continue
        given = {
            "type": "area for improvement", "question": match.later.question, "words": match.later.words, "cycle": match.later.cycle,
            "report": match.later.source, "raised_on": PUBLISHED.get(match.later.cycle, at.date()).isoformat(), "earlier": earlier,
        }  # fmt: skip
        key = f"{match.earlier.cycle}-{match.later.cycle}-{match.later.question}".replace("/", "-").replace("_", "-")
        numbers = (("likeness, of 100", round(match.likeness)), ("earlier", match.earlier.words), ("what it is", match.how), ("put forward from", round(LIKE)))  # fmt: skip
        found.append(
            Found(
                key,
                f"{match.words}: {match.later.words}",
                given,
                source=match.later.source,
                evidence="stored",
                numbers=numbers,
            )
        )
    return found
