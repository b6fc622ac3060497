"""What each force brings to a joint investigation, and what must be so before one works in the other's area."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peelian.core.kinds import No
from peelian.core.local import Local

AGREEMENT = "collaboration agreement of the joint unit"
ACCEPT, PLAN, OURS, ANSWER, CLIMB = (
    Local(f"joint_unit.{name}", AGREEMENT)
    for name in ("accept_within", "plan_within", "review_every", "other_answers_within", "climb_every")
)


def terms(case: Any) -> Any:
    """The newest terms that the other force stated, or None."""
    said = [row for row in case.other_force if row.it.answered_at and not row.it.declined]
    return max(said, key=lambda row: row.it.answered_at, default=None)


def other_joined(case: Any) -> bool:
    """The other force has answered: who owns it there, on what legal basis, and how often it reviews."""
    return terms(case) is not None


def both_authorise(case: Any) -> bool:
    """Each force has stated its own legal basis: what one may do does not authorise the other."""
    return bool(case.our_basis) and other_joined(case) and bool(terms(case).get("basis"))


def covered(case: Any) -> bool:
    """A tactic that needs an authority names the authority of the force that uses it."""
    return case.needs_authority == "none" or bool(case.get("authority"))


def their_review(case: Any, start: datetime) -> Any:
    """Reviewed by the other force as often as its own rule says."""
    found = terms(case)
    if found is None:
        return No("the other force has not joined yet")
    return (
        f"{found.review_days} days after",
        "the other force's own rule, as it stated it",
        "terms of the other force",
        "local",
    )


def may_be_told(case: Any) -> bool:
    """What is told to the other force is marked as such, on the basis of the agreement between the forces."""
    return bool(case.get("agreement"))


def objectives_judged(case: Any) -> bool:
    """Every objective has a result before the investigation closes."""
    return bool(case.objectives) and all(row.get("result") for row in case.objectives)
