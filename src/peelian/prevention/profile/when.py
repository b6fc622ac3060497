"""When in the week: only where the source knows the time."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import bdtrc

from peelian.analysis.rates import share_interval
from peelian.analysis.temporal import week_hours
from peelian.core.document import Block, Column, Figure, Finding, Note, Paragraph, Section, Table
from peelian.documents import charts

from .part import Part, percent
from .scope import Scope
from .small_counts import SENTENCE, gives_away, safe, told
from .spans import METHOD, spans_table

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SPAN = 3  # hours of one cell
SPANS = tuple(f"{h:02} to {h + SPAN:02}" for h in range(0, 24, SPAN))
_ENOUGH = 50
_LEVEL = 0.05
_SECTION = "When in the week"


def when_part(scope: Scope, rng: np.random.Generator) -> Part:
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
    spread, spread_text = spans_table(scope, timed, rng)
    methods = (METHOD,) if spread else ()
    counts, total, left_out = found.counts, found.placed, len(scope.events) - found.placed
    if total < _ENOUGH:
        note = Note(f"Only {total} events are known to the hour, fewer than {_ENOUGH}.", "Not enough data")
        if spread:
            return Part(
                Section(_SECTION, (note, *spread)),
                (Finding("when", spread_text.strip() or note.text),),
                methods=methods,
            )
        return Part(Section(_SECTION, (note,)), unknown=("At what hours it happens: too few times are known.",))
    cells = counts.reshape(7, len(SPANS), SPAN).sum(axis=2)
    keyed = told({f"{i} {j}": int(v) for (i, j), v in np.ndenumerate(cells)}, open_data=scope.open_data)
    shown = [[keyed[f"{i} {j}"] for j in range(len(SPANS))] for i in range(7)]
    busiest = np.unravel_index(int(np.argmax(cells)), cells.shape)
    if shown[busiest[0]][busiest[1]] is None:
        note = Note("Spread over the week, too few fall into each three hours to be shown.", "Not enough data")
        return Part(Section(_SECTION, (note,)), unknown=("At what hours it happens: too few times are known.",))
    day, span = DAYS[busiest[0]], SPANS[busiest[1]]
    most = int(cells.max())
    # The busiest of 56 parts is high by chance alone: the chance that any part is so high, at most.
    by_chance = min(1.0, cells.size * float(bdtrc(most - 1, total, 1 / cells.size)))
    title = (
        f"{day} {span} hours is the busiest part of the week"
        if by_chance <= _LEVEL
        else "No three hours of the week stand out by more than chance"
    )
    text = (
        f"{title}, with {percent(most / total)} (an even week: {percent(1 / cells.size)} in each three hours)."
        if by_chance <= _LEVEL
        else f"{title}; {day} {span} hours has the most, {percent(most / total)} (an even week: {percent(1 / cells.size)})."
    )
    hidden = np.array([[count is None for count in row] for row in shown])
    text += _shares(cells, hidden)
    # Beside the counts of the grid, a share of more events is of none of its cells, and so tells no hidden one.
    text += spread_text
    rows = tuple((DAYS[i], *map(safe, shown[i])) for i in range(7))
    blocks: list[Block] = [
        Paragraph(
            f"{total:,} of {len(scope.events):,} are known to the hour. "
            + (
                f"The other {left_out:,} may have happened at several hours and are left out of this grid, so it is of those that were noticed soon: "
                "what happens while people are away is noticed late more often. "
                if left_out
                else ""
            )
            + "Times are those of London."
        ),
        Figure(
            title,
            charts.hours(shown, days=DAYS, spans=SPANS, hidden="–"),
            f"Grid of the days of the week by three-hour spans. {text}",
            Table(
                f"{scope.theme.title} by weekday and hour, {scope.period}",
                (Column("Day"), *(Column(f"{span} h", "number") for span in SPANS)),
                rows,
                note=f"{SENTENCE} Those cells have – in the picture." if hidden.any() else "",
            ),
            scope.sources,
        ),
    ]
    return Part(Section(_SECTION, (*blocks, *spread)), (Finding("when", text),), methods=methods)


def _shares(cells: NDArray[np.int64], hidden: NDArray[np.bool_]) -> str:
    """How much falls in the night and at the weekend, as far as that tells no hidden cell."""
    night, weekend = np.zeros((2, *cells.shape), dtype=bool)
    night[:, [7, 0, 1]] = True
    weekend[4, 6:] = weekend[5:] = True
    text, sums = "", [np.ones(cells.shape, dtype=bool)]
    for when, part, even in (
        ("between 21:00 and 06:00", night, "day"),
        ("from Friday 18:00 to Sunday night", weekend, "week"),
    ):
        if gives_away(np.array([s.ravel() for s in (*sums, part)]), cells.ravel(), hidden.ravel()):
            continue
        sums.append(part)
        value, low, high = (float(x[0]) for x in share_interval([int(cells[part].sum())], [int(cells.sum())]))
        text += f" {percent(value)} ({percent(low)} to {percent(high)}) falls {when} (an even {even}: {percent(float(part.mean()))})."
    return text
