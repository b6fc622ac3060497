"""Writing one entry with everything that follows from it. Only `store` calls this, within its transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from peelian.access.actor import Actor, record_act
from peelian.access.log.failpoints import failpoint
from peelian.access.models import Agency
from peelian.core.kinds import Around, Entry, Kind, Refused, fold

from .caches import NEVER, caches_of, fill, write
from .entries import as_entry, as_row
from .kinds import class_of
from .measured import keep
from .models import Case, JournalEntry
from .subjects import about, subject_of

REASON = 2000
_LOGGED = {"ask": "disclosure", "answer": "collection"}


def begin(kind: Kind, entry: Entry, *, agency: str, origin: str, parent: Case | None, actor: Actor) -> Case:
    """A case that is not written yet: what stands beside its journal. A partner's people open cases that their agency leads, and
    refer to another that leads where the kind is made of referrals."""
    if actor.agency.kind != "police" and not (agency and kind.refers):
        agency = actor.agency.code
    if agency and not Agency.objects.filter(code=agency, kind="partner").exists():
        raise Refused(fields={"agency": "there is no such partner agency"})
    if agency and "partner" not in kind.shared:
        raise Refused("no partner agency may lead a case of this kind")
    return Case(kind=kind.name, agency=agency, origin=origin, parent=parent, opened_at=entry.at, due_order=NEVER, seq=0)


def head_of(case: Case, kind: Kind) -> str:
    """What the first digest of a journal stands on: that which a case is opened with, beside its first entry."""
    told = [
        case.kind,
        case.agency,
        case.origin,
        case.parent.ref if case.parent else "",
        "" if kind.subject else case.subject,
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def append(
    case: Case, kind: Kind, rows: Sequence[JournalEntry], entry: Entry, *, actor: Actor, around: Around, subject: str = "",
    recipient: str = "",
) -> None:  # fmt: skip
    """Write the next entry, its log entry and all that is cached; a case without entries is opened by it."""
    row = enter(case, kind, rows, entry, actor=actor, recipient=recipient, subject=subject)
    found = caches_of(kind, [*map(as_entry, rows), as_entry(row)], around)
    if not rows:
        fill(case, found)
        case.save(force_insert=True)
    row.save(force_insert=True)
    failpoint("case-entry")
    write(case, found, new=not rows)
    keep(case, found.state, found.reckoned, around)
    failpoint("case-written")


def enter(
    case: Case, kind: Kind, rows: Sequence[JournalEntry], entry: Entry, *, actor: Actor, recipient: str = "", subject: str = ""
) -> JournalEntry:  # fmt: skip
    """The next row of a journal, not yet written, with its log entry, which is; the case's subject and class follow it.

    The log holds the digest, and the log is sealed: whoever changes a journal must forge a signature too.
    """
    if len(entry.reason) > REASON:
        raise Refused(fields={"reason": f"write less: {REASON:,} letters at most"})
    if rows and entry.known < rows[-1].known:  # another server's clock: what was known then must stay as it was known
        entry = replace(entry, known=rows[-1].known)
    state = fold(kind, [*map(as_entry, rows), entry])
    mention = about(kind, state, subject or case.subject)
    case.subject = subject_of(kind, state, subject or case.subject)[:24]
    case.subject_key = mention.key if mention else ""
    case.subject_record = f"{mention.feed}/{mention.reference}" if mention else ""
    if not rows:
        case.record_class = class_of(kind, case.agency)
    row = as_row(case, entry, rows[-1].digest if rows else head_of(case, kind))
    logged = record_act(
        actor, _LOGGED.get(entry.verb, "alteration"), f"case: {entry.verb} {entry.name}"[:200],
        detail={"case": case.ref, "kind": kind.name, "seq": entry.seq, "digest": row.digest}, at=entry.known,
        subjects=[case.subject_key] if case.subject_key else (), recipient=recipient, reason=entry.reason[:500],
    )  # fmt: skip
    row.log = logged.pk
    return row
