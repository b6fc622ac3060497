"""When in the week: only where the source knows the time."""

from __future__ import annotations

import numpy as np
import polars as pl

from peelian.access.release import protect_table
from peelian.analysis.temporal import week_hours
from peelian.core.document import Block, Column, Figure, Finding, Note, Paragraph, Section, Table
from peelian.documents import charts

from .part import Part, percent, safe
from .scope import Scope

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SPAN = 3  # hours of one cell
SPANS = tuple(f"{h:02} to {h + SPAN:02}" for h in range(0, 24, SPAN))
_ENOUGH = 50
_SECTION = "When in the week"


def when_part(scope: Scope) -> Part:
    """Weekday by hour, or why not."""
    if scope.events["precision"].is_in(["month", "day"]).all():
        note = Note(
            "The source gives the month of each event and nothing finer. Days of the week and hours cannot be shown; the force's "
            "own crime records hold them.",
            "Months only",
        )
        return Part(Section(_SECTION, (note,)))
    timed = scope.events.filter(pl.col("precision").is_in(["minute", "range"]))
    found = week_hours(timed["start"], timed["end"])
    counts, total, left_out = found.counts, found.placed, len(scope.events) - found.placed
    if total < _ENOUGH:
        note = Note(f"Only {total} events are known to the hour, fewer than {_ENOUGH}.", "Not enough data")
        return Part(Section(_SECTION, (note,)), unknown=("At what hours it happens: too few times are known.",))
    cells = counts.reshape(7, len(SPANS), SPAN).sum(axis=2)
    busiest = np.unravel_index(int(np.argmax(cells)), cells.shape)
    day, span = DAYS[busiest[0]], SPANS[busiest[1]]
    night = float(counts[:, [*range(21, 24), *range(5)]].sum() / total)
    weekend = float((counts[4, 18:].sum() + counts[5].sum() + counts[6].sum()) / total)
    text = (
        f"The busiest part of the week is {day} {span} hours, with {percent(float(cells.max() / total))} of it (an even week has "
        f"{percent(1 / cells.size)} in each such part). {percent(night)} falls between 21:00 and 05:00 (an even day: 33%), and "
        f"{percent(weekend)} from Friday 18:00 to Sunday night (an even week: 32%)."
    )
    # Cells add up to the total, so one hidden cell alone would be given away.
    shown = protect_table({f"{i} {j}": int(v) for (i, j), v in np.ndenumerate(cells)})
    rows = tuple((DAYS[i], *(safe(shown[f"{i} {j}"]) for j in range(len(SPANS)))) for i in range(7))
    blocks: list[Block] = [
        Paragraph(
            f"{total:,} of {len(scope.events):,} are known to the hour. The other {left_out:,} may have happened at several hours and are "
            "left out, so the picture is of those that were noticed soon: offences against absent people are missed more often. Times "
            "are those of London."
        ),
        Figure(
            f"{day} {span} hours is the busiest part of the week",
            charts.hours(
                [[shown[f"{i} {j}"] for j in range(len(SPANS))] for i in range(7)],
                days=DAYS,
                spans=SPANS,
                hidden="–",
            ),
            f"Grid of the days of the week by three-hour spans. {text}",
            Table(
                f"{scope.theme.title} by weekday and hour, {scope.period}",
                (Column("Day"), *(Column(f"{span} h", "number") for span in SPANS)),
                rows,
                note="A small count is not shown (– in the picture), nor is another where it would give one away.",
            ),
            scope.sources,
        ),
    ]
    return Part(Section(_SECTION, tuple(blocks)), (Finding("when", text),))
