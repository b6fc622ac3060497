"""At what hours, counting also what is known only to lie between two times."""

from __future__ import annotations

import numpy as np
import polars as pl

from peelian.analysis.aoristic import aoristic
from peelian.core.document import Cell, Column, Estimate, Paragraph, Source, Table

from .part import percent
from .scope import Scope
from .small_counts import HIDDEN, SENTENCE, safe, told

SPAN = 3  # hours of one row
SPANS = tuple(f"{h:02} to {h + SPAN:02}" for h in range(0, 24, SPAN))
_FEWEST = 50
METHOD = Source(
    "Hours of events known only as a span: aoristic weights, interval by bootstrap over events",
    "Ratcliffe, J. H. (2000). International Journal of Geographical Information Science 14(7), 669-679",
)


def spans_table(scope: Scope, timed: pl.DataFrame, rng: np.random.Generator) -> tuple[list[Paragraph | Table], str]:
    """Events by hour of the day with each spread over its span, beside the two plain counts; and a sentence for the finding.

    Nothing where too few are known, or none only as a span.
    """
    spread = timed.filter(pl.col("end") - pl.col("start") > pl.duration(hours=1))
    if len(timed) < _FEWEST or spread.is_empty():
        return [], ""
    found = aoristic(timed["start"], timed["end"], rng=rng, by="day")
    if found.events < _FEWEST:
        return [], ""
    within = np.arange(24) // SPAN == np.arange(len(SPANS))[:, None]
    value, low, high = found.sums(within)
    shown = {
        name: told({span: int(n) for span, n in zip(SPANS, counts, strict=True)}, open_data=scope.open_data)
        for name, counts in (
            ("spread", np.rint(value)),
            ("start", within @ found.start),
            ("midpoint", within @ found.midpoint),
        )
    }
    rows: list[tuple[Cell, ...]] = [
        (
            span,
            HIDDEN if shown["spread"][span] is None else Estimate(float(value[i]), float(low[i]), float(high[i])),
            safe(shown["start"][span]),
            safe(shown["midpoint"][span]),
        )
        for i, span in enumerate(SPANS)
    ]
    hidden = any(count is None for column in shown.values() for count in column.values())
    long = spread.filter(pl.col("end") - pl.col("start") >= pl.duration(hours=24)).height
    table = Table(
        f"{scope.theme.title} by hour of the day, with {len(spread):,} known only to lie between two times, {scope.period}",
        (Column("Hours"), Column("Spread over the span", "number", "95% interval"), Column("Counted at the start", "number"),
         Column("Counted at the middle", "number")),
        tuple(rows),
        note="Each event counts once in every column. Where the columns differ much, the hour is not known well."
        + (f" {SENTENCE}" if hidden else ""),
        sources=scope.sources,
    )  # fmt: skip
    words = (
        f"{len(spread):,} of {len(timed):,} are known only to lie between two times. Each is spread evenly over its span, so that an hour "
        "in which it may have happened gets its part (aoristic time)."
        + (f" {percent(long / len(spread))} of them span a day or more and weigh on all hours alike." if long else "")
    )
    sentence = ""
    if None not in shown["spread"].values():
        night = (np.arange(24) >= 21) | (np.arange(24) < 6)
        share, least, most = (float(x[0]) / found.events for x in found.sums(night[None]))
        sentence = (
            f" Counting also the {len(spread):,} known only as a span, {percent(share)} ({percent(least)} to {percent(most)}) "
            "falls between 21:00 and 06:00."
        )
    return [Paragraph(words), table], sentence
