"""The review queue as the fold leaves it: grey pairs, decisions set aside, and re-cuts of what was issued on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
from django.db import transaction

from peelian.records.store import CHUNK, insert

from .fold import Decided, Fold, in_force
from .models import Review
from .projection import chunks

GREY = {"a": pl.String, "b": pl.String, "content_a": pl.String, "content_b": pl.String, "weight": pl.Int32}
_ROW = ["uid", "keys", "a", "b", "weight", "moot", "why"]


def uid_of(kind: str, *what: Any) -> str:
    """The name of a piece of review work: the same for the same work, so that it is raised once."""
    return hashlib.sha256(json.dumps([kind, *what], sort_keys=True, default=str).encode()).hexdigest()


def _grey_uid(*what: str | None) -> str:
    """The same of a grey pair and what its records say: quicker, for there are many."""
    return hashlib.sha256("\x1f".join(["grey", *(w or "" for w in what)]).encode()).hexdigest()


def refresh(
    keys: Sequence[str],
    folded: Fold,
    grey: pl.DataFrame,
    decisions: Iterable[Decided],
    *,
    content: Mapping[str, str] | None,
    at: datetime,
) -> None:
    """Bring the queue to what the fold of a region says. Under the ledger lock.

    Parameters
    ----------
    keys : sequence of str
        The mentions of the region.
    grey : polars.DataFrame
        Columns of scores: pairs in the grey band that came since.
    decisions
        In force; those set aside deny nothing.
    content : mapping of key to hash, optional
        Of every current mention: what is open on scores of what they said before goes. Without it no record changed.
    """
    decided = in_force(decisions)
    person = dict(folded.frame.select("key", "person").iter_rows())
    aside = {s.uid for s in folded.set_aside}
    denied = {
        frozenset((person.get(a, a), person.get(b, b))) for d in decided if d.uid not in aside for a, b in d.says()[1]
    }

    def moot(a: str, b: str) -> bool:
        one, other = person.get(a, a), person.get(b, b)
        return one == other or frozenset((one, other)) in denied

    some = Review.objects.filter(kind="grey").exists()
    if some:
        _settle_grey(keys, moot, content)
    _raise_grey(grey, moot, at, some)
    _raise_others(set(keys), folded, {d.uid: d.named() for d in decided}, at)


def _settle_grey(keys: Sequence[str], moot: Callable[[str, str], bool], content: Mapping[str, str] | None) -> None:
    """What the region's other links and decisions now settle, or settle no more; what rests on an old version goes."""
    pks: dict[str, list[int]] = {"moot": [], "open": [], "stale": []}
    seen: set[int] = set()
    for part in chunks(keys):
        for side in ("a__in", "b__in"):  # one index each; together they would read every open row
            rows = Review.objects.filter(**{side: part}).values_list("pk", "uid", "a", "b", "moot", "closed_at")
            for pk, uid, a, b, was, closed in rows:
                if closed or pk in seen:
                    continue
                seen.add(pk)
                if content is not None and uid != _grey_uid(a, b, content.get(a), content.get(b)):
                    pks["stale"].append(pk)
                elif (now := moot(a, b)) != was:
                    pks["moot" if now else "open"].append(pk)
    for part in chunks(pks["stale"]):
        Review.objects.filter(pk__in=part).delete()
    for name in ("moot", "open"):
        for part in chunks(pks[name]):
            Review.objects.filter(pk__in=part).update(moot=name == "moot")


def _raise_grey(grey: pl.DataFrame, moot: Callable[[str, str], bool], at: datetime, some: bool) -> None:
    for pairs in grey.unique(["a", "b", "content_a", "content_b"], maintain_order=True).iter_slices(CHUNK):
        rows = [
            (_grey_uid(a, b, one, other), json.dumps([a, b]), a, b, weight, moot(a, b), "{}")
            for a, b, one, other, weight in pairs.select("a", "b", "content_a", "content_b", "weight").iter_rows()
        ]
        held: set[str] = set()
        for part in chunks([row[0] for row in rows] if some else []):
            held |= set(Review.objects.filter(uid__in=part).values_list("uid", flat=True))
        fresh = [row for row in rows if row[0] not in held]
        fixed = {"kind": "grey", "opened_at": str(at.replace(tzinfo=None)), "closed_by": "", "reason": ""}
        insert(Review, _ROW, iter([fresh] if fresh else []), fixed)


def _raise_others(keys: set[str], folded: Fold, named: Mapping[str, Sequence[str]], at: datetime) -> None:
    """Decisions set aside and re-cuts: those of the region that hold no more go, new ones are raised."""
    told: dict[str, Review] = {}
    for one in folded.set_aside:
        why: dict[str, Any] = {"decision": one.uid, "because": list(one.because)}
        uid = uid_of("set-aside", why)
        told[uid] = Review(kind="set-aside", uid=uid, keys=sorted(set(named[one.uid])), why=why)
    for recut in folded.recuts:
        why = {"stands": recut.stands, "proposed": recut.proposed}
        uid = uid_of("re-cut", recut.issued, why)
        told[uid] = Review(kind="re-cut", uid=uid, keys=list(recut.issued), why=why)
    with transaction.atomic():
        held = Review.objects.filter(uid__in=list(told)).values_list("uid", flat=True)
        fresh = [review for uid, review in told.items() if uid not in set(held)]
        for row in Review.objects.filter(kind__in=("set-aside", "re-cut"), closed_at=None):
            if row.uid not in told and not keys.isdisjoint(row.keys):
                row.delete()
        for review in fresh:
            review.opened_at = at
            review.save(force_insert=True)
