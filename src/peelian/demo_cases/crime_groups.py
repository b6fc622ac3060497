"""The demonstration's organised crime: reports graded and sent, groups mapped and scored, disruptions moderated, teams briefed.

The county's own planted groups stand in its records; two of them are opened from the search of links, and the rest are left to be found.
Most hours go to a middling group that everybody knows, and few to the most harmful one: the sheet of harm against effort says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from peelian.access.actor import Actor
from peelian.casework import store
from peelian.core.clock import LONDON, london_day
from peelian.identity.persons import known
from peelian.organised_crime.assertions import FIELDS
from peelian.organised_crime.group_links import look

from .play import DISTRICTS, Play

PURPOSE = "investigation"
DAY = 24.0
# What the made-up force has set for itself. They are nobody's standard.
VALUES: Mapping[str, str] = {
    "intelligence.accept_within": "8 hours",
    "intelligence.grade_within": "48 hours",
    "intelligence.grade_within_high": "2 hours",
    "intelligence.sanitise_within": "24 hours",
    "intelligence.read_within": "72 hours",
    "intelligence.review_within": "12 months after",
    "intelligence.receipt_within": "24 hours",
    "intelligence.feedback_within": "14 days after",
    "groups.accept_within": "48 hours",
    "groups.decide_within": "14 days after",
    "groups.lead_within": "7 days after",
    "groups.rescore_after_trigger": "7 days after",
    "groups.recheck_archived": "12 months after",
    "groups.climb_every": "7 days after",
    "groups.risk_matrix": "open",
    "groups.top_tier_from": "50",
    "groups.middle_tier_from": "20",
    "groups.rescore_top": "1 month after",
    "groups.rescore_middle": "3 months after",
    "groups.rescore_low": "6 months after",
    "disruption.accept_within": "48 hours",
    "disruption.review_every": "28 days after",
    "disruption.moderate_within": "14 days after",
    "disruption.first_look_within": "3 months after",
    "disruption.climb_every": "7 days after",
    "disruption.prepare_days_before_end": "28",
    "briefing.accept_within": "8 hours",
    "briefing.climb_every": "24 hours",
}
GRADES = ("1A", "2B", "2C", "1B", "2D", "3C", "2B", "1C")
# Topic, what was said, and the text that everybody else reads.
TOLD = (
    ("drugs", "My mate's cousin takes the orders on the new phone and two lads on bikes carry it.", "Two people on bicycles deliver for a telephone line."),
    ("burglary", "They do the keys at night and park the cars up behind the old mill for a week.", "Stolen cars are left behind the old mill before they move on."),
    ("firearms", "He showed it to me in the kitchen. It was a proper one.", "A person of this group is said to have the use of a handgun."),
    ("exploitation", "There is a lad of about fourteen in that flat who never goes out by day.", "A boy is said to live in a flat used by this group: treat as a victim."),
    ("vehicle crime", "The grey van comes Tuesdays and Fridays.", "A grey van collects on Tuesdays and Fridays."),
    ("fraud", "They give students fifty pounds for the use of a bank card.", "Students are paid for the use of their accounts."),
)  # fmt: skip
# Name, district, crime, scores in the order of the matrix, members, hours a week of a team, tier.
GROUPS = (
    ("Heron", 0, "county lines", (3, 3, 2, 3, 2, 4, 1.2, 2), 5, 12, "top"),
    ("Plover", 1, "burglary and vehicle crime", (1, 1, 3, 2, 2, 3, 1, 1), 5, 70, "middle"),
    ("Linnet", 2, "fraud", (0, 2, 3, 1, 2, 3, 1, 1), 4, 20, "middle"),
    ("Dunlin", 0, "drugs", (2, 1, 1, 2, 1, 2, 1, 1), 4, 24, "middle"),
    ("Siskin", 1, "modern slavery", (3, 3, 2, 1, 2, 2, 1, 2), 3, 6, "middle"),
    ("Godwit", 2, "drugs", (1, 0, 1, 1, 0, 2, 0.8, 0), 3, 16, "low"),
)  # fmt: skip


Report = tuple[str, float]


def tell(play: Play) -> None:
    """Play the last months."""
    suggested = look(actor=play.actor("coordinator"), at=play.now)[:2]
    people = grown(play.actor("coordinator"), 30)
    reports = intelligence(play, people)
    partners(play)
    groups = [mapped(play, n, suggested, people, reports) for n in range(len(GROUPS))]
    undecided(play)
    for n, ref in enumerate(groups):
        plan(play, n, ref, people)
    briefings(play, [ref for ref, _ in reports], groups)
    play.do(
        "intelligence",
        0.1,
        reports[-1][0],
        "retract",
        {"withdrawn_why": "The source took it back: it was another person."},
    )


def grown(actor: Actor, count: int) -> list[str]:
    """Refs of grown people whom records name as detained: one for each person."""
    found: dict[Any, str] = {}
    for ref, component, key in (
        known(actor)
        .filter(role="detainee", born_on__lte="2000-01-01")
        .order_by("key")
        .values_list("ref", "component", "key")
    ):
        found.setdefault(component or key, ref)
    return list(found.values())[:count]


def row(play: Play, by: str, hours: float, ref: str, act: str, part: str, given: Mapping[str, Any]) -> str:
    """Do an act that adds a row; the row's id."""
    done = store.do(ref, act, given, actor=play.actor(by), at=play.ago(hours))
    return f"{part}-{done.seq}"


def day(play: Play, hours: float) -> str:
    """The day so many hours ago."""
    return london_day(play.ago(hours)).isoformat()


# -- O4 --------------------------------------------------------------------------------------------------------------------


def intelligence(play: Play, people: Sequence[str]) -> list[Report]:
    """Reports of the last months: most graded, sanitised and read; some waiting, some late. Gives those that were released, the newest
    first, each with how many hours ago it came.
    """
    released: list[Report] = []
    for n in range(18):
        topic, raw, text = TOLD[n % len(TOLD)]
        ago = 3 + n * n * 0.6 * DAY
        given = {"submitted_at": play.ago(ago).isoformat(), "information_on": day(play, ago + DAY), "area": DISTRICTS[n % 3], "topic": topic,
                 "urgency": "high" if topic == "firearms" else ("low", "medium")[n % 2], "raw": raw, "source_ref": f"SR-{40010 + n % 7}",
                 "provenance": ("public", "human source", "police officer", "partner agency")[n % 4]}  # fmt: skip
        if people and topic != "exploitation":
            given["subject"] = people[n % len(people)]
        ref = play.open("detective", ago, "intelligence_report", "submit", given)
        if n in (0, 1, 3):  # not graded yet; the last is late
            continue
        grade, held = GRADES[n % len(GRADES)], n in (5, 12)
        if n == 9:
            grade = "3E"
        told = {"source_grade": grade[0], "assessment": grade[1], "handling": "C" if held else "P"} | (
            {"conditions": "A1;S2"} if held else {}
        )
        play.do("intelligence", ago - (1.5 if topic == "firearms" else 30 if n % 5 == 0 else 2), ref, "grade", told)
        if n == 9:
            play.decide("intelligence", ago - 40, ref, "review", "delete", why="suspected to be false")
            continue
        if n in (4, 7):  # waits for its text: late
            continue
        play.do("intelligence", max(ago - 36, 0.4), ref, "sanitise", {"sanitised": text})
        released.append((ref, ago))
        play.do(
            "intelligence",
            max(ago - 37, 0.3),
            ref,
            "link_it",
            {"linked_to": "group", "which": GROUPS[n % len(GROUPS)][0]},
        )
        if not held:
            sent = max(ago - 38, 0.25)
            item = row(play, "intelligence", sent, ref, "send", "sendings",
                       {"unit": f"{DISTRICTS[n % 3]} response", "needs_it": "patrol plan", "sent_at": play.ago(sent).isoformat()})  # fmt: skip
            if n % 4:
                play.do(
                    "intelligence",
                    max(sent - 20, 0.2),
                    ref,
                    "note_read",
                    {"read_at": play.ago(max(sent - 20, 0.2)).isoformat()},
                    item=item,
                )
    for ref, _ in released[:7]:  # today the desk took over what it had worked on
        play.hand("detective", "intelligence", 0.09, ref, accepted=0.08)
    return released


def partners(play: Play) -> None:
    """What partners told: most are told what it was worth, some wait."""
    theirs = Play(play.now, "safeguarding")
    said = (
        ("social-worker", "exploitation", "Two pupils have new phones that nobody at home bought."),
        ("nurse", "drugs", "Three young people with the same tablets in one weekend."),
        ("social-worker", "exploitation", "A tenant says that strangers have the keys of her flat."),
        ("nurse", "violence", "A knife wound was said to be an accident, twice."),
    )
    for n in range(8):
        who, about, what = said[n % 4]
        ago = (4 + n * 6) * DAY if n else 30.0
        given = {"told_at": play.ago(ago).isoformat(), "area": DISTRICTS[n % 3], "about": about, "what": what, "onward": "police alone",
                 "their_ref": f"T-{100 + n}"}  # fmt: skip
        ref = theirs.open(who, ago, "partner_report", "tell_police", given)
        if n == 0:  # nobody has received it: late
            continue
        play.do("intelligence", ago - (60 if n % 3 == 1 else 5), ref, "receive")
        if n % 3 != 1:
            worth = ("it was new", "it was known already", "more is needed")[n % 3]
            play.do(
                "intelligence",
                ago - 3 * DAY,
                ref,
                "tell_worth",
                {"feedback": worth, "changed": "A plan was changed." if worth == "it was new" else ""},
            )


# -- O1 --------------------------------------------------------------------------------------------------------------------


def mapped(play: Play, n: int, suggested: Sequence[Any], people: Sequence[str], reports: Sequence[Report]) -> str:
    """A group that was put forward, mapped, scored; the first ones from the search of links."""
    name, place, crime, scores, size, _, tier = GROUPS[n]
    ago = (150 - 12 * n) * DAY
    given: dict[str, Any] = {"group_name": name, "area": DISTRICTS[place], "crime_type": crime, "found_how": "Named in several reports.",
                             "joint_purpose": True, "offence_years": (14, 10, 7, 14, 18, 7)[n], "for_gain": True}  # fmt: skip
    more: dict[str, str] = {}
    members = [people[(n * 4 + k) % len(people)] for k in range(size)] if people else []
    if n < len(suggested):
        given |= dict(suggested[n].given)
        more = {"origin": f"found:links:{suggested[n].key}"}
        members = str(suggested[n].given["people_seen"]).split(", ")[:size]
    ref = play.open("coordinator", ago, "organised_crime_group", "put_forward", given, **more)
    held = [report for report, came in reports if came > ago] or [reports[-1][0]]
    for k, person in enumerate(members):
        said(play, ref, ago - 5, "principal" if not k else "member", grade="1B" if k < 2 else "2C", report=held[k % len(held)],
             source=f"SR-{40010 + (n + k) % 7}", person=person)  # fmt: skip
    play.decide("superintendent", ago - 5 * DAY, ref, "map_it", "map", why="the test is met")
    if n != 3:  # nobody leads one of them
        play.do("inspector", ago - 8 * DAY, ref, "name_lead", {"lead_officer": "inspector"})
    for field, value in zip(FIELDS, scores, strict=True) if n != 5 else ():
        said(
            play,
            ref,
            ago - 6 * DAY,
            field,
            value=float(value),
            grade="2B",
            report=held[0],
            source=f"SR-{40010 + n % 7}",
        )
    play.decide(
        "coordinator",
        (20 if n % 2 else 45) * DAY,
        ref,
        "set_tier",
        tier,
        why="as the matrix and the force's thresholds say",
    )
    if n in (1, 2):
        official = {"official_tool": "national tool", "band_impact": str(2 + n), "band_capability": "B", "scored_on": day(play, 18 * DAY),
                    "scored_by": "regional unit"}  # fmt: skip
        play.do("coordinator", 17 * DAY, ref, "score_officially", official)
    if n in (1, 4):
        play.do(
            "coordinator", (12 if n == 1 else 3) * DAY, ref, "changed", {"changed_what": "a principal was arrested"}
        )
    if n == 5:
        play.do("coordinator", 9 * DAY, ref, "archive", {"archived_why": "no intelligence for 12 months"})
    return ref


def said(
    play: Play,
    ref: str,
    hours: float,
    about: str,
    *,
    grade: str,
    report: str,
    source: str,
    person: str = "",
    value: float | None = None,
) -> None:
    """Assert something of a group."""
    given: dict[str, Any] = {"says_of": about, "statement": "As the report says.", "grade_given": grade, "true_from": day(play, hours + 2 * DAY),
                             "report": report, "source_id": source}  # fmt: skip
    if person:
        play.do("coordinator", hours, ref, "assert_it", given | {"person": person, "all_checked": True})
    else:
        play.do("coordinator", hours, ref, "weigh", given | {"value": value, "no_victims_device": True})


def undecided(play: Play) -> None:
    """Groups put forward: one waits, one waits too long, one was not mapped."""
    for n, (name, ago) in enumerate((("Avocet", 4 * DAY), ("Curlew", 33 * DAY), ("Smew", 60 * DAY))):
        given = {"group_name": name, "area": DISTRICTS[n], "crime_type": ("fraud", "drugs", "firearms")[n], "found_how": "Seen together at one address.",
                 "joint_purpose": n != 2, "offence_years": (10, 7, 5)[n], "for_gain": True}  # fmt: skip
        ref = play.open("intelligence", ago, "organised_crime_group", "put_forward", given)
        if n == 2:
            play.decide(
                "coordinator",
                ago - 6 * DAY,
                ref,
                "map_it",
                "not_a_group",
                why="friends of one school, and no purpose in common",
            )


# -- O5 --------------------------------------------------------------------------------------------------------------------


def plan(play: Play, n: int, group: str, people: Sequence[str]) -> None:
    """A plan for each group but the archived one: hours, claims, custody and licences, the score before and after."""
    name, place, _, _, _, hours, tier = GROUPS[n]
    if n == 5:
        return
    ago = (110 - 10 * n) * DAY
    aims = {"pursue_aim": "Charge whoever holds the line.", "protect_aim": "Make the flats safe that were taken over."}
    if tier == "top":
        aims |= {
            "prevent_aim": "Reach the boys who carry before the group does.",
            "prepare_aim": "A plan for the day after the arrests.",
        }
    ref = play.open(
        "coordinator",
        ago,
        "disruption_plan",
        "open_plan",
        {"plan_group": group, "area": DISTRICTS[place], **aims},
        parent=group,
    )
    play.do("coordinator", ago - 2, ref, "note_score", {"why_scored": "before"})
    for week in range(1, 12, 3):
        if week * 7 * DAY < ago:
            play.do("coordinator", week * 7 * DAY - 24, ref, "note_hours",
                    {"team": f"{DISTRICTS[place]} proactive", "week_from": day(play, week * 7 * DAY), "hours": hours * (0.8 + 0.05 * week)})  # fmt: skip
    for k, which in enumerate(("pursue", "protect", "prevent", "prepare")[: 4 if tier == "top" else 2]):
        given = {"which_p": which, "what": f"{which.capitalize()} action of {name}", "whose": ("force", "council")[k % 2],
                 "due_on": day(play, (20 - 12 * k) * DAY), "agreed_at": play.ago(ago - 24).isoformat()}  # fmt: skip
        item = row(play, "coordinator", ago - 24, ref, "agree", "actions", given)
        if k == 0 and n != 1:
            play.do(
                "coordinator",
                25 * DAY,
                ref,
                "finish",
                {"finished_on": day(play, 25 * DAY), "action_result": "done"},
                item=item,
            )
    claims(play, n, ref)
    if people:
        standings(play, n, ref, people)
    if n % 2:
        play.do("coordinator", 5 * DAY, ref, "note_score", {"why_scored": "after a disruption"})
    if n != 3:
        play.decide("superintendent", (10 if n else 35) * DAY, ref, "review_plan", "go_on", why="there is more to do")


def claims(play: Play, n: int, ref: str) -> None:
    """What was claimed, and how another person saw it."""
    for k in range(1 + n % 3):
        ago = (58 - 24 * k) * DAY
        level = ("major", "moderate", "minor")[(n + k) % 3]
        given = {"happened_on": day(play, ago), "claim_p": ("pursue", "protect", "pursue")[k], "tactic": ("crime", "business", "vehicles")[k],
                 "told": "Two were charged, and the line went quiet.", "level_claimed": level, "evidence": "No call to the line for nine days.",
                 "lead_agency": "force", "assets": 4_200.0 * (k + 1), "made_safe": k}  # fmt: skip
        item = row(play, "detective", ago - 24, ref, "claim", "claims", given)
        if n == 3 and k == 0:  # nobody moderates it
            continue
        lower = {"major": "moderate", "moderate": "minor", "minor": "minor"}[level] if n % 2 else level
        play.do(
            "inspector",
            ago - (8 if n % 2 else 20) * 10,
            ref,
            "moderate",
            {"level_moderated": lower, "why_moderated": "As the line's calls show."},
            item=item,
        )
        if k == 0 and n < 2:
            play.do(
                "coordinator",
                6 * DAY,
                ref,
                "look",
                {"still_holds": n == 1, "looked_why": "The line's calls of the last month."},
                item=item,
            )


def standings(play: Play, n: int, ref: str, people: Sequence[str]) -> None:
    """Somebody in custody, with what comes next prepared, or not in time; somebody on licence."""
    soon = {"person": people[n], "standing": "custody", "from_on": day(play, 60 * DAY), "until_on": day(play, -(12 + 9 * n) * DAY),
            "conditions": "No contact with the others."}  # fmt: skip
    item = row(play, "coordinator", 50 * DAY, ref, "note_standing", "standings", soon)
    if n % 2:
        play.do(
            "coordinator",
            8 * DAY,
            ref,
            "prepare_end",
            {"prepared_how": "Licence conditions asked for; visit planned."},
            item=item,
        )
    over = {
        "person": people[n + 6],
        "standing": "licence",
        "from_on": day(play, 80 * DAY),
        "until_on": day(play, 20 * DAY),
    }
    item = row(play, "coordinator", 79 * DAY, ref, "note_standing", "standings", over)
    play.do("coordinator", 45 * DAY, ref, "prepare_end", {"prepared_how": "An order is applied for."}, item=item)
    play.do("coordinator", 19 * DAY, ref, "note_next", {"next_step": "order"}, item=item)


# -- O6 --------------------------------------------------------------------------------------------------------------------


def briefings(play: Play, reports: Sequence[str], groups: Sequence[str]) -> None:
    """What teams were told on the last days: one team reads, one does not."""
    shift = play.now.astimezone(LONDON).replace(hour=7, minute=0, second=0, microsecond=0)
    for n in range(9):
        back, place = n // 3, n % 3
        start = shift - timedelta(days=back)
        before = (play.now - start).total_seconds() / 3600 + 1
        held = store.load(reports[2 + n % (len(reports) - 3)], play.actor("intelligence"), play.now)
        if held.state.facts["handling"] == "C" or before < 0.1:
            continue
        ref = play.open("intelligence", max(before, 0.1), "briefing", "put_on", {
            "team": f"{DISTRICTS[place]} response", "area": DISTRICTS[place], "shift_from": start.isoformat(),
            "shift_until": (start + timedelta(hours=10)).isoformat(), "officers": 3, "from_report": held.case.ref,
            "about": ("a group", "a person to look for", "a vehicle", "officer safety")[n % 4], "text": held.state.facts["sanitised"],
            "do_what": "Note who is with them, and tell the intelligence unit.", "handling_told": "Lawful sharing permitted.",
            "brief_group": groups[n % 5]})  # fmt: skip
        readers = (("sergeant", "neighbourhood", "detective"), ("neighbourhood",), ())[place]
        for k, who in enumerate(readers):
            read = before - 1 - (1 + k)
            if read > 0.05:
                play.do(
                    who,
                    read,
                    ref,
                    "mark_read",
                    {"seen_since": "The van was there at noon."} if not k and not n % 2 else {},
                )
