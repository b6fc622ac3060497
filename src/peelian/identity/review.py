"""The review queue for a reader: what waits, why, and what the reader answers.

A piece of work is shown to those who may see every mention in it; for others it does not exist. Its count is that of its list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from peelian.access.actor import Actor, record_act
from peelian.core.errors import PeelianError

from . import training
from .decisions import decide, unknown
from .models import Decision, Known, Review
from .persons import known, name_of, persons_of
from .reasons import Reason, explain
from .settling import model_used
from .standardise import MENTION, standardise

# What is compared by eye; how each is called.
FIELDS = (
    ("surname", "Surname"), ("forenames", "Forenames"), ("born_on", "Date of birth"), ("sex", "Sex"), ("ethnicity", "Ethnicity"),
    ("phone", "Telephone"), ("address", "Address"), ("postcode", "Postcode"), ("role", "Role"), ("feed", "Source"),
    ("reference", "Reference"),
)  # fmt: skip
OWN = ("role", "feed", "reference")  # a record's own: that they differ says nothing
SAME, DIFFERENT, LEAVE = "same", "different", "leave"
ANSWERS = {
    "grey": {SAME: "Same person", DIFFERENT: "Not the same", LEAVE: "Leave"},
    "set-aside": {DIFFERENT: "Withdraw the older decision", LEAVE: "Leave it set aside"},
    "re-cut": {SAME: "One person", DIFFERENT: "Cut as shown", LEAVE: "Leave"},
}


@dataclass(frozen=True)
class Work:
    """One piece of review work with the mentions it is about, in the order of its keys."""

    review: Review
    mentions: tuple[Known, ...]
    more: int = 0  # pairs of the same two people that stand behind this one: one answer settles them all

    @property
    def kind(self) -> str:
        """grey, set-aside or re-cut."""
        return str(self.review.kind)

    @property
    def names(self) -> list[str]:
        """The names stated, each once."""
        return list(dict.fromkeys(name_of(m) or "Name not stated" for m in self.mentions))

    @property
    def bits(self) -> str:
        """The weight in bits, to a tenth; empty where there is none."""
        return "" if self.review.weight is None else f"{self.review.weight / 1000:+.1f}"

    @property
    def in_words(self) -> str:
        """Why it waits."""
        if self.kind == "set-aside":
            return "an older decision contradicts newer ones and was set aside"
        if self.kind == "re-cut":
            told = "new scores would cut" if self.review.why["proposed"] else "nothing holds together any more"
            return f"{told} what was issued on as one person"
        return f"the records alone say: {odds(self.review.weight)}"


@dataclass(frozen=True)
class Waiting:
    """A page of the queue, and how much waits in all."""

    works: list[Work]
    total: int


def odds(weight: int | None) -> str:
    """A weight (thousandths of a bit) as odds in words.

    >>> odds(3_170), odds(-1_000), odds(0)
    ('9 to 1 that they are one person', '2 to 1 that they are not', 'as likely one person as not')
    """
    bits = (weight or 0) / 1000
    many = round(2 ** abs(bits))
    if many < 2:
        return "as likely one person as not"
    return f"{many:,} to 1 that they are {'one person' if bits > 0 else 'not'}"


def _grey(actor: Actor) -> QuerySet[Review]:
    rows = Review.objects.filter(kind="grey", closed_at=None, moot=False)
    for side in ("a", "b"):  # looked up row by row: a list of all that may be seen would be long
        rows = rows.filter(Exists(known(actor).filter(key=OuterRef(side))))
    return rows.order_by("-weight", "uid")


def _others(actor: Actor) -> list[Review]:
    rows = list(Review.objects.filter(kind__in=("set-aside", "re-cut"), closed_at=None).order_by("opened_at", "uid"))
    seen = set(known(actor).filter(key__in={k for r in rows for k in r.keys}).values_list("key", flat=True))
    return [row for row in rows if seen.issuperset(row.keys)]


def waiting(actor: Actor, *, at: datetime, start: int = 0, limit: int = 50) -> Waiting:
    """What waits for review, for somebody who may see it: decisions and re-cuts first, then pairs by weight.

    Parameters
    ----------
    at : datetime
        The instant of the look, which is logged with everybody shown.
    start, limit : int
        The part of the list that is shown.
    """
    others, grey = _others(actor), _grey(actor)
    rows = others[start : start + limit]
    rows += grey[max(0, start - len(others)) : max(0, start + limit - len(others))]
    works = _works(rows, actor)
    keys = {m.key for work in works for m in work.mentions}
    record_act(actor, "consultation", "identity review", detail={"shown": len(works)}, at=at, subjects=keys)
    return Waiting(works, len(others) + grey.count())


def _works(rows: Iterable[Review], actor: Actor) -> list[Work]:
    reviews = list(rows)
    held = {m.key: m for m in known(actor).filter(key__in={k for r in reviews for k in r.keys})}
    return [Work(r, tuple(held[k] for k in r.keys)) for r in reviews if all(k in held for k in r.keys)]


def together(works: list[Work], actor: Actor) -> list[Work]:
    """Pairs of the same two people as one line: the likeliest, and how many more of the page stand behind it."""
    pairs = [w for w in works if w.kind == "grey"]
    person = {m.key: p.ref for p in persons_of((m for w in pairs for m in w.mentions), actor=actor) for m in p.mentions}
    first: dict[frozenset[str], int] = {}
    shown: list[Work] = []
    for one in works:
        who = frozenset(person.get(m.key, m.key) for m in one.mentions)
        if one.kind == "grey" and who in first:
            at = first[who]
            shown[at] = replace(shown[at], more=shown[at].more + 1)
            continue
        if one.kind == "grey":
            first[who] = len(shown)
        shown.append(one)
    return shown


def work(uid: str, *, actor: Actor, at: datetime) -> Work | None:
    """One piece of work that still waits; None alike where it is not there and where it may not be seen. The look is logged."""
    found = _works(Review.objects.filter(uid=uid, closed_at=None, moot=False), actor)
    if not found:
        return None
    keys = [m.key for m in found[0].mentions]
    record_act(actor, "consultation", "identity review", detail={"work": found[0].kind}, at=at, subjects=keys)
    return found[0]


def reasons(mentions: Sequence[Known]) -> list[Reason]:
    """Why two mentions weigh what they weigh, by the model in use; empty where none is."""
    used = model_used()
    if used is None:
        return []
    one, other = (standardise(pl.DataFrame([_said(m)], schema=MENTION)) for m in mentions)
    return explain(training.load(used.pk), one, other)


def _said(mention: Known) -> dict[str, Any]:
    return {name: getattr(mention, name) for name in MENTION}


def side_by_side(mentions: Sequence[Known]) -> list[tuple[str, list[Any], str]]:
    """What is stated, field by field: its name, the value of each mention, and agrees, differs or not stated by all."""
    table = []
    for name, words in FIELDS:
        values = [getattr(m, name) for m in mentions]
        if any(values):
            said = {str(v).casefold() for v in values if v}
            verdict = "not stated by all" if not all(values) else "agrees" if len(said) == 1 else "differs"
            table.append((words, values, "" if name in OWN else verdict))
    return table


def groups(work: Work) -> list[tuple[Known, ...]]:
    """Of a re-cut, the parts into which it would be cut."""
    by_key = {m.key: m for m in work.mentions}
    parts = work.review.why["proposed"] or work.review.why["stands"]
    return [tuple(by_key[key] for key in part) for part in parts]


def set_aside(work: Work) -> tuple[Decision, list[Decision]]:
    """Of a decision set aside: it, and the newer ones that it contradicts."""
    old = Decision.objects.get(uid=work.review.why["decision"])
    return old, list(Decision.objects.filter(uid__in=work.review.why["because"]).order_by("-at", "uid"))


def answer(uid: str, said: str, *, actor: Actor, reason: str, at: datetime) -> Decision | None:
    """Close a piece of work with what a person says of it; the decision that comes of it, or None where it is left.

    Raises
    ------
    PeelianError
        ``peelian.E610`` without a reason, ``peelian.E612`` where it does not wait (any more) or may not be seen, ``peelian.E614`` for an
        answer that does not fit.
    """
    found = _works(Review.objects.filter(uid=uid, closed_at=None), actor)
    if not found:
        raise unknown()
    (one,) = found
    if said not in ANSWERS[one.kind]:
        raise PeelianError("that is no answer to this", fix="choose one of the answers shown", id="peelian.E614")
    keys = list(one.review.keys)
    if said == LEAVE:
        _leave(one, actor, reason, at)
        return None
    if one.kind == "grey":
        kind, told = ("confirm" if said == SAME else "deny"), keys
    elif one.kind == "set-aside":
        kind, told = "void", [one.review.why["decision"]]
    elif said == SAME:
        kind, told = "merge", keys
    else:
        kind, told = "split", [[m.key for m in part] for part in groups(one)]
    return decide(kind, told, actor=actor, reason=reason, at=at, review=one.review)


def _leave(work: Work, actor: Actor, reason: str, at: datetime) -> None:
    """Looked at and left as it is: it comes again only when a record or a score changes."""
    if not reason.strip():
        raise PeelianError("a decision needs a reason", fix="say why", id="peelian.E610")
    with transaction.atomic():
        left = Review.objects.filter(pk=work.review.pk, closed_at=None)
        left.update(closed_at=at, closed_by=actor.user.username, reason=reason.strip()[:500])
        record_act(
            actor,
            "alteration",
            "identity: left as it is",
            at=at,
            subjects=[m.key for m in work.mentions],
            reason=reason,
        )


def keys_of(refs: Collection[str], actor: Actor) -> list[str]:
    """Mention keys of refs, in their order.

    Raises
    ------
    PeelianError
        ``peelian.E612`` where one is not there or may not be seen, which read the same.
    """
    held = dict(known(actor).filter(ref__in=list(refs)).values_list("ref", "key"))
    if set(refs) - held.keys():
        raise unknown()
    return [held[ref] for ref in refs]
