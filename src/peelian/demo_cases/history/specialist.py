"""Three years of specialist casework: plans tested, lessons that hold or come back, requirements filled, help given.

What it is drawn from: objectives are met more often since somebody follows lessons up; one district is filled far slower; what is called
nearly certain is not. Armed policing is told by `armed`.
"""

from __future__ import annotations

import numpy as np

from ..play import DISTRICTS, Play
from . import Truth, armed
from .course import DAY, MONTH, Course, by_district, chance, day, instants, one_of

PURPOSE = "planning"
RATES = {"mobilisation": 2.2, "aid": 0.35}  # cases a month
FOLLOWED = 16  # months ago somebody was named who follows lessons up
MET = (0.55, 0.88)  # share of objectives met, before and after
MINUTES = (115.0, 125.0, 205.0)  # median until a requirement is filled, by district
SURE = 0.70  # share that is filled of those said to be filled with a probability of 0.9 or more
PLANS = (
    ("Rail or coach accident", "civil emergencies"), ("Siege", "serious and organised crime"), ("Unlicensed event", "public disorder"),
    ("Wide search for a child", "child sexual abuse"), ("Loss of the control room", "national cyber event"), ("Suspicious package", "terrorism"),
)  # fmt: skip
# A line of a plan, the role, its minutes, and what it reads after each lesson.
LINES = (
    ("Call the duty inspector with the first call", "control room", 15, ("Call the duty inspector and the specialist on call together", "Call both by one group call")),
    ("Units muster at the nearest station", "bronze commander", 60, ("Units muster at the place that the plan names for the district", "Units muster there, with a guide at the gate")),
)  # fmt: skip


def tell(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Play so many months, up to now."""
    _exercises(play, rng, truth, months)
    _mobilisations(play, rng, truth, months)
    _aid(play, rng, truth, months)
    armed.tell(play, rng, truth, months)


# -- S2 ------------------------------------------------------------------------------------------------------------------------


def _exercises(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    truth.say("S2", "exercise.objectives_met", MET[0], "lessons lie", since=months, until=FOLLOWED)
    truth.say("S2", "exercise.objectives_met", MET[1], "somebody follows lessons up", since=FOLLOWED)
    for n, (title, threat) in enumerate(PLANS):
        begun = (months - 0.2 * n) * MONTH
        plan = Course(
            play, play.open("planner", begun, "police_plan", "write_plan", {"title": title, "threat": threat})
        )
        rows = [plan.do("planner", begun - 1, "add_line", {"number": k, "wording": words, "role": role, "within_minutes": within})
                for k, (words, role, within, _) in enumerate(LINES, 1)]  # fmt: skip
        plan.do("superintendent", begun - 5 * DAY, "approve_plan")
        _programme(play, rng, plan, [f"plan_lines-{row}" for row in rows], (title, threat), begun)


def _programme(
    play: Play, rng: np.random.Generator, plan: Course, lines: list[str], what: tuple[str, str], begun: float
) -> None:
    """Tests of one plan, some seven months apart; a lesson that is open on a line is closed by the next test, or comes back."""
    waits: dict[int, Course] = {}
    changes = [0, 0]
    reviewed = begun - 5 * DAY
    held = begun - float(rng.uniform(2, 7)) * MONTH
    while held > 5 * DAY:
        if reviewed - held > 10.5 * MONTH:
            reviewed = held + 3 * DAY
            plan.do("inspector", reviewed, "review_plan", {"reviewed": "Sound; contacts renewed."})
        given = {"title": f"{what[0]}, {play.ago(held):%B %Y}", "plan": plan.ref, "threat": what[1], "sort": one_of(rng, ("tabletop", "live", "control post")),
                 "planned_for": play.ago(held), "partners": "Fire, ambulance, the county council"}  # fmt: skip
        test = Course(play, play.open("planner", held + 25 * DAY, "exercise", "plan_exercise", given))
        aims = [
            test.do(
                "planner",
                held + 24 * DAY,
                "set_objective",
                {"aim": f"Line {k} works as it reads", "tests_line": k, "planned_minutes": line[2]},
            )
            for k, line in enumerate(LINES, 1)
        ]
        test.do("planner", held, "hold", {"held_at": play.ago(held), "cost_pounds": float(rng.integers(4, 90)) * 100})
        met = [chance(rng, MET[held < FOLLOWED * MONTH]) for _ in LINES]
        for k, (row, line) in enumerate(zip(aims, LINES, strict=True)):
            minutes = line[2] * float(rng.uniform(0.6, 1.0) if met[k] else rng.uniform(1.15, 2.0))
            again = (
                {"no_lesson_because": "The lesson of the last test is still open."} if not met[k] and k in waits else {}
            )
            test.do(
                "planner",
                held - DAY,
                "score",
                {"result": "met" if met[k] else "not met", "achieved_minutes": int(minutes), **again},
                item=f"objectives-{row}",
            )
        plan.do("planner", held - DAY, "note_test", {"tested_by": test.ref})
        test.do(
            "planner",
            held - 9 * DAY,
            "hold_debrief",
            {"debriefed_at": play.ago(held - 9 * DAY), "debrief": "What was slow, and why; no blame."},
        )
        for k in range(len(LINES)):
            _learn(play, rng, plan, test, lines[k], k, met[k], held, waits, changes)
        test.do("sergeant", held - 30 * DAY, "close_exercise")
        held -= float(rng.uniform(6, 8)) * MONTH


def _learn(
    play: Play,
    rng: np.random.Generator,
    plan: Course,
    test: Course,
    row: str,
    k: int,
    met: bool,
    held: float,
    waits: dict[int, Course],
    changes: list[int],
) -> None:
    """What a test says of one line: an open lesson is closed or comes back, a new one is opened; then the line is changed."""
    at = held - 12 * DAY
    if (lesson := waits.get(k)) is not None:
        if met:
            lesson.do("sergeant", at, "close_lesson", {"retest": test.ref})
            del waits[k]
            return
        lesson.do("planner", at, "retest_failed", {"retest": test.ref, "due_on": day(play, at - 90 * DAY)})
    elif met or test.over or at < DAY:
        return
    else:
        given = {"statement": f"Line {k + 1} took longer than planned", "category": one_of(rng, ("process", "people", "kit")), "root_cause": "Nobody's task until somebody asked.",
                 "plan": plan.ref, "line": k + 1, "due_on": day(play, at - 60 * DAY)}  # fmt: skip
        lesson = waits[k] = Course(play, play.open("planner", at, "lesson", "learn", given, parent=test.ref))
    words = LINES[k][3][changes[k] % len(LINES[k][3])]
    changes[k] += 1
    at -= DAY * float(rng.uniform(15, 50) if held < FOLLOWED * MONTH else rng.uniform(40, 110))
    lesson.do("planner", at + DAY, "word_it", {"wanted_wording": words})
    plan.do("planner", at, "change_line", {"wording": words, "for_lesson": lesson.ref}, item=row)
    lesson.do("planner", at, "note_change", {"changed_at": play.ago(at)})


# -- S1 and S3 -----------------------------------------------------------------------------------------------------------------


def _mobilisations(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    by_district(
        play,
        truth,
        months,
        "S1",
        "mobilisation.minutes_to_fill",
        MINUTES,
        "vehicles come from the other end of the county",
    )
    truth.say("S1", "mobilisation.sure_and_filled", SURE, "what is called nearly certain is not", since=months)
    for n, asked in enumerate(instants(rng, months, RATES["mobilisation"])):
        place, sure = int(rng.integers(3)), chance(rng, 0.6)
        given = {"area": DISTRICTS[place], "threat": one_of(rng, ("public disorder", "civil emergencies", "terrorism")), "what_for": one_of(rng, ("A match", "A march", "A search", "A cordon")),
                 "asked_at": play.ago(asked), "needed_at": play.ago(asked - 6), "until_at": play.ago(asked - 14)}  # fmt: skip
        one = Course(play, play.open("planner", asked, "mobilisation", "require", given))
        one.do("planner", asked - 0.1, "add_requirement", {"number": 6, "skill": "public order level 2"})
        chance_said = float(round(rng.uniform(0.91, 0.98) if sure else rng.uniform(0.55, 0.85), 2))
        one.do("planner", asked - float(rng.uniform(0.2, 0.65)), "record_answer", {
            "probability": chance_said, "probability_low": round(chance_said - 0.06, 2), "probability_high": round(min(chance_said + 0.04, 1.0), 2)})  # fmt: skip
        who = ", ".join(str(91000 + 10 * n + k) for k in range(9))
        row = one.do(
            "planner", asked - 0.7, "call", {"for_line": 1, "called_at": play.ago(asked - 0.7), "called_numbers": who}
        )
        whole, filled = (
            chance(rng, SURE if sure else 0.5),
            asked - max(0.9, MINUTES[place] / 60 * float(rng.lognormal(0, 0.3))),
        )
        came = 6 if whole else int(rng.integers(3, 6))
        one.do("planner", filled, "count_in", {"came": came, "came_at": play.ago(filled)}, item=f"calls-{row}")
        if not whole:
            one.do(
                "planner",
                filled,
                "name_gap",
                {"gap_line": 1, "missing": 6 - came, "done_about_it": "the commander accepts it"},
            )
        one.do("sergeant", filled, "fill", {"filled_at": play.ago(filled)})
        one.do(
            "sergeant",
            asked - 15,
            "stand_down",
            {"stood_down_at": play.ago(asked - 15), "rest_owed": "Nobody is owed rest."},
        )


def _aid(play: Play, rng: np.random.Generator, truth: Truth, months: int) -> None:
    """Help given and asked for; a fifth is refused."""
    truth.say("S3", "mutual_aid.requests_refused", 0.2, "refused, with why", since=months)
    for asked in instants(rng, months, RATES["aid"]):
        given = {"direction": one_of(rng, ("given", "asked for"), (0.65, 0.35)), "tier": one_of(rng, ("force to force", "regional", "national")), "basis": "Police Act 1996, s.24",
                 "other_force": one_of(rng, ("Northshire", "Eastmarch", "Southdown")), "threat": "public disorder", "what": "Public order officers, level 2", "number_wanted": 11,
                 "asked_at": play.ago(asked), "needed_at": play.ago(asked - 12), "until_at": play.ago(asked - 60)}  # fmt: skip
        one = Course(play, play.open("planner", asked, "mutual_aid", "request", given))
        if chance(rng, 0.2):
            one.do("superintendent", asked - 1, "refuse_request", {"why_refused": "Least cover of two districts."})
            continue
        one.do("planner", asked - 0.5, "set_aim", {"aim": "Hold the cordon"})
        came = 11 if chance(rng, 0.8) else 8
        fewer = {} if came == 11 else {"why_fewer": "Least cover of one district"}
        one.do(
            "inspector",
            asked - float(rng.uniform(0.6, 2.6)),
            "offer_people",
            {"offered_number": came, "terms": "Duties of 12 hours, beds, own inspector.", **fewer},
        )
        one.do("planner", asked - 11, "deploy", {"deployed_at": play.ago(asked - 11), "deployed_number": came})
        for k in range(4):
            rest = round(float(rng.uniform(11, 13) if chance(rng, 0.75) else rng.uniform(8, 10.5)), 1)
            one.do(
                "planner",
                asked - 22 - 11 * k,
                "check_welfare",
                {"checked_at": play.ago(asked - 22 - 11 * k), "longest_duty": 13.0, "shortest_rest": rest, "hurt": 0},
            )
        one.do("planner", asked - 59, "come_back", {"returned_at": play.ago(asked - 59)})
        one.do(
            "planner", asked - 60, "score_aim", {"result": "met" if chance(rng, 0.8) else "partly met"}, item="aims-2"
        )
        one.do(
            "sergeant",
            asked - float(rng.uniform(20, 70)) * DAY,
            "settle",
            {"cost_pounds": float(rng.integers(140, 260)) * 100, "cost_agreed": "paid"},
        )
