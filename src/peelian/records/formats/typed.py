"""The text of typed cells: numbers, times and yes/no values of Excel, Parquet and JSON, as a feed's CSV would write them.

Which text a column wants is found by asking its own rule, so a feed declares nothing more for these formats.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb

from ..feeds.declare import Feed, Rule, quoted

_DAY = "DATE '2100-01-01'"  # a day of reading on which no sample lies in the future
_TIMES = {"minute": "2019-05-01 00:00", "day": "2019-05-01", "month": "2019-05"}
_FLAGS = (("true", "false"), ("Y", "N"), ("Yes", "No"))
_LONGEST_NUMBER = 40


@dataclass(frozen=True)
class Shape:
    """How one column writes a time (``minute``, ``day``, ``month``, or ``free`` where it takes any) and yes and no."""

    time: str = "free"
    flag: tuple[str, str] = _FLAGS[0]


def shapes(feed: Feed, columns: Sequence[str]) -> tuple[Shape, ...]:
    """The shape of each column of a file (by the feed's name for it; "" for one that nobody expected)."""
    rules = {c.name: c.rule for c in feed.columns if c.rule}
    return tuple(_shape(rules[name]) if name in rules else Shape() for name in columns)


@cache
def _shape(rule: Rule) -> Shape:
    samples = [*_TIMES.values(), *(word for pair in _FLAGS for word in pair)]
    values = ", ".join(f"({quoted(s)})" for s in samples)
    sql = f"SELECT x FROM (VALUES {values}) AS s(x) WHERE coalesce({rule.on('x', _DAY)}, false)"
    with duckdb.connect(config={"threads": 1}) as con:
        passing = {text for (text,) in con.execute(sql).fetchall()}
    times = [form for form, sample in _TIMES.items() if sample in passing]
    flags = [pair for pair in _FLAGS if passing.issuperset(pair)]
    return Shape(times[0] if len(times) == 1 else "free", flags[0] if flags else _FLAGS[0])


def number_text(number: str) -> str:
    """A number without a needless ``.0`` and without an exponent.

    >>> [number_text(n) for n in ("5.0", "5.50", "5.12E2", "-0.0", "1e-3", "1e999999")]
    ['5', '5.50', '512', '0', '0.001', '1e999999']
    """
    if "e" in number.lower():
        written = Decimal(number)
        if not written.is_finite() or abs(written.adjusted()) > _LONGEST_NUMBER:
            return number
        number = format(written, "f")
    number = re.sub(r"\.0+$", "", number)
    return "0" if number == "-0" else number


def text(value: Any, shape: Shape) -> str:
    """One cell as text; empty for none. A time is written to the minute, or to the second where it has one."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return shape.flag[0] if value else shape.flag[1]
    if isinstance(value, float):
        return "" if value != value else number_text(repr(value))
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    if isinstance(value, time):
        return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
    if isinstance(value, datetime):
        value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)  # a spreadsheet counts in days
        if value.time() != time(0) or shape.time in ("free", "minute"):
            return value.isoformat(" ", "seconds" if value.second else "minutes")
        value = value.date()
    if isinstance(value, date):
        if shape.time == "month" and value.day == 1:
            return value.isoformat()[:7]
        return value.isoformat() + (" 00:00" if shape.time == "minute" else "")
    return str(value)
