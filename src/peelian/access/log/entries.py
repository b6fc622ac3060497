"""Writing entries. The act's own transaction holds them; the sealer comes later."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from peelian.access.models import Entry, Subject, User
from peelian.access.refs import ref_of

from .failpoints import failpoint

_CONTROLS = dict.fromkeys(range(32), " ")
_TEXTS = ("user", "agency", "role", "team", "purpose", "reason", "what", "recipient")
SIGNS = ("sign-in", "failed sign-in", "sign-out")


def write_entry(entry: Entry, subjects: Collection[str] = ()) -> Entry:
    """Save an entry with its subjects (mention keys), both or neither. Control characters become spaces: one of them parts the fields."""
    for name in _TEXTS:
        setattr(entry, name, getattr(entry, name).translate(_CONTROLS))
    if not subjects:
        entry.save(force_insert=True)
        return entry
    with transaction.atomic():
        entry.save(force_insert=True)
        failpoint("entry")
        Subject.objects.bulk_create([Subject(entry=entry.pk, ref=ref) for ref in sorted({*map(ref_of, subjects)})])
    return entry


def record_sign(verb: str, username: str, *, at: datetime, how: str = "") -> Entry:
    """Write the entry of a sign-in, a failed one or a sign-out.

    Parameters
    ----------
    verb : str
        One of `SIGNS`.
    username : str
        As it was typed. A name that is no account is not kept: people type passwords there.
    how : str, optional
        By what: a password, single sign-on, a second factor.
    """
    if verb not in SIGNS:
        raise ValueError(f"{verb!r} is none of {SIGNS}")
    user = User.objects.filter(username=username.translate(_CONTROLS)).select_related("agency").first()
    agency = user.agency if user else None
    return write_entry(
        Entry(
            at=at,
            user=user.username if user else "",
            agency=agency.code if agency else "",
            role=agency.get_kind_display() if agency else "",
            verb=verb,
            what="an account" if user else "no such account",
            detail={"by": how} if how else {},
        )
    )
