"""The text of an entry that is hashed, put together by the database: one string a row is what makes checking quick."""

from __future__ import annotations

from django.db import connection

_CHAR = {"sqlite": "char(31)", "postgresql": "chr(31)"}
_AT = {
    "sqlite": "{e}.at || CASE length({e}.at) WHEN 19 THEN '.000000' ELSE '' END",
    "postgresql": "to_char({e}.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
}
_SUBJECTS = {
    "sqlite": "(SELECT group_concat(ref, ' ') FROM (SELECT ref FROM access_subject WHERE entry = {e}.id ORDER BY ref))",
    "postgresql": "(SELECT string_agg(s.ref, ' ' ORDER BY s.ref COLLATE \"C\") FROM access_subject s WHERE s.entry = {e}.id)",
}
_PLAIN = ("user", "agency", "role", "team", "purpose", "reason", "verb", "what", "recipient")


def entry_text(e: str) -> str:
    """SQL for the fields `signing.FIELDS` of the entry with alias `e`, but for its number, joined by the separator."""
    vendor = connection.vendor
    fields = [
        f"CAST({e}.id AS text)",
        _AT[vendor].format(e=e),
        *(f'{e}."{name}"' for name in _PLAIN),
        f"CAST({e}.detail AS text)",
        f"coalesce({_SUBJECTS[vendor].format(e=e)}, '')",
    ]
    return f" || {_CHAR[vendor]} || ".join(f"({f})" for f in fields)
