"""The county's police force: its people, what they are qualified for, its kiosks, and what happens to seized devices."""

from datetime import date, datetime
from itertools import pairwise

import polars as pl
import pytest

from peelian.county import making
from peelian.county.allocation import Allocation
from peelian.county.calendar import Calendar
from peelian.county.devices import DEVICES, NOT_YET, Exhibits
from peelian.county.filing import months
from peelian.county.training import PIP2, make_training, qualified

YEARS = 3


@pytest.fixture(scope="module")
def world():
    """A county of several districts, and a year of what its force records."""
    world, plants = making._found(60_000, 4, Calendar(12, date(2025, 12, 31)), True, None)
    return world, list(months(world, plants.events))


def last_versions(county, feed):
    """The last sound row of each id, in the order in which the source sent them."""
    key = None
    found = {}
    for row in county.sound(feed):
        key = key or next(iter(row))
        found[row[key]] = row
    return found


def test_the_force_is_as_large_as_forces_are(world):
    force = world[0].force
    at_start = (force.frame["start"] < 0).sum()
    assert 0.85 < at_start / (2.4 * 60) < 1.3, (
        "2.4 members of staff for every 1,000 people, and no team without anybody"
    )


def test_a_full_year_has_about_two_hundred_duties(county):
    """Ten-day shifts of six days on: 219 days less four weeks of leave."""
    staff = {
        n: r
        for n, r in last_versions(county, "force-hr").items()
        if r["FTE"] == "1" and not r["End"] and r["Start"] < "2023"
    }
    duties = [
        r
        for r in last_versions(county, "force-roster").values()
        if r["Staff Number"] in staff and r["State"] != "planned"
    ]
    assert 170 < len(duties) / len(staff) / YEARS < 240


def test_nobody_is_on_duty_twice_at_once_or_outside_employment(county):
    staff = last_versions(county, "force-hr")
    spoilt = set(county.truth("defects").filter(feed="force-hr")["reference"])
    by_person = {}
    for row in last_versions(county, "force-roster").values():
        if row["State"] != "cancelled":
            by_person.setdefault(row["Staff Number"], []).append((row["From"], row["To"]))
    for number, spans in by_person.items():
        spans.sort()
        assert all(one[1] <= two[0] for one, two in pairwise(spans))
        if number not in spoilt:
            assert staff[number]["Start"] <= spans[0][0][:10]
            assert not staff[number]["End"] or spans[-1][0][:10] < staff[number]["End"]


def test_duties_ahead_are_planned_and_past_ones_are_not(county):
    rows = [r for r in last_versions(county, "force-roster").values() if r["State"] != "cancelled"]
    planned = {r["From"][:10] for r in rows if r["State"] == "planned"}
    assert min(planned) == "2026-01-01"
    assert max(planned) == "2026-01-28"
    assert max(r["From"][:10] for r in rows if r["State"] != "planned") == "2025-12-31"
    assert all((r["State"] == "abstracted") == bool(r["Abstracted To"]) for r in rows)
    states = [r["State"] for r in rows]
    assert 0.01 < states.count("sick") / len(rows) < 0.08
    assert 0.01 < states.count("abstracted") / len(rows) < 0.10


def test_amendments_list_every_late_row_and_every_later_version(county):
    told = county.truth("amendments")
    listed = set(told.select("file", "line").iter_rows())
    spoilt = set(county.truth("defects").select("file", "line").iter_rows())
    for feed in ("force-roster", "force-hr", "force-training", "force-vehicles", "kiosk-log", "laboratory-log"):
        seen = {}
        for file, line, _, cells in county.lines(feed):
            if (file, str(line)) in spoilt:
                continue
            if cells[0] in seen:
                assert (file, str(line)) in listed, (feed, cells[0])
                assert cells != seen[cells[0]]
            seen[cells[0]] = cells
        assert told.filter(feed=feed).height >= 5


def test_some_of_the_staff_stand_in_the_records_of_crime(county):
    """A few live in the county; those who were victims or suspects are mentioned like anybody else."""
    staff = county.truth("staff").drop_nulls("person")
    people = county.truth("people").select("person", "surname", "forenames", "born_on")
    mentions = county.truth("mentions").filter(pl.col("role") != "caller")
    hr = last_versions(county, "force-hr")
    named = staff.join(people, on="person")
    assert named.height == staff.height
    for row in named.iter_rows(named=True):
        if row["number"] in hr:
            assert hr[row["number"]]["Surname"] == row["surname"]
            assert hr[row["number"]]["Date of Birth"] == row["born_on"]
    assert 1 <= mentions.join(staff, on="person")["person"].n_unique() < staff.height


def test_the_planted_kiosks(county):
    kiosks = county.truth("kiosks")
    planted = dict(kiosks.select("planted", "site").drop_nulls().iter_rows())
    assert set(planted) == {"never used", "operator often sick"}
    used = {row["Site"] for row in county.sound("kiosk-log")}
    assert planted["never used"] not in used
    assert planted["operator often sick"] in used
    rows = list(last_versions(county, "force-roster").values())
    (operator,) = kiosks.filter(planted="operator often sick")["operators"].to_list()

    def sick(numbers):
        mine = [r["State"] for r in rows if r["Staff Number"] in numbers]
        return mine.count("sick") / len(mine)

    others = set(county.truth("staff")["number"]) - {operator}
    assert sick({operator}) > 4 * sick(others)


def test_operators_examine_only_when_on_duty(county):
    duties = {
        (r["Staff Number"], r["From"][:10]): r["State"]
        for r in last_versions(county, "force-roster").values()
        if r["State"] in ("worked", "abstracted", "sick")
    }
    late = set(county.truth("amendments").filter(feed="force-roster")["reference"]) | set(
        county.truth("defects").filter(feed="force-roster")["reference"]
    )
    started = [r for r in county.sound("kiosk-log") if r["Started At"]]
    assert len(started) > 50
    for row in started:
        key = row["Operator"], row["Started At"][:10]
        if f"D/{key[1].replace('-', '')}/{key[0]}" not in late:
            assert duties.get(key) in ("worked", "abstracted")


def test_what_a_kiosk_can_read_goes_to_the_laboratory_where_the_kiosk_is_not_used(world):
    county, year = world
    exhibits = Exhibits(county)
    found = pl.concat([exhibits.of(month) for month in year])
    unused = county.force.sites.filter(planted="never used")["district"].to_list()
    fit = found.filter("fit")
    assert set(fit.filter(route="laboratory")["district"]) == set(unused)
    assert found.filter(route="kiosk")["fit"].all()
    digital = found.filter(pl.col("type").is_in(DEVICES) & (pl.col("finished") < NOT_YET)).with_columns(
        days=(pl.col("finished") - pl.col("seized")) / 1_440
    )
    kiosk, laboratory = (digital.filter(route=r)["days"].median() for r in ("kiosk", "laboratory"))
    assert kiosk < 7
    assert laboratory > 60, "the inspectorate found waits from weeks to 18 months"
    begun = found.filter(pl.col("started") < NOT_YET)
    for one, two in (("seized", "booked"), ("booked", "accepted"), ("accepted", "started"), ("started", "finished")):
        assert (begun[one] <= begun[two]).all()


def test_serious_crimes_go_to_whoever_is_free_where_that_is_planted(world):
    county, year = world
    allocation = Allocation(county)
    given = pl.concat([allocation.of(month) for month in year])
    codes = county.ground.district_code
    bad = [codes[d] for d in range(len(codes)) if county.force.unqualified[d]]
    share = {
        d: given.filter(pl.col("district").is_in(ds))["qualified"].mean()
        for d, ds in (("bad", bad), ("good", set(codes) - set(bad)))
    }
    assert share["bad"] < 0.75
    assert share["good"] > 0.85


def test_only_an_accreditation_in_date_and_not_taken_away_qualifies(world):
    force = world[0].force
    training = make_training(world[0])
    row = training.filter((pl.col("accreditation") == PIP2) & (pl.col("grade") == "accredited")).row(0, named=True)
    alone = training.filter(pl.lit(False))

    def on(day, **change):
        one = pl.DataFrame([row | change], schema=alone.schema)
        return bool(qualified(one, len(force), PIP2, day)[row["staff"]])

    passed = row["passed"]
    assert [on(passed - 1), on(passed), on(row["expires"] - 1), on(row["expires"])] == [False, True, True, False]
    assert [on(passed + 9, changed=passed + 10), on(passed + 10, changed=passed + 10)] == [True, False]
    assert not on(passed, grade="in development")
    assert not on(passed, accreditation="PIP 1")


def test_vehicles_come_back_before_they_go_off_the_road_again(county):
    spells = {}
    for row in county.sound("force-vehicles"):
        if row["Off The Road From"]:
            spells.setdefault(row["Fleet Number"], {})[row["Off The Road From"]] = row["Off The Road To"]
    assert len(spells) > 5
    for of_one in spells.values():
        ordered = sorted(of_one.items())
        assert all(not back or back <= then for (_, back), (then, _) in pairwise(ordered))


def test_moments_of_the_force_exist(county):
    for row in county.sound("force-roster"):
        assert datetime.fromisoformat(row["From"]) < datetime.fromisoformat(row["To"])
