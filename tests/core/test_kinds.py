"""Journals, decisions, hand-overs and asks of a kind: the numbered invariants of docs/reference/kinds.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.made_kind import ANN, BEN, KIND, SAM, SCHOOL, SET, START, Journal, Made, hours, made

from peelian.core import kinds
from peelian.core.errors import Faults
from peelian.core.kinds import (
    NEW,
    Act,
    Around,
    Clock,
    Conflict,
    Entry,
    Facts,
    Owners,
    Part,
    Proposal,
    Refused,
    Who,
    fact,
    fold,
    must_answer,
    runs,
)  # fmt: skip

PEOPLE = [ANN, BEN, SAM, Who("ida", ("inspector", "supervisor"), "force", teams=("west",))]
moves = st.one_of(
    st.tuples(st.just("act"), st.sampled_from([a.name for a in KIND.acts])),
    st.tuples(st.just("decide"), st.sampled_from(["low", "medium", "high"])),
    st.tuples(st.just("offer"), st.sampled_from(["ann", "ben", "sam", "team:west"])),
    st.tuples(
        st.sampled_from(["accept", "refuse", "support", "ask", "answer", "withdraw", "correct", "strike"]), st.just("")
    ),
)
plays = st.lists(
    st.tuples(
        moves,
        st.sampled_from(PEOPLE),
        st.integers(0, 40),
        st.integers(0, 4).map(bool),
        st.integers(1, 12),
        st.integers(0, 50),
    ),
    min_size=8,
    max_size=20,
)


def given_for(journal: Journal, name: str, age: int) -> dict[str, Any]:
    act = journal.kind.act_by_name[name]
    full = {"area": "A", "age": age, "note": "n", "planned_at": START, "done_at": START, "told_on": "2026-03-02"}
    return {k: v for k, v in full.items() if k in (*act.asks, *act.maybe)}


def play(steps: list[Any], *, watch: Any = None) -> Journal:
    """Whatever people try, in order; what is refused writes nothing (J4) and says why."""
    journal, at = Journal(), START
    if steps[0][5] % 8:  # mostly there is a case to work on
        journal.opened(age=steps[0][5], note="n")
    for n, ((verb, name), who, wait, full, target, age) in enumerate(steps):
        at += timedelta(minutes=wait)
        words: tuple[Any, ...] = ()
        more: dict[str, Any] = {"who": who, "at": at}
        wanted = "known" if verb == "answer" else "visits" if verb == "act" else ""
        items = [i.id for i in journal.state.items.values() if i.part == wanted or not wanted]
        row = items[target % len(items)] if items else "none"
        if verb == "accept" and full:  # the one it was offered to, as it mostly is
            more["who"] = next((p for p in PEOPLE if p.name == journal.state.offered_to), who)
        target = target % (len(journal.entries) + 1)
        if verb == "act":
            act = journal.kind.act_by_name[name]
            words = (name, given_for(journal, name, age) if full else {})
            more["item"] = f"i{n}" if act.adds else row
        elif verb == "decide":
            words, more["reason"] = ("grade", name), "seen" if full else ""
        elif verb == "offer":
            taker = next((p for p in PEOPLE if p.name == name), None)
            words, more["taker"], more["reason"] = (name,), taker, "shift ends"
        elif verb == "refuse":
            more["reason"] = "full" if full else ""
        elif verb == "ask":
            words, more["item"] = ("known", "school"), f"i{n}"
        elif verb == "answer":
            words, more["who"] = (row, {"held": True} if target else {}), SCHOOL
        elif verb == "withdraw":
            words, more["reason"] = (row,), "wrong"
        elif verb == "correct":
            words, more["reason"] = (target, {"age": age}), "typed wrongly"
        elif verb == "strike":
            words, more["reason"] = (target,), "wrong case"
        before = list(journal.entries)
        doors = {d.name: d for d in kinds.available(journal.state, more["who"], at, around=SET)}
        try:
            journal.write(verb, *words, **more)
        except Refused as refused:
            assert journal.entries == before
            assert refused.reasons and all(refused.reasons)
        else:
            if verb == "act":  # J5: what is done was shown open
                assert name == "report" or doors[name].open
            if watch:
                watch(journal, at)
    return journal


@settings(max_examples=40)
@given(plays)
def test_a_journal_is_numbered_and_its_state_does_not_hang_on_the_order_of_reading(steps: list[Any]) -> None:
    """J1, J2, J6."""
    journal = play(steps)
    assert [e.seq for e in journal.entries] == list(range(1, len(journal.entries) + 1))
    assert all(e.known >= e.at for e in journal.entries)
    assert fold(KIND, reversed(journal.entries)) == fold(KIND, journal.entries)


@settings(max_examples=40)
@given(plays)
def test_what_was_known_on_a_day_is_not_changed_by_later_entries(steps: list[Any]) -> None:
    """J3."""
    seen: list[tuple[datetime, Any]] = []
    journal = play(steps, watch=lambda j, at: seen.append((j.entries[-1].seq, j.state)))
    for seq, state in seen:
        known = journal.entries[seq - 1].known
        later = [e for e in journal.entries[seq:] if e.known == known]
        if not later:
            assert fold(KIND, journal.entries, known=known) == state


@settings(max_examples=40)
@given(plays)
def test_a_live_case_always_has_one_owner_and_an_offer_changes_nothing_until_accepted(steps: list[Any]) -> None:
    """O1, O2."""
    owners: list[str] = []

    def watch(journal: Journal, at: datetime) -> None:
        state = journal.state
        assert state.owner
        if journal.entries[-1].verb not in ("act", "accept") and owners:
            assert state.owner == owners[-1]
        owners.append(state.owner)
        answer = must_answer(state, at, SET)
        assert (answer is None) == (state.offer_at is None or state.closed)
        if answer is not None:
            steps_up = [must_answer(state, at + timedelta(minutes=m), SET).step for m in range(0, 60, 5)]  # type: ignore[union-attr]
            assert steps_up == sorted(steps_up)
            assert steps_up[-1] == 2

    play(steps, watch=watch)


@settings(max_examples=40)
@given(plays)
def test_a_forbidden_outcome_is_reached_by_no_path_and_going_down_needs_its_rank(steps: list[Any]) -> None:
    """D1, D3, D4: the lowest level was never taken for a child, and nobody but a decision set it."""

    def watch(journal: Journal, at: datetime) -> None:
        last = journal.entries[-1]
        before = fold(KIND, journal.entries[:-1])
        if last.verb == "decide":
            assert last.by
            order = ["low", "medium", "high"]
            assert not (last.to == "low" and not before.facts.get("age", 0) >= 18)
            if before.facts.get("risk") and order.index(last.to) < order.index(before.facts["risk"]):
                assert last.by in ("sam", "ida")
        elif last.verb != "strike":
            assert journal.state.facts.get("risk") == before.facts.get("risk")

    play(steps, watch=watch)


def test_a_child_is_never_offered_the_lowest_level_and_an_unknown_age_is_not_grown_up() -> None:
    child, unknown = Journal().opened(age=12), Journal().opened()
    assert "low" in kinds.propose(child.state, "grade", who=SAM, at=START, around=SET).shut
    assert kinds.propose(unknown.state, "grade", who=SAM, at=START, around=SET).shut["low"] == (
        "not known yet: How old are they?",
    )
    for journal in (child, unknown):
        with pytest.raises(Refused):
            journal.write("decide", "grade", "low", who=SAM, at=START, reason="he looks grown up")
    with pytest.raises(Refused):
        child.write("correct", 1, {"risk": "low"}, at=START, reason="by the back door")


def test_a_forbidden_proposal_is_raised_to_the_lowest_that_may_be_taken() -> None:
    def always_low(case: Any) -> Proposal:
        return Proposal("low", "always")

    kind = made(decisions=(replace(KIND.decisions[0], policy=always_low),))
    said = kinds.propose(Journal(kind).opened(age=12).state, "grade", who=SAM, at=START, around=SET)
    assert said.proposal is not None
    assert said.proposal.outcome == "medium"
    assert "adults alone" in said.proposal.reason


def test_differing_from_a_proposal_or_having_none_needs_a_reason() -> None:
    """D2."""
    known, unknown = Journal().opened(age=40), Journal().opened()
    with pytest.raises(Refused, match="the rule proposes low"):
        known.write("decide", "grade", "high", at=START)
    with pytest.raises(Refused, match="there is no proposal"):
        unknown.write("decide", "grade", "high", at=START)
    state = known.write("decide", "grade", "low", at=START)
    assert state.taken[0].as_proposed is True
    assert unknown.write("decide", "grade", "high", at=START, reason="seen in the street").taken[0].as_proposed is None


def test_what_rests_on_a_row_is_listed_when_it_is_withdrawn() -> None:
    """D5."""
    journal = Journal().opened(age=40)
    journal.write("act", "plan", {"planned_at": START}, at=START, item="v1")
    journal.write("decide", "grade", "low", at=START)
    assert kinds.rests(journal.state, "v1") == ["grade of 2 March 2026"]
    with pytest.raises(Refused, match="rests on the row"):
        journal.write("strike", 2, at=START, reason="wrong")
    assert journal.write("withdraw", "v1", at=START, reason="the source took it back").live("visits") == []


def test_a_decision_that_became_forbidden_by_what_is_known_now_is_named() -> None:
    journal = Journal().opened(age=40)
    journal.write("decide", "grade", "low", at=START)
    journal.write("correct", 1, {"age": 14}, at=START, reason="the school told us")
    assert kinds.contradicted(journal.state, START) == ["Grade: low, but The lowest level is for adults alone."]


def test_two_editors_clash_only_on_the_same_facts_or_the_stage() -> None:
    """J8: the error carries what changed and what was typed."""
    journal = Journal().opened(age=40)
    journal.write("act", "edit", {"note": "from ann"}, at=START)
    typed = {"note": "from ben", "age": 41}
    with pytest.raises(Conflict) as clash:
        journal.write("act", "edit", typed, who=BEN, at=START, seen=1)
    assert clash.value.changed == {"note": "from ann"}
    assert clash.value.typed == typed and clash.value.by == ("ann",)
    journal.write("act", "plan", {"planned_at": START}, who=BEN, at=START, seen=1, item="v1")
    journal.write("act", "hold", at=START)
    with pytest.raises(Conflict) as clash:
        journal.write("act", "review", who=BEN, at=START, seen=3)
    assert clash.value.changed == {"stage": "waiting"}


def test_two_editors_of_one_row_clash_on_the_same_fact_of_it() -> None:
    journal = Journal().opened()
    for row in ("v1", "v2"):
        journal.write("act", "plan", {"planned_at": START}, at=START, item=row)
    journal.write("act", "visit", {"done_at": hours(1)}, at=hours(2), item="v1")
    with pytest.raises(Conflict) as clash:
        journal.write("act", "visit", {"done_at": hours(2)}, who=BEN, at=hours(2), item="v1", seen=3)
    assert clash.value.changed == {"done_at": hours(1)}
    journal.write("act", "visit", {"done_at": hours(2)}, who=BEN, at=hours(2), item="v2", seen=3)


def test_a_strike_is_refused_where_later_entries_hang_on_it() -> None:
    """J7."""
    journal = Journal().opened(age=40, note="n")
    journal.write("act", "plan", {"planned_at": START}, at=START, item="v1")
    journal.write("act", "visit", {"done_at": START}, at=START, item="v1")
    journal.write("act", "hold", at=START)
    journal.write("act", "review", at=START)
    for seq in (1, 2, 4):
        with pytest.raises(Refused):
            journal.write("strike", seq, at=START, reason="wrong")
    assert journal.write("strike", 3, at=START, reason="another visit").items["v1"].facts.keys() == {"planned_at"}


def test_what_is_read_apart_is_not_corrected_piece_by_piece() -> None:
    class Whole(Facts, private="special"):
        count: int = fact("How many?")
        lines: str = fact("Which?", show="apart")

    kind = made(
        parts=(*KIND.parts, Part(name="forms", facts=Whole)),
        acts=(*KIND.acts, Act(name="fill", adds="forms", asks=("count", "lines"))),
    )
    journal = Journal(kind).opened()
    journal.write("act", "fill", {"count": 2, "lines": "a b"}, at=START, item="f1")
    with pytest.raises(Refused, match="belong together"):
        journal.write("correct", 2, {"count": 3}, at=START, reason="miscounted")
    assert journal.write("strike", 2, at=START, reason="miscounted").live("forms") == []


def test_an_old_version_read_and_one_upgraded_agree() -> None:
    """J9: a fact was renamed; old entries are lifted while they are read, and none is rewritten."""
    new = made(
        version=2,
        upgrades={
            1: lambda e: replace(e, given={{"age": "age", "words": "note"}.get(k, k): v for k, v in e.given.items()})
        },
    )
    old = Entry(1, START, START, "ann", "act", "report", "force", given={"area": "A", "words": "as told"}, version=1)
    fresh = Entry(1, START, START, "ann", "act", "report", "force", given={"area": "A", "note": "as told"}, version=2)
    assert fold(new, [old]).facts == fold(new, [fresh]).facts == {"area": "A", "note": "as told"}


def test_every_fault_of_a_form_stands_beside_its_field_in_plain_words() -> None:
    journal = Journal()
    with pytest.raises(Refused) as refused:
        journal.write("act", "report", {"area": "", "age": "old", "told_on": "soon", "risk": "low"}, at=START)
    assert refused.value.fields == {
        "area": "answer this: District",
        "age": "enter a whole number",
        "told_on": "enter a day, such as 27 March 2026",
        "risk": "this form does not ask for it",
    }


def test_a_time_without_its_zone_and_a_year_typed_wrongly_are_refused() -> None:
    journal = Journal().opened()
    with pytest.raises(Refused) as refused:
        journal.write("act", "plan", {"planned_at": "2026-03-02T10:00"}, at=START, item="v1")
    assert "time zone" in refused.value.fields["planned_at"]
    with pytest.raises(Refused) as refused:
        journal.write("act", "edit", {"told_on": date_far()}, at=START)
    assert refused.value.fields == {"told_on": "check the year"}


def date_far() -> str:
    return "0206-03-02"


def test_what_has_not_happened_yet_is_not_written_down() -> None:
    with pytest.raises(Refused, match="future"):
        Journal().opened().write("act", "review", at=hours(5), known=hours(1))


# --- hand-overs


def fit(case: Any, who: Who) -> str:
    return "" if "pip2" in who.skills else "needs PIP level 2"


SKILLED = replace(BEN, skills=("pip2",))


def skilled_kind() -> kinds.Kind:
    return made(owners=Owners(accept_within="15 minutes", climbs=("supervisor", "inspector"), qualified=fit))


def test_nobody_unqualified_owns_alone() -> None:
    """O3: a named, qualified supporter who is somebody else, a reason and an end; checked when offered and when accepted."""
    journal = Journal(skilled_kind())
    journal.write("act", "report", {"area": "A"}, who=SKILLED, at=START)
    good = {"taker": ANN, "supporter": SKILLED, "until": hours(100), "reason": "no one free"}
    for wrong in (
        {"supporter": None},
        {"supporter": ANN},
        {"supporter": SAM},
        {"until": None},
        {"until": START},
        {"reason": " "},
    ):
        with pytest.raises(Refused):
            journal.write("offer", "ann", who=SAM, at=START, **{**good, **wrong})
    journal.write("offer", "ann", who=SAM, at=START, **good)
    with pytest.raises(Refused):  # the supporter's accreditation ran out in between
        journal.write("accept", who=ANN, at=hours(0.1), supporter=BEN)
    state = journal.write("accept", who=ANN, at=hours(0.1), supporter=SKILLED)
    assert state.owner == "ann"
    assert kinds.gap(state, hours(1)) == "the supporter has not accepted yet"
    state = journal.write("support", who=SKILLED, at=hours(1))
    assert kinds.gap(state, hours(1)) == ""
    assert kinds.gap(state, hours(100)) == "the support of its owner has ended"


def test_whoever_opens_a_case_unfit_for_it_owns_it_and_it_climbs_at_once() -> None:
    journal = Journal(skilled_kind())
    state = journal.write("act", "report", {"area": "A"}, who=ANN, at=START)
    assert state.owner == "ann" and not state.accepted
    answer = must_answer(state, hours(0.25))
    assert answer is not None and answer.who == "supervisor"


def test_only_the_owner_or_the_ladder_offers_and_only_the_one_offered_accepts() -> None:
    """O4."""
    journal = Journal().opened()
    with pytest.raises(Refused, match="only the owner"):
        journal.write("offer", "ben", who=BEN, at=START, taker=BEN)
    journal.write("offer", "ben", who=ANN, at=START, taker=BEN)
    with pytest.raises(Refused, match="not offered to you"):
        journal.write("accept", who=Who("eve", ("investigator",), "force"), at=START)
    assert journal.state.owner == "ann"
    assert journal.write("accept", who=BEN, at=START).owner == "ben"


def test_an_offer_that_nobody_accepts_climbs_on_time_and_whoever_must_answer_may_take_it() -> None:
    journal = Journal().opened()
    state = journal.write("offer", "ben", who=ANN, at=START, taker=BEN)
    said = [must_answer(state, START + timedelta(minutes=m), SET) for m in (0, 14, 15, 29, 30, 300)]
    assert [(a.step, a.who) for a in said if a] == [
        (0, "ben"), (0, "ben"), (1, "supervisor"), (1, "supervisor"), (2, "inspector"), (2, "inspector")
    ]  # fmt: skip
    assert journal.write("accept", who=SAM, at=START + timedelta(minutes=16)).owner == "sam"


def test_a_refusal_gives_a_reason_and_does_not_stop_the_climb() -> None:
    journal = Journal().opened()
    journal.write("offer", "ben", who=ANN, at=START, taker=BEN)
    with pytest.raises(Refused, match="say why"):
        journal.write("refuse", who=BEN, at=START)
    state = journal.write("refuse", who=BEN, at=START, reason="off sick")
    assert state.offered_to == "ann"
    answer = must_answer(state, START + timedelta(minutes=15), SET)
    assert answer is not None and answer.who == "supervisor"


def test_while_no_period_is_set_the_first_rung_must_answer_at_once() -> None:
    state = Journal(around=Around()).opened().write("offer", "ben", who=ANN, at=START, taker=BEN)
    answer = must_answer(state, START, Around())
    assert answer is not None
    assert (answer.who, "made.accept_within" in answer.reason) == ("supervisor", True)


def test_a_case_opened_for_a_team_is_unaccepted_until_somebody_takes_it() -> None:
    journal = Journal()
    state = journal.write("act", "report", {"area": "A"}, who=SCHOOL, at=START, to="team:west")
    assert (state.owner, state.accepted) == ("team:west", False)
    west = Who("ida", ("investigator",), "force", teams=("west",))
    assert journal.write("accept", who=west, at=START).owner == "ida"


# --- asks


def test_an_answer_is_given_once_by_the_agency_asked_and_a_change_is_a_correction() -> None:
    """A2."""
    journal = Journal().opened()
    journal.write("ask", "known", "school", at=START, item="a1")
    with pytest.raises(Refused, match="asked already"):
        journal.write("ask", "known", "school", at=START, item="a2")
    for who in (ANN, replace(SCHOOL, agency="health")):
        with pytest.raises(Refused, match="not asked"):
            journal.write("answer", "a1", {"held": True}, who=who, at=START)
    with pytest.raises(Refused) as refused:
        journal.write("answer", "a1", {}, who=SCHOOL, at=START)
    assert refused.value.fields == {"held": "answer this: Do you hold anything?"}
    journal.write("answer", "a1", {"held": False}, who=SCHOOL, at=hours(1))
    with pytest.raises(Refused, match="answered already"):
        journal.write("answer", "a1", {"held": True}, who=SCHOOL, at=hours(2))
    state = journal.write("correct", 3, {"held": True}, who=SCHOOL, at=hours(2), reason="found on paper")
    assert state.items["a1"].facts == {"held": True}
    assert [r.state for r in runs(KIND, journal.entries, hours(2), around=SET) if r.clock == "known_answered"] == [
        "met"
    ]


def test_a_silent_agency_is_overdue_and_a_declined_ask_is_no_answer() -> None:
    journal = Journal().opened()
    journal.write("ask", "known", "school", at=START, item="a1")
    late = START + timedelta(days=5)
    assert journal.runs("known_answered", late)[0].state == "overdue"
    with pytest.raises(Refused, match="say why"):
        journal.write("answer", "a1", who=SCHOOL, at=late, decline=True)
    state = journal.write("answer", "a1", who=SCHOOL, at=late, decline=True, reason="no lawful basis")
    assert not state.items["a1"].answered
    assert journal.runs("known_answered", late)[0].state == "missed"


# --- declarations


class Twice(Facts, private="personal"):
    area: str = fact("District")
    review: str = fact("Named like an act")
    bare: str = fact("Without a class", private="secret")
    at: str = fact("Named like the engine's word")


def mute(case: Any) -> bool:
    return True


WRONG = {
    "E431": {"facts": Twice, "decisions": (), "clocks": (), "asks": (), "acts": (Act(name="review", during=NEW, to="open"),), "stages": ("open",), "ends": "open"},
    "E432": {"facts": Twice, "decisions": (), "clocks": (), "asks": (), "acts": (Act(name="go", during=NEW, to="open"),), "stages": ("open",), "ends": "open"},
    "E433": {"acts": (*KIND.acts, Act(name="lose", to="nowhere"))},
    "E434": {"acts": (*KIND.acts, Act(name="colour", asks=("shade",)))},
    "E434 of an order": {"order": (("told_on", "nowhere"),)},
    "E435": {"acts": (*KIND.acts, Act(name="dumb", guards=(mute,)))},
    "E436": {"clocks": (Clock(name="loose", starts="nothing", stops="closed", limit="4 hours"),)},
    "E437": {"stages": (*KIND.stages, "limbo")},
    "E438": {"facts": Twice, "decisions": (), "clocks": (), "asks": (), "acts": (Act(name="go", during=NEW, to="open"),), "stages": ("open",), "ends": "open"},
    "E439": {"acts": tuple(a for a in KIND.acts if a.during != NEW)},
}  # fmt: skip


@pytest.mark.parametrize("number", WRONG)
def test_a_declaration_at_fault_is_refused_with_its_word(number: str) -> None:
    with pytest.raises(Faults) as faults:
        made(**WRONG[number])
    assert f"peelian.{number[:4]}" in {f.id for f in faults.value.faults}


def test_an_act_may_not_ask_for_what_only_a_decision_sets_nor_an_ask_show_a_source() -> None:
    class Told(Made, private="personal"):
        teller: str = fact("Who said it?", private="source")

    with pytest.raises(Faults, match="only a decision sets"):
        made(acts=(*KIND.acts, Act(name="sneak", maybe=("risk",))))
    with pytest.raises(Faults, match="who said it"):
        made(facts=Told, asks=(replace(KIND.asks[0], shows=("area", "teller")),))


def test_a_guard_on_a_fact_of_a_row_waits_until_the_row_is_chosen() -> None:
    def late(case: Any) -> bool:
        """The visit is planned for a day that has come."""
        return bool(case.planned_at <= case.at)

    kind = made(acts=tuple(replace(a, guards=(late,)) if a.name == "visit" else a for a in KIND.acts))
    journal = Journal(kind).opened()
    journal.write("act", "plan", {"planned_at": START + timedelta(days=1)}, item="v1", at=START)

    (door,) = [d for d in kinds.available(journal.state, ANN, START, around=SET) if d.name == "visit"]

    assert door.open
    with pytest.raises(Refused, match="has come"):
        journal.write("act", "visit", {"done_at": START}, item="v1", at=START)


def test_what_has_happened_lies_in_the_past_and_what_is_planned_may_lie_ahead() -> None:
    journal = Journal().opened()
    journal.write("act", "plan", {"planned_at": START + timedelta(days=9)}, item="v1", at=START)

    with pytest.raises(Refused) as refused:
        journal.write("act", "visit", {"done_at": START + timedelta(minutes=6)}, item="v1", at=START)
    assert refused.value.fields == {
        "done_at": "“When was it done?” lies in the future: write it down when it has happened"
    }

    # Clocks of two systems differ by minutes; and what is written later counts by the day on which it is written.
    journal.write("act", "visit", {"done_at": START + timedelta(minutes=5)}, item="v1", at=START)
    seq = journal.entries[-1].seq
    with pytest.raises(Refused, match="future"):
        journal.write("correct", seq, {"done_at": START + timedelta(days=1)}, at=START, reason="x")
    journal.write("correct", seq, {"done_at": START + timedelta(days=1)}, at=START + timedelta(days=1), reason="x")


@pytest.mark.parametrize("value", [-1, "-5"])
def test_a_number_is_not_below_nought_unless_it_is_said(value: object) -> None:
    with pytest.raises(Refused, match="less than 0"):
        Journal().opened(age=value)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_number_is_a_number(value: str) -> None:
    class Weighed(Made, private="personal"):
        weight: float = fact("How heavy?", least=None)

    kind = made(
        facts=Weighed, acts=tuple(replace(a, maybe=(*a.maybe, "weight")) if a.name == "edit" else a for a in KIND.acts)
    )
    journal = Journal(kind).opened()
    with pytest.raises(Refused, match="enter a number"):
        journal.write("act", "edit", {"weight": value}, at=START)
    journal.write("act", "edit", {"weight": -2.5}, at=START)


def test_times_that_follow_one_another_are_refused_beside_the_field() -> None:
    """A day and a time are compared as days in London; the question that it goes against is named."""
    visits = replace(KIND.parts[0], order=(("told_on", "done_at"),))
    journal = Journal(made(parts=(visits,))).opened(told_on="2026-03-02")
    journal.write("act", "plan", {"planned_at": START}, item="v1", at=START)

    with pytest.raises(Refused) as refused:
        journal.write("act", "visit", {"done_at": START - timedelta(days=1)}, item="v1", at=START)
    assert refused.value.fields == {"done_at": "“When was it done?” lies before “Told on which day?”"}
    journal.write("act", "visit", {"done_at": START - timedelta(hours=9)}, item="v1", at=START)  # the same day
    with pytest.raises(Refused, match="lies before"):
        journal.write("correct", journal.entries[-1].seq, {"done_at": START - timedelta(days=1)}, at=START, reason="x")


def test_the_earlier_of_two_times_may_not_be_moved_past_the_later() -> None:
    class Met(Made, private="personal"):
        met_on: date = fact("Met on which day?")

    edit = next(a for a in KIND.acts if a.name == "edit")
    kind = made(
        facts=Met,
        order=(("told_on", "met_on"),),
        acts=tuple(replace(a, maybe=(*a.maybe, "met_on")) if a is edit else a for a in KIND.acts),
    )
    journal = Journal(kind).opened(told_on="2026-03-01")
    journal.write("act", "edit", {"met_on": "2026-03-02"}, at=START)

    with pytest.raises(Refused) as refused:
        journal.write("act", "edit", {"told_on": "2026-03-03"}, at=START)
    assert refused.value.fields == {"told_on": "“Told on which day?” lies after “Met on which day?”"}
    journal.write("act", "edit", {"told_on": "2026-03-03", "met_on": "2026-03-03"}, at=START)
