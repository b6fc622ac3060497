"""Since the last edition: what was counted then, what records became known or changed since, and what is different now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from peelian.access.release import protect
from peelian.analysis.rates import rate_interval, share_interval
from peelian.core.clock import london_day
from peelian.core.document import Block, Column, Estimate, Finding, Note, Paragraph, Section, Source, Table

from .part import Part, percent, say_days, several
from .scope import Last, Scope
from .small_counts import HIDDEN, SENTENCE, protected
from .spread import Spread
from .tasked import NOT_LAID, tasked_blocks

SECTION = "Since the last edition"
FIRST = 5  # places that are compared (a local setting)
NONE_BEFORE = (
    "How it compares with an earlier edition: none of this theme and area was made here before the day of this profile."
)
_METHOD = Source(
    "Change between two editions: of all events of both periods the share that falls in the later one, against its share of the days, "
    "exact binomial interval",
    "Clopper, C. J. and Pearson, E. S. (1934). Biometrika 26(4), 404-413",
)


def comparison_part(scope: Scope) -> Part:
    """Set the period against that of the last edition, as it is known now; without one, only say so."""
    last = scope.last
    if last is None:
        told = tasked_blocks(scope)
        return Part(Section(SECTION, told), unknown=(NONE_BEFORE,))
    made, period = london_day(last.at), say_days(last.start, last.end)
    beside = _parts_told(scope, last)
    blocks: list[Block] = [
        Paragraph(
            f"The last profile of {scope.theme.many} in {scope.area} was made on {made.day} {made:%B %Y}, of {period}. Its period is counted again "
            f"here from {scope.feed}, as it was known then and as it is known now."
        ),
        _changes(scope, last, beside),
    ]
    findings: list[Finding] = []
    unknown = [] if scope.tasked else [NOT_LAID]
    if beside:
        table, text = _totals(scope, last)
        blocks += [table, Paragraph(text)]
        findings.append(Finding("last-edition", text))
    else:
        blocks.append(Note("Not shown: beside the total of this period it would tell a small count.", "Totals"))
        unknown.append("How the total differs from that of the last edition: it would tell a small count.")
    blocks += [*_places(scope, last), *tasked_blocks(scope)]
    return Part(
        Section(SECTION, tuple(blocks)), tuple(findings), unknown=tuple(unknown), methods=(_METHOD,) if findings else ()
    )


def _parts_told(scope: Scope, last: Last) -> bool:
    """Whether both totals may stand side by side: what one period has and the other has not must be no small count."""
    if scope.open_data:
        return True
    day = pl.col("local").dt.date()
    parts = (
        last.now.filter(~day.is_between(scope.start, scope.end)),
        last.now.filter(day.is_between(scope.start, scope.end)),
        scope.events.filter(~day.is_between(last.start, last.end)),
    )
    return None not in [protect(len(part)) for part in parts]


def _changes(scope: Scope, last: Last, beside: bool) -> Table:
    """What came in and went out; where either is few, not the total of then, which less today's would tell it."""
    moved = (last.late, last.corrected_in, last.withdrawn, last.corrected_out)
    now = len(last.now) if beside else HIDDEN
    then = last.then if beside and (scope.open_data or None not in map(protect, moved)) else HIDDEN

    def count(n: int) -> int | str:
        return n if scope.open_data else protected(n)

    rows = (
        ("Counted in the last edition", then),
        ("Read in since", count(last.late)),
        ("Counted only since a correction", count(last.corrected_in)),
        ("Taken back by the source since", count(last.withdrawn)),
        ("No longer counted since a correction", count(last.corrected_out)),
        ("Counted in it today", now),
        ("Counted then and today, and corrected since", count(last.corrected)),
    )
    return Table(
        f"What became known since of {say_days(last.start, last.end)}",
        (Column("Records"), Column("Count", "number")),
        rows,
        note="A later outcome is no correction, nor is a cell that was empty and is filled in."
        + ("" if HIDDEN in (then, now) else " The first line, with the next two added and the two after them taken off, gives the last but one.")
        + (f" {SENTENCE}" if any(isinstance(n, str) for _, n in rows) else ""),
        sources=scope.sources,
    )  # fmt: skip


def _totals(scope: Scope, last: Last) -> tuple[Table, str]:
    spans = ((last.start, last.end), (scope.start, scope.end))
    days = [(end - start).days + 1 for start, end in spans]
    counts = [len(last.now), len(scope.events)]
    value, low, high = (x.tolist() for x in rate_interval(counts, [float(n) for n in days], per=1))
    rates = [Estimate(*x) for x in zip(value, low, high, strict=True)]
    table = Table(
        "The period of the last edition, as it is known today, beside this one",
        (Column("Edition"), Column("Period"), Column("Days", "number"), Column("Recorded", "number"),
         Column("A day", "number", "95% interval", 2)),
        tuple(
            (name, say_days(*span), n, count, rate)
            for name, span, n, count, rate in zip(("Last", "This"), spans, days, counts, rates, strict=True)
        ),
        sources=scope.sources,
    )  # fmt: skip
    text = f"Since the last edition ({say_days(*spans[0])}) {scope.theme.many} went from {rates[0].show(2)} to {rates[1].show(2)} a day. "
    return table, text + _verdict(spans[0], spans[1], counts, days)


def _verdict(last: tuple[date, date], this: tuple[date, date], counts: list[int], days: list[int]) -> str:
    shared = (min(last[1], this[1]) - max(last[0], this[0])).days + 1
    if shared > 0:
        return f"{shared} days are in both periods, so whether they differ is not tested."
    if not sum(counts):
        return "None is recorded in either."
    low, high = (float(x[0]) for x in share_interval([counts[1]], [sum(counts)])[1:])
    even = days[1] / sum(days)
    if low <= even <= high:
        return "That is not shown to be a change."
    way = "more" if low > even else "fewer"
    season = (
        ""
        if (last[0].month, last[1].month) == (this[0].month, this[1].month)
        else " Their seasons differ, which alone may explain it."
    )
    size = abs(counts[1] / days[1] / (counts[0] / days[0]) - 1) if counts[0] else None
    return (f"{percent(size)} {way}" if size is not None else way.capitalize()) + f" a day, by more than chance explains.{season}"  # fmt: skip


def _places(scope: Scope, last: Last) -> list[Block]:
    """Which places entered and left the first five; their counts in the last period are not told, only their order."""
    new, old = (_ranked(Spread(s)) for s in (scope, replace(scope, events=last.now, last=None)))
    if not new or not old or len(scope.lsoas) == 1:
        return []
    listed = list(dict.fromkeys([*new[:FIRST], *old[:FIRST]]))
    entered, left = ([p for p in a[:FIRST] if p not in b[:FIRST]] for a, b in ((new, old), (old, new)))

    def rank(place: str, ranked: list[str]) -> int | str:
        return ranked.index(place) + 1 if place in ranked[:FIRST] else f"not in the first {FIRST}"

    said = (
        f"Among the first {min(FIRST, len(new))} places by count, {several([scope.name(p) for p in entered])} "
        f"{'is' if len(entered) == 1 else 'are'} new"
        + (f", and {several([scope.name(p) for p in left])} {'is' if len(left) == 1 else 'are'} there no longer." if left else ".")
        if entered
        else f"The first {min(FIRST, len(new))} places by count are the same, in "
        + ("the same order." if new[:FIRST] == old[:FIRST] else "another order.")
    )  # fmt: skip
    return [
        Paragraph(said + " Places change by chance too: only a place that stays is a place to rely on."),
        Table(
            f"The first {FIRST} places by count in the two editions",
            (Column("LSOA"), Column("This edition", "number"), Column("Last edition", "number")),
            tuple((scope.name(place), rank(place, new), rank(place, old)) for place in listed),
            note="Places with equal counts stand in the order of their codes."
            + ("" if scope.open_data else " Places whose count is not shown have no place in the order."),
            sources=scope.sources,
        ),
    ]


def _ranked(spread: Spread) -> list[str]:
    """LSOAs whose count is told, most first."""
    told = {code: count for code, count in spread.lsoas.items() if count}
    return sorted(told, key=lambda code: (-told[code], code))
