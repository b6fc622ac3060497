"""A1: questions judged by limiting rules; the smallest change found is the smallest; blind assessors; evidence with its dates."""

from datetime import UTC, date, datetime, timedelta
from itertools import count, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.made_kind import Journal

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.changes import SETTINGS
from peelian.access.models import Agency, Change, Posting, User
from peelian.assurance import judgement as j
from peelian.assurance import self_assessment
from peelian.assurance.agreement import agreement
from peelian.assurance.assessing import assess
from peelian.assurance.evidence import EVIDENCE
from peelian.assurance.judgement_rules import (
    COUNTED,
    GRADES,
    NOT_STATED,
    Findings,
    Limits,
    changed,
    falls,
    judge,
    rises,
)
from peelian.assurance.reality_test import REALITY, draw
from peelian.assurance.report_reading import read_report
from peelian.casework import store, sums
from peelian.casework.kinds import class_of, kind_of
from peelian.casework.models import Case, Measured
from peelian.core.kinds import Around, Refused, Who

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
CAPS = dict.fromkeys(COUNTED, "requires improvement") | {"cause_of_concern": "inadequate"}
VALUES = {
    "assurance.known_share": "0.5", "assurance.weak_systems": "2", "assurance.uneven_systems": "2", "assurance.in_time_floor": "0.8",
    "assurance.accept_within": "24 hours", "assurance.weigh_within": "14 days after", "assurance.renew_within": "6 months after",
    "assurance.judge_within": "28 days after", "assurance.reality_sample": "3", "assurance.reality_within": "14 days after",
}  # fmt: skip
LOCALS = {
    name: [(AT - timedelta(days=900), float(v) if v[0].isdigit() and " " not in v else v)] for name, v in VALUES.items()
}
AROUND = Around(LOCALS)
ANN, BEN = Who("ann", ("assurance",)), Who("ben", ("analyst",))


# -- the rules -------------------------------------------------------------------------------------------------------------

counts = st.integers(0, 4)
findings = st.builds(Findings, st.integers(1, 5), st.integers(0, 5), counts, counts, counts, counts, counts).map(
    lambda f: Findings(f.systems, min(f.known, f.systems), *(getattr(f, r) for r in COUNTED))
)
some_limits = st.builds(
    Limits, st.sampled_from([0.0, 0.3, 0.5, 1.0]), st.integers(1, 3), st.integers(1, 3), st.just(CAPS)
)


def up(before, after):
    """Stated at last, or higher; a cause of concern, which settles a question at the bottom, is no rise."""
    return after not in (NOT_STATED, GRADES[0]) and (before == NOT_STATED or GRADES.index(after) > GRADES.index(before))


def down(before, after):
    return before not in (NOT_STATED, GRADES[0]) and (after == NOT_STATED or GRADES.index(after) < GRADES.index(before))


SMALL = [Findings(4, k, c, 0, o, w, 0) for k in (0, 2, 4) for c in (0, 2) for o in (0, 1) for w in (0, 1, 3)]


@pytest.mark.parametrize("found", SMALL, ids=lambda f: f"{f.known}-{f.cause_of_concern}{f.overdue}{f.weak}")
def test_no_smaller_change_moves_a_judgement(found):
    """Against a search over every change, in counts that the rules read."""
    limits = Limits(0.5, 2, 2, CAPS)
    rise, fall = rises(found, limits), falls(found, limits)

    def size(wanted):
        best = None
        for k, c, o, w, b in product(
            range(-found.known, 5 - found.known),
            range(-found.cause_of_concern, 2),
            range(-found.overdue, 2),
            range(-found.weak, 3),
            range(2),
        ):
            n = sum(map(abs, (k, c, o, w, b)))
            after = judge(
                changed(found, (("known", k), ("cause_of_concern", c), ("overdue", o), ("weak", w), ("came_back", b))),
                limits,
            )
            if n and wanted(judge(found, limits).grade, after.grade) and (best is None or n < best):
                best = n
        return best

    assert (rise.size if rise else None) == size(up)
    if judge(found, limits).grade != NOT_STATED:
        assert (fall.size if fall else None) == size(down)


few = st.integers(0, 2)
any_caps = st.fixed_dictionaries(dict.fromkeys(COUNTED, st.sampled_from(GRADES[:3])))


@settings(max_examples=15)
@given(
    st.builds(Findings, few, few, few, few, few, few, few),
    st.builds(Limits, st.sampled_from((0.5, 1.0)), few.map(lambda n: n + 1), few.map(lambda n: n + 1), any_caps),
)
def test_no_smaller_change_moves_a_judgement_under_any_limits(found, limits):
    """Every other finding that could have been, under caps and numbers of every kind."""
    found = changed(found, (("known", min(0, found.systems - found.known)),))
    now, least = judge(found, limits).grade, {}
    for known, *counts in product(range(found.systems + 1), *[range(4)] * len(COUNTED)):
        after = Findings(found.systems, known, *counts)
        size = abs(known - found.known) + sum(
            abs(n - getattr(found, rule)) for n, rule in zip(counts, COUNTED, strict=True)
        )
        if size and (grade := judge(after, limits).grade) != now:
            for way in (up, down):
                if way(now, grade):
                    least[way] = min(size, least.get(way, size))
    rise, fall = rises(found, limits), falls(found, limits)
    assert (rise.size if rise else None) == least.get(up)
    if now != NOT_STATED:
        assert (fall.size if fall else None) == least.get(down)


@given(findings, some_limits)
def test_what_would_move_a_judgement_does_move_it(found, limits):
    now = judge(found, limits)
    for change in (rises(found, limits), falls(found, limits)):
        if change is not None:
            after = judge(changed(found, change.changes), limits)
            assert after.grade == change.to != now.grade
            assert change.words.startswith(("would be ", "would require improvement if "))
    assert now.grade in (*GRADES[:3], NOT_STATED)  # no rule proposes outstanding


@given(findings, some_limits, st.sampled_from(COUNTED))
def test_more_that_is_wrong_never_raises_and_more_that_is_known_never_lowers_what_may_be(found, limits, rule):
    worse = changed(found, ((rule, 1),))
    assert GRADES.index(judge(worse, limits).at_most) <= GRADES.index(judge(found, limits).at_most)
    if found.known < found.systems:
        assert judge(changed(found, (("known", 1),)), limits).at_most == judge(found, limits).at_most


def test_a_cause_of_concern_caps_the_grade_and_unknown_is_said_as_unknown():
    limits = Limits(0.5, 2, 2, CAPS)
    assert judge(Findings(9, 9, cause_of_concern=1), limits).grade == "inadequate"
    told = judge(Findings(9, 4, overdue=1), limits)
    assert (told.grade, told.at_most) == (NOT_STATED, "requires improvement")
    assert [limited.rule for limited in told.limits] == ["overdue", "known"]
    assert judge(Findings(9, 5, weak=1), limits).grade == "good"


# -- two blind assessors ---------------------------------------------------------------------------------------------------


def test_weighted_kappa_equals_the_published_one():
    """SAS/STAT user's guide, PROC FREQ, agreement of two dermatologists: simple kappa 0.3449, weighted kappa 0.5082 (0.3798 to 0.6366)."""
    table = [[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]]
    pairs = [(GRADES[r], GRADES[c]) for r, row in enumerate(table) for c, n in enumerate(row) for _ in range(n)]

    told = agreement(pairs)

    assert (told.pairs, told.same) == (88, 45)
    assert [round(x, 4) for x in (told.kappa, told.low, told.high)] == [0.5082, 0.3798, 0.6366]


def test_too_few_pairs_or_one_grade_throughout_give_no_kappa():
    assert "not enough data" in agreement([("good", "good")] * 9).why_not
    assert agreement([("good", "good")] * 30).kappa is None
    with pytest.raises(ValueError):
        agreement([("good", "adequate")])


@pytest.fixture
def force(db):
    """A force with its own values set, an assurance lead, an analyst and a superintendent."""
    systems.load()
    for name, value in VALUES.items():
        assert name in SETTINGS
        told = {"uid": name, "name": name, "after": value, "reason": "t", "proposed_by": "a", "approved_by": "b"}
        Change.objects.create(**told, proposed_at=AT - timedelta(days=900), approved_at=AT - timedelta(days=900))
    agency = Agency.objects.create(code="force", name="Example Police", kind="police")
    made = {}
    for name, role in (
        ("lead", "assurance"),
        ("first", "assurance"),
        ("second", "analyst"),
        ("chief", "chief-officer"),
    ):
        user = User.objects.create_user(name, agency=agency)
        Posting.objects.filter(user=user).delete()
        Posting.objects.create(user=user, roles=[role], start=date(2020, 1, 1), by="t", at=AT - timedelta(days=2000))
        made[name] = Actor(user, agency, "assurance", on=AT.date(), reason="test")
    return made


JUDGED = {"question": "vulnerability", "cycle": "2016", "as_of": "2026-11-20", "systems": 8, "systems_known": 7, "cause_of_concern": 0,
          "came_back": 0, "overdue": 1, "weak": 0, "uneven": 0}  # fmt: skip


def test_two_judge_blind_and_a_third_decides(force):
    lead, first, second = force["lead"], force["first"], force["second"]
    case = store.open_case("judgement", "open_judgement", JUDGED, actor=lead, at=AT)
    told = store.load(case.ref, lead, AT).proposals["judge_it"].proposal
    assert (told.outcome, told.reason) == ("requires_improvement", "1 area for improvement past the date")
    said = {"said": "one area is late", "next_step": "the superintendent, by January"}
    with pytest.raises(Refused, match="Two people"):
        store.decide(case.ref, "judge_it", "requires_improvement", said, actor=lead, at=AT)

    refs = []
    for who, grade in ((first, "good"), (second, "requires improvement")):
        own = store.open_case(
            "assessment",
            "begin_assessment",
            {"question": "vulnerability", "cycle": "2016"},
            actor=who,
            at=AT,
            parent=case.ref,
        )
        store.do(
            own.ref, "give_grade", {"own_grade": grade, "why": "what I saw"}, actor=who, at=AT + timedelta(hours=1)
        )
        refs.append(own.ref)
        stands = dict(store.load(case.ref, lead, AT + timedelta(hours=2)).kind.derives)
        assert set(stands) == {"assessors"}

    # Blind: neither of the two reads the other's grade, nor does the lead, on the case's page or in lists.
    assert store.load(refs[0], first, AT + timedelta(hours=2)).seen["own_grade"] == "good"
    for who in (second, lead):
        assert not {"own_grade", "why"} & set(store.load(refs[0], who, AT + timedelta(hours=2)).seen)
    assert "own_grade" not in Case.objects.get(ref=refs[0]).facts

    with pytest.raises(Refused, match="has not been one"):
        store.decide(case.ref, "judge_it", "requires_improvement", said, actor=first, at=AT + timedelta(hours=3))
    with pytest.raises(Refused):  # a grade above the proposal needs a reason, the highest a chief officer
        store.decide(case.ref, "judge_it", "outstanding", said, actor=lead, at=AT + timedelta(hours=3), reason="we are")
    done = store.decide(case.ref, "judge_it", "requires_improvement", said, actor=lead, at=AT + timedelta(hours=3))
    assert (done.stage, done.facts["grade"]) == ("judged", "requires_improvement")
    assert "1" in self_assessment.assessors(actor=lead, at=AT).meta[0][1]


def test_nobody_who_could_read_the_other_judges_blind():
    assert "could read" in j.sees_no_other(None, Who("s", ("supervisor",)))
    assert j.sees_no_other(None, ANN) == ""


# -- evidence and reality tests ----------------------------------------------------------------------------------------------

OFFERED = {"question": "vulnerability", "system": "V7", "says": "supports", "claim": "the hub answers the referrer", "source": "visit",
           "reference": "visit of 3 November", "true_from": "2026-11-03", "expires_on": "2027-05-03"}  # fmt: skip


def evidence(**given):
    told = Journal(EVIDENCE, AROUND)
    told.write("act", "offer_evidence", {**OFFERED, **given}, who=ANN, at=AT)
    return told


def test_another_weighs_evidence_and_it_is_known_from_the_day_it_was_written():
    told = evidence()
    with pytest.raises(Refused, match="has not offered it"):
        told.write("decide", "weigh_it", "taken", who=ANN, at=AT)
    told.write("decide", "weigh_it", "taken", who=BEN, at=AT + timedelta(days=1))
    assert told.state.stage == "held"
    assert (told.entries[0].known, told.state.facts["true_from"]) == (
        AT,
        date(2026, 11, 3),
    )  # two dates: known from, true from


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"true_from": "2026-12-01"}, "true only later"),
        ({"expires_on": "2026-11-01"}, "before it runs out"),
        ({"claim": ""}, "this"),
    ],
    ids=["true later", "ran out before it began", "no claim"],
)
def test_evidence_out_of_order_is_refused(given, why):
    with pytest.raises(Refused, match=why):
        evidence(**given)


def test_what_has_run_out_or_names_no_measure_is_not_proposed():
    from peelian.core.kinds import propose

    late = evidence()
    assert (
        propose(late.state, "weigh_it", who=BEN, at=AT + timedelta(days=300), around=AROUND).proposal.outcome
        == "not_taken"
    )
    nameless = evidence(source="live measure", reference="the hub's figures")
    assert propose(nameless.state, "weigh_it", who=BEN, at=AT, around=AROUND).proposal.outcome == "not_taken"


@given(size=st.integers(5, 200), many=st.integers(1, 20), seed=st.text(max_size=20))
def test_a_sample_is_of_the_team_without_repeats_and_the_same_for_one_seed(size, many, seed):
    drawn = draw("B team", size, many, seed)
    assert drawn == draw("B team", size, many, seed) == sorted(set(drawn))
    assert len(drawn) == min(size, many)
    assert set(drawn) <= set(range(1, size + 1))


def test_each_place_is_drawn_as_often_as_any_other():
    """2,000 samples of 5 of 20: each place is drawn 500 times but for chance (six standard deviations are 116)."""
    drawn = [place for n in range(2000) for place in draw("B team", 20, 5, str(n))]
    assert all(abs(drawn.count(place) - 500) < 116 for place in range(1, 21))


def test_only_those_drawn_are_asked_once_and_all_of_them():
    told = Journal(REALITY, AROUND)
    given = {"question": "investigation", "system": "I3", "team": "B team", "area": "North", "team_size": 12,
             "first": "Which route takes a phone?", "second": "Where is it?", "third": "How long is the wait?"}  # fmt: skip
    told.write("act", "draw_sample", given, who=ANN, at=AT)
    drawn = [int(p) for p in told.state.facts["places"].split(", ")]
    assert len(drawn) == 3
    other = next(p for p in count(1) if p not in drawn)
    answers = {"asked_at": AT.isoformat(), "first_known": "knew", "second_known": "knew", "third_known": "did not know"}

    def ask(place, item):
        told.write("act", "ask_one", {"place": place, **answers}, who=ANN, at=AT + timedelta(hours=1), item=item)

    with pytest.raises(Refused, match="who were drawn"):
        ask(other, "a")
    ask(drawn[0], "a")
    with pytest.raises(Refused, match="each once"):
        ask(drawn[0], "b")
    with pytest.raises(Refused, match="All who were drawn"):
        told.write("act", "end_test", {"learnt": "the wait is not known"}, who=ANN, at=AT + timedelta(hours=2))
    for n, place in enumerate(drawn[1:]):
        ask(place, f"c{n}")
    told.write("act", "end_test", {"learnt": "the wait is not known"}, who=ANN, at=AT + timedelta(hours=2))
    assert told.state.stage == "done"
    with pytest.raises(Refused, match="five people"):
        Journal(REALITY, AROUND).write("act", "draw_sample", {**given, "team_size": 4}, who=ANN, at=AT)


# -- the five questions answered ---------------------------------------------------------------------------------------------


def rows(kind, name, area, hits, of, month=202611):
    """Cases of a kind whose measure was met in `hits` of `of`."""
    own = class_of(kind_of(kind))
    cases = Case.objects.bulk_create([
        Case(kind=kind, stage="open", opened_at=AT, opened_by="x", owner="x", due_order=AT, seq=1, area=area, record_class=own) for _ in range(of)
    ])  # fmt: skip
    Measured.objects.bulk_create(
        Measured(
            case=case,
            measure=f"{kind}.{name}",
            area=area,
            at=AT - timedelta(days=2),
            month=month,
            hit=n < hits,
            record_class=own,
        )
        for n, case in enumerate(cases)
    )
    sums.mend()
    return cases


@pytest.fixture
def county(force):
    """Five systems of question 3 have figures; two of them are late, one is uneven too; a cause of concern stands in question 2."""
    rows("hub_referral", "screening_in_time", "North", 30, 60)
    rows("missing_person", "supervisor_review_due_in_time", "North", 55, 60)
    rows("missing_person", "supervisor_review_due_in_time", "South", 15, 60)
    rows("marac", "heard_due_in_time", "North", 60, 60)
    rows("domestic_abuse", "risk_graded_in_time", "North", 30, 30)
    rows("consistency", "answered_in_time", "North", 21, 21)
    raised = {"type": "cause of concern", "question": "investigation", "words": "Serious cases wait for an investigator",
              "report": "made up", "cycle": "2016", "raised_on": "2026-01-10", "systems": "I2"}  # fmt: skip
    force["cause"] = store.open_case("improvement", "raise_it", raised, actor=force["lead"], at=AT).ref
    return force


def answers(actor, **more):
    return {a.key: a for a in assess(actor=actor, at=AT, **more).answers}


def test_the_five_questions_are_answered_and_traced_to_cases(county):
    told = answers(county["lead"])

    assert list(told) == ["prevention", "investigation", "vulnerability", "organised_crime", "specialist"]
    assert told["investigation"].grade == "inadequate"  # the cause of concern caps it, however little else is known
    assert told["prevention"].grade == NOT_STATED
    assert told["specialist"].grade == "ungraded"
    third = told["vulnerability"]
    assert (third.findings.weak, third.findings.uneven) == (2, 1)
    assert third.grade == "requires improvement"
    assert third.rises.words == "would be good if 1 weak system were mended"
    for ground in third.grounds:
        assert ground.link.startswith(("/measures/", "/cases/"))
        if ground.effect in ("weak", "uneven"):
            assert ground.cases
            assert Case.objects.filter(ref__in=ground.cases, kind=ground.name.split(".")[0]).count() == len(
                ground.cases
            )
    cause = next(g for g in told["investigation"].grounds if g.effect == "cause_of_concern")
    assert (cause.cases, cause.link) == ((county["cause"],), f"/cases/{county['cause']}/")


def test_a_system_switched_off_is_said_to_be_not_known(county):
    before, after = answers(county["lead"])["vulnerability"], answers(county["lead"], without=["v7"])["vulnerability"]

    assert after.findings.known == before.findings.known - 1
    assert not [g for g in after.grounds if g.system == "V7"]
    assert any(words.startswith("V7 ") and "switched off" in words for words in after.not_known)
    assert after.findings.weak == before.findings.weak - 1
    gone = answers(county["lead"], without=["V3", "V4", "V6", "V7", "V8"])["vulnerability"]
    assert gone.grade == NOT_STATED


def test_evidence_counts_while_it_is_in_date_and_not_after(county):
    offered = {**OFFERED, "question": "prevention", "system": "P4", "says": "against"}
    ref = store.open_case("evidence", "offer_evidence", offered, actor=county["first"], at=AT).ref
    assert answers(county["lead"])["prevention"].findings.weak == 0
    store.decide(ref, "weigh_it", "taken", actor=county["lead"], at=AT)

    held = answers(county["lead"])["prevention"]

    assert (held.findings.weak, [g.cases for g in held.grounds if g.what == "evidence"]) == (1, [(ref,)])
    later = {a.key: a for a in assess(actor=county["lead"], at=datetime(2027, 5, 3, 9, tzinfo=UTC)).answers}[
        "prevention"
    ]
    assert later.findings.weak == 0


def test_the_self_assessment_is_read_back_as_it_was_published(county):
    """The text has the report's own form: the reader of reports finds the same questions, grades and areas."""
    told = assess(actor=county["lead"], at=AT)

    back = read_report(self_assessment.text(told))

    assert (back.kind, back.force, back.cycle) == ("self-assessment", told.force, told.cycle)
    wanted = [None if a.grade in (NOT_STATED, "ungraded") else a.grade for a in told.answers]
    assert [q.judged.grade for q in back.questions] == wanted
    assert [q.key for q in back.questions] == [a.key for a in told.answers]
    assert [[afi.text.rstrip(".") for afi in q.afis] for q in back.questions] == [a.areas for a in told.answers]


def test_the_self_assessment_is_titled_as_one_in_every_form(county):
    told = assess(actor=county["lead"], at=AT)
    made = self_assessment.document(told)
    assert "Self-assessment, not an inspection grade" in list(made.texts())
    assert "Self-assessment, not an inspection grade" in self_assessment.text(told)
    assert {a.question for a in told.answers} <= {s.title for s in made.sections}


def test_without_its_own_values_a_force_is_told_who_sets_them(county):
    Change.objects.filter(name="assurance.known_share").delete()
    told = answers(county["lead"])["vulnerability"]
    assert told.grade == NOT_STATED
    assert "assurance.known_share" in told.judgement.limits[0].reason


def test_the_questions_are_laid_before_people_to_judge(county):
    found = {one.key: one for one in self_assessment.to_judge(actor=county["lead"], at=AT)}
    one = found["vulnerability-2026-11"]
    case = store.open_case("judgement", "open_judgement", one.given, actor=county["lead"], at=AT)
    assert store.load(case.ref, county["lead"], AT).proposals["judge_it"].proposal.outcome == "requires_improvement"
