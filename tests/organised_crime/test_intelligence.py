"""O4: grades as the published table has them, a text that never gives its source away, and what partners tell."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.core.errors import InvalidInput
from peelian.core.kinds import Refused, Who
from peelian.organised_crime.intelligence import PARTNER_REPORT, REPORT
from peelian.organised_crime.intelligence_rules import Grade, corroboration, from_older

from ..vulnerability.running import Running, around, local

OURS = {f"intelligence__{name}": value for name, value in {
    "accept_within": "4 hours", "grade_within": "48 hours", "grade_within_high": "2 hours", "sanitise_within": "24 hours",
    "read_within": "72 hours", "review_within": "12 months after", "receipt_within": "24 hours", "feedback_within": "14 days after",
}.items()}  # fmt: skip
AT = local("2026-03-02 10:00")
ON = date(2026, 3, 2)
PC, DESK = (
    Who("pc", roles=("investigator",), agency="force"),
    Who("desk", roles=("intelligence-officer",), agency="force"),
)
TOLD = {"submitted_at": AT, "information_on": ON, "area": "east", "topic": "drugs", "urgency": "low", "provenance": "human source",
        "raw": "SR-48213 says his brother sells from the flat", "source_ref": "SR-48213"}  # fmt: skip


def report(**facts):
    case = Running(REPORT, around(**OURS), PC)
    case.do("submit", AT, **(TOLD | facts))
    case.who = DESK
    return case


def graded(grade="2BP", conditions=None, **facts):
    case = report(**facts)
    source, assessment, handling = grade
    more = {"conditions": conditions} if conditions else {}
    case.do("grade", AT + timedelta(hours=1), source_grade=source, assessment=assessment, handling=handling, **more)
    return case


# standards/tables/intelligence_3x5x2.csv, typed by hand.
CODES = """
1AP     source reliable; known directly to source; lawful sharing permitted
2BP     source untested; known indirectly but corroborated; lawful sharing permitted
3CP     source not reliable; known indirectly; lawful sharing permitted
1DP     source reliable; not known; lawful sharing permitted
2EP     source untested; suspected to be false; lawful sharing permitted
1AC A1  source reliable; known directly to source; lawful sharing permitted with conditions; covert development
1AC A2  source reliable; known directly to source; lawful sharing permitted with conditions; covert use
1AC A3  source reliable; known directly to source; lawful sharing permitted with conditions; overt use
1AC S1  source reliable; known directly to source; lawful sharing permitted with conditions; delegated authority to sanitise
1AC S2  source reliable; known directly to source; lawful sharing permitted with conditions; consult originator
"""


@pytest.mark.parametrize("row", CODES.strip().splitlines())
def test_every_code_says_what_the_published_table_says(row):
    text, conditions, words = row[:3], row[4:6].strip(), row[8:]
    assert Grade.read(text, conditions).words(ON) == words


@pytest.mark.parametrize(
    ("text", "conditions", "id"), [("4BP", "", "E740"), ("2BC", "", "E741"), ("2BP", "A1", "E741")]
)
def test_what_is_no_grade_is_refused(text, conditions, id):
    with pytest.raises(InvalidInput) as raised:
        Grade.read(text, conditions)
    assert raised.value.id == f"peelian.{id}"


# intelligence-and-nim.md, section 1: source A->1, B->2 (or 1), C->2, D->3, E->2; intelligence 1->A, 2->B (or A), 3->C, 4->D, 5->E.
@pytest.mark.parametrize(("older", "newer"), [("A1", "1A"), ("B24", "2B"), ("C3", "2C"), ("D4", "3D"), ("E5", "2E")])
def test_older_grades_are_read(older, newer):
    assert "".join(from_older(older, ON)) == newer


@given(st.lists(st.sampled_from(["", "SR-1", "SR-2", "SR-3"])))
def test_two_reports_of_one_source_corroborate_nothing(sources):
    assert corroboration(sources + sources) == corroboration(sources) <= 3


@pytest.mark.parametrize("text", ["SR-48213 sells", "SR-48213 says his Brother  sells from the flat"])
def test_the_sanitised_text_does_not_give_the_source_away(text):
    with pytest.raises(Refused, match="holds no reference of the source"):
        graded().do("sanitise", AT + timedelta(hours=2), sanitised=text)


def test_whoever_submitted_it_does_not_sanitise_it():
    case = graded()
    both = Who("pc", roles=("intelligence-officer",), agency="force")
    with pytest.raises(Refused, match="did not submit it"):
        case.do("sanitise", AT + timedelta(hours=2), who=both, sanitised="Drugs are said to be sold from a flat.")


def test_what_is_suspected_to_be_false_goes_to_nobody_and_is_proposed_for_deletion():
    case = graded("3EP")
    with pytest.raises(Refused, match="goes to nobody"):
        case.do("sanitise", AT + timedelta(hours=2), sanitised="Drugs are said to be sold from a flat.")
    assert case.propose("review", AT + timedelta(days=1)).proposal.outcome == "delete"


def test_a_condition_to_ask_the_originator_holds_it_back():
    case = graded("1AC", "S2")
    case.do("sanitise", AT + timedelta(hours=2), sanitised="Drugs are said to be sold from a flat.")
    sent = {"unit": "east", "needs_it": "patrol", "sent_at": AT + timedelta(hours=3)}
    with pytest.raises(Refused, match="the originator agrees"):
        case.do("send", AT + timedelta(hours=3), **sent)
    case.do("ask_originator", AT + timedelta(hours=4), originator_agreed=True)
    case.do("send", AT + timedelta(hours=4), **sent)


def test_whom_it_went_to_is_of_the_class_of_its_source():
    assert {a.private for a in REPORT.item_about("sendings").values()} == {"source"}
    assert {n for n, a in REPORT.about.items() if a.private == "source"} == {"provenance", "source_ref", "raw"}
    assert "source" not in PARTNER_REPORT.shared["partner"] and "restricted" not in PARTNER_REPORT.shared["partner"]
    assert PARTNER_REPORT.about["report"].private == "restricted"


def test_an_urgent_report_is_graded_sooner():
    assert report(urgency="high").run("graded_in_time", AT).due == AT + timedelta(hours=2)
    assert report().run("graded_in_time", AT).due == AT + timedelta(hours=48)


def test_the_partner_is_told_what_it_was_worth():
    case = Running(PARTNER_REPORT, around(**OURS), Who("them", agency="council", partner=True))
    case.do(
        "tell_police",
        AT,
        told_at=AT,
        area="east",
        about="exploitation",
        what="Two pupils have new phones.",
        onward="police alone",
    )
    case.do("receive", AT + timedelta(hours=2), who=DESK)
    assert case.run("feedback_in_time", AT + timedelta(days=16)).state == "overdue"
    case.do("tell_worth", AT + timedelta(days=3), who=DESK, feedback="it was new", changed="A plan was changed.")
    assert case.state().closed


# APP's codes are written with or without blanks between them: the clerk's "A1; S2" is what the table calls A1 and S2.
@pytest.mark.parametrize(
    ("grade", "conditions", "told"),
    [
        ("2BP", None, "yes"), ("3EP", None, "no: suspected to be false"), ("1AC", "A1", "no: a condition"), ("1AC", "A2", "no: a condition"),
        ("1AC", "A3", "yes"), ("1AC", "S1", "yes"), ("1AC", "S2", "no: a condition"), ("1AC", "A3; S1", "yes"), ("1AC", "A3; S2", "no: a condition"),
    ],
)  # fmt: skip
def test_which_grades_let_patrols_be_told(grade, conditions, told):
    case = graded(grade, conditions).case(AT + timedelta(hours=2))

    assert case.may_patrols_be_told.startswith(told)


def test_a_public_report_may_stand_as_it_was_said_and_a_human_sources_may_not():
    words = "Drugs are sold from a flat in Quay Street."
    graded(provenance="public", raw=words, source_ref=None).do("sanitise", AT + timedelta(hours=2), sanitised=words)
    with pytest.raises(Refused, match="not word for word"):
        graded(raw=words).do("sanitise", AT + timedelta(hours=2), sanitised=words)


def test_a_name_is_no_reference_of_a_source():
    with pytest.raises(Refused, match="never as a name"):
        report(source_ref="Jo Bloggs")
    report(source_ref=None)


def test_each_step_of_a_report_has_its_clock():
    case, hour = graded(), timedelta(hours=1)
    assert case.run("sanitised_in_time", AT + hour).due == AT + 25 * hour
    case.do("sanitise", AT + 2 * hour, sanitised="Drugs are said to be sold from a flat.")
    sent = case.do("send", AT + 3 * hour, unit="east", needs_it="patrol", sent_at=AT + 3 * hour)
    assert case.run("read_in_time", AT + 3 * hour).due == AT + 75 * hour
    case.do("note_read", AT + 4 * hour, item=sent, read_at=AT + 4 * hour)
    assert [case.run(name, AT + 100 * hour).state for name in ("sanitised_in_time", "read_in_time")] == ["met"] * 2
    assert case.run("next_review", AT + 100 * hour).due == local("2027-03-03 00:00")
