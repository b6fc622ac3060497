"""What an input of a decision table may be, and which rows cover it.

Everything is half-open (from <= x < below), so a table is complete exactly when each corner of its grid is covered once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from math import isfinite


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers from ``low`` up to, but not including, ``below``."""

    low: float
    below: float

    def __str__(self) -> str:
        return f"from {self.low:g} to below {self.below:g}"

    def holds(self, value: object) -> bool:
        """Say whether a value is a number of this span."""
        return (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and isfinite(value)
            and self.low <= value < self.below
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a list of words."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return "one of " + ", ".join(self.words)

    def holds(self, value: object) -> bool:
        """Say whether a value is one of the words."""
        return isinstance(value, str) and value in self.words


Domain = Span | Choice
Box = Mapping[str, Span | Choice]


@dataclass(slots=True)
class Cover:
    """How a list of rows covers the grid of its inputs."""

    gaps: list[Box] = field(default_factory=list)
    overlaps: list[tuple[int, int, Box]] = field(default_factory=list)
    unreachable: list[int] = field(default_factory=list)


def cover(domains: Mapping[str, Domain], rows: Sequence[Box], *, first: bool) -> Cover:
    """Find what a list of rows leaves out, answers twice, or never reaches.

    Parameters
    ----------
    domains : mapping of input name to Domain
        What each input may be.
    rows : sequence of Box
        What each row covers; an input that a row does not name may be anything.
    first : bool
        Whether the first row that fits wins. If so two rows may overlap, but a row that earlier rows hide is
        unreachable.

    Returns
    -------
    Cover
        Gaps as boxes, each as wide as possible along the last input; overlaps as the two row numbers (from 0) and one
        box where they meet; unreachable row numbers (from 0).
    """
    names = list(domains)
    cells = {name: _cells(domains[name], [row[name] for row in rows if name in row]) for name in names}
    owners: dict[tuple[int, ...], int] = {}
    found = Cover()
    met: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        reached = False
        for corner in product(*(_inside(cells[name], row.get(name)) for name in names)):
            earlier = owners.setdefault(corner, number)
            reached = reached or earlier == number
            if not first and earlier != number and (earlier, number) not in met:
                met.add((earlier, number))
                found.overlaps.append((earlier, number, _box(names, cells, corner)))
        if first and not reached:
            found.unreachable.append(number)
    missing = [c for c in product(*(range(len(cells[name])) for name in names)) if c not in owners]
    found.gaps = list(_merged(names, cells, missing))
    return found


def _cells(domain: Domain, used: Sequence[Span | Choice]) -> list[Span | Choice]:
    if isinstance(domain, Choice):
        return [Choice((word,)) for word in domain.words]
    cuts = {domain.low, domain.below}
    for part in used:
        if isinstance(part, Span):
            cuts |= {cut for cut in (part.low, part.below) if domain.low < cut < domain.below}
    return [Span(low, below) for low, below in pairwise(sorted(cuts))]


def _inside(cells: Sequence[Span | Choice], part: Span | Choice | None) -> list[int]:
    if part is None:
        return list(range(len(cells)))
    return [i for i, cell in enumerate(cells) if part.holds(cell.low if isinstance(cell, Span) else cell.words[0])]


def _box(
    names: Sequence[str],
    cells: Mapping[str, Sequence[Span | Choice]],
    corner: tuple[int, ...],
) -> Box:
    return {name: cells[name][i] for name, i in zip(names, corner, strict=True)}


def _merged(
    names: Sequence[str],
    cells: Mapping[str, Sequence[Span | Choice]],
    missing: Sequence[tuple[int, ...]],
) -> Iterator[Box]:
    """Join missing corners that follow each other along the last input, so that one hole is told once."""
    runs: list[list[tuple[int, ...]]] = []
    for corner in missing:
        if runs and runs[-1][-1][:-1] == corner[:-1] and runs[-1][-1][-1] + 1 == corner[-1]:
            runs[-1].append(corner)
        else:
            runs.append([corner])
    last = names[-1] if names else ""
    for run in runs:
        box = dict(_box(names, cells, run[0]))
        parts = [cells[last][corner[-1]] for corner in run] if names else []
        words = [word for part in parts if isinstance(part, Choice) for word in part.words]
        spans = [part for part in parts if isinstance(part, Span)]
        if names:
            box[last] = Choice(tuple(words)) if words else Span(spans[0].low, spans[-1].below)
        yield box
