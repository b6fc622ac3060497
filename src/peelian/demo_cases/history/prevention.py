"""The past of prevention: what people asked for and were told, hours kept, anti-social behaviour, hub problems, plans that worked or not.

Drawn so that each stands out where it should: the public hears late in one district, anti-social behaviour goes on in another, and
hours stay in the neighbourhood since response may no longer take them. Of the plans some work, some do nothing and one moves the
harm next door.
"""

from __future__ import annotations

from itertools import cycle

from numpy.random import Generator

from peelian.analysis.rates import share_interval
from peelian.casework import store
from peelian.demo_cases.neighbourhoods import SAID, Place, places
from peelian.demo_cases.play import DISTRICTS, Play
from peelian.prevention.antisocial_behaviour_facts import SIGNS

from . import Truth
from .plans import plans
from .steps import DAY, MONTH, begun, morning, play_out, row, took

PURPOSE = "prevention"
SILENT, ROWDY = 2, 1  # the district, by its place in DISTRICTS, that tells the public late; where behaviour goes on
KEPT = 14  # months ago response was told to leave neighbourhood teams alone
PRIORITIES, BEHAVIOUR, PROBLEMS, VISITS, REVIEWS = 2.3, 2.2, 0.8, 1.0, 0.2  # cases a month


def tell(play: Play, rng: Generator, truth: Truth, months: int) -> None:
    """Play the years of these systems, and write down what they were drawn from."""
    by_name: dict[str, list[Place]] = {}
    for place in places():
        by_name.setdefault(place[0], []).append(place)
    where = [by_name.get(name) or [(name, name)] for name in DISTRICTS]
    stories = (
        (_priority, PRIORITIES),
        (_behaviour, BEHAVIOUR),
        (_problem, PROBLEMS),
        (_visit, VISITS),
        (_review, REVIEWS),
    )
    in_turn = {story: cycle(range(3)) for story, _ in stories}  # so that few cases are of every district
    for month in range(months, 0, -1):
        if month > 2:  # the months since then are told in the stories
            for n in range(3):
                _hours(play, rng, month, where[n][0])
        for story, mean in stories:
            for hours in begun(rng, month, mean):
                n = next(in_turn[story])
                story(play, rng, hours, n, where[n][int(rng.integers(len(where[n])))])
    plans(play, rng, truth, months)
    _say(play, truth, months + 1.0)


def _say(play: Play, truth: Truth, since: float) -> None:
    for n, area in enumerate(play.codes.get(name, name) for name in DISTRICTS):
        truth.say(
            "P4",
            "local_priority.public_told_in_time",
            0.35 if n == SILENT else 0.9,
            "the public hears in time what came of it",
            area=area,
            since=since,
        )
        truth.say(
            "P7", "asb_case.better", 0.3 if n == ROWDY else 0.85, "it stops or grows less", area=area, since=since
        )
    if since > KEPT:
        truth.say(
            "P4",
            "neighbourhood_hours.within_limit",
            0.15,
            "response takes neighbourhood hours nearly every month",
            since=since,
            until=KEPT,
        )
    truth.say("P4", "neighbourhood_hours.within_limit", 0.9, "response may no longer take them", since=min(since, KEPT))
    truth.say(
        "P5",
        "hub_problem.taken_by_agencies",
        0.8,
        "agencies take on what they are asked: no change in any month",
        since=since,
    )
    truth.say("P8", "adviser_visit.taken_up", 0.6, "advice is taken up: the same in every district", since=since)


def _day(play: Play, hours: float) -> str:
    return play.ago(hours).date().isoformat()


def _at(place: Place) -> dict[str, str]:
    return {"area": place[0], "neighbourhood": place[1]}


def _priority(play: Play, rng: Generator, hours: float, district: int, place: Place) -> None:
    """What people asked for, what was done and what came of it, told to them."""
    theme, said, did = SAID[rng.integers(len(SAID))]
    ref = play.open("neighbourhood", hours, "local_priority", "raise_priority", {
        "raised_on": _day(play, hours), **_at(place), "theme": theme, "you_said": said, "repeated": bool(rng.random() < 0.4), "harm": ("some", "none")[rng.integers(2)]})  # fmt: skip
    people, how = (
        int(rng.integers(4, 30)),
        ("public meeting", "street briefing", "survey", "school or college")[rng.integers(4)],
    )
    play.do(
        "neighbourhood",
        hours - 4,
        ref,
        "hear",
        {"heard_on": _day(play, hours - 4), "how": how, "people": people, "seldom_heard": how == "school or college"},
    )
    answered = took(rng, 0.9, 28 * DAY, late=1.6)
    told_in = took(rng, 0.35 if district == SILENT else 0.9, 14 * DAY)
    way = ("meeting", "letter", "social media")[rng.integers(3)]
    if rng.random() < 0.2:
        play_out(hours, (
            (answered, lambda h: play.decide("sergeant", h, ref, "take_on", "not now", {"why_not": "The council sets it; it has been told."})),
            (answered + told_in, lambda h: play.do("neighbourhood", h, ref, "tell_public", {"we_did": "We passed it to the council.", "told_at": play.ago(h), "told_by": way})),
            (answered + told_in + 5, lambda h: play.do("neighbourhood", h, ref, "close")),
        ))  # fmt: skip
        return
    before = int(rng.poisson(30))
    after = int(rng.poisson(before * (0.45 if rng.random() < 0.6 else 1.0)))
    low, high = (float(x[0]) for x in share_interval([after], [before + after])[1:])
    result = "better" if high < 0.5 else "worse" if low > 0.5 else "cannot tell"
    measured = answered + 75 * DAY
    action = ""

    def agree(h: float) -> None:
        nonlocal action
        told = {"action": did, "done_by": ("neighbourhood team", "council")[rng.integers(2)], "agreed_at": play.ago(h)}
        play.do("sergeant", h, ref, "agree_action", told)
        action = row(play, "sergeant", ref, "actions")

    play_out(hours, (
        (answered, lambda h: play.decide("sergeant", h, ref, "take_on", "adopt", why="people there want it")),
        (answered + 10, agree),
        (answered + 10 + took(rng, 0.85, 14 * DAY), lambda h: play.do("neighbourhood", h, ref, "do_action", {"done_at": play.ago(h), "came_of_it": "Done as agreed."}, item=action)),
        (measured, lambda h: play.decide("sergeant", h, ref, "measure", result, {
            "measured_on": _day(play, h), "residents_say": "better" if result == "better" else "not asked", "before": before, "after": after})),
        (measured + told_in, lambda h: play.do("neighbourhood", h, ref, "tell_public", {"we_did": did, "told_at": play.ago(h), "told_by": way})),
        (measured + told_in + 5, lambda h: play.do("neighbourhood", h, ref, "close")),
    ))  # fmt: skip


def _hours(play: Play, rng: Generator, month: int, place: Place) -> None:
    """A team's hours in one month; until the change response takes more of them than the force allows itself."""
    first = play.ago((month + 1) * MONTH).replace(day=1, hour=9, minute=0)
    hours = (play.now - first).total_seconds() / 3600
    many = rng.random() > (0.9 if hours < KEPT * MONTH else 0.15)
    taken = int(rng.integers(60, 130) if many else rng.integers(8, 40))
    ref = play.open(
        "sergeant",
        hours,
        "neighbourhood_hours",
        "plan_hours",
        {**_at(place), "starts_on": first.date().isoformat(), "planned": 480, "officers": 4},
    )
    play_out(hours, (
        (9 * DAY, lambda h: play.do("sergeant", h, ref, "abstract", {
            "taken_on": _day(play, h), "hours": taken, "taken_for": "response" if many else "training", "decided_by": "control room" if many else "resourcing"})),
        (took(rng, 0.9, 39 * DAY, late=1.3) + 5 * DAY, lambda h: play.do("sergeant", h, ref, "report_month", {
            "delivered": 480 - taken - int(rng.integers(15)), "explained": "Short of response officers all month." if many else None})),
        (62 * DAY, lambda h: play.do("inspector", h, ref, "sign_off")),
    ))  # fmt: skip


def _behaviour(play: Play, rng: Generator, hours: float, district: int, place: Place) -> None:
    """A report of anti-social behaviour, its risk, a power, the outcome, and the victim told."""
    n = int(rng.integers(3))
    ref = play.open("neighbourhood", hours, "asb_case", "report_asb", {
        "reported_at": play.ago(hours), **_at(place), "kind_of_behaviour": ("personal", "nuisance", "environmental")[n],
        "what": ("Abuse at the door, every weekend.", "Music until three in the morning.", "Rubbish set alight by the garages.")[n],
        "place": "The flats", "safe_contact": "By mobile, after six", "wants": "To sleep, and that they stop."})  # fmt: skip
    yes, asked = int(rng.integers(3)), took(rng, 0.85, 40)
    better = rng.random() < (0.3 if district == ROWDY else 0.85)
    resolved = asked + float(rng.uniform(10, 32)) * DAY
    told = resolved + took(rng, 0.85, 6 * DAY)
    power, by = (
        ("warning letter", "police"),
        ("acceptable behaviour contract", "council"),
        ("community protection warning", "council"),
    )[rng.integers(3)]
    contact = {
        "made_by": "The neighbourhood officer",
        "said": "It was quieter this week." if better else "It goes on as before.",
    }
    play_out(hours, (
        (asked, lambda h: play.do("neighbourhood", h, ref, "answer_questions", {s: "yes" if i < yes else "no" for i, s in enumerate(SIGNS)})),
        (asked + 0.5, lambda h: play.decide("neighbourhood", h, ref, "grade_risk", "standard", why="as the signs say")),
        *((after, lambda h: play.do("neighbourhood", h, ref, "contact", {"contacted_at": play.ago(h), **contact})) for after in (9 * DAY, 20 * DAY) if after < resolved),
        (asked + 5 * DAY, lambda h: play.do("neighbourhood", h, ref, "use_power", {
            "power": power, "used_by": by, "authorised_by": "constable" if by == "police" else "council", "used_at": play.ago(h)})),
        (resolved, lambda h: play.do("neighbourhood", h, ref, "resolve", {
            "outcome": ("stopped", "less")[n % 2] if better else "no change", "outcome_why": "No report for weeks." if better else "Nobody would give a statement.",
            "resolved_on": _day(play, h)})),
        (told, lambda h: play.do("neighbourhood", h, ref, "tell_victim", {"told_at": play.ago(h), "victim_view": "satisfied" if better else "not satisfied"})),
        (told + 20, lambda h: play.do("sergeant", h, ref, "close")),
    ))  # fmt: skip


THEMES = ("cuckooing", "hoarding or self-neglect", "repeat caller", "neighbours", "street drinking", "young people")


def _problem(play: Play, rng: Generator, hours: float, district: int, place: Place) -> None:
    """A problem that several agencies share: the council is asked, and it ends."""
    hours, takes = morning(play, hours), bool(rng.random() < 0.8)
    ref = play.open("sergeant", hours, "hub_problem", "raise_problem", {
        "raised_at": play.ago(hours), **_at(place), "raised_by": ("housing", "police", "council", "health")[rng.integers(4)], "about": "a place",
        "theme": THEMES[rng.integers(6)], "problem": "Comes back every few weeks; each agency has a file.", "involved": 2, "repeated": True, "at_risk": False,
        "consent": "not about a person", "basis": "Crime and Disorder Act 1998, s.115, under the agreement"})  # fmt: skip
    item = ""

    def ask(h: float) -> None:
        nonlocal item
        store.ask(ref, "task", "council", actor=play.actor("sergeant"), at=play.ago(h))
        item = row(play, "sergeant", ref, "task")

    answered, ended = 2 * DAY + took(rng, 0.85, 6 * DAY), float(rng.uniform(21, 27)) * DAY
    came = ("solved", "less harm")[rng.integers(2)] if takes and rng.random() < 0.8 else "no change"
    play_out(hours, (
        (DAY, lambda h: play.decide("sergeant", h, ref, "decide_board", "on the board", {"lead": "council"}, why="needs several agencies")),
        (2 * DAY, ask),
        (answered, lambda h: store.answer(ref, item, {"takes_it": takes, "did": "Visited; a plan with the tenant." if takes else "Not ours: the landlord's."},
                                          actor=play.actor("social-worker"), at=play.ago(h))),
        (ended, lambda h: play.do("sergeant", h, ref, "end_problem", {"ended": came, "ended_on": _day(play, h), "what_worked": "Calls counted before and after."})),
        (ended + took(rng, 0.85, 6 * DAY), lambda h: play.do("sergeant", h, ref, "tell_raiser", {"told_at": play.ago(h)})),
        (ended + 25 * DAY, lambda h: play.do("sergeant", h, ref, "close")),
    ))  # fmt: skip


def _visit(play: Play, rng: Generator, hours: float, district: int, place: Place) -> None:
    """An adviser goes where the next burglary is likely; some of the advice is taken up."""
    ref = play.open("neighbourhood", hours, "adviser_visit", "send_adviser", {
        "area": place[0], "problem": "burglary", "place": f"{1 + int(rng.integers(90))} Garden Row", "who_asked": ("found by the system", "officer", "victim")[rng.integers(3)],
        "risk_reason": "Burgled days before; the next one near by is likelier for two weeks", "likely_until": _day(play, hours - 12 * DAY)})  # fmt: skip
    taken = "done" if rng.random() < 0.6 else ("not done", "cannot pay")[rng.integers(2)]
    again = bool(rng.random() < (0.04 if taken == "done" else 0.2))
    item = ""

    def advise(h: float) -> None:
        nonlocal item
        told = {"technique": "1 Target harden", "advice": "A lock to the side gate, and a light"}
        play.do("neighbourhood", h, ref, "advise", told)
        item = row(play, "neighbourhood", ref, "advice_given")

    seen = took(rng, 0.85, 3 * DAY)
    checked = seen + took(rng, 0.85, 42 * DAY, late=1.6)
    play_out(hours, (
        (seen, lambda h: play.do("neighbourhood", h, ref, "visit", {"visited_on": _day(play, h), "result": "seen"})),
        (seen + 1, advise),
        (checked, lambda h: play.do("neighbourhood", h, ref, "look_again", {"taken_up": taken}, item=item)),
        (checked + 1, lambda h: play.do("neighbourhood", h, ref, "close", {"checked_on": _day(play, h), "happened_again": again})),
    ))  # fmt: skip


def _review(play: Play, rng: Generator, hours: float, district: int, place: Place) -> None:
    """A victim asks that the agencies look at their case together."""
    ref = play.open("neighbourhood", hours, "asb_review", "apply", {
        "applied_on": _day(play, hours), "area": place[0], "applicant": "the victim", "applied_to": ("council", "police")[rng.integers(2)],
        "asb_victim_name": "(a resident)", "problem": "The same neighbours since spring; each agency sends me to another."})  # fmt: skip
    for gap in (5, 20, 44):
        play.do("neighbourhood", hours - 1, ref, "add_complaint", {
            "behaviour_on": _day(play, hours + DAY * gap), "complained_on": _day(play, hours + DAY * (gap - 2)), "told_to": "council", "same_problem": True})  # fmt: skip
    item, agrees = "", "accepted" if rng.random() < 0.8 else "not accepted"

    def recommend(h: float) -> None:
        nonlocal item
        play.do(
            "neighbourhood",
            h,
            ref,
            "recommend",
            {"recommended": "One named officer for six months", "body": "council", "agreed_on": _day(play, h)},
        )
        item = row(play, "neighbourhood", ref, "recommendations")

    play_out(hours, (
        (2, lambda h: play.do("neighbourhood", h, ref, "count_complaints")),
        (took(rng, 0.9, 12 * DAY, late=1.5), lambda h: play.do("neighbourhood", h, ref, "acknowledge", {"acknowledged_on": _day(play, h)})),
        (19 * DAY, lambda h: play.decide("sergeant", h, ref, "decide_threshold", "met", why="as counted")),
        (26 * DAY, lambda h: play.do("neighbourhood", h, ref, "meet", {"met_on": _day(play, h), "found_in_review": "Three agencies, no owner."})),
        (26 * DAY + 1, recommend),
        (40 * DAY, lambda h: play.do("neighbourhood", h, ref, "answer_recommendation", {"answered": agrees}, item=item)),
        (41 * DAY, lambda h: play.do("neighbourhood", h, ref, "tell_applicant", {"told_on": _day(play, h), "told_what": "What was recommended, and to whom."})),
        (70 * DAY, lambda h: play.do("neighbourhood", h, ref, "carry_out", {"carried_out_on": _day(play, h)}, item=item)),
        (71 * DAY, lambda h: play.do("sergeant", h, ref, "close_review")),
    ))  # fmt: skip
