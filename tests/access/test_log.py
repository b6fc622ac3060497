"""What is written is sealed once; what was changed afterwards is found and named; what goes out proves itself."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from peelian.access.actor import Actor, record_act
from peelian.access.log import heads, proof, sealer, signing
from peelian.access.log.check import Bad, Verdict, check
from peelian.access.log.entries import record_sign
from peelian.access.log.text import entry_text
from peelian.access.log.tree import leaf_hash, root
from peelian.access.models import Agency, Entry, Leaf, Seal, Subject, User
from peelian.access.refs import ref_of
from peelian.core.errors import PeelianError

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


# ---- writing and sealing


@pytest.fixture
def actor(db: None) -> Actor:
    force, _ = Agency.objects.get_or_create(code="force", defaults={"name": "The force", "kind": "police"})
    user, _ = User.objects.get_or_create(username="operator", defaults={"agency": force})
    return Actor.of(user, "administration")


def test_an_entry_says_who_why_to_whom_and_whom_it_concerns(actor: Actor) -> None:
    """Data Protection Act 2018, s.62(2) and (3): justification, date and time, who, and the recipients."""
    record_act(actor, "disclosure", "pack", at=AT, subjects=["force-people/1-V1", "force-people/2-S1"], recipient="Social care", reason="strategy meeting")  # fmt: skip
    entry = Entry.objects.get(what="pack")
    assert (entry.at, entry.user, entry.agency, entry.purpose) == (AT, "operator", "force", "administration")
    assert (entry.recipient, entry.reason) == ("Social care", "strategy meeting")
    held = set(Subject.objects.filter(entry=entry.pk).values_list("ref", flat=True))
    assert held == {ref_of("force-people/1-V1"), ref_of("force-people/2-S1")}


def test_an_entry_may_concern_more_people_than_one_statement_takes(actor: Actor) -> None:
    one = record_act(actor, "consultation", "search", at=AT, subjects=[f"x/{n}" for n in range(1001)])
    assert Subject.objects.filter(entry=one.pk).count() == 1001
    assert sealer.seal() == 1 and verdict().ok


def test_a_disclosure_without_a_recipient_is_refused(actor: Actor) -> None:
    with pytest.raises(ValueError, match="recipient"):
        record_act(actor, "disclosure", "pack", at=AT)


def test_a_typed_name_that_is_no_account_is_not_kept(actor: Actor) -> None:
    """People type their password where the name belongs."""
    record_sign("failed sign-in", "hunter2\x00", at=AT)
    record_sign("sign-in", "operator", at=AT)
    assert list(Entry.objects.order_by("pk").values_list("verb", "user", "what")) == [
        ("failed sign-in", "", "no such account"),
        ("sign-in", "operator", "an account"),
    ]


def test_what_separates_the_fields_never_stands_in_one(actor: Actor) -> None:
    one = record_act(actor, "consultation", "a\x1fb", at=AT, reason="c\x00d\n")
    assert (one.what, one.reason) == ("a b", "c d ")


def test_each_entry_is_sealed_once_in_batches_and_nothing_is_left(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealer, "BATCH", 4)
    for n in range(10):
        record_act(actor, "consultation", f"page {n}", at=AT)
    assert sealer.seal() == 10
    assert list(Seal.objects.order_by("number").values_list("first", "count")) == [(1, 4), (5, 4), (9, 2)]
    assert sealer.seal() == 0
    record_act(actor, "consultation", "page", at=AT - timedelta(days=3))  # late is no reason
    assert verdict().unsealed == 1 and verdict().ok
    assert sealer.seal() == 1
    assert verdict() == Verdict(11, 4, 0, True, None, "")


def test_an_entry_with_a_lower_id_that_commits_late_is_sealed_like_the_rest(actor: Actor) -> None:
    """A sequence of PostgreSQL gives an id before the transaction ends; another may commit and be sealed in between."""
    late = Entry(pk=5, at=AT, user="operator", agency="force", purpose="records", verb="consultation", what="late")
    Entry.objects.create(pk=6, at=AT, user="operator", agency="force", purpose="records", verb="consultation", what="x")
    assert sealer.seal() == 1
    late.save(force_insert=True)
    assert sealer.seal() == 1
    assert dict(Leaf.objects.values_list("number", "entry")) == {1: 6, 2: 5}
    assert verdict().ok


def test_the_private_key_is_for_its_owner_alone_and_lasts(actor: Actor) -> None:
    first = trusted()
    assert sealer.key_file().stat().st_mode & 0o777 == 0o600
    sealer._key.cache_clear()
    assert trusted() == first


# ---- what leaves the installation


@pytest.fixture
def given(actor: Actor, tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    def write_down(told: dict[str, Any]) -> Path:
        import json

        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        file.write_text(json.dumps(told))
        return file

    return write_down


def test_a_checkpoint_goes_out_signed_and_is_an_entry_itself(actor: Actor, given: Any) -> None:
    record_act(actor, "consultation", "page", at=AT)
    told = proof.read(given(heads.make_checkpoint(actor, recipient="Wexmoor council", at=AT)), proof.CHECKPOINT)
    assert told["head"].signed(told["signature"], trusted())
    assert told["entries"] == 1
    assert Entry.objects.get(verb="disclosure").recipient == "Wexmoor council"
    assert verdict(against=told).ok


def test_a_proof_holds_and_no_word_of_it_can_be_changed(actor: Actor, given: Any) -> None:
    for n in range(7):
        record_act(actor, "disclosure", f"pack {n}", at=AT, subjects=[f"force-people/{n}"], recipient="Social care")
    made_ = heads.make_proof(actor, 5, at=AT)
    told = proof.read(given(made_), proof.PROOF)
    entry = proof.proved(told, trusted())
    assert (entry["what"], entry["recipient"], entry["subjects"]) == ("pack 4", "Social care", ref_of("force-people/4"))

    for field in signing.FIELDS:
        with pytest.raises(PeelianError) as refused:
            proof.proved({**told, "entry": {**told["entry"], field: "9"}}, trusted())
        assert refused.value.id == "peelian.E332"
    for other in ({"path": told["path"][1:]}, {"path": ["zz"]}, {"signature": "00" * 64}, {"entry": {}}):
        with pytest.raises(PeelianError):
            proof.proved({**told, **other}, trusted())
    with pytest.raises(PeelianError):
        proof.proved(told, [signing.public_hex(Ed25519PrivateKey.generate())])


def test_only_a_disclosure_is_proved(actor: Actor) -> None:
    record_act(actor, "consultation", "page", at=AT)
    for number in (1, 2, 0):
        with pytest.raises(PeelianError) as refused:
            heads.make_proof(actor, number, at=AT)
        assert refused.value.id == "peelian.E334"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"peelian": "log proof 1"}', '{"peelian": "log proof 1", "seal": 3}', "\xff"]
)
def test_what_is_no_proof_is_told_so(tmp_path: Path, text: str) -> None:
    file = tmp_path / "p.json"
    file.write_bytes(text.encode("latin-1"))
    for kind in (proof.PROOF, proof.CHECKPOINT):
        with pytest.raises(PeelianError) as refused:
            proof.read(file, kind)
        assert refused.value.id == "peelian.E331"
