"""AFI 1: effective practice evaluated and shared routinely, inside the force and with partners.

The county plants two plans against anti-social behaviour in two of its districts: one takes away three of ten, one changes nothing. The
first is a partner's here, the second a district's own. A sergeant of the third district has the like problem in July 2025; what is done
there takes away as much as what it is taken from. The same half-year runs three times: the system not used, used as meant, ignored.
"""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import Agency, Change, Posting, User
from peelian.analysis.difference_in_differences import ratio_of_changes
from peelian.casework import measures, store
from peelian.casework.models import Case, Item, Notice
from peelian.casework.ticking import tick
from peelian.core.clock import london_day
from peelian.core.document import Finding
from peelian.county import happenings, making
from peelian.prevention.evidence_base import past_like_open
from peelian.prevention.evidence_sheets import bank, past_plans

PEOPLE, SEED, ASB = 300_000, 1, "Anti-social behaviour"
WORKED, FAILED = (
    "I0001",
    "I0002",
)  # the county's plan that takes away three of ten, and the one alike that changes nothing
OPENED = 30  # July 2025, counted from January 2023
WITHIN = {"plans.weigh_past_within": 14, "practice.decide_within": 14}  # days; then a rung each week
DAY = timedelta(days=1)


def when(month, day=1):
    """Nine o'clock of a day of a month counted from January 2023."""
    return datetime(2023 + month // 12, month % 12 + 1, day, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def county():
    """Monthly counts of the two plans' wards, of a like ward of the third district, and of the rest; with the month each plan began."""
    world, plants = making._found(PEOPLE, SEED, making.Calendar(36, date(2025, 12, 31)), True, None)
    events = happenings(people=PEOPLE, seed=SEED, months=36).filter(pl.col("category") == ASB)
    count = events.group_by(
        "area", (pl.col("happened").dt.year() - 2023) * 12 + pl.col("happened").dt.month() - 1
    ).len()
    of_area = {}
    for area, month, number in count.iter_rows():
        of_area.setdefault(area, [0] * 36)[month] = number

    def series(areas):
        return [sum(column) for column in zip(*(of_area[a] for a in areas if a in of_area), strict=True)]

    plans = {row["plan"]: row for row in plants.interventions}
    touched = {a for row in plants.interventions for name in ("areas", "neighbour_areas") for a in row[name].split(";")}
    touched |= {str(spot["area"]) for spot in plants.hot_spots}
    third = set(world.ground.district_code) - {plans[p]["district"] for p in (WORKED, FAILED)}
    wards = {}
    for n, ward in enumerate(world.ground.neighbourhood.tolist()):
        code, district = world.ground.code[n], world.ground.district_code[world.ground.district[n]]
        if district in third and code not in touched:
            wards.setdefault(ward, []).append(code)
    like = sum(series(plans[WORKED]["areas"].split(";")))
    mine = min(wards.values(), key=lambda areas: abs(sum(series(areas)) - like))
    began = {
        p: int(plans[p]["from_month"][:4]) * 12 + int(plans[p]["from_month"][5:]) - 1 - 2023 * 12
        for p in (WORKED, FAILED)
    }
    rest = series(set(of_area) - touched - set(mine))
    return {p: series(plans[p]["areas"].split(";")) for p in (WORKED, FAILED)} | {
        "mine": series(mine),
        "rest": rest,
        "began": began,
    }


def half_year(county, multiplier):
    """The third district's counts of the half-year, thinned by what is done there."""
    rng = np.random.default_rng(1)
    return [int(rng.binomial(n, multiplier)) for n in county["mine"][OPENED:36]]


# -- (a) the system is not used -------------------------------------------------------------------------------------------------


def test_without_the_system_the_third_district_tries_what_failed(county):
    tried_again = half_year(county, 1.0)
    found = ratio_of_changes(county["mine"][6:OPENED] + tried_again, county["rest"][6:36], before=24)

    assert found.low <= 1 <= found.high  # nothing fell, and nobody has counted that


# -- the system -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def force(db):
    systems.load()
    agencies = {
        code: Agency.objects.create(code=code, name=code, kind=kind)
        for code, kind in (("force", "police"), ("council", "partner"))
    }
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    days = {
        "plans.accept_within": 3, "plans.analyse_within": 42, "plans.review_every": 400, "plans.evaluate_within": 28, "plans.share_within": 28,
        "plans.answer_within": 14, "plans.climb_every": 7, "practice.accept_within": 3, "practice.acknowledge_within": 14, "practice.climb_every": 7, **WITHIN,
    }  # fmt: skip
    values = {name: f"{n} days after" for name, n in days.items()} | {"practice.count_after": "6 months after"}
    for name, value in values.items():
        Change.objects.create(uid=name, name=name, after=value, reason="t", proposed_by="a", proposed_at=long_ago, approved_by="b", approved_at=long_ago)  # fmt: skip
    people = {}
    for name, agency, roles in (
        ("officer", "force", ["neighbourhood-officer"]), ("sergeant", "force", ["neighbourhood-officer", "supervisor"]),
        ("inspector", "force", ["inspector"]), ("chief", "force", ["chief-officer"]), ("council-officer", "council", ["hub-worker"]),
    ):  # fmt: skip
        user = User.objects.create_user(name, agency=agencies[agency])
        Posting.objects.filter(user=user).delete()
        Posting.objects.create(user=user, roles=roles, start=date(2020, 1, 1), by="t", at=long_ago)
        people[name] = Actor(user, agencies[agency], "prevention", on=date(2025, 1, 1), reason="test")
    return people


def row_of(ref, part):
    return Item.objects.filter(case__ref=ref, part=part).latest("pk").item


def opened(actor, at, county, name, before, title, place, **more):
    return store.open_case("problem_plan", "open_plan", {
        "title": title, "area": place, "place": f"{place} ward", "problem": "anti-social behaviour", "place_type": "parks and open space",
        "objective": "A fifth less within half a year", "outcome": "Incidents by month", "comparison": "rest of the county",
        "history": county[name][max(0, before - 24) : before], "comparison_history": county["rest"][max(0, before - 24) : before], "months_after": 6,
        "expected_fall": 25, "if_works": "carry it over", "if_not": "end it", "randomised": False,
    }, actor=actor, at=at, **more).ref  # fmt: skip


def carried_out(ref, actor, at, technique):
    store.do(ref, "scan_done", {"scanned": "Evenings, the same places"}, actor=actor, at=at)
    store.do(ref, "suppose", {"cause": "Nobody looks after the place", "side": "place manager"}, actor=actor, at=at)
    told = {"data_for": "Unlit and unstaffed", "data_against": "One lit place too", "kept": True}
    store.do(ref, "test_cause", told, item=row_of(ref, "hypotheses"), actor=actor, at=at)
    store.do(ref, "weigh_past", {"past_weighed": "see the uses of past plans"}, actor=actor, at=at)
    store.do(
        ref,
        "plan_response",
        {"technique": technique, "what": "as said", "done_by": "team", "due_on": at.date(), "cost": 4000},
        actor=actor,
        at=at,
    )
    store.do(ref, "respond", {"started_on": at.date()}, actor=actor, at=at)


def counted(ref, actor, at, after, beside):
    store.do(ref, "assess", {"ended_on": at.date()}, actor=actor, at=at)
    store.do(ref, "do_response", {"fidelity": "as planned"}, item=row_of(ref, "responses"), actor=actor, at=at)
    store.do(ref, "count_after", {"after": after, "comparison_after": beside}, actor=actor, at=at)
    outcome = store.load(ref, actor, at=at).proposals["conclude"].proposal.outcome
    lesson = {
        "mechanism": "Somebody looks after it",
        "moderators": "Open ground",
        "implementation": "Volunteers were the work",
    }
    store.decide(ref, "conclude", outcome, lesson, actor=actor, at=at)
    return outcome


def two_past_plans(county, force):
    """The district's plan that failed, and the partner's that worked, each counted for its half-year and evaluated."""
    told = {}
    for name, who, title, place, technique, more in (
        (FAILED, "officer", "Signs on the Green", "Second", "22 Post instructions", {}),
        (WORKED, "council-officer", "Wardens on the Common", "First", "6 Extend guardianship", {"agency": "council"}),
    ):
        began = county["began"][name]
        ref = opened(force[who], when(began), county, name, began, title, place, **more)
        carried_out(ref, force[who], when(began, 2), technique)
        found = counted(
            ref, force[who], when(began + 6, 3), county[name][began : began + 6], county["rest"][began : began + 6]
        )
        told[name] = (ref, found)
    return told


def little(force):
    """A small plan of the like problem, too little to say anything."""
    ref = store.open_case("problem_plan", "open_small_plan", {
        "title": "A bench moved", "area": "Second", "place": "Close", "problem": "anti-social behaviour", "place_type": "parks and open space",
        "objective": "Quiet evenings", "before": 6, "before_months": 6,
    }, actor=force["officer"], at=when(20)).ref  # fmt: skip
    store.do(ref, "scan_done", {"scanned": "x"}, actor=force["officer"], at=when(20))
    store.do(ref, "plan_response", {"technique": "5 Control tools and weapons", "what": "a bench", "done_by": "team", "due_on": date(2024, 9, 1)},
             actor=force["officer"], at=when(20))  # fmt: skip
    store.do(ref, "respond", {"started_on": date(2024, 9, 1)}, actor=force["officer"], at=when(20, 2))
    store.do(ref, "assess", {"ended_on": date(2025, 3, 1)}, actor=force["officer"], at=when(26, 2))
    store.do(
        ref,
        "do_response",
        {"fidelity": "as planned"},
        item=row_of(ref, "responses"),
        actor=force["officer"],
        at=when(26, 2),
    )
    store.do(ref, "count_after", {"after": [1, 0, 0, 0, 0, 0]}, actor=force["officer"], at=when(26, 2))
    lesson = {"mechanism": "x", "moderators": "x", "implementation": "x"}
    store.decide(ref, "conclude", "cannot show an effect", lesson, actor=force["officer"], at=when(26, 2))
    return ref


def test_used_as_meant_what_works_is_carried_over_and_counted(county, force):
    past, small = two_past_plans(county, force), little(force)
    assert past[WORKED][1] == "fall"
    assert past[FAILED][1] == "cannot show an effect"
    sergeant, council = force["sergeant"], force["council-officer"]
    july = when(OPENED)

    new = opened(sergeant, july, county, "mine", OPENED, "Gatherings on the Field", "Third")

    # Both appear with their evidence, and the one with too little data reads "cannot show an effect", never "no effect".
    made = past_plans(actor=sergeant, at=july, case=store.load(new, sergeant, at=july))
    said = {b.id: b.text for b in made.blocks() if isinstance(b, Finding)}
    assert said[f"card-{past[WORKED][0]}"].startswith("Fall. ")
    assert "95 % interval" in said[f"card-{past[FAILED][0]}"]
    assert "Cannot show an effect. A small plan has nothing to compare with" in said[f"card-{small}"]
    for document in (made, bank(actor=sergeant, at=july)):
        assert "no effect" not in " ".join(document.texts()).lower()

    # Adopt, adapt or reject is chosen with a reason.
    uses = {}
    for found in past_like_open(actor=sergeant, at=july):
        assert len(found.key) <= 36  # a form that opens from it carries the key in a token of sixty characters
        given = {name: value for name, value in found.given.items() if value not in ("", None)}
        choice = "adopt" if found.given["past_plan"] == past[WORKED][0] else "reject"
        ref = store.open_case(
            "practice_use", "look_at", given, actor=sergeant, at=july, origin=f"found:past-plans:{found.key}"
        ).ref
        store.decide(
            ref,
            "choose",
            choice,
            {"why": f"{choice}: open ground like ours"},
            actor=sergeant,
            at=july + DAY,
            reason="read with the team",
        )
        uses[found.given["past_plan"]] = ref
    assert set(uses) == {past[WORKED][0], past[FAILED][0], small}

    # The partner is told, and acknowledges.
    used = uses[past[WORKED][0]]
    with pytest.raises(store.Refused, match="is told first"):
        store.do(used, "count_use", actor=sergeant, at=july + DAY)
    store.ask(used, "told", "council", actor=sergeant, at=july + DAY)
    asked = Item.objects.get(case__ref=used, part="told")
    store.answer(
        asked.ref, "", {"acknowledged": True, "advice": "Wardens before nine"}, actor=council, at=july + 3 * DAY
    )

    # Six months later reuse and result can be counted.
    carried_out(new, sergeant, july + 4 * DAY, "6 Extend guardianship")
    january = when(36, 5)
    assert counted(new, sergeant, january, half_year(county, 0.7), county["rest"][OPENED:36]) == "fall"
    store.do(used, "count_use", actor=sergeant, at=january)
    store.do(used, "close", {"learnt": "It works here too"}, actor=sergeant, at=january)
    assert Case.objects.get(ref=used).facts["result"] == "fall"
    told = {
        name: measures.picture("practice_use", name, actor=force["chief"], at=january).force
        for name in ("used_again", "fell_again")
    }
    assert [(t.hits, t.missed) for t in told.values()] == [(1, 2), (1, 0)]


def test_ignored_it_reaches_its_owner_and_then_a_chief_officer(county, force):
    past = two_past_plans(county, force)
    sergeant, july = force["sergeant"], when(OPENED)
    new = opened(sergeant, july, county, "mine", OPENED, "Gatherings on the Field", "Third")
    found = next(f for f in past_like_open(actor=sergeant, at=july) if f.given["past_plan"] == past[WORKED][0])
    given = {name: value for name, value in found.given.items() if value not in ("", None)}
    use = store.open_case("practice_use", "look_at", given, actor=sergeant, at=july).ref

    for day in range(1, 60, 3):
        tick(july + day * DAY)

    for ref, clock, days in (
        (new, "past_in_time", WITHIN["plans.weigh_past_within"]),
        (use, "chosen_in", WITHIN["practice.decide_within"]),
    ):
        told = Notice.objects.filter(case__ref=ref, clock=clock)
        owner = told.get(what="overdue")
        assert (owner.to, london_day(owner.due)) == ("sergeant", london_day(july + (days + 1) * DAY))
        rungs = {n.to: n for n in told.filter(what="climbed")}
        assert set(rungs) == {"inspector", "chief-officer"}
        assert rungs["chief-officer"].due - owner.due <= 15 * DAY
