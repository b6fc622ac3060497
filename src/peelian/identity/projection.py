"""Writing what the fold says into `Component` and `Known`, a few persons a transaction.

A transaction holds whole components, as they were and as they become, so that a reader finds each person as one fold or the other
makes them, never between. What is as it should be is not written again: a run that was killed is finished by the next.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.db.models import Max

from peelian.records.failpoints import failpoint
from peelian.records.staging import Progress
from peelian.records.store import CHUNK, insert

from .fold import LINKS, Fold, fold
from .models import Component, Known
from .safety import CERTAIN, sanitised

ROW = {
    "key": pl.String, "ref": pl.String, "record_class_id": pl.String, "batch_id": pl.Int64, "line": pl.Int64, "feed": pl.String,
    "reference": pl.String, "role": pl.String, "surname": pl.String, "forenames": pl.String, "sex": pl.String,
    "born_on": pl.String, "ethnicity": pl.String, "phone": pl.String, "address": pl.String, "postcode": pl.String,
    "surname_key": pl.String, "forenames_key": pl.String, "sounds": pl.String, "content": pl.String, "known_from": pl.String,
}  # fmt: skip
HELD = {"key": pl.String, "content": pl.String, "component": pl.Int64, "batch": pl.Int64, "line": pl.Int64}


@dataclass
class Region:
    """Components to be written: what is held of them, and what they are to hold.

    Attributes
    ----------
    held : polars.DataFrame
        `HELD`: the rows of `Known` in these components, the sanitised ones too.
    keys : polars.Series
        The mentions that are current there.
    links : polars.DataFrame
        a, b, weight at or above the upper threshold, both ends current.
    issued : list of lists of keys
    marked : mapping of key to kinds of danger
    sources : mapping of key to a row
        What `Known` has, or will have, of each marked mention, by the names of `ROW`.
    rows : polars.DataFrame
        `ROW`: rows of `Known` that are new, or take the place of those held.
    """

    held: pl.DataFrame
    keys: pl.Series
    links: pl.DataFrame
    issued: Sequence[Collection[str]] = ()
    marked: Mapping[str, set[str]] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ROW))


def write(region: Region, folded: Fold, *, progress: Progress | None = None) -> int:
    """Bring the projection of a region to what the fold says. Under the ledger lock.

    Returns
    -------
    int
        Components written.
    """
    members = region.keys.to_frame("key").join(folded.frame, on="key", how="left")
    members = members.with_columns(person=pl.coalesce("person", "key"))
    safe, ties = _safety(region, members)
    if len(safe):
        own = safe.select("key", "person").join(
            members.select("person", "component").unique("person"), on="person", how="left"
        )
        alone = pl.col("component").is_null() & pl.col("person").is_in(safe["person"].implode())
        members = pl.concat([members, own.select(members.columns)])
        members = members.with_columns(component=pl.when(alone).then("person").otherwise("component"))
    rows = pl.concat([region.rows, safe.select(list(ROW)).join(region.held, on=["key", "content"], how="anti")])
    plan = _planned(members, region.held, rows)
    texts = _texts(pl.concat([region.links.select(list(LINKS)), ties]).cast(LINKS), members)  # type: ignore[arg-type]
    sets = _issued(region.issued, members)
    told = _Told(texts, sets, _before(region.held))
    rows = rows.join(plan.select("key", "block"), on="key").sort("block", "key")
    return _write(plan, rows, told, progress)


# key, new component, held component, whether it is current, whether it is held
_Line = tuple[str, str | None, int | None, bool, bool]


@dataclass
class _Told:
    """Links (as JSON) and issued sets by new component; links and issued sets of the held components."""

    links: Mapping[str, str]
    issued: Mapping[str, list[list[str]]]
    before: Mapping[int, tuple[Any, Any]]

    def stands(self, lines: list[_Line]) -> bool:
        """Whether a block is held already as it is to be."""
        if not all(current and there for _, _, _, current, there in lines):
            return False
        labels, olds = {line[1] for line in lines}, {line[2] for line in lines}
        if labels == {None} and olds == {None}:
            return True
        if len(labels) > 1 or len(olds) > 1 or None in labels or None in olds:
            return False
        label, old = lines[0][1] or "", lines[0][2] or 0
        links, issued = self.before[old]
        return bool(links == json.loads(self.links.get(label, "[]")) and issued == self.issued.get(label, []))


def _safety(region: Region, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of sanitised mentions, each with its person, and their ties; what is held of them unchanged is not in the rows."""
    schema = {**ROW, "person": pl.String}
    if not region.marked:
        return pl.DataFrame(schema=schema), pl.DataFrame(schema=LINKS)
    marked = pl.Series(list(region.marked), dtype=pl.String).implode()
    asked = members.filter(pl.col("key").is_in(marked))["person"].unique().implode()
    rows, ties = [], []
    people = members.filter(pl.col("person").is_in(asked)).group_by("person").agg("key")
    for person, keys in people.iter_rows():
        for row in sanitised(keys, region.marked, region.sources):
            rows.append({**row, "person": person})
            ties += [(*sorted((row["key"], key)), CERTAIN) for key in keys]
    return pl.DataFrame(rows, schema=schema), pl.DataFrame(ties, schema=LINKS, orient="row")


def _planned(members: pl.DataFrame, held: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Each key with its new component (null: none), its held one, and the block that has to be written at once; by block.

    `fresh` are those whose row is written anew.
    """
    plan = members.select("key", "component", current=True).join(
        held.select("key", old="component", there=True), on="key", how="full", coalesce=True
    )
    named = plan.select("key", new="n " + pl.col("component"), old="o " + pl.col("old").cast(pl.String))
    if named["old"].null_count() == len(named):
        block = plan.select(pl.coalesce("component", "key")).to_series()
    else:
        pairs = [named.select(a="key", b=side, weight=1).drop_nulls() for side in ("new", "old")]
        tied = fold(pl.concat(pairs).cast(LINKS), upper=0).frame.select("key", tied="component")  # type: ignore[arg-type]
        block = (
            plan.join(tied, on="key", how="left", maintain_order="left").select(pl.coalesce("tied", "key")).to_series()
        )
    plan = (
        plan.with_columns(block=block).join(rows.select("key", fresh=True), on="key", how="left").sort("block", "key")
    )
    return plan.with_columns(pl.col("current", "there", "fresh").fill_null(value=False))


def _texts(links: pl.DataFrame, members: pl.DataFrame) -> dict[str, str]:
    """The links of each component as JSON."""

    def quoted(column: str) -> pl.Expr:
        return pl.struct(k=column).struct.json_encode().str.slice(5).str.head(-1)

    links = (
        links.group_by("a", "b")
        .agg(pl.col("weight").max())
        .join(members.select(a="key", component="component"), on="a")
    )
    one = pl.concat_str(pl.lit("["), quoted("a"), pl.lit(","), quoted("b"), pl.lit(","), pl.col("weight"), pl.lit("]"))
    texts = links.sort("a", "b").group_by("component", maintain_order=True).agg(one.str.join(","))
    return {label: f"[{text}]" for label, text in texts.iter_rows()}


def _issued(sets: Iterable[Collection[str]], members: pl.DataFrame) -> dict[str, list[list[str]]]:
    named = sorted({tuple(sorted(keys)) for keys in sets})
    firsts = pl.DataFrame({"key": [keys[0] for keys in named]}, schema={"key": pl.String})
    labels = firsts.join(members.select("key", "component"), on="key", how="left", maintain_order="left")["component"]
    found: dict[str, list[list[str]]] = {}
    for keys, label in zip(named, labels, strict=True):
        found.setdefault(label, []).append(list(keys))
    return found


def _before(held: pl.DataFrame) -> dict[int, tuple[Any, Any]]:
    ids = held["component"].drop_nulls().unique().to_list()
    rows: dict[int, tuple[Any, Any]] = {}
    for part in chunks(ids):
        rows |= {
            pk: (links, issued)
            for pk, links, issued in Component.objects.filter(pk__in=part).values_list("pk", "links", "issued")
        }
    return rows


def _write(plan: pl.DataFrame, rows: pl.DataFrame, told: _Told, progress: Progress | None) -> int:
    """Write block after block, some thousand rows a transaction."""
    following = (Component.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    written = done = taken = 0
    for size in _sizes(plan):
        part = plan.slice(done, size)
        fresh = {row[0]: row for row in rows.slice(taken, int(part["fresh"].sum())).select(list(ROW)).rows()}
        done, taken = done + size, taken + len(fresh)
        chunk = _Chunk()
        for _, block in groupby(
            part.select("block", "key", "component", "old", "current", "there").rows(), itemgetter(0)
        ):
            lines = [line[1:] for line in block]
            if not told.stands(lines) or any(line[0] in fresh for line in lines):
                following = chunk.add(lines, fresh, told, following)
        written += len(chunk.components)
        chunk.write()
        if progress:
            progress(done, len(plan), "writing who is who")
    return written


def _sizes(plan: pl.DataFrame) -> Iterator[int]:
    """How many lines of the plan go into each transaction: whole blocks, CHUNK lines or a little more."""
    size = 0
    for length in plan["block"].rle().struct.field("len"):
        size += length
        if size >= CHUNK:
            yield size
            size = 0
    if size:
        yield size


class _Chunk:
    """What one transaction writes."""

    def __init__(self) -> None:
        self.components: list[tuple[int, str, str]] = []
        self.gone_components: list[int] = []
        self.rows: list[tuple[Any, ...]] = []
        self.gone: list[str] = []
        self.moved: list[tuple[int | None, str]] = []

    def add(self, lines: list[_Line], fresh: Mapping[str, tuple[Any, ...]], told: _Told, following: int) -> int:
        """Put a block in; the next component's number."""
        labels = sorted({label for _, label, _, _, _ in lines if label})
        ids = dict(zip(labels, range(following, following + len(labels)), strict=True))
        self.components += [(ids[x], told.links.get(x, "[]"), json.dumps(told.issued.get(x, []))) for x in labels]
        self.gone_components += {old for _, _, old, _, _ in lines if old}
        for key, label, old, current, there in lines:
            pk = ids.get(label or "")
            if there and (key in fresh or not current):
                self.gone.append(key)
            elif there and pk != old:
                self.moved.append((pk, key))
            if key in fresh:
                self.rows.append((*fresh[key], pk))
        return following + len(labels)

    def write(self) -> None:
        """Write it all, or nothing."""
        if not (self.components or self.gone_components or self.rows or self.gone):
            return
        with transaction.atomic():
            for keys in chunks(self.gone):
                Known.objects.filter(key__in=keys)._raw_delete(Known.objects.db)
            if self.components:
                insert(Component, ["id", "links", "issued"], iter([self.components]), {})
            if self.rows:
                insert(Known, [*ROW, "component_id"], iter([self.rows]), {})
            with connection.cursor() as cursor:
                table = connection.ops.quote_name(Known._meta.db_table)
                cursor.executemany(f"UPDATE {table} SET component_id = %s WHERE key = %s", self.moved)
            for pks in chunks(self.gone_components):
                Component.objects.filter(pk__in=pks)._raw_delete(Component.objects.db)
        failpoint("projected")


def chunks(values: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """`values` in parts: no engine takes any number of them in one question."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
