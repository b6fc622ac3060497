"""What people say of mentions: decided with a reason and a name, written with its log entry, folded at once.

No row is changed or removed. A wrong decision is undone by voiding it; a wrong link by score is undone by *deny*.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from peelian.access.actor import Actor, record_act, require_police
from peelian.core.errors import PeelianError
from peelian.records.lock import ledger_lock

from .fold import Decided
from .models import Decision, Issued, Known, Review
from .persons import SAFETY, known, persons_of
from .projection import chunks
from .settling import settle_again

PAIRS = ("link", "unlink", "confirm", "deny")
KINDS = (*PAIRS, "merge", "split", "void")


@dataclass(frozen=True)
class Undone:
    """A decision that takes something apart, and the products that were issued on what is apart now."""

    decision: Decision
    issued: tuple[Issued, ...]


def decide(
    kind: str, keys: Sequence[Any], *, actor: Actor, reason: str, at: datetime, review: Review | None = None
) -> Decision:
    """Record what a person says of mentions, and fold what it touches again: all of it, or nothing.

    Parameters
    ----------
    kind : str
        ``link``, ``confirm``, ``merge``: one person. ``unlink``, ``deny``: two. ``split``: each group is one person, no two are.
        ``void``: a decision was wrong and is as if never made.
    keys : sequence
        Mention keys: a pair; of merge two or more; of split two or more lists; of void the uid of the decision.
    actor : Actor
        One of the force's own people, who may see every mention that the decision names.
    reason : str
        Why, in the person's words.
    review : Review, optional
        The piece of review work that this settles.

    Raises
    ------
    PeelianError
        ``peelian.E610`` without a reason; ``peelian.E611`` where the keys do not fit the kind; ``peelian.E612`` where a mention, or the
        decision to be voided, is not there or may not be seen, which read the same.
    """
    reason = reason.strip()
    if not reason:
        raise PeelianError(
            "a decision needs a reason",
            matters="whoever looks later must be able to judge it",
            fix="say why",
            id="peelian.E610",
        )
    require_police(actor)
    named = _named(kind, keys)
    _must_see(named, actor)
    with ledger_lock(), transaction.atomic():
        decision = Decision.objects.create(
            uid=secrets.token_hex(16), kind=kind, keys=keys, reason=reason[:500], by=actor.user.username, at=at
        )
        record_act(
            actor,
            "alteration",
            f"identity: {kind}",
            detail={"decision": decision.uid},
            at=at,
            subjects=named,
            reason=reason,
        )
        settle_again(named, actor=actor, at=at)
        if review is not None:
            Review.objects.filter(pk=review.pk).update(
                closed_at=at, closed_by=actor.user.username, reason=reason[:500], decision=decision
            )
    return decision


def undo(uid: str, *, actor: Actor, reason: str, at: datetime) -> Undone:
    """Void a decision: the fold is as if it had never been made. What was issued on what is apart now comes with it."""
    before = Decision.objects.filter(uid=uid).first()
    decision = decide("void", [uid], actor=actor, reason=reason, at=at)
    assert before is not None
    return Undone(decision, issued_apart(Decided(uid, before.kind, before.keys, before.at).named(), actor=actor))


@dataclass(frozen=True)
class Taken:
    """A decision as a reader sees it: the mentions that it is about, and by which other one it was undone."""

    decision: Decision
    mentions: tuple[Known, ...]
    undone: Decision | None


def decisions_visible(actor: Actor) -> list[Taken]:
    """Decisions of whose mentions the actor may see every one, newest first; that a decision is undone stands beside it."""
    rows = list(Decision.objects.order_by("-at", "-pk"))
    voids = {row.keys[0]: row for row in rows if row.kind == "void"}
    named = {r.uid: Decided(r.uid, r.kind, r.keys, r.at).named() for r in rows if r.kind != "void"}
    keys = sorted({key for told in named.values() for key in told})
    held = {m.key: m for part in chunks(keys) for m in known(actor).filter(key__in=part)}
    return [
        Taken(row, tuple(held[key] for key in named[row.uid]), voids.get(row.uid))
        for row in rows
        if row.uid in named and all(key in held for key in named[row.uid])
    ]


def issue(product: str, ref: str, title: str, keys: Collection[str], *, actor: Actor, at: datetime) -> Issued:
    """Register a product that rests on mentions being one person: no later score takes them apart unasked.

    Parameters
    ----------
    product : str
        ``pack``, ``profile`` or ``case``.
    ref, title : str
        By which the product is found again, and read; without personal data.
    keys : collection of str
        All the mentions of the person that the product rests on, as its maker saw them.

    Raises
    ------
    PeelianError
        ``peelian.E612`` where a mention is not there or may not be seen; ``peelian.E613`` where they are not one person.
    """
    require_police(actor)
    told = sorted(set(keys))
    _must_see(told, actor)
    if len(_parts(told, actor)) > 1:
        raise PeelianError(
            "a product is issued on one person",
            found=f"{len(_parts(told, actor))} persons",
            fix="give the mentions of one person, or decide first that they are one",
            id="peelian.E613",
        )
    with ledger_lock(), transaction.atomic():
        made = Issued.objects.create(product=product, ref=ref, title=title, keys=told, by=actor.user.username, at=at)
        record_act(actor, "combination", f"{product} issued on a person", detail={"ref": ref}, at=at, subjects=told)
        settle_again(told, actor=actor, at=at)
    return made


def issued_apart(keys: Collection[str], *, actor: Actor) -> tuple[Issued, ...]:
    """Products issued on mentions among which are some of `keys`, and which are not one person as the actor sees them now."""
    mine = set(keys)
    return tuple(
        one
        for one in Issued.objects.order_by("at", "pk")
        if not mine.isdisjoint(one.keys) and len(_parts(one.keys, actor)) > 1
    )


def issued_visible(actor: Actor) -> list[Issued]:
    """Products whose every mention the actor may see, newest first."""
    rows = list(Issued.objects.order_by("-at", "-pk"))
    seen = set(known(actor).filter(key__in={k for one in rows for k in one.keys}).values_list("key", flat=True))
    return [one for one in rows if seen.issuperset(one.keys)]


def _parts(keys: Collection[str], actor: Actor) -> list[Any]:
    return persons_of(known(actor).filter(key__in=list(keys)), actor=actor)


def _named(kind: str, keys: Sequence[Any]) -> list[str]:
    """The mentions that a decision to be is about."""

    def refused(found: str) -> PeelianError:
        return PeelianError(
            "the decision cannot be taken so", found=found,
            fix="give two records; of a merge two or more; of a split groups of records", id="peelian.E611",
        )  # fmt: skip

    if kind not in KINDS:
        raise refused(f"no such decision: {kind}")
    if kind == "void":
        row = Decision.objects.filter(uid=keys[0]).first() if len(keys) == 1 else None
        if row is None:
            raise unknown()
        if row.kind == "void":
            raise refused("what was undone is not undone again; decide anew")
        return Decided(row.uid, row.kind, row.keys, row.at).named()
    if kind == "split" and not (len(keys) > 1 and all(isinstance(g, list | tuple) and g for g in keys)):
        raise refused("a split needs two groups or more")
    named = [str(key) for key in Decided("", kind, keys, datetime.min.replace(tzinfo=UTC)).named()]
    if any(key.startswith(f"{SAFETY}/") for key in named):
        raise refused("a safety marker follows its source; decide on the records themselves")
    if len(named) != len(set(named)):
        raise refused("a record is named twice")
    if (kind in PAIRS and len(named) != 2) or len(named) < 2:
        raise refused(f"{len(named)} record{'s' * (len(named) != 1)} named")
    return named


def _must_see(keys: Collection[str], actor: Actor) -> None:
    if known(actor).filter(key__in=list(keys)).count() < len(set(keys)):
        raise unknown()


def unknown() -> PeelianError:
    """What is not there and what may not be seen read the same."""
    return PeelianError("there is no such record or decision", fix="check the reference", id="peelian.E612")
