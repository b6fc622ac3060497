"""Official statistics against the figures that their publishers and the checked README of the stored tables state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from peelian.core.errors import InvalidInput, PeelianError
from peelian.records import statistics
from peelian.records.landing import ingest
from peelian.records.models import Event, Mention, Quarantined

FILES = {
    "outcomes_2017_18_all_forces.csv.gz": ("home-office-outcomes", 450_912),
    "stop_and_search_ethnicity_2006_2018.csv.gz": ("stop-and-search-rates", 13_104),
    "crime_severity_score_pfa_2003_2022.csv.gz": ("crime-severity", 7_700),
    "police_workforce_by_force.csv": ("police-workforce", 3_655),
}
Read = Callable[..., Any]


@pytest.fixture
def read(tmp_path: Path, lake_home: Path, actor: Any, at: datetime, csv_of: Callable[..., bytes]) -> Read:
    def take(feed: str, *rows: dict[str, str], name: str = "rows.csv") -> Any:
        (tmp_path / name).write_bytes(csv_of(feed, rows))
        assert statistics.table_of(tmp_path / name).name == feed
        (result,) = ingest(feed, [tmp_path / name], actor=actor, at=at)
        return result

    return take


def load(shared: Path, actor: Any, name: str) -> None:
    path = shared / "data/police-statistics" / name
    feed, rows = FILES[name]
    assert statistics.table_of(path).name == feed
    (result,) = ingest(feed, [path], actor=actor, at=datetime(2026, 11, 1, tzinfo=UTC))
    assert (result.read, result.accepted, result.error) == (rows, rows, "")
    assert not Quarantined.objects.exists() and not Event.objects.exists() and not Mention.objects.exists()


def row(frame: pl.DataFrame, **which: object) -> dict[str, Any]:
    return frame.filter(**which).row(0, named=True)


def test_essex_charged_less_than_all_forces(shared: Path, lake_home: Path, actor: Any) -> None:
    """Home Office, year to March 2018: 12,650 of 134,153 (9.4 %) against 10.0 % of 4,878,302."""
    load(shared, actor, "outcomes_2017_18_all_forces.csv.gz")
    found = statistics.outcomes(actor)
    essex, every = row(found, force="Essex"), row(found, force=statistics.ALL)
    assert (essex["offences"], essex["with_outcome"], round(essex["share"], 1)) == (134_153, 12_650, 9.4)
    assert (every["offences"], round(every["share"], 1)) == (4_878_302, 10.0)
    assert essex["against_all"] == "lower" and essex["low"] < essex["share"] < essex["high"] < every["share"]
    counts = {18: 62_503, 16: 21_734, 15: 11_422, 14: 11_296}
    assert {
        o: row(statistics.outcomes(actor, outcome=o, force="essex"), force="Essex")["with_outcome"] for o in counts
    } == counts
    assert len(found) == 45 and found.filter(force="City of London").height == 1


def test_stops_of_essex_by_ethnicity(shared: Path, lake_home: Path, actor: Any) -> None:
    """Race Disparity Unit, 2017/18: White 1.45, Black 12.77 for 1,000, so 8.8 times; all forces 3.03, 28.95, 9.6."""
    load(shared, actor, "stop_and_search_ethnicity_2006_2018.csv.gz")
    found = statistics.stops(actor, force="Essex")
    assert set(found["year"]) == {"2017/18"} and set(found["force"]) == {"Essex", statistics.ALL}
    for force, white, black, times in (("Essex", 1.45, 12.77, 8.8), (statistics.ALL, 3.03, 28.95, 9.6)):
        own = found.filter(force=force)
        assert round(row(own, ethnicity="White")["rate"], 2) == white
        assert round(row(own, ethnicity="Black")["rate"], 2) == black
        assert round(row(own, ethnicity="Black")["times_white"], 1) == times
    essex = dict(found.filter(force="Essex").select("ethnicity", "searches").iter_rows())
    assert essex == {
        "All": 3_242,
        "White": 2_330,
        "Black": 443,
        "Asian": 119,
        "Mixed": 102,
        "Unreported": 238,
        "Other": 10,
    }
    unreported = row(found, force="Essex", ethnicity="Unreported")
    assert unreported["population"] is None and unreported["rate"] is None, "N/A is no number, and never nought"
    black = row(found, force="Essex", ethnicity="Black")
    assert black["times_low"] < black["times_white"] < black["times_high"]


def test_crime_severity_of_essex(shared: Path, lake_home: Path, actor: Any) -> None:
    """Office for National Statistics, years ending March 2018 to 2022."""
    load(shared, actor, "crime_severity_score_pfa_2003_2022.csv.gz")
    found = statistics.severity(actor, force="Essex").filter(pl.col("year_ending") >= "2018")
    assert [round(s, 2) for s in found["score"]] == [13.03, 14.51, 15.34, 13.39, 16.49]
    assert [round(s, 2) for s in found["all_forces"]] == [14.86, 15.79, 15.55, 13.64, 15.85]
    assert statistics.severity(actor, force="City of London")["score"].null_count() == 20, ": is no number"


def test_a_slip_of_the_source_is_flagged(shared: Path, lake_home: Path, actor: Any) -> None:
    """Home Office, Essex officers on 31 March 2008: 3,446 by headcount, 2,684.77 full-time equivalent; no other is under 0.85."""
    load(shared, actor, "police_workforce_by_force.csv")
    found = statistics.workforce(actor)
    fte = {(f, d[:4]): v for f, d, v in found.select("force", "date", "fte").iter_rows()}
    assert [fte["Essex", y] for y in ("2010", "2017", "2022")] == [3_605.93, 2_818.59, 3_573.75]
    assert [round(fte[statistics.ALL, y], 2) for y in ("2010", "2022")] == [143_734.44, 140_228.33]
    odd = found.filter(pl.col("odd") != "")
    assert odd.select("force", "date", "headcount").rows() == [("Essex", "2008-03-01", 3_446)]


def test_a_force_has_one_name_in_every_table(read: Read, actor: Any) -> None:
    read("home-office-outcomes", {"force_name": "London, City of"}, {"force_name": "Avon and Somerset"})
    read("stop-and-search-rates", {"force": "Avon & Somerset"})
    assert set(statistics.outcomes(actor)["force"]) == {"City of London", "Avon and Somerset", statistics.ALL}
    assert statistics.stops(actor)["force"].to_list() == ["Avon and Somerset"]


def test_what_is_not_given_counts_for_nothing(read: Read, actor: Any) -> None:
    read(
        "home-office-outcomes",
        {},
        {"outcome_type": "18", "offences": "-1"},
        {"outcome_type": "18", "offences": "NA"},
        {"offences": "?"},
    )
    essex = row(statistics.outcomes(actor), force="Essex")
    # Three charged of two that are left once one was taken back: no share can be given.
    assert (essex["offences"], essex["with_outcome"], essex["share"], essex["against_all"]) == (2, 3, None, "not given")
    assert Quarantined.objects.count() == 1


def test_a_later_edition_of_a_quarter_replaces_it(
    read: Read, actor: Any, at: datetime, tmp_path: Path, csv_of: Any
) -> None:
    read("home-office-outcomes", {}, {"outcome_type": "18", "offences": "7"})
    (tmp_path / "later.csv").write_bytes(
        csv_of("home-office-outcomes", [{"offences": "5"}, {"outcome_type": "18", "offences": "7"}])
    )
    list(ingest("home-office-outcomes", [tmp_path / "later.csv"], actor=actor, at=at + timedelta(days=1)))
    assert row(statistics.outcomes(actor), force="Essex")["with_outcome"] == 5


def test_refusals_say_what_to_do(read: Read, actor: Any, tmp_path: Path) -> None:
    with pytest.raises(PeelianError, match="no such statistics"):
        statistics.outcomes(actor)
    read("home-office-outcomes", {}, {"outcome_type": "18"})
    with pytest.raises(InvalidInput, match="no such force"):
        statistics.outcomes(actor, force="Nowhere")
    with pytest.raises(InvalidInput, match="no such outcome"):
        statistics.outcomes(actor, outcome=99)
    with pytest.raises(InvalidInput, match="financial year"):
        statistics.stops(actor, year="2017' OR '1'='1")
    (tmp_path / "other.csv").write_text("Region,Police Force,Total\nEast,Essex,15323\n")
    with pytest.raises(PeelianError, match="no statistics table"):
        statistics.table_of(tmp_path / "other.csv")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(PeelianError, match="empty"):
        statistics.table_of(tmp_path / "empty.csv")
