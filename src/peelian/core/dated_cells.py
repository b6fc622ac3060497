"""Cells of dated data: what each covers, and the value it gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import isfinite
from typing import cast

from peelian.core.domain import Choice, Domain, Span
from peelian.core.errors import InvalidInput
from peelian.core.period import Period

Cell = int | float | str | bool | date | Period | None
Kind = type[int] | type[float] | type[str] | type[bool] | type[date] | type[Period]
WORDS = {
    int: "a whole number",
    float: "a number",
    str: "text",
    bool: "true or false",
    date: "a date (YYYY-MM-DD)",
    Period: 'a period like "5 working days after"',
}


def typed(value: object, kind: Kind, *, from_text: bool) -> Cell:
    """Return the value in its declared type, or None if it is not of that type."""
    try:
        if kind is Period:
            return Period.parse(value) if isinstance(value, str) else None
        if from_text and isinstance(value, str):
            read: dict[Kind, Callable[[str], Cell]] = {
                int: int,
                float: float,
                str: str,
                date: date.fromisoformat,
                bool: {"true": True, "false": False}.get,
            }
            value = read[kind](value)
    except (InvalidInput, ValueError):
        return None
    if kind is float and type(value) is int:
        value = float(value)
    if isinstance(value, float) and not isfinite(value):
        return None
    return cast(Cell, value) if type(value) is kind else None


def _number(value: object) -> float | None:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def span(low: object, below: object, domain: Domain) -> Span | None:
    """Return the half-open span of two cells, or None if it is empty or leaves the domain."""
    start, end = _number(low), _number(below)
    if not isinstance(domain, Span) or start is None or end is None:
        return None
    return Span(start, end) if domain.low <= start < end <= domain.below else None


def part_of(cell: object, domain: Domain) -> Span | Choice | None:
    """Read what a cell covers: ``low|high`` of words; ``18..65``, ``<18``, ``>=65`` or one number of numbers."""
    if not isinstance(cell, str):
        return None
    if isinstance(domain, Choice):
        words = tuple(word.strip() for word in cell.split("|"))
        return Choice(words) if set(words) <= set(domain.words) else None
    if cell.startswith("<"):
        return span(domain.low, cell[1:], domain)
    if cell.startswith(">="):
        return span(cell[2:], domain.below, domain)
    low, dots, below = cell.partition("..")
    return span(low, below, domain) if dots else None


def allowed(domain: Domain, bands: bool) -> str:
    """Say in words what a cell may hold."""
    if isinstance(domain, Choice):
        return f'{domain}, several joined by "|", or "*" for any'
    if bands:
        return f"from and below as numbers, from the smaller to the larger, within {domain}"
    return f'"18..65" (from 18, below 65), "<18" or ">=65", within {domain}; nothing for any'
