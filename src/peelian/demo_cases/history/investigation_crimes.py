"""Crimes with their victims and suspects, one at a time: from the report to an outcome, to what the victim is told, to the arrest."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from peelian.demo_cases.play import DISTRICTS, Play
from peelian.investigation.crime_victims import BAIL, DECIDED

from .case_story import Story
from .course import DAY

PLANNED, REVIEWED, IDENTIFIED, CHARGED, SUPPORTS, FILED = 0.9, 0.85, 0.6, 0.4, 0.8, 0.4
TOLD_BEFORE, TOLD_SINCE = 0.4, 0.98  # events of which the victim is told in time
OFFERED, WANTED, CONTENT = 0.85, 0.6, 0.8
VOLUME = ("burglary", "theft", "criminal damage", "assault", "fraud")
PROTECT = ("domestic abuse", "stalking or harassment", "robbery", "domestic abuse", "rape or sexual offence")
SERIOUS = {"domestic abuse": "domestic abuse", "rape or sexual offence": "sexual"}
REVIEW = 26 * DAY
REGISTER = {"burglary": "robbery or burglary", "robbery": "robbery or burglary", "theft": "theft", "assault": "violence"}  # fmt: skip
Step = tuple[float, str, dict[str, object], str]
CHARGED_OF_ALL = (1 - 0.6 * FILED) * IDENTIFIED * CHARGED  # six in ten are volume crimes


@dataclass(frozen=True, slots=True)
class Crime:
    """What the stories of victims, devices and suspects ask of a crime: hours since it was recorded, how long it took, and what a victim is told."""

    ref: str
    area: int
    hours: float
    offence: str
    investigated: bool
    lasts: float
    happened: list[tuple[float, str]] = field(default_factory=list)


def crime(play: Play, rng: np.random.Generator, hours: float, area: int, parent: str) -> Crime:
    """One crime from its record to its outcome."""
    volume = rng.random() < 0.6
    offence = str(rng.choice(VOLUME if volume else PROTECT))
    filed, identified, charged = volume and rng.random() < FILED, rng.random() < IDENTIFIED, rng.random() < CHARGED
    supports, domestic = rng.random() < SUPPORTS, offence == "domestic abuse"
    lasts = 9.0 if filed else float(np.clip(rng.lognormal(np.log(25), 0.6), 8, 100)) * DAY
    told, late = Story(play, hours), rng.random() < 0.08
    told.open("detective", "crime_investigation", "record_crime", {
        "crime": f"WX/{rng.integers(10_000, 99_999)}/{told.at(0):%y}", "area": DISTRICTS[area], "team": f"{DISTRICTS[area]} investigation", "offence": offence,
        "reported_at": told.at(-40 if late else -3), "recorded_at": told.at(0), "domestic": domestic, "victim_supports": "yes" if supports else "no",
        "lines_known": not filed, "happened": "As the first account says."}, **({"parent": parent} if parent else {}))  # fmt: skip
    found = Crime(told.ref, area, hours, offence, not filed, lasts)
    if filed:
        told.decide("sergeant", 8, "screen", "file", {"not_further": "No witness, no camera, nothing left behind."})
        told.decide(
            "sergeant",
            lasts,
            "record_outcome",
            "type_18" if supports else "type_14",
            {"rationale": "Nothing to follow; told with the reason."},
        )
        found.happened.append((8, "decision not to investigate"))
        return found
    told.decide("detective", 5, "screen", "investigate")
    told.do(
        "detective",
        20 if rng.random() < PLANNED else 100,
        "make_plan",
        {"plan": "Identity first; then the account of each witness."},
    )
    row = _identified(told, rng, found, released=rng.random() < 0.3) if identified else ""
    after = REVIEW if rng.random() < REVIEWED else REVIEW + 8 * DAY
    while after < lasts - DAY:
        told.do(
            "sergeant",
            after,
            "review",
            {"reviewed": "Plan followed; victim told; what is next is agreed.", "diligent": bool(rng.random() < 0.9)},
        )
        after += REVIEW if rng.random() < REVIEWED else REVIEW + 8 * DAY
    _ended(told, lasts, row, charged=charged, supports=supports, domestic=domestic)
    found.happened.append((lasts - 2, DECIDED if charged or not row else "release without charge"))
    return found


def _identified(told: Story, rng: np.random.Generator, found: Crime, *, released: bool) -> str:
    """Arrested in the first days; on bail, or released under investigation; before the first review."""
    at = float(rng.uniform(4.5, 6.5)) * DAY
    row = told.do("detective", at, "identify_suspect", {
        "identified_at": told.at(at), "born_on": f"{rng.integers(1970, 2004)}-05-04", "arrested_on": told.day(at)}, adds="suspects")  # fmt: skip
    if released:
        told.do(
            "sergeant",
            at + 10,
            "release",
            {"released_at": told.at(at + 10), "why": "Bail is not needed: no risk known."},
            item=row,
        )
    else:
        told.do("sergeant", at + 10, "bail", {
            "arrested_on": told.day(at), "bail_case": "standard", "authority": "custody officer", "necessary": True, "conditions": "No contact with the victim",
            "victim_views": "Asked for it."}, item=row)  # fmt: skip
    found.happened.extend([(at, "arrest"), (at + 10, BAIL)])
    return row


def _ended(told: Story, lasts: float, row: str, *, charged: bool, supports: bool, domestic: bool) -> None:
    if row and charged:
        told.do("detective", lasts - 2, "charge", {"charged_at": told.at(lasts - 2)}, item=row)
    elif row:
        told.do(
            "detective",
            lasts - 2,
            "take_no_action",
            {"cleared_at": told.at(lasts - 2), "why": "Not enough evidence."},
            item=row,
        )
    if domestic and not supports and not (row and charged):
        told.do(
            "detective",
            lasts - 1,
            "note",
            {"evidence_led": "The call and the officer's video were weighed; not enough alone."},
        )
    outcome = (
        "type_1"
        if row and charged
        else ("type_15" if supports else "type_16")
        if row
        else "type_18"
        if supports
        else "type_14"
    )
    told.decide(
        "sergeant",
        lasts,
        "record_outcome",
        outcome,
        {"rationale": "Every line is finished; written for the victim in plain words."},
    )


def victim(play: Play, rng: np.random.Generator, of: Crime, better: float) -> None:
    """The rights of its victim: assessed, a statement offered, told of what happened (in time since so many hours ago), asked, closed."""
    if not of.ref:
        return
    targeted, told = rng.random() < 0.1, Story(play, of.hours - 3)
    enhanced = targeted or of.offence in SERIOUS
    told.open("detective", "victim_rights", "open_rights", {
        "reported_on": told.day(-3), "area": DISTRICTS[of.area], "team": f"{DISTRICTS[of.area]} investigation", "crime_type": SERIOUS.get(of.offence, "other"),
        "safe_contact": "By text, after six", "wants": "everything", "born_on": "1981-05-04", "bereaved": False, "targeted": bool(targeted), "impaired": False,
        "intimidated": False}, parent=of.ref)  # fmt: skip
    told.decide("detective", 5, "set_rights", "enhanced" if enhanced else "standard")
    offered = 30.0 if rng.random() < OFFERED else 15 * DAY
    steps: list[Step]
    wanted, taken = rng.random() < WANTED, offered + 4 * DAY
    happened = (
        of.happened
        if len(of.happened) > 1 or not of.investigated
        else [(13.0, "referral to a victim service"), *of.happened]
    )
    steps = [*(step for after, event in happened for step in _event(told, rng, after - 3, event, better)),
             (offered, "offer_statement", {"offered_at": told.at(offered), "statement": "wanted now" if wanted else "declined"}, "")]  # fmt: skip
    if wanted:
        said = {"taken_at": told.at(taken), "made_by": "victim", "to_be": "read by somebody else", "copy_given": True}
        steps.append((taken, "take_statement", said, ""))
    end = of.lasts + 1
    if of.investigated:
        for n in range(1, int(end // (25 * DAY)) + 1):
            steps.append((n * 25 * DAY, "ask_victim", _asked(told, rng, n * 25 * DAY), ""))
    _in_order(told, steps)


def _event(told: Story, rng: np.random.Generator, after: float, event: str, better: float) -> list[Step]:
    """It happens, and some time later the victim is told: within a day, or two weeks and more later, which is late for every right."""
    in_time = rng.random() < (TOLD_BEFORE if told.hours - after > better else TOLD_SINCE)
    wait = float(rng.uniform(2, 20)) if in_time else float(rng.uniform(14, 24)) * DAY
    at = after + wait
    said = {
        "told_at": told.at(at),
        "channel": "text, then a call",
        "by_safe_way": True,
        "reasons_given": bool(rng.random() < 0.9),
    }
    return [(after, "note_event", {"event": event, "happened_at": told.at(after)}, event), (at, "tell", said, event)]


def _asked(told: Story, rng: np.random.Generator, after: float) -> dict[str, object]:
    content = rng.random() < CONTENT
    return {"asked_at": told.at(after), "asked_by": "supervisor", "understood": "yes", "respected": "yes", "useful": "yes" if content else "in part",
            "knows_next": "yes" if content else "no"}  # fmt: skip


def _in_order(told: Story, steps: list[Step]) -> None:
    rows: dict[str, str] = {}
    for after, act, given, event in sorted(steps, key=lambda step: step[0]):
        row = told.do(
            "sergeant" if act == "ask_victim" else "detective",
            after,
            act,
            given,
            item=rows[event] if act == "tell" else "",
            adds="events",
        )
        rows.setdefault(event, row)
    told.do("sergeant", max(step[0] for step in steps) + DAY, "close_rights")


def suspect(play: Play, rng: np.random.Generator, of: Crime) -> None:
    """Somebody is wanted for it: graded, circulated, looked for and found."""
    if not of.ref or not of.investigated or of.offence in SERIOUS:
        return
    told, offence = Story(play, of.hours - 20), REGISTER.get(of.offence, "other")
    amber = offence == "violence"
    told.open("detective", "outstanding_suspect", "register", {
        "wanted_at": told.at(-1), "area": DISTRICTS[of.area], "wanted_for": "suspect", "offence": offence, "da": False}, parent=of.ref)  # fmt: skip
    told.decide("detective", 1, "grade_it", "amber" if amber else "green")
    circulated = float(rng.uniform(3, 9) if rng.random() < 0.85 else rng.uniform(30, 60))
    told.do("detective", circulated, "circulate", {"circulated_at": told.at(circulated)})
    found, every = float(np.clip(rng.lognormal(np.log(6), 0.9), 2.6, 80)) * DAY, (2.5 if amber else 6.0) * DAY
    after, reviewed = every + circulated, 6.5 * DAY if amber else 27 * DAY
    while after < found:
        told.do(
            "detective",
            after,
            "attempt",
            {"tried_at": told.at(after), "place": "Last known address", "result": "nobody in"},
        )
        if after > reviewed:
            told.do("sergeant", after + 1, "review", {"reviewed": "Employer and telephone are asked next."})
            reviewed = after + (6.5 if amber else 27) * DAY
        after += every if rng.random() < 0.8 else 2 * every
    told.do(
        "detective", found, "attempt", {"tried_at": told.at(found), "place": "A friend's address", "result": "arrested"}
    )
    told.do("detective", found + 2, "close_found", {"closed_as": "arrested", "ended_at": told.at(found + 2)})
