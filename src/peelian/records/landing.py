"""The landing protocol: a batch lands whole or not at all, and what was killed is finished or undone by the next run.

Intent in SQL; the rows checked and committed to the lake in one Delta commit named after the batch; the store loaded in chunks
that no reader sees; one last SQL transaction that writes the log entry and marks the batch landed (design, section 5).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
from django.db import transaction

from peelian.access.actor import Actor, record_act, require_police
from peelian.access.models import Agency, RecordClass, User
from peelian.core.clock import in_utc, london_day
from peelian.core.errors import PeelianError

from . import formats, lake, marking, noticing, reading, staging, store
from .failpoints import failpoint
from .failures import plain_failures
from .feeds import feed_named
from .feeds.declare import Feed
from .file_names import told_by_name
from .lock import landing_lock
from .mapping import Map, feed_of
from .models import Batch, Edition, Quarantined
from .staging import Progress


@dataclass(frozen=True)
class Result:
    """What this run did with one file: read = accepted + quarantined + repeats."""

    file: str
    feed: str
    batch: str = ""
    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    repeats: int = 0
    edition: str = ""
    notes: list[str] = field(default_factory=list)
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The result for ``--json``: `error` and `notes` only where there are any."""
        return {
            k: v
            for k, v in asdict(self).items()
            if v not in ("", []) or (k in ("file", "feed", "batch") and not self.error)
        }


def ingest(
    feed_name: str,
    paths: Sequence[Path],
    *,
    actor: Actor,
    at: datetime,
    published: date | None = None,
    mapping: Map | None = None,
    progress: Progress | None = None,
) -> Iterator[Result]:
    """Read files into the lake and the store, each whole or not at all.

    Parameters
    ----------
    feed_name : str
        A declared feed, such as ``police-uk-street``.
    paths : sequence of Path
        Delimited text, Excel, Parquet or JSON lines, plain or gzipped, or zips of them.
    actor : Actor
        One of the force's own people.
    at : datetime
        The instant of reading; files get instants in the order given.
    published : date, optional
        The edition's date as the publisher states it; without one the day of reading, and the result says so.
    mapping : Map, optional
        How the files, a force's own extracts, become this feed's.
    progress : callable, optional
        Called with (done, total, what).

    Yields
    ------
    Result
        One a file, in order. A refused file carries `error` and changes nothing.
    """
    require_police(actor)
    feed = feed_named(feed_name)
    if mapping:
        if mapping.feed.name != feed.name:
            raise PeelianError(
                "the mapping file is for another feed",
                where=mapping.name,
                found=mapping.feed.name,
                fix=f"read the file as {mapping.feed.name}, or choose another mapping",
                id="peelian.E413",
            )
        mapping.settled()
        feed = mapping.feed
    at = in_utc(at)
    if published and published > london_day(at):
        raise PeelianError(
            "the edition date lies in the future",
            found=published.isoformat(),
            fix="give the day on which it was published",
        )
    n = 0
    for path in paths:
        try:
            with plain_failures(reading.shown(path)):
                found = formats.sources(path, *_expected(feed, mapping))
        except PeelianError as error:
            yield Result(reading.shown(path), feed.name, error=str(error))
            continue
        for source in found:
            try:
                yield _one(feed, source, actor, at + timedelta(microseconds=n), published, mapping, progress)
            except PeelianError as error:
                yield Result(source.name, feed.name, error=str(error))
            n += 1


def _expected(feed: Feed, mapping: Map | None) -> tuple[Feed, reading.Layout]:
    """Whose header the files have, and what is known of their make-up."""
    return (mapping.source, mapping.layout) if mapping else (feed, formats.ANY)


def digest_of(
    feed: Feed, sha256: str, named: Mapping[str, str] = MappingProxyType({}), mapping: Map | None = None
) -> str:
    """A batch's digest: feed and its version, the file's bytes, what its name says of them, and the mapping file's hash."""
    sha256 += f"\x1f{mapping.sha256}" if mapping else ""
    told = "".join(f"\x1f{column}\x1f{value}" for column, value in sorted(named.items()))
    return hashlib.sha256(f"{feed.name}\x1f{feed.version}\x1f{sha256}{told}".encode()).hexdigest()


def _one(
    feed: Feed,
    source: reading.Source,
    actor: Actor,
    at: datetime,
    published: date | None,
    mapping: Map | None,
    progress: Progress | None,
) -> Result:
    with plain_failures(source.name):
        unread = source.state()
        given = formats.look(source, *_expected(feed, mapping))
        form, blocks = given, formats.blocks(source, given)
        if mapping:
            form, blocks = mapping.apply(given, blocks)
        named = told_by_name(feed, form, source.name)
        digest = digest_of(feed, form.sha256, named, mapping)
        with landing_lock():
            recover()
            held = Batch.objects.filter(digest=digest).first()
            if held is not None:
                return _again(feed, held, source.name, actor, at, published)
            con = lake.session()
            try:
                met = staging.stage(con, feed, form, blocks, london_day(at), progress, named)
                if source.state() != unread:
                    raise reading.Refused(
                        "the file changed while it was read",
                        where=source.name,
                        matters="what was checked is not what was counted",
                        fix="read it again when nobody writes to it",
                    )
                staging.judge(con, feed)
                edition = (published or london_day(at), published is not None)
                notes = [*form.notes, *met, *noticing.notes(con, feed, london_day(at))]
                return _land(con, feed, digest, source.name, actor, at, [edition], notes, progress, mapping=mapping)
            finally:
                con.close()


def _again(feed: Feed, batch: Batch, file: str, actor: Actor, at: datetime, published: date | None) -> Result:
    """The same bytes once more: every row repeats; a date not stated before is one more edition of it and its replays."""
    day = published or london_day(at)
    if published is not None:
        for member in [batch, *batch.replays.all()]:
            if not member.editions.filter(published=day).exists():
                edition = Edition.objects.create(batch=member, published=day, stated=True, known_from=at)
                store.standings(lake.session(), feed, member, [edition])
                with transaction.atomic():
                    Edition.objects.filter(pk=edition.pk).update(landed=True)
                    record_act(
                        actor,
                        "collection",
                        f"edition of {feed.name}",
                        detail={"batch": member.digest, "published": day.isoformat()},
                        at=at,
                    )
    return Result(
        file,
        feed.name,
        batch.digest,
        read=batch.read,
        repeats=batch.read,
        edition=day.isoformat(),
        notes=_told(published is not None, batch.notes),
    )


def _told(stated: bool, notes: Sequence[str]) -> list[str]:
    return [*notes, *([] if stated else ["edition: the day of reading, since --published was not given"])]


def _land(
    con: duckdb.DuckDBPyConnection,
    feed: Feed,
    digest: str,
    file: str,
    actor: Actor,
    at: datetime,
    editions: Sequence[tuple[date, bool]],
    notes: list[str],
    progress: Progress | None,
    replay_of: Batch | None = None,
    mapping: Map | None = None,
) -> Result:
    """From checked rows to landed, under the lock."""
    failpoint("staged")
    spilt = staging.spilt(con, feed, london_day(at))
    if spilt:
        notes = [*notes, f"spill: {spilt:,} row{'s' if spilt > 1 else ''} marked above {marking.ceiling()} refused, and nothing kept of "
                 f"{'them' if spilt > 1 else 'it'} but line and marking; tell the sender and your information-security officer"]  # fmt: skip
    with transaction.atomic():
        used = mapping.keep(at) if mapping else replay_of.mapping if replay_of else None
        batch = Batch.objects.create(
            digest=digest, feed=feed.name, file=file[-255:], record_class=_record_class(feed), replay_of=replay_of, mapping=used,
            by=actor.user.username, purpose=actor.purpose, known_from=at, notes=notes,
        )  # fmt: skip
        for day, stated in editions:
            Edition.objects.create(batch=batch, published=day, stated=stated, known_from=at)
    failpoint("intent")
    try:
        if lake.holds(feed, digest) is None:
            lake.append(feed, digest, staging.lake_rows(con, feed, digest, at))
        failpoint("lake")
        batch = _finish(con, feed, batch, actor, progress)
    except Exception:
        # Undo at once what can be undone; a batch that the lake holds is finished by the next run instead.
        if lake.holds(feed, digest) is None:
            _drop(feed, batch)
        raise
    day, stated = editions[0]
    return Result(
        file,
        feed.name,
        digest,
        batch.read,
        batch.accepted,
        batch.quarantined,
        batch.repeats,
        day.isoformat(),
        _told(stated, notes),
    )


def _finish(
    con: duckdb.DuckDBPyConnection, feed: Feed, batch: Batch, actor: Actor, progress: Progress | None = None
) -> Batch:
    """Load the store from the lake and mark the batch landed, with its log entries, in one transaction."""
    store.load(con, feed, batch, on=london_day(batch.known_from), progress=progress)
    own = lake.relation(feed, [batch.digest])
    counts = dict(con.execute(f"SELECT verdict, count(*) FROM {own} GROUP BY 1").fetchall())
    store.standings(con, feed, batch, list(batch.editions.order_by("pk")))
    failpoint("store")
    batch.read = sum(counts.values())
    batch.accepted = counts.get("accepted", 0) + counts.get("withdrawn", 0)
    batch.quarantined, batch.repeats = counts.get("quarantined", 0), counts.get("repeat", 0)
    batch.lake_version = lake.holds(feed, batch.digest)
    batch.state, batch.landed_at = Batch.LANDED, datetime.now(UTC)
    with transaction.atomic():
        batch.save()
        batch.editions.update(landed=True)
        if batch.replay_of_id is not None:
            lines = con.execute(f"SELECT line FROM {own}").fetchall()
            for start in range(0, len(lines), 500):
                Quarantined.objects.filter(
                    batch_id=batch.replay_of_id, line__in=[n for (n,) in lines[start : start + 500]]
                ).update(replayed_in=batch)
        failpoint("landing")
        detail = {
            "batch": batch.digest,
            "read": batch.read,
            "accepted": batch.accepted,
            "quarantined": batch.quarantined,
            "repeats": batch.repeats,
        }
        # Here and not with the intent: what is undone after that erased nothing, and would be told a second time.
        if spilt := store.spilt(feed, batch):
            record_act(
                actor,
                "erasure",
                f"spill in a file of {feed.name}",
                detail={"batch": batch.digest, "rows": spilt},
                at=batch.known_from,
            )
        record_act(actor, "collection", f"batch of {feed.name}", detail=detail, at=batch.known_from)
    failpoint("landed")
    return batch


def _who_began(batch: Batch) -> Actor:
    """Who began to land it, to finish it in that name; also one who may see nothing any more."""
    user = User.objects.select_related("agency").get(username=batch.by)
    return Actor(user, user.agency or Agency(), batch.purpose)


def recover() -> None:
    """Finish or undo what a killed run left. Under the landing lock."""
    for batch in Batch.objects.filter(state=Batch.INTENT).order_by("pk"):
        feed = feed_of(batch)
        if lake.holds(feed, batch.digest) is None:
            _drop(feed, batch)
        else:
            store.clear(batch)
            _finish(lake.session(), feed, batch, _who_began(batch))
    for edition in Edition.objects.filter(landed=False, batch__state=Batch.LANDED):
        store.clear_editions(edition.batch)
        edition.delete()


def _drop(feed: Feed, batch: Batch) -> None:
    store.clear(batch)
    batch.editions.all().delete()
    batch.delete()
    lake.sweep(feed)


def _record_class(feed: Feed) -> RecordClass:
    own = feed.record_class
    return RecordClass.objects.get_or_create(
        code=own.code,
        defaults={
            "source": own.source, "category": own.category, "handling": own.handling, "controller": own.controller,
            "regime": own.regime, "onward": own.onward,
        },
    )[0]  # fmt: skip


def replay(batch: Batch, *, actor: Actor, at: datetime) -> tuple[Result | None, int]:
    """Check the mended rows of a batch again and land those that pass as a batch of their own.

    Returns
    -------
    result : Result or None
        What landed; None where no mended row passes.
    left : int
        Mended rows that still have faults; they stay in quarantine with their new faults.
    """
    require_police(actor)
    at = in_utc(at)
    feed = feed_of(batch)
    with plain_failures(batch.file), landing_lock():
        recover()
        batch.refresh_from_db()
        waiting = list(batch.quarantine.filter(mended__isnull=False, replayed_in=None).order_by("line"))
        if not waiting:
            return None, 0
        faults = check_cells(feed, [(q.line, q.mended) for q in waiting], london_day(at))
        for row in waiting:
            if row.line in faults:
                row.faults = faults[row.line]
                row.save(update_fields=["faults"])
        good = [q for q in waiting if q.line not in faults]
        if not good:
            return None, len(waiting)
        con = lake.session()
        try:
            staging.stage_cells(con, feed, [(q.line, q.mended) for q in good], london_day(at))
            staging.judge(con, feed, after=_counted(feed, batch))
            told = json.dumps([(q.line, q.mended) for q in good], sort_keys=True, ensure_ascii=False)
            digest = digest_of(feed, hashlib.sha256(f"{batch.digest}\x1f{told}".encode()).hexdigest())
            editions = list(batch.editions.filter(landed=True).order_by("pk").values_list("published", "stated"))
            result = _land(
                con, feed, digest, f"mended rows of {batch.file}", actor, at, editions, [], None, replay_of=batch
            )
        finally:
            con.close()
        return result, len(waiting) - len(good)


def _counted(feed: Feed, batch: Batch) -> dict[tuple[str, str], int]:
    """How often each row without an id occurs in a batch and its replays already."""
    digests = [batch.digest, *batch.replays.filter(state=Batch.LANDED).values_list("digest", flat=True)]
    rows = lake.session().execute(
        f"SELECT slice, content, count(*) FROM {lake.relation(feed, digests)} WHERE verdict <> 'quarantined' AND NOT has_id GROUP BY ALL"
    )
    return {(part, content): n for part, content, n in rows.fetchall()}


def check_cells(feed: Feed, rows: Sequence[tuple[int, dict[str, str]]], on: date) -> dict[int, list[dict[str, Any]]]:
    """The faults of rows given as cells, by line; a row without faults is left out."""
    con = lake.session()
    staging.stage_cells(con, feed, rows, on)
    rules = list(staging.checks(feed, on))
    found = con.execute("SELECT _line, _faults FROM raw WHERE _faults <> ''").fetchall()
    con.close()
    return {
        line: [{"columns": list(rules[int(i)][0]), "allowed": rules[int(i)][1]} for i in faults.split(",")]
        for line, faults in found
    }
