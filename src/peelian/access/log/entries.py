"""Writing entries. The act's own transaction holds them; the sealer comes later."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from peelian.access.models import Entry, User
from peelian.access.refs import ref_of

from .failpoints import failpoint

_ROWS = 400  # SQLite may take no more than 999 values in a statement
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
    refs = sorted({*map(ref_of, subjects)})
    if connection.vendor == "postgresql":
        _in_one_statement(entry, refs)
        failpoint("entry")
        return entry
    # Written by hand: for the one row that a page writes, bulk_create takes longer than all the rest.
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        entry.save(force_insert=True)
        failpoint("entry")
        for start in range(0, len(refs), _ROWS):
            values = [value for ref in refs[start : start + _ROWS] for value in (entry.pk, ref)]
            rows = ", ".join(["(%s, %s)"] * (len(values) // 2))
            cursor.execute(f"INSERT INTO access_subject (entry, ref) VALUES {rows}", values)
    return entry


def _in_one_statement(entry: Entry, refs: list[str]) -> None:
    """On PostgreSQL: one way to the server and back in place of four (begin, entry, subjects, commit), and whole by itself."""
    columns = [field.column for field in Entry._meta.concrete_fields if not field.primary_key]
    values = [json.dumps(entry.detail) if name == "detail" else getattr(entry, name) for name in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH e AS (INSERT INTO access_entry ({", ".join(f'"{name}"' for name in columns)})
                           VALUES ({", ".join(["%s"] * len(columns))}) RETURNING id),
                     s AS (INSERT INTO access_subject (entry, ref) SELECT e.id, r FROM e, unnest(%s::text[]) r)
                SELECT id FROM e""",
            [*values, refs],
        )
        entry.pk = cursor.fetchone()[0]
    entry._state.adding, entry._state.db = False, connection.alias


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
