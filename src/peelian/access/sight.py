"""What an actor may see: which classes of record, and which rows of them not. Lists, counts, search and exports all ask here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

from .agreements import shared_with
from .models import BreakGlass, Grant, RecordClass, Restriction
from .policy import NO_RULE, POLICY, Decision
from .purposes import may_state
from .standing import holding

if TYPE_CHECKING:
    from .actor import Actor

NOTHING = Decision(False, (), NO_RULE)
NAMED = "named"  # restricted by hand, to those it names
ATTRIBUTES = ("code", "source", "category", "handling", "controller", "regime")


@dataclass(frozen=True, slots=True)
class Hidden:
    """Rows of allowed classes that are restricted to others: keys by feed.

    Attributes
    ----------
    mentions : mapping of str to frozenset of str
        Feed to the source's keys of mentions.
    records : mapping of str to frozenset of str
        Feed to references; everything that such a record says is hidden.
    """

    mentions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    records: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.mentions or self.records)


def attributes(actor: Actor) -> dict[str, Any]:
    """What the policy is told of an actor (schema: ``Actor``); sets as sorted lists."""
    held = actor.standing
    return {
        "kind": actor.agency.kind,
        "roles": sorted(held.roles),
        "training": sorted(held.training),
        "vetting": sorted(held.vetting),
        "purposes": sorted(may_state(held.roles, actor.agency.kind)),
        "sources": sorted(actor.agency.sources),
        "agreed": sorted(shared_with(actor.agency, actor.purpose, actor.on)),
        "opened": sorted(record_class for record_class, _, key in _opened(actor) if not key),
    }


def opened(actor: Actor) -> QuerySet[BreakGlass]:
    """What the actor has opened by break-glass for this purpose, and what has not run out."""
    return BreakGlass.objects.filter(
        user=actor.user, purpose=actor.purpose, closed_at=None, expires_at__gt=datetime.now(UTC)
    )


def _opened(actor: Actor) -> list[tuple[str, str, str]]:
    """(class, feed, key) of each; policy asks for those of a whole class, without a key, restrictions for the others."""
    return list(actor.once("opened", lambda _: list(opened(actor).values_list("record_class", "feed", "key"))))


def classes_held(actor: Actor) -> list[dict[str, Any]]:
    """What the policy is told of every class that is held, in the order of their codes."""
    return list(actor.once("classes", lambda _: list(RecordClass.objects.order_by("code").values(*ATTRIBUTES))))


def decisions(actor: Actor) -> dict[str, Decision]:
    """The policy's decision on every class that is held, by code."""
    return POLICY.decide(attributes(actor), actor.purpose, classes_held(actor))


def why(actor: Actor, record_class: str) -> Decision:
    """The decision on one class, with its rules. For the actor's own page, and for those who answer for access.

    A class that is not held and one that no rule opens read the same.
    """
    return decisions(actor).get(record_class, NOTHING)


def hidden(actor: Actor) -> Hidden:
    """What is restricted to others than `actor`, now."""
    held = actor.standing
    granted = holding(Grant.objects.all(), actor.on).filter(
        Q(user=actor.user) | Q(team__in=held.teams) | Q(role__in=held.roles)
    )
    rows = Restriction.objects.filter(lifted_at=None).exclude(pk__in=granted.values("restriction"))
    for _, feed, key in _opened(actor):
        if key:
            rows = rows.exclude(rule=NAMED, feed=feed, key=key)  # what concerns the force's own staff stays shut
    found: dict[str, dict[str, set[str]]] = {"mention": defaultdict(set), "record": defaultdict(set)}
    for kind, feed, key in rows.values_list("kind", "feed", "key"):
        found[kind][feed].add(key)
    mentions, records = (
        {feed: frozenset(keys) for feed, keys in found[kind].items()} for kind in ("mention", "record")
    )
    return Hidden(mentions, records)


def shown(rows: QuerySet[Any], hidden: Hidden) -> QuerySet[Any]:
    """`rows` without those hidden. A record's row is hidden whole: what it says of people, places and warnings too.

    A model says in `restricted` which columns hold (feed, key) of each kind of `Hidden` (no column of the feed where the key
    is `feed/key`), and in `restricted_with` which models of the same (batch, line) hide its rows.
    """
    if not hidden:
        return rows
    if told := _restricted(rows.model, hidden):
        rows = rows.exclude(told)
    for name in getattr(rows.model, "restricted_with", ()):
        beside = apps.get_model(name)
        if told := _restricted(beside, hidden):
            hiding = beside._default_manager.filter(told, batch=OuterRef("batch"), line=OuterRef("line"))
            rows = rows.exclude(Exists(hiding))
    return rows


def _restricted(model: Any, hidden: Hidden) -> Q:
    told = Q()
    for kind, feed_path, key_path in getattr(model, "restricted", ()):
        for feed, keys in getattr(hidden, kind).items():
            told |= _of(feed_path, key_path, feed, keys)
    return told


def _of(feed_path: str, key_path: str, feed: str, keys: frozenset[str]) -> Q:
    if not feed_path:  # the column holds the global key, feed/key
        return Q(**{f"{key_path}__in": [f"{feed}/{key}" for key in keys]})
    return Q(**{feed_path: feed, f"{key_path}__in": keys})
