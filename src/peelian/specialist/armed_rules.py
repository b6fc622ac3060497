"""What must be so before an assessment of armed policing comes into force and a deployment is recorded."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from peelian.core.clock import london_day, start_of_day
from peelian.core.dated import Dated, Table
from peelian.core.kinds import No
from peelian.core.period import Period

_FILE = Path(__file__).with_name("armed_policing.toml")
YEARLY = Dated(_FILE, "assessment_every", Period)
HALF_YEARLY = Dated(_FILE, "review_every", Period)
NATIONAL = Table(
    _FILE, "national_firearms", gives={"operations": int, "arv_percent": int, "discharges": int, "officers": int}
)
ATTACK = "marauding terrorist attack"


def every(value: Dated) -> Any:
    """A clock's limit from a dated value, with its source."""

    def limit_of(case: Any, start: datetime) -> Any:
        found = value.look(on=london_day(start))
        return found.value, "", found.source, found.evidence, found.version

    return limit_of


def one_to_five(case: Any) -> bool:
    """Likelihood and impact are whole numbers from 1 to 5."""
    return bool(1 <= case.likelihood <= 5 and 1 <= case.impact <= 5)


def above_nought(case: Any) -> bool:
    """The number that is wanted is above nought."""
    return bool(case.wanted > 0)


def attack_assessed(case: Any) -> bool:
    """A marauding terrorist attack is among the threats assessed."""
    return any(row.heading == ATTACK for row in case.threats)


def needs_known(case: Any) -> bool:
    """What is needed by role and shift is written down before the assessment comes into force."""
    return bool(case.needs)


def another_approves(case: Any) -> bool:
    """Whoever approves the assessment has not made it."""
    return case.by.name not in case.hands("assess")


def ranked(case: Any) -> list[str]:
    """Threats, most likely harm first: likelihood times impact."""
    rows = sorted(case.threats, key=lambda row: -row.likelihood * row.impact)
    return [f"{row.heading}: {row.likelihood} x {row.impact} = {row.likelihood * row.impact}" for row in rows]


def open_gaps(case: Any) -> list[str]:
    """Gaps that nobody has settled yet."""
    return [
        f"{row.gap_role}: {row.have} of {row.need} ({row.option}, {row.gap_owner})"
        for row in case.gaps
        if row.get("settled_on") is None
    ]


def until_settled(case: Any, start: datetime) -> Any:
    """The days until the day by which a gap is to be settled."""
    days = (case.settle_by - london_day(start)).days
    if days < 1:
        return No("the day that was given lay behind when the gap was written down")
    return Period.after(days=days), f"to be settled by {case.settle_by:%d %B %Y}"


def shot_referred(case: Any) -> bool:
    """After a shot was fired the referral to professional standards is recorded."""
    return not case.shots_fired or case.get("referred_at") is not None


def ended_after(case: Any) -> bool:
    """A deployment ends after it was authorised."""
    return bool(case.ended_at >= case.authorised_at)


def before_the_course(case: Any, start: datetime) -> Any:
    """The days until the course on which those whose qualification runs out must be booked."""
    until = start_of_day(case.course_on)
    days = (london_day(until) - london_day(start)).days
    return (
        (Period.after(days=days), f"the course is on {case.course_on:%d %B %Y}")
        if days >= 1
        else No("the course has been")
    )


def counts_add_up(case: Any) -> bool:
    """Those who renewed and those who lapsed are together as many as ran out."""
    return bool(case.renewed + case.lapsed == case.running_out)
