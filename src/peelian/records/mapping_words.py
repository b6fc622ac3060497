"""What a mapping file may say, and the words for everything that can be wrong with one, each with its line."""

from __future__ import annotations

import codecs
import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import duckdb
from pydantic import BaseModel

from peelian.core.errors import Faults, PeelianError

from . import marking
from .feeds.declare import Column, Feed, cell, plain, quoted
from .formats.typed import Shape, shapes
from .mapping_cells import Made, Strict

_DAY = "DATE '2100-01-01'"  # a day of reading on which no constant lies in the future


class Make(Strict):
    """How the file is made up; what is left out is found by looking."""

    sheet: str = ""
    delimiter: str = ""
    encoding: str = ""
    skip: int = 0


class Own(Strict):
    """The class of record of this source, where it is another than the feed's (law 13)."""

    source: str | None = None
    controller: str | None = None
    regime: Literal["part3", "uk-gdpr", "none"] | None = None
    onward: str | None = None
    marking: str | None = None


class Written(Strict):
    """A mapping file as it is written."""

    feed: str
    version: int
    title: str = ""
    file: Make = Make()
    record_class: Own = Own()
    columns: dict[str, Made]


def no_toml(name: str, found: str) -> PeelianError:
    """The refusal of a mapping file that is no TOML at all."""
    return PeelianError(
        "the mapping file cannot be read",
        where=name,
        found=found,
        fix="a mapping is a text file in TOML: see the page Map an extract",
        id="peelian.E411",
    )


def nearest(word: str, known: Sequence[str]) -> str:
    """`` (did you mean X?)`` for the known word most like `word`, or nothing."""
    by_fold = {k.casefold(): k for k in known}
    found = difflib.get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=0.6)
    return f" (did you mean {by_fold[found[0]]!r}?)" if found else ""


class Told:
    """Faults of one mapping file, each with its line."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.lines: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(text.splitlines(), start=1):
            given = line.strip()
            if given.startswith("["):
                table = _path(given) or table
                self.lines.setdefault(table, number)
            elif "=" in given and (keys := _path(given.split("=", 1)[0] + "= 0")):
                self.lines.setdefault((*table, *keys), number)

    def where(self, at: tuple[str, ...]) -> str:
        """The file, and the line of a key or of the table that it belongs to."""
        while at and at not in self.lines:
            at = at[:-1]
        return f"{self.name}, line {self.lines[at]}" if at else self.name

    def fault(self, at: tuple[str, ...], summary: str, found: str, fix: str) -> PeelianError:
        """One fault at a key."""
        return PeelianError(summary, where=self.where(at), found=found, fix=fix, id="peelian.E412")

    def all(self, faults: Sequence[PeelianError]) -> PeelianError:
        """The only fault, or all together."""
        return faults[0] if len(faults) == 1 else Faults(list(faults))

    def in_words(self, error: Mapping[str, Any], model: type[BaseModel]) -> PeelianError:
        """What Pydantic found, for a person."""
        at = tuple({"record_class": "class", "sources": "from"}.get(str(k), str(k)) for k in error["loc"])
        key, kind, found = at[-1], error["type"], error["input"]
        if kind == "extra_forbidden":
            return self.fault(
                at,
                "a key is not known",
                key + nearest(key, _keys(model, error["loc"][:-1])),
                "take it out, or correct it",
            )
        if kind == "missing":
            return self.fault(at[:-1], f"{key!r} is missing", "nothing", f"add {key}")
        if kind == "value_error":
            return self.fault(
                at, "a column is not told in one way", str(error["ctx"]["error"]), "see the page Map an extract"
            )
        wanted = {
            "string_type": 'text in quotes, such as "1"',
            "int_type": "a whole number, without quotes",
            "list_type": "text in quotes, or a list of them",
            "dict_type": "a table of keys and values",
            "model_type": "a table of keys and values",
            "literal_error": "one of: " + str(error.get("ctx", {}).get("expected", "")).replace(" or ", ", "),
        }.get(kind, error["msg"])
        return self.fault(at, f"{key!r} is of the wrong kind", repr(found)[:80], f"write {wanted}")


def _path(line: str) -> tuple[str, ...]:
    """The keys of a table's head or of a line's left side; none where the line is no such thing."""
    try:
        at: Any = tomllib.loads(line)
    except (tomllib.TOMLDecodeError, RecursionError):
        return ()
    keys = []
    while isinstance(at, dict) and at:
        keys.append(next(iter(at)))
        at = at[keys[-1]]
    return tuple(keys)


def _keys(model: type[BaseModel], path: Sequence[Any]) -> list[str]:
    """What may stand in the table at `path`."""
    tables: dict[str, type[BaseModel]] = {"file": Make, "record_class": Own}
    fields = tables.get(str(path[0]), Made) if path else model
    return [{"record_class": "class"}.get(n, f.alias or n) for n, f in fields.model_fields.items()]


def _plain(word: str) -> str:
    return " ".join(re.sub("[^A-Z]+", " ", word.upper()).split()).removeprefix("UK ")


def columns_of(written: Written, feed: Feed, told: Told) -> tuple[dict[str, Made], list[PeelianError]]:
    """The feed's columns in the feed's order with how each is made, and what is wrong with them."""
    known = {plain(c.name): c for c in feed.columns}
    faults, made = [], {}
    forms = dict(zip((c.name for c in feed.columns), shapes(feed, [c.name for c in feed.columns]), strict=True))
    for name, one in written.columns.items():
        column = known.get(plain(name))
        at = ("columns", name)
        if column is None:
            fix = nearest(name, [c.name for c in feed.columns])
            faults.append(
                told.fault(
                    at, f"{feed.name} has no such column", name + fix, "use a column of the feed: `peelian feeds`"
                )
            )
            continue
        if column.name in made:
            faults.append(told.fault(at, "a column is mapped twice", name, "keep one of them"))
        made[column.name] = one
        if any(not plain(s) for s in one.sources):
            faults.append(
                told.fault(at, "a column of the source has no name", repr(one.sources), "give its header a name")
            )
        faults += _value_faults(column, one, forms[column.name], told, at)
    if feed.marking and written.record_class.marking:
        if feed.marking in made:
            faults.append(
                told.fault(
                    ("class", "marking"),
                    "the marking is said twice",
                    feed.marking,
                    "map the column, or state it for the whole file",
                )
            )
        made[feed.marking] = Made(value=written.record_class.marking)
    missing = [c.name for c in feed.columns if not c.blank and not c.optional and c.name not in made]
    full = [g for g in feed.either if all(n in made for n in g)]
    if feed.either and len(full) != 1:
        missing.append(" or ".join(" and ".join(g) for g in feed.either))
    if feed.marking and feed.marking not in made:
        missing.append(f"{feed.marking} (or state `marking` in [class])")
    if missing:
        faults.append(
            told.fault(
                ("columns",),
                "a column that may never be empty is not mapped",
                ", ".join(missing),
                'add it, from a column of the source or as { value = "..." }',
            )
        )
    return {c.name: made[c.name] for c in feed.columns if c.name in made}, faults


def _value_faults(column: Column, made: Made, shape: Shape, told: Told, at: tuple[str, ...]) -> Iterator[PeelianError]:
    """Constants and outcomes of a value map that the feed's own check would refuse; a time that is needed and not given."""
    constants = [made.value, *(made.values or {}).values()]
    if made.otherwise not in ("keep", "quarantine"):
        constants.append(made.otherwise)
    for value in dict.fromkeys(v for v in constants if v is not None):
        if not _passes(column, value):
            allowed = column.rule.allowed if column.rule and value else "something: it may not be empty"
            yield told.fault(
                at, f"{column.name} does not allow a value of the mapping", repr(value), f"write {allowed}"
            )
    hourless = [form for form in made.date if not re.search("%[HI]", form)]
    if hourless and shape.time == "minute" and made.time is None:
        yield told.fault(
            at,
            f"{column.name} needs a time of day, and a form gives none",
            ", ".join(hourless),
            'say which to take: time = "00:00"',
        )


def _passes(column: Column, value: str) -> bool:
    if value == "":
        return column.blank
    if column.rule is None:
        return True
    with duckdb.connect() as con:
        rule = column.rule.on(column.name, _DAY)
        (passes,) = con.execute(
            f"SELECT coalesce({rule}, false) FROM (SELECT {quoted(value)} AS {cell(column.name)})"
        ).fetchone() or (False,)
    return bool(passes)


def class_faults(own: Own, feed: Feed, told: Told) -> Iterator[PeelianError]:
    changed = [
        k for k in ("controller", "regime", "onward") if getattr(own, k) not in (None, getattr(feed.record_class, k))
    ]
    if changed and own.source in (None, feed.record_class.source):
        yield told.fault(
            ("class", changed[0]), "another controller, regime or onward limit needs a source of its own", ", ".join(changed),
            "add `source`, a short word such as niche-west: access is decided by it",
        )  # fmt: skip
    if own.source is not None and not re.fullmatch("[a-z][a-z0-9-]{1,39}", own.source):
        yield told.fault(
            ("class", "source"),
            "the source is no short word",
            repr(own.source),
            "write it in small letters with hyphens, such as niche-west",
        )
    for key in ("controller", "onward"):
        if getattr(own, key) is not None and not getattr(own, key).strip():
            yield told.fault(("class", key), f"the {key} is empty", "nothing", "say who or what, or leave the line out")
    if own.marking is not None and _plain(own.marking) not in marking.within():
        yield told.fault(
            ("class", "marking"),
            "the marking may not be held here",
            repr(own.marking),
            f"this installation holds {marking.ceiling()} and below",
        )


def file_faults(make: Make, told: Told) -> Iterator[PeelianError]:
    if make.delimiter and (len(make.delimiter) != 1 or make.delimiter in '"\r\n'):
        yield told.fault(
            ("file", "delimiter"),
            "the delimiter is not one character",
            repr(make.delimiter),
            'write it like "," or "\\t"',
        )
    if make.encoding and not _is_encoding(make.encoding):
        yield told.fault(
            ("file", "encoding"), "there is no such encoding", repr(make.encoding), "write utf-8, cp1252 or utf-16"
        )
    if not 0 <= make.skip <= 100:
        yield told.fault(
            ("file", "skip"),
            "the number of lines before the header is not 0 to 100",
            str(make.skip),
            "count the lines above the header",
        )


def _is_encoding(name: str) -> bool:
    try:
        return bool(codecs.lookup(name)._is_text_encoding)
    except LookupError:
        return False
