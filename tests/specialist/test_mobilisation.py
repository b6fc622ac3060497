"""S1: a requirement from the request to the muster, and the answer of the sheet by hand-counted rosters."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from peelian.access.actor import Denied
from peelian.access.models import Change, Entry
from peelian.analysis.mobilisation import NOBODY
from peelian.casework import store
from peelian.core.kinds import Case, Refused, Who
from peelian.specialist.mobilisation import MOBILISATION
from peelian.specialist.mobilisation_answer import Wanted, When, work_out
from peelian.specialist.mobilisation_asked import answer_form, call_form
from peelian.specialist.mobilisation_means import Means, Person, Vehicle, kilometres, means
from peelian.specialist.mobilisation_sheet import can_we_fill_it, readiness

from ..vulnerability.running import Running, around
from .landed import ARV, AT, HOUR, PO2, VALUES, texts

MINUTE = timedelta(minutes=1)
PLANNER, SERGEANT = (
    Who("planner", roles=("planner",), agency="force"),
    Who("sgt", roles=("supervisor",), agency="force"),
)
SET = around(
    mobilisation__accept_within="1 hour", mobilisation__answer_within="30 minutes", mobilisation__climb_every="1 hour"
)


# -- the case ----------------------------------------------------------------------------------------------------------------------


def required(**more):
    case = Running(MOBILISATION, SET, PLANNER)
    case.do("require", AT, **({"area": "Aldmoor", "threat": "public disorder", "what_for": "disorder in the town centre", "asked_at": AT,
                               "needed_at": AT + 4 * HOUR, "until_at": AT + 10 * HOUR} | more))  # fmt: skip
    return case


def answered():
    case = required()
    case.do("add_requirement", AT, number=2, skill=PO2, rank="constable")
    case.do("add_requirement", AT, number=1, vehicle="personnel carrier")
    case.do("record_answer", AT + 10 * MINUTE, probability=0.93, probability_low=0.88, probability_high=0.97)
    return case


def test_from_the_requirement_to_the_muster():
    case = answered()
    people = case.do("call", AT + 15 * MINUTE, for_line=1, called_at=AT + 15 * MINUTE, called_numbers="11, 12, 13")
    carrier = case.do("call", AT + 15 * MINUTE, for_line=2, called_at=AT + 15 * MINUTE, called_numbers="V-1")
    case.do("count_in", AT + 2 * HOUR, item=people, came=2, came_at=AT + 2 * HOUR)
    assert case.case(AT + 2 * HOUR).missing_now == [0, 1]
    with pytest.raises(Refused, match="named as a gap"):
        case.do("fill", AT + 2 * HOUR, who=SERGEANT, filled_at=AT + 2 * HOUR)
    case.do("count_in", AT + 3 * HOUR, item=carrier, came=1, came_at=AT + 3 * HOUR)
    case.do("fill", AT + 3 * HOUR, who=SERGEANT, filled_at=AT + 3 * HOUR)

    run, measure = case.case(AT + 3 * HOUR), {m.name: m for m in MOBILISATION.measures}
    assert (run.bound, measure["filled_whole"].hit(run), measure["minutes_to_fill"].value(run)) == (4, True, 180)
    assert (case.run("answer_due", AT + 3 * HOUR).state, case.run("filled_due", AT + 3 * HOUR).state) == ("met", "met")
    case.do("stand_down", AT + 9 * HOUR, who=SERGEANT, stood_down_at=AT + 9 * HOUR)
    assert case.case(AT + 9 * HOUR).bound == 0


def test_a_gap_that_is_named_lets_it_be_taken_as_it_is_and_is_counted():
    case = answered()
    case.do("call", AT, for_line=1, called_at=AT, called_numbers="11")
    case.do("name_gap", AT + HOUR, gap_line=1, missing=2, done_about_it="mutual aid is asked for")
    with pytest.raises(Refused, match="named as a gap"):
        case.do("fill", AT + HOUR, who=SERGEANT, filled_at=AT + HOUR)
    case.do("name_gap", AT + HOUR, gap_line=2, missing=1, done_about_it="the commander accepts it")
    case.do("fill", AT + HOUR, who=SERGEANT, filled_at=AT + HOUR)

    measure = {m.name: m for m in MOBILISATION.measures}
    assert not measure["filled_whole"].hit(case.case(AT + HOUR))


@pytest.mark.parametrize(
    ("called", "words"),
    [("11, 12", "called twice"), ("14, 14", "called twice"), (" , ", "called twice")],
    ids=["again", "in one row", "nobody"],
)
def test_nobody_is_called_twice(called, words):
    case = answered()
    case.do("call", AT, for_line=1, called_at=AT, called_numbers="11, 13")
    with pytest.raises(Refused, match=words):
        case.do("call", AT, for_line=1, called_at=AT, called_numbers=called)


@pytest.mark.parametrize(
    "given",
    [{"number": 0, "skill": PO2}, {"number": 1}, {"number": 1, "skill": PO2, "vehicle": "van"}],
    ids=["none", "nothing", "both"],
)
def test_a_line_is_people_or_vehicles(given):
    with pytest.raises(Refused, match="asks for people"):
        required().do("add_requirement", AT, **given)


def test_unanswered_it_is_late_after_what_the_force_set_and_filled_is_due_when_needed():
    case = required()

    assert case.run("answer_due", AT + 31 * MINUTE).state == "overdue"
    assert case.run("filled_due", AT).due == AT + 4 * HOUR


# -- the answer --------------------------------------------------------------------------------------------------------------------


def person(number, *duties, station="Aldmoor", rank="constable", skills=(PO2,), role="response", state="planned"):
    spans = tuple((AT + a * HOUR, AT + b * HOUR, role, state) for a, b in duties)
    return Person(str(number), "Response A", station, rank, frozenset(skills), spans)


def worked(people, wanted, *, vehicles=(), taken=(), turnout=(0, 0), by=4, ends=10, **values):
    return work_out(
        Means(tuple(people), tuple(vehicles), turnout, True), wanted, When(AT, AT + by * HOUR, AT + ends * HOUR, "Aldmoor"),
        values=VALUES | values, kilometres={"Aldmoor": 0.0, "Brackwater": 60.0}, taken=taken, rng=np.random.default_rng(1), draws=10, runs=500,
    )  # fmt: skip


def test_who_may_not_be_called_and_why():
    found = worked(
        [
            person(1, (-4, 5)), person(2, (-10, -1)), person(3, (-7, 2)), person(4, (-4, 5), state="sick"), person(5, (-4, 5), state="abstracted"),
            person(6), person(7, (-4, 5), skills=()), person(8, (-4, 5), rank="sergeant"), person(9),
        ],
        [Wanted(2, PO2, "constable")], taken=("9",), turnout=(100, 100),
    )  # fmt: skip

    # 1: on duty since 14:00, there until 04:00: 14 hours. 2: off since 17:00. 3: since 11:00, 17 hours. 6: free, no duty near.
    assert {c.one.number for c in found.candidates} == {"1", "6"}
    assert found.shut == {
        "resting: 11 hours between duties": 1, "more than 16 hours on duty before it ends": 1, "sick": 1, "abstracted": 1, "bound elsewhere": 1,
    }  # fmt: skip


def test_the_cover_that_must_stay_binds():
    """Four on duty at the station, half must stay: two may go."""
    found = worked([person(n, (-4, 5)) for n in range(4)], [Wanted(4, PO2)], turnout=(100, 100))

    assert (found.answer.line != NOBODY).sum() == 2
    assert found.answer.filled.short == (2,)
    assert found.kept[("Aldmoor", "response")] == (4, 2)


def test_the_way_and_the_call_take_their_time():
    """60 km, half as much again by road at 60 km an hour: 78 minutes after ten to be released; an hour to come from home."""
    found = worked(
        [person(1, (-4, 5), station="Brackwater"), person(2, station="Brackwater"), person(3, station="Nowhere")],
        [Wanted(3, PO2)],
    )

    assert [round(c.minutes) for c in found.candidates] == [88, 138, 105]


def test_the_probability_is_that_of_the_shares():
    """Two are wanted and three are free, of whom each comes with a half: 0.5 by the binomial; nothing is late in ten hours."""
    found = worked([person(n) for n in range(3)], [Wanted(2, PO2)], by=9, ends=10)

    assert found.answer.filled.probability.value == pytest.approx(0.5, abs=0.03)
    assert found.fit(0) == 3


def test_vehicles_are_lines_like_others():
    found = worked(
        [person(1)], [Wanted(1, PO2), Wanted(2, vehicle="van")], vehicles=[Vehicle("V-1", "van", "Aldmoor"), Vehicle("V-2", "van", "Aldmoor")],
        taken=("V-2",),
    )  # fmt: skip

    assert [c.one.number for c in found.called(1)] == ["V-1"]
    assert found.answer.filled.short == (1, 1)
    assert found.wanted[1].words == "2 × van"


# -- from the landed feeds ---------------------------------------------------------------------------------------------------------


def test_what_the_force_has_is_what_the_feeds_say(force):
    seen = means(force["planner"], AT)

    # 1006 has left. Of the duties behind: 1003, 1004 and 1006 worked, 1005 sick.
    assert [(p.number, p.rank, sorted(p.skills - {ARV})) for p in seen.people] == [
        ("1001", "sergeant", [PO2]),
        ("1002", "constable", [PO2]),
        ("1003", "constable", [PO2]),
        ("1004", "constable", [PO2]),
        ("1005", "constable", []),
    ]
    assert (seen.turnout, [v.number for v in seen.vehicles], seen.ranks_seen) == ((3, 4), ["V-1"], True)
    assert seen.people[0].duties[0][:2] == (datetime(2026, 3, 2, 14, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC))
    with pytest.raises(Denied):
        means(force["pc"], AT)


def test_the_sheet_of_a_case_answers_and_names_who_is_called_and_what_is_short(force):
    ref = store.open_case("mobilisation", "require", {
        "area": "Aldmoor", "threat": "public disorder", "what_for": "disorder", "asked_at": AT, "needed_at": AT + 4 * HOUR, "until_at": AT + 10 * HOUR,
    }, actor=force["planner"], at=AT).ref  # fmt: skip
    sheet = lambda: texts(can_we_fill_it(actor=force["planner"], at=AT, case=store.load(ref, force["planner"], AT)))  # noqa: E731
    assert "Nothing is required yet" in sheet()
    for line in (
        {"number": 1, "skill": PO2, "rank": "sergeant"},
        {"number": 3, "skill": PO2, "rank": "constable"},
        {"number": 2, "vehicle": "personnel carrier"},
    ):
        store.do(ref, "add_requirement", line, actor=force["planner"], at=AT)

    told = sheet()

    assert "Filled by 22:00, with probability 0.00" in told
    # 1002 is on duty, 1003 rested; 1004 went off at 17:00; one carrier is off the road.
    assert "3 × constable, public order level 2: up to 3 short" in told
    assert "2 fit to be called" in told
    assert "2 × personnel carrier: up to 1 short" in told
    assert "Resting: 11 hours between duties" in told
    assert Entry.objects.filter(what="mobilisation: people and vehicles").count() == 1
    read = store.load(ref, force["planner"], AT)
    case = Case(read.state, AT, around=read.around)
    form = answer_form(case, actor=force["planner"], at=AT)
    assert (form["probability"], "up to 1 short" in form["shortfall"]) == (0.0, True)
    store.do(ref, "record_answer", form, actor=force["planner"], at=AT)
    call = call_form(
        case, actor=force["planner"], at=AT
    )  # one of the two on duty must stay: the sergeant's line, or the constables'
    assert (call["for_line"], call["called_numbers"]) in ((1, "1001"), (2, "1002, 1003"))
    blind = texts(can_we_fill_it(actor=force["sgt"], at=AT, case=store.load(ref, force["sgt"], AT)))
    assert "does not see the staff list" in blind and "probability" not in blind
    assert "does not see the staff list" in texts(readiness(actor=force["sgt"], at=AT))
    before = sheet()
    assert sheet() == before  # the same luck for the same case


def test_whoever_is_called_for_another_mobilisation_is_bound_there(force):
    refs = []
    for _ in range(2):
        refs.append(store.open_case("mobilisation", "require", {
            "area": "Aldmoor", "threat": "terrorism", "what_for": "cordon", "asked_at": AT, "needed_at": AT + 4 * HOUR, "until_at": AT + 10 * HOUR,
        }, actor=force["planner"], at=AT).ref)  # fmt: skip
        store.do(refs[-1], "add_requirement", {"number": 1, "skill": PO2}, actor=force["planner"], at=AT)
    store.do(
        refs[0],
        "record_answer",
        {"probability": 0.9, "probability_low": 0.8, "probability_high": 0.95},
        actor=force["planner"],
        at=AT,
    )
    store.do(
        refs[0], "call", {"for_line": 1, "called_at": AT, "called_numbers": "1001, 1002"}, actor=force["planner"], at=AT
    )

    told = texts(can_we_fill_it(actor=force["planner"], at=AT, case=store.load(refs[1], force["planner"], AT)))

    assert "Bound elsewhere" in told and "not stood down: 2" in told
    assert "1003" in told and "1002" not in told


def test_readiness_counts_whole_units_and_what_the_next_lacks(force):
    told = texts(readiness(actor=force["planner"], at=AT))

    assert "1 inspector" in told  # nobody is one: it binds first
    assert "0 whole units" in told


def test_an_unset_value_shuts_the_answer_and_says_who_sets_it(force):
    Change.objects.filter(name="mobilisation.recall_share").delete()

    assert "mobilisation.recall_share (force mobilisation plan)" in texts(readiness(actor=force["planner"], at=AT))


def test_stations_without_a_loaded_district_have_no_distance(db):
    assert kilometres(["A", "B"], "A") == {"A": 0.0, "B": None}


def test_where_the_roster_ends_the_force_is_read_as_it_stood_whole_weeks_before(force):
    """Ten weeks on: the last duty worked began on 2 March at 08:00, ten weeks and ten hours before."""
    later = AT + 10 * 7 * 24 * HOUR

    seen = means(force["planner"], later)

    assert seen.back == timedelta(weeks=11)
    assert all((a - later) <= timedelta(days=3) for p in seen.people for a, *_ in p.duties)
    assert "those of 23 February 2026" in texts(readiness(actor=force["planner"], at=later))
