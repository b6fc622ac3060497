"""AFI 2: digital investigators and kiosks known and used in time.

Phones are seized at the places of the made-up county's recorded crime, in three of its districts, each with a kiosk at its middle. The
south never uses its kiosk; the only operator of the west is off sick. The laboratory's digital queue is 75 days long and an examination
takes nine days at the median, as in the county's own devices; a kiosk takes the next day on which its operator is on duty. A suspect is
on bail from the day after the seizure. The same quarter runs three times: the system not used, used as meant, installed but ignored.
"""

from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median

import numpy as np
import polars as pl
import pytest

from peelian import systems
from peelian.access.models import Agency
from peelian.casework import store
from peelian.casework.duty import ROSTER
from peelian.casework.duty_tables import Accreditation
from peelian.casework.measure_tables import Measured
from peelian.casework.models import Case, Duty, Notice
from peelian.casework.ticking import tick
from peelian.county import happenings
from peelian.investigation.digital_idle import idle_teams
from peelian.investigation.digital_routes import options

from .setting import posted, settled

DISTRICTS = ("north", "south", "west")
UNUSED, SICK = "south", "west"
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)
EACH = 6  # phones of a district in the quarter
BOOK, BRIEF = DAY, 14 * DAY
CALLS = "messages, calls and pictures"
KNOWS_BEFORE, KNOWS_AFTER = 0.2, 1.0  # share of a team that can name its route, before and after it is shown (design)
LADDER = ("inspector", "superintendent", "chief-officer")


@pytest.fixture(scope="module")
def county():
    """(district, seized at, easting, northing, days at the laboratory) of each phone, and the middle of each district."""
    crimes = happenings(people=10_000, seed=6, months=3, until=date(2025, 3, 31)).filter(
        pl.col("category") == "Violence and sexual offences"
    )
    areas = sorted(crimes["area"].unique())
    crimes = crimes.with_columns(
        district=pl.col("area").replace_strict({a: DISTRICTS[3 * n // len(areas)] for n, a in enumerate(areas)})
    )
    middles = {
        d: tuple(crimes.filter(pl.col("district") == d).select(pl.col("easting", "northing").median()).row(0))
        for d in DISTRICTS
    }
    rng = np.random.default_rng(2)
    phones = []
    for district in DISTRICTS:
        for n, (east, north) in enumerate(
            crimes.filter(pl.col("district") == district).select("easting", "northing").head(EACH).rows()
        ):
            phones.append(
                (district, START + 6 * n * DAY, round(east), round(north), 75 + float(rng.lognormal(np.log(9), 0.6)))
            )
    return phones, {d: (round(x), round(y)) for d, (x, y) in middles.items()}


def bail_ends(seized):
    """Three months beginning with the day after the arrest: in these months, the same day three months on."""
    month = seized.month + 3
    return date(seized.year, month, seized.day)


# -- (a) the system is not used --------------------------------------------------------------------------------------------


def without(phones):
    """Days to a result, and whether bail ends before it, where the south and the west send everything to the laboratory, as always."""
    days = [1.0 if d == "north" else lab for d, _, _, _, lab in phones]
    return days, [
        (seized + timedelta(days=n)).date() > bail_ends(seized) for (_, seized, *_), n in zip(phones, days, strict=True)
    ]


def test_without_the_system_phones_wait_and_bail_is_extended_for_it(county):
    days, extended = without(county[0])

    assert median(days) > 70
    assert any(extended)


# -- the system ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def force(db):
    systems.load()
    agency = Agency.objects.create(code="force", name="Force", kind="police")
    values = {
        "digital.accept_within": "24 hours", "digital.book_within": "24 hours", "digital.result_within": "28 days after", "digital.brief_within": "14 days after",
        "digital.staffed_within": "72 hours", "digital.idle_devices": "5", "digital.idle_months": "6",
        "digital.route_confirmed_every": "3 months after", "investigation.accept_within": "24 hours", "investigation.record_within": "24 hours",
        "investigation.screen_within": "24 hours", "investigation.plan_within": "72 hours", "investigation.review_every": "28 days after",
        "investigation.senior_review_every": "3 months after", "investigation.released_review_every": "28 days after",
        "investigation.released_senior_every": "3 months after",
    }  # fmt: skip
    settled(values)
    people = {"officer": "investigator", "sergeant": "supervisor", "inspector": "inspector", "head": "superintendent", "chief": "chief-officer",
              "op-north": "investigator", "op-south": "investigator", "op-west": "investigator"}  # fmt: skip
    made = {}
    for name, role in people.items():
        made[name] = posted(name, agency, role, purpose="investigation", on=START.date())
        Accreditation.objects.create(user=name, name="PIP 1", start=date(2020, 1, 1), until=None, reference=f"{name} 1")
    return made


def register(force, middles):
    """The places and who staffs them; the roster holds the west's operator on no day of the quarter: off sick."""
    refs = {}
    for district, (east, north) in middles.items():
        operator = f"op-{district}"
        Accreditation.objects.create(
            user=operator, name="kiosk operator", start=date(2020, 1, 1), until=None, reference=operator
        )
        if district != SICK:
            start = START - 200 * DAY
            Duty.objects.bulk_create(
                Duty(user=operator, start=start + n * DAY, end=start + n * DAY + DAY / 3, source=ROSTER, at=start)
                for n in range(400)
            )
        refs[district] = store.open_case("digital_route", "open_route", {
            "place_name": f"{district} kiosk", "area": district, "way": "kiosk", "does": [CALLS], "declared": True, "place_east": east, "place_north": north,
            "operators": [operator]}, actor=force["inspector"], at=START - 100 * DAY).ref  # fmt: skip
    # As near as the south's own and staffed by the same operator, but not declared under the Code: lawful for nobody.
    east, north = middles[UNUSED]
    refs["undeclared"] = store.open_case("digital_route", "open_route", {
        "place_name": "Old kiosk", "area": UNUSED, "way": "kiosk", "does": [CALLS], "declared": False, "place_east": east, "place_north": north,
        "operators": [f"op-{UNUSED}"]}, actor=force["inspector"], at=START - 100 * DAY).ref  # fmt: skip
    refs["lab"] = store.open_case("digital_route", "open_route", {
        "place_name": "Laboratory", "area": "north", "way": "laboratory", "does": [CALLS], "declared": True, "staffed_until": "2027-01-01"},
        actor=force["inspector"], at=START - 100 * DAY).ref  # fmt: skip
    return refs


def seized(force, phone, **more):
    """A response officer records a phone on a crime: somebody is on bail."""
    district, at, east, north, _ = phone
    officer = force["officer"]
    crime = store.open_case("crime_investigation", "record_crime", {
        "crime": f"X/{at:%j}{east}", "area": district, "offence": "assault", "reported_at": at, "recorded_at": at, "lines_known": True, "domestic": False}, actor=officer, at=at)  # fmt: skip
    suspect = f"suspects-{store.do(crime.ref, 'identify_suspect', {'identified_at': at}, actor=officer, at=at).seq}"
    store.do(
        crime.ref,
        "bail",
        {"arrested_on": at.date(), "bail_case": "standard", "authority": "custody officer", "necessary": True},
        item=suspect,
        actor=force["sergeant"],
        at=at,
    )
    facts = {"area": district, "team": f"{district} response", "seized_at": at, "device": "phone", "needed": CALLS, "basis": "seized under a power", "easting": east,
             "northing": north, "bail_ends_on": bail_ends(at)}  # fmt: skip
    device = store.open_case("device", "record_device", facts, actor=officer, at=at, parent=crime.ref)
    return crime.ref, suspect, device.ref, facts


def history(force, refs):
    """What stood before: the south had six phones examined at the laboratory, the north one at its kiosk."""
    at = START - 90 * DAY
    for n, (district, way, route) in enumerate([("south", "laboratory", "lab")] * 6 + [("north", "kiosk", "north")]):
        ref = store.open_case("device", "record_device", {
            "area": district, "team": f"{district} response", "seized_at": at + n * DAY, "device": "phone", "needed": CALLS, "basis": "seized under a power"},
            actor=force["officer"], at=at + n * DAY).ref  # fmt: skip
        store.decide(ref, "choose_way", way, actor=force["officer"], at=at + n * DAY, reason="as always")
        store.do(
            ref,
            "book",
            {"route": refs[route], "booked_at": at + n * DAY, "booked_for": at + n * DAY},
            actor=force["officer"],
            at=at + n * DAY,
        )


def test_used_as_meant_the_nearest_staffed_route_is_booked_and_no_bail_is_extended(county, force):
    phones, middles = county
    refs = register(force, middles)
    history(force, refs)

    # Teams that never use a route are prompted, and a sample of officers names it.
    (found,) = idle_teams(actor=force["sergeant"], at=START)
    assert (found.given["team"], found.given["devices"], found.given["nearest"]) == (
        f"{UNUSED} response",
        6,
        f"{UNUSED} kiosk",
    )
    prompt = store.open_case(
        "route_prompt",
        "prompt_team",
        found.given,
        actor=force["inspector"],
        at=START,
        origin=f"found:idle-teams:{found.key}",
    ).ref
    store.do(prompt, "brief_team", {"briefed_at": START, "how": "each used it once"}, actor=force["sergeant"], at=START)
    rng = Random(2)
    asked = rng.sample(range(40), 8)
    before, after = (sum(rng.random() < share for _ in asked) for share in (KNOWS_BEFORE, KNOWS_AFTER))
    assert before < 0.5 * len(asked)
    store.do(
        prompt,
        "sample_officers",
        {"sampled": len(asked), "named_it": after, "drawn_how": "by lot from the team's list, seed 2"},
        actor=force["sergeant"],
        at=START + DAY,
    )
    store.do(prompt, "close_prompt", {"since_used": 0}, actor=force["inspector"], at=START + 2 * DAY)

    days = []
    for phone in sorted(phones, key=lambda p: p[1]):
        _, at, east, north, _ = phone
        _, _, ref, facts = seized(force, phone)
        best = options(facts, actor=force["officer"], at=at)[0]
        # By hand: of the kiosks that have an operator on duty, the nearest; the west's has none.
        near = min((np.hypot(east - middles[d][0], north - middles[d][1]), d) for d in DISTRICTS if d != SICK)
        assert (best.ref, round(best.km * 1000)) == (refs[near[1]], round(near[0]))
        store.decide(ref, "choose_way", "kiosk", actor=force["officer"], at=at)
        with pytest.raises(store.Refused, match="declared under the Code"):
            store.do(
                ref,
                "book",
                {"route": refs["undeclared"], "booked_at": at, "booked_for": at + DAY},
                actor=force["officer"],
                at=at,
            )
        store.do(
            ref, "book", {"route": best.ref, "booked_at": at, "booked_for": at + DAY}, actor=force["officer"], at=at
        )
        store.do(
            ref,
            "get_result",
            {"result_at": at + DAY, "result": "got what was needed"},
            actor=force["officer"],
            at=at + DAY,
        )
        days.append((at + DAY - at) / DAY)

    assert median(days) < 0.1 * median(without(phones)[0])
    rows = Measured.objects.filter(measure="device.seizure_to_result", hit=True, at__gte=START)
    assert sorted(r.value for r in rows) == sorted(days)
    assert not Measured.objects.filter(measure__startswith="crime_investigation.extended").exists()
    assert set(Measured.objects.filter(measure="device.before_bail_ends_in_time").values_list("hit", flat=True)) == {
        True
    }
    assert idle_teams(actor=force["sergeant"], at=START + 60 * DAY) == []


def test_an_extension_for_a_waiting_phone_is_seen(county, force):
    phone = county[0][EACH]
    crime, suspect, _, _ = seized(force, phone)
    at = phone[1] + 80 * DAY
    store.do(crime, "extend_bail", {"authority": "inspector", "suspect_guilt": True, "time_needed": True, "is_diligent": True, "necessary": True,
             "extended_for": "enquiries under way"}, item=suspect, actor=force["inspector"], at=at)  # fmt: skip

    # Whatever the reason typed, the measure counts that a device had no result.
    assert dict(
        Measured.objects.filter(measure__startswith="crime_investigation.extended").values_list("measure", "hit")
    ) == {
        "crime_investigation.extended_for_waiting": False,
        "crime_investigation.extended_while_waiting": True,
    }


def test_installed_but_ignored_it_reaches_its_owner_and_then_a_chief_officer(county, force):
    phones, middles = county
    history(force, register(force, middles))
    _, _, device, _ = seized(force, phones[EACH])
    (found,) = idle_teams(actor=force["sergeant"], at=START)
    prompt = store.open_case("route_prompt", "prompt_team", found.given, actor=force["inspector"], at=START).ref

    for day in range(0, 70, 2):
        tick(START + (day + 1) * DAY)

    for ref, clock, every, owner in (
        (device, "booked_in_time", BOOK, "officer"),
        (prompt, "briefed_in_time", BRIEF, "inspector"),
    ):
        told = list(Notice.objects.filter(case__ref=ref, clock=clock).order_by("pk"))
        opened = Case.objects.get(ref=ref).opened_at
        assert [(n.what, n.to) for n in told if n.what == "overdue"] == [("overdue", owner)]
        climbed = [n for n in told if n.what == "climbed"]
        assert [n.to for n in climbed] == list(LADDER)
        assert climbed[-1].at - opened <= 5 * every
