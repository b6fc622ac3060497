"""The words in which a feed is declared: its columns, their checks, and what a row becomes.

A check is a DuckDB predicate on one cell or on the row, with the words that tell a person what is allowed. Column names
are those of the source's own header, in its own order: the content hash of a row follows that order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rule:
    """What a cell may hold: a DuckDB predicate in which ``{x}`` is the cell and ``{on}`` the day of reading."""

    allowed: str
    sql: str
    values: tuple[str, ...] = ()  # the words of a coded column, whose mix the quality report compares with its past

    def on(self, column: str, day: str) -> str:
        """The predicate for `column`, with `day` (an SQL date) as the day of reading."""
        return self.sql.replace("{x}", cell(column)).replace("{on}", day)


@dataclass(frozen=True)
class Column:
    """One column of the source.

    Parameters
    ----------
    name : str
        As the source's header writes it; case, spaces and underscores do not matter when a header is matched.
    rule : Rule, optional
        What a filled cell may hold; any text without one.
    blank : bool
        Whether an empty cell is allowed.
    optional : bool
        Whether the header may lack the column.
    personal : bool
        Whether its values may identify a person; they are then never shown in messages.
    """

    name: str
    rule: Rule | None = None
    blank: bool = True
    optional: bool = False
    personal: bool = False


@dataclass(frozen=True)
class RowRule:
    """A check over several cells of a row; its predicate is written on the columns' names."""

    columns: tuple[str, ...]
    allowed: str
    sql: str


@dataclass(frozen=True)
class Class:
    """The class of record that a feed's rows belong to (law 13)."""

    source: str
    category: str
    handling: str
    controller: str
    regime: str
    onward: str

    @property
    def code(self) -> str:
        """The class in one slug."""
        return f"{self.source}-{self.category}-{self.handling}"


@dataclass(frozen=True)
class Feed:
    """One source format.

    Parameters
    ----------
    name, title : str
        What a user types, and reads.
    version : int
        Raised when columns, checks or mapping change; part of a batch's digest.
    columns : sequence of Column
        In the source's order.
    record_class : Class
        What access is decided on.
    id : str, optional
        Column with the source's own id.
    slice : sequence of str
        Columns (force, period) within which rows without an id are counted and replaced by later editions.
    rows : sequence of RowRule
        Checks over several cells.
    either : sequence of tuples of str
        Column groups of which the header must have exactly one.
    becomes : tuple of str
        ``event``, ``mention`` or both: a row of custody is an event and the person in it.
    maps : mapping of str to str
        Column of the lake and store to a DuckDB expression over the source's columns; empty text, or NULL, for those left out.
    lonlat : tuple of str, optional
        Longitude and latitude columns, turned into ``_easting`` and ``_northing`` before the checks run.
    members : str
        Glob that picks this feed's files out of a zip.
    marking : str, optional
        Column with the protective marking; a row above the installation's ceiling is refused as a spill (law 13).
    withdrawn : str, optional
        DuckDB predicate over the source's columns, true where the source takes its record back. Only for rows with an id.
    told_by_name : str
        Regular expression of the file's name, whose named groups fill columns that the header lacks (ADR 5).
    refuses : str
        Regular expression of column names, as `plain` writes them, that refuse the whole file: what may never be held.
    """

    name: str
    title: str
    version: int
    columns: Sequence[Column]
    record_class: Class
    becomes: tuple[str, ...]
    maps: Mapping[str, str]
    id: str | None = None
    slice: Sequence[str] = ()
    rows: Sequence[RowRule] = ()
    either: Sequence[tuple[str, ...]] = ()
    lonlat: tuple[str, str] | None = None
    members: str = "*.csv"
    marking: str | None = None
    withdrawn: str | None = None
    told_by_name: str = ""
    refuses: str = ""
    names: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", {plain(c.name): c.name for c in self.columns})

    @property
    def placed(self) -> bool:
        """Whether its events can have a point on the map."""
        return "event" in self.becomes and "easting" in self.maps

    @property
    def recorded(self) -> bool:
        """Whether its events are crimes, anti-social behaviour or incidents, and so part of what is recorded at all."""
        return "event" in self.becomes and any(
            quoted(kind) in self.maps["kind"] for kind in ("crime", "asb", "incident")
        )

    def column(self, name: str) -> Column:
        """The column called `name`."""
        return next(c for c in self.columns if c.name == name)


def plain(name: str) -> str:
    """A header's name with case, spaces and punctuation taken out: ``Crime ID`` and ``crime_id`` are one."""
    return re.sub(r"[^0-9a-z]+", "", name.casefold())


def quoted(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def cell(name: str) -> str:
    """`name` as an SQL column."""
    return '"' + name.replace('"', '""') + '"'


def one_of(values: Sequence[str], allowed: str = "") -> Rule:
    """One of a fixed list of words."""
    return Rule(
        allowed or "one of: " + ", ".join(values), "{x} IN (" + ", ".join(map(quoted, values)) + ")", tuple(values)
    )


def pattern(regex: str, allowed: str) -> Rule:
    """Text that matches `regex` as a whole."""
    return Rule(allowed, "regexp_full_match({x}, " + quoted(regex) + ")")


def text(most: int) -> Rule:
    """Text no longer than the store's column: PostgreSQL refuses more, SQLite would not."""
    return Rule(f"at most {most} characters", f"length({{x}}) <= {most}")


def number(low: float, high: float, unit: str) -> Rule:
    """A decimal number from `low` to `high`."""
    return Rule(
        f"a number from {low:,} to {high:,} {unit}",
        rf"regexp_full_match({{x}}, '[+-]?\d{{1,9}}(\.\d{{0,12}})?') AND TRY_CAST({{x}} AS DOUBLE) BETWEEN {low} AND {high}",
    )


FIRST_YEAR = 1900  # nobody's crime or birth that a force still works on is older

# A time that reads back as it was written has the right form and is a time of the calendar. Then it sorts as text.
MONTH = Rule(
    "a month as YYYY-MM, from 2010-12 (the first published) to the month of reading",
    "CAST(TRY_CAST({x} || '-01' AS DATE) AS VARCHAR) = {x} || '-01' AND {x} >= '2010-12' AND {x} <= strftime({on}, '%Y-%m')",
)
MOMENT = Rule(
    f"a date and time as YYYY-MM-DD HH:MM, from {FIRST_YEAR} to the day of reading",
    "CAST(TRY_CAST({x} AS TIMESTAMP) AS VARCHAR) = {x} || ':00' "
    f"AND {{x}} >= '{FIRST_YEAR}-01-01' AND {{x}} < strftime({{on}} + INTERVAL 1 DAY, '%Y-%m-%d')",
)
DAY = Rule(
    f"a date as YYYY-MM-DD, from {FIRST_YEAR} to the day of reading",
    "CAST(TRY_CAST({x} AS DATE) AS VARCHAR) = {x} "
    f"AND {{x}} >= '{FIRST_YEAR}-01-01' AND {{x}} <= strftime({{on}}, '%Y-%m-%d')",
)
MOMENT_AHEAD = Rule(
    f"a date and time as YYYY-MM-DD HH:MM, from {FIRST_YEAR} to ten years from the day of reading",
    "CAST(TRY_CAST({x} AS TIMESTAMP) AS VARCHAR) = {x} || ':00' "
    f"AND {{x}} >= '{FIRST_YEAR}-01-01' AND {{x}} < strftime({{on}} + INTERVAL 10 YEAR, '%Y-%m-%d')",
)
DAY_AHEAD = Rule(
    f"a date as YYYY-MM-DD, from {FIRST_YEAR} to ten years from the day of reading",
    "CAST(TRY_CAST({x} AS DATE) AS VARCHAR) = {x} "
    f"AND {{x}} >= '{FIRST_YEAR}-01-01' AND {{x}} <= strftime({{on}} + INTERVAL 10 YEAR, '%Y-%m-%d')",
)
# No land of Great Britain lies within 5 km of the grid's western and southern edge (St Kilda and Scilly come nearest): what does
# is a nought for "not known", or a longitude and latitude in the wrong columns.
EASTING = number(1_000, 700_000, "metres on the British National Grid")
NORTHING = number(1_000, 1_300_000, "metres on the British National Grid")


def london(text: str) -> str:
    """SQL: a local time of the force (Europe/London), given as SQL for its text, as an instant; NULL where it is empty."""
    return f"timezone('Europe/London', TRY_CAST({text} AS TIMESTAMP))"
