"""The demonstration's neighbourhoods: what people said and were told, hours kept and taken away, anti-social behaviour, the hub's board.

One district answers, measures and tells; another loses its hours to response and tells nobody. Both stand in the same measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peelian.casework import store
from peelian.prevention.antisocial_behaviour_facts import SIGNS
from peelian.prevention.antisocial_behaviour_found import repeat_victims, vulnerable_victims
from peelian.records import areas

from .play import DISTRICTS, Play

PURPOSE = "prevention"
DAY, MONTH = 24.0, 24.0 * 30
# What the made-up force has set for itself. They are nobody's standard.
VALUES: Mapping[str, str] = {
    "asb.accept_within": "24 hours",
    "asb.assess_within": "48 hours",
    "asb.contact_within": "14 days after",
    "asb.tell_within": "5 working days after",
    "asb.answer_within": "5 working days after",
    "asb.climb_every": "7 days after",
    "asb_review.climb_every": "7 days after",
    "priorities.climb_every": "14 days after",
    "safety_hub.climb_every": "14 days after",
    "asb.signs_medium": "3",
    "asb.signs_high": "7",
    "asb.repeat_reports": "3",
    "asb.repeat_days": "92",
    "asb_review.complaints": "3",
    "asb_review.other_grounds": "are weighed by a person",
    "asb_review.accept_within": "48 hours",
    "asb_review.acknowledge_within": "10 working days after",
    "asb_review.decide_within": "15 working days after",
    "asb_review.meet_within": "20 working days after",
    "asb_review.account_within": "10 working days after",
    "asb_review.recommended_within": "3 months after",
    "priorities.accept_within": "48 hours",
    "priorities.answer_within": "28 days after",
    "priorities.tell_within": "14 days after",
    "priorities.result_within": "3 months after",
    "priorities.task_within": "14 days after",
    "priorities.hours_within": "40 days after",
    "priorities.voices": "10",
    "priorities.most_abstracted": "10",
    "safety_hub.accept_within": "48 hours",
    "safety_hub.take_on_within": "5 working days after",
    "safety_hub.answer_within": "5 working days after",
    "safety_hub.review_within": "28 days after",
    "safety_hub.tell_within": "5 working days after",
    "safety_hub.agencies_needed": "2",
    "communities.accept_within": "48 hours",
    "communities.review_within": "12 months after",
    "communities.contact_within": "3 months after",
    "communities.gap_within": "3 months after",
}
Place = tuple[str, str]  # district, neighbourhood


def tell(play: Play) -> None:
    """Play the months of these systems."""
    where = places()
    _profiles(play, where)
    _priorities(play, where)
    _hours(play, where)
    _tasks(play, where)
    _antisocial(play, where)
    _reviews(play, where)
    _hub(play, where)


def places() -> list[Place]:
    """Districts and their neighbourhoods, as they are loaded."""
    names = {a.code: a.name for a in areas.areas("district")}
    held = set(areas.parts("ward").values())
    found = [(names[a.parent], a.name) for a in areas.areas("ward") if a.code in held and a.parent in names]
    by_district: dict[str, list[Place]] = {}
    for place in found:
        by_district.setdefault(place[0], []).append(place)
    # Districts in turn, so that few cases are of many.
    found = [
        own[n]
        for n in range(max(map(len, by_district.values()), default=0))
        for own in by_district.values()
        if n < len(own)
    ]
    return found or [(name, f"{name} {side}") for name in DISTRICTS for side in ("North", "South")]


def _good(where: list[Place], n: int) -> bool:
    """Whether the n-th place lies in the district that works as the force means it."""
    return where[n % len(where)][0] == where[0][0]


def _at(where: list[Place], n: int) -> dict[str, str]:
    district, neighbourhood = where[n % len(where)]
    return {"area": district, "neighbourhood": neighbourhood}


def _day(play: Play, hours: float) -> str:
    return play.ago(hours).date().isoformat()


def _profiles(play: Play, where: list[Place]) -> None:
    for n in range(min(len(where), 4)):
        hours = MONTH * (13.5 if n == 3 else 4 + n)  # one of them is looked at too late
        ref = play.open("sergeant", hours, "neighbourhood_profile", "write_profile", {
            "made_on": _day(play, hours), **_at(where, n), "tensions": "New homes without a bus; young people in the car park at night.",
            "rests_on": "The sheet, two meetings, the ward councillor."})  # fmt: skip
        for name, quiet, met in (("Shopkeepers of the parade", False, True), ("Polish-speaking families", True, n < 2)):
            play.do("sergeant", hours, ref, "name_community", {
                "community": name, "size": "tens", "seldom_heard": quiet, "contact": "By telephone, through the school" if met else None,
                "met_at": play.ago(hours) if met else None})  # fmt: skip
        play.do("sergeant", hours, ref, "ask_gap", {
            "question": "How many live here without being registered anywhere?", "asked_at": play.ago(hours), "who_can_say": "The health trust"})  # fmt: skip
        play.do("sergeant", hours - DAY, ref, "agree")
        if n < 2:
            for row in store.load(ref, play.actor("sergeant"), play.now).state.live("communities"):
                play.do(
                    "sergeant",
                    DAY * 20,
                    ref,
                    "speak",
                    {"met_at": play.ago(DAY * 20), "learnt": "Thefts before dawn; nobody rings any more."},
                    item=row.id,
                )


SAID = (
    ("anti-social behaviour", "Young people throw fireworks in the precinct.", "Evening patrols and a youth worker on Fridays."),
    ("roads", "Cars race past the primary school.", "Speed watch with residents twice a week; 41 drivers written to."),
    ("drugs", "Dealing by the garages behind the flats.", "Two warrants; the council cut the hedge and lit the path."),
    ("burglary", "Sheds on the allotments are broken into.", "Marked tools; a patrol at dusk; advice to forty holders."),
    ("public space", "Drinking and shouting by the war memorial.", "A public spaces order is asked for; two warnings given."),
    ("vehicle crime", "Tools are taken from vans overnight.", "Leaflets to tradespeople; a van as bait for six weeks."),
)  # fmt: skip


def _priorities(play: Play, where: list[Place]) -> None:
    """Twelve: told, being done, measured and told to nobody, not taken on, waiting for an answer."""
    for n in range(12):
        theme, said, did = SAID[n % len(SAID)]
        good = _good(where, n)
        hours = DAY * (6 + 13 * n)
        ref = play.open("neighbourhood", hours, "local_priority", "raise_priority", {
            "raised_on": _day(play, hours), **_at(where, n), "theme": theme, "you_said": said, "repeated": n % 3 == 0, "harm": ("some", "none", "grave")[n % 3]})  # fmt: skip
        play.do("neighbourhood", hours - 4, ref, "hear", {
            "heard_on": _day(play, hours - 4), "how": ("public meeting", "street briefing", "survey", "school or college")[n % 4], "people": (14, 4, 31, 9)[n % 4],
            "seldom_heard": n % 4 == 3})  # fmt: skip
        if n < 2 or (n == 6 and not good):
            continue  # still without an answer; one of them too long
        if n % 6 == 1:
            play.decide(
                "sergeant",
                hours - DAY * 3,
                ref,
                "take_on",
                "not now",
                {"why_not": "The council sets the limit; it has been told."},
                why="few asked, no harm",
            )
            play.do("neighbourhood", hours - DAY * 5, ref, "tell_public", {"we_did": "We passed it to the council and asked for an answer.",
                    "told_at": play.ago(hours - DAY * 5), "told_by": "letter"})  # fmt: skip
            continue
        play.decide("sergeant", hours - DAY * 3, ref, "take_on", "adopt", why="people there want it")
        play.do("sergeant", hours - DAY * 4, ref, "agree_action", {"action": did, "done_by": ("neighbourhood team", "council", "residents")[n % 3],
                "agreed_at": play.ago(hours - DAY * 4)})  # fmt: skip
        if n < 4:
            continue
        action = store.load(ref, play.actor("sergeant"), play.now).state.live("actions")[0]
        play.do(
            "neighbourhood",
            hours - DAY * 12,
            ref,
            "do_action",
            {"done_at": play.ago(hours - DAY * 12), "came_of_it": "Done as agreed."},
            item=action.id,
        )
        if n < 6:
            continue
        counts = (31, 9) if good else (18, 21)
        play.decide("sergeant", hours - DAY * 60, ref, "measure", "better" if good else "cannot tell", {
            "measured_on": _day(play, hours - DAY * 60), "residents_say": "better" if good else "not asked", "before": counts[0] + n, "after": counts[1] + n})  # fmt: skip
        if good:
            play.do(
                "neighbourhood",
                hours - DAY * 63,
                ref,
                "tell_public",
                {"we_did": did, "told_at": play.ago(hours - DAY * 63), "told_by": "meeting"},
            )


def _hours(play: Play, where: list[Place]) -> None:
    """Three months of up to four teams; in one district a third of the hours goes to response."""
    for n in range(min(len(where), 4)):
        good = _good(where, n)
        for month in range(3):
            hours = MONTH * (3 - month)
            ref = play.open("sergeant", hours, "neighbourhood_hours", "plan_hours", {
                **_at(where, n), "starts_on": play.ago(hours).date().replace(day=1).isoformat(), "planned": 480, "officers": 4})  # fmt: skip
            for day, (taken, reason) in enumerate(
                ((12, "training"), (20 if good else 110, "response"), (0 if good else 45, "custody or hospital watch"))
            ):
                if taken:
                    play.do("sergeant", hours - DAY * (5 + 6 * day), ref, "abstract", {
                        "taken_on": _day(play, hours - DAY * (5 + 6 * day)), "hours": taken, "taken_for": reason, "decided_by": "control room"})  # fmt: skip
            if month < 2:
                play.do(
                    "sergeant",
                    hours - MONTH,
                    ref,
                    "report_month",
                    {
                        "delivered": 445 if good else 310,
                        "explained": None if good else "Short of response officers all month.",
                    },
                )
                if good or month == 0:
                    play.do("inspector", hours - MONTH - DAY, ref, "sign_off")


def _tasks(play: Play, where: list[Place]) -> None:
    kinds = ("patrol of a place", "visit to a victim", "street briefing", "reassurance after a crime")
    for n in range(12):
        hours = DAY * (1 + 3 * n)
        ref = play.open("neighbourhood", hours, "pcso_task", "set_task", {
            "set_at": play.ago(hours), **_at(where, n), "task": kinds[n % 4], "details": "Between six and eight in the evening."})  # fmt: skip
        if n % 4 == 3 and not _good(where, n):
            play.do("neighbourhood", hours - DAY, ref, "drop_task", {"why_not_done": "taken away for other work"})
        elif n > 3:
            play.do(
                "neighbourhood",
                hours - DAY,
                ref,
                "report_task",
                {"visited_at": play.ago(hours - DAY), "learnt": "Quiet; two residents spoke of the bins."},
            )


def _antisocial(play: Play, where: list[Place]) -> None:
    """Those that the system found, opened by a click, and those that somebody reported; at every stage."""
    actor = play.actor("sergeant")
    found = [("repeat", f) for f in repeat_victims(actor=actor, at=play.now)[:4]] + [
        ("vulnerable", f) for f in vulnerable_victims(actor=actor, at=play.now)[:3]
    ]
    for n in range(14):
        hours = DAY * (1.5 + 6 * n)
        at = _at(where, n)
        given: dict[str, Any] = {
            "reported_at": play.ago(hours), **at, "kind_of_behaviour": ("personal", "nuisance", "environmental")[n % 3],
            "what": ("Abuse at the door, every weekend.", "Music until three in the morning.", "Rubbish set alight by the garages.")[n % 3],
            "place": "The flats", "safe_contact": "By mobile, after six", "wants": "To sleep, and that they stop."}  # fmt: skip
        origin = ""
        if n >= 7 and n - 7 < len(found):
            name, one = found[n - 7]
            told = {
                k: v
                for k, v in one.given.items()
                if k in ("kind_of_behaviour", "what", "place", "victim", "victim_name", "why_found")
            }
            given, origin = given | told, f"found:{name}:{one.key}"
        ref = play.open("neighbourhood", hours, "asb_case", "report_asb", given, origin=origin)
        if n == 0:
            continue  # just reported
        if n == 3 and not _good(where, n):
            continue  # nobody has assessed it, and it is late
        yes = (2, 5, 8)[n % 3]
        play.do(
            "neighbourhood",
            hours - 3,
            ref,
            "answer_questions",
            {s: "yes" if i < yes else "not known" if i == yes else "no" for i, s in enumerate(SIGNS)},
        )
        play.decide(
            "neighbourhood",
            hours - 4,
            ref,
            "grade_risk",
            ("standard", "medium", "high")[n % 3],
            why="as the signs say; the open one was asked by telephone",
        )
        for back in range(3):
            play.do("neighbourhood", hours - 4, ref, "add_report", {
                "behaviour_on": _day(play, hours + DAY * (3 + 9 * back)), "complained_on": _day(play, hours + DAY * (2 + 9 * back)), "told_to": ("police", "council")[back % 2]})  # fmt: skip
        if n % 2 == 0 and n < 7:
            store.ask(ref, "partner_view", "council", actor=play.actor("neighbourhood"), at=play.ago(hours - 5))
            if n != 4:
                item = store.load(ref, play.actor("sergeant"), play.now).state.live("partner_view")[0]
                store.answer(ref, item.id, {"known_there": True, "what_held": "The tenant has been warned before.", "what_done": "A warning letter went out."},
                             actor=play.actor("social-worker"), at=play.ago(hours - DAY))  # fmt: skip
        if n > 4:
            play.do("neighbourhood", hours - DAY, ref, "use_power", {
                "power": ("warning letter", "acceptable behaviour contract", "community protection warning")[n % 3], "used_by": "council" if n % 2 else "police",
                "authorised_by": "council" if n % 2 else "constable", "used_at": play.ago(hours - DAY)})  # fmt: skip
        if n > 7:
            good = _good(where, n)
            play.do("neighbourhood", hours - DAY * 20, ref, "resolve", {
                "outcome": ("stopped", "less")[n % 2] if good else "no change", "outcome_why": "No report for three weeks." if good else "Nobody would give a statement.",
                "resolved_on": _day(play, hours - DAY * 20)})  # fmt: skip
            if good or n % 2:
                play.do(
                    "neighbourhood",
                    hours - DAY * 22,
                    ref,
                    "tell_victim",
                    {"told_at": play.ago(hours - DAY * 22), "victim_view": "satisfied" if good else "not satisfied"},
                )
                play.do("sergeant", hours - DAY * 23, ref, "close")


def _reviews(play: Play, where: list[Place]) -> None:
    """One to be decided short of the count, one met and reviewed, one whose threshold is late, one not met and told."""
    for n, (days, gaps, grounds) in enumerate(
        (
            (6, (4, 20), ("yes", "not known", "no")),
            (40, (4, 20, 44), ("yes", "yes", "yes")),
            (30, (3, 9, 16), None),
            (90, (5,), ("no", "no", "no")),
        )
    ):
        hours = DAY * days
        ref = play.open("neighbourhood", hours, "asb_review", "apply", {
            "applied_on": _day(play, hours), "area": where[n % len(where)][0], "applicant": "the victim", "applied_to": "council", "asb_victim_name": "(a resident)",
            "problem": "The same neighbours since spring; each agency sends me to another."})  # fmt: skip
        for gap in gaps:
            play.do("neighbourhood", hours - 1, ref, "add_complaint", {
                "behaviour_on": _day(play, hours + DAY * gap), "complained_on": _day(play, hours + DAY * (gap - 2)), "told_to": "council", "same_problem": True})  # fmt: skip
        if grounds:
            play.do(
                "neighbourhood",
                hours - 2,
                ref,
                "weigh_grounds",
                dict(zip(("persistent", "harmful", "poor_response"), grounds, strict=True)),
            )
        play.do("neighbourhood", hours - 3, ref, "count_complaints")
        if n in (0, 2):
            continue
        play.do("neighbourhood", hours - DAY * 3, ref, "acknowledge", {"acknowledged_on": _day(play, hours - DAY * 3)})
        play.decide(
            "sergeant", hours - DAY * 9, ref, "decide_threshold", "met" if n == 1 else "not met", why="as counted"
        )
        if n == 1:
            play.do(
                "neighbourhood",
                hours - DAY * 24,
                ref,
                "meet",
                {
                    "met_on": _day(play, hours - DAY * 24),
                    "found_in_review": "Three agencies, three thresholds, no owner.",
                },
            )
            play.do("neighbourhood", hours - DAY * 24, ref, "recommend", {"recommended": "One named officer for the family, for six months", "body": "council",
                    "agreed_on": _day(play, hours - DAY * 24)})  # fmt: skip
        else:
            play.do(
                "neighbourhood",
                hours - DAY * 12,
                ref,
                "tell_applicant",
                {
                    "told_on": _day(play, hours - DAY * 12),
                    "told_what": "Why, and how to ask for it to be looked at again.",
                },
            )


THEMES = ("cuckooing", "hoarding or self-neglect", "repeat caller", "neighbours", "street drinking", "young people")


def _hub(play: Play, where: list[Place]) -> None:
    """Ten problems: raised, on the board with tasks answered and not, ended, sent on."""
    for n in range(10):
        hours = DAY * (2 + 8 * n)
        ref = play.open("sergeant", hours, "hub_problem", "raise_problem", {
            "raised_at": play.ago(hours), **_at(where, n), "raised_by": ("housing", "police", "council", "health")[n % 4], "about": ("a person", "a place", "a family")[n % 3],
            "theme": THEMES[n % 6], "problem": "Comes back every few weeks; each agency has a file.", "involved": (3, 1, 2)[n % 3], "repeated": n % 2 == 0,
            "at_risk": n % 3 == 0, "consent": "given" if n % 3 != 1 else "not about a person", "basis": "Crime and Disorder Act 1998, s.115, under the agreement"})  # fmt: skip
        if n == 0:
            continue
        if n in (1, 7):
            play.decide(
                "sergeant",
                hours - DAY,
                ref,
                "decide_board",
                "one agency",
                {"why_not": "Housing holds the tenancy and acts on it."},
                why="one agency can do it",
            )
            continue
        play.decide(
            "sergeant",
            hours - DAY,
            ref,
            "decide_board",
            "on the board",
            {"lead": "council"},
            why="needs several agencies",
        )
        actor = play.actor("sergeant")
        for agency, by in (("council", "social-worker"), ("nhs", "nurse")):
            store.ask(ref, "task", agency, actor=actor, at=play.ago(hours - DAY))
            if (agency == "nhs" and n % 2) or n == 2:
                continue  # the health trust is slow
            item = next(i for i in store.load(ref, actor, play.now).state.live("task") if i.to == agency)
            store.answer(ref, item.id, {"takes_it": n % 4 != 3, "did": "Visited; a plan with the tenant is agreed.", "needs": "A joint visit." if n % 2 else None},
                         actor=play.actor(by), at=play.ago(hours - DAY * (3 + n / 2)))  # fmt: skip
        if n > 5:
            play.do(
                "sergeant",
                hours - DAY * 18,
                ref,
                "meet",
                {
                    "met_on": _day(play, hours - DAY * 18),
                    "agencies": "Council, housing, police",
                    "agreed": "A joint visit on Tuesday.",
                },
            )
        if n in (4, 5, 6):
            play.do(
                "sergeant",
                DAY * 9,
                ref,
                "review",
                {"reviewed": "Two calls since; the joint visit helped. Look again in four weeks."},
            )
        if n > 7:
            play.do("sergeant", hours - DAY * 45, ref, "end_problem", {"ended": ("solved", "less harm")[n % 2], "ended_on": _day(play, hours - DAY * 45),
                    "what_worked": "Locks changed, a support worker twice a week; no call since."})  # fmt: skip
            if n == 9:
                play.do("sergeant", hours - DAY * 47, ref, "tell_raiser", {"told_at": play.ago(hours - DAY * 47)})
