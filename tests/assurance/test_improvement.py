"""A2: areas for improvement have a life, an owner and evidence; old ones that come back are found, and nothing that is merely alike."""

import csv
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.core.made_kind import Journal

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import Agency, Posting, User
from peelian.assurance.evidence import EVIDENCE
from peelian.assurance.frameworks import cycles
from peelian.assurance.improvement import IMPROVEMENT, STATES
from peelian.assurance.improvement_finds import again, not_raised
from peelian.assurance.improvement_register import register
from peelian.assurance.recurrence import Finding, came_back, history, likeness, nine
from peelian.assurance.reports import REPORT
from peelian.casework import store
from peelian.casework.kinds import KINDS
from peelian.core.kinds import Around, Refused, State, Who, fold, propose
from peelian.core.kinds.measures import measures_of
from peelian.core.kinds.words import many
from peelian.demo_cases.assurance import PLANS

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAY = timedelta(days=1)
VALUES = {"improvement.accept_within": "24 hours", "improvement.plan_within": "28 days after", "improvement.review_every": "3 months after",
          "assurance.accept_within": "24 hours", "assurance.weigh_within": "14 days after", "assurance.renew_within": "6 months after"}  # fmt: skip
LOCALS = {name: [(AT - 900 * DAY, value)] for name, value in VALUES.items()}
LEAD, OWNER, CHIEF = Who("lead", ("assurance",)), Who("owner", ("superintendent",)), Who("chief", ("chief-officer",))
RAISED = {"type": "area for improvement", "question": "vulnerability", "words": "An effective county hub", "report": "PEEL 2016", "cycle": "2016",
          "raised_on": "2017-03-02", "systems": "V7"}  # fmt: skip


def proof(state="held", **given):
    """The state of a piece of evidence."""
    told = Journal(EVIDENCE, Around(LOCALS))
    offered = {"question": "vulnerability", "system": "V7", "says": "supports", "claim": "it works", "source": "visit", "reference": "visit",
               "true_from": "2026-11-01", "expires_on": "2027-05-01", **given}  # fmt: skip
    told.write("act", "offer_evidence", offered, who=OWNER, at=AT)
    if state == "held":
        told.write("decide", "weigh_it", "taken", who=LEAD, at=AT)
    return told.state


def area(held: dict[str, State]):
    told = Journal(IMPROVEMENT, Around(LOCALS, case=held.get))
    told.write("act", "raise_it", RAISED, who=LEAD, at=AT, to="owner")
    told.write(
        "act", "plan_it", {"plan": "agreement with all partners", "due_on": "2027-02-01"}, who=OWNER, at=AT + DAY
    )
    return told


def test_the_states_are_those_of_the_public_register():
    """peel_recommendation_states.csv: awaiting-review, then being-progressed or complete; being-progressed, then complete."""
    oracle = {"awaiting_review": {"being_progressed", "complete"}, "being_progressed": {"complete"}, "complete": set()}
    for state, after in oracle.items():
        found = STATES.look(on=date(2026, 11, 23), state=state)
        assert set(filter(None, str(found["then"]).split(", "))) == after
        assert found.evidence == "stored"
    assert set(IMPROVEMENT.stages) == set(oracle)
    for act in IMPROVEMENT.doings:
        for before in many(act.during):
            for to in (act.to, *(o.to for o in getattr(act, "outcomes", ()))):
                assert not to or before == "new" or to == before or to in oracle[before]


def test_it_is_complete_on_a_statement_with_evidence_in_date_and_by_a_chief_officer():
    told = area(
        {
            "good": proof(),
            "old": proof(expires_on="2026-11-30"),
            "offered": proof("offered"),
            "against": proof(says="against"),
        }
    )
    later = AT + 30 * DAY
    for n, ref in enumerate(("old", "offered", "against", "unknown")):
        told.write("act", "prove", {"evidence": ref, "shows": "x"}, who=OWNER, at=later, item=f"p{n}")
    said = propose(told.state, "review_it", who=CHIEF, at=later, around=told.around).proposal
    assert (said.outcome, said.reason) == (
        "go_on",
        "nobody has stated that it is complete; no evidence in date speaks for it",
    )
    with pytest.raises(Refused, match="still in date"):
        told.write("decide", "review_it", "complete", who=CHIEF, at=later, reason="it is done")

    told.write("act", "prove", {"evidence": "good", "shows": "every referrer is told"}, who=OWNER, at=later, item="p9")
    told.write("act", "state_complete", {"stated": "the inspectorate, letter of 3 December"}, who=OWNER, at=later)

    assert propose(told.state, "review_it", who=CHIEF, at=later, around=told.around).proposal.outcome == "complete"
    with pytest.raises(Refused, match="does not own it"):
        told.write("decide", "review_it", "complete", who=OWNER, at=later)
    with pytest.raises(Refused, match="chief"):
        told.write("decide", "review_it", "complete", who=Who("other", ("superintendent",)), at=later)
    assert told.write("decide", "review_it", "complete", who=CHIEF, at=later).stage == "complete"


def test_its_own_date_is_a_clock_that_runs_out():
    told = area({})
    (run,) = told.runs("done_by_its_date", at=AT + 100 * DAY)
    assert (run.state, run.due.date()) == ("overdue", date(2027, 2, 2))  # the first instant that is too late
    assert [r.state for r in told.runs("progress_seen", at=AT + 100 * DAY)] == ["overdue"]


# -- what has come back ------------------------------------------------------------------------------------------------------


def test_the_essex_history_is_found_as_repeated():
    """peel-report-format.md, section 8: raised 2016, repeated 2017, followed up 2018/19."""
    found = came_back(history(), list(cycles()))

    own = [m for m in found if m.how != "common"]
    assert {(m.earlier.cycle, m.later.cycle, m.how, m.later.question) for m in own} == {
        ("2016", "2017", "repeated", "prevention"),
        ("2016", "2017", "repeated", "investigation"),  # visits to registered sex offenders
        ("2017", "2018/19", "followed up", "prevention"),
    }
    # Across questions a match is said to be common, never the same.
    assert [(m.earlier.question, m.later.question) for m in found if m.how == "common"] == [
        ("vulnerability", "investigation")
    ]


def test_the_same_comes_out_of_the_table_of_findings_in_other_words(shared):
    key = {"Q1": "prevention", "Q2": "investigation", "Q3": "vulnerability", "Q4": "organised_crime"}
    with (shared / "standards/tables/essex_findings_by_year.csv").open(encoding="utf-8") as file:
        rows = [
            Finding(
                "Essex",
                r["year"],
                key[r["question"]],
                "area for improvement" if r["type"] == "AFI" else r["type"],
                r["finding_paraphrase"],
            )
            for r in csv.DictReader(file)
        ]

    found = [(m.earlier.cycle, m.later.cycle, m.how) for m in came_back(rows, list(cycles())) if m.how != "common"]

    assert ("2016", "2017", "repeated") in found
    assert ("2016", "2018/19", "followed up") in found
    assert len(found) == 3  # and nothing else of the nineteen is taken for another


def test_no_area_of_the_nine_is_taken_for_another_of_them():
    words = [one["words"] for one in nine()]
    assert not [(a, b) for n, a in enumerate(words) for b in words[n + 1 :] if likeness(a, b) >= 30]


def test_one_word_in_common_is_no_likeness():
    assert likeness("Share results.", "Share vehicles.") == 0
    assert likeness("Share results of trials.", "Share results of audits.") > 60


def test_another_forces_like_area_is_common_and_not_the_same():
    one = Finding(
        "Essex", "2016", "prevention", "area for improvement", "Evaluate and share effective practice with partners."
    )
    other = Finding(
        "Suffolk",
        "2018/19",
        "prevention",
        "area for improvement",
        "Share and evaluate practice that is effective with partner organisations.",
    )
    assert [m.how for m in came_back([one, other], list(cycles()))] == ["common"]


# -- what is laid before people ----------------------------------------------------------------------------------------------


@pytest.fixture
def lead(db):
    systems.load()
    agency = Agency.objects.create(code="force", name="Example Police", kind="police")
    user = User.objects.create_user("lead", agency=agency)
    Posting.objects.filter(user=user).delete()
    Posting.objects.create(user=user, roles=["assurance"], start=date(2020, 1, 1), by="t", at=AT - 2000 * DAY)
    return Actor(user, agency, "assurance", on=AT.date(), reason="test")


def test_the_nine_are_raised_once_and_what_came_back_is_tied_to_what_it_was(lead):
    found = not_raised(actor=lead, at=AT)
    assert len(found) == 9
    refs = {}
    for one in found:
        refs[one.given["place"]] = store.open_case(
            "improvement", "raise_it", one.given, actor=lead, at=AT, origin=f"found:of-the-report:{one.key}"
        ).ref
    assert not_raised(actor=lead, at=AT) == []

    back = {one.key: one for one in again(actor=lead, at=AT)}
    assert set(back) == {"2016-2017-prevention", "2016-2017-investigation", "2017-2018-19-prevention"}
    assert back["2016-2017-prevention"].given["earlier"] == refs["1.1"]
    store.open_case("improvement", "raise_it", back["2016-2017-prevention"].given, actor=lead, at=AT)
    assert "2016-2017-prevention" not in {one.key for one in again(actor=lead, at=AT)}

    told = list(register(actor=lead, at=AT).texts())
    assert any("Evaluate what works" in text for text in told)
    assert "repeated" in told


def test_a_report_read_in_gives_its_areas_and_a_damaged_one_is_refused_in_the_form(lead, shared):
    page = (shared / "data/peel-reports/made/made-2015-form.txt").read_text("utf-8")
    given = {
        "published_on": "2016-02-18",
        "source": "made for a test",
        "text": page.replace("\n", "\r\n"),
    }  # as a browser sends it
    with pytest.raises(Refused, match="the question is missing"):
        store.open_case(
            "inspection_report",
            "read_in",
            {**given, "text": page.replace("How effective is the force at investigating", "On")},
            actor=lead,
            at=AT,
        )

    case = store.open_case("inspection_report", "read_in", given, actor=lead, at=AT)
    assert (
        case.facts["reading"]
        == "Northmere, PEEL 2015: requires improvement, good, inadequate, none stated; areas for improvement 2, 0, 1, 0"
    )
    assert len(not_raised(actor=lead, at=AT)) == 9
    store.do(case.ref, "file_it", {"checked": "as printed"}, actor=lead, at=AT)

    new = [one for one in not_raised(actor=lead, at=AT) if one.key.startswith("northmere")]
    assert [one.given["place"] for one in new] == ["1.1", "1.2", "3.1"]
    assert fold(REPORT, []).stage == "new"
    sheet = systems.system_of("A3").sheets[0].build(actor=lead, at=AT, case=store.load(case.ref, lead, AT))
    assert "Requires improvement, from: sentence." in " ".join(sheet.texts())


def test_the_demos_plans_name_measures_that_there_are():
    systems.load()
    for told in PLANS.values():
        if told and told[3]:
            kind, _, name = told[3].partition(".")
            assert name in measures_of(KINDS[kind]), told[3]
