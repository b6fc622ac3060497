"""What falls: the worked score of the standard, members that rest on sources, and that victims never belong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.organised_crime.assertions import (
    BESIDE,
    FIELDS,
    HARMS,
    MEMBER,
    Assertion,
    Holdings,
    confidence_of,
    fall,
    picture,
)  # fmt: skip

ON = date(2026, 3, 2)
# organised-crime-groups.md, section 3: harm 3+2+2+3+1 = 11; likelihood 3 x 1.2 + 1 = 4.6; risk 50.6.
WORKED = dict(zip(FIELDS, (3, 2, 2, 3, 1, 3, 1.2, 1), strict=True))


def valued(group="g", report="r", **values):
    return [
        Assertion(f"{group}-{name}", group, name, "2B", ON, value=float(value), report=report)
        for name, value in (WORKED | values).items()
    ]


def said(id, person, about=MEMBER, grade="2C", source="s1", report="r1", group="g", since=ON):
    return Assertion(id, group, about, grade, since, person=person, source=source, report=report)


def test_the_worked_example_of_the_standard():
    risk = picture(valued(), ON).risk
    assert (risk.harm, risk.likelihood, round(risk.score, 6), risk.confidence) == (
        11,
        pytest.approx(4.6),
        50.6,
        "medium",
    )


def test_one_field_missing_leaves_no_score_and_names_it():
    found = picture(valued()[1:], ON)
    assert (found.risk, found.missing) == (None, (HARMS[0],))


@pytest.mark.parametrize(
    ("grades", "level"), [(["1A", "1B"], "high"), (["1A", "2B"], "medium"), (["1A", "2D"], "low"), (["3A"], "low")]
)
def test_the_weakest_assertion_tells_the_confidence(grades, level):
    assert confidence_of(said(str(n), "p", grade=g) for n, g in enumerate(grades)) == level


def test_two_sources_make_a_member_firm_and_two_reports_of_one_do_not():
    one = picture([said("1", "p"), said("2", "p", report="r2")], ON).members["p"]
    two = picture([said("1", "p"), said("2", "p", source="s2")], ON).members["p"]
    assert (one.level, one.sources) == ("reported", 1)
    assert (two.level, two.sources) == ("firm", 2)


def test_what_is_suspected_to_be_false_or_not_yet_so_counts_for_nothing():
    assert not picture([said("1", "p", grade="1E"), said("2", "q", since=date(2026, 3, 3))], ON).members


def test_retracting_a_report_shows_whom_and_what_falls():
    held = Holdings([said("1", "p", report="r1"), said("2", "p", source="s2", report="r2"), said("3", "q", report="r1"),
                     *valued(report="r9"), *valued("other", report="r1")])  # fmt: skip

    assert held.resting_on("r1") == ["g", "other"]
    fell = held.retract(reports=["r1"], on=ON)

    assert (fell["g"].gone, fell["g"].weaker, fell["g"].after.score) == (("q",), ("p",), pytest.approx(50.6))
    assert fell["other"].after is None
    assert held.resting_on("r1") == []
    assert held.retract(reports=["r1"], on=ON) == {}


def test_an_older_value_holds_again_when_the_newer_one_falls():
    newer = Assertion("z", "g", "frequency", "2B", date(2026, 3, 1), value=4.0, report="r2")
    older = [
        a if a.about != "frequency" else Assertion("a", "g", "frequency", "2B", date(2026, 1, 1), value=1.0)
        for a in valued()
    ]
    held = Holdings([*older, newer])
    fell = held.retract(["z"], on=ON)["g"]
    assert (fell.before.likelihood, fell.after.likelihood) == (pytest.approx(5.8), pytest.approx(2.2))


def test_whoever_was_a_victim_by_an_assertion_alone_is_named_when_it_falls():
    held = Holdings([said("1", "p"), said("2", "p", about="victim", report="r2")])
    assert held.retract(["2"], on=ON)["g"].back == ("p",)


assertions = st.lists(
    st.builds(
        Assertion, id=st.integers(0, 10_000).map(str), group=st.just("g"), about=st.sampled_from([MEMBER, "principal", *BESIDE, "frequency"]),
        grade=st.sampled_from(["1A", "2C", "3E"]), true_from=st.just(ON), person=st.sampled_from("pqr"), value=st.just(None),
        report=st.sampled_from(["a", "b", ""]), source=st.sampled_from(["", "s", "t"]),
    ), unique_by=lambda a: a.id,
)  # fmt: skip


@given(assertions)
def test_nobody_beside_a_group_is_ever_a_member(drawn):
    beside = {a.person for a in drawn if a.about in BESIDE and a.grade != "3E"}
    assert not beside & set(picture(drawn, ON).members)


@given(assertions, st.sampled_from(["a", "b"]))
def test_the_index_says_what_the_whole_says(drawn, report):
    held = Holdings(drawn)
    left = [a for a in drawn if a.report != report]
    fell = held.retract(reports=[report], on=ON)
    assert picture(held.of("g"), ON) == picture(left, ON)
    if fell:
        assert fell["g"] == fall(picture(drawn, ON), picture(left, ON))
