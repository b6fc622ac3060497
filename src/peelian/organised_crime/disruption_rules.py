"""O5: who moderates a claim, how long somebody's custody, licence or order lasts, and when a plan may close."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from peelian.core.clock import london_day
from peelian.core.kinds import Case, No, Proposal
from peelian.core.local import Local

from .groups_rules import picture_of

POLICY = "force policy on organised crime groups"
PREPARE = Local("disruption.prepare_days_before_end", POLICY)
LEVELS = ("none", "minor", "moderate", "major")  # lowest first


def group_case(case: Any) -> Case | None:
    """The plan's group as the reader may see it."""
    held = case.case(case.plan_group)
    return None if held is None else Case(held, case.at, case.by, around=case.around)


def risk_now(case: Any) -> float | None:
    """The open risk score of the group now; None where it has none, or may not be seen."""
    group = group_case(case)
    risk = picture_of(group).risk if group is not None else None
    return None if risk is None else round(risk.score, 1)


def group_has_score(case: Any) -> bool:
    """The group has an open risk score that you may see: every field of the matrix is asserted."""
    return risk_now(case) is not None


def group_is_mapped(case: Any) -> bool:
    """A plan is opened for a group that was mapped."""
    group = group_case(case)
    return group is not None and group.stage in ("active", "archived")


def another_moderates(case: Any) -> bool:
    """Whoever moderates a disruption did not claim it, and does not own the plan."""
    return case.item is None or case.by.name not in (case.item.it.by, case.owner)


def claimed_first(case: Any) -> bool:
    """A disruption is moderated once; claim it again with new evidence to have it looked at again."""
    return case.item is None or case.item.get("level_moderated") is None


def days_until(end: date, start: datetime) -> int:
    """Whole days from the day of `start` to a day."""
    return (end - london_day(start)).days


def until_it_ends(case: Any, start: datetime) -> Any:
    """Custody, licence or order runs to its last day."""
    return _to(case.until_on, start, f"{case.standing}: its last day is {case.until_on:%-d %B %Y}")


def prepared_before(case: Any, start: datetime) -> Any:
    """What comes next is prepared so many days before it ends, as the force sets."""
    ahead = int(case.local(PREPARE))
    due = date.fromordinal(case.until_on.toordinal() - ahead)
    return _to(due, start, f"{ahead} days before the {case.standing} ends")


def as_agreed(case: Any, start: datetime) -> Any:
    """An action is done by the day that was agreed."""
    return _to(case.due_on, start, f"agreed for {case.due_on:%-d %B %Y}")


def _to(last: date, start: datetime, why: str) -> Any:
    days = days_until(last, start)
    if days < 0:
        return No("that day was over before it was written")
    return f"{days + 1} days beginning with", why, "the plan"


def claims_settled(case: Any) -> bool:
    """Every disruption that was claimed is moderated before the plan closes."""
    return all(row.get("level_moderated") for row in case.claims)


def nobody_left(case: Any) -> bool:
    """The plan goes on while somebody is in custody, on licence or under an order: write what comes next of each."""
    return all(row.get("next_step") for row in case.standings)


def actions_settled(case: Any) -> bool:
    """Every action is done or dropped before the plan closes."""
    return all(row.get("finished_on") for row in case.actions)


def four_p(case: Any) -> str:
    """What the plan does of each of the four, so that what it leaves out is seen."""
    names = ("pursue", "prevent", "protect", "prepare")
    counts = {p: sum(row.which_p == p for row in case.actions) for p in names}
    lacks = [p for p in names if not counts[p]]
    told = ", ".join(f"{p} {n}" for p, n in counts.items())
    return f"{told}{'; nothing yet to ' + ', '.join(lacks) if lacks else ''}"


def scores(case: Any) -> str:
    """The group's open risk as it was noted, one after another."""
    return ", then ".join(f"{row.risk:.1f} ({row.why_scored}, {row.it.at:%-d %B %Y})" for row in case.scorings)


def go_on(case: Any) -> Proposal | None:
    """Propose at a review: watch where the last disruption was major and still holds; else go on."""
    settled = [row for row in case.claims if row.get("level_moderated")]
    if not settled:
        return None
    last = settled[-1]
    holds = last.get("still_holds")
    if last.level_moderated == "major" and holds is not False:
        return Proposal(
            "watch", "the last disruption was major, and nothing says that it does not hold", POLICY, (last.it.id,)
        )
    return Proposal(
        "go_on",
        f"the last disruption was {last.level_moderated}" + ("" if holds is not False else " and does not hold"),
        POLICY,
        (last.it.id,),
    )
