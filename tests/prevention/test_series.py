"""Series candidates as a document: what was planted is found, each with its reasons, and nothing is said of a person."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from peelian.core.document import Finding, Section, Table
from peelian.documents.html import page
from peelian.prevention.series import series_of

from .conftest import records, scope_of


def planted(rng, events, number, *, size=6):
    """Offences of one series: within 150 m and 14 days of a first."""
    first = events[number]
    return pl.concat([first] * size).with_columns(
        reference=pl.Series([f"series-{number}/{i}" for i in range(size)]),
        easting=first["easting"][0] + rng.uniform(-60, 60, size),
        northing=first["northing"][0] + rng.uniform(-60, 60, size),
        start=pl.Series([first["start"][0] + timedelta(days=i * 2) for i in range(size)], dtype=events["start"].dtype),
    ).with_columns(end=pl.col("start"))  # fmt: skip


@pytest.fixture(scope="module")
def made():
    rng = np.random.default_rng(1)
    events = records(rng, 400)
    events = pl.concat([events, *(planted(rng, events, number) for number in (3, 50, 200))])
    return series_of(scope_of(events, events), rng=np.random.default_rng(1))


def candidates(document):
    return [b for b in document.blocks() if isinstance(b, Table) and b.caption.startswith("Candidate ")]


def test_planted_series_are_the_candidates(made):
    assert made.finding("series").text.startswith("3 candidates for a series among 41")
    for table in candidates(made):
        references = [row[1] for row in table.rows]
        assert sum(r.startswith("series-") for r in references) >= 6
        assert [row[2] for row in table.rows] == sorted(row[2] for row in table.rows)


def test_each_candidate_has_its_reasons(made):
    sections = [s for s in made.blocks() if isinstance(s, Section) and s.title.startswith("Candidate ")]
    assert len(sections) == 3
    for section in sections:
        reasons = " ".join(section.blocks[0].items)
        assert "times as often as chance gives" in reasons and "shuffled dates with p" in reasons
        assert "Burglary in a dwelling" in reasons


def test_it_says_what_a_candidate_is_not(made):
    text = " ".join(made.texts())
    assert "no proof" in text and "nothing of any person" in text and "not for release" in text
    assert "Secret Lane" not in page(made)


def test_without_series_there_is_no_candidate():
    events = records(np.random.default_rng(2), 400)
    document = series_of(scope_of(events, events), rng=np.random.default_rng(1))
    assert document.finding("series").text.startswith("No candidate for a series among 400")
    assert candidates(document) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"precision": "month"}, "near repeats need the day"),
        ({"place_precision": "snapped"}, "near repeats need the place"),
    ],
)
def test_open_data_are_not_enough(change, why):
    events = records(np.random.default_rng(3), 100).with_columns(**{k: pl.lit(v) for k, v in change.items()})
    document = series_of(scope_of(events, events), rng=np.random.default_rng(1))
    [finding] = [b for b in document.blocks() if isinstance(b, Finding)]
    assert finding.text.startswith("Not enough data: ") and why in finding.text
