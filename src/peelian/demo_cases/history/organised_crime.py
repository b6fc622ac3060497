"""Three years of organised-crime casework: reports graded and sent, what partners told, people exploited, orders sought, boards held.

What it is drawn from: one district's teams do not read what they are sent, another refers people late; a second grader came, and partners
are told what their reports were worth. Groups and their plans are told by `groups`, orders and the board by `orders`, threats
and the joint unit by `joint_work`, local profiles by `local_profiles`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..others import agencies
from ..play import DISTRICTS, Play
from . import Truth, groups, joint_work, local_profiles, orders
from .course import DAY, MONTH, Course, chance, day, instants, one_of

PURPOSE = "investigation"
RATES = {"report": 2.2, "partner": 1.0, "exploited": 2.4, "drawn_in": 0.8}  # cases a month
# Since so many months ago: a second grader, feedback to partners.
GRADER, FEEDBACK = 14, 13
GRADED = (26.0, 7.0)  # median of hours until a report is graded, before and after
READ = (0.88, 0.42, 0.85)  # share of what was sent that is read, by district
REFERRED = (0.92, 0.93, 0.40)  # share of people referred within a day, by district
TOLD_WORTH = (0.40, 0.88)  # share of partners told within 14 days, before and after
SAFER = {"mentor": 0.80, "health": 0.35}  # share of young people who are safer after support, by what was offered
TEXTS = (
    ("drugs", "He says the flat over the bakery is cuckooed again.", "A flat is said to be taken over by people who deal."),
    ("burglary", "Two lads try doors on the estate before the buses start.", "Two people try doors early in the morning."),
    ("vehicle crime", "They tow vans off the trade park on Sundays.", "Vans are towed away from a trade park on Sundays."),
    ("fraud", "She gets forty a week for her bank card.", "Somebody is paid for the use of an account."),
    ("exploitation", "The new boy sleeps at the car wash.", "Somebody is said to live at a car wash: treat as a victim."),
    ("firearms", "There is a thing wrapped in a towel in the loft.", "A firearm may be kept in a house of this group."),
)  # fmt: skip


def tell(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Play so many months, up to now."""
    prevention = Play(play.now, "prevention")
    agencies(prevention)
    reports = _reports(play, rng, truth, months)
    _partners(play, rng, truth, months)
    groups.tell(play, rng, truth, months, reports)
    _reviews(reports)
    _exploited(prevention, rng, truth, months)
    _drawn_in(prevention, rng, truth, months)
    for told in (orders, joint_work, local_profiles):
        told.tell(prevention, rng, truth, months)


# -- O4 ------------------------------------------------------------------------------------------------------------------------


def _reports(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> list[groups.Released]:
    """Reports graded, sanitised, sent and read or not; kept or deleted after a year. Gives those that patrols may be told of."""
    truth.say("O4", "intelligence_report.hours_to_grade", GRADED[0], "one grader", since=months, until=GRADER)
    truth.say("O4", "intelligence_report.hours_to_grade", GRADED[1], "a second grader came", since=GRADER)
    for n, share in enumerate(READ):
        words = "teams of this district do not read what they are sent" if share < 0.6 else "as elsewhere"
        truth.say("O4", "intelligence_report.sent_and_read", share, words, area=_code(play, n), since=months)
    released = []
    for n, ago in enumerate(instants(rng, months, RATES["report"])):
        place, (topic, raw, text) = int(rng.integers(3)), one_of(rng, TEXTS)
        given = {"submitted_at": play.ago(ago), "information_on": day(play, ago + DAY), "area": DISTRICTS[place], "topic": topic, "raw": raw,
                 "urgency": one_of(rng, ("low", "medium", "high"), (0.5, 0.42, 0.08)), "source_ref": f"SR-{41000 + n % 60}",
                 "provenance": one_of(rng, ("public", "human source", "police officer", "partner agency"), (0.25, 0.3, 0.3, 0.15))}  # fmt: skip
        one = Course(play, play.open("detective", ago, "intelligence_report", "submit", given))
        median = 1.5 if given["urgency"] == "high" else GRADED[ago < GRADER * MONTH]
        ago -= median * float(rng.lognormal(0.0, 0.55))
        grade = one_of(rng, ("2B", "2C", "1B", "2D", "1A", "3C", "3E"), (0.34, 0.24, 0.14, 0.1, 0.08, 0.07, 0.03))
        one.do("intelligence", ago, "grade", {"source_grade": grade[0], "assessment": grade[1], "handling": "P"})
        if grade == "3E":
            one.decide("intelligence", ago - 12, "review", "delete", why="suspected to be false")
            continue
        ago -= float(rng.uniform(1, 18))
        one.do("intelligence", ago, "sanitise", {"sanitised": text})
        linked = chance(rng, 0.55)
        if linked:
            one.do("intelligence", ago - 0.5, "link_it", {"linked_to": "group", "which": one_of(rng, groups.NAMES)})
        sent = {"unit": f"{DISTRICTS[place]} response", "needs_it": "patrol plan", "sent_at": play.ago(ago - 1)}
        row = one.do("intelligence", ago - 1, "send", sent)
        if not one.over:
            released.append(groups.Released(one, ago - 1, place, text, linked))
        if chance(rng, READ[place]):
            read = ago - 1 - float(rng.uniform(2, 60))
            one.do("intelligence", read, "note_read", {"read_at": play.ago(read)}, item=f"sendings-{row}")
    return released


def _reviews(reports: Sequence[groups.Released]) -> None:
    """A year after it was graded a report is kept, where it is linked to something, or deleted."""
    for report in reports:
        for year in (1, 2) if report.linked else (1,):
            why = "linked to a group" if report.linked else "nothing has come of it"
            if (at := report.hours - year * 11.7 * MONTH) > 0:
                report.course.decide("intelligence", at, "review", "keep" if report.linked else "delete", why=why)


def _partners(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """What partners told: since the unit answers them, most are told within 14 days."""
    truth.say(
        "O4", "partner_report.feedback_in_time_in_time", TOLD_WORTH[0], "nobody's task", since=months, until=FEEDBACK
    )
    truth.say(
        "O4", "partner_report.feedback_in_time_in_time", TOLD_WORTH[1], "one person answers partners", since=FEEDBACK
    )
    theirs = Play(play.now, "safeguarding")
    said = (("exploitation", "A pupil has come with a second telephone."), ("drugs", "The same tablets, three times this week."),
            ("violence", "A cut that is said to be an accident at work."), ("fraud", "A patient's nephew holds the bank card."))  # fmt: skip
    for n, ago in enumerate(instants(rng, months, RATES["partner"])):
        about, what = one_of(rng, said)
        given = {"told_at": play.ago(ago), "area": DISTRICTS[int(rng.integers(3))], "about": about, "what": what, "onward": "police alone",
                 "their_ref": f"T-{300 + n}"}  # fmt: skip
        one = Course(play, theirs.open(("social-worker", "nurse")[n % 2], ago, "partner_report", "tell_police", given))
        one.do("intelligence", ago - float(rng.uniform(1, 26)), "receive")
        in_time = chance(rng, TOLD_WORTH[ago < FEEDBACK * MONTH])
        worth = one_of(rng, ("it was new", "it was known already", "more is needed"), (0.45, 0.35, 0.2))
        one.do(
            "intelligence",
            ago - DAY * float(rng.uniform(2, 13) if in_time else rng.uniform(16, 45)),
            "tell_worth",
            {"feedback": worth},
        )


# -- O2 ------------------------------------------------------------------------------------------------------------------------


def _exploited(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """People referred or, where an adult does not agree, notified; in one district most of them late."""
    for n, share in enumerate(REFERRED):
        words = "six in ten referrals of this district are late" if share < 0.6 else "as elsewhere"
        truth.say("O2", "exploitation.sent_in_time_in_time", share, words, area=_code(play, n), since=months)
    for n, ago in enumerate(instants(rng, months, RATES["exploited"])):
        place, child = int(rng.integers(3)), chance(rng, 0.6)
        kind = one_of(
            rng, ("criminal, county lines", "sexual") if child else ("forced labour", "domestic servitude"), (0.7, 0.3)
        )
        given = {"found_at": play.ago(ago), "area": DISTRICTS[place], "type": kind, "child": child, "under_13": False, "learning_disability": False,
                 "signs_seen": "New telephone, away for nights, afraid of a debt."}  # fmt: skip
        agrees = child or chance(rng, 0.75)
        one = Course(
            play,
            play.open(
                "coordinator",
                ago,
                "exploitation",
                "see_signs",
                given | ({} if child else {"consent": "given" if agrees else "not given"}),
            ),
        )
        sent = ago - float(rng.uniform(3, 22) if chance(rng, REFERRED[place]) else rng.uniform(30, 120))
        one.decide("coordinator", sent + 1, "choose_way", "refer" if agrees else "notify")
        one.do("coordinator", sent, "send", {"referred_at": play.ago(sent)})
        one.do(
            "coordinator",
            sent - float(rng.uniform(1, 20)),
            "record_crime",
            {"crime": f"42/{3000 + n}/{play.ago(sent):%y}"},
        )
        if agrees:
            found = sent - DAY * float(rng.uniform(3, 6.5))
            reasonable = "positive" if chance(rng, 0.85) else "negative"
            one.do(
                "coordinator", found, "reasonable_grounds", {"reasonable": reasonable, "reasonable_at": play.ago(found)}
            )
            if reasonable == "positive":
                found -= DAY * float(rng.uniform(40, 200))
                one.do(
                    "coordinator",
                    found,
                    "conclusive_grounds",
                    {"conclusive": "positive" if chance(rng, 0.85) else "negative", "conclusive_at": play.ago(found)},
                )
            sent = found
        one.do(
            "sergeant",
            sent - 5 * DAY,
            "close",
            {"ended": "Support goes on through the provider." if agrees else "Told where to come back to."},
        )


def _drawn_in(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Young people offered support: what a mentor does, and what another referral does."""
    for help_, share in SAFER.items():
        truth.say("O2", "drawn_in.safer_after_support", share, f"safer after support by: {help_}", since=months)
    for ago in instants(rng, months, RATES["drawn_in"]):
        help_ = one_of(rng, tuple(SAFER))
        given = {"seen_at": play.ago(ago), "area": DISTRICTS[int(rng.integers(3))], "from_agency": one_of(rng, ("school", "police", "council")), "child": chance(rng, 0.8),
                 "wanted_help": help_, "drawn_to": one_of(rng, ("county lines", "a gang", "cyber crime"), (0.5, 0.35, 0.15)), "concern": "Older friends who pay for everything."}  # fmt: skip
        one = Course(play, play.open("coordinator", ago, "drawn_in", "raise_concern", given))
        one.decide("coordinator", ago - DAY, "decide_offer", "offer")
        one.do("coordinator", ago - 2 * DAY, "note", {"safe_contact": "Through the form teacher."})
        ago -= DAY * float(rng.uniform(3, 9))
        one.do("coordinator", ago, "offer", {"offered_at": play.ago(ago)})
        ago -= DAY * float(rng.uniform(2, 16))
        if chance(rng, 0.3):
            one.do("coordinator", ago, "say_no", {"consent": "not given", "why_not": "Not now; may come back."})
            continue
        one.do(
            "coordinator", ago, "take_up", {"consent": "given", "taken_at": play.ago(ago), "provider": "Youth service"}
        )
        outcome = "safer" if chance(rng, SAFER[help_]) else one_of(rng, ("unchanged", "left early", "drawn in"))
        one.do(
            "coordinator",
            ago - DAY * float(rng.uniform(90, 195)),
            "conclude",
            {"outcome": outcome, "outcome_rests_on": "School and youth worker agree."},
        )


def _code(play: Play, place: int) -> str:
    name = DISTRICTS[place]
    return str(play.codes.get(name, name))
