"""What is due for review: each person's group and day, worked out from their parts in the records that a reader may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from django.db import transaction

from peelian.access.actor import Actor, record_act, require_role
from peelian.core.errors import PeelianError
from peelian.records import erasure, query
from peelian.records.models import Erasure, Mention, Reviewed
from peelian.records.retention import WHO, Due, Part, due, group_of

from .fold import LINKS, fold, in_force
from .models import Component
from .persons import ANY, SAFETY, Person, known, person_of
from .settling import decisions_held

_ASKED = ("key", "ref", "feed", "reference", "role", "born_on", "component_id")


@dataclass(frozen=True)
class Waiting:
    """A person whose records are due: the ref of one mention, how many mentions, and why on this day."""

    ref: str
    mentions: int
    due: Due


def reviews(actor: Actor, *, on: date) -> tuple[list[Waiting], int]:
    """Persons whose records are due by `on`, the longest overdue first; and how many are in a group without a period.

    The force sets a period for those others, or nobody is told of them: nothing may be made up.
    """
    require_role(actor, *WHO)
    found = _all(actor, on)
    due_now = [w for w in found if w.due.on is not None and w.due.on <= on]
    return sorted(due_now, key=lambda w: (w.due.on or on, w.ref)), sum(w.due.on is None for w in found)


def keep(ref: str, *, reason: str, actor: Actor, at: datetime) -> None:
    """Decide that a person's records stay, and why; the clear period begins again on this day."""
    person = _person(ref, actor, reason)
    with transaction.atomic():
        Reviewed.objects.create(key=person.mentions[0].key, reason=reason.strip()[:500], by=actor.user.username, at=at)
        record_act(actor, "consultation", "review: kept", at=at, subjects=person.keys, reason=reason)


def propose_erasure(ref: str, *, reason: str, basis: str, actor: Actor, at: datetime) -> Erasure:
    """Put before a second person that every record of a person in which they were found goes."""
    person = _person(ref, actor, reason)
    wanted: dict[str, list[str]] = {}
    for mention in person.said:
        wanted.setdefault(mention.feed, []).append(mention.key.partition("/")[2])
    records = {
        feed: set(Mention.objects.filter(batch__feed=feed, key__in=keys).values_list("identity", flat=True))
        for feed, keys in wanted.items()
    }
    return erasure.propose(records, reason=reason, basis=basis, actor=actor, at=at)


def _person(ref: str, actor: Actor, reason: str) -> Person:
    require_role(actor, *WHO)
    person = person_of(ref, actor=actor)
    if person is None or not reason.strip():
        raise PeelianError(
            "there is no such person for you to review, or no reason was given",
            fix="take the reference from `peelian retention due`, and say why",
            id="peelian.E363",
        )
    return person


def _all(actor: Actor, on: date) -> list[Waiting]:
    rows = known(actor).exclude(feed=SAFETY).values_list(*_ASKED)
    schema = {**dict.fromkeys(_ASKED, pl.String), "born_on": pl.Date, "component_id": pl.Int64}
    people = pl.DataFrame(list(rows.iterator(chunk_size=10_000)), schema=schema, orient="row")
    people = people.join(_persons(people), on="key", how="left").with_columns(pl.coalesce("person", "key"))
    happened = query.events(actor).select("reference", "kind", "category", "start", happened_feed="feed")
    parts = people.join(happened, on="reference").filter(
        (pl.col("feed") == pl.col("happened_feed")) | (pl.col("feed") == "force-people"), pl.col("start").is_not_null()
    )
    return _waiting(parts.with_columns(day=pl.col("start").dt.convert_time_zone("Europe/London").dt.date()), people, on)


def _persons(people: pl.DataFrame) -> pl.DataFrame:
    """key and person of the mentions that are linked, folded over what is there to see."""
    links: list[list[object]] = []
    for told in Component.objects.values_list("links", flat=True).iterator(chunk_size=2_000):
        links += told
    frame = pl.DataFrame(links, schema=LINKS, orient="row")
    for side in ("a", "b"):
        frame = frame.join(people.select("key"), left_on=side, right_on="key", how="semi")
    return fold(frame, in_force(decisions_held()), upper=ANY).frame.select("key", "person")


def _waiting(parts: pl.DataFrame, people: pl.DataFrame, on: date) -> list[Waiting]:
    kinds = parts.select("role", "kind", "category").unique()
    groups = [group_of(Part(role, kind, what, on), on=on) for role, kind, what in kinds.iter_rows()]
    parts = parts.join(kinds.with_columns(group=pl.Series(groups, dtype=pl.Int8)), on=["role", "kind", "category"])
    # The last event of each group is all that the rule looks at.
    last = parts.sort("day").group_by("person", "group", maintain_order=True).last()
    told = (
        people.sort("ref")
        .group_by("person")
        .agg(ref=pl.col("ref").first(), n=pl.len(), born=pl.col("born_on").min(), keys="key")
    )
    about = {row["person"]: row for row in told.iter_rows(named=True)}
    reviewed: dict[str, date] = {}
    for key, at in Reviewed.objects.order_by("at").values_list("key", "at"):
        reviewed[key] = at.date()
    found = []
    for person, own in _parts(last).items():
        row = about[person]
        when = due(own, on=on, born=row["born"], reviewed=_last(reviewed, row["keys"]))
        if when is not None:
            found.append(Waiting(row["ref"], row["n"], when))
    return found


def _parts(last: pl.DataFrame) -> dict[str, list[Part]]:
    held: dict[str, list[Part]] = {}
    for person, role, kind, what, day in last.select("person", "role", "kind", "category", "day").iter_rows():
        held.setdefault(person, []).append(Part(role, kind, what, day))
    return held


def _last(reviewed: dict[str, date], keys: Collection[str]) -> date | None:
    return max((reviewed[k] for k in keys if k in reviewed), default=None)
