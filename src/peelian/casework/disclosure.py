"""What is held of a crime or a case as one file for a court, a prosecutor or an inquiry: whole, with hashes, to a named recipient.

Journals with what was proposed and what was decided instead, items, attachments and a manifest. What a person said in confidence
(class `source`) is left out and counted, so that whoever discloses knows that there is more to consider.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.db.models import Q

from peelian.access.actor import Actor, record_act, require_role
from peelian.access.onward import may_export
from peelian.core.clock import LONDON
from peelian.core.errors import PeelianError
from peelian.core.kinds import Kind

from . import attachments, holds
from .kinds import kind_of
from .models import Attachment, Case, JournalEntry
from .sight import cases, seen_classes

WHO = holds.WHO
WITHHELD = "[withheld]"


@dataclass
class _Bundle:
    """A file being made."""

    zip: zipfile.ZipFile
    at: datetime
    files: list[dict[str, Any]] = field(default_factory=list)
    withheld: int = 0

    def add(self, name: str, content: bytes, what: str) -> None:
        """Add one file with its hash; the same content gives the same bytes, whenever it is written."""
        local = self.at.astimezone(LONDON)
        info = zipfile.ZipInfo(name, local.timetuple()[:6])
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        self.zip.writestr(info, content)
        self.files.append(
            {"file": name, "what": what, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        )


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A file that was released.

    Attributes
    ----------
    sha256 : str
        Of the whole file; the log holds it too, so that a copy can be told from the one released.
    """

    content: bytes
    sha256: str
    cases: int
    files: int
    withheld: int


def release(reference: str, *, recipient: str, reason: str, actor: Actor, at: datetime) -> Disclosed:
    """Release what is held under a reference, with its entry in the log.

    Parameters
    ----------
    reference : str
        Of a case, or of a crime or incident in the force's own system: then every case that follows it, and those opened from
        them.
    recipient : str
        To whom it goes.

    Raises
    ------
    PeelianError
        ``peelian.E496`` without a recipient or a reason, and where nothing is held under the reference that `actor` may see.
    OnwardLimit
        Where the controller of a case lets nothing go onward.
    """
    require_role(actor, *WHO)
    if not recipient.strip() or not reason.strip():
        raise PeelianError(
            "a disclosure needs a recipient and a reason", matters="whoever asks later must find to whom it went, and why",
            fix="name both", id="peelian.E496",
        )  # fmt: skip
    held = _cases(reference, actor)
    if not held:
        raise PeelianError(
            "nothing is held under this reference", matters="what you may not see reads the same",
            fix="check the reference", id="peelian.E496",
        )  # fmt: skip
    may_export(actor, {case.record_class_id for case in held})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        bundle = _Bundle(made, at)
        told = [_case(bundle, case, actor) for case in held]
        manifest = {
            "what": "Disclosure of casework", "reference": reference, "released_at": at.isoformat(), "recipient": recipient,
            "released_by": actor.user.username, "reason": reason, "cases": told, "files": bundle.files,
            "withheld_facts": bundle.withheld,
            "withheld_because": "Said in confidence, or of a class that the releasing officer may not see. Consider it separately.",
        }  # fmt: skip
        bundle.add("manifest.json", _json(manifest), "what is in this file, each with its SHA-256")
        bundle.add("read-me.txt", _READ.encode(), "how to read it")
    content = file.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        record_act(
            actor, "disclosure", "casework for disclosure", at=at, recipient=recipient.strip()[:300], reason=reason.strip(),
            detail={"cases": [case.ref for case in held][:50], "sha256": digest, "withheld": bundle.withheld},
            subjects=sorted({case.subject_key for case in held if case.subject_key}),
        )  # fmt: skip
    return Disclosed(content, digest, len(held), len(bundle.files), bundle.withheld)


def check(file: IO[bytes]) -> list[str]:
    """What in a released file is not as its manifest says; empty where all is."""
    wrong = []
    with zipfile.ZipFile(file) as held:
        manifest = json.loads(held.read("manifest.json"))
        named = {one["file"]: one["sha256"] for one in manifest["files"]}
        for name, digest in named.items():
            if name not in held.namelist():
                wrong.append(f"{name} is gone")
            elif hashlib.sha256(held.read(name)).hexdigest() != digest:
                wrong.append(f"{name} was changed")
        extra = set(held.namelist()) - set(named) - {"manifest.json", "read-me.txt"}
    return wrong + [f"{name} was added" for name in sorted(extra)]


def _cases(reference: str, actor: Actor) -> list[Case]:
    """The case of a ref, or those that follow a record; with the cases opened from them."""
    seen = cases(actor).defer(None).select_related("record_class")
    found = list(seen.filter(Q(ref=reference) | Q(origin=reference)).order_by("pk")) if reference else []
    level = found
    while level:
        level = list(seen.filter(parent__in=level).exclude(pk__in=[c.pk for c in found]).order_by("pk"))
        found += level
    return found


def _case(bundle: _Bundle, case: Case, actor: Actor) -> dict[str, Any]:
    kind, classes = kind_of(case.kind), seen_classes(case, actor) - {"source"}
    entries = list(JournalEntry.objects.filter(case=case).order_by("seq"))
    lines = [_entry(bundle, kind, entry, classes) for entry in entries]
    bundle.add(
        f"{case.ref}/journal.jsonl", _lines(lines), "everything that was done, in order; nothing is left out or changed"
    )
    taken = [line for line in lines if line["verb"] == "decide"]
    bundle.add(
        f"{case.ref}/decisions.jsonl",
        _lines(_decision(line) for line in taken),
        "what was proposed, and what was decided",
    )
    files = [_attachment(bundle, case, one, actor) for one in Attachment.objects.filter(case=case).order_by("at", "pk")]
    held = holds.standing(case)
    return {
        "case": case.ref, "kind": kind.title, "force_reference": case.origin, "opened_at": case.opened_at.isoformat(),
        "stage": case.stage, "entries": len(entries), "last_digest": entries[-1].digest if entries else "",
        "legal_hold": held.reason if held else "", "attachments": files,
    }  # fmt: skip


def _entry(bundle: _Bundle, kind: Kind, entry: JournalEntry, classes: frozenset[str]) -> dict[str, Any]:
    abouts = [kind.about, *(kind.item_about(part) for part in kind.part_by_name)]
    given = {}
    for name, value in entry.given.items():
        # A name that two parts use is as private as the stricter of them.
        shown = all(about[name].private in classes for about in abouts if name in about)
        bundle.withheld += not shown
        given[name] = value if shown else WITHHELD
    return {
        "seq": entry.seq, "at": entry.at.isoformat(), "written_at": entry.known.isoformat(), "by": entry.by, "verb": entry.verb,
        "name": entry.name, "item": entry.item, "to": entry.to, "given": given, "proposal": entry.proposal,
        "reason": entry.reason, "kind_version": entry.kind_version, "digest": entry.digest,
    }  # fmt: skip


def _decision(line: dict[str, Any]) -> dict[str, Any]:
    proposed = (line["proposal"] or {}).get("outcome", "")
    differs = bool(proposed) and proposed != line["to"]
    return {**line, "proposed": proposed, "decided": line["to"], "differs": differs}


def _attachment(bundle: _Bundle, case: Case, one: Attachment, actor: Actor) -> dict[str, Any]:
    told = {
        "title": one.name, "type": one.type, "sha256": one.sha256, "size": one.size, "added_by": one.by,
        "added_at": one.at.isoformat(), "virus_scan": one.scanned, "removed": one.removed_why,
    }  # fmt: skip
    path = attachments.path_of(one.sha256)
    if one.scanned == attachments.INFECTED:
        return {**told, "file": "", "why": "a virus was found in it; it is kept and not passed on"}
    if not path.is_file():
        return {**told, "file": "", "why": "its bytes are not held here any more"}
    name = f"{case.ref}/{one.sha256[:16]}{attachments.KINDS[one.type][0]}"
    if not any(held["file"] == name for held in bundle.files):
        bundle.add(name, path.read_bytes(), "attachment")
    return {**told, "file": name}


def _json(told: Any) -> bytes:
    return (json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _lines(told: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False, sort_keys=True) + "\n" for one in told).encode()


_READ = """This file holds casework released for disclosure.

manifest.json     what is in it: cases, files with their SHA-256, and how many facts were withheld
<case>/journal.jsonl    one line an entry of the case's journal, oldest first. "at" is when it was so, "written_at" when it was
                  written down. Each digest covers its entry and the digest before it, so that none can be changed unseen;
                  they were made over the whole entry, with what is withheld here.
<case>/decisions.jsonl  the decisions among them: what the policy proposed, what a person decided, whether they differ, and why
<case>/...        attachments, named by the first letters of their SHA-256

An entry that corrects or strikes another names its number; the one corrected or struck stays as it was written.
"""

__all__ = ["Disclosed", "check", "release"]
