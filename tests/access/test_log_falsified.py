"""A log that was falsified: every change at any entry is found, and named."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from peelian.access.log import sealer, signing
from peelian.access.log.check import Bad, Verdict, check
from peelian.access.log.text import entry_text
from peelian.access.log.tree import leaf_hash, root
from peelian.access.models import Entry, Leaf, Seal, Subject

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
BATCH = 700


def trusted() -> list[str]:
    return [signing.public_hex(sealer.log_key())]


def verdict(**how: Any) -> Verdict:
    return check(trusted(), **how)


def write(count: int) -> None:
    """Entries with all their fields, every third with subjects."""
    before = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Entry.objects.bulk_create(
        Entry(
            at=AT + timedelta(seconds=n, microseconds=n % 2), user=f"user{n % 40}", agency="force", role="Police force", purpose="records",
            reason="asked by a colleague" if n % 5 else "", verb="disclosure" if n % 4 == 0 else "consultation", what="person",
            recipient="Wexmoor council" if n % 4 == 0 else "", detail={"as": "page", "n": n, "ü": [1, None]},
        )
        for n in range(count)
    )  # fmt: skip
    keys = Entry.objects.filter(pk__gt=before).order_by("pk").values_list("pk", flat=True)
    Subject.objects.bulk_create(
        Subject(entry=pk, ref=f"{pk * 7 + k:024d}") for n, pk in enumerate(keys) if n % 3 == 0 for k in range(1 + n % 2)
    )


def build(count: int, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sealer, "BATCH", BATCH)
    write(count)
    assert sealer.seal() == count
    assert verdict() == Verdict(count, -(-count // BATCH), 0, True, None, "")
    return count


@pytest.fixture(scope="module", params=[10_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def size(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[int]:
    """A sealed log of that size; each test changes it and has its changes taken back."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        yield build(request.param, patch)
        transaction.set_rollback(True)


@pytest.fixture
def log(size: int) -> Iterator[int]:
    with transaction.atomic():
        yield size
        transaction.set_rollback(True)


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def places(size: int) -> list[int]:
    """First and last entry, the edges of a batch, and three by chance."""
    rng = random.Random(20261123)
    return [1, BATCH, BATCH + 1, size, *sorted(rng.sample(range(2, size), 3))]


def entry_at(number: int) -> int:
    return int(Leaf.objects.get(number=number).entry)


def batch_of(number: int) -> int:
    return (number - 1) // BATCH + 1


def found(change: Callable[[int, int], None], numbers: list[int]) -> list[tuple[int, Bad | None]]:
    """What the check finds after `change(number, entry)`, at each place by itself."""
    told = []
    for number in numbers:
        with transaction.atomic():
            change(number, entry_at(number))
            told.append((number, verdict().first_bad))
            transaction.set_rollback(True)
    return told


FLIPS = {
    "user": "UPDATE access_entry SET \"user\" = 'other' WHERE id = %s",
    "one bit of what": "UPDATE access_entry SET what = 'peqson' WHERE id = %s",
    "at": "UPDATE access_entry SET at = '2026-10-31 09:00:00' WHERE id = %s",
    "reason moved to recipient": "UPDATE access_entry SET recipient = 'x', reason = '' WHERE id = %s",
    "agency and role": "UPDATE access_entry SET agency = 'forcePolice', role = ' force' WHERE id = %s",
    "detail": "UPDATE access_entry SET detail = '{}' WHERE id = %s",
    "a subject put in": "INSERT INTO access_subject (entry, ref) VALUES (%s, 'aaaaaaaaaaaaaaaaaaaaaaaa')",
}


@pytest.mark.parametrize("name", FLIPS)
def test_a_changed_entry_is_named(log: int, name: str) -> None:
    numbers = places(log) if name == "user" else [places(log)[4]]
    for number, bad in found(lambda _, entry: run(FLIPS[name], entry), numbers):
        assert bad == Bad("the entry was changed or moved", batch_of(number), number, entry_at(number))


def test_a_subject_taken_out_is_found(log: int) -> None:
    number = places(log)[5] // 3 * 3 + 1  # every third entry has subjects
    [(_, bad)] = found(lambda _, entry: run("DELETE FROM access_subject WHERE entry = %s", entry), [number])
    assert bad == Bad("the entry was changed or moved", batch_of(number), number, entry_at(number))


def test_a_dropped_entry_is_named(log: int) -> None:
    for number, bad in found(lambda _, entry: run("DELETE FROM access_entry WHERE id = %s", entry), places(log)):
        assert bad == Bad("the entry was dropped", batch_of(number), number, entry_at(number))


def test_an_entry_dropped_with_its_place_is_named(log: int) -> None:
    def drop(number: int, entry: int) -> None:
        run("DELETE FROM access_entry WHERE id = %s", entry)
        run("DELETE FROM access_leaf WHERE number = %s", number)

    for number, bad in found(drop, places(log)):
        assert bad == Bad("an entry was dropped, and its place", batch_of(number), number)


def test_an_entry_dropped_and_the_rest_moved_up_is_named(log: int) -> None:
    def drop(number: int, entry: int) -> None:
        run("DELETE FROM access_entry WHERE id = %s", entry)
        run("DELETE FROM access_leaf WHERE number = %s", number)
        run("UPDATE access_leaf SET number = -number WHERE number > %s", number)
        run("UPDATE access_leaf SET number = -number - 1 WHERE number < 0")

    for number, bad in found(drop, places(log)[:-1][::3]):
        assert bad is not None and (bad.number, bad.seal) == (number, batch_of(number))


def test_entries_in_another_order_are_named(log: int) -> None:
    def swap(number: int, entry: int) -> None:
        other = number % log + 1
        run("UPDATE access_leaf SET number = 0 WHERE number = %s", number)
        run("UPDATE access_leaf SET number = %s WHERE number = %s", number, other)
        run("UPDATE access_leaf SET number = %s WHERE number = 0", other)

    for number, bad in found(swap, places(log)):
        first = min(number, number % log + 1)
        assert bad is not None and (bad.what, bad.number) == ("the entry was changed or moved", first)


def test_the_words_of_two_entries_exchanged_are_named(log: int) -> None:
    number = places(log)[4]
    columns = 'at, "user", agency, role, team, purpose, reason, verb, what, recipient, detail'

    def exchange(_: int, entry: int) -> None:
        run(
            f"UPDATE access_entry SET ({columns}) = (SELECT {columns} FROM access_entry WHERE id = %s) WHERE id = %s",
            entry + 1,
            entry,
        )

    [(_, bad)] = found(exchange, [number])
    assert bad == Bad("the entry was changed or moved", batch_of(number), number, entry_at(number))


def test_an_entry_put_in_is_named(log: int) -> None:
    for sealed in (True, False):
        put = Entry.objects.create(at=AT, user="forger", agency="force", purpose="records", verb="consultation", what="x", sealed=sealed)  # fmt: skip
        told = verdict()
        # One that pretends to nothing is an entry like any other that waits for its seal.
        assert told.first_bad == (Bad("the entry was put in: no seal covers it", entry=put.pk) if sealed else None)
        put.delete()


def test_an_entry_put_in_between_others_is_named(log: int) -> None:
    put = Entry.objects.create(at=AT, user="forger", agency="force", purpose="records", verb="consultation", what="x", sealed=True)  # fmt: skip

    def insert(number: int, entry: int) -> None:
        run("UPDATE access_leaf SET number = -number - 1 WHERE number >= %s", number)
        run("UPDATE access_leaf SET number = -number WHERE number < 0")
        run("INSERT INTO access_leaf (number, entry, hash) VALUES (%s, %s, %s)", number, put.pk, made(number, put.pk))

    for number, bad in found(insert, places(log)[::2]):
        # Its own hash is right, but all behind it stand one place further down.
        expected = number + 1 if batch_of(number + 1) == batch_of(number) and number < log else None
        assert bad is not None and bad.seal == batch_of(number) and bad.number == expected


def made(number: int, entry: int) -> bytes:
    """The hash that a forger would work out for an entry."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {entry_text('e')} FROM access_entry e WHERE id = %s", [entry])
        return leaf_hash(f"{number}\x1f{cursor.fetchone()[0]}".encode())


def forge(number: int, entry: int) -> None:
    run(FLIPS["user"], entry)
    run("UPDATE access_leaf SET hash = %s WHERE number = %s", made(number, entry), number)


def forge_root(number: int, entry: int) -> None:
    forge(number, entry)
    held = Seal.objects.get(number=batch_of(number))
    leaves = Leaf.objects.filter(number__range=(held.first, held.first + held.count - 1)).order_by("number")
    held.root = root([bytes(h) for h in leaves.values_list("hash", flat=True)]).hex()
    held.save()


def forge_chain(number: int, entry: int) -> None:
    forge_root(number, entry)
    before = None
    for held in Seal.objects.order_by("number"):
        held.previous = before or ""
        held.save()
        before = sealer.as_head(held).hash


def forge_signatures(number: int, entry: int) -> None:
    """All made over with a key of the forger's own."""
    forge_root(number, entry)
    before, own = "", Ed25519PrivateKey.generate()
    for held in Seal.objects.order_by("number"):
        held.previous, held.key = before, signing.public_hex(own)
        head = sealer.as_head(held)
        held.signature, before = signing.sign(own, head), head.hash
        held.save()


def test_an_entry_made_over_with_its_hash_names_the_batch(log: int) -> None:
    for number, bad in found(forge, places(log)):
        assert bad == Bad("entries of this batch were made over, and their hashes too", seal=batch_of(number))


@pytest.mark.parametrize("change", [forge_root, forge_chain])
def test_a_batch_made_over_with_its_root_names_the_seal(log: int, change: Callable[[int, int], None]) -> None:
    for number, bad in found(change, places(log)[::2]):
        assert bad is not None and (bad.seal, bad.number) == (batch_of(number), None)


def test_a_log_signed_again_with_another_key_is_found(log: int) -> None:
    [(_, bad)] = found(forge_signatures, [places(log)[4]])
    assert bad is not None and bad.seal == 1


def test_a_dropped_seal_and_one_that_lies_are_named(log: int) -> None:
    middle = log // BATCH // 2
    for sql in (
        "DELETE FROM access_seal WHERE number = %s",
        "UPDATE access_seal SET at = '2026-01-01' WHERE number = %s",
    ):
        with transaction.atomic():
            run(sql, middle)
            bad = verdict().first_bad
            assert bad is not None and bad.seal == middle
            transaction.set_rollback(True)


def test_a_cut_log_looks_whole_and_a_checkpoint_shows_it(log: int) -> None:
    last = Seal.objects.order_by("-number")[0]
    kept = {"head": sealer.as_head(last), "signature": last.signature}
    cut = Seal.objects.get(number=last.number - 2)
    assert verdict(against=kept).ok
    run("DELETE FROM access_entry WHERE id IN (SELECT entry FROM access_leaf WHERE number >= %s)", cut.first)
    run("DELETE FROM access_leaf WHERE number >= %s", cut.first)
    run("DELETE FROM access_seal WHERE number >= %s", cut.number)

    assert verdict().ok
    told = verdict(against=kept)
    assert told.first_bad == Bad(f"the log was cut: the checkpoint knows {log} entries", cut.number, cut.first)
    # Cut and written on, the seal of that number is another.
    write(3 * BATCH)
    sealer.seal()
    assert verdict().ok
    assert verdict(against=kept).first_bad == Bad(
        "the log was made over: the checkpoint knows another seal", seal=last.number
    )


def test_a_checkpoint_of_another_log_is_no_witness(log: int) -> None:
    last, own = Seal.objects.order_by("-number")[0], Ed25519PrivateKey.generate()
    last.key = signing.public_hex(own)
    head = sealer.as_head(last)
    bad = verdict(against={"head": head, "signature": signing.sign(own, head)}).first_bad
    assert bad is not None and "another key" in bad.what
