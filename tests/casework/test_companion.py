"""Companion mode against a real server on 127.0.0.1: nothing is keyed twice, nothing lost, nothing told twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peelian.access.models import User
from peelian.casework import store
from peelian.casework.companion import follow, running, setting
from peelian.casework.companion.contract import Change, Page, Silent
from peelian.casework.companion.http import HttpAdapter
from peelian.casework.companion.made_up import CommandAndControl
from peelian.casework.companion.setting import Follow, Linked, Source
from peelian.casework.models import Case, FeedCursor, Followed, JournalEntry, WriteBack
from peelian.core.errors import Faults

from .accounts import acting, force

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
CALL = Follow(
    kind="test_call", source="cad", when={"category": ["Call"]}, open="receive", update="note", to="olu",
    facts={"area": "district", "received_at": "received", "answered_at": "answered", "injured": "hurt"}, tells=["grading"],
)  # fmt: skip


@pytest.fixture
def cad() -> Iterator[CommandAndControl]:
    with CommandAndControl(now=lambda: AT) as system:
        yield system


@pytest.fixture
def link(cad: CommandAndControl, db: None) -> Iterator[Linked]:
    adapter = HttpAdapter("cad", "Command and control", cad.url)
    acting("olu")
    source = Source(name="cad", title="Command and control", type="http", account="cad", url=cad.url)
    yield Linked(source, adapter, acting("cad", "response"), (CALL,))
    adapter.close()


def fields(**more: Any) -> dict[str, Any]:
    return {"category": "Call", "district": "North", "received": "2026-03-02T09:00:00+00:00", **more}


def test_an_incident_opens_a_case_once_and_is_offered(link: Linked, cad: CommandAndControl):
    cad.record("CAD-1", fields())
    cad.record("CAD-2", fields(category="Noise"))

    [first] = running.once([link], at=AT)
    [again] = running.once([link], at=AT + timedelta(seconds=2))

    assert (first.taken.opened, again.taken.opened) == (1, 0)
    case = Case.objects.get()
    assert (case.origin, case.area, case.offered_to, case.accepted) == ("CAD-1", "North", "olu", False)
    cursor = FeedCursor.objects.get()
    assert (cursor.data_at, cursor.failed_at) == (AT, None)


def test_a_changed_incident_changes_its_case_with_what_changed_alone(link: Linked, cad: CommandAndControl):
    cad.record("CAD-1", fields())
    running.once([link], at=AT)
    cad.record("CAD-1", fields(answered="2026-03-02T10:30:00+00:00"))

    [found] = running.once([link], at=AT + timedelta(seconds=5))

    assert found.taken.changed == 1
    last = JournalEntry.objects.order_by("seq").last()
    assert (last.name, last.given) == ("note", {"answered_at": "2026-03-02T10:30:00Z"})


def test_what_cannot_be_taken_in_is_kept_shown_and_tried_again(link: Linked, cad: CommandAndControl):
    cad.record("CAD-1", fields(received=""))  # the act that opens needs it
    [found] = running.once([link], at=AT)
    held = Followed.objects.get()
    assert (found.taken.kept, held.case) == (1, None)
    assert held.fault and list(follow.kept(link.actor)) == [held]

    cad.record("CAD-1", fields())
    running.once([link], at=AT + timedelta(seconds=5))
    assert Followed.objects.get().pending is None and Case.objects.count() == 1


def test_a_decision_is_told_back_once_though_the_first_answer_is_lost(link: Linked, cad: CommandAndControl):
    cad.record("CAD-1", fields(hurt=True))
    running.once([link], at=AT)
    case = Case.objects.get()
    olu = acting("olu")
    store.accept(case.ref, actor=olu, at=AT)
    store.decide(case.ref, "grading", "high", actor=olu, at=AT)

    cad.answers = lambda request: (
        503 if request.startswith("PUT") else 0
    )  # it took the decision, and the answer is lost
    [down] = running.once([link], at=AT + timedelta(seconds=1))
    cad.answers = None
    [soon] = running.once([link], at=AT + timedelta(seconds=2))
    link.adapter._breaker.close()
    [up] = running.once([link], at=AT + timedelta(seconds=10))
    running.once([link], at=AT + timedelta(seconds=30))

    assert (down.told, down.untold, soon.told, up.told) == (0, 1, 0, 1)
    assert len(cad.puts) > 1 and len(set(cad.puts)) == 1  # one key, however often it was tried
    [told] = cad.decisions.values()
    assert (told["reference"], told["decision"], told["outcome"], told["by"]) == ("CAD-1", "grading", "high", "olu")
    assert WriteBack.objects.get().done_at == AT + timedelta(seconds=10)


def test_a_decision_struck_after_it_was_told_is_told_too(link: Linked, cad: CommandAndControl):
    cad.record("CAD-1", fields(hurt=True))
    running.once([link], at=AT)
    case, olu = Case.objects.get(), acting("olu")
    store.accept(case.ref, actor=olu, at=AT)
    store.decide(case.ref, "grading", "high", actor=olu, at=AT)
    running.once([link], at=AT)
    store.strike(case.ref, Case.objects.get().seq, actor=olu, at=AT, reason="the wrong case")
    running.once([link], at=AT)
    assert [d.get("struck", 0) for d in cad.decisions.values()] == [0, 3]


def test_a_system_that_is_down_is_told_with_its_age_and_nothing_is_lost(link: Linked, cad: CommandAndControl):
    cad.record("CAD-1", fields())
    running.once([link], at=AT)
    cad.record("CAD-2", fields())
    cad.answers = lambda _: 500

    [down] = running.once([link], at=AT + timedelta(minutes=3))

    cursor = FeedCursor.objects.get()
    assert down.silent == cursor.why == "it answers that it cannot (500)"
    assert follow.age(cursor, AT + timedelta(minutes=3)) == timedelta(minutes=3)
    cad.answers = None
    link.adapter._breaker.close()
    running.once([link], at=AT + timedelta(minutes=4))
    assert Case.objects.count() == 2


def test_an_answer_not_in_the_form_agreed_is_refused_without_quoting_it(link: Linked, cad: CommandAndControl):
    cad.log.append({"reference": "CAD-1", "secret": "Alice Smith"})
    cad.log[-1]["open"] = True
    with pytest.raises(Silent) as refused:
        link.adapter.changes("", limit=10)
    assert "Alice" not in str(refused.value)


def test_the_cut_over_offers_cases_to_their_owners_and_keeps_inherited_breaches_apart(
    link: Linked, cad: CommandAndControl
):
    cad.record("CAD-1", fields(), owner="olu")  # due at 13:00
    cad.record("CAD-2", fields(received="2026-03-01T09:00:00+00:00"), owner="olu")  # overdue when it came
    cad.record("CAD-3", fields(), open=False)

    found = follow.take_in(link, at=AT, cut_over=True)

    assert found.opened == 2
    olu = acting("olu")
    assert {c.offered_to for c in follow.provisional(olu)} == {"olu"}
    assert [r.case.origin for r in follow.inherited(olu)] == ["CAD-2"]
    assert [r.case.origin for r in follow.new_breaches(olu, AT)] == []
    assert [r.case.origin for r in follow.new_breaches(olu, AT + timedelta(hours=2))] == ["CAD-1"]
    store.accept(Case.objects.get(origin="CAD-1").ref, actor=olu, at=AT)
    assert [c.origin for c in follow.provisional(olu)] == ["CAD-2"]


def test_a_cut_over_done_twice_adds_nothing(link: Linked, cad: CommandAndControl):
    cad.record("CAD-1", fields(), owner="olu")
    follow.take_in(link, at=AT, cut_over=True)
    assert follow.take_in(link, at=AT + timedelta(hours=1), cut_over=True).opened == 0
    assert Followed.objects.get().taken_over == AT


class Repeating:
    """A system that repeats itself, answers late and fails, in an order that a test makes up."""

    name = title = "cad"

    def __init__(self, states: list[Change], order: list[int]) -> None:
        self.states, self.order, self.asked = states, order, 0

    def changes(self, cursor: str, *, limit: int) -> Page:
        if self.asked < len(self.order):
            number = self.order[self.asked]
            self.asked += 1
            if number < 0:
                raise Silent("it failed", found="made up")
            return Page((self.states[number % len(self.states)],), cursor, AT)
        return Page(tuple(self.states), cursor, AT)

    def write_back(self, reference: str, key: str, body: object) -> None:
        raise AssertionError("nothing was decided")


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(-1, 3), max_size=8))
def test_any_order_of_arrival_with_repeats_and_failures_ends_in_the_same_case(
    order: list[int], transactional_once: None
):
    FeedCursor.objects.all().delete()
    WriteBack.objects.all().delete()
    Followed.objects.all().delete()
    acting("olu")
    states = [
        Change("CAD-1", "1", AT - timedelta(hours=3), fields()),
        Change("CAD-1", "2", AT - timedelta(hours=2), fields(district="South")),
        Change("CAD-1", "3", AT - timedelta(hours=1), fields(district="South", hurt=True)),
    ]
    source = Source(name="cad", title="cad", type="http", account="cad")
    link = Linked(source, Repeating(states, order), acting("cad", "response"), (CALL,))
    for n in range(len(order) + 1):
        running.once([link], at=AT + timedelta(seconds=n))
    [held] = Followed.objects.all()
    assert held.version == "3"
    assert store.load(held.case.ref, acting("olu"), AT).state.facts["area"] == "South"
    assert store.load(held.case.ref, acting("olu"), AT).state.facts["injured"] is True


@pytest.fixture
def transactional_once(db: None) -> None:
    """One database for all examples; each begins with nothing followed."""


def test_the_file_of_systems_is_checked_whole(tmp_path, db):
    acting("olu")
    path = tmp_path / "companion.toml"
    path.write_text(
        '[[source]]\nname = "cad"\ntitle = "Command and control"\ntype = "http"\naccount = "olu"\nurl = "http://127.0.0.1:1"\n'
        '[[follow]]\nkind = "test_call"\nsource = "cad"\nopen = "recieve"\nupdate = "note"\nto = "olu"\n'
        'facts = { colour = "district" }\ntells = ["grade"]\n'
    )
    with pytest.raises(Faults) as wrong:
        setting.read(path)
    assert [fault.found for fault in wrong.value.faults] == [
        "test_call has no fact colour", "test_call has no act recieve", "test_call has no decision grade",
    ]  # fmt: skip
    assert setting.read(tmp_path / "none.toml").source == []
    assert User.objects.filter(agency=force()).exists()
