"""Rules on unusual looking that need to know who is who: one's own record, one's own postcode, a colleague."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from peelian.access.log.alerts import Unusual, Window, cue, rule
from peelian.access.models import Alert, Subject, User
from peelian.records.models import Mention

from .models import Known
from .standardise import plain

STAFF = "staff"  # role of a mention of the force's own people
NEAR = timedelta(days=30)


def _looked(window: Window) -> Iterator[tuple[str, Known]]:
    """(account, record) of every look in the window, each once."""
    users = dict(window.looks.values_list("id", "user"))
    pairs: set[tuple[str, str]] = set()
    for entry, ref in Subject.objects.filter(entry__in=window.looks.values("id")).values_list("entry", "ref"):
        if entry in users:
            pairs.add((users[entry], ref))
    refs = sorted({ref for _, ref in pairs})
    known: dict[str, Known] = {}
    for start in range(0, len(refs), 500):
        known |= {k.ref: k for k in Known.objects.filter(ref__in=refs[start : start + 500])}
    yield from ((user, known[ref]) for user, ref in sorted(pairs) if ref in known)


def _names() -> dict[str, tuple[str, str]]:
    """Surname and first forename of each account that has both, in plain letters."""
    told = User.objects.exclude(last_name="").exclude(first_name="").values_list("username", "last_name", "first_name")
    return {name: (plain(last), plain(first).split(" ")[0]) for name, last, first in told}


def _own_staff_records(names: dict[str, tuple[str, str]]) -> dict[str, Known]:
    """The staff record of each account whose name one member of staff alone has."""
    found: dict[str, list[Known]] = {}
    for row in Known.objects.filter(role=STAFF).exclude(surname_key="").iterator(chunk_size=2000):
        found.setdefault(f"{row.surname_key} {row.forenames_key.split(' ')[0]}", []).append(row)
    alone = {name: rows[0] for name, rows in found.items() if len({r.key for r in rows}) == 1}
    return {user: alone[" ".join(name)] for user, name in names.items() if " ".join(name) in alone}


@rule("own-name", "Looked at a record of one's own name")
def own_name(window: Window) -> Iterator[Unusual]:
    """An account opened the record of a person who has its holder's surname and first name. It may be the holder, a relative, or a
    namesake met at work.
    """
    names = _names()
    for user, row in _looked(window):
        if names.get(user) == (row.surname_key, row.forenames_key.split(" ")[0]):
            yield Unusual(user, row.ref, "The record has the surname and first name of the account's holder")


@rule("own-address", "Looked at a record of one's own postcode")
def own_address(window: Window) -> Iterator[Unusual]:
    """An account opened the record of somebody whose postcode is the one in its holder's own staff record: a neighbour or somebody of the
    household, or work that came there by chance. A postcode holds some fifteen addresses.
    """
    own = _own_staff_records(_names())
    for user, row in _looked(window):
        home = own.get(user)
        if home and home.postcode and row.postcode == home.postcode and row.role != STAFF:
            yield Unusual(user, row.ref, "The record has the postcode of the account holder's own staff record")


@rule("colleague", "Looked at a colleague")
def colleague(window: Window) -> Iterator[Unusual]:
    """An account opened a record that has the name and the date of birth of a member of staff. Staff who appear as suspects, victims or
    witnesses are for professional standards.
    """
    rows = [(user, row) for user, row in _looked(window) if row.role != STAFF and row.born_on and row.surname_key]
    births = {row.born_on for _, row in rows}
    staff = {
        (s.surname_key, s.forenames_key.split(" ")[0], s.born_on)
        for s in Known.objects.filter(role=STAFF, born_on__in=births)
    }
    names = _names()
    for user, row in rows:
        first = row.forenames_key.split(" ")[0]
        if (row.surname_key, first, row.born_on) in staff and names.get(user) != (row.surname_key, first):
            yield Unusual(user, row.ref, "The record has the name and date of birth of a member of staff")


@cue
def nothing_near(alert: Alert, window: Window) -> str:
    """A weak sign: nothing was recorded of the person within a month before the look. Much good work is about older matters."""
    row = Known.objects.filter(ref=alert.subject).first() if alert.subject else None
    if row is None:
        return ""
    since = window.start - NEAR
    key = row.key.removeprefix(f"{row.feed}/")
    if Mention.objects.filter(batch__feed=row.feed, key=key, known_from__gte=since).exists():
        return ""
    return f"nothing was recorded of this person in the {NEAR.days} days before"
