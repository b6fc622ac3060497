"""P1: the neighbourhood sheet says what the records say, each figure beside the rest with its interval, and hides small counts."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.core.document import Finding, Table
from peelian.prevention.communities import NEIGHBOURHOOD
from peelian.prevention.communities_document import sheet
from peelian.prevention.communities_picture import ALL_CRIME, DISORDER, OnList, Picture, Work, _run
from peelian.prevention.communities_similar import differs, distances
from peelian.prevention.profile.scope import with_time
from peelian.records.models import Area

from ..vulnerability.running import Running, around, local
from .conftest import LSOAS, records, scope_of

WEST = [code for n, code in enumerate(LSOAS) if n < 5]  # one of six areas of five LSOAs
UNIT = {code: f"W{n // 5}" for n, code in enumerate(LSOAS)}


def picture(**changes):
    """Six areas; the first has twice the burglaries of the others, and as much of everything else."""
    rng = np.random.default_rng(5)
    events = pl.concat([
        records(rng, 600), records(rng, 100).with_columns(area=pl.Series(rng.choice(WEST, 100)), reference=pl.col("reference") + "x"),
        records(rng, 900, category="violent-crime"),
        records(rng, 12, category="robbery").with_columns(area=pl.Series((WEST[:1] * 3) + list(LSOAS)[10:19])),
        records(rng, 500, category="anti-social-behaviour").with_columns(kind=pl.lit("incident"), feed=pl.lit("force-incidents")),
    ])  # fmt: skip
    events = with_time(events).with_columns(unit=pl.col("area").replace_strict(UNIT))
    here = events.filter(pl.col("area").is_in(WEST)).drop("month", "local", "unit")
    lsoas = {code: LSOAS[code] for code in WEST}
    crime = scope_of(here.filter(kind="crime"), here.filter(kind="crime"))
    disorder = scope_of(here.filter(kind="incident"), here.filter(kind="incident"))
    narrow = {"lsoas": lsoas, "population": dict.fromkeys(WEST, 1_500.0), "area": "Quayside", "whole": False}
    units = pl.DataFrame({
        "code": [f"W{n}" for n in range(6)], "name": ["Quayside", *(f"Ward {n}" for n in range(1, 6))], "lsoas": [5] * 6, "people": [7_500.0] * 6,
        "hectares": [100.0, 101, 300, 900, 2_000, 102], "decile": [2.0, 2.1, 5, 7, 9, 8.0], "deprived": [0.6, 0.6, 0.2, 0.0, 0.0, 0.0],
    })  # fmt: skip
    made = Picture(
        Area(code="W0", name="Quayside", kind="ward"), "ward", replace(crime, theme=ALL_CRIME, **narrow), replace(disorder, theme=DISORDER, **narrow), events, units,
        events.filter(kind="incident").head(20),
        (OnList("police", "victims of domestic abuse", frozenset(f"p{n}" for n in range(40)), 50),
         OnList("partners", "adults' social care", frozenset(f"p{n}" for n in range(30, 70)), 45), OnList("partners", "schools", frozenset({"p1"}), 1)),
        ("fire service",), Work((("roads", "cars race past the school", "adopted", 3, 1),), {"asb_case": 7}),
    )  # fmt: skip
    return replace(made, **changes)


@pytest.fixture(scope="module")
def made():
    return picture()


@pytest.fixture(scope="module")
def document(made):
    return sheet(made)


def found(document, id):
    return next(b.text for b in document.blocks() if isinstance(b, Finding) and b.id == id)


def table(document, caption):
    return next(b for b in document.blocks() if isinstance(b, Table) and b.caption.startswith(caption))


def test_the_rate_is_of_the_area_alone_beside_the_rest(made, document):
    own = made.of_force.filter((pl.col("unit") == "W0") & (pl.col("kind") == "crime")).height
    rest = made.of_force.filter((pl.col("unit") != "W0") & (pl.col("kind") == "crime")).height
    text = found(document, "crime")

    assert f"{own:,} crimes were recorded in Quayside" in text
    assert f"{own / 7.5 / (365 / 365.25):.1f} (" in text  # for every 1,000 people in a year
    assert f"{rest / 37.5 / (365 / 365.25):.1f} (" in text
    assert "above it by more than chance explains" in text


def test_each_category_is_told_with_its_interval_and_small_ones_are_not(document):
    rows = {row[0]: row for row in table(document, "What was recorded").rows}

    assert rows["Burglary"][4] == "above it by more than chance explains"
    assert rows["Robbery"][1] == "not shown"  # three robberies could point at a person
    assert rows["Robbery"][2] == "not shown"
    assert rows["Burglary"][2].low < rows["Burglary"][2].value < rows["Burglary"][2].high


def test_robbery_is_not_told_by_its_harm_either(document):
    assert "Robbery" not in [row[0] for row in table(document, "Harm by category").rows]


def test_people_whom_partners_alone_know(document):
    # 40 on the police list; 40 with social care, ten of them the same; one pupil who is on the police list too.
    text = found(document, "vulnerability")
    assert "70 people here" in text
    assert "29 on a police list alone, 11 on both, and 30 on partners' lists alone" in text
    assert ("Partners", "schools", "fewer than 5", "fewer than 5") in table(document, "People on lists").rows


def test_a_small_group_on_both_lists_is_not_worked_out():
    few = sheet(
        picture(
            lists=(
                OnList("police", "a", frozenset(f"p{n}" for n in range(40)), 40),
                OnList("partners", "b", frozenset(f"p{n}" for n in range(38, 80)), 42),
            )
        )
    )

    assert not [b for b in few.blocks() if isinstance(b, Finding) and b.id == "vulnerability"]


def test_priorities_and_work_stand_in_the_sheet(document):
    assert ("roads", "cars race past the school", "adopted", 3, 1) in table(document, "Current priorities").rows
    assert "1 local priority is current: roads." in found(document, "priorities")
    assert any("fire service" in item for b in document.blocks() for item in getattr(b, "items", ()))


def test_the_most_similar_area_is_the_one_made_alike(made, document):
    assert distances(made.units, "W0")[0][0] == "W1"
    assert table(document, "The area and those most like it").rows[1][0] == "Ward 1"


def test_the_distance_is_that_of_scipy(made):
    from scipy.spatial.distance import cdist
    from scipy.stats import zscore

    u = made.units
    scaled = zscore(
        np.column_stack([np.log(u["people"] / u["hectares"]), u["decile"], u["deprived"]])
    )  # all have as many people
    expected = dict(zip(u["code"], cdist(scaled[:1], scaled)[0], strict=True))

    assert dict(distances(u, "W0")) == pytest.approx({c: d for c, d in expected.items() if c != "W0"})


@given(st.integers(0, 400), st.integers(0, 4_000), st.floats(100, 1e5), st.floats(100, 1e6))
def test_two_areas_with_one_rate_are_never_said_to_differ_by_turning_them_round(own, rest, people, others):
    one, other = differs(own, rest, people, others), differs(rest, own, others, people)
    turned = {"above it by more than chance explains": "below it by more than chance explains"}
    turned |= {b: a for a, b in turned.items()}
    assert turned.get(one, one) == other


def test_months_after_a_gap_are_no_trend_with_those_before_it():
    assert _run(["2025-01", "2025-02", "2025-04", "2025-05"]) == ["2025-04", "2025-05"]
    assert _run(["2024-12", "2025-01"]) == ["2024-12", "2025-01"]


def test_without_people_no_rate_is_told():
    units = picture().units.with_columns(people=0.0)
    bare = sheet(picture(units=units))

    assert "no rate can be told" in found(bare, "crime")


# -- what no record holds --------------------------------------------------------------------------------------------------


def test_a_profile_is_agreed_when_somebody_speaks_with_a_community():
    from peelian.core.kinds import Refused, Who

    at = local("2026-03-02 10:00")
    ours = {f"communities__{name}_within": "28 days after" for name in ("accept", "review", "contact", "gap")}
    case = Running(NEIGHBOURHOOD, around(**ours), Who("sergeant", roles=("supervisor",), agency="force"))
    case.do("write_profile", at, made_on=at.date(), area="east", neighbourhood="Dock")
    with pytest.raises(Refused, match="community is named"):
        case.do("agree", at)
    row = case.do("name_community", at, community="market traders", size="tens", seldom_heard=True)
    case.do(
        "speak",
        at,
        item=row,
        met_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        learnt="thefts before dawn",
        contact="A. Trader, by phone",
    )
    case.do("agree", at)

    assert case.run("looked_at_again", at).due == local("2026-03-31 00:00")  # 28 days after 2 March
    assert case.run("in_contact", at).due == local("2026-03-31 00:00")
