"""Mapping files: how a force's own extract becomes a feed, written in TOML without Python.

A mapping turns the rows of a source into the feed's columns before any check; the source's own cells are kept beside them.
Everything that is wrong with a mapping file is told at once, each fault with its line.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
from pydantic import ValidationError

from peelian.access.models import RecordClass
from peelian.core.errors import PeelianError

from .feeds import FEEDS, feed_named
from .feeds.declare import Column, Feed, Rule, cell, plain, quoted
from .formats.typed import shapes
from .mapping_cells import NOT_MAPPED, Made, columns_sql, sql
from .mapping_words import Told, Written, class_faults, columns_of, file_faults, nearest, no_toml
from .models import Batch, MappingFile
from .reading import Block, Form, Layout

LARGEST = 1 << 20


@dataclass(frozen=True)
class Map:
    """A mapping that can be used.

    Parameters
    ----------
    text, sha256 : str
        The file as it is written, and its hash: a part of the digest of every batch that it maps.
    feed : Feed
        The feed with the class of this source; its checks name the source's columns and let nothing pass that was not turned.
    source : Feed
        The columns that the source's header must have.
    made : dict of str to Made
        How each of the feed's columns is made.
    """

    name: str
    text: str
    sha256: str
    version: int
    feed: Feed
    source: Feed
    layout: Layout
    made: Mapping[str, Made]

    @property
    def note(self) -> str:
        """What a batch says of its mapping."""
        return f"mapped by {self.name}, version {self.version} ({self.sha256[:12]})"

    def apply(self, form: Form, blocks: Iterator[Block]) -> tuple[Form, Iterator[Block]]:
        """The file as one of the feed's: its columns, and the source's own cells beside them.

        Parameters
        ----------
        form : Form
            What `formats.look` found with `source`.
        blocks : iterator of Block
            The source's rows.
        """
        names = list(self.made)
        # The source's names stay as they are, whatever the feed's columns are called.
        header = (*(f"({name})" for name in names), *form.header)
        mapped = replace(
            form, header=header, columns=(*names, *[""] * len(form.header)), notes=(*form.notes, self.note)
        )
        return mapped, self._blocks(form, blocks)

    def source_sql(self, form: Form) -> dict[str, str]:
        """SQL of each column of the source over the cells of a block."""
        held = {plain(name): i for i, name in enumerate(form.columns) if name}
        names = sorted({s for made in self.made.values() for s in made.sources})
        return columns_sql(names, {name: held[plain(name)] for name in names})

    def _blocks(self, form: Form, blocks: Iterator[Block]) -> Iterator[Block]:
        columns = self.source_sql(form)
        typed = form.kind in ("excel", "parquet")
        forms = shapes(feed_named(self.feed.name), list(self.made))
        made = [sql(m, columns, shape, typed=typed) for m, shape in zip(self.made.values(), forms, strict=True)]
        kept = [cell(str(i)) for i in range(len(form.header))]
        picked = ", ".join(f"{x} AS {cell(str(i))}" for i, x in enumerate([*made, *kept]))
        with duckdb.connect() as con:
            for block in blocks:
                con.register("_source", block.table)
                table = con.sql(f"SELECT _line, {picked} FROM _source").to_arrow_table()
                con.unregister("_source")
                yield replace(block, table=table)

    def settled(self) -> None:
        """Refuse the mapping where its class of record stands already, with another controller, regime or onward limit."""
        own = self.feed.record_class
        held = RecordClass.objects.filter(code=own.code).first()
        if held and (held.controller, held.regime, held.onward) != (own.controller, own.regime, own.onward):
            raise PeelianError(
                "the class of record stands already with another controller, regime or limit",
                where=self.name,
                found=f"{own.code}: {held.controller}; {held.regime}; {held.onward}",
                matters="who may see its records, and who may be told, would change for what is held already",
                fix="give [class] in the mapping file another `source`",
                id="peelian.E414",
            )

    def keep(self, at: Any) -> MappingFile:
        """The mapping's row in the store, so that a batch can always be explained by it."""
        return MappingFile.objects.get_or_create(
            sha256=self.sha256, defaults={"name": self.name[-255:], "feed": self.feed.name, "text": self.text, "known_from": at}
        )[0]  # fmt: skip


def read(path: Path) -> Map:
    """The mapping in a file.

    Raises
    ------
    PeelianError
        E411 if the file is not TOML, else E412 for each fault; several are reported together.
    """
    try:
        raw = path.read_bytes()[: LARGEST + 1]
        return parse(raw.decode("utf-8-sig"), path.name)
    except FileNotFoundError:
        raise no_toml(path.name, "there is no such file") from None
    except (UnicodeDecodeError, IsADirectoryError):
        raise no_toml(path.name, "not a text file in UTF-8") from None


def feed_of(batch: Batch) -> Feed:
    """The feed that a batch was checked by: with the class and the checks of its mapping, if it had one."""
    if batch.mapping_id is None:
        return FEEDS[batch.feed]
    return parse(batch.mapping.text, batch.mapping.name).feed


def parse(text: str, name: str) -> Map:
    """The mapping in a text; `name` is what a user calls it."""
    if len(text) > LARGEST:
        raise no_toml(name, "more than 1 MB")
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise no_toml(name, str(error)) from None
    except RecursionError:
        raise no_toml(name, "brackets inside brackets, deeper than can be read") from None
    if "class" in raw:
        raw["record_class"] = raw.pop("class")
    columns = raw.get("columns")
    if isinstance(columns, dict):
        raw["columns"] = {k: {"from": v} if isinstance(v, str | list) else v for k, v in columns.items()}
    told = Told(text, name)
    try:
        written = Written.model_validate(raw)
    except ValidationError as error:
        raise told.all([told.in_words(e, Written) for e in error.errors()]) from None
    if written.feed not in FEEDS:
        like = nearest(written.feed, list(FEEDS))
        raise told.fault(("feed",), "there is no such feed", repr(written.feed) + like, "`peelian feeds` lists them")
    feed = FEEDS[written.feed]
    made, faults = columns_of(written, feed, told)
    faults += class_faults(written.record_class, feed, told)
    faults += file_faults(written.file, told)
    if faults:
        raise told.all(faults)
    needed: dict[str, str] = {}
    for source in (s for m in made.values() for s in m.sources):
        needed.setdefault(plain(source), source)
    return Map(
        name, text, hashlib.sha256(text.encode()).hexdigest(), written.version, _checked(written, feed, made),
        replace(
            feed, name=f"the mapping {name}", members="*", columns=tuple(map(Column, needed.values())), rows=(), either=(),
            told_by_name="", marking=None,
        ),
        Layout(written.file.sheet, written.file.delimiter, written.file.encoding, written.file.skip), made,
    )  # fmt: skip


def _checked(written: Written, feed: Feed, made: Mapping[str, Made]) -> Feed:
    """The feed as this source's rows are checked by it."""
    own = {k: v for k, v in written.record_class.model_dump(exclude={"marking"}).items() if v is not None}
    columns = tuple(_guarded(c, made[c.name]) if c.name in made else c for c in feed.columns)
    return replace(feed, columns=columns, record_class=replace(feed.record_class, **own))


def _guarded(column: Column, made: Made) -> Column:
    """The column's check, told with the source's column; what was not turned never passes."""
    allowed = column.rule.allowed if column.rule else "any text"
    passes = [f"({column.rule.sql})"] if column.rule else []
    if made.may_fail:
        passes.append(f"NOT starts_with({{x}}, {quoted(NOT_MAPPED)})")
    if not column.blank:
        passes.append("{x} <> ''")
    if not passes:
        return column
    return replace(column, rule=Rule(f"{allowed} (from {made.told()})", " AND ".join(passes)))
