"""The map's numbers: places, months, areas and rates, one feed at a time, for the reader alone."""

import base64
from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from django.test import Client

from peelian.records.models import Area, Batch

from .conftest import crime, street


def unpack(kind: str, text: str) -> np.ndarray:
    """The array that an answer carries, as a browser reads it: little-endian."""
    return np.frombuffer(base64.b64decode(text), dtype="<" + kind)


@pytest.mark.usefixtures("areas")
def test_points_come_back_where_they_were_recorded(police: Client, open_batch: Batch) -> None:
    """The open file says 0.4700 E, 51.7300 N; a degree of latitude is 111 km."""
    told = police.get("/map/points.json").json()

    assert unpack("f4", told["lat"]).tolist() == pytest.approx([51.73, 51.73], abs=1e-5)
    assert unpack("f4", told["lon"]).tolist() == pytest.approx([0.47, 0.47], abs=1e-5)
    assert told["categories"] == ["Burglary"]
    assert "1 have no place" in told["words"]
    assert "area level" in told["words"]


def test_a_known_point_of_the_national_grid(police: Client, land: Callable[..., Batch]) -> None:
    """Ordnance Survey, A guide to coordinate systems in Great Britain: Caister water tower, OSTN15 test point 651409.804,
    313177.450 is 52.658007833 N, 1.716073973 E (ETRS89)."""
    land("force-crimes", "one.csv", crime("EX/1", x="651409.804", y="313177.450"))
    told = police.get("/map/points.json").json()

    assert unpack("f4", told["lat"])[0] == pytest.approx(52.658007833, abs=5e-6)
    assert unpack("f4", told["lon"])[0] == pytest.approx(1.716073973, abs=5e-6)


@pytest.mark.usefixtures("areas")
def test_counts_by_area_and_month_and_the_total_keeps_what_has_no_place(
    police: Client, land: Callable[..., Batch]
) -> None:
    land(
        "police-uk-street",
        "a.csv",
        street(month="2026-07"),
        street(month="2026-09"),
        street(month="2026-09"),
        street(month="2026-09", lon="", lat="", area=""),
    )
    told = police.get("/map/counts.json").json()

    assert told["months"] == ["2026-07", "2026-08", "2026-09"]
    assert told["total"] == [4, 1, 0, 3]
    assert [area["code"] for area in told["areas"]] == ["E01000001"]
    counted = {
        name: unpack(kind, told["counts"][name]).tolist()
        for name, kind in (("area", "u4"), ("month", "u2"), ("n", "u4"))
    }
    assert counted == {"area": [0, 0], "month": [0, 2], "n": [1, 2]}


@pytest.mark.usefixtures("areas")
def test_the_table_gives_rate_and_interval(police: Client, land: Callable[..., Batch]) -> None:
    """5 records among 2,000 people: 2.5 a thousand, exact Poisson interval 0.812 to 5.834 (Garwood 1936)."""
    land("police-uk-street", "a.csv", *[street() for _ in range(5)])
    page = police.get("/map/table/").content.decode()

    assert "5 records." in page
    assert ">2,000<" in page and ">2.5<" in page and ">0.8 to 5.8<" in page


@pytest.mark.usefixtures("areas")
def test_the_table_follows_the_month(police: Client, land: Callable[..., Batch]) -> None:
    land("police-uk-street", "a.csv", street(month="2026-07"), street(month="2026-09"), street(month="2026-09"))

    assert "2 records." in police.get("/map/table/?month=2026-09").content.decode()
    assert "September 2026" in police.get("/map/table/?month=2026-09").content.decode()
    assert "3 records." in police.get("/map/table/?month=nonsense").content.decode()


@pytest.mark.usefixtures("areas")
def test_filters_hold_everywhere(police: Client, land: Callable[..., Batch]) -> None:
    land(
        "police-uk-street",
        "a.csv",
        street(month="2026-07"),
        street(kind="Drugs"),
        street(kind="Drugs", area="E01999999"),
    )

    def total(query: str) -> int:
        return police.get("/map/counts.json?" + query).json()["total"][0]

    assert total("") == 3
    assert total("category=drugs") == 2
    assert total("from=2026-09-01&to=2026-09-30") == 2
    assert total("within=E07000001") == 2
    assert total("from=2026-09-30&to=2026-09-15") == 0, "a span turned round begins and ends on its last day"
    assert total("feed=no-such-feed&kind=nonsense&within=nonsense&from=x") == 3


def test_the_same_crime_in_two_feeds_is_never_added_up(police: Client, open_batch: Batch, police_batch: Batch) -> None:
    assert police.get("/map/counts.json").json()["total"][0] == 2, "the force's own come first"
    assert police.get("/map/counts.json?feed=police-uk-street").json()["total"][0] == 3


def test_a_partner_cannot_ask_for_a_police_feed(council: Client, open_batch: Batch, police_batch: Batch) -> None:
    assert council.get("/map/counts.json?feed=force-crimes").json()["total"][0] == 3, (
        "what may not be seen is not there"
    )
    assert council.get("/map/points.json?feed=force-crimes").json()["categories"] == ["Burglary"]


def test_a_partner_without_open_data_has_an_empty_map(council: Client, police_batch: Batch) -> None:
    page = council.get("/map/").content.decode()

    assert "that you may see" in page
    assert council.get("/map/counts.json").json()["total"][0] == 0
    assert "problem" in council.get("/map/points.json").json()
    assert "problem" in council.get("/map/risk-zones.json?category=burglary").json()


def test_risk_zones_refuse_months_with_the_reason(police: Client, open_batch: Batch) -> None:
    told = police.get("/map/risk-zones.json?category=burglary").json()

    assert "this source gives the month only" in told["problem"]


def test_risk_zones_ask_for_a_category(police: Client, police_batch: Batch) -> None:
    assert "choose a category" in police.get("/map/risk-zones.json").json()["problem"]


def test_a_planted_series_has_risk_zones_round_its_latest_events(police: Client, land: Callable[..., Batch]) -> None:
    """Thirty pairs, each 50 m and one day apart, the pairs 2 km and 10 days from each other."""
    lines = []
    for pair in range(30):
        for step in range(2):
            day = date.fromordinal(date(2025, 12, 1).toordinal() + 10 * pair % 290 + step)
            lines.append(
                crime(f"EX/{pair}-{step}", start=f"{day} 12:00", x=str(560000 + 2000 * pair + 50 * step), y="206000")
            )
    land("force-crimes", "series.csv", *[line.replace("2026-09-12 08:00", "2026-11-01 08:00") for line in lines])
    told = police.get("/map/risk-zones.json?category=burglary&feed=force-crimes").json()

    assert "Knox test" in told["words"]
    assert told["features"]
    ring = np.array(told["features"][0]["geometry"]["coordinates"][0])
    assert len(ring) == 33 and (ring[0] == ring[-1]).all()


def test_a_gathered_cell_is_a_hot_spot_and_its_square_holds_the_records(
    police: Client, land: Callable[..., Batch]
) -> None:
    spread = [(0.40 + 0.004 * (n % 20), 51.70 + 0.003 * (n // 20)) for n in range(400)]
    gathered = [(0.436 + 0.004 * (n % 3), 51.727 + 0.003 * (n // 3 % 3)) for n in range(90)]
    lines = [street(lon=f"{x:.4f}", lat=f"{y:.4f}", kind="Drugs") for x, y in spread]
    lines += [street(lon=f"{x:.4f}", lat=f"{y:.4f}") for x, y in spread[::4] + gathered]
    land("police-uk-street", "a.csv", *lines)
    told = police.get("/map/hot-spots.json?category=burglary").json()

    assert "cells of 250 m are hot" in told["words"] and "area level" in told["words"]
    boxes = [np.array(feature["geometry"]["coordinates"][0]) for feature in told["features"]]
    assert told["table"]["rows"][0][0] == 1 and told["table"]["rows"][0][3] > 45
    assert any(((box.min(axis=0) <= [0.440, 51.730]) & (box.max(axis=0) >= [0.440, 51.730])).all() for box in boxes)


@pytest.mark.usefixtures("areas")
def test_areas_without_a_published_parent_are_placed_by_their_middle(police: Client, open_batch: Batch) -> None:
    square = {"type": "Polygon", "coordinates": [[[0.3, 51.6], [0.6, 51.6], [0.6, 51.9], [0.3, 51.9], [0.3, 51.6]]]}
    far = {"type": "Polygon", "coordinates": [[[1.3, 51.6], [1.6, 51.6], [1.6, 51.9], [1.3, 51.9], [1.3, 51.6]]]}
    Area.objects.create(code="E02000001", name="Example 001", kind="msoa", boundary=square, source="made up")
    Area.objects.create(code="E02000002", name="Far 002", kind="msoa", boundary=far, source="made up")
    told = police.get("/map/counts.json?kind=msoa").json()

    assert [(area["code"], area["people"]) for area in told["areas"]] == [("E02000001", 2000)]
    assert unpack("u4", told["counts"]["n"]).sum() == 2


@pytest.mark.usefixtures("areas")
def test_boundaries_are_geojson_with_codes(police: Client) -> None:
    answer = police.get("/map/areas/lsoa.json")

    [feature] = answer.json()["features"]
    assert (feature["id"], feature["properties"]["name"], feature["geometry"]["type"]) == (
        "E01000001",
        "Example 001A",
        "Polygon",
    )


@pytest.mark.usefixtures("areas")
def test_the_table_goes_out_as_csv(police: Client, open_batch: Batch) -> None:
    lines = b"".join(police.get("/map/table/?as=csv").streaming_content).decode().splitlines()

    assert lines[0] == 'code,area,records,people,"per 1,000 people",low,high'
    assert lines[1].startswith("E01000001,Example 001A,2,2000.0,1.0,")


def test_drugs_say_that_police_activity_makes_the_records(
    police: Client, open_batch: Batch, land: Callable[..., Batch]
) -> None:
    land("police-uk-street", "drugs.csv", street(kind="Drugs"), street(kind="Drugs", lon="0.48"))

    assert "patrol must not follow" in police.get("/map/hot-spots.json?category=drugs").json()["words"]


def test_hot_spots_of_everything_leave_out_what_police_activity_makes(
    police: Client, land: Callable[..., Batch]
) -> None:
    """Forty drug offences in four cells that touch make no spot among everything, and one of drugs when they are asked for."""
    town = [street(lon=f"{0.41 + 0.003 * n:.4f}", lat=f"{51.71 + 0.002 * (n % 9):.4f}") for n in range(60)]
    found = [
        street(kind="Drugs", lon=f"{0.47 + 0.0036 * (n % 2):.4f}", lat=f"{51.73 + 0.0022 * (n // 2 % 2):.4f}")
        for n in range(40)
    ]
    land("police-uk-street", "open.csv", *town, *found)
    everything = police.get("/map/hot-spots.json").json()
    drugs = police.get("/map/hot-spots.json?category=drugs").json()

    assert everything["features"] == [] and "40 records of drugs" in everything["words"]
    assert drugs["features"] and "patrol must not follow" in drugs["words"]


def test_only_records_that_police_activity_makes_are_no_picture_for_patrol(
    police: Client, land: Callable[..., Batch]
) -> None:
    land("police-uk-street", "drugs.csv", *[street(kind="Drugs") for _ in range(9)])
    assert "patrol might follow" in police.get("/map/hot-spots.json").json()["problem"]


def test_records_without_a_time_are_told_and_not_lost(police: Client, land: Callable[..., Batch]) -> None:
    land(
        "force-crimes",
        "a.csv",
        crime("EX/1"),
        crime("EX/2", start=""),
        crime("EX/3", start=""),
        crime("EX/4", start="", kind="Robbery"),
    )

    assert "1 record. " in " ".join(police.get("/map/table/").content.decode().split())
    assert "3 more records state no time" in police.get("/map/table/").content.decode()
    assert "1 more record states no time" in police.get("/map/table/?category=robbery").content.decode()


@pytest.mark.usefixtures("areas")
def test_published_boundaries_carry_their_notice_and_made_up_ones_do_not(police: Client, open_batch: Batch) -> None:
    notice = "Contains Ordnance Survey and National Statistics data"

    assert notice in police.get("/map/").content.decode()
    Area.objects.filter(kind="lsoa").update(code="X01000001")
    assert notice not in police.get("/map/").content.decode()


def test_the_last_half_hour_of_a_month_belongs_to_it_in_london(police: Client, land: Callable[..., Batch]) -> None:
    """23:30 on 31 July is 22:30 in UTC; 00:30 on 1 July is 23:30 on 30 June."""
    land(
        "force-crimes",
        "a.csv",
        crime("EX/1", start="2026-07-31 23:30"),
        crime("EX/2", start="2026-07-01 00:30"),
        crime("EX/3", start="2026-08-01 00:10"),
    )
    told = police.get("/map/counts.json?from=2026-06-01&to=2026-07-31").json()

    assert told["months"] == ["2026-06", "2026-07"]
    assert told["total"] == [2, 0, 2]
