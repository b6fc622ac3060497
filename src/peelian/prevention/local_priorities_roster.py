"""Neighbourhood duties as the force's own roster has them: worked, taken away and for what, by station and month (P4).

What teams write down of their hours may be too little; the roster is kept for another reason. It is for planning: who states another
purpose reads nothing of it. Duties are counted, so a share has an interval; of a station with few staff nothing is told.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from peelian.access.release import protect, threshold
from peelian.analysis.funnel import share_funnel
from peelian.analysis.rates import share_interval
from peelian.core.clock import london_day
from peelian.core.document import Block, Column, Document, Estimate, Finding, Note, Section, Source, Table

if TYPE_CHECKING:
    from peelian.access.actor import Actor

FEED, DUTY = "force-roster", "neighbourhood"
MONTHS = 12
HAPPENED = ("worked", "abstracted", "sick")  # what is planned ahead, or was cancelled, is not counted
_SOURCE = Source(
    "The force's duty roster", "Duties of the role neighbourhood that were worked, taken away or missed by sickness"
)


def duties(cells: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """Neighbourhood duties of the last twelve months held: station, month, state, for what, hours, staff."""
    if cells.is_empty():
        return pl.DataFrame()
    begin, end = (
        pl.col(name).str.replace("T", " ").str.slice(0, 16).str.to_datetime("%Y-%m-%d %H:%M", strict=False)
        for name in ("From", "To")
    )
    wanted = (pl.col("Role On Duty") == DUTY) & pl.col("State").is_in(HAPPENED)
    held = cells.filter(wanted).select(
        station="Station", staff="Staff Number", state="State", to="Abstracted To", begin=begin, hours=(end - begin).dt.total_minutes() / 60
    )  # fmt: skip
    held = held.filter(pl.col("begin").is_not_null() & (pl.col("begin") < until.replace(tzinfo=None))).with_columns(
        month=pl.col("begin").dt.strftime("%Y-%m")
    )
    months = sorted(held["month"].unique().to_list())[-MONTHS:]
    return held.filter(pl.col("month").is_in(months))


def roster(*, actor: Actor, at: datetime) -> Document:
    """The document of what the roster says."""
    from peelian.records import query

    held = query.batches(actor, feed=FEED).exists()
    found = duties(query.cells(actor, FEED), at) if held else pl.DataFrame()
    if found.is_empty():
        why = "No neighbourhood duty is held that you may see. The roster is for planning: change your purpose to planning, or read in the force's roster."
        return _document(at, "Nothing to show", (Section("Duties", (Note(why, "Nothing shown"),)),))
    months = sorted(found["month"].unique().to_list())
    return _document(at, f"{months[0]} to {months[-1]}", _sections(found))


def _document(at: datetime, subtitle: str, sections: tuple[Section, ...]) -> Document:
    return Document(
        title="Neighbourhood duties, as the roster has them",
        subtitle=subtitle,
        marking="OFFICIAL",
        edition=london_day(at),
        sections=sections,
    )


def _sections(found: pl.DataFrame) -> tuple[Section, ...]:
    """By station with a funnel's limits, by month, and for what."""
    taken = pl.col("state") == "abstracted"
    sums = [pl.len().alias("duties"), taken.sum().alias("taken"), (pl.col("state") == "sick").sum().alias("sick"),
            pl.col("hours").sum(), (pl.col("hours") * taken).sum().alias("hours_taken")]  # fmt: skip
    stations = found.group_by("station").agg(*sums, staff=pl.col("staff").n_unique()).sort("station")
    shown = stations.filter(pl.col("staff") >= threshold())
    blocks: list[Block] = [
        Table(
            "By station, and whether it differs from the force by more than chance",
            (Column("Station"), Column("Duties", "number"), Column("Hours", "number"), Column("Hours taken away", "number"),
             Column("Duties taken away", "percent", "95% interval", 1), Column("Against the force")),
            _stations(shown),
            note="" if len(shown) == len(stations) else f"Stations with fewer than {threshold()} members of staff are left out: a measure is of teams, not of one person.",
            sources=(_SOURCE,),
        )
    ]  # fmt: skip
    total, gone = len(found), int(found.select(taken.sum()).item())
    share = _share(gone, total)
    text = f"{gone:,} of {total:,} neighbourhood duties were taken away for other work: {_percent(share)}."
    by_month = found.group_by("month").agg(*sums).sort("month")
    months = Table(
        "By month", (Column("Month"), Column("Duties", "number"), Column("Sick", "number"), Column("Duties taken away", "percent", "95% interval", 1)),
        tuple((r["month"], r["duties"], r["sick"], _share(r["taken"], r["duties"])) for r in by_month.iter_rows(named=True)), sources=(_SOURCE,),
    )  # fmt: skip
    reasons = found.filter(taken).group_by("to").agg(pl.len(), pl.col("hours").sum()).sort("len", descending=True)
    why = Table(
        "What for", (Column("For"), Column("Duties", "number"), Column("Hours", "number")),
        tuple((to or "not said", n if protect(n) is not None else f"fewer than {threshold()}", round(h) if protect(n) is not None else "not shown") for to, n, h in reasons.iter_rows()),
        sources=(_SOURCE,),
    )  # fmt: skip
    return (
        Section("In short", (Finding("taken", text),)),
        Section("By station", tuple(blocks)),
        Section("By month", (months,)),
        Section("What for", (why,)),
    )


def _stations(shown: pl.DataFrame) -> tuple[tuple[str | int | Estimate, ...], ...]:
    """A row each; what differs from the force is judged by a funnel's exact outer limits."""
    if shown.is_empty():
        return ()
    plot = share_funnel(shown["taken"].to_list(), shown["duties"].to_list(), names=shown["station"].to_list())
    words = {
        "above": "more than the force",
        "below": "less than the force",
        "as the others": "within what chance explains",
    }
    return tuple(
        (
            r["station"],
            r["duties"],
            round(r["hours"]),
            round(r["hours_taken"]),
            _share(r["taken"], r["duties"]),
            words.get(verdict, verdict),
        )
        for r, verdict in zip(shown.iter_rows(named=True), plot.verdict, strict=True)
    )


def _share(part: int, whole: int) -> Estimate:
    value, low, high = (float(x[0]) for x in share_interval([part], [whole]))
    return Estimate(value, low, high)


def _percent(e: Estimate) -> str:
    return f"{100 * e.value:.1f}% ({100 * e.low:.1f} to {100 * e.high:.1f})"
