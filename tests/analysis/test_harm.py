import csv
import gzip
import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.analysis.harm import (
    cambridge_weights,
    harm_interval,
    harm_table,
    ons_weights,
    per_head,
    smallest_share,
)
from peelian.analysis.rates import rate_interval
from peelian.core.errors import Faults, InvalidInput

SHEET = """\
athena_urn,offence_title,cchi_days,offence_subgroup,home_office_classification
1,Murder,5475,HOMICIDE,001/01
2,Robbery,365,ROBBERY OF PERSONAL PROPERTY,034/01
3,Shoplifting,1,SHOPLIFTING,046/00
4,Burglary - Dwelling,19,BURGLARY - RESIDENTIAL,028/03
5,Distraction Burglary,365,BURGLARY - RESIDENTIAL,028/03
6,Burglary with intent,126,BURGLARY - RESIDENTIAL,028/02
"""


def cambridge(text=SHEET, **kwargs):
    return cambridge_weights(text.splitlines(), version="October 2020", source="made up", **kwargs)


def slug(label):
    words = re.sub(r"\band\b", "", label.lower()).replace("the person", "the-person").split()
    return {"violence-sexual-offences": "violent-crime"}.get("-".join(words), "-".join(words))


@pytest.fixture(scope="module")
def essex(shared):
    rows = []
    for path in sorted((shared / "data/essex-street-2018").glob("*.csv.gz")):
        rows += csv.DictReader(gzip.decompress(path.read_bytes()).decode().splitlines())
    return pl.DataFrame(
        {
            "category": [slug(row["Crime type"]) for row in rows],
            "lsoa": [row["LSOA code"] for row in rows],
            "month": [row["Month"] for row in rows],
        }
    )


@pytest.fixture(scope="module")
def people(shared):
    return pl.read_csv(shared / "data/geography/essex_lsoa_population2017.csv")


def test_annual_harm_of_essex_is_near_the_score_that_ons_published(essex):
    """ONS: 13.03 for the year to March 2018, 14.51 to March 2019; anti-social behaviour (28,750) is not in it."""
    force = harm_table(essex.with_columns(force=pl.lit("Essex")), ons_weights(), by=["force"])
    people = pl.DataFrame({"force": ["Essex"], "population": [1_820_379]})

    score = per_head(force, people, on="force", years=7 / 12).row(0, named=True)

    assert abs(score["per_head"] / 13.03 - 1) < 0.25
    assert abs(score["per_head"] / 14.51 - 1) < 0.25
    assert score["per_head_low"] < score["per_head"] < score["per_head_high"]
    assert score["events"] == 115_065 - 28_750
    assert force.without_weight == {"anti-social-behaviour": 28_750}
    assert force.levels == {"category": 86_315, "none": 28_750}
    assert (force.weights.version, force.weights.standing) == ("Essex, year to March 2018", "calculated")


def test_every_lsoa_gets_a_rate_and_strangers_get_none(essex, people):
    """1,077 LSOAs of Essex; 333 rows lie in LSOAs elsewhere and 218 in none (README of the data)."""
    codes = people.rename({people.columns[0]: "lsoa"})
    total = next(column for column in codes.columns if "all" in column.lower() or "total" in column.lower())
    table = harm_table(essex, ons_weights(), by=["lsoa"])

    rated = per_head(table, codes.select("lsoa", population=total), on="lsoa", years=7 / 12)

    assert rated["per_head"].is_not_null().sum() == 1_077
    assert rated["harm"].sum() == pytest.approx(table.harm)
    assert rated.filter(pl.col("population").is_null())["per_head"].null_count() > 0


def test_share_of_harm_differs_from_share_of_count(essex):
    """Violence: 31,691 of 86,315 offences (README); by the weights, 31,691 x 279.7 of the whole."""
    rows = {row["category"]: row for row in harm_table(essex, ons_weights(), by=["category"]).rows.to_dicts()}

    assert rows["violent-crime"]["share_of_events"] == pytest.approx(31_691 / 86_315)
    assert rows["violent-crime"]["harm"] == pytest.approx(31_691 * 279.7)
    assert rows["violent-crime"]["share_of_harm"] > 0.5
    assert rows["anti-social-behaviour"]["asb"] == 28_750
    assert rows["anti-social-behaviour"]["events"] == 0


def test_built_in_weights_are_those_of_the_standard(shared):
    with (shared / "standards/tables/ons_css_volume_weighted_essex_2018.csv").open() as file:
        standard = {
            category: float(row["volume_weighted_weight"])
            for row in csv.DictReader(file)
            for category in row["policeuk_categories"].split("|")
        }

    assert ons_weights().categories == standard


def test_murder_is_one_in_a_hundred_crimes_and_most_of_the_harm():
    """Worked example of the Cambridge index: 5,475 + 3,650 + 100 = 9,225 days; murder 0.9 % of count, 59.3 % of harm."""
    crimes = pl.DataFrame({"ho_class": ["001/01"] + ["034/01"] * 10 + ["046/00"] * 100}).with_columns(
        category=pl.lit("other-crime")
    )

    table = harm_table(crimes, cambridge(), by=["ho_class"])

    first = table.rows.row(0, named=True)
    assert table.harm == 9_225
    assert (first["ho_class"], round(first["share_of_events"], 3), round(first["share_of_harm"], 3)) == (
        "001/01",
        0.009,
        0.593,
    )


def test_the_real_sheet_gives_the_worked_example_too(shared):
    with (shared / "standards/tables/cchi_2020_offence_weights.csv").open() as file:
        weights = cambridge_weights(file, version="October 2020", source="Cambridge Centre for Evidence-Based Policing")

    found = [weights.find("x", code)[0] for code in ("001/01", "034/01", "046/00")]
    assert found == [5_475, 365, 1]
    assert weights.mixed_classes >= {"028/03", "008/01"}
    # Median of the residential burglary subgroup (the standard's own table of medians).
    assert weights.find("burglary", "028/99") == (126, "subgroup")
    # Attempted murder stands in it without its stroke.
    assert weights.find("violent-crime", "002/00")[1] == weights.find("violent-crime", "00200")[1] == "offence"
    # Drugs: possession 3 days and trafficking 547.5 share main class 092, so an unknown code tells nothing.
    assert weights.find("drugs", "092/99")[1] == "none"


FALLBACKS = [
    (("burglary", "028/03", "Distraction BURGLARY "), 365, "offence", "the title decides within a class"),
    (("burglary", "028/03", "something else"), 192, "class", "median of 19 and 365"),
    (("burglary", "028/02", None), 126, "offence", "a class of one weight"),
    (("burglary", "028/77", None), 126, "subgroup", "median of residential burglary: 19, 126, 365"),
    (("burglary", "999/01", None), 245, "category", "nothing narrower is known"),
    (("burglary", None, None), 245, "category", "only the category is known"),
]


@pytest.mark.parametrize(("crime", "days", "level", "why"), FALLBACKS)
def test_the_narrowest_weight_known_is_taken_and_named(crime, days, level, why):
    weights = cambridge(categories={"burglary": 245})

    assert weights.find(*crime) == (days, level), why


def test_what_has_no_weight_is_counted_and_named_never_nil():
    events = pl.DataFrame({"category": ["robbery", "anti-social-behaviour", "incident", None]})

    table = harm_table(events, ons_weights())

    assert table.rows.select("events", "asb", "unweighed").row(0) == (1, 1, 2)
    assert table.without_weight == {"anti-social-behaviour": 1, "incident": 1, "not stated": 1}
    assert table.harm == 997.6


def test_events_without_any_weight_have_no_shares():
    row = harm_table(pl.DataFrame({"category": ["incident"]}), ons_weights()).rows.row(0, named=True)

    assert (row["share_of_events"], row["share_of_harm"]) == (None, None)
    assert row["harm_low"] == 0 < row["harm_high"]


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("offence_title,cchi_days\nMurder,5475", ["home_office_classification", "offence_subgroup"]),
        (SHEET.replace("5475", "life"), ["line 2", "not a number above zero"]),
        (SHEET.replace("365,ROBBERY", "-1,ROBBERY").replace("046/00", "46"), ["line 3", "line 4", "class code"]),
        (SHEET.replace("Murder", "").replace("19,", "nan,"), ["line 2", "no title", "line 5"]),
        (SHEET.splitlines()[0], ["no offence"]),
    ],
)
def test_a_faulty_sheet_is_refused_with_every_fault(sheet, said):
    with pytest.raises(Faults) as refused:
        cambridge(sheet)

    assert all(words in str(refused.value) for words in said)


def test_a_category_must_weigh_something():
    with pytest.raises(Faults):
        cambridge(categories={"burglary": 0.0})


@given(k=st.integers(0, 2_000), weight=st.floats(0.01, 5_000))
def test_with_equal_weights_the_interval_is_the_exact_poisson_one(k, weight):
    harm, low, high = harm_interval([weight] * k, largest=weight)
    rate, rate_low, rate_high = rate_interval([k], [1], per=weight)

    assert (harm, low, high) == pytest.approx((rate[0], rate_low[0], rate_high[0]))


def test_the_interval_covers_small_mixed_counts():
    """Simulated: a small area with three kinds of crime; 95 % intervals must hold the true harm at least that often."""
    rng = np.random.default_rng(2)
    weights, means = np.array([279.7, 997.6, 18.5]), np.array([3.0, 0.5, 4.0])

    held = 0
    for counts in rng.poisson(means, (2_000, 3)):
        _, low, high = harm_interval(np.repeat(weights, counts), largest=997.6)
        held += low <= weights @ means <= high

    assert held / 2_000 >= 0.95


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["robbery", "drugs", "incident", "anti-social-behaviour"]), st.sampled_from("ABC")),
        min_size=1,
        max_size=40,
    )
)
def test_no_event_is_lost_and_the_parts_add_up(rows):
    events = pl.DataFrame(rows, schema=["category", "area"], orient="row")

    table = harm_table(events, ons_weights(), by=["area"])

    assert table.rows.select(pl.sum_horizontal("events", "asb", "unweighed")).sum().item() == len(rows)
    assert table.harm == pytest.approx(harm_table(events, ons_weights()).harm)
    assert sum(table.levels.values()) == len(rows)
    assert (table.rows["harm_low"] <= table.rows["harm"]).all()
    assert (table.rows["harm"] <= table.rows["harm_high"]).all()


def test_the_fewest_that_hold_a_share():
    assert smallest_share([1, 1, 1, 1], of_harm=0.5) == (2, 0.5)
    assert smallest_share([0.1] * 10, of_harm=0.3) == (3, 0.3)


def test_what_cannot_be_weighed_is_refused():
    table = harm_table(
        pl.DataFrame({"category": ["robbery"], "area": ["A"], "month": ["1"]}), ons_weights(), by=["area"]
    )
    people = pl.DataFrame({"area": ["A"], "population": [1]})
    for attempt in (
        lambda: harm_table(pl.DataFrame({"kind": ["robbery"]}), ons_weights()),
        lambda: harm_table(pl.DataFrame({"category": ["robbery"]}), ons_weights(), by=["area"]),
        lambda: per_head(table, people, on="month", years=1),
        lambda: per_head(table, people, on="area", years=0),
        lambda: per_head(table, pl.concat([people, people]), on="area", years=1),
        lambda: per_head(table, people.with_columns(population=0), on="area", years=1),
        lambda: smallest_share([0, 0], of_harm=0.5),
        lambda: harm_interval([5], largest=4),
    ):
        with pytest.raises(InvalidInput):
            attempt()
