"""The ledger as it is held, and folding again what a decision or an issued product touches, in the transaction of the act."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import polars as pl
from django.db.models import Q

from peelian.access.actor import Actor
from peelian.records.models import Marker

from . import queue, safety
from .fold import LINKS, Decided, Fold, beside, in_force, refold
from .models import Component, Decision, Issued, Known, LinkModel
from .persons import SAFETY
from .projection import HELD, ROW, Region, chunks, write
from .staff import restrict_staff

ANY = -(1 << 31)  # a component holds links alone, so that every one of them counts


def model_used() -> LinkModel | None:
    """The model that was put to use last, or None before the first run."""
    return LinkModel.objects.exclude(used_from=None).order_by("-used_from", "version").first()


def decisions_held() -> list[Decided]:
    """Every decision."""
    return [Decided(*told) for told in Decision.objects.order_by("pk").values_list("uid", "kind", "keys", "at")]


def issued_held() -> list[list[str]]:
    """The mentions of every product."""
    return list(Issued.objects.order_by("pk").values_list("keys", flat=True))


def links_held(components: pl.Series, good: pl.Series) -> pl.DataFrame:
    """The links of components between mentions that are good still; the ties of sanitised mentions are made anew."""
    rows: list[Any] = []
    for part in chunks(components.drop_nulls().unique().to_list()):
        for links in Component.objects.filter(pk__in=part).values_list("links", flat=True):
            rows += links
    found = pl.DataFrame(rows, schema=LINKS, orient="row")
    for side in ("a", "b"):
        found = found.join(good.to_frame("key"), left_on=side, right_on="key", how="semi")
    return found


def within(issued: Iterable[Collection[str]], keys: pl.Series) -> list[list[str]]:
    """What is left of issued sets among the mentions of a region."""
    told = list(issued)
    named = pl.Series(sorted({key for one in told for key in one}), dtype=pl.String)
    mine = set(named.filter(named.is_in(keys.implode())))
    return [left for one in told if len(left := [key for key in one if key in mine]) > 1]


def settle_again(named: Collection[str], *, actor: Actor, at: datetime) -> None:
    """Fold the components of these mentions anew and write them. In the caller's transaction, under the ledger lock."""
    decisions, issued = in_force(decisions_held()), issued_held()
    touched = beside(named, decisions, issued)
    rows: dict[str, Known] = {}
    for part in chunks(list(touched)):
        asked = Known.objects.filter(key__in=part).exclude(component=None).values("component")
        rows |= {row.key: row for row in Known.objects.filter(Q(key__in=part) | Q(component__in=asked))}
    told = [(k.key, k.content, k.component_id, k.batch_id, k.line) for k in rows.values()]
    held = pl.DataFrame(told, schema=HELD, orient="row")
    keys = pl.Series("key", sorted(key for key in rows if not key.startswith(f"{SAFETY}/")), dtype=pl.String)
    links = links_held(held["component"], keys)
    folded = refold(set(keys), links, decisions, issued, upper=ANY)
    marked = _marked([rows[key] for key in keys])
    region = Region(
        held=held,
        keys=keys,
        links=links,
        issued=within(issued, keys),
        marked=marked,
        sources={key: _row(rows[key]) for key in marked},
    )
    write(region, folded)
    restrict_staff(staff_parts(folded), actor, at)
    grey = pl.DataFrame(schema=queue.GREY)
    queue.refresh(keys.to_list(), folded, grey, decisions, content=None, at=at)


def staff_parts(folded: Fold) -> list[list[str]]:
    """The persons who are staff by one mention and something else by another."""
    staff = folded.frame.filter(pl.col("key").str.starts_with("force-hr/"))["person"].unique()
    parts = folded.frame.filter(pl.col("person").is_in(staff.implode())).group_by("person").agg("key")
    return [keys for keys in parts["key"].to_list() if len(keys) > 1]


def _marked(mentions: list[Known]) -> dict[str, set[str]]:
    """Kinds of danger by key, as the current versions of the mentions state them."""
    lines = {(m.batch_id, m.line): m.key for m in mentions}
    found: dict[str, set[str]] = {}
    for part in chunks(sorted({m.key.partition("/")[2] for m in mentions})):
        for batch, line, kind in Marker.objects.filter(mention__in=part).values_list("batch_id", "line", "kind"):
            if (batch, line) in lines and (kinds := safety.dangers([kind])):
                found.setdefault(lines[batch, line], set()).update(kinds)
    return found


def _row(mention: Known) -> dict[str, Any]:
    told = {name: getattr(mention, name) for name in ROW}
    born, known_from = mention.born_on, mention.known_from.replace(tzinfo=None)
    return told | {
        "born_on": None if born is None else born.isoformat(),
        "known_from": f"{known_from:%Y-%m-%d %H:%M:%S.%f}",
    }
