"""Lawful erasure: proposed by one, approved by another, carried out so that nothing of the record is left here but its proof.

A record is named by its identity, a hash of its source's id, so that neither the proof nor Delta's log holds anything of it.
Every version of it goes, of every batch, out of the lake and the store; files are rewritten, the old ones removed. The
identity stays in `Erased`: the next file that brings the record again is told, and the row is not kept. The log's
entries name people by references that tell nothing, so that the chain has no hole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connection, transaction

from peelian.access.actor import Actor, record_act, require_role
from peelian.access.models import User
from peelian.access.refs import ref_of
from peelian.core.clock import in_utc
from peelian.core.errors import PeelianError

from . import lake
from .erasers import ERASERS, Row
from .failpoints import failpoint
from .feeds import feed_named
from .landing import recover
from .lock import landing_lock
from .models import Batch, Erased, Erasure, Event, Hold, Marker, Mention, Place, Relationship, Standing
from .retention import WHO

AT_ONCE = 500
TABLES = (Event, Mention, Place, Marker, Relationship)


def propose(records: Mapping[str, Collection[str]], *, reason: str, basis: str, actor: Actor, at: datetime) -> Erasure:
    """Ask for records to be erased.

    Parameters
    ----------
    records : mapping of str to collection of str
        Of each feed the identities of the records (column `identity` of the store).
    reason, basis : str
        Why, and the lawful basis in words (a decision of a review, Data Protection Act 2018 s.47, a court's order).

    Raises
    ------
    PeelianError
        ``peelian.E360`` if a reason or a basis is missing, nothing is named, or a record has no id of its source;
        ``peelian.E361`` if a legal hold stands on one of them.
    """
    require_role(actor, *WHO)
    chosen = {feed_named(name).name: sorted(set(ids)) for name, ids in records.items() if ids}
    if not reason.strip() or not basis.strip() or not chosen:
        raise PeelianError(
            "an erasure needs records, a reason and a lawful basis",
            matters="whoever asks later why something is missing must find the answer",
            fix="give all three",
            id="peelian.E360",
        )
    for name, ids in chosen.items():
        _without_hold(name, ids)
    told = {name: len(ids) for name, ids in chosen.items()}
    with transaction.atomic():
        made = Erasure.objects.create(
            uid=ref_of(f"erasure {in_utc(at).isoformat()} {sorted(chosen.items())}"), records=chosen, reason=reason.strip()[:500],
            basis=basis.strip()[:200], proposed_by=actor.user.username, proposed_at=in_utc(at),
        )  # fmt: skip
        record_act(actor, "alteration", f"erasure {made.uid} proposed", detail=told, at=at, reason=made.reason)
    return made


def identities(feed: str, references: Collection[str]) -> list[str]:
    """Identities of a feed's records by their references, or by the source's own keys of the people in them.

    Raises
    ------
    PeelianError
        ``peelian.E360`` for a reference that no record of the feed has.
    """
    found: set[str] = set()
    for wanted in references:
        own: set[str] = set()
        for model in (Event, Mention):
            own |= set(model.objects.filter(batch__feed=feed, reference=wanted).values_list("identity", flat=True))
        own |= set(Mention.objects.filter(batch__feed=feed, key=wanted).values_list("identity", flat=True))
        if not own:
            raise PeelianError(
                "no record of this feed has that reference",
                where=feed,
                fix="give references as the source wrote them",
                id="peelian.E360",
            )
        found |= own
    return sorted(found)


def hold(feed: str, reference: str, *, reason: str, actor: Actor, at: datetime) -> Hold:
    """Keep a record from being erased until the hold is lifted."""
    require_role(actor, *WHO)
    identities(feed_named(feed).name, [reference])
    with transaction.atomic():
        made = Hold.objects.create(
            feed=feed, reference=reference, reason=reason.strip()[:300], by=actor.user.username, since=in_utc(at)
        )
        record_act(actor, "alteration", f"legal hold on a record of {feed}", at=at, reason=made.reason)
    return made


def lift(feed: str, reference: str, *, actor: Actor, at: datetime) -> int:
    """Lift the holds on a record; how many there were."""
    require_role(actor, *WHO)
    with transaction.atomic():
        n = Hold.objects.filter(feed=feed, reference=reference, lifted_at=None).update(
            lifted_at=in_utc(at), lifted_by=actor.user.username
        )
        if n:
            record_act(actor, "alteration", f"legal hold on a record of {feed} lifted", at=at)
    return int(n)


def refuse(erasure: Erasure, *, note: str, actor: Actor, at: datetime) -> None:
    """Decide that the records stay, and why."""
    require_role(actor, *WHO)
    with transaction.atomic():
        held = _open(erasure.uid)
        held.state, held.note = Erasure.REFUSED, note.strip()[:500]
        held.decided_by, held.decided_at = actor.user.username, in_utc(at)
        held.save()
        record_act(actor, "alteration", f"erasure {held.uid} refused", at=at, reason=held.note)


def approve(erasure: Erasure, *, actor: Actor, at: datetime) -> Erasure:
    """Approve what another person proposed, and carry it out.

    Raises
    ------
    PeelianError
        ``peelian.E361`` if a hold was set since; ``peelian.E362`` if it is not open, or the actor proposed it.
    """
    require_role(actor, *WHO)
    with landing_lock():
        recover()
        with transaction.atomic():
            held = _open(erasure.uid)
            if held.proposed_by == actor.user.username:
                raise PeelianError(
                    "whoever proposed an erasure cannot approve it",
                    matters="two people see it before anything is gone",
                    fix="ask a colleague",
                    id="peelian.E362",
                )
            for name, ids in held.records.items():
                _without_hold(name, ids)
            held.state, held.decided_by, held.decided_at = Erasure.RUNNING, actor.user.username, in_utc(at)
            held.save()
            record_act(actor, "alteration", f"erasure {held.uid} approved", at=at, reason=held.reason)
        failpoint("erasure")
        return _carry_out(held, actor)


def resume(*, actor: Actor) -> int:
    """Finish approved erasures that were interrupted; how many there were."""
    require_role(actor, *WHO)
    with landing_lock():
        recover()
        running = list(Erasure.objects.filter(state=Erasure.RUNNING).order_by("pk"))
        for held in running:
            _carry_out(held, actor)
    return len(running)


def _open(uid: str) -> Erasure:
    held = Erasure.objects.select_for_update().filter(uid=uid, state=Erasure.PROPOSED).first()
    if held is None:
        raise PeelianError(
            "no such erasure waits for a decision", fix="see `peelian retention erasures`", id="peelian.E362"
        )
    return held


def _without_hold(name: str, ids: Collection[str]) -> None:
    kept = Hold.objects.filter(feed=name, lifted_at=None).values_list("reference", flat=True)
    rows = Mention.objects.filter(batch__feed=name, reference__in=list(kept)).values_list("identity", flat=True)
    events = Event.objects.filter(batch__feed=name, reference__in=list(kept)).values_list("identity", flat=True)
    if {*rows, *events} & set(ids):
        raise PeelianError(
            "a legal hold stands on one of these records",
            where=name,
            matters="what a court, an inquiry or a defence may ask for is kept",
            fix="wait until the hold is lifted, or leave the record out",
            id="peelian.E361",
        )


def _carry_out(held: Erasure, actor: Actor) -> Erasure:
    """Under the landing lock. Every step may be done again."""
    counts: dict[str, int] = {}
    with transaction.atomic():  # before the lake: a file that comes in between must not bring the record back
        for name, ids in held.records.items():
            for identity in ids:
                Erased.objects.get_or_create(identity=identity, defaults={"feed": name, "erasure": held})
    for name, ids in held.records.items():
        rows = _rows(name, ids)
        _from_store(rows, counts)
        failpoint("erasure-store")
        gone = _from_lake(name, ids)
        counts["lake"] = counts.get("lake", 0) + gone
        failpoint("erasure-lake")
    _settle()
    with transaction.atomic():
        held.state, held.counts, held.done_at = Erasure.DONE, {**held.counts, **counts}, held.decided_at
        held.save()
        record_act(
            _decider(held, actor), "erasure", f"erasure {held.uid}", at=held.decided_at, reason=held.reason,
            detail={"records": sum(map(len, held.records.values())), **counts},
        )  # fmt: skip
    return held


def _decider(held: Erasure, actor: Actor) -> Actor:
    """The entry bears the name of who decided, also where another person's run finished it."""
    if held.decided_by == actor.user.username:
        return actor
    return Actor.of(User.objects.get(username=held.decided_by), actor.purpose)


def _rows(name: str, ids: Collection[str]) -> list[Row]:
    """Where the lake holds these records: every version, and every repeat of one."""
    feed, con = feed_named(name), lake.session()
    try:
        con.execute("CREATE TEMP TABLE wanted (identity VARCHAR)")
        con.executemany("INSERT INTO wanted VALUES (?)", [[i] for i in ids])
        found = con.execute(
            f"SELECT batch, line FROM {lake.relation(feed)} SEMI JOIN wanted USING (identity) ORDER BY ALL"
        ).fetchall()
    finally:
        con.close()
    numbers = dict(Batch.objects.filter(feed=name).values_list("digest", "pk"))
    return [(numbers[digest], line) for digest, line in found]


def _from_store(rows: Collection[Row], counts: dict[str, int]) -> None:
    by_batch: dict[int, list[int]] = {}
    for batch, line in rows:
        by_batch.setdefault(batch, []).append(line)
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
    with transaction.atomic():
        for eraser in ERASERS:
            for what, n in eraser(rows).items():
                counts[what] = counts.get(what, 0) + n
        for batch, lines in by_batch.items():
            for start in range(0, len(lines), AT_ONCE):
                some = lines[start : start + AT_ONCE]
                for model in TABLES:
                    n = model._default_manager.filter(batch=batch, line__in=some)._raw_delete("default")
                    if n:
                        counts[model._meta.model_name] = counts.get(model._meta.model_name, 0) + n
                Standing.objects.filter(version_batch=batch, version_line__in=some).delete()


def _from_lake(name: str, ids: Collection[str]) -> int:
    """Rewrite the files that hold the records, and remove the old files and the log that knew them; rows that went."""
    from deltalake import ColumnProperties, WriterProperties

    feed, gone = feed_named(name), 0
    delta = lake.table(feed)
    if delta is None:
        return 0
    bare = WriterProperties(default_column_properties=ColumnProperties(statistics_enabled="NONE"))
    wanted = sorted(ids)
    for start in range(0, len(wanted), AT_ONCE):
        listed = ", ".join(f"'{i}'" for i in wanted[start : start + AT_ONCE])
        gone += delta.delete(f"identity IN ({listed})", writer_properties=bare)["num_deleted_rows"] or 0
    lake.sweep(feed)
    delta = lake.table(feed)
    assert delta is not None
    delta.create_checkpoint()
    delta.cleanup_metadata()
    return int(gone)


def _settle() -> None:
    """Let the database forget what it keeps of deleted rows."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            for model in TABLES:
                cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(model._meta.db_table)}")
