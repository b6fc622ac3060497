"""Each feed's columns: what is accepted, what waits in quarantine, and what a row becomes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.records import partner_rules, police_rules, workforce_rules

from peelian.records import lake, landing, quarantine, query, staging
from peelian.records.feeds import FEEDS
from peelian.records.feeds.declare import london
from peelian.records.models import Event, Marker, Mention, Place, Quarantined, Relationship

ON = date(2026, 11, 1)
LONG = "x" * 300
# feed, column, cells that pass, cells that wait. Sources: docs/reference/schema.md; Home Office outcome types 1 to 22; the
# police.uk documentation (crime categories, months from December 2010); BS 7666 forms of a postcode (general knowledge).
RULES: list[tuple[str, str, list[str], list[str]]] = [
    ("police-uk-street", "Crime ID", ["", "0" * 64, "af" * 32], ["0" * 63, "0" * 65, "G" * 64, "AF" * 32]),
    ("police-uk-street", "Month", ["2010-12", "2018-02", "2026-11"], ["", "1066-10", "2010-11", "2018-00", "2018-13", "2018-1", "2018-01-01", "2026-12", "18-01"]),
    ("police-uk-street", "Reported by", ["Essex Police"], [""]),
    ("police-uk-street", "Falls within", ["Kent Police"], [""]),
    ("police-uk-street", "Longitude", ["0", "-9.5", "2.5", "0.469277", "+1.0"], ["2.51", "-9.6", "east", "1e1", "nan", "inf", "0,5", " 0.5", "0x1"]),
    ("police-uk-street", "Latitude", ["49", "61.5", "51.735400"], ["48.9", "61.6", "91", "0", "north", "5_1"]),
    ("police-uk-street", "Location", ["", "On or near High Street", "x" * 255], ["x" * 256]),
    ("police-uk-street", "LSOA code", ["", "E01021550", "W01000001", "S01006506", "95AA01S1"], ["E0102155", "e01021550", "E010215500", "95AA01"]),
    ("police-uk-street", "Crime type", ["Burglary", "Violent crime", "Public disorder and weapons"], ["", "burglary", "Murder", "Burglary "]),
    ("police-uk-street", "Last outcome category", ["", "Under investigation"], ["x" * 121]),
    ("force-crimes", "Crime Reference", ["42/1000/18", "abc", "A-1_2.3"], ["", "ab", "/1000/18", "42 1000", "x" * 81]),
    ("force-crimes", "Recorded At", ["2018-01-05 10:00", "2026-11-01 23:59"], ["", "2018-01-05", "2018-01-05T10:00", "2018-01-05 10:00:00", "2018-02-30 10:00", "2018-01-05 24:00", "2018-1-5 10:00", "2026-11-02 00:00", "05/01/2018 10:00", "1066-10-14 09:00"]),
    ("force-crimes", "Reported At", ["", "2018-01-05 09:30"], ["1899-12-31 23:59", "yesterday", "infinity", "epoch", "20180105 0930"]),
    ("force-crimes", "Occurred From", ["", "1900-01-01 00:00", "2018-01-05 07:00"], ["1066-10-14 09:00", "2018-01-05 07:01"]),
    ("force-crimes", "Occurred To", ["", "2018-01-04 20:00"], ["2018-01-04 19:59", "2018-13-01 10:00"]),
    ("force-crimes", "HO Class", ["", "028/01", "195/99"], ["28/1", "028-01", "028/001", "028/0a"]),
    ("force-crimes", "Offence", ["", "x" * 200], ["x" * 201]),
    ("force-crimes", "Crime Type", ["Burglary", "Violence and sexual offences", "Other crime"], ["", "Anti-social behaviour", "Violent crime"]),
    ("force-crimes", "Location", ["", "x" * 255], [LONG]),
    ("force-crimes", "Postcode", ["", "CM2 6DA", "W1A 1AA", "EC1A 1BB", "M1 1AE", "B33 8TH"], ["CM26DA", "cm2 6da", "CM2  6DA", "C 6DA", "CM2 6D"]),
    ("force-crimes", "Easting", ["1000", "700000", "570900.5"], ["", "0", "0.469277", "999", "700001", "-1", "5.7e5"]),
    ("force-crimes", "Northing", ["1000", "1300000"], ["", "0", "51.7354", "1300001", "north"]),
    ("force-crimes", "Area", ["", "E01021550"], ["Chelmsford 010B"]),
    ("force-crimes", "Location Type", ["", "dwelling", "care home"], ["house", "Dwelling"]),
    ("force-crimes", "Domestic", ["", "Y", "N"], ["y", "Yes", "1"]),
    ("force-crimes", "Outcome", ["", "1", "9", "10", "22"], ["0", "23", "01", "1a", "-1"]),
    ("force-crimes", "Outcome Date", ["", "2018-02-01", "2026-11-01"], ["2018-02-30", "2026-11-02", "01/02/2018", "1066-10-14"]),
    ("force-incidents", "Incident Reference", ["EP-20180105-0001"], ["", "?"]),
    ("force-incidents", "Created At", ["2018-01-05 10:30"], ["", "2018-01-05 10:31", "2018-01-05 25:00"]),
    ("force-incidents", "Channel", ["", "999", "101", "online", "front counter", "officer"], ["111", "phone"]),
    ("force-incidents", "Grade", ["", "1", "4"], ["0", "5", "2.5", "one"]),
    ("force-incidents", "Opening Code", ["ASB personal", "Missing person", "Other"], ["", "ASB", "missing person"]),
    ("force-incidents", "Closing Code", ["", "Domestic incident"], ["Domestic"]),
    ("force-incidents", "Attended At", ["", "2018-01-05 10:00"], ["2018-01-05 09:59"]),
    ("force-incidents", "Closed At", ["", "2018-01-05 10:00"], ["2018-01-05 09:59"]),
    ("force-incidents", "Crime Reference", ["", "42/1000/18"], ["4"]),
    ("force-people", "Mention Reference", ["42/1000/18-V1"], ["", "x" * 81]),
    ("force-people", "Record Reference", ["42/1000/18"], [""]),
    ("force-people", "Role", ["victim", "suspect", "witness", "caller"], ["", "Victim", "offender"]),
    ("force-people", "Surname", ["", "O'Made-Up", "Łódź", "x" * 120], ["x" * 121]),
    ("force-people", "Forenames", ["", "x" * 160], ["x" * 161]),
    ("force-people", "Sex", ["", "F", "M"], ["f", "X", "Female"]),
    ("force-people", "Date of Birth", ["", "1900-01-01", "2000-02-29", "2026-11-01"], ["1899-12-31", "2001-02-29", "2026-11-02", "29/02/2000"]),
    ("force-people", "Ethnicity", ["", "White"], ["x" * 41]),
    ("force-people", "Phone", ["", "01632 960001"], ["x" * 41]),
    ("force-people", "Address", ["", "x" * 255], ["x" * 256]),
    ("force-people", "Markers", ["", "weapons", "weapons;violent", "weapons; violent;"], ["x" * 41, f"weapons;{'x' * 41}"]),
    ("force-people", "Related To", [""], ["42/1000/18-S1", "?"]),
    ("force-people", "Relationship", [""], ["neighbour"]),
    *workforce_rules.RULES,
    *partner_rules.RULES,
    *police_rules.RULES,
]  # fmt: skip


@pytest.fixture
def judged(lake_home: Path, plain: dict[str, dict[str, str]]) -> Callable[..., list[dict[str, Any]]]:
    """A function that gives the faults of rows, each plain but for the cells given."""

    def judge(feed: str, *rows: dict[str, str]) -> list[Any]:
        empty = dict.fromkeys((c.name for c in FEEDS[feed].columns), "")
        found = landing.check_cells(FEEDS[feed], list(enumerate(empty | plain[feed] | row for row in rows)), ON)
        return [found.get(n, []) for n in range(len(rows))]

    return judge


@pytest.mark.parametrize(
    ("feed", "column", "good", "bad"), RULES, ids=[f"{feed} {column}" for feed, column, *_ in RULES]
)
def test_every_column(judged: Any, feed: str, column: str, good: list[str], bad: list[str]) -> None:
    """What is accepted and what waits; the fault names the column, and what is allowed."""
    found = judged(feed, *({column: value} for value in (*good, *bad)))
    assert dict(zip(good, found, strict=False)) == {value: [] for value in good}
    for value, faults in zip(bad, found[len(good) :], strict=True):
        assert any(column in fault["columns"] and fault["allowed"] for fault in faults), value


def test_every_column_with_a_rule_has_its_row_in_the_table() -> None:
    """A new rule without an example fails here."""
    shown = {(feed, column) for feed, column, *_ in RULES}
    postcode = ("Postcode", "Location", "Easting", "Northing", "Area")  # the same rules as in the crimes
    for feed in FEEDS.values():
        for column in feed.columns:
            if (column.rule or not column.blank) and (feed.name, column.name) not in shown:
                assert column.name in postcode, (feed.name, column.name)


def test_both_or_neither(judged: Any) -> None:
    fault = {"columns": ["Longitude", "Latitude"], "allowed": "both, or neither"}
    assert judged("police-uk-street", {"Longitude": "", "Latitude": ""}, {"Longitude": ""}) == [[], [fault]]
    assert judged("force-crimes", {"Easting": "", "Northing": ""}) == [[]]
    assert judged("force-people", {"Related To": "42/1000/18-S1", "Relationship": "neighbour"}) == [[]]


def test_a_row_tells_all_its_faults_at_once(judged: Any) -> None:
    (found,) = judged("force-crimes", {"Crime Type": "?", "Domestic": "?", "Outcome": "99"})
    assert [f["columns"] for f in found] == [["Crime Type"], ["Domestic"], ["Outcome"]]


class House:
    """Read rows and look at what they became."""

    def __init__(self, folder: Path, actor: Any, at: datetime, csv_of: Callable[..., bytes]) -> None:
        self.folder, self.actor, self.at, self.csv_of = folder, actor, at, csv_of

    def read(self, feed: str, *rows: dict[str, str]) -> landing.Result:
        path = self.folder / f"{feed}.csv"
        path.write_bytes(self.csv_of(feed, rows))
        (result,) = landing.ingest(feed, [path], actor=self.actor, at=self.at, published=date(2018, 5, 1))
        assert not result.error
        return result


@pytest.fixture
def house(tmp_path: Path, lake_home: Path, actor: Any, at: datetime, csv_of: Callable[..., bytes]) -> House:
    return House(tmp_path, actor, at, csv_of)


def test_a_crime_becomes_an_event(house: House) -> None:
    house.read("force-crimes", {})
    event = Event.objects.get()
    told = (event.kind, event.reference, event.category, event.offence, event.ho_class, event.precision, event.place)
    assert told == (
        "crime",
        "42/1000/18",
        "burglary",
        "Burglary in a dwelling",
        "028/01",
        "range",
        "1 High Street, Chelmsford",
    )
    assert (event.start, event.end) == (datetime(2018, 1, 4, 20, tzinfo=UTC), datetime(2018, 1, 5, 7, tzinfo=UTC))
    assert (event.easting, event.northing, event.place_precision) == (570_900, 206_800, "address")
    assert (event.area, event.location_type, event.outcome, event.domestic) == ("E01021550", "dwelling", "18", False)
    assert (event.reported, event.line, event.batch.digest) == (
        datetime(2018, 1, 5, 9, 30, tzinfo=UTC),
        2,
        event.batch.digest,
    )
    assert event.record_class_id == "force-crime-police"


@pytest.mark.parametrize(
    ("cells", "precision", "start", "end"),
    [
        ({}, "range", "2018-01-04 20:00", "2018-01-05 07:00"),
        ({"Occurred To": ""}, "minute", "2018-01-04 20:00", "2018-01-04 20:00"),
        ({"Occurred To": "2018-01-04 20:00"}, "minute", "2018-01-04 20:00", "2018-01-04 20:00"),
        ({"Occurred From": "", "Occurred To": ""}, "minute", None, None),
    ],
)
def test_when_a_crime_happened(
    house: House, cells: dict[str, str], precision: str, start: str | None, end: str | None
) -> None:
    house.read("force-crimes", cells)
    event = Event.objects.get()
    shown = [t and f"{t:%Y-%m-%d %H:%M}" for t in (event.start, event.end)]
    assert (event.precision, *shown) == (precision, start, end)


@pytest.mark.parametrize(
    ("cells", "category", "domestic"),
    [
        ({"Closing Code": "ASB environmental"}, "anti-social-behaviour", False),
        ({"Opening Code": "ASB nuisance", "Closing Code": ""}, "anti-social-behaviour", False),
        ({"Opening Code": "ASB nuisance", "Closing Code": "Domestic incident"}, "incident", True),
        ({"Opening Code": "Domestic incident", "Closing Code": ""}, "incident", True),
        ({"Opening Code": "Domestic incident", "Closing Code": "Other"}, "incident", False),
    ],
)
def test_an_incident_becomes_an_event_of_its_last_code(
    house: House, cells: dict[str, str], category: str, domestic: bool
) -> None:
    house.read("force-incidents", cells)
    event = Event.objects.get()
    assert (event.kind, event.category, event.domestic, event.precision) == ("incident", category, domestic, "minute")
    assert event.offence == (cells.get("Closing Code") or cells["Opening Code"])
    assert event.start == event.end == event.reported == datetime(2018, 1, 5, 10, tzinfo=UTC)


def test_a_police_uk_row_is_a_month_at_a_snapped_point(house: House) -> None:
    house.read(
        "police-uk-street", {"Month": "2018-06"}, {"Month": "2018-01", "Latitude": "", "Longitude": "", "LSOA code": ""}
    )
    june, placeless = Event.objects.order_by("line")
    # The month in London: British Summer Time begins it at 23:00 UTC.
    assert (june.start, june.end) == (datetime(2018, 5, 31, 23, tzinfo=UTC), datetime(2018, 6, 30, 23, tzinfo=UTC))
    assert (june.kind, june.precision, june.place_precision) == ("asb", "month", "snapped")
    assert (placeless.place_precision, placeless.easting, placeless.northing) == ("none", None, None)
    assert june.record_class_id == "police-uk-street-open"


def test_points_agree_with_the_ordnance_survey(house: House) -> None:
    """Ordnance Survey, Transformations and OSGM15 user guide, worked example: Caister water tower through OSTN15."""
    # ETRS89 52 39 28.8282 N, 1 42 57.8663 E is 651409.804 E, 313177.450 N (general knowledge of the guide).
    house.read("police-uk-street", {"Latitude": "52.658007833", "Longitude": "1.716073972"})
    event = Event.objects.get()
    assert (event.easting, event.northing) == pytest.approx((651_409.804, 313_177.450), abs=0.001)


def test_a_point_off_the_grid_is_kept_without_coordinates(house: House) -> None:
    """Mid-Atlantic within the limits of the columns: the row is kept, its point is not made up."""
    result = house.read("police-uk-street", {"Latitude": "61.4", "Longitude": "-9.4"})
    event = Event.objects.get()
    assert result.accepted == 1
    assert (event.easting is None) == (event.northing is None)


LONDON = ZoneInfo("Europe/London")
MINUTES = st.datetimes(datetime.fromisoformat("1972-01-01"), datetime.fromisoformat("2026-10-30")).map(
    "{:%Y-%m-%d %H:%M}".format
)


@settings(max_examples=200, deadline=None)
@given(local=MINUTES)
@example(local="2018-03-25 00:59")
@example(local="2018-03-25 01:30")  # this hour does not exist
@example(local="2018-03-25 02:00")
@example(local="2018-10-28 01:30")  # this hour happens twice
@example(local="2018-10-28 02:00")
def test_local_times_become_instants(local: str) -> None:
    """Against the tz database as Python reads it; in the hours that happen twice or never either instant is right."""
    (found,) = _session().execute(f"SELECT epoch({london('x')}) FROM (SELECT '{local}' AS x)").fetchone()
    stated = datetime.fromisoformat(local)
    assert found in {stated.replace(tzinfo=LONDON, fold=fold).timestamp() for fold in (0, 1)}


@cache
def _session() -> Any:
    return lake.session()


def test_people_become_mentions_places_markers_and_relationships(house: House) -> None:
    house.read(
        "force-people",
        {"Markers": "weapons; violent;weapons;", "Related To": "42/1000/18-S1", "Relationship": "ex-partner"},
        {"Mention Reference": "42/1000/18-S1", "Role": "suspect", "Address": "", "Postcode": "", "Date of Birth": ""},
    )
    victim, suspect = Mention.objects.order_by("line")
    assert (victim.key, victim.reference, victim.role) == ("42/1000/18-V1", "42/1000/18", "victim")
    assert (victim.surname, victim.forenames, victim.sex, victim.born_on) == ("Madeup", "Ann", "F", date(1980, 2, 29))
    assert (victim.ethnicity, victim.phone) == ("White", "01632 960001")
    assert (suspect.role, suspect.born_on, suspect.address) == ("suspect", None, "")
    place = Place.objects.get()
    assert (place.key, place.address, place.postcode) == (
        "1 HIGH STREET CHELMSFORD|CM1 1AA",
        "1 High Street, Chelmsford",
        "CM1 1AA",
    )
    assert place.line == victim.line
    assert list(Marker.objects.order_by("kind").values_list("mention", "kind")) == [
        ("42/1000/18-V1", "violent"),
        ("42/1000/18-V1", "weapons"),
    ]
    assert list(Relationship.objects.values_list("mention", "to", "kind")) == [
        ("42/1000/18-V1", "42/1000/18-S1", "ex-partner")
    ]
    assert {r.record_class_id for m in (Mention, Place, Marker, Relationship) for r in m.objects.all()} == {
        "force-person-police"
    }
    frame = query.mentions(house.actor)
    assert frame["key"].to_list() == ["42/1000/18-V1", "42/1000/18-S1"]
    assert len(query.mentions(house.actor, ["42/1000/18"])) == 2
    assert len(query.mentions(house.actor, ["another"])) == 0


def test_the_longest_cells_fit_the_store(house: House) -> None:
    """PostgreSQL refuses what is longer than a column, so the checks must stop it first."""
    house.read(
        "force-people",
        {
            "Mention Reference": "x" * 80, "Record Reference": "x" * 80, "Surname": "ż" * 120, "Forenames": "ż" * 160,
            "Ethnicity": "ż" * 40, "Phone": "ż" * 40, "Address": "ż" * 255, "Markers": "ż" * 40, "Related To": "y" * 80,
            "Relationship": "ż" * 40,
        },
    )  # fmt: skip
    house.read("force-crimes", {"Crime Reference": "x" * 80, "Offence": "ż" * 200, "Location": "ż" * 255})
    house.read("police-uk-street", {"Location": "ż" * 255, "Last outcome category": "ż" * 120, "Crime ID": "a" * 64})
    assert (Mention.objects.count(), Event.objects.count(), Quarantined.objects.count()) == (1, 2, 0)
    assert Mention.objects.get().surname == "ż" * 120


def test_the_store_says_what_the_lake_says(house: House) -> None:
    """Column by column, for every feed that becomes an event."""
    house.read(
        "force-crimes",
        {},
        {
            "Crime Reference": "42/2/18",
            "Occurred From": "",
            "Occurred To": "",
            "Easting": "",
            "Northing": "",
            "Domestic": "",
        },
    )
    house.read("force-incidents", {}, {"Incident Reference": "EP-2", "Grade": "", "Closing Code": ""})
    house.read("police-uk-street", {}, {"Latitude": "", "Longitude": ""})
    names = [n for n in query.COLUMNS if n not in ("batch", "line", "feed")]
    lake_rows = query.events(house.actor).select(names).rows()
    store_rows = list(query.current(Event.objects.all(), house.actor).values_list(*names))
    assert len(lake_rows) == 6
    assert sorted(map(repr, _plain(lake_rows))) == sorted(map(repr, _plain(store_rows)))


def _plain(rows: Any) -> list[tuple[Any, ...]]:
    return [tuple(v.astimezone(UTC).isoformat() if isinstance(v, datetime) else v for v in row) for row in rows]


def test_events_are_picked_by_time_category_area_and_feed(house: House) -> None:
    house.read(
        "force-crimes",
        {},
        {
            "Crime Reference": "42/2/18",
            "Crime Type": "Robbery",
            "Area": "E01021551",
            "Occurred To": "",
            "Occurred From": "2018-01-01 00:00",
        },
    )
    house.read("force-incidents", {})
    pick = lambda **how: sorted(query.events(house.actor, **how)["reference"])  # noqa: E731
    assert pick(categories=["robbery"]) == ["42/2/18"]
    assert pick(categories=[]) == []
    assert pick(areas=["E01021550"]) == ["42/1000/18", "EP-20180105-0001"]
    assert pick(feeds=["force-crimes"]) == ["42/1000/18", "42/2/18"]
    start = datetime(2018, 1, 4, 20, tzinfo=UTC)
    assert pick(start=start) == ["42/1000/18", "EP-20180105-0001"]  # the first instant belongs to the span
    assert pick(end=start) == ["42/2/18"]  # the last does not
    assert query.events(house.actor).columns == list(query.COLUMNS)
    assert query.events(house.actor)["start"].dtype == pl.Datetime("us", "UTC")


def test_what_is_quarantined_says_file_line_column_found_and_allowed(house: House) -> None:
    house.read("force-crimes", {"Domestic": "maybe"}, {})
    row = Quarantined.objects.get()
    assert (row.batch.file, row.line) == ("force-crimes.csv", 2)
    assert quarantine.explain(row) == [{"column": "Domestic", "found": "'maybe'", "allowed": "Y, N or empty"}]
    assert row.cells["Crime Reference"] == "42/1000/18"  # the original row is kept


def test_the_source_rows_stay_readable_in_the_lake(house: House) -> None:
    """The lake holds a line for every row read, with the source's own cells."""
    house.read("force-crimes", {}, {"Domestic": "maybe"}, {})
    rows = lake.relation(FEEDS["force-crimes"])
    found = lake.session().execute(f"SELECT line, verdict, cells['Domestic'] FROM {rows} ORDER BY line").fetchall()
    assert found == [(2, "accepted", "N"), (3, "quarantined", "maybe"), (4, "repeat", None)]


def test_the_lake_is_a_delta_table_that_other_programs_read(house: House) -> None:
    """Polars reads it through Delta's own log, without a word of ours."""
    house.read("force-crimes", {}, {"Crime Reference": "42/2/18", "Occurred From": "", "Domestic": "maybe"})
    house.read("force-crimes", {"Crime Reference": "42/3/18"})
    frame = pl.read_delta(str(lake.folder(FEEDS["force-crimes"])))
    frame = frame.sort(frame["cells"].struct.field("Crime Reference"))
    assert frame["verdict"].to_list() == ["accepted", "quarantined", "accepted"]
    assert frame["start"][0] == datetime(2018, 1, 4, 20, tzinfo=UTC)
    assert frame["cells"].struct.field("Crime Reference").to_list() == ["42/1000/18", "42/2/18", "42/3/18"]


def test_no_name_stands_in_a_footer_or_in_the_log(house: House) -> None:
    """An erasure rewrites the rows; statistics would keep the smallest and the largest name for ever."""
    house.read("force-people", {"Surname": "Aardvarkson"}, {"Surname": "Zyzzyva", "Mention Reference": "42/2"})
    folder = lake.folder(FEEDS["force-people"])
    logs = b"".join(path.read_bytes() for path in (folder / "_delta_log").rglob("*") if path.is_file())
    footers = b""
    for path in folder.glob("*.parquet"):
        raw = path.read_bytes()
        size = int.from_bytes(raw[-8:-4], "little")  # Parquet: footer, its length, the mark PAR1
        footers += raw[-8 - size : -8]
    assert logs and footers
    for name in (b"Aardvarkson", b"Zyzzyva"):
        assert name not in logs + footers


def test_a_large_batch_lies_in_two_files_of_one_commit(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written at the same time; what is read is the same."""
    monkeypatch.setattr(staging, "LARGE", 3)
    result = house.read("police-uk-street", *({"Location": f"Street {n}"} for n in range(6)), {"Month": "1066-10"})
    assert (result.read, result.accepted, result.quarantined) == (7, 6, 1)
    feed = FEEDS["police-uk-street"]
    delta = lake.table(feed)
    assert delta is not None
    assert (len(delta.file_uris()), delta.version()) == (2, 0)
    rows = lake.session().execute(f"SELECT line FROM {lake.relation(feed)} ORDER BY line").fetchall()
    assert rows == [(n,) for n in range(2, 9)]


def test_checks_of_a_feed_are_told_in_order() -> None:
    """Quarantined rows hold the numbers of their checks: the same feed and day give the same list."""
    feed = FEEDS["force-people"]
    assert list(staging.checks(feed, ON)) == list(staging.checks(feed, ON))
