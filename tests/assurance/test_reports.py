"""A3: the seed report and the made ones are read as expected; what is cut, mixed up or foreign is refused in words."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from peelian.assurance import reports
from peelian.assurance.frameworks import comparable, cycle, cycle_on, scale_of
from peelian.assurance.report_grades import stated
from peelian.assurance.reports import read_report
from peelian.core.errors import PeelianError

MADE = """Madeup PEEL 2016
Effectiveness
How effective is the force at keeping people safe and reducing crime?
How effective is the force at preventing crime, tackling anti-social behaviour and keeping people safe?
Madeup Police is good at preventing crime and keeping people safe. It is good at reading maps.
The force has good plans.
Areas for improvement
- The force should count what it does. It should say so.
How effective is the force at investigating crime and reducing re-offending?
Madeup Police requires improvement at investigating crime.
Areas for improvement
- The force should look again.
The force should ask others.
How effective is the force at protecting those who are vulnerable from harm, and supporting victims?
Madeup Police has made significant improvements in how it meets people.
How effective is the force at tackling serious and organised crime?
Madeup Police is outstanding at tackling serious and organised crime.
How effective are the force’s specialist capabilities?
Madeup Police is well prepared, with good plans.
"""
LINES = MADE.splitlines()


def grades(report):
    return [q.judged.grade for q in report.questions]


# -- what a report says ----------------------------------------------------------------------------------------------------


def test_the_seed_report_is_read_into_five_questions_and_nine_areas(shared):
    report = reports.read_file(shared / "data/peel-reports/essex-2016-effectiveness.txt")

    assert (report.force, report.cycle, report.judged.grade, report.warnings) == ("Essex", "2016", None, [])
    assert [len(q.afis) for q in report.questions] == [1, 2, 4, 2, 0]
    assert grades(report) == ["good", "good", None, "good", None]
    assert [q.judged.source for q in report.questions] == [
        "sentence",
        "sentence",
        "none stated",
        "sentence",
        "ungraded question",
    ]
    # peel-report-format.md, section 9: lines, the one without bullet, second sentences.
    assert [q.line for q in report.questions] == [4, 10, 18, 29, 37]
    assert [(place, afi.line) for place, afi in report.afis if not afi.bullet] == [("4.2", 36)]
    assert [afi.line for _, afi in report.afis] == [9, 16, 17, 25, 26, 27, 28, 35, 36]
    assert {place: len(afi.actions) for place, afi in report.afis if afi.actions} == {"2.2": 1, "3.1": 1}
    # Grades for a part are kept as such, and are the question's nowhere.
    assert [(q.n, p.grade, p.of.split()[0]) for q in report.questions for p in q.parts] == [
        (1, "good", "analysing"),
        (2, "good", "providing"),
    ]


def test_the_nine_areas_held_are_those_of_the_report(shared):
    report = reports.read_file(shared / "data/peel-reports/essex-2016-effectiveness.txt")
    held = tomllib.loads(Path(reports.__file__).with_name("essex_2016.toml").read_text("utf-8"))["afi"]

    key = {str(q.n): q.key for q in report.questions}
    assert [(a["place"], a["line"], a.get("bullet", True), a["question"]) for a in held] == [
        (place, afi.line, afi.bullet, key[place[0]]) for place, afi in report.afis
    ]
    for one in held:  # the summary of each is nearer to its own text than to any other
        near = max(report.afis, key=lambda a: fuzz.token_set_ratio(one["words"].lower(), a[1].text.lower()))
        assert near[0] == one["place"]


@pytest.mark.parametrize("name", ["made-2015-form", "made-2017-form", "made-2018-full-form"])
def test_the_made_reports_give_what_is_expected_of_them(shared, name):
    folder = shared / "data/peel-reports/made"
    wanted = json.loads((folder / "expected.json").read_text("utf-8"))[f"{name}.txt"]
    report = reports.read_file(folder / f"{name}.txt")

    assert (report.force, report.cycle, report.pillar, report.judged.grade) == (
        wanted["force"], wanted["year"], wanted["pillar"], wanted["pillar_judgement"],
    )  # fmt: skip
    assert report.updated == (date.fromisoformat(wanted["updated"]) if "updated" in wanted else None)
    for question, said in zip(report.questions, wanted["questions"], strict=True):
        told = {
            "n": question.n, "judgement": question.judged.grade, "source": question.judged.source, "afis": len(question.afis),
            "carried_over_from": question.carried_over_from, "earlier_afis_mentioned": len(question.earlier_afis),
            "earlier_judgements": [{"year": y, "judgement": g} for y, g in question.earlier],
            "afis_without_bullet": sum(not a.bullet for a in question.afis), "sub_points": [len(a.sub_points) for a in question.afis],
        }  # fmt: skip
        assert {key: told[key] for key in said} == said
        assert not told["earlier_judgements"] or "earlier_judgements" in said


GRADE_SENTENCES = """
Essex Police is good at preventing crime.|good
Essex Police requires improvement in preventing crime.|requires improvement
The force's approach to protecting people requires improvement.|requires improvement
The force’s effectiveness at tackling serious and organised crime is inadequate.|inadequate
Kent Police has been assessed as good in respect of its efficiency.|good
Kent Police has been assessed as requires improvement in respect of its efficiency.|requires improvement
Kent Police is judged to require improvement at investigating crime.|requires improvement
Kent Police is judged to be outstanding in how it investigates.|outstanding
Durham Constabulary remains good at investigating crime.|good
We found that Durham Constabulary is good at investigating crime.|good
The extent to which the force is effective at keeping people safe is: good.|good
The extent to which the force is effective at keeping people safe requires improvement.|requires improvement
The force has a good understanding of threat.|none
The force is developing a good understanding of digital evidence.|none
The force has good plans to mobilise.|none
There are good examples of working together.|none
The force is effective at investigating crime.|none
The force needs to improve how it investigates.|none
The force is poor at investigating crime.|none
"""


@pytest.mark.parametrize("row", GRADE_SENTENCES.strip().splitlines(), ids=lambda row: row.split("|")[0][:40])
def test_sentences_state_a_grade_or_none(row):
    """peel-report-format.md, section 5: wordings seen, and false grades."""
    said, wanted = row.split("|")
    assert (stated(said) or ("none",))[0] == wanted


def test_a_grade_for_a_part_is_not_the_questions():
    part = "Madeup Police is good at providing an initial investigative response."
    report = read_report(MADE.replace("Madeup Police requires improvement at investigating crime.", part))
    assert grades(report) == ["good", None, None, "outstanding", None]
    assert [p.grade for p in report.questions[1].parts] == ["good"]


def test_no_line_is_drawn_across_a_change_of_scale():
    assert cycle("2018").id == "2018/19"
    assert cycle_on(date(2026, 11, 23)).id == "2025-27"
    assert (len(scale_of("2016").grades), len(scale_of("2021/22").grades)) == (4, 5)
    assert comparable("2014", "2018/19")
    assert not comparable("2018/19", "2021/22")
    assert not comparable("2021/22", "2023-25")


# -- what is refused -------------------------------------------------------------------------------------------------------

REFUSED = """
E770|empty|
E770|no report|Minutes of a meeting.\\nAll were there.
E770|fire|Madeup Fire and Rescue Service 2018/19\\nEffectiveness\\nHow effective is the service?\\nIt is good.
E770|single report|Overall summary\\nWe graded nine areas.
E770|other pillar|Madeup PEEL 2016\\nLegitimacy\\nHow legitimate is the force?
E770|hub|Madeup 2016\\nThis is the third PEEL assessment.
E770|2014|Madeup PEEL 2014\\nEffectiveness\\nHow well does the force tackle crime?
E770|no text|Madeup PEEL 2016\\0\\nEffectiveness
E772|unknown year|Madeup PEEL 2031\\nEffectiveness\\nHow effective is the force?
"""


@pytest.mark.parametrize("row", REFUSED.strip().splitlines(), ids=lambda row: row.split("|")[1])
def test_a_foreign_page_is_refused_in_words(row):
    id, _, text = row.split("|")
    with pytest.raises(PeelianError) as refused:
        read_report(text.encode().decode("unicode_escape"))
    assert refused.value.id == f"peelian.{id}"
    assert refused.value.summary


DAMAGED = [
    ("without its pillar", lambda t: t.replace("Effectiveness\n", "", 1), "E771"),
    ("without its headline", lambda t: t.replace(LINES[2] + "\n", ""), "E771"),
    ("a question lost", lambda t: t.replace(LINES[8] + "\n", ""), "E771"),
    ("a question twice", lambda t: t + LINES[3] + "\nAgain.\n", "E771"),
    ("in another order", lambda t: "\n".join(LINES[:3] + LINES[8:13] + LINES[3:8] + LINES[13:]), "E771"),
    ("cut after a heading", lambda t: "\n".join(LINES[:18]), "E771"),
    ("cut within a sentence", lambda t: t[:-8], "E771"),
    ("heading of areas lost", lambda t: t.replace("Areas for improvement\n", "", 1), "E771"),
    ("areas lost", lambda t: t.replace(LINES[7] + "\n", ""), "E771"),
    ("two reports in one", lambda t: t + t, "E770"),
    ("a grade the scale has not", lambda t: t.replace("outstanding at", "adequate at"), "E773"),
    ("line and sentence disagree", lambda t: t.replace(LINES[9], "Good\n" + LINES[9]), "E773"),
]


@pytest.mark.parametrize(("what", "change", "id"), DAMAGED, ids=[row[0] for row in DAMAGED])
def test_a_page_that_is_not_whole_is_refused_in_words(what, change, id):
    with pytest.raises(PeelianError) as refused:
        read_report(change(MADE))
    assert refused.value.id == f"peelian.{id}"


@settings(max_examples=60)
@given(gone=st.sets(st.integers(0, len(LINES) - 1), min_size=1, max_size=4))
def test_losing_lines_never_changes_a_grade_or_moves_an_area(gone):
    """Read, what is left says nothing else than before of any question; or it is refused."""
    before = {q.key: q for q in read_report(MADE).questions}
    try:
        after = read_report("\n".join(line for n, line in enumerate(LINES) if n not in gone))
    except PeelianError as error:
        assert error.id in ("peelian.E770", "peelian.E771", "peelian.E772", "peelian.E773")
        return
    for question in after.questions:
        own = before[question.key]
        assert question.judged.grade in (own.judged.grade, None)
        assert {a.text for a in question.afis} <= {a.text for a in own.afis}


@settings(max_examples=60)
@given(at=st.integers(0, len(MADE) - 1), said=st.text(max_size=4), cut=st.integers(0, 40))
def test_any_change_of_characters_is_read_or_refused(at, said, cut):
    """No other fault comes out, and no grade appears where none was."""
    try:
        report = read_report(MADE[:at] + said + MADE[at + cut :])
    except PeelianError as error:
        assert error.id in ("peelian.E770", "peelian.E771", "peelian.E772", "peelian.E773")
        return
    assert len(report.questions) >= 5 or report.cycle != "2016"
    assert all(q.judged.grade in (b, None) for q, b in zip(report.questions, grades(read_report(MADE)), strict=False))


@settings(max_examples=40)
@given(st.text(max_size=300))
def test_any_text_at_all_is_refused_in_words(text):
    with pytest.raises(PeelianError):
        read_report(text)
