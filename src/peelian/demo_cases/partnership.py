"""The demonstration's casework with partners: the local profile in two editions, and the partnership board.

The county council sends deputies and leaves requests lying; the health trust changes a plan. Last year's profile is issued and estimated again; this
year's still gathers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from peelian.casework.models import Case
from peelian.organised_crime.local_profile_release import issue, propose_editions

from .others import AGENCIES, DAY, agencies, answer, ask, day, group
from .play import DISTRICTS, Play, written

PURPOSE = "prevention"
VALUES: Mapping[str, str] = {
    "local_profile.accept_within": "48 hours",
    "local_profile.issue_within": "90 days after",
    "local_profile.answer_within": "15 working days after",
    "local_profile.release_within": "5 working days after",
    "local_profile.estimate_again_within": "6 months after",
    "local_profile.refresh_within": "12 months after",
    "local_profile.take_on_within": "10 working days after",
    "local_profile.climb_within": "7 days after",
    "partnership.accept_within": "48 hours",
    "partnership.judge_every": "3 months after",
    "partnership.answer_within": "10 working days after",
    "partnership.use_within": "14 days after",
    "partnership.chief_answers_within": "14 days after",
    "partnership.climb_every": "7 days after",
    "partnership.record_within_days": "5",
    "partnership.deputies_running": "3",
    "partnership.silent_requests": "2",
    "partnership.days_before_board": "14",
}


def tell(play: Play) -> None:
    """Play the last months."""
    agencies(play)
    for story in (_last_profile, _this_profile, _board):
        story(play)


# An agency, a threat, which district, how many, and who may read it.
_DATA = (
    ("trading", "fraud", 0, 21, "may be shared"), ("trading", "drugs", 1, 12, "may be shared"),
    ("school", "county lines", 0, 3, "counts only"), ("school", "county lines", 1, 14, "counts only"),
    ("school", "county lines", 2, 8, "counts only"),
)  # fmt: skip


def _profile(play: Play, days: float, year: int) -> str:
    told = {"area": "The county", "since": f"{year}-01-01", "until": f"{year}-12-31", "purpose": "joint activity against serious and organised crime",
            "wanted": "What do you hold on drugs, fraud and county lines, by district?"}  # fmt: skip
    return play.open("coordinator", days * DAY, "local_profile", "start", told)


def _gave(play: Play, days: float, ref: str, rows: Any) -> None:
    for agency, threat, district, count, handling in rows:
        place = DISTRICTS[district]
        ask(play, days, ref, "partner_data", agency)
        row = {"what": "complaints", "threat": threat, "place": place, "count": count, "statement": f"Our own account of {threat} in {place}.", "handling": handling,
               "limit_words": "As our agreement with the force says."} | ({"told": f"Complaints about {threat} from shops and neighbours."} if handling == "may be shared" else {})  # fmt: skip
        answer(play, AGENCIES[agency][1], days - 6, ref, row)
    row = {"what": "prison contacts", "threat": "drugs", "place": DISTRICTS[0], "count": 9, "statement": "Visits and calls point to one supplier outside.",
           "handling": "full edition only", "limit_words": "For police alone.", "from_agency": "prison", "received_on": day(play, days - 8)}  # fmt: skip
    play.do("coordinator", (days - 8) * DAY, ref, "contribute", row)
    tax = row | {"what": "payments and tax", "threat": "fraud", "from_agency": "tax authority", "statement": "Declared takings do not fit the trade of three shops.",
                 "limit_words": "Commissioners for Revenue and Customs Act 2005, section 18."}  # fmt: skip
    play.do("coordinator", (days - 8) * DAY, ref, "contribute", tax)


def _last_profile(play: Play) -> None:
    """Last year's: issued in both editions on one day, two actions owned and one declined, and the threats estimated again."""
    days = 300.0
    ref = _profile(play, days, play.now.year - 1)
    _gave(play, days - 2, ref, _DATA)
    play.do(
        "coordinator",
        (days - 20) * DAY,
        ref,
        "write",
        {
            "summary": "One supplier, three shops.",
            "summary_shared": "Shops sell counterfeit goods; lines recruit the young.",
        },
    )
    for threat, level, level_told in (
        ("fraud", "high", "substantial"),
        ("county lines", "substantial", "substantial"),
        ("drugs", "high", None),
    ):
        line = {
            "threat": threat,
            "level": level,
            "confidence": "moderate",
            "rests_on": "Partners' data and intelligence",
        } | ({"level_told": level_told} if level_told else {})
        play.do("coordinator", (days - 21) * DAY, ref, "estimate", line)
    play.do("coordinator", (days - 22) * DAY, ref, "record_dissent", {
        "who": "The county's schools", "what": "county lines are rising in their view, not steady", "said_on": day(play, days - 22), "may_be_told": True})  # fmt: skip
    for n, (agency, what) in enumerate(
        (
            ("trading", "Inspect the shops together"),
            ("school", "A mentor for those at risk"),
            ("trading", "Close the market stall"),
        )
    ):
        action = {"area": "The county", "action": what, "p": ("protect", "prevent", "pursue")[n], "threat": "fraud" if agency == "trading" else "county lines", "lead": agency,
                  "due_on": day(play, 12 if n == 1 else days - 120), "in_shareable": True}  # fmt: skip
        one = play.open("coordinator", (days - 23) * DAY, "profile_action", "propose_action", action, parent=ref)
        ask(play, days - 23, one, "take_on", agency)
        answer(
            play,
            AGENCIES[agency][1],
            days - 30,
            one,
            {"takes": n < 2, "post": "Head of service"} | ({"why": "No officer for it"} if n == 2 else {}),
        )
        if n == 2:
            play.do("coordinator", (days - 31) * DAY, one, "decline_action", {"why_not": "No officer for it."})
            continue
        play.do("coordinator", (days - 31) * DAY, one, "accept_action", {"owner_post": "Head of service"})
        if n == 0:
            play.do("coordinator", (days - 110) * DAY, one, "do_it", {"result": "Nine shops inspected, three closed."})
    at = play.ago((days - 40) * DAY).replace(hour=10)
    propose_editions(
        ref, "the partnership board", actor=play.actor("coordinator"), at=at, rng=np.random.default_rng(play.now.year)
    )
    issue(ref, actor=play.actor("superintendent"), at=at + timedelta(hours=3))
    for item, level in zip(
        written(Case).get(ref=ref).items.filter(part="threats").order_by("pk"),
        ("substantial", "substantial", "high"),
        strict=True,
    ):
        again = {
            "level_after": level,
            "after_rests_on": "Inspections; partners' data of the half-year",
            "estimated_at": play.ago((days - 210) * DAY),
        }
        play.do("coordinator", (days - 210) * DAY, ref, "estimate_again", again, item=item.item)


def _this_profile(play: Play) -> None:
    """This year's: past its day, and the council has not answered."""
    ref = _profile(play, 100, play.now.year)
    _gave(play, 95, ref, _DATA[:3])
    ask(play, 95, ref, "partner_data", "council")
    play.do(
        "coordinator",
        60 * DAY,
        ref,
        "estimate",
        {"threat": "county lines", "level": "high", "confidence": "moderate", "rests_on": "Schools, intelligence"},
    )
    action = {
        "area": "The county",
        "action": "Licences of taxis reviewed",
        "p": "protect",
        "threat": "county lines",
        "lead": "council",
        "due_on": day(play, -30),
        "in_shareable": True,
    }
    one = play.open("coordinator", 50 * DAY, "profile_action", "propose_action", action, parent=ref)
    ask(play, 50, one, "take_on", "council")


# partner, agency, who came to the last six boards (member, deputy, nobody)
_PARTNERS = (
    ("The county council", "council", "mmdddd"), ("The health trust", "nhs", "mmdmmm"), ("Trading standards", "trading", "mmmmmm"), ("The county's schools", "school", "mdnmdm"),
)  # fmt: skip


def _board(play: Play) -> None:
    """Six boards, four weeks apart, the next in a week; the council's silence is not escalated, the health trust's answer is put to use."""
    refs = {}
    for partner, agency, came in _PARTNERS:
        given = {"area": "The county", "board": "Serious and organised crime partnership board", "partner": partner, "member_post": "Director", "member_rank": "director",
                 "rank_needed": "director", "their_chief": "Chief executive", "next_board_on": day(play, 161)}  # fmt: skip
        ref = refs[agency] = play.open("coordinator", 170 * DAY, "board_partner", "join", given)
        for n, letter in enumerate(came):
            days = 161 - 28 * n
            row = {
                "held_on": day(play, days),
                "came": {"m": "member", "d": "deputy", "n": "nobody"}[letter],
                "next_board_on": day(play, days - 28),
            }
            play.do("coordinator", (days - 1) * DAY, ref, "record_board", row)
    item = {"action": "Two officers for joint inspections", "agreed_at": play.ago(130 * DAY), "due_on": day(play, 70)}
    play.do("coordinator", 130 * DAY, refs["trading"], "take_on", item)
    row = written(Case).get(ref=refs["trading"]).items.get(part="actions")
    play.do(
        "coordinator",
        75 * DAY,
        refs["trading"],
        "do_action",
        {"done_at": play.ago(75 * DAY), "result": "Nine shops inspected"},
        item=row.item,
    )
    play.decide("coordinator", 60 * DAY, refs["trading"], "judge_engagement", "engaged")
    for agency in ("council", "school"):
        play.decide("coordinator", 60 * DAY, refs[agency], "judge_engagement", "attends_only")
    wanted = (
        ("council", "Licences of three shops", 70), ("council", "Tenancies of one street", 40), ("nhs", "Times of overdoses, without names", 60),
        ("school", "Absences by week, without names", 50), ("trading", "Seizures of a year", 8),
    )  # fmt: skip
    for agency, words, days in wanted:
        told = {
            "area": "The county",
            "wanted": words,
            "what_for": "To see how the line works.",
            "of_kind": "data",
            "needed_on": day(play, days - 14),
        }
        ref = play.open(
            "coordinator",
            days * DAY,
            "board_request",
            "request",
            told | ({"group": group()} if group() else {}),
            parent=refs[agency],
        )
        ask(play, days, ref, "help", agency)
        if agency not in ("nhs", "school"):
            continue
        answer(
            play,
            "nurse" if agency == "nhs" else "school-lead",
            days - 8,
            ref,
            {"can": "yes", "what": "Given by week and ward.", "by_whom": "Head of service"},
        )
        play.do("coordinator", (days - 9) * DAY, ref, "take_answer")
        if agency == "school":
            play.do(
                "coordinator",
                (days - 15) * DAY,
                ref,
                "change_nothing",
                {"why_nothing": "It agreed with what was known."},
            )
        else:
            _put_to_use(play, ref)


def _put_to_use(play: Play, ref: str) -> None:
    """The answer changed a group's plan, where there is one; else it is still to be put to use."""
    plan = written(Case).filter(kind="disruption_plan", closed=False).order_by("pk").first()
    if plan is not None:
        aim = "Houses on the streets and days that the overdoses point to"
        play.do("coordinator", 40 * DAY, plan.ref, "set_aims", {"protect_aim": aim})
        play.do("coordinator", 39 * DAY, ref, "note_group", {"group": plan.facts["plan_group"]})
        play.do(
            "coordinator",
            38 * DAY,
            ref,
            "change_plan",
            {"plan": plan.ref, "was": "Houses that are reported", "is_now": aim},
        )
        play.decide("coordinator", 30 * DAY, written(Case).get(ref=ref).parent.ref, "judge_engagement", "engaged")
