"""A forecast as a document: the card first, the verdict first in it, and nothing said that cannot be."""

import csv
import gzip
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely

from peelian.analysis.forecast import Periods
from peelian.core.document import Figure, Finding, Section, Table
from peelian.core.errors import InvalidInput
from peelian.documents.html import page
from peelian.documents.pdf import pdf
from peelian.prevention.forecast_card import SECTION, deprivation_group
from peelian.prevention.forecast_grounds import Ground, Grounds
from peelian.prevention.forecasts import for_patrol, forecast_of
from peelian.prevention.themes import THEMES

ON = date(2026, 1, 15)


def grounds_of(theme_counts, *, generated=None, reported=None, months=None, **changes):
    """Places in a row, a square kilometre each, of rising deprivation decile."""
    counts = np.asarray(theme_counts)
    n, held = counts.shape
    rng = np.random.default_rng(9)
    found = Grounds(
        theme=THEMES["burglary"], area="Anyshire", feed="force-crimes", open_data=False, by="lsoa",
        periods=Periods("month", date(2026 - -(-held // 12), 1, 1)), held=held,
        places=tuple(
            Ground(f"Harbour {i:03}A", shapely.box(570_000 + 1_000 * i, 200_000, 571_000 + 1_000 * i, 201_000), 1.0 + 10 * i // n, None)
            for i in range(n)
        ),
        theme_counts=counts,
        generated=rng.poisson(2, counts.shape) if generated is None else generated,
        reported=rng.poisson(20, counts.shape) if reported is None else reported,
        unplaced=0, batches=("abcd1234",),
    )  # fmt: skip
    return replace(found, **changes)


def made(grounds, horizon=1):
    return forecast_of(grounds, on=ON, horizon=horizon, rng=np.random.default_rng(1))


def steady(seed=1, places=50, mean=6.0):
    rng = np.random.default_rng(seed)
    return rng.poisson(np.outer(mean * rng.gamma(2, 0.5, places), np.ones(36)))


def words(document):
    return " ".join(document.texts())


@pytest.fixture(scope="module")
def usual():
    return made(grounds_of(steady()))


def test_the_card_comes_first_and_its_verdict_first_of_all(usual):
    assert usual.sections[0].title == SECTION
    assert isinstance(usual.sections[0].blocks[0], Finding) and usual.sections[0].blocks[0].id == "honesty"


def test_where_last_year_is_as_good_the_forecast_says_so(usual):
    """Places that do not change: nothing can beat counting them."""
    assert usual.finding("honesty").text.startswith("This forecast is not better than last year's counts")
    assert "Use last year's counts" in usual.finding("honesty").text
    assert "are what to go by" in words(usual)


def test_every_score_has_its_interval_and_stands_beside_last_year(usual):
    [table] = [b for b in usual.blocks() if isinstance(b, Table) and b.caption.startswith("Of what followed")]
    methods = [row[1] for row in table.shown]
    assert (
        sum(m.startswith("Last year's counts") for m in methods)
        == sum(m.startswith("This forecast") for m in methods) * 2
    )
    assert all(" to " in cell for row in table.shown for cell in row[2:])


def test_what_is_expected_has_an_interval_that_holds_what_comes(usual):
    """The expected count of a steady place is its mean; six a month is far within the interval."""
    [figure] = [b for b in usual.blocks() if isinstance(b, Figure)]
    top = figure.table.rows[0]
    assert top[2].low <= top[2].value <= top[2].high
    assert top[2].value == pytest.approx(top[3] / 12, rel=0.25)


def test_too_few_months_are_not_enough_data():
    document = made(grounds_of(steady()[:, :24]))
    assert document.finding("honesty").text.startswith("Not enough data: 24 months held, 36 needed")
    assert [type(b) for b in document.blocks()].count(Table) == 0 and len(document.sections) == 1


def test_too_few_events_are_not_enough_data_and_no_count_of_them_is_told():
    counts = np.zeros((20, 36), dtype=int)
    counts[3, 30] = 3
    text = words(made(grounds_of(counts)))
    assert "Not enough data: fewer than 100 burglaries" in text


def test_deprivation_is_told_by_fifths_and_ethnicity_cannot_be(usual):
    assert [deprivation_group(d) for d in (1, 2, 3, 10, None, 0)] == [
        "deciles 1 and 2", "deciles 1 and 2", "deciles 3 and 4", "deciles 9 and 10", "", "",
    ]  # fmt: skip
    assert "no group of places was expected to have over a tenth" in usual.finding("deprivation").text
    assert "minority ethnic groups: no such figures are loaded" in words(usual)


def test_ethnicity_is_told_where_it_is_loaded():
    grounds = grounds_of(steady())
    places = tuple(replace(g, ethnicity=float(i)) for i, g in enumerate(grounds.places))
    document = made(replace(grounds, places=places))
    assert "minority ethnic groups" in document.finding("ethnicity").text and "cannot be told" not in words(document)


def test_risk_that_moves_into_one_fifth_makes_a_biased_forecast_and_it_says_so():
    """The most deprived fifth halves when the trial begins: the forecast goes on expecting too much of it."""
    counts = steady(mean=30)
    counts[:10, 24:] //= 3
    assert "Biased by deprivation: it expected more" in made(grounds_of(counts)).finding("deprivation").text


def test_a_planted_feedback_loop_is_said_and_an_honest_process_is_not():
    counts = steady()
    generated = np.random.default_rng(5).poisson(4, counts.shape)
    assert made(grounds_of(counts, generated=generated)).finding("feedback").text.startswith("No feedback loop")
    busiest = np.argsort(-counts.sum(axis=1))[:6]
    generated[busiest, 24:] *= 3
    text = made(grounds_of(counts, generated=generated)).finding("feedback").text
    assert text.startswith("A feedback loop is likely") and "must not direct patrol" in text


def test_where_nothing_is_found_by_looking_a_loop_cannot_be_told():
    document = made(grounds_of(steady(), generated=np.zeros((50, 36), dtype=int)))
    assert "Whether crime that police find by looking" in words(document)
    assert not [b for b in document.blocks() if isinstance(b, Finding) and b.id == "feedback"]


@pytest.mark.parametrize("theme", ["drugs", "possession-of-weapons"])
def test_what_police_activity_makes_is_not_forecast(theme):
    with pytest.raises(InvalidInput) as fault:
        for_patrol(THEMES[theme])
    assert fault.value.id == "peelian.E507"


def test_a_place_with_a_small_count_is_not_told_by_its_forecast():
    """Of the force's own records: no expected count stands for a place whose year is below five; open data are told."""
    counts = steady(mean=8)
    counts[7], counts[7, -12:] = 99, 0
    counts[7, -1] = 3
    hidden, told = (made(grounds_of(counts, open_data=o)) for o in (False, True))

    def listed(document):
        return [row[1] for b in document.blocks() if isinstance(b, Figure) for row in b.table.rows]

    assert "Harbour 007A" in listed(told) and "Harbour 007A" not in listed(hidden)


def test_a_mean_of_a_few_events_is_not_told():
    """Thirty places in which three events fall in the year tried, among busy ones: their mean would tell the three."""
    counts = steady(places=50, mean=20)
    counts[:30] = 0
    counts[4, 30:33] = 1
    [table] = [
        b
        for b in made(grounds_of(counts)).blocks()
        if isinstance(b, Table) and b.caption.startswith("What was expected")
    ]
    assert "not shown" in [row[3] for row in table.shown]
    assert all(isinstance(row[3], str) or round(row[1] * row[3].value) not in (1, 2, 3, 4) for row in table.rows)


def test_it_is_a_page_and_an_accessible_pdf(usual):
    html = page(usual)
    assert html.index("not better than last year") < html.index("are expected to be recorded")
    assert pdf(usual).startswith(b"%PDF")
    assert all(isinstance(s, Section) for s in usual.sections)


def test_chicago_says_by_how_much_it_is_better_than_last_year(shared):
    """Four years of burglaries in cells of 500 m: better than last year's counts, by about a percentage point."""
    path = shared / "data/near-repeat/chicago_burglary_2014_2017.csv.gz"
    rows = list(csv.DictReader(gzip.decompress(path.read_bytes()).decode().splitlines()))
    cell = np.floor([[float(row[axis]) / 500 for axis in "XY"] for row in rows]).astype(int)
    month = [(int(row["date"][:4]) - 2014) * 12 + int(row["date"][5:7]) - 1 for row in rows]
    places, at = np.unique(cell, axis=0, return_inverse=True)
    counts = np.zeros((len(places), 48), dtype=int)
    np.add.at(counts, (at, month), 1)
    document = made(grounds_of(counts, open_data=True))
    assert document.finding("honesty").text.startswith(
        "This forecast is better than last year's counts: watching 10% of the area"
    )


def test_essex_of_2018_is_too_short(shared):
    """Seven months of open data at most: nothing to try a forecast on."""
    files = sorted((shared / "data/essex-street-2018").glob("*street*"))
    assert 0 < len(files) < 36
    document = made(grounds_of(np.ones((5, len(files)), dtype=int)))
    assert f"Not enough data: {len(files)} months held, 36 needed" in document.finding("honesty").text
