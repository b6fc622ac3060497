"""O5: what came of the effort: of each plan the open risk before and at last, the hours, and whether its disruptions still hold, by tactic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from peelian.core.document import Block, Cell, Column, Finding, Section, Source, Table

from .held import counted

SOURCE = Source("Disruption plans that you may see", "open risk as it was noted, every hour and disruption on record")


@dataclass(frozen=True, slots=True)
class Result:
    """One plan's effort and what came of it.

    Attributes
    ----------
    group : str
        Name of the group.
    running : bool
        Whether the plan goes on.
    hours : float
        Of teams, all that was noted.
    before, last : float or None
        Open risk as first and as last noted; None where it was not noted twice.
    disruptions : tuple of (str, bool or None)
        Of each that was moderated above "none" its tactic, and whether it still held when it was looked at again.
    """

    group: str
    running: bool
    hours: float
    before: float | None
    last: float | None
    disruptions: tuple[tuple[str, bool | None], ...]

    @property
    def change(self) -> float | None:
        """The last open risk less the first."""
        return None if self.before is None or self.last is None else self.last - self.before


def result_of(group: str, running: bool, rows: Iterable[Any]) -> Result:
    """The result of a plan, from its rows in order of writing (each with `part`, `facts` and `withdrawn`)."""
    live = [row for row in rows if not row.withdrawn]
    risks = [float(row.facts["risk"]) for row in live if row.part == "scorings" and row.facts.get("risk") is not None]
    twice = len(risks) > 1
    claims = [
        row.facts for row in live if row.part == "claims" and row.facts.get("level_moderated") not in (None, "none")
    ]
    return Result(
        group=group, running=running, hours=sum(float(row.facts["hours"]) for row in live if row.part == "efforts"),
        before=risks[0] if twice else None, last=risks[-1] if twice else None,
        disruptions=tuple((facts["tactic"], facts.get("still_holds")) for facts in claims),
    )  # fmt: skip


def by_tactic(results: Iterable[Result]) -> tuple[tuple[Cell, ...], ...]:
    """Of each tactic the disruptions, how many were looked at again, and the share that still held."""
    seen: dict[str, list[bool | None]] = defaultdict(list)
    for result in results:
        for tactic, holds in result.disruptions:
            seen[tactic].append(holds)
    rows = []
    for tactic, told in sorted(seen.items()):
        looked = [holds for holds in told if holds is not None]
        rows.append((tactic, len(told), len(looked), counted(sum(looked), len(looked)) if looked else "nobody looked"))
    return tuple(rows)


def section(results: Sequence[Result]) -> Section | None:
    """What came of the effort, most hours first; None while no plan has its open risk noted twice."""
    noted = sorted((r for r in results if r.change is not None), key=lambda r: -r.hours)
    if not noted:
        return None
    fell = [r for r in noted if r.change is not None and r.change < 0]
    still = [r for r in noted if r not in fell]
    words = f"The open risk fell in {len(fell)} of {len(noted)} plans"
    if fell and still:
        words += f": {_mean(fell):,.0f} hours of teams went to each of these on average, and {_mean(still):,.0f} to each of the others"
    columns = (Column("Group"), Column("Plan"), Column("Hours of teams", "number"), Column("Open risk before", "number", decimals=1),
               Column("Last noted", "number", decimals=1), Column("Change", "number", decimals=1), Column("Disruptions moderated", "number"))  # fmt: skip
    plans = tuple(
        (r.group, "running" if r.running else "closed", r.hours, r.before, r.last, r.change, len(r.disruptions))
        for r in noted
    )
    blocks: list[Block] = [
        Finding("results", f"{words}."),
        Table("Open risk before and at last", columns, plans, note="A score may fall for other reasons than the plan: it stands beside it, it does not prove it.", sources=(SOURCE,)),
    ]  # fmt: skip
    if tactics := by_tactic(results):
        shown = (
            Column("Tactic"),
            Column("Disruptions", "number"),
            Column("Looked at again", "number"),
            Column("Still held", "percent", "95% interval"),
        )
        blocks.append(Table("Does it still hold when it is looked at again?", shown, tactics, sources=(SOURCE,)))
    return Section("What came of it, all years", tuple(blocks))


def _mean(results: Sequence[Result]) -> float:
    return sum(r.hours for r in results) / len(results)
