"""Exact matching: hits are the people on both lists, and whoever does not keep to the exchange is refused."""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from peelian.access.models import Agency, Agreement, Entry, Subject, User
from peelian.access.refs import ref_of
from peelian.cli import blind
from peelian.core.errors import PeelianError
from peelian.identity.blind import exact
from peelian.identity.blind.people import People

pytest.importorskip("private_set_intersection", reason="the extra `blind` is not installed")

ON, UNTIL = date(2026, 11, 23), date(2027, 3, 31)


def people(prefix, numbers):
    rows = [
        (f"{prefix}{n}", f"name{chr(97 + n % 26)}", f"first{chr(97 + n // 26)} second", "1984-12-03") for n in numbers
    ]
    columns = list(zip(*rows, strict=True))
    return People(list(columns[0]), dict(zip(exact.FIELDS, map(list, columns[1:]), strict=True)), {})


def begun(held, *, most=100, exchange="e1"):
    return exact.setup(held, exchange=exchange, most=most, agreement="mash", until=UNTIL)


def asked(own, offered, on=ON):
    return exact.request(own, offered, on=on, rng=np.random.default_rng(1))


def test_hits_are_the_people_on_both_lists():
    held, own = people("H", range(60)), people("A", [*range(50, 80), 55])  # one of them on two rows of the asker
    offered, holder = begun(held)
    request, asker = asked(own, offered)
    response, holder = exact.respond(request, holder, on=ON)
    assert exact.hits(offered, response, asker) == sorted([f"A{n}" for n in range(50, 60)] + ["A55"])
    told = offered.to_bytes() + request.to_bytes() + response.to_bytes()
    assert b"name" not in told and b"A5" not in told.split(b"\n")[0] and holder["secret"].encode() not in told


def test_messages_of_two_exchanges_share_nothing():
    """The same list under another secret looks different: nobody can tell that it is the same people."""
    held = people("H", range(30))
    parse = exact.library().ServerSetup.FromString
    first, second = (set(parse(begun(held, exchange=e)[0].body).raw.encrypted_elements) for e in ("e1", "e2"))
    assert len(first) == len(second) == 30 and not first & second


def test_an_exchange_is_answered_once_within_its_number_and_its_time():
    offered, holder = begun(people("H", range(9)), most=5)
    with pytest.raises(PeelianError, match="E677"):
        asked(people("A", range(6)), offered)
    many = exact.request(people("A", range(6)), begun(people("H", range(9)))[0], on=ON, rng=np.random.default_rng(1))[0]
    with pytest.raises(PeelianError, match="E677"):  # an asker who does not look at the number
        exact.respond(many, holder, on=ON)
    request, _ = asked(people("A", range(5)), offered)
    for late in (
        lambda: asked(people("A", range(5)), offered, date(2027, 4, 1)),
        lambda: exact.respond(request, holder, on=date(2027, 4, 1)),
    ):
        with pytest.raises(PeelianError, match="E672"):
            late()
    _, holder = exact.respond(request, holder, on=UNTIL)
    with pytest.raises(PeelianError, match="E675"):
        exact.respond(request, holder, on=ON)


def test_files_of_another_exchange_are_refused():
    held, own = people("H", range(9)), people("A", range(5))
    (offered, holder), (other, stranger) = begun(held), begun(held, exchange="e2")
    request, asker = asked(own, offered)
    with pytest.raises(PeelianError, match="E676"):
        exact.respond(request, stranger, on=ON)
    response, _ = exact.respond(request, holder, on=ON)
    with pytest.raises(PeelianError, match="E676"):
        exact.hits(other, response, asker)


def test_damaged_files_and_those_of_another_step_are_refused(tmp_path):
    offered, holder = begun(people("H", range(9)))
    path = tmp_path / "setup.psi"
    raw = offered.to_bytes()
    path.write_bytes(raw)
    assert exact.read_message(path, "setup") == offered
    with pytest.raises(PeelianError, match="no request"):
        exact.read_message(path, "request")
    for at in np.random.default_rng(2).integers(0, len(raw), 60):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        with pytest.raises(PeelianError, match="E673"):
            exact.read_message(path, "setup")
    state = tmp_path / "holder.state"
    exact.keep_state(state, "holder", holder)
    assert exact.read_state(state, "holder") == holder and state.stat().st_mode & 0o777 == 0o600
    with pytest.raises(PeelianError, match="E673"):
        exact.read_state(state, "asker")
    with pytest.raises(PeelianError, match="E663"):
        exact.keep_state(state, "holder", holder)


def test_without_its_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "private_set_intersection.python", None)
    with pytest.raises(PeelianError, match="extra `blind`"):
        exact.library()


# The log


@pytest.fixture
def force(db, monkeypatch, tmp_path):
    monkeypatch.setattr(blind, "ready", lambda **_: None)
    monkeypatch.chdir(tmp_path)
    User.objects.create_user("kaur", agency=Agency.objects.create(code="force", name="The force", kind="police"))
    Path("people.csv").write_text(
        "reference,surname,forenames,born_on,sex,postcode\nforce-people/7,Ashdown,Mary,1984-12-03,F,\n"
    )
    blind.key(Path("k"), agreement="mash", until=datetime(2027, 3, 31), at=AT)  # noqa: DTZ001


AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def sent(**changed):
    blind.encode(
        Path("people.csv"),
        **{"key": Path("k"), "out": Path("e"), "keep": Path("n"), "at": AT, "as_": "kaur", "recipient": "council"}
        | changed,
    )


def test_what_leaves_and_what_is_found_stand_in_the_log(force):
    Agreement.objects.create(
        code="mash",
        title="t",
        party="council",
        feed="f",
        purposes=[],
        basis="b",
        every=1,
        due=1,
        start=date(2026, 1, 1),
        owner="o",
    )
    sent()
    blind.match(Path("e"), Path("e"), Path("hits.csv"), at=AT, as_="kaur")
    blind.trace(Path("hits.csv"), Path("n"), at=AT, as_="kaur")
    entries = list(Entry.objects.order_by("id").values_list("verb", "recipient", "reason"))
    assert entries == [
        ("disclosure", "council", "sharing agreement mash"),
        ("combination", "", "sharing agreement mash"),
        ("consultation", "", ""),
    ]
    assert list(Subject.objects.values_list("ref", flat=True)) == [ref_of("force-people/7")]  # under the person found


@pytest.mark.parametrize(("changed", "id"), [({}, "E660"), ({"recipient": ""}, "E660"), ({"as_": "nobody"}, "E301")])
def test_nothing_leaves_without_agreement_account_and_entry(force, changed, id):
    with pytest.raises(PeelianError, match=id):
        sent(**changed)
    assert not Path("e").exists() and not Path("n").exists() and not Entry.objects.exists()


def test_a_taken_name_is_refused_before_the_log_says_that_something_was_sent(force):
    Path("n").write_text("kept of another match")
    with pytest.raises(PeelianError, match="E663"):
        sent()
    assert not Entry.objects.exists() and Path("n").read_text() == "kept of another match"
