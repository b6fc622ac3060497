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


def entry_text(e: str, *, subjects: bool = True) -> str:
    """SQL for the fields `signing.FIELDS` of the entry with alias `e`, but for its number, joined by the separator.

    Without `subjects` the last field is left out, with the separator before it: a check fetches all subjects of a batch at once.
    """
    vendor = connection.vendor
    fields = [
        f"CAST({e}.id AS text)",
        _AT[vendor].format(e=e),
        *(f'{e}."{name}"' for name in _PLAIN),
        f"CAST({e}.detail AS text)",
        *([f"coalesce({_SUBJECTS[vendor].format(e=e)}, '')"] if subjects else []),
    ]
    if vendor == "postgresql":
        # Quicker than ||; it leaves a NULL out with its separator, so a NULL becomes what no field holds.
        return f"concat_ws({_CHAR[vendor]}, {', '.join(f'coalesce({f}, chr(30))' for f in fields)})"
    return f" || {_CHAR[vendor]} || ".join(f"({f})" for f in fields)


def subjects_by_number(first: int, last: int) -> dict[int, str]:
    """The last field of the sealed entries with these numbers; those without a subject are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.number, s.ref FROM access_leaf l JOIN access_subject s ON s.entry = l.entry"
            " WHERE l.number BETWEEN %s AND %s",
            [first, last],
        )
        found: dict[int, str] = {}
        several: dict[int, list[str]] = {}
        for number, ref in cursor.fetchall():
            if number in found:
                several.setdefault(number, [found[number]]).append(ref)
            else:
                found[number] = ref
    return found | {number: " ".join(sorted(refs)) for number, refs in several.items()}
