"""The partners' feeds from the county's files to the store: every planted defect and only those wait, and feeds can be taken back."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from peelian.access.actor import Actor
from peelian.access.agreements import load_agreements, periods
from peelian.access.models import RecordClass
from peelian.county import making
from peelian.county.feeds import partners as sources
from peelian.records import query
from peelian.records.feeds import FEEDS, partners
from peelian.records.feeds.police_uk import CATEGORIES
from peelian.records.landing import ingest
from peelian.records.models import Mention, Quarantined
from peelian.records.withdrawal import restore, withdraw

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
NAMES = [feed.name for feed in partners.FEEDS]
LAW_ENFORCEMENT = {"probation", "hmrc-intelligence", "border-force-intelligence"}
NAMELESS = {"ae-assaults", "ambulance", "fire"}


@dataclass
class County:
    """A small county of partners' files alone, and its truth."""

    folder: Path

    def truth(self, table: str) -> pl.DataFrame:
        """A table of the truth, every cell as text."""
        return pl.read_csv(self.folder / "truth" / f"{table}.csv", infer_schema=False)

    def sent(self, feed: str) -> list[tuple[str, str]]:
        """Day and file of every delivery of a feed, in order."""
        told = self.truth("deliveries").filter(pl.col("feed") == feed, pl.col("sent").is_not_null())
        return list(told.sort("sent", "file").select("sent", "file").iter_rows())

    def rows(self, file: str) -> list[dict[str, str]]:
        """The rows of a file that are whole."""
        with (self.folder / file).open(newline="") as lines:
            return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """Five months of twelve partners, one row in twenty spoilt."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "SOURCES", sources.SOURCES)
        made = making.make(tmp_path_factory.mktemp("partners") / "made", people=4_000, seed=5, months=5, defects=0.05)
    yield County(made.folder)


@pytest.fixture
def read(county: County, lake_home: Path, actor: Actor) -> Any:
    """A function that reads a feed's files in the order in which they were sent; its results by file."""

    def reader(feed: str) -> dict[str, Any]:
        found = {}
        for n, (day, file) in enumerate(county.sent(feed)):
            (found[file],) = ingest(
                feed, [county.folder / file], actor=actor, at=AT + timedelta(hours=n), published=date.fromisoformat(day)
            )
            assert not found[file].error, found[file].error
        return found

    return reader


def events_are_a_partners_own(actor: Actor, feed: str) -> None:
    """Never a slug of police.uk, or partners' records would be added to crimes; the councils' ASB alone shares its slug."""
    events = query.events(actor, feeds=[feed])
    categories = set(events["category"])
    if feed == "council-asb":
        assert categories == {"anti-social-behaviour"}
    else:
        assert not categories & set(CATEGORIES.values())
    assert all(c and len(c) <= 40 for c in categories)
    assert all(k and len(k) <= 20 for k in set(events["kind"]))
    assert events["start"].null_count() == 0
    assert events.filter(pl.col("end") < pl.col("start")).is_empty()
    assert set(events["precision"]) <= {"minute", "day", "range"}
    assert set(events["location_type"]) <= {
        "",
        "dwelling",
        "street",
        "retail",
        "licensed premises",
        "school",
        "care home",
        "hospital",
        "other",
    }
    if "mention" in FEEDS[feed].becomes:
        people = query.mentions(actor)
        assert people["key"].to_list() == people["reference"].to_list()
        assert people.filter(pl.col("surname") != "").height > len(people) / 2
    else:
        assert feed in NAMELESS and not Mention.objects.exists()


@pytest.mark.parametrize("feed", NAMES)
def test_every_planted_defect_and_only_those_wait(county: County, read: Any, actor: Actor, feed: str) -> None:
    planted = county.truth("defects").filter(feed=feed)
    waiting, rows = set(), 0
    for file, result in read(feed).items():
        assert result.read == result.accepted + result.quarantined + result.repeats
        assert result.read == len(county.rows(file))
        spills = planted.filter(pl.col("file") == file, pl.col("kind") == "marking above the ceiling").height
        spilt = [n for n in result.notes if n.startswith("spill")]
        assert len(spilt) == (spills > 0)
        assert not [n for n in result.notes if not n.startswith("spill")]
        lines = Quarantined.objects.filter(batch__digest=result.batch).values_list("line", flat=True)
        waiting |= {(file, str(line)) for line in lines}
        rows += result.read
    assert waiting == set(planted.select("file", "line").iter_rows())
    assert len(waiting) > 0 or rows < 60
    events_are_a_partners_own(actor, feed)


def test_the_county_knows_every_partner_that_is_declared() -> None:
    assert sorted(NAMES) == sorted(source.feed for source in sources.SOURCES)


@pytest.mark.parametrize("feed", NAMES)
def test_each_has_a_controller_a_regime_and_an_onward_limit(feed: str) -> None:
    told = FEEDS[feed].record_class
    assert told.regime == ("part3" if feed in LAW_ENFORCEMENT else "gdpr")
    assert told.controller != "The Chief Constable" and len(told.onward) > 30
    assert len(told.controller) <= RecordClass._meta.get_field("controller").max_length
    assert len(told.onward) <= RecordClass._meta.get_field("onward").max_length
    assert FEEDS[feed].withdrawn or feed == "ae-assaults"
    assert bool(FEEDS[feed].marking) == feed.endswith("intelligence")


@pytest.mark.parametrize("feed", sorted(set(NAMES) - NAMELESS))
def test_personal_columns_are_flagged(feed: str) -> None:
    columns = FEEDS[feed].columns
    for word in ("Surname", "Forenames", "Date of Birth", "Address", "Postcode", "Sex"):
        assert all(c.personal for c in columns if c.name.endswith(word)), word
    assert any(c.personal for c in columns)


def test_files_are_due_when_the_agreements_say(county: County, actor: Actor) -> None:
    """The county's agreements, loaded as any others, give the days that its truth calls agreed."""
    told = county.truth("deliveries").filter(kind="first")
    held = load_agreements(county.folder / "agreements.toml", actor=actor, at=AT)
    assert sorted(a.feed for a in held) == sorted(NAMES)
    for agreement in held:
        due = [str(day) for _, last, day in periods(agreement, AT.date()) if last <= date(2025, 12, 31)]
        agreed = told.filter(feed=agreement.feed).sort("period")["agreed"].to_list()
        # The county ends in the middle of the last period of most: its file comes all the same.
        assert agreed[: len(due)] == due and len(agreed) - len(due) <= 1


def test_what_is_sent_again_is_the_current_version_and_what_is_taken_back_is_gone(
    county: County, read: Any, actor: Actor
) -> None:
    spoilt = set(county.truth("defects").select("file", "line").iter_rows())
    for feed, column in (("ambulance", "Conveyed"), ("council-asb", "Action")):
        read(feed)
        held = {row[FEEDS[feed].id]: row[column] for row in query.cells(actor, feed).iter_rows(named=True)}
        versions = county.truth("partner_versions").filter(feed=feed)
        assert len(versions) > 0
        for _, file, line, reference, _, _, change in versions.iter_rows():
            if (file, line) in spoilt:
                continue
            row = county.rows(file)[int(line) - 2]
            assert held.get(reference) == (None if change == "taken back" else row[column])


def test_a_month_that_a_hospital_sends_again_replaces_the_first(county: County, read: Any, actor: Actor) -> None:
    read("ae-assaults")
    (again,) = county.truth("deliveries").filter(feed="ae-assaults", kind="whole").iter_rows(named=True)
    bad = county.truth("defects").filter(file=again["file"])["line"].n_unique()
    held = query.cells(actor, "ae-assaults").filter(pl.col("Month") == again["period"])
    assert len(held) == int(again["rows"]) - bad
    (first,) = (
        county.truth("deliveries")
        .filter(feed="ae-assaults", kind="first", period=again["period"])
        .iter_rows(named=True)
    )
    assert int(first["rows"]) < int(again["rows"])


def test_withdrawing_one_feed_visibly_reverses_the_picture(county: County, read: Any, actor: Actor) -> None:
    """The venue that only emergency departments know leads; so do the placement's episodes. Without them neither is there."""
    read("ae-assaults")
    read("ambulance")
    read("childrens-social-care")
    planted = {row["kind"]: row for row in county.truth("partner_plants").iter_rows(named=True)}
    venue = planted["venue"]["address"].split(",")[0]

    def first() -> str:
        hurt = query.events(actor, categories=["assault-injury"], feeds=["ae-assaults", "ambulance"])
        # The pub's name as it is spelt in most rows; the street follows it where the clerk wrote it.
        words = hurt.filter(pl.col("place") != "").select(
            pl.col("place").str.to_lowercase().str.split(",").list.first()
        )
        return str(words.to_series().value_counts(sort=True)["place"][0])

    def episodes() -> int:
        return query.events(actor, categories=["missing-from-care"]).filter(pl.col("outcome") == "").height

    assert first() == venue.lower()
    assert episodes() >= 4 * 5 * 0.8
    withdraw("ae-assaults", reason="the agreement ended", actor=actor, at=AT + timedelta(days=9))
    assert first() != venue.lower()
    withdraw("childrens-social-care", reason="the agreement ended", actor=actor, at=AT + timedelta(days=9))
    assert episodes() == 0
    restore("ae-assaults", actor=actor, at=AT + timedelta(days=10))
    assert first() == venue.lower()
