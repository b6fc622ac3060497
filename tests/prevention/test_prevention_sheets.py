"""P4, P5, P7: documents made from cases say what was done, to each reader no more than their share."""

from datetime import UTC, date, datetime, timedelta

import pytest

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import Agency, Change, Posting, User
from peelian.casework import store
from peelian.casework.models import Notice
from peelian.casework.ticking import tick
from peelian.core.document import Table
from peelian.prevention.antisocial_behaviour_year import published, years
from peelian.prevention.local_priorities_sheets import hours, neighbourhoods, you_said
from peelian.prevention.safety_hubs_board import board

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
VALUES = {
    "priorities.voices": 10, "priorities.most_abstracted": 10, "safety_hub.agencies_needed": 2, "safety_hub.answer_within": "5 working days after",
    "asb_review.complaints": 3, "asb_review.other_grounds": "are weighed by a person",
}  # fmt: skip


@pytest.fixture
def people(db):
    systems.load()
    long_ago = AT - timedelta(days=2_000)
    for name, value in VALUES.items():
        Change.objects.create(
            uid=name,
            name=name,
            after=value,
            reason="t",
            proposed_by="a",
            proposed_at=long_ago,
            approved_by="b",
            approved_at=long_ago,
        )
    made = {}
    for name, agency, kind, roles in (
        ("sergeant", "force", "police", ["neighbourhood-officer", "supervisor"]), ("officer", "council", "partner", ["hub-worker"]), ("nurse", "nhs", "partner", ["hub-worker"]),
    ):  # fmt: skip
        owner = Agency.objects.create(code=agency, name=f"The {agency}", kind=kind)
        user = User.objects.create(username=name, agency=owner)
        Posting.objects.filter(user=user).delete()
        Posting.objects.create(user=user, roles=roles, start=date(2020, 1, 1), by="t", at=long_ago)
        made[name] = Actor(user, owner, "prevention", on=date(2026, 6, 1), reason="test")
    return made


def rows(document, caption):
    return next((b.rows for b in document.blocks() if isinstance(b, Table) and b.caption.startswith(caption)), ())


def test_the_public_is_told_what_was_done_and_nothing_else(people):
    who = people["sergeant"]

    def raised(said, days):
        at = AT - days * DAY
        ref = store.open_case("local_priority", "raise_priority", {
            "raised_on": at.date(), "area": "east", "neighbourhood": "Dock", "theme": "roads", "you_said": said, "place": "outside 4 Mill Road", "harm": "grave"}, actor=who, at=at).ref  # fmt: skip
        store.do(
            ref,
            "hear",
            {
                "heard_on": at.date(),
                "how": "survey",
                "people": 3,
                "seldom_heard": False,
                "said": "Mrs Example fears for her son",
            },
            actor=who,
            at=at,
        )
        return ref, at

    told, at = raised("cars race", 120)
    store.decide(told, "take_on", "adopt", actor=who, at=at)
    store.do(told, "agree_action", {"action": "speed watch", "done_by": "residents", "agreed_at": at}, actor=who, at=at)
    action = store.load(told, who, AT).state.live("actions")[0].id
    store.do(told, "do_action", {"done_at": at + DAY, "came_of_it": "done"}, item=action, actor=who, at=at + DAY)
    store.decide(
        told,
        "measure",
        "cannot tell",
        {"measured_on": (at + 95 * DAY).date(), "residents_say": "better", "before": 9, "after": 6},
        actor=who,
        at=at + 95 * DAY,
    )
    store.do(
        told,
        "tell_public",
        {"we_did": "Speed watch.", "told_at": at + 100 * DAY, "told_by": "meeting"},
        actor=who,
        at=at + 100 * DAY,
    )
    refused, at = raised("bins are full", 40)
    store.decide(
        refused, "take_on", "not now", {"why_not": "The council empties them."}, actor=who, at=at, reason="not ours"
    )
    raised("nobody has answered", 5)

    sheet = you_said(actor=who, at=AT, area="Dock")

    assert rows(sheet, "What was done") == (
        (
            "Dock",
            "cars race",
            "Speed watch.",
            "cannot tell: 9 incidents in three months before, 6 after; people there say: better",
        ),
    )
    assert rows(sheet, "What was not taken on") == (("Dock", "bins are full", "The council empties them."),)
    printed = " ".join(sheet.texts())
    assert not any(secret in printed for secret in ("Mill Road", "Example", "nobody has answered"))
    assert ("Dock", "Dock") in neighbourhoods(who, AT)
    assert rows(you_said(actor=who, at=AT, area="Hill"), "What was done") == ()


def test_hours_taken_away_are_added_up(people):
    who = people["sergeant"]
    for team, taken in (("Dock", (12, 36)), ("Hill", (6,))):
        at = AT - 40 * DAY
        ref = store.open_case(
            "neighbourhood_hours",
            "plan_hours",
            {"area": "east", "neighbourhood": team, "starts_on": at.date(), "planned": 400},
            actor=who,
            at=at,
        ).ref
        for each in taken:
            store.do(
                ref,
                "abstract",
                {"taken_on": at.date(), "hours": each, "taken_for": "response", "decided_by": "control room"},
                actor=who,
                at=at,
            )

    sheet = hours(actor=who, at=AT)

    assert rows(sheet, "Neighbourhood hours by district") == (("east", 800.0, 54.0, 54 / 800),)
    assert rows(sheet, "What the hours were taken for") == (("response", 54, 1.0),)
    assert [row[5] for row in rows(sheet, "2 months")] == [0.12, 0.015]


def test_each_agency_reads_its_share_of_the_board(people):
    who = people["sergeant"]
    refs = []
    for theme in ("cuckooing", "neighbours"):
        ref = store.open_case("hub_problem", "raise_problem", {
            "raised_at": AT - 20 * DAY, "area": "east", "neighbourhood": "Dock", "raised_by": "police", "about": "a person", "theme": theme, "problem": "Mr Example's flat",
            "involved": 3, "repeated": True, "at_risk": True, "consent": "given", "basis": "s.115"}, actor=who, at=AT - 20 * DAY).ref  # fmt: skip
        store.decide(ref, "decide_board", "on the board", actor=who, at=AT - 19 * DAY)
        refs.append(ref)
    store.ask(refs[0], "task", "council", actor=who, at=AT - 19 * DAY)
    store.ask(refs[0], "task", "nhs", actor=who, at=AT - 19 * DAY)
    store.ask(refs[1], "task", "nhs", actor=who, at=AT - 2 * DAY)
    item = next(i for i in store.load(refs[0], who, AT).state.live("task") if i.to == "council")
    store.answer(
        refs[0], item.id, {"takes_it": True, "did": "locks changed"}, actor=people["officer"], at=AT - 17 * DAY
    )

    whole = board(actor=who, at=AT)
    assert {row[0]: row[6:8] for row in rows(whole, "2 open problems")} == {"cuckooing": (2, 1), "neighbours": (1, 0)}
    assert {(row[0], row[1], row[4]) for row in rows(whole, "Tasks without")} == {
        ("The nhs", "cuckooing", "late"),
        ("The nhs", "neighbours", "running"),
    }
    assert "Example" not in " ".join(whole.texts())

    council = board(actor=people["officer"], at=AT)
    assert [row[:3] for row in rows(council, "What each agency")] == [("The council", 1, 1)]
    assert "nhs" not in " ".join(council.texts())
    assert "neighbours" not in " ".join(council.texts())


def test_the_four_numbers_that_must_be_published(people):
    who = people["sergeant"]

    def applied(day, outcome=""):
        at = datetime(2026, 3, day, 9, tzinfo=UTC)
        ref = store.open_case(
            "asb_review",
            "apply",
            {
                "applied_on": at.date(),
                "area": "east",
                "applicant": "the victim",
                "applied_to": "council",
                "problem": "x",
            },
            actor=who,
            at=at,
        ).ref
        store.do(ref, "weigh_grounds", {"persistent": "no", "harmful": "no", "poor_response": "no"}, actor=who, at=at)
        if outcome:
            store.decide(ref, "decide_threshold", outcome, actor=who, at=at, reason="as the board said")
        return ref, at

    applied(2)
    applied(3, "not met")
    ref, at = applied(4, "met")
    store.do(ref, "meet", {"met_on": at.date(), "found_in_review": "x"}, actor=who, at=at)
    store.do(ref, "recommend", {"recommended": "x", "body": "council", "agreed_on": at.date()}, actor=who, at=at)

    assert rows(published(actor=who, at=AT, year="2026"), "ASB case reviews")[-1] == ("All districts", 3, 1, 1, 1)
    assert rows(published(actor=who, at=AT, year="2025"), "ASB case reviews") == ()
    assert years(who, AT) == [("2026", "2026")]


def test_a_case_that_everybody_ignores_climbs_to_a_chief_officer(people):
    at = AT - 30 * DAY
    values = {"asb.assess_within": "48 hours", "asb.climb_every": "7 days after", "asb.accept_within": "24 hours"}
    for name, value in values.items():
        Change.objects.create(
            uid=name,
            name=name,
            after=value,
            reason="t",
            proposed_by="a",
            proposed_at=at,
            approved_by="b",
            approved_at=at - 900 * DAY,
        )
    store.open_case(
        "asb_case",
        "report_asb",
        {"reported_at": at, "area": "east", "kind_of_behaviour": "personal", "what": "x"},
        actor=people["sergeant"],
        at=at,
    )

    def told(days):
        tick(at + timedelta(days=days))
        return list(Notice.objects.filter(clock="assessed").order_by("at", "pk").values_list("what", "to"))

    assert told(1) == []
    assert told(3) == [("overdue", "sergeant")]
    rungs = [to for what, to in told(28) if what == "climbed"]
    assert sorted(rungs) == sorted(["inspector", "superintendent", "chief-officer"])
