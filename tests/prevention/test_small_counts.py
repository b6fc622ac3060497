"""No small count of the force's own records can be read in a profile, or worked out from it.

The strongest test there is: two sets of records that differ in nothing but their small counts give the same document, so
nobody can tell from it which of the two it was made of.
"""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from peelian.core.document import Figure, Note, Table
from peelian.core.errors import InvalidInput
from peelian.documents.drawing import svg
from peelian.prevention.hot_spots import hot_spot_picture
from peelian.prevention.problem_profiles import profile_of
from peelian.prevention.profile.by_area import deprivation
from peelian.prevention.profile.repeats import repeats_part
from peelian.prevention.profile.small_counts import gives_away, told
from peelian.prevention.profile.spread import Spread
from peelian.prevention.profile.trend import trend_part
from peelian.prevention.profile.where import where_part

from .conftest import LSOAS, records, scope_of, victims
from .test_problem_profiles import tables, words

CODES = list(LSOAS)
FEW = [11, 12, 13, 25, 25, 26, 26, 26, 27, 27, 27]  # so that classes of the map would part two from three
MONDAY = datetime(2025, 3, 3, tzinfo=UTC)  # London keeps UTC in March
# Each hidden count: column, its two small values, and how many events have each of them.
SMALL = {
    "area": ((CODES[0], CODES[10]), (2, 3)),  # one district, one band of deprivation
    "offence": (("Aggravated burglary", "Distraction burglary"), (2, 3)),
    "location_type": (("school", "care home"), (1, 3)),
    "outcome": (("7", "11"), (3, 2)),
    "start": ((MONDAY + timedelta(hours=10), MONDAY + timedelta(days=1, hours=10)), (2, 3)),
}


def values_of(column, usual, turned):
    """The small values first, then the usual ones; turned round, one event moves from the second small value to the first."""
    (first, second), (m, n) = SMALL[column]
    m, n = (m + 1, n - 1) if turned else (m, n)
    return [first] * m + [second] * n + usual[m + n :]


def world(*, turned):
    """336 burglaries, six to each three hours of a week; small counts of every kind among those that have no point on a map."""
    rng, count = np.random.default_rng(1), 336
    starts = [MONDAY + timedelta(hours=3 * (i % 56) + 1, days=7 * (i // 112)) for i in range(count)]
    slots = {(0, 10), (1, 10)}
    starts = [s if (s.weekday(), s.hour) not in slots else s + timedelta(hours=9) for s in starts]
    usual = {
        "area": [CODES[i] for i in [0] * 5 + FEW + [(1, 2, 3, 16, 17, 18)[i % 6] for i in range(count)]][:count],
        "offence": ["Burglary in a dwelling"] * count,
        "location_type": ["dwelling", "retail"] * (count // 2),
        "outcome": ["18", "1"] * (count // 2),
        "start": starts,
    }
    events = records(rng, count).with_columns(
        place_precision=pl.Series(["none"] * 10 + ["address"] * (count - 10)),
        domestic=pl.Series([i < 3 + turned for i in range(count)]),
        **{
            name: pl.Series(values_of(name, usual[name], turned), dtype=pl.Datetime("us", "UTC") if name == "start" else None)
            for name in SMALL
        },
    ).with_columns(end=pl.col("start"))  # fmt: skip
    other = [
        records(np.random.default_rng(2), 300, category="violent-crime"),
        records(np.random.default_rng(3), 2 + turned, category="bicycle-theft").with_columns(place_precision=pl.lit("none")),
        records(np.random.default_rng(4), 3 - turned, category="robbery").with_columns(place_precision=pl.lit("none")),
    ]  # fmt: skip
    ages = [8] * (1 + turned) + [14] * (3 - turned) + [30] * (count // 2) + [45] * (count // 2 - 4)
    born = [
        (f"S{i}", "F", "F" if i < 3 + turned else "M", date(2024 - age, 6 + i % 3, 1)) for i, age in enumerate(ages)
    ]
    return scope_of(events, pl.concat([events, *other]), mentions=victims(events["reference"].to_list(), born))


def everything_told(document):
    """All that a reader gets: texts, text alternatives, the data inside each drawing, and the drawing."""
    figures = [block for block in document.blocks() if isinstance(block, Figure)]
    return [
        *document.texts(),
        *(f.alt for f in figures),
        *(json.dumps(f.drawing, sort_keys=True) for f in figures),
        *map(svg, figures),
    ]


def inline(spec):
    """Every list of rows inside a specification."""
    if isinstance(spec, list) and spec and isinstance(spec[0], dict):
        yield spec
    for inner in spec.values() if isinstance(spec, dict) else spec if isinstance(spec, list) else ():
        yield from inline(inner)


def differences(one, other):
    one, other = everything_told(one), everything_told(other)
    return [(a, b) for a, b in zip(one, other, strict=True) if a != b]


def test_records_that_differ_in_small_counts_alone_give_the_same_document():
    a, b = world(turned=False), world(turned=True)
    assert not a.events.equals(b.events)
    one, other = (profile_of(scope, rng=np.random.default_rng(1)) for scope in (a, b))
    assert differences(one, other) == []
    # The hidden groups are there: it is their counts that are not told.
    told_words = words(one)
    for name in ("Aggravated burglary", "school", "Cannabis or khat warning", "0 to 9"):
        assert name in told_words
    # And the comparison does see a count, where one is told.
    published = [profile_of(replace(s, feed="police-uk-street"), rng=np.random.default_rng(1)) for s in (a, b)]
    assert len(differences(*published)) > 10


def scattered(counts):
    """So many burglaries in each LSOA, by its position."""
    rng = np.random.default_rng(1)
    events = pl.concat([records(rng, n, area=CODES[i]) for i, n in counts.items() if n])
    return scope_of(events, events)


def test_what_a_district_leaves_of_its_lsoas_gives_none_away():
    """One small LSOA in a district of 57 takes the next smallest with it."""
    shown = Spread(scattered({0: 48, 1: 6, 2: 3, 20: 30})).lsoas
    assert (shown[CODES[0]], shown[CODES[1]], shown[CODES[2]], shown[CODES[3]]) == (48, None, None, 0)


def test_the_lsoas_of_a_hidden_district_are_hidden():
    shown = Spread(scattered({0: 48, 20: 3})).lsoas
    assert shown[CODES[0]] is None and shown[CODES[20]] is None


def test_deprivation_is_left_out_where_it_would_single_out_an_lsoa():
    """LSOAs 0 and 10 have decile 1, so neither can be told from the other; 0 and 4 have deciles 1 and 5, so a sum tells each."""
    usual = dict.fromkeys(range(15, 30), 20) | {i: 20 for i in range(1, 15) if i not in (4, 10)}
    for other, harmless in ((10, True), (4, False)):
        scope = scattered(usual | {0: 2, other: 3})
        [*_, block] = deprivation(scope, Spread(scope))
        assert isinstance(block, Table if harmless else Note)


def test_few_pairs_leave_no_ratio_and_no_p_value(burglary):
    """With what is expected, either would give the count."""
    part = repeats_part(burglary, np.random.default_rng(1))
    [table] = [t for t in tables(part) if t.caption.startswith("Pairs")]
    few = [row for row in table.rows if row[2] == "not shown"]
    assert few and all(row[4] == row[5] == "not shown" for row in few)
    assert not [row for row in table.rows if isinstance(row[2], int) and 0 < row[2] < 5]
    [figure] = [b for b in part.section.blocks if isinstance(b, Figure)]
    first = [row for row in table.rows if row[1] == "0 to 7 days"]
    [drawn] = {json.dumps(values) for values in inline(figure.drawing) if "value" in values[0]}
    assert [d["value"] for d in json.loads(drawn)] == [None if row[2] == "not shown" else row[2] for row in first]


def test_a_small_hot_spot_is_in_no_table_no_share_and_no_comparison():
    rng = np.random.default_rng(1)
    ground = records(rng, 3_000, category="violent-crime")
    four = records(rng, 4).with_columns(easting=572_100.0, northing=202_100.0)
    many = records(rng, 60).with_columns(
        easting=pl.Series(rng.normal(577_000, 60, 60)), northing=pl.Series(rng.normal(207_000, 60, 60))
    )
    events = pl.concat([many, four, records(rng, 30)])
    december = pl.col("start") >= datetime(2025, 12, 1, tzinfo=UTC)
    events = pl.concat([events.filter(~december), many.filter(december)[:3]])
    scope = scope_of(events, pl.concat([ground, events]))
    picture = hot_spot_picture(scope.events, scope.everything, names={}, police_generated=False)
    assert min(spot.events for spot in (*picture.spots, *picture.singles)) < 5
    part = where_part(scope)
    [spots] = [t for t in tables(part) if "Recorded" in [c.label for c in t.columns]]
    assert spots.rows and all(row[5] >= 5 for row in spots.rows)
    hot = sum(row[5] for row in spots.rows if row[2] == "hot spot")
    assert f"{hot / len(events):.0%}" in part.findings[0].text
    assert not any(t.caption.startswith("What was hot") for t in tables(part))  # three in the last month


def test_months_of_one_lsoa_are_not_told_and_of_the_force_they_are():
    days = pl.Series([datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=9 * i) for i in range(40)])
    events = records(np.random.default_rng(1), 40, area=CODES[0]).with_columns(start=days, end=days)
    one = scope_of(events, events, lsoas={CODES[0]: LSOAS[CODES[0]]})
    assert not tables(trend_part(one)) and "too small to be shown" in words(trend_part(one))
    assert tables(trend_part(scope_of(events, events)))


def test_fewer_than_five_are_no_profile_but_in_open_data():
    events = records(np.random.default_rng(1), 4)
    with pytest.raises(InvalidInput) as refused:
        profile_of(scope_of(events, events), rng=np.random.default_rng(1))
    assert refused.value.id == "peelian.E503" and "4" not in str(refused.value)
    published = events.with_columns(precision=pl.lit("month"), place_precision=pl.lit("snapped"))
    made = profile_of(scope_of(published, published, feed="police-uk-street"), rng=np.random.default_rng(1))
    assert "4 burglaries were recorded" in made.finding("scale").text


def solutions(sums, totals, size, largest):
    """Every way to fill the hidden counts, one at least in each, so that the sums come out."""
    ways = np.array(list(product(range(1, largest + 1), repeat=size)))
    return ways[(ways @ sums.T == totals).all(axis=1)]


@given(st.lists(st.integers(0, 9), min_size=2, max_size=6))
def test_a_table_and_its_total_leave_each_hidden_count_open(counts):
    table = told({str(i): n for i, n in enumerate(counts)}, open_data=False)
    assert not any(n is not None and 0 < n < 5 for n in table.values())
    hidden = [n for n, shown in zip(counts, table.values(), strict=True) if shown is None]
    assume(hidden and any(shown is not None for shown in table.values()))
    ways = solutions(np.ones((1, len(hidden)), int), [sum(hidden)], len(hidden), min(sum(hidden), 12))
    assert all(len(set(column)) > 1 for column in ways.T)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 4), min_size=2, max_size=5),
    st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=3),
)
def test_sums_called_harmless_leave_each_hidden_count_open(counts, more):
    sums = np.array([[True] * len(counts), *(row[: len(counts)] for row in more)])
    assume(not gives_away(sums, np.array(counts), np.ones(len(counts), bool)))
    ways = solutions(sums.astype(int), sums @ np.array(counts), len(counts), sum(counts))
    assert all(len(set(column)) > 1 for column in ways.T)


def test_sums_that_tell_a_count_are_caught():
    """In turn: a difference, the last one left over, all ones; and the pair that the first sum leaves at two."""
    whole = [True] * 4
    for sums, counts, tells in (
        ([whole, [True, True, True, False]], [2, 3, 2, 3], True),
        ([whole, [True, True, False, False]], [2, 3, 2, 3], False),
        ([whole, [True, True, False, False]], [2, 3, 1, 1], True),
        ([whole], [1, 1, 1, 1], True),
        ([whole], [2, 0, 0, 0], True),
        ([whole], [2, 3, 0, 0], False),
    ):
        assert gives_away(np.array(sums), np.array(counts), np.ones(4, bool)) is tells
