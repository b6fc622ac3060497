"""What is written is sealed once; what goes out proves itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from peelian.access.actor import Actor, record_act
from peelian.access.log import heads, proof, sealer, signing
from peelian.access.log.check import Verdict, check
from peelian.access.log.entries import record_sign
from peelian.access.models import Agency, Entry, Leaf, Seal, Subject, User
from peelian.access.refs import ref_of
from peelian.core.errors import PeelianError

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


def trusted() -> list[str]:
    return [signing.public_hex(sealer.log_key())]


def verdict(**how: Any) -> Verdict:
    return check(trusted(), **how)


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


def test_while_pages_are_served_the_rules_look_too(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    class TwoTurns:
        left = 2

        def wait(self, seconds: float) -> bool:
            self.left -= 1
            return self.left < 0

    looks: list[datetime] = []
    monkeypatch.setattr(sealer, "LOOKS", 0.0)
    monkeypatch.setattr(sealer, "close_old_connections", lambda: None)
    monkeypatch.setattr("peelian.access.log.alerts.propose", lambda *, at: looks.append(at))
    record_act(actor, "consultation", "something", at=AT)
    failures: list[Exception] = []
    sealer.keep_sealing(TwoTurns(), failures.append)  # type: ignore[arg-type]
    assert (len(looks), failures, Entry.objects.filter(sealed=False).count()) == (2, [], 0)


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
