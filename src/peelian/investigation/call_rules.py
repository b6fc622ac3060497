"""How a call is graded, how long it then took, and what is to be secured. Times come from command and control, never from a reason typed."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from peelian.core.clock import LONDON, london_day
from peelian.core.dated import Table
from peelian.core.kinds import Proposal
from peelian.core.local import Local
from peelian.core.period import Period

POLICY = "force policy on grading and attendance"
FILE = Path(__file__).with_name("call_assessment.toml")
SIGNS = Table(FILE, "grade_signs", gives={"grade": str})
PROMPTS = Table(FILE, "golden_hour", gives={"prompt": str})
UNSURE = "caller cannot say"
GRADES = ("resolve", "scheduled", "priority", "immediate")
SERIOUS = ("danger_to_life", "violence", "serious_injury", "serious_damage", "in_progress")
OTHER = ("vulnerable", "domestic", "evidence_lost", "repeat", "needs_visit")
BLOCKS = {
    "life": "Preserve life",
    "scene": "Preserve scenes",
    "evidence": "Secure evidence",
    "people": "Victims and witnesses",
    "suspects": "Suspects",
}
URBAN, RURAL, PRIORITY, SCHEDULED, RESOLVE = (
    Local(f"calls.{name}_within", POLICY) for name in ("immediate_urban", "immediate_rural", "priority", "scheduled", "resolve")
)  # fmt: skip
TARGETS = (URBAN, RURAL, PRIORITY, SCHEDULED, RESOLVE)


def grading(case: Any) -> Proposal:
    """The highest grade that a sign points to. A sign that is not known is never taken as absent: it points one step lower than yes."""
    on, told, asked = london_day(case.at), (*SERIOUS, *OTHER), []
    for sign in told:
        answer = case.get(sign)
        if answer in ("yes", UNSURE):
            row = SIGNS.look(on=on, sign=sign)
            rank = max(1, GRADES.index(row["grade"]) - (answer == UNSURE))
            asked.append((rank, sign.replace("_", " ") + (" not known" if answer == UNSURE else ""), row))
    top = max((rank for rank, _, _ in asked), default=0)
    # A lower grade is proposed only when every sign that could raise it was asked about.
    _all_known(case, () if top == 3 else SERIOUS if top == 2 else told)
    if not asked:
        return Proposal(
            "resolve", "none of the ten signs is there", "Peelian's proposal for a local grading policy (design)"
        )
    first = next(row for rank, _, row in asked if rank == top)
    words = ", ".join(words for rank, words, _ in asked if rank == top)
    return Proposal(GRADES[top], words, f"{first.source} ({first.standing})", version=first.version)


def _all_known(case: Any, signs: tuple[str, ...]) -> None:
    """Ask for each sign: `Unset` names the first that nobody asked the caller about."""
    for sign in signs:
        getattr(case, sign)


def target(case: Any, start: datetime) -> Any:
    """How soon, by grade and setting, in the force's own table as it stood."""
    grade = case.grade
    which = {"priority": PRIORITY, "scheduled": SCHEDULED, "resolve": RESOLVE}.get(grade)
    if which is None:
        which = URBAN if case.setting == "urban" else RURAL
    value, since, source, evidence = case.around.local(which, start, first=True)
    period = value if isinstance(value, Period) else Period.parse(str(value))
    words = f"graded {grade}" + (f", {case.setting}" if grade == "immediate" else "")
    return period, words, source, evidence, since.date() if since else ""


def visited(case: Any) -> bool:
    """It is resolved without a visit."""
    return bool(case.grade != "resolve")


def not_visited(case: Any) -> bool:
    """A unit is sent, or an appointment made."""
    return bool(case.grade == "resolve")


def graded_so(case: Any) -> bool:
    """The call is graded to be resolved without a visit. Grade it again first."""
    return bool(case.grade == "resolve")


def kept(case: Any, start: datetime) -> Any:
    """It is overwritten or spoilt after the hours that its owner stated."""
    return Period.hours(case.kept_hours), "as its owner states", "the owner's own statement", "local", ""


def in_order(case: Any) -> bool:
    """The unit was sent after the call came in, and was there after it was sent."""
    sent, there = case.get("dispatched_at"), case.get("arrived_at")
    known = [t for t in (case.called_at, sent, there) if t is not None]
    return known == sorted(known) and (there is None or sent is not None)


def graded_at(case: Any, *, last: bool = False) -> datetime | None:
    """When it was graded: first, or last before a unit was there."""
    times = sorted((*case.times("grade_call"), *case.times("grade_again")))
    return (times[-1] if last else times[0]) if times else None


def minutes_to(case: Any, fact: str, *, last: bool = False) -> float | None:
    """Minutes from the grade to a time, worked out from the times alone."""
    since = graded_at(case, last=last)
    return None if since is None else (getattr(case, fact) - since).total_seconds() / 60


def on_target(case: Any, *, last: bool) -> bool:
    """Whether the unit was there within the target of the grade that stands, from the first or the last grading."""
    start = graded_at(case, last=last)
    assert start is not None  # `where` leaves out what was never graded
    period, *_ = target(case, start)
    return bool(case.arrived_at < period.due(start))


def grades(case: Any) -> list[str]:
    """The grades that were given, in order."""
    return [t.outcome for t in case.state.taken if t.name in ("grade_call", "grade_again")]


def lowered(case: Any) -> bool:
    """Whether the last grade stands lower than the first."""
    given = [GRADES.index(g) for g in grades(case)]
    return given[-1] < given[0]


def delay(case: Any) -> str:
    """How far the first grade's target was missed, worked out from the times of command and control; empty where it was met."""
    start = graded_at(case)
    if start is None or case.grade == "resolve":
        return ""
    there = case.get("arrived_at")
    period, words, *_ = target(case, start)
    late = (there or case.at) - period.due(start)
    if late.total_seconds() < 0:
        return ""
    sent = case.get("dispatched_at")
    told = [f"{'there' if there else 'nobody there yet,'} {_long(late)} after the target ({period}, {words})"]
    told += [f"sent {_long(sent - start)} after the first grade"] if sent else []
    held = linked(case).get("held_seconds")
    told += [f"research can have held the unit for {held / 60:.0f} minutes"] if held else []
    return "; ".join(told)


def _long(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


def linked(case: Any) -> dict[str, Any]:
    """What the domestic-abuse incident says that this call is linked to, for a reader who may see it."""
    ref = case.get("abuse")
    other = case.case(ref) if ref else None
    return dict(other.facts) if other is not None else {}


def history(case: Any) -> str:
    """Where the intelligence pack of the linked incident stands, by the times of its own case; nothing waits for it."""
    told = linked(case)
    if not told.get("pack"):
        return ""
    asked, done = told.get("asked_at"), told.get("pack_done_at")
    if done and asked:
        return f"intelligence pack {told['pack']}, complete {round((done - asked).total_seconds())} seconds after it was asked for"
    return f"intelligence pack {told['pack']}, not complete; the unit does not wait for it"


def latest(case: Any) -> dict[str, Any]:
    """The last answer to each block of the golden hour."""
    return {row.block: row for row in case.golden}


def to_do(case: Any) -> list[tuple[str, str, str]]:
    """Each block of the golden hour: its name, what to secure for this offence, and how it stands."""
    answered = latest(case)
    rows = []
    for block, words in BLOCKS.items():
        row = answered.get(block)
        found = PROMPTS.look(on=london_day(case.at), block=block, offence=case.get("offence") or "other")
        how = (
            "not asked yet"
            if row is None
            else f"{row.answer} ({row.asked_of})" + (f": {row.get('why')}" if row.get("why") else "")
        )
        rows.append((words, found["prompt"], how))
    return rows


def prompts(case: Any) -> str:
    """The blocks of the golden hour that are not answered; what each means for this offence stands on the sheet."""
    if case.get("grade") in (None, "resolve"):
        return ""
    answered = latest(case)
    return ", ".join(
        words for block, words in BLOCKS.items() if block not in answered or answered[block].answer == "outstanding"
    )


def soon_lost(case: Any) -> str:
    """What will be lost, and when, the first first."""
    rows = [r for r in case.perishables if not any(r.get(n) for n in ("got_at", "dropped_at", "lost_at"))]
    known = sorted((r.made_at + timedelta(hours=r.kept_hours), r.what) for r in rows if r.get("kept_hours"))
    unknown = [r.what for r in rows if not r.get("kept_hours")]
    said = [
        f"{what} {'may be lost already, since' if when <= case.at else 'by'} {when.astimezone(LONDON):%H:%M on %-d %B}"
        for when, what in known
    ]
    return "; ".join([*said, *(f"{what}: ask how long it is kept" for what in unknown)])


def reasoned(case: Any) -> bool:
    """A block that is not needed, or outstanding, says why."""
    return case.answer == "done" or bool(case.get("why"))


def all_asked(case: Any) -> bool:
    """Each of the five blocks of the golden hour is answered: done, not needed, or handed over as outstanding."""
    return set(latest(case)) == set(BLOCKS) and all(
        row.answer != "outstanding" or row.asked_of == "hand-over" for row in latest(case).values()
    )


def nothing_perishing(case: Any) -> bool:
    """What will be lost is got, lost or not needed; or an investigation was opened that takes it over."""
    return not soon_lost(case) or bool(case.children("crime_investigation"))
