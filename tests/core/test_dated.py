"""Dated values and decision tables: what a look finds, and every fault that a file can have."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.core.dated import STANDING, Dated, Registry, Table
from peelian.core.domain import Choice, Span
from peelian.core.errors import Faults, InvalidInput
from peelian.core.local import Local
from peelian.core.period import Period

# The example of the house style: the numbers are invented.
REVIEW = """
input = "harm_score"
range = [0, 101]

[[version]]
in_force = 2025-04-01
source = "Force policy on organised crime groups, v3, section 4.2"
evidence = "design"
rows = [
  { from = 0,  below = 40,  review_days = 180 },
  { from = 40, below = 70,  review_days = 90 },
  { from = 70, below = 101, review_days = 28 },
]

[[version]]
in_force = 2026-04-01
source = "Force policy on organised crime groups, v4, section 4.2"
evidence = "design"
rows = [
  { from = 0,  below = 50,  review_days = 180 },
  { from = 50, below = 101, review_days = 28, source = "Letter of 3 March 2026", evidence = "stored" },
]
"""

# Victims' Code 2021, rights 6, 8 and 3 (working days, standard and enhanced).
CODE = """
[keys]
event = ["report", "arrest", "hearing_date"]
group = ["standard", "enhanced"]

[[version]]
in_force = 2021-04-01
source = "Code of Practice for Victims of Crime in England and Wales, 2021"
evidence = "stored"
rows = [
  { event = "report", group = "*", no = "the Code gives no figure" },
  { event = "arrest", group = "standard", limit = "5 working days after" },
  { event = "arrest", group = "enhanced", limit = "1 working day after" },
  { event = "hearing_date", group = "*", limit = "1 working day after" },
]
"""

# Sexual Offences Act 2003, s.82: how long a person must notify, by months of custody.
NOTIFY = """in_force,age,months,for,source,evidence
2004-05-01,>=18,0..7,7 years beginning with,"Sexual Offences Act 2003, s.82(1)",stored
2004-05-01,>=18,7..30,10 years beginning with,"Sexual Offences Act 2003, s.82(1)",stored
2004-05-01,<18,0..7,42 months beginning with,"Sexual Offences Act 2003, s.82(2)",stored
2004-05-01,<18,7..30,5 years beginning with,"Sexual Offences Act 2003, s.82(2)",stored
"""


@pytest.fixture
def table(tmp_path):
    def make(text, name="ocg_review", *, suffix="toml", **declared):
        path = tmp_path / "organised_crime" / f"groups.{suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        declared.setdefault("gives", {"review_days": int})
        return Table(path, name, registry=Registry(), **declared)

    return make


@pytest.fixture
def value(tmp_path):
    def make(text, kind=int, name="limit"):
        path = tmp_path / "values.toml"
        path.write_text(text, encoding="utf-8")
        return Dated(path, name, kind, registry=Registry())

    return make


@pytest.mark.parametrize(
    ("score", "on", "days"),
    [(0, "2025-04-01", 180), (39.9, "2025-04-01", 180), (40, "2026-03-31", 90), (100, "2025-12-01", 28),
     (40, "2026-04-01", 180), (50, "2026-04-01", 28)],
)  # fmt: skip
def test_a_band_is_half_open_and_of_its_version(table, score, on, days):
    assert table(REVIEW).look(on=date.fromisoformat(on), harm_score=score)["review_days"] == days


def test_what_is_found_carries_where_it_comes_from(table):
    review = table(REVIEW)
    old = review.look(on=date(2025, 5, 1), harm_score=40)
    assert (old.table, old.version, old.row) == ("ocg_review", date(2025, 4, 1), 2)
    assert (old.source, old.evidence) == ("Force policy on organised crime groups, v3, section 4.2", "design")
    assert str(old) == (
        "ocg_review, in force from 1 April 2025: Force policy on organised crime groups, v3, section 4.2 "
        "(Peelian's own proposal; not a national standard)"
    )
    row_of_its_own = review.look(on=date(2026, 5, 1), harm_score=60)
    assert (row_of_its_own.source, row_of_its_own.evidence) == ("Letter of 3 March 2026", "stored")


def test_a_value_that_is_not_sourced_is_never_shown_as_a_national_standard():
    for mark, words in STANDING.items():
        assert ("not a national standard" in words) == (mark in ("general", "design"))
    assert not any("national standard" in words.replace("not a national standard", "") for words in STANDING.values())


@given(score=st.integers(0, 100), on=st.dates(min_value=date(2025, 4, 1)))
def test_every_score_has_exactly_one_row_on_every_date(tmp_path_factory, score, on):
    path = tmp_path_factory.getbasetemp() / "groups.toml"
    path.write_text(REVIEW, encoding="utf-8")
    review = Table(path, "ocg_review", gives={"review_days": int}, registry=Registry())
    rows = [row for row in review.version_on(on).rows if row.box["harm_score"].holds(score)]
    assert [row.values for row in rows] == [review.look(on=on, harm_score=score).values]


def test_rows_by_key_give_a_period_or_say_why_there_is_none(table):
    code = table(CODE, "victims_code", gives={"limit": Period})
    on = date(2026, 4, 1)
    assert code.look(on=on, event="arrest", group="standard")["limit"] == Period.after(working_days=5)
    assert code.look(on=on, event="hearing_date", group="enhanced")["limit"] == Period.after(working_days=1)
    none = code.look(on=on, event="report", group="standard")
    assert (dict(none.values), none.why_not) == ({}, "the Code gives no figure")
    with pytest.raises(InvalidInput, match="the Code gives no figure") as refused:
        none["limit"]
    assert refused.value.id == "peelian.E115"


NOTIFY_INPUTS = {"age": Span(10, 120), "months": Span(0, 30)}


@pytest.mark.parametrize(
    ("age", "months", "period"),
    [(40, 12, "10 years beginning with"), (40, 6, "7 years beginning with"), (16, 12, "5 years beginning with"),
     (17, 6, "42 months beginning with"), (18, 7, "10 years beginning with")],
)  # fmt: skip
def test_a_csv_table_of_two_inputs(table, age, months, period):
    notify = table(NOTIFY, "notify_for", suffix="csv", gives={"for": Period}, inputs=NOTIFY_INPUTS)
    found = notify.look(on=date(2026, 6, 1), age=age, months=months)
    assert str(found["for"]) == period
    assert found.row in range(2, 6), "a line of the file, the header being line 1"


def test_the_first_row_that_fits_wins_where_the_module_says_so(table):
    text = """in_force,weapon,injury,grade,source,evidence
2025-01-01,yes,,1,Made up,design
2025-01-01,,yes|unknown,2,Made up,design
2025-01-01,,,3,Made up,design
"""
    inputs = {"weapon": Choice(("yes", "no")), "injury": Choice(("yes", "no", "unknown"))}
    grade = table(text, suffix="csv", gives={"grade": int}, inputs=inputs, hit="first")
    on = date(2026, 1, 1)
    assert grade.look(on=on, weapon="yes", injury="yes")["grade"] == 1
    assert grade.look(on=on, weapon="no", injury="unknown")["grade"] == 2
    assert grade.look(on=on, weapon="no", injury="no")["grade"] == 3


def test_a_dated_value(value):
    limit = value(
        """
[[limit.version]]
in_force = 2017-04-03
value = "28 days beginning with"
source = "PACE 1984 s.47ZB before 28 October 2022"
evidence = "stored"

[[limit.version]]
in_force = 2022-10-28
value = "3 months beginning with"
source = "PACE 1984 s.47ZB, as amended by PCSC Act 2022 Sch 4"
evidence = "stored"

[[other.version]]
in_force = 2020-01-01
value = 50
source = "not found"
evidence = "general"
""",
        Period,
    )
    assert str(limit.look(on=date(2022, 10, 27)).value) == "28 days beginning with"
    assert str(limit.look(on=date(2022, 10, 28)).value) == "3 months beginning with"
    assert limit.first_in_force == date(2017, 4, 3)


def test_values_are_of_the_declared_type(value):
    text = '[[version]]\nin_force = 2025-01-01\nsource = "Made up"\nevidence = "design"\nvalue = '
    on = date(2026, 1, 1)
    for kind, written, expected in [
        (int, "3", 3), (float, "3", 3.0), (str, '"x"', "x"), (bool, "true", True), (date, "2026-01-01", date(2026, 1, 1))
    ]:  # fmt: skip
        found = value(text + written, kind).look(on=on).value
        assert found == expected and type(found) is kind
    for kind, written in [
        (int, "3.5"),
        (int, "true"),
        (float, '"3"'),
        (float, "nan"),
        (str, "3"),
        (bool, "1"),
        (Period, '"3 days"'),
    ]:
        assert [f.id for f in value(text + written, kind).faults] == ["peelian.E110"]


def test_csv_values_are_read_in_the_declared_type(table):
    text = "in_force,a,n,x,t,b,d,source,evidence\n2025-01-01,,7,0.5,word,true,2026-02-03,Made up,design\n"
    gives = {"n": int, "x": float, "t": str, "b": bool, "d": date}
    row = table(text, suffix="csv", gives=gives, inputs={"a": Choice(("k",))}).look(on=date(2026, 1, 1), a="k")
    assert dict(row.values) == {"n": 7, "x": 0.5, "t": "word", "b": True, "d": date(2026, 2, 3)}


def test_a_gap_is_told_like_this(table):
    faulty = table(REVIEW.replace("from = 40, below = 70,", "from = 45, below = 70,"))
    (fault,) = faulty.faults
    assert (
        str(fault)
        == """\
peelian.E104: decision table "ocg_review" has a gap
  where    organised_crime/groups.toml, rows 1 and 2, in force from 2025-04-01
  found    row 1 stops below 40 and row 2 starts at 45
  matters  harm score 40 up to 45 would have no review days
  fix      add a row for it, or widen a row beside it"""
    )
    with pytest.raises(Faults, match="has a gap"):
        faulty.look(on=date(2026, 1, 1), harm_score=50)


ROW2 = "{ from = 40, below = 70,  review_days = 90 },"

# what is changed in REVIEW | ids of all faults, in order | words that the message must hold
FAULTS = [
    (("below = 101, review_days = 28 },", "below = 90, review_days = 28 },"), ["E104"], "row 3 stops below 90"),
    ((ROW2, ROW2.replace("from = 40", "from = 30")), ["E105"], "both rows cover harm score 30 up to 40"),
    (("in_force = 2026-04-01", "in_force = 2025-04-01"), ["E107"], "after one in force from 2025-04-01"),
    (("in_force = 2026-04-01", "in_force = 2024-04-01"), ["E107"], "after one in force from 2025-04-01"),
    (("in_force = 2026-04-01", 'in_force = "soon"'), ["E110"], "in_force is not a date"),
    (("in_force = 2026-04-01", "in_force = 2026-04-01T09:00:00"), ["E110"], "in_force is not a date"),
    (('source = "Force policy on organised crime groups, v3, section 4.2"', ""), ["E103"] * 3, "has no source"),
    (('evidence = "design"', ""), ["E103"] * 3, "has no evidence mark"),
    (('evidence = "stored"', 'evidence = "sure"'), ["E103"], '"sure"'),
    ((ROW2, ROW2.replace("review_days", "revew_days")), ["E108", "E109"], "revew_days"),
    ((ROW2, ROW2.replace("90", '"ninety"')), ["E110"], 'review_days is "ninety"'),
    ((ROW2, ROW2.replace("from = 40", "from = 80")), ["E110"], "from the smaller to the larger"),
    ((ROW2, ROW2.replace("from = 40", "from = 70")), ["E110"], "from the smaller to the larger"),
    (("from = 0,  below", "from = -1, below"), ["E110"], "within from 0 to below 101"),
    (("below = 101, review_days = 28 },", "below = 102, review_days = 28 },"), ["E110"], "within from 0 to below 101"),
    ((ROW2, ROW2.replace("from = 40", "from = true")), ["E110"], "from and below as numbers"),
    ((ROW2, ROW2.replace("review_days = 90", 'review_days = 90, no = "why"')), ["E110"], "gives and refuses"),
    (("range = [0, 101]", "range = [101, 0]"), ["E102", "E108", "E108", "E108", "E108", "E108"], "what its input is"),
    (("range = [0, 101]", "range = [0, 101]\ncolour = 1"), ["E108"], "above the versions"),
    (("in_force = 2026-04-01", "in_force = 2026-04-01\ncolour = 1"), ["E108"], "version 2"),
    (("input =", "inputt ="), ["E102"] + ["E108"] * 6, "inputt"),
    (("input =", "input ="[:3]), ["E101"], "cannot be read"),
]


@pytest.mark.parametrize(("change", "ids", "words"), FAULTS)
def test_each_fault_of_a_file_has_its_id(table, change, ids, words):
    text = REVIEW.replace(*change, 1)
    assert text != REVIEW
    faults = table(text).faults
    assert sorted(f.id for f in faults) == sorted(f"peelian.{id}" for id in ids)
    assert words in "\n".join(map(str, faults))
    for line in (f.summary for f in faults):
        assert len(line) < 80 and not line.endswith(".") and line[0].islower()


def test_all_faults_of_a_file_are_told_at_once(table):
    text = REVIEW.replace("from = 40", "from = 45", 1).replace("below = 50", "below = 60")
    assert [f.id for f in table(text).faults] == ["peelian.E104", "peelian.E105"]


CSV_FAULTS = [
    (("<18,7..30", "<18,7..29"), ["E104"], "age 10 up to 18, months 29 up to 30"),
    (("<18,7..30", ",7..30"), ["E105"], "lines 3 and 5"),
    (("<18,7..30", "<eighteen,7..30"), ["E110"], '"18..65" (from 18, below 65)'),
    (("<18,7..30", "16,7..30"), ["E110"], "age is"),
    (("<18,7..30", ">17,7..30"), ["E110"], "age is"),
    (("42 months beginning with", "42 months"), ["E110"], "5 working days after"),
    (("42 months beginning with", ""), ["E109"], "no for"),
    (("source,evidence", "source,weight"), ["E109"], "no column evidence"),
    (("2004-05-01,<18,0..7", "2003-05-01,<18,0..7"), ["E107", "E107"], "line 4"),
    (("2004-05-01,<18,0..7", "1 May,<18,0..7"), ["E107", "E110"], "line 4"),
    (("s.82(2)\",stored", 's.82(2)",stored,more'), ["E108"], "cells beyond the last column"),
    (("42 months", '"42 months'), ["E101"], "cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "ids", "words"), CSV_FAULTS)
def test_each_fault_of_a_csv_file(table, change, ids, words):
    text = NOTIFY.replace(*change, 1)
    assert text != NOTIFY
    faults = table(text, "notify_for", suffix="csv", gives={"for": Period}, inputs=NOTIFY_INPUTS).faults
    assert sorted(f.id for f in faults) == sorted(f"peelian.{id}" for id in ids)
    assert words in "\n".join(map(str, faults))


def test_a_row_that_is_never_reached(table):
    text = CODE.replace("rows = [", 'rows = [\n  { event = "*", group = "*", limit = "9 working days after" },')
    faults = table(text, gives={"limit": Period}, hit="first").faults
    assert [f.id for f in faults] == ["peelian.E106"] * 4
    assert "row 2" in str(faults[0])


def test_a_word_that_the_keys_do_not_know(table):
    faults = table(
        CODE.replace('event = "arrest", group = "e', 'event = "arest", group = "e'), gives={"limit": Period}
    ).faults
    assert [f.id for f in faults] == ["peelian.E110"]
    assert "one of report, arrest, hearing_date" in str(faults[0])


def test_a_combination_of_keys_without_a_row(table):
    faults = table(
        CODE.replace('{ event = "report", group = "*"', '{ event = "report", group = "standard"'),
        gives={"limit": Period},
    ).faults
    assert [f.id for f in faults] == ["peelian.E104"]
    assert "event report, group enhanced would have no limit" in str(faults[0])


def test_a_file_or_section_that_is_not_there(tmp_path):
    absent = Table(tmp_path / "no.toml", "x", gives={"y": int}, registry=Registry())
    assert [f.id for f in absent.faults] == ["peelian.E101"]
    path = tmp_path / "empty.toml"
    path.write_text("", encoding="utf-8")
    assert [f.id for f in Dated(path, "x", int, registry=Registry()).faults] == ["peelian.E102"]
    path.write_bytes(b"\xff\xfe")
    assert [f.id for f in Dated(path, "x", int, registry=Registry()).faults] == ["peelian.E101"]


@pytest.mark.parametrize(
    ("on", "inputs", "id", "words"),
    [
        (date(2025, 3, 31), {"harm_score": 5}, "E111", "in force from 2025-04-01"),
        (date(2026, 1, 1), {}, "E112", "harm_score is not stated"),
        (date(2026, 1, 1), {"harm_score": 5, "colour": 1}, "E112", "colour is not an input"),
        (date(2026, 1, 1), {"harm_score": 101}, "E112", "from 0 to below 101"),
        (date(2026, 1, 1), {"harm_score": float("nan")}, "E112", "from 0 to below 101"),
        (date(2026, 1, 1), {"harm_score": "5"}, "E112", "from 0 to below 101"),
        (date(2026, 1, 1), {"harm_score": True}, "E112", "from 0 to below 101"),
    ],
)
def test_a_look_that_has_no_answer_is_an_error(table, on, inputs, id, words):
    with pytest.raises(InvalidInput, match=words) as refused:
        table(REVIEW).look(on=on, **inputs)
    assert refused.value.id == f"peelian.{id}"


def test_a_refused_look_does_not_tell_the_value(table):
    with pytest.raises(InvalidInput) as refused:
        table(REVIEW).look(on=date(2026, 1, 1), harm_score="Jane Doe")
    assert "Jane" not in str(refused.value)


def test_everything_declared_is_checked_together(tmp_path):
    registry = Registry()
    (tmp_path / "a.toml").write_text(REVIEW, encoding="utf-8")
    (tmp_path / "b.toml").write_text(REVIEW.replace("from = 40", "from = 45", 1), encoding="utf-8")
    Table(tmp_path / "a.toml", "a", gives={"review_days": int}, registry=registry)
    assert registry.check_all() == 1
    Table(tmp_path / "b.toml", "b", gives={"review_days": int}, registry=registry)
    Table(tmp_path / "b.toml", "a", gives={"review_days": int}, registry=registry)
    Dated(tmp_path / "none.toml", "c", int, registry=registry)
    with pytest.raises(Faults) as refused:
        registry.check_all()
    ids = [f.id for f in refused.value.faults]
    assert ids == ["peelian.E104", "peelian.E104", "peelian.E113", "peelian.E101"]


LIMIT = """
[[version]]
in_force = 2026-01-01
value = "4 working hours"
source = "Force allocation policy, v2"
evidence = "stored"
"""


def test_a_local_value_is_the_forces_own_else_what_a_statute_gives_else_an_error(value):
    own = value(LIMIT, Period)
    on = date(2026, 5, 1)
    local = Local("victims.accept_within", "force allocation policy")
    assert str(local.look({"victims.accept_within": own}, on=on).value) == "4 working hours"
    assert str(Local("x", "statute", default=own).look({}, on=on).value) == "4 working hours"
    with pytest.raises(InvalidInput, match="whoever owns the force allocation policy sets it") as unset:
        local.look({}, on=on)
    assert unset.value.id == "peelian.E114"
    with pytest.raises(InvalidInput) as early:
        local.look({"victims.accept_within": own}, on=date(2025, 12, 31))
    assert early.value.id == "peelian.E111"
