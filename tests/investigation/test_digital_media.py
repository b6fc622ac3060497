"""I3: the way that reaches what is needed and is lawful; the nearest place that is staffed; a result before bail ends; idle teams."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from peelian.core.clock import london_day
from peelian.core.kinds import Refused, Who
from peelian.core.kinds.measures import rows
from peelian.investigation import digital_idle, digital_routes
from peelian.investigation.digital_media import DEVICE, PROMPT, ROUTE
from peelian.investigation.digital_routes import options, staffed_from

from ..vulnerability.running import Running, around, local

OURS = {
    "digital__accept_within": "24 hours", "digital__book_within": "24 hours", "digital__result_within": "28 days after",
    "digital__route_confirmed_every": "28 days after", "digital__brief_within": "14 days after",
}  # fmt: skip
AT = local("2026-03-02 10:00")
DAY = timedelta(days=1)
PC = Who("pc", roles=("investigator",), agency="force")
SERGEANT = Who("sergeant", roles=("supervisor",), agency="force")
SHOWS, CALLS, ALL, LOCKED = (
    "what its owner shows",
    "messages, calls and pictures",
    "everything, or what was deleted",
    "a locked or damaged device opened",
)
KIOSK = {"place_name": "North kiosk", "area": "north", "way": "kiosk", "does": [CALLS], "declared": True}


def device(**facts):
    case = Running(DEVICE, around(**OURS), PC)
    told = {
        "area": "north",
        "seized_at": AT,
        "device": "phone",
        "needed": CALLS,
        "basis": "seized under a power",
    } | facts
    case.do("record_device", AT, **told)
    return case


# evidence-digital-disclosure.md: kiosk levels 1 logical self-service, 2 technician, 3 laboratory (general knowledge).
@pytest.mark.parametrize(
    ("facts", "way"),
    [({}, "kiosk"), ({"device": "tablet"}, "kiosk"), ({"device": "computer"}, "laboratory"), ({"needed": ALL}, "laboratory"),
     ({"needed": LOCKED}, "laboratory"), ({"needed": SHOWS, "basis": "given by a victim or witness", "agreed_in_writing": True}, "investigator")],
    ids=str,
)  # fmt: skip
def test_the_least_intrusive_way_that_reaches_what_is_needed(facts, way):
    assert device(**facts).propose("choose_way", AT).proposal.outcome == way


def test_no_way_that_cannot_reach_it_is_taken_and_a_more_intrusive_one_needs_a_reason():
    case = device(needed=ALL)
    with pytest.raises(Refused, match="kiosk gets at what is needed"):
        case.decide("choose_way", "kiosk", AT, reason="it is near")
    with pytest.raises(Refused, match="say why"):
        device().decide("choose_way", "laboratory", AT)


def test_an_investigator_records_what_an_owner_shows_and_nobody_elses():
    proposal = device(needed=SHOWS).propose("choose_way", AT).proposal
    assert proposal.outcome == "kiosk"  # a suspect's device, seized: nobody shows it


def placed(case, **facts):
    place = Running(ROUTE, around(**OURS), SERGEANT)
    place.do("open_route", AT, **(KIOSK | facts))
    state = place.state()
    case.around = replace(case.around, case=lambda ref: state if ref == "place" else None)
    return case


def book(case, **more):
    case.do("book", AT, **({"route": "place", "booked_at": AT, "booked_for": AT + DAY} | more))


def test_a_booking_names_the_place():
    case = placed(device())
    case.decide("choose_way", "kiosk", AT)
    book(case)

    assert (case.state().stage, case.state().facts["place"]) == ("booked", "North kiosk")


@pytest.mark.parametrize("place", [{"declared": False}, {"way": "laboratory"}, {"does": [ALL]}], ids=str)
def test_a_place_that_is_not_lawful_or_able_is_not_booked(place):
    case = placed(device(), **place)
    case.decide("choose_way", "kiosk", AT)
    with pytest.raises(Refused, match="an open place of the register"):
        book(case)
    with pytest.raises(Refused, match="an open place of the register"):
        book(case, route="elsewhere")


def test_before_the_code_had_force_no_declaration_was_asked():
    case = placed(device(seized_at="2023-09-01T10:00:00+01:00"), declared=False)
    at = datetime(2023, 9, 30, 12, tzinfo=UTC)
    case.entries[0] = replace(case.entries[0], at=at, known=at)
    case.decide("choose_way", "kiosk", at)
    case.do("book", at, route="place", booked_at=at, booked_for=at)


def test_a_victims_device_needs_agreement_in_writing_and_other_ways_weighed():
    case = placed(device(basis="given by a victim or witness"))
    case.decide("choose_way", "kiosk", AT)
    with pytest.raises(Refused):
        book(case)
    case.do("note_device", AT, agreed_in_writing=False, alternatives="screenshots would do")
    with pytest.raises(Refused, match="agreement in writing"):
        book(case)
    case.do("note_device", AT, agreed_in_writing=True)
    book(case)


def test_the_result_is_due_before_bail_ends():
    case = device(bail_ends_on="2026-04-05")
    run = case.run("before_bail_ends", AT)

    assert london_day(run.due) - DAY == date(2026, 4, 5)
    assert device().run("before_bail_ends", AT).reason == "Nobody is known to be on bail."


def test_from_seizure_to_result():
    case = placed(device())
    case.decide("choose_way", "kiosk", AT)
    book(case)
    case.do("get_result", AT + 3 * DAY, result_at=AT + 3 * DAY, result="got what was needed")

    found = {r.measure: r.value if r.value is not None else r.hit for r in rows(case.state(), [], around=case.around)}
    assert (found["seizure_to_result"], found["kiosk_used"]) == (3.0, True)


def test_a_prompt_closes_when_officers_were_asked():
    case = Running(PROMPT, around(**OURS), Who("insp", roles=("inspector",), agency="force"))
    case.do("prompt_team", AT, team="Team A", area="north", devices=7, used=0)
    case.do("brief_team", AT + DAY, briefed_at=AT + DAY, how="shown at the kiosk, each of them")
    with pytest.raises(Refused, match="not known yet"):
        case.do("close_prompt", AT + 2 * DAY)
    with pytest.raises(Refused, match="drawn at random"):
        case.do("sample_officers", AT + 2 * DAY, sampled=5, named_it=6, drawn_how="by lot")
    case.do("sample_officers", AT + 2 * DAY, sampled=5, named_it=5, drawn_how="by lot")
    case.do("close_prompt", AT + 2 * DAY)


# -- where, how far, how long -----------------------------------------------------------------------------------------------


class Place:
    def __init__(self, ref, **facts):
        self.ref, self.facts = ref, KIOSK | facts


def test_the_nearest_that_is_lawful_and_staffed_stands_first(monkeypatch):
    """Distances by hand: (3, 4) km apart is 5 km."""
    places = [
        Place("near", place_name="Near", place_east=500_000, place_north=200_000, staffed="sick"),
        Place("mid", place_name="Mid", place_east=503_000, place_north=204_000),
        Place("far", place_name="Far", place_east=530_000, place_north=200_000),
        Place("wild", place_name="Undeclared", place_east=500_000, place_north=200_000, declared=False),
        Place("soon", place_name="Soon", place_east=500_000, place_north=200_000, staffed="in 71 hours"),
        Place("late", place_name="Late", place_east=500_000, place_north=200_000, staffed="in 72 hours"),
    ]

    def staffed(place, at):
        return {"sick": None, "in 71 hours": at + timedelta(hours=71), "in 72 hours": at + timedelta(hours=72)}.get(
            place.get("staffed"), at
        )

    monkeypatch.setattr(digital_routes, "staffed_from", staffed)
    asked = {"needed": CALLS, "device": "phone", "easting": 500_000, "northing": 200_000}
    late = AT + timedelta(hours=72)  # the force's own `digital.staffed_within`
    found = [digital_routes._option(asked, p.ref, p.facts, [2.0, 4.0, 9.0], AT, late) for p in places]

    assert [(o.name, o.km, o.good) for o in found] == [
        ("Near", 0, False),
        ("Mid", 5, True),
        ("Far", 30, True),
        ("Undeclared", 0, False),
        ("Soon", 0, True),
        ("Late", 0, False),
    ]
    assert digital_routes._option(asked, "", places[-1].facts, [], AT, None).good  # nobody has set within what time
    assert found[1].wait == 4
    assert "no trained operator" in found[0].why_not[0]


def test_what_still_waits_counts_with_the_days_so_far():
    days = []
    for booked, ended in ((AT - 10 * DAY, AT - 8 * DAY), (AT - 50 * DAY, None), (AT - 200 * DAY, AT - 190 * DAY)):
        digital_routes._count(days, booked, ended, AT)

    assert days == [2.0, 50.0]


@pytest.mark.django_db
def test_without_a_register_nothing_is_offered_and_nobody_is_idle():
    from peelian import systems
    from peelian.access.actor import Actor
    from peelian.access.models import Agency, User

    systems.load()
    agency = Agency.objects.create(code="force", name="Force", kind="police")
    actor = Actor(
        User.objects.create_user("pc", agency=agency), agency, "investigation", on=date(2026, 3, 2), reason="test"
    )

    assert options({"needed": CALLS, "device": "phone"}, actor=actor, at=AT) == []
    assert digital_idle.idle_teams(actor=actor, at=AT) == []
    assert staffed_from(KIOSK | {"operators": ["nobody"]}, AT) is None
    assert staffed_from(KIOSK | {"staffed_until": "2026-03-02"}, AT) == AT


def test_a_kiosk_that_nobody_uses_is_seen_in_the_log(monkeypatch):
    """Three kiosks; one is in the log of the last 120 days, one only before, one never."""
    monkeypatch.setattr(digital_idle, "kiosk_log", lambda actor: [
        ("N", "2026-02-20 10:00", "2026-02-21 10:00"), ("N", "2026-02-25 10:00", ""), ("S", "2025-06-01 10:00", "2025-06-02 10:00")])  # fmt: skip
    kiosks = [Place(n, place_name=f"{n} kiosk", in_log_as=n, area=n) for n in ("N", "S", "W")]

    found = digital_idle._idle_places(kiosks, None, AT)

    assert [(f.key, f.given["nearest"], f.given["devices"]) for f in found] == [
        ("s-kiosk-2026q1", "S kiosk", 2),
        ("w-kiosk-2026q1", "W kiosk", 2),
    ]
    assert (
        digital_idle._idle_places(kiosks, None, AT + 365 * DAY) == []
    )  # a log that has stopped says nothing of a kiosk
