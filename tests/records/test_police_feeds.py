"""What the force's further extracts and police.uk's other files become, and what of them is never held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from peelian.county import making
from peelian.county.feeds import police
from peelian.county.making import Made
from peelian.records import landing, quarantine, query
from peelian.records.feeds import FEEDS
from peelian.records.feeds.outcomes import OUTCOMES
from peelian.records.landing import Result, ingest
from peelian.records.models import Event, Mention, Quarantined

NEW = (
    "police-uk-outcomes",
    "police-uk-stop-and-search",
    "force-custody",
    "force-intelligence",
    "force-missing",
    "force-offenders",
    "pnc-wanted",
)
STOPS, ESSEX = "police-uk-stop-and-search", "2018-01-essex-stop-and-search.csv"
Read = Callable[..., Result]


@pytest.fixture
def read(tmp_path: Path, lake_home: Path, actor: Any, at: datetime, csv_of: Callable[..., bytes]) -> Read:
    """A function that reads rows of a feed as a file with a name."""

    def take(feed: str, *rows: dict[str, str], name: str = "rows.csv", days: int = 0, **how: Any) -> Result:
        (tmp_path / name).write_bytes(csv_of(feed, rows, **how))
        when = at + timedelta(days=days)
        (result,) = ingest(feed, [tmp_path / name], actor=actor, at=when, published=when.date())
        return result

    return take


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Five months of a county whose sources are careless; circulations are rare."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "SOURCES", police.SOURCES)
        return making.make(tmp_path_factory.mktemp("county") / "made", people=20_000, seed=3, months=5, defects=0.3)


@pytest.mark.parametrize("feed", NEW)
def test_every_planted_defect_and_no_other_row_waits(
    feed: str, made: Made, lake_home: Path, actor: Any, at: datetime
) -> None:
    """Law 1 on each of the county's files: read = accepted + quarantined + repeats, and nothing ends in silence."""
    results = list(ingest(feed, made.files[feed], actor=actor, at=at))
    assert not [r.error for r in results if r.error]
    defects = pl.read_csv(made.folder / "truth/defects.csv", infer_schema=False).filter(pl.col("feed") == feed)
    planted = {(Path(f).name, int(line)) for f, line in defects.select("file", "line").iter_rows()}
    waiting = {(q.batch.file, q.line) for q in Quarantined.objects.select_related("batch")}
    assert waiting == planted and planted
    assert sum(r.read for r in results) == made.rows[feed]
    assert all(r.read == r.accepted + r.quarantined + r.repeats for r in results)
    spills = defects.filter(pl.col("kind") == "spill").height
    told = sum(int(n.split()[1].replace(",", "")) for r in results for n in r.notes if n.startswith("spill: "))
    assert told == spills


def test_the_labels_are_the_publishers(shared: Path) -> None:
    """data.police.uk documentation, outcome categories."""
    listed = pl.read_csv(shared / "standards/tables/policeuk_outcome_codes.csv")
    groups = {name: group.replace("_", " ") for name, group in listed.select("name", "suggested_group").iter_rows()}
    assert groups == OUTCOMES


def test_an_outcome_is_an_event_of_its_crime(read: Read) -> None:
    read("police-uk-outcomes", {}, {"Outcome type": "Offender given penalty notice", "Month": "2018-02"})
    charged, notice = Event.objects.order_by("line")
    assert (charged.kind, charged.reference, charged.outcome, charged.precision) == (
        "outcome",
        "ab" * 32,
        "Suspect charged",
        "month",
    )
    assert notice.outcome == "Offender given a penalty notice", "the files say it without the article, the API with it"
    assert not Mention.objects.exists()


def test_a_stop_has_the_force_and_month_of_its_files_name(read: Read, actor: Any) -> None:
    header = [c.name for c in FEEDS[STOPS].columns if not c.optional]
    first = read(STOPS, {}, {}, {"Date": "2018-01-06T00:00:00+00:00"}, name=ESSEX, header=header)
    assert (first.accepted, first.error) == (3, ""), "two stops alike in every cell are two stops"
    timed, _, untimed = Event.objects.order_by("line")
    assert (timed.kind, timed.category, timed.precision) == ("stop", "stop-and-search", "minute")
    assert timed.start == timed.end == datetime(2018, 1, 5, 21, 40, tzinfo=UTC)
    assert (untimed.precision, untimed.end - untimed.start) == ("day", timedelta(days=1))
    assert query.cells(actor, STOPS)[["Force", "Month"]].unique().rows() == [("essex", "2018-01")]
    # Another force's file of the same bytes is another batch, and takes nothing away; a later edition of the same force replaces.
    kent = read(
        STOPS,
        {},
        {},
        {"Date": "2018-01-06T00:00:00+00:00"},
        name="2018-01-kent-stop-and-search.csv",
        header=header,
        days=1,
    )
    assert kent.accepted == 3 and len(query.events(actor, feeds=[STOPS])) == 6
    read(STOPS, {}, name=ESSEX, header=header, days=2)
    assert len(query.events(actor, feeds=[STOPS])) == 4


def test_a_mended_stop_counts_with_the_others_of_its_file(read: Read, actor: Any, at: datetime) -> None:
    header = [c.name for c in FEEDS[STOPS].columns if not c.optional]
    read(STOPS, {}, {"Gender": "M"}, name=ESSEX, header=header)
    (row,) = quarantine.waiting(actor)
    assert (row.cells["Force"], row.cells["Month"]) == ("essex", "2018-01")
    assert quarantine.mend(row, {"Gender": "Male"}, reason="a slip", actor=actor, at=at) == []
    replayed, left = landing.replay(row.batch, actor=actor, at=at + timedelta(hours=1))
    assert replayed is not None and (replayed.accepted, left) == (1, 0)
    assert len(query.events(actor, feeds=[STOPS])) == 2, "the second of two that are alike, not a repeat of the first"


def test_a_summer_stop_is_told_in_utc(read: Read) -> None:
    read(STOPS, {"Date": "2018-06-30T23:30:00+00:00"})
    assert Event.objects.get().start == datetime(2018, 6, 30, 23, 30, tzinfo=UTC)


def test_a_file_of_stops_with_no_force_in_its_name_is_refused(read: Read) -> None:
    header = [c.name for c in FEEDS[STOPS].columns if not c.optional]
    refused = read(STOPS, {}, name="stops.csv", header=header)
    assert "the name of the file does not say" in refused.error and "essex" in refused.error
    assert read(STOPS, {}, name="stops.csv").accepted == 1, "a file that has the columns needs no name"


@pytest.mark.parametrize("column", ["Informant Name", "CHIS ref", "source_name", "Name of Source", "Handler Name"])
def test_a_column_that_names_a_human_source_refuses_the_file(read: Read, column: str) -> None:
    """Law 13: the identity of a human source never enters."""
    header = [c.name for c in FEEDS["force-intelligence"].columns]
    refused = read("force-intelligence", {column: "Uncle Bob"}, header=[*header, column])
    assert "may never be held" in refused.error and "Uncle" not in refused.error
    assert not Event.objects.exists()
    kept = read("force-intelligence", {"Weather": "wet"}, header=[*header, "Weather"])
    assert kept.accepted == 1 and any("nobody expected" in n for n in kept.notes)


def test_conditions_go_with_the_handling_code_that_asks_for_them(read: Read) -> None:
    """3x5x2: 2BC without conditions is no valid grade."""
    result = read(
        "force-intelligence",
        {"Handling": "C", "Handling Conditions": "A2;S1"},
        {"Item Reference": "IR/1/18/2", "Handling": "C"},
        {"Item Reference": "IR/1/18/3", "Handling Conditions": "S2"},
    )
    assert (result.accepted, result.quarantined) == (1, 2)
    assert Event.objects.get().outcome == "2BC"


def test_an_item_about_a_car_names_nobody(read: Read, actor: Any) -> None:
    nobody = dict.fromkeys(
        ("Surname", "Forenames", "Sex", "Date of Birth", "Ethnicity", "Phone", "Address", "Postcode"), ""
    )
    read("force-intelligence", {}, {"Item Reference": "IR/1/18/2", **nobody})
    assert Event.objects.count() == 2
    assert Mention.objects.get().key == "IR/1/18/1"
    assert query.mentions(actor)["reference"].to_list() == ["IR/1/18"]


def test_custody_ends_as_the_last_version_says(read: Read, actor: Any) -> None:
    read("force-custody", {"Released At": "", "Disposal": ""})
    read("force-custody", {"Disposal": "bailed before charge", "Bail Date": "2018-04-05"}, days=1)
    assert query.events(actor, feeds=["force-custody"])["outcome"].to_list() == ["bailed before charge"]
    read("force-custody", {"Status": "withdrawn", "Disposal": "no further action"}, days=2)
    assert query.events(actor, feeds=["force-custody"]).is_empty() and query.mentions(actor).is_empty()


def test_whoever_is_cancelled_is_wanted_no_more(read: Read, actor: Any, at: datetime) -> None:
    read("pnc-wanted", {}, {"PNC Reference": "PW/2/18", "Report Type": "missing"})
    read("pnc-wanted", {"Cancelled At": "2018-01-07 10:00", "Cancel Reason": "arrested"}, days=1)
    assert query.events(actor, feeds=["pnc-wanted"])["outcome"].to_list() == ["missing"]
    assert len(query.events(actor, feeds=["pnc-wanted"], known_on=at)) == 2
    assert {FEEDS["pnc-wanted"].record_class.regime} == {"part3"}


def test_a_missing_child_stays_missing_until_found(read: Read, actor: Any) -> None:
    blank = dict.fromkeys(("Found At", "Found By", "Return Interview On"), "")
    read("force-missing", blank)
    event = Event.objects.get()
    assert (event.kind, event.outcome, event.end, event.place) == (
        "missing",
        "missing",
        None,
        "Acacia House, 1 High Street",
    )
    assert event.location_type == "children's home"
    read("force-missing", {}, days=1)
    assert query.events(actor, feeds=["force-missing"])["outcome"].to_list() == ["found"]
    assert query.mentions(actor)["role"].to_list() == ["missing person"]


@pytest.mark.parametrize("feed", NEW)
def test_every_class_says_who_controls_it_and_how_far_it_goes(feed: str) -> None:
    own = FEEDS[feed].record_class
    assert own.controller and own.onward
    assert own.regime == ("none" if feed.startswith("police-uk") else "part3")
    assert not FEEDS[feed].placed or feed == STOPS


def test_days_ahead_are_allowed_only_where_a_day_may_lie_ahead(read: Read) -> None:
    read("force-offenders", {"Licence Expiry": "2034-01-01"}, {"Cohort Reference": "OM/2", "Assessed On": "2034-01-01"})
    assert Event.objects.get().start.date() == date(2018, 1, 5)
