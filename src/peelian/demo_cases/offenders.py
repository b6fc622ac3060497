"""The demonstration's offenders: registered sex offenders with visits on time and late, a pilot that is counted, IOM cohorts, MAPPA.

One district's visits run late because its managers are few; the pilot's audits find more in the arm that nobody visits, and the boundary
is not crossed yet: the review cannot tell, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

from peelian.casework import store
from peelian.casework.duty import ROSTER
from peelian.casework.duty_tables import Accreditation
from peelian.casework.models import Duty
from peelian.investigation.offender_records import for_selection, live_offenders

from .play import DISTRICTS, Play

PURPOSE = "offender-management"
DAY, MONTH = 24.0, 24.0 * 30
# What the made-up force has set for itself. They are nobody's standard.
VALUES: Mapping[str, str] = {
    "sex_offenders.visit_profile": "plan, else older minimum",
    "sex_offenders.reactive_after_years": "3",
    "sex_offenders.accept_within": "48 hours",
    "sex_offenders.assess_within": "28 days after",
    "sex_offenders.climb_every": "14 days after",
    "sex_offenders.visits_per_duty": "0.5",
    "pilot.ratio_not_accepted": "2",
    "pilot.false_alarm": "0.05",
    "pilot.power_needed": "0.8",
    "pilot.audits_of_each_arm": "2",
    "pilot.accept_within": "48 hours",
    "pilot.count_within": "28 days after",
    "pilot.stop_within": "7 days after",
    "pilot.return_within": "2 days after",
    "pilot.audit_within": "28 days after",
    "pilot.climb_every": "7 days after",
    "iom.accept_within": "48 hours",
    "iom.select_within": "14 days after",
    "iom.review_every": "3 months after",
    "iom.answer_within": "5 working days after",
    "iom.climb_every": "7 days after",
    "iom.free_harm": "2000",
    "iom.red_days": "30",
    "iom.amber_days": "90",
    "iom.contact_red": "7 days after",
    "iom.contact_amber": "14 days after",
    "iom.contact_green": "28 days after",
    "iom.establishment": "2",
    "iom.cases_for_each_manager": "4",
    "mappa.accept_within": "48 hours",
    "mappa.screen_within": "10 days after",
    "mappa.answer_within": "5 working days after",
    "mappa.minutes_within": "10 working days after",
    "mappa.climb_every": "7 days after",
    "mappa.review_level_1": "12 months after",
    "mappa.review_level_2": "12 weeks after",
    "mappa.review_level_3": "6 weeks after",
}
MANAGER = "offender-manager"
SLOW = 2  # the district whose visits and transfers come late
PATHWAYS = ("accommodation", "drugs and alcohol", "education, training and employment", "health")


def tell(play: Play) -> None:
    """Play the last months of I6, I7 and I8."""
    _trained(play)
    rows = _extract(play)
    pilot = _pilot(play)
    members = _registered(play, rows["RSO"][:11], pilot)
    _follow(play, pilot, members)
    _cohort(play, [*rows["IOM"][:5], *rows["DA"][:3]])
    _mappa(play, rows["RSO"][2:8], members)


def _trained(play: Play) -> None:
    """The manager is accredited, and on the roster of the weeks ahead: without both, nobody plans a visit."""
    on = play.now.date()
    for n, name in enumerate(("offender manager", "domestic abuse specialist")):
        Accreditation.objects.get_or_create(
            reference=f"demo-{n}", defaults={"user": MANAGER, "name": name, "start": on - timedelta(days=6 * 365), "until": on + timedelta(days=330)}
        )  # fmt: skip
    day = play.now.replace(hour=8, minute=0, second=0, microsecond=0)
    Duty.objects.bulk_create(
        Duty(user=MANAGER, start=day + timedelta(days=n), end=day + timedelta(days=n, hours=8), source=ROSTER, at=play.now)
        for n in range(1, 29) if (day + timedelta(days=n)).weekday() < 5
    )  # fmt: skip


def _extract(play: Play) -> dict[str, list[dict[str, Any]]]:
    """People of the offenders' extract by cohort, in their order."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("RSO", "IOM", "DA")}
    frame = live_offenders(play.actor(MANAGER), play.now)
    for row in frame.sort("Cohort Reference").iter_rows(named=True) if not frame.is_empty() else ():
        if row["Date of Birth"]:
            rows[row["Cohort"]].append(row)
    return rows


def _pilot(play: Play) -> str:
    ref = play.open("inspector", 4 * MONTH, "offender_pilot", "plan_pilot", {
        "title": "Managing low-risk offenders by what happens, not by the calendar", "question": "Is there more harm where nobody visits unasked?",
        "compared": "Visits as each person's plan says", "outcomes": "Those that need no police contact to be seen, and what random audit visits find",
        "seed": "4711", "expected": 60, "review_on": (play.now + timedelta(days=120)).date().isoformat(), "ethics": "Ethics committee; data-protection assessment 12",
    })  # fmt: skip
    play.do("superintendent", 4 * MONTH - 24, ref, "begin")
    play.hand("inspector", "superintendent", 2, ref, accepted=1)
    return ref


def _registered(play: Play, rows: list[dict[str, Any]], pilot: str) -> list[tuple[str, str]]:
    """Registered sex offenders with their results, plans and visits; those of the pilot with their arm."""
    rng, members = Random(7), list[tuple[str, str]]()
    for n, row in enumerate(rows):
        area, level = DISTRICTS[n % 3], row["Risk Level"] or "medium"
        hours, long_ago = 8 * MONTH + 100 * n, 4 * 12 * MONTH + 300 * n  # taken over from the old register this year
        disposal: dict[str, Any] = (
            {"disposal": "imprisonment", "sentence_months": (8, 18, 30, 48)[n % 4]}, {"disposal": "any other disposal"},
        )[(0, 0, 1, 0, 1)[n % 5]]  # fmt: skip
        ref = play.open(MANAGER, hours, "sex_offender", "register", {
            "area": area, "offender": row["ref"], "born_on": row["Date of Birth"], "relevant_on": play.ago(long_ago).date().isoformat(), **disposal,
        })  # fmt: skip
        play.do(
            MANAGER,
            hours - 1,
            ref,
            "notify_first",
            {"first_notified_at": play.ago(long_ago - 20), "residence": "no" if n == 11 else "yes"},
        )
        play.do(MANAGER, 3 * MONTH - 30 * n, ref, "notify_again", {"notified_at": play.ago(3 * MONTH - 30 * n)})
        assessed = hours - 5 * DAY
        play.do(MANAGER, assessed, ref, "hold_result", {
            "tool": "ARMS", "tool_version": "as licensed", "result": level, "assessed_on": play.ago(assessed).date().isoformat(), "assessor": "A trained assessor",
            "assess_next_on": (play.ago(assessed).date() + timedelta(days=365 if n % 7 else 200)).isoformat(),
        })  # fmt: skip
        play.decide(MANAGER, assessed - 1, ref, "set_level", level, why="as assessed")
        weeks = 6 + 4 * (n % 4) if n % 3 else 0
        if weeks:
            play.do(
                MANAGER,
                assessed - 2,
                ref,
                "set_plan",
                {"plan": "Work, home and devices at each visit; the partner is seen alone.", "visit_weeks": weeks},
            )
        period = (weeks * 7 if weeks else {"very high": 30, "high": 91, "medium": 182, "low": 365}[level]) * DAY
        last = period * (rng.uniform(0.9, 1.8) if area == DISTRICTS[SLOW] else rng.uniform(0.3, 1.05))
        at = hours - 0.8 * period
        while at >= last:
            visit = {"visited_at": play.ago(at), "purpose": "as the plan says", "unannounced": n % 4 != 0}
            if n % 5 == 1:
                play.do(MANAGER, at + DAY, ref, "attempt", {**visit, "visited_at": play.ago(at + DAY)})
            play.do(MANAGER, at, ref, "visit", {**visit, "found": "concern" if n == 9 else "nothing of concern"})
            at -= max(0.9 * period, (at - last) / max(1, round((at - last) / period))) if at > last else period
        if level in ("low", "medium") and len(members) < 8:
            play.do(MANAGER, 4 * MONTH - 30, ref, "note", {"pilot": pilot})
            play.do(MANAGER, 4 * MONTH - 31, pilot, "enrol", {"person": ref, "joined_at": play.ago(4 * MONTH - 31)})
            arm = store.load(pilot, play.actor(MANAGER)).state.live("members")[-1].facts["arm"]
            members.append((ref, arm))
            if arm == "reactive":
                play.decide(
                    "inspector", 4 * MONTH - 32, ref, "set_management", "reactive", why="entry test met, and by lot"
                )
    return members


def _follow(play: Play, pilot: str, members: list[tuple[str, str]]) -> None:
    """Audits in both arms, outcomes of both kinds, a count each month; the last is late."""
    for n, (ref, arm) in enumerate(members):
        if n == 2:
            play.do(MANAGER, 50 * DAY, ref, "note_event", {
                "happened_at": play.ago(50 * DAY), "outcome": "breach of notification", "known_by": "found at a visit" if arm == "usual" else "another agency or force"})  # fmt: skip
    for month in (3, 2):
        drawn = month * MONTH
        play.do(MANAGER, drawn, pilot, "draw_audits", {"drawn_at": play.ago(drawn)})
        item = store.load(pilot, play.actor(MANAGER)).state.live("audits")[-1]
        for n, ref in enumerate(item.facts["to_visit"]):
            arm = dict(members).get(ref, "")
            found = "breach" if arm == "reactive" and n % 2 == 0 else "nothing of concern"
            play.do(MANAGER, drawn - 5 * DAY, ref, "visit", {
                "visited_at": play.ago(drawn - 5 * DAY), "purpose": "random audit", "unannounced": True, "found": found})  # fmt: skip
        play.do(
            MANAGER,
            drawn - 6 * DAY,
            pilot,
            "audits_done",
            {"made_on": play.ago(drawn - 6 * DAY).date().isoformat()},
            item=item.id,
        )
        play.do("superintendent", drawn - 10 * DAY, pilot, "count_again")
    reactive = [ref for ref, arm in members if arm == "reactive"]
    if reactive:
        play.open("sergeant", 30, "offender_trigger", "raise_trigger", {
            "area": DISTRICTS[0], "about": reactive[0], "happened_at": play.ago(31), "trigger": "intelligence", "details": "Seen twice at the playing field."})  # fmt: skip


def _cohort(play: Play, rows: list[dict[str, Any]]) -> None:
    """IOM: selected and not selected, some seen as agreed and some not; one left, two wait for a decision."""
    rng = Random(11)
    for found in for_selection(actor=play.actor(MANAGER), at=play.now)[
        : 10 - len(rows)
    ]:  # whom the records name beside the extract
        rows.append(
            {"Cohort": "DA" if found.given["da"] else "IOM", "ref": found.given["offender"], "Date of Birth": None}
        )
    for n, row in enumerate(rows):
        da, hours = row["Cohort"] == "DA", {3: 20 * DAY, 9: 5 * DAY}.get(n, 10 * MONTH - 200 * n)
        ref = play.open(MANAGER, hours, "managed_offender", "propose", {
            "area": DISTRICTS[n % 3], "offender": row["ref"], "born_on": row["Date of Birth"], "crimes_2y": 3 + n % 6, "harm_2y": 400 + 260 * n,
            "neighbourhood": not da, "da": da, "reoffending": ("high", "very high", "medium")[n % 3], "statutory": n % 2 == 0,
        })  # fmt: skip
        if n in (3, 9):
            continue
        chosen = "free" if da else ("not_selected" if n % 3 == 2 else "fixed" if n % 2 == 0 else "flex")
        turn = hours - 7 * DAY
        play.decide(
            "sergeant", turn, ref, "select_it", chosen, {"selected_at": play.ago(turn)}, why="as the panel decided"
        )
        after = 3 if chosen == "not_selected" else 1 + n % 2
        for k in range(2 + after):  # a peak before, and fewer after: among those not selected too
            when = turn + rng.uniform(0.1, 11) * MONTH if k < 2 else turn * rng.uniform(0.05, 0.95)
            play.do(MANAGER, 5, ref, "note_offence", {"offended_on": play.ago(when).date().isoformat(), "harm": 147.5})
        if chosen == "not_selected":
            continue
        play.decide(MANAGER, turn - 4, ref, "grade_it", ("amber", "green", "red")[n % 3], why="as seen by the panel")
        play.do(MANAGER, turn - 30, ref, "assess_need", {
            "pathway": PATHWAYS[n % 4], "need": "urgent" if n % 3 == 0 else "some", "assessed_on": play.ago(turn - 30).date().isoformat(), "pathways_needed": [PATHWAYS[n % 4]]})  # fmt: skip
        store.ask(ref, "support", "council" if n % 2 else "nhs", actor=play.actor(MANAGER), at=play.ago(turn - 31))
        if n % 4:  # some agencies stay silent
            asked = store.load(ref, play.actor(MANAGER)).state.live("support")[0].id
            offer = {"pathways": [PATHWAYS[n % 4]], "what": "A place from the next month on."}
            store.answer(
                ref, asked, offer, actor=play.actor("social-worker" if n % 2 else "nurse"), at=play.ago(turn - 90)
            )
        reviewed = turn - 85 * DAY
        while reviewed > 0 and n % 3 != 1:
            play.do("sergeant", reviewed, ref, "review", {"reviewed": "Support goes on; contact as graded."})
            reviewed -= 85 * DAY
        play.do(MANAGER, turn - 40, ref, "agree_task", {
            "pathway": PATHWAYS[n % 4], "task": "A first appointment is kept.", "done_by": "council" if n % 2 else "nhs", "agreed_at": play.ago(turn - 40),
            "due_on": (play.ago(turn - 40) + timedelta(days=21)).date().isoformat()})  # fmt: skip
        if n % 3:
            item = store.load(ref, play.actor(MANAGER)).state.live("tasks")[0].id
            play.do(
                MANAGER,
                turn - 300,
                ref,
                "do_task",
                {"done_at": play.ago(turn - 300), "result": "done" if n % 2 else "refused by the person"},
                item=item,
            )
        at = (20 if n % 3 == SLOW else 4) * DAY
        if at < turn:
            told = {"contacted_at": play.ago(at), "way": "home visit"}
            play.do(MANAGER, at, ref, "contact" if n % 4 else "attempt", told)
        if n == 1:
            play.do("sergeant", 40, ref, "review", {"reviewed": "No offending since spring; works full time."})
            play.do(
                "sergeant", 39, ref, "leave", {"left_at": play.ago(39), "left_because": "no offending in the period"}
            )


def _mappa(play: Play, rows: list[dict[str, Any]], members: list[tuple[str, str]]) -> None:
    """MAPPA: levels 1 to 3, a meeting with an agency absent, an action that is late, one waiting to be screened."""
    for n, row in enumerate(rows):
        hours = 5 * MONTH - 500 * n
        ref = play.open(MANAGER, hours, "mappa", "refer", {
            "area": DISTRICTS[n % 3], "offender": row["ref"], "person_name": f"{row['Forenames']} {row['Surname']}".strip() or "Not known", "born_on": row["Date of Birth"],
            "referred_by": "probation" if n % 2 else "police", "why_multi": "Risk of serious harm that one agency cannot manage.", "terrorist": False,
            "notification_live": True, "rosh": ("high", "very high", "medium")[n % 3], "active_value": n % 3 != 2, "senior": n == 1,
        })  # fmt: skip
        if n == 5:
            continue
        play.decide(MANAGER, hours - 30, ref, "set_category", "category_1")
        play.decide(
            MANAGER, hours - 31, ref, "set_level", ("level_2", "level_3", "level_1")[n % 3], why="as the panel decided"
        )
        store.ask(ref, "information", "council", actor=play.actor(MANAGER), at=play.ago(hours - 32))
        if n != 4:
            asked = store.load(ref, play.actor(MANAGER)).state.live("information")[0].id
            held_there = {
                "held": n % 2 == 0,
                "what": "Known to housing." if n % 2 == 0 else "Nothing held.",
                "attends": n != 3,
            }
            store.answer(ref, asked, held_there, actor=play.actor("social-worker"), at=play.ago(hours - 100))
        if n % 3 == 2:
            continue
        held = hours - 40 * DAY
        play.do(MANAGER, held, ref, "hold_meeting", {
            "held_at": play.ago(held), "present": ["police", "probation", "children's services"], "absent": ["housing authority"] if n != 1 else None,
            "risk": "High; contact with children is the concern.", "disclosure": "do not disclose", "disclosure_why": "Nobody at risk is unaware."})  # fmt: skip
        if n != 3:
            meeting = store.load(ref, play.actor(MANAGER)).state.live("meetings")[0].id
            play.do(
                MANAGER,
                held - 5 * DAY,
                ref,
                "send_minutes",
                {"minutes_sent_at": play.ago(held - 5 * DAY)},
                item=meeting,
            )
        agreed = play.ago(held)
        play.do(MANAGER, held - 1, ref, "agree_action", {
            "action": "Find a tenancy away from the school.", "done_by": "council", "agreed_at": agreed, "due_on": (agreed + timedelta(days=14)).date().isoformat()})  # fmt: skip
        if n == 0:
            item = store.load(ref, play.actor(MANAGER)).state.live("actions")[0].id
            play.do(
                MANAGER, held - 200, ref, "do_action", {"done_at": play.ago(held - 200), "result": "done"}, item=item
            )
