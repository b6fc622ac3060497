"""How a mapping file says that one column is made from a source's columns, and the SQL that does it.

A value that cannot be turned is written as ``not mapped: COLUMN = value``: no check lets it pass, and whoever mends the row
reads what the source had.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from .feeds.declare import cell, quoted
from .formats.typed import Shape

NOT_MAPPED = "not mapped: "
ISO = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")  # as typed cells of Excel and Parquet are told
DIRECTIVES = "dmYybBHIMSpAaef%"
_TARGET = {"minute": "%Y-%m-%d %H:%M", "day": "%Y-%m-%d", "month": "%Y-%m"}


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Listed = Annotated[list[str], BeforeValidator(_listed)]


class Strict(BaseModel):
    """Nothing is guessed: an unknown key or a value of another type is a fault."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Made(Strict):
    """One column of the feed, made from the source's; the keys are those of docs/how-to/map-an-extract.md."""

    sources: Listed = Field(default=[], alias="from")
    value: str | None = None
    join: str = " "
    values: dict[str, str] | None = None
    otherwise: str = "quarantine"
    date: Listed = []
    time: str | None = None
    thousands: Literal[",", " ", ".", "'"] | None = None
    decimal: Literal[".", ","] | None = None
    name: Literal["surname", "forenames"] | None = None
    grid: Literal["easting", "northing"] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [
            word
            for word, given in (
                ("values", self.values is not None), ("date", self.date), ("thousands or decimal", self.thousands or self.decimal),
                ("name", self.name), ("grid", self.grid),
            )
            if given
        ]  # fmt: skip
        if (self.value is None) == (not self.sources):
            raise ValueError("give either `from` (a column of the source) or `value` (the same for every row)")
        if self.value is not None and ways:
            raise ValueError(f"`value` is the same for every row; `{ways[0]}` has nothing to turn")
        if len(ways) > 1:
            raise ValueError(
                f"`{ways[0]}` and `{ways[1]}` cannot both turn one value; write two columns, or one of them"
            )
        for form in self.date:
            bad = [d for d in re.findall(r"%(.?)", form) if not d or d not in DIRECTIVES]
            if bad or not re.search("%[Yy]", form):
                raise ValueError(f"the date form {form!r} is not understood; write it like %d/%m/%Y %H:%M")
        if self.time is not None and not (self.date and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", self.time)):
            raise ValueError("`time` is the time of a date that has none, such as 00:00, beside `date`")
        if self.thousands and self.thousands == (self.decimal or "."):
            raise ValueError("`thousands` and `decimal` are the same character; say `decimal` too")
        return self

    @property
    def may_fail(self) -> bool:
        """Whether a value can be one that is not turned."""
        return bool(
            (self.values is not None and self.otherwise == "quarantine") or self.date or self.thousands or self.decimal
            or self.name or self.grid
        )  # fmt: skip

    def told(self) -> str:
        """Where the value comes from, for a person."""
        if self.value is not None:
            return "the mapping file"
        how = ""
        if self.values is not None:
            how = ", one of: " + ", ".join(self.values)
        elif self.date:
            how = " as " + " or ".join(self.date)
        elif self.thousands or self.decimal:
            how = f", a number such as 1{self.thousands or ''}234{self.decimal or '.'}5"
        elif self.name:
            how = ", a name such as SMITH, John"
        elif self.grid:
            how = ", a grid reference such as TL 123 456"
        return " and ".join(self.sources) + how


def sql(made: Made, columns: Mapping[str, str], shape: Shape, *, typed: bool) -> str:
    """SQL for the text of a column.

    Parameters
    ----------
    columns : mapping of str to str
        SQL of each column of the source by the name that the mapping gives it.
    shape : Shape
        How the feed's column writes times.
    typed : bool
        Whether the file's own cells are typed, so that a time may come as ISO text.
    """
    if made.value is not None:
        return quoted(made.value)
    parts = [f"trim({columns[name]})" for name in made.sources]
    filled = ", ".join(f"nullif({p}, '')" for p in parts)
    text = parts[0] if len(parts) == 1 else f"concat_ws({quoted(made.join)}, {filled})"
    if made.values is not None:
        return _values(made, text)
    turned = None
    if made.date:
        turned = _date(made, text, shape, typed)
    elif made.thousands or made.decimal:
        turned = _number(made, text)
    elif made.name:
        after = "trim({x}[instr({x}, ',') + 1:])" if made.name == "forenames" else "trim({x}[:instr({x}, ',') - 1])"
        turned = f"CASE WHEN instr({text}, ',') > 1 THEN {after.replace('{x}', text)} END"
    elif made.grid:
        turned = _grid(text, made.grid)
    return (
        text
        if turned is None
        else f"CASE WHEN {text} = '' THEN '' ELSE coalesce({turned}, {_unturned(made, text)}) END"
    )


def _unturned(made: Made, text: str) -> str:
    return f"{quoted(NOT_MAPPED + ' and '.join(made.sources) + ' = ')} || {text}"


def _values(made: Made, text: str) -> str:
    assert made.values is not None
    given = made.values if "" in made.values else {**made.values, "": ""}
    rest = {"keep": text, "quarantine": _unturned(made, text)}.get(made.otherwise, quoted(made.otherwise))
    return (
        f"CASE {text} " + " ".join(f"WHEN {quoted(k)} THEN {quoted(v)}" for k, v in given.items()) + f" ELSE {rest} END"
    )


def _date(made: Made, text: str, shape: Shape, typed: bool) -> str:
    """The first form that fits; a form without hours gives the day, and `time` where the feed wants one."""
    tries = []
    for form in (*made.date, *(ISO if typed else ())):
        read = f"try_strptime({text}, {quoted(form)})"
        clock = bool(re.search("%[HI]", form))
        target = _TARGET.get(shape.time, "%Y-%m-%d %H:%M" if clock or made.time else "%Y-%m-%d")
        if "%H" in target and not clock:
            target = target.replace("%H:%M", made.time or "00:00")
        # A year of two digits where four are meant is read as one of the first century.
        tries.append(f"strftime(CASE WHEN {read} >= TIMESTAMP '1000-01-01' THEN {read} END, {quoted(target)})")
    return f"coalesce({', '.join(tries)})" if len(tries) > 1 else tries[0]


def _number(made: Made, text: str) -> str:
    point, mark = made.decimal or ".", made.thousands or ""
    whole = rf"(\d+|\d{{1,3}}({re.escape(mark)}\d{{3}})+)" if mark else r"\d+"
    fits = rf"[+-]?{whole}({re.escape(point)}\d+)?"
    plain = f"replace({text}, {quoted(mark)}, '')" if mark else text
    plain = f"regexp_replace(replace({plain}, {quoted(point)}, '.'), '\\.0+$', '')"
    return f"CASE WHEN regexp_full_match({text}, {quoted(fits)}) THEN {plain} END"


def _grid(text: str, axis: str) -> str:
    """The south-west corner of the square that a National Grid reference names (Ordnance Survey, A guide to coordinate systems in GB)."""
    packed = f"upper(replace({text}, ' ', ''))"
    letter = "(ascii({p}[{n}]) - 65 - CAST({p}[{n}] > 'I' AS INTEGER))"
    first, second = (letter.replace("{p}", packed).replace("{n}", n) for n in "12")
    half = f"((length({packed}) - 2) // 2)"
    if axis == "easting":
        hundreds, digits = f"((({first} - 2) % 5) * 5 + {second} % 5)", f"{packed}[3:2 + {half}]"
    else:
        hundreds, digits = f"(19 - ({first} // 5) * 5 - {second} // 5)", f"{packed}[3 + {half}:]"
    fits = f"regexp_full_match({packed}, '[HJNOST][A-HJ-Z](\\d{{2}}|\\d{{4}}|\\d{{6}}|\\d{{8}}|\\d{{10}})')"
    return f"CASE WHEN {fits} THEN CAST({hundreds} * 100000 + CAST(rpad({digits}, 5, '0') AS INTEGER) AS VARCHAR) END"


def distinct(made: Made, columns: Mapping[str, str]) -> str:
    """SQL for the source's own value where a value map does not cover it."""
    return sql(made.model_copy(update={"values": None, "date": [], "otherwise": "keep"}), columns, Shape(), typed=False)


def columns_sql(names: Sequence[str], positions: Mapping[str, int]) -> dict[str, str]:
    """SQL of the source's columns by the name that a mapping gives them."""
    return {name: cell(str(positions[name])) for name in names}
