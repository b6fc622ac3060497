"""The rules of a problem-solving plan: what must be said on the first day, what is proposed, and what shuts a door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peelian.core.kinds import Proposal
from peelian.core.period import Period

from . import problem_solving_evaluation as evaluation

POLICY = "force policy on problem solving"
TRIAL = "Those left out go without if it works, those in it bear it if it harms: another person weighs that first"


def another_area(case: Any) -> bool:
    """The comparison area is another one than the plan's: without it, nobody can tell what would have happened anyway."""
    return case.comparison.strip().casefold() not in {case.place.strip().casefold(), case.area.strip().casefold()}


def a_year_before(case: Any) -> bool:
    """At least twelve months are counted before, in both areas alike: with fewer, a season looks like an effect."""
    return len(case.history) >= evaluation.MONTHS and len(case.history) == len(case.comparison_history)


def decided_beforehand(case: Any) -> bool:
    """What follows if it works, and if it does not, is written down first: afterwards every figure finds a reason to go on."""
    return bool(case.if_works.strip() and case.if_not.strip()) and case.if_works.strip() != case.if_not.strip()


def cause_tested(case: Any) -> bool:
    """One cause at least is kept after what speaks for and against it was written down. A small plan may go without."""
    return not evaluation.is_full(case) or any(row.get("kept") for row in case.hypotheses)


def response_planned(case: Any) -> bool:
    """At least one response is planned, with its technique and who does it."""
    return bool(case.responses)


def past_is_weighed(case: Any) -> bool:
    """What past plans like this one say is weighed first: the bank holds those that failed, too. A small plan may go without."""
    return not evaluation.is_full(case) or bool(case.past_weighed)


def chance_is_signed_off(case: Any) -> bool:
    """Nothing is assigned by chance before somebody else has signed off its ethics."""
    return not case.get("randomised") or case.ethics == "approved"


def another_signs(case: Any) -> bool:
    """Whoever signs off the ethics has not opened the plan, nor owns it."""
    return case.by.name != case.state.owner and case.by.name not in case.hands("open_plan")


def another_rates(case: Any) -> bool:
    """Whoever sets the level on the methods scale did not count, nor conclude, nor own the plan."""
    return case.by.name != case.state.owner and case.by.name not in case.hands("count_after", "conclude")


def by_chance(case: Any) -> bool:
    """People or places are assigned by chance."""
    return bool(case.get("randomised"))


def counted_as_long(case: Any) -> bool:
    """It is counted for as many months as the plan said on its first day, so that nobody stops counting while it looks good."""
    return not evaluation.is_full(case) or len(case.after) >= case.months_after


def compared_as_planned(case: Any) -> bool:
    """The comparison area is counted for the same months, or not at all where it can no longer be had."""
    return len(case.get("comparison_after") or ()) in (0, len(case.after))


def both_beside(case: Any) -> bool:
    """What lies beside the plan is counted before and after, or neither."""
    return (case.get("beside_before") is None) == (case.get("beside_after") is None)


def small_areas_whole(case: Any) -> bool:
    """Small areas stand on both sides, each with a count for every month, before and after."""
    inside, outside = (
        [evaluation.series_of(line) for line in case.get(name) or ()] for name in ("small_inside", "small_outside")
    )
    months = {len(row) for row in (*inside, *outside)}
    return bool(inside) == bool(outside) and len(months) <= 1 and all(n > len(case.after) for n in months)


def as_counted(finding: str) -> Any:
    def rule(case: Any) -> bool:
        return evaluation.evaluate(case).finding == finding

    rule.__doc__ = f"A {finding} is found only where the interval of the evaluation leaves out no change; else the plan cannot show an effect."
    return rule


def nothing_undone(case: Any) -> bool:
    """Every response is carried out, in part or not at all, and says so: a plan that was not carried out says nothing of its idea."""
    return all(row.get("fidelity") for row in case.responses)


def shared_in_and_out(case: Any) -> bool:
    """The result is shared inside the force and with a partner, failures too: another team would try it again."""
    reach = {row.reach for row in case.sharings}
    asked = any(row.it.to for row in case.lesson)
    return "inside the force" in reach and (asked or bool(reach & {"with a partner", "nationally"}))


def rated(case: Any) -> bool:
    """Somebody else has set its level on the methods scale."""
    return bool(case.level)


def has_not_begun(case: Any) -> bool:
    """Nothing was done yet: what was begun is evaluated, not dropped."""
    return not case.times("respond")


def finding_of(case: Any) -> Proposal:
    """What the evaluation finds."""
    told = evaluation.evaluate(case)
    return Proposal(told.finding, told.why, f"{told.design}; methods scale {told.level}")


def level_of(case: Any) -> Proposal:
    """The level that the design reaches on the Maryland scale."""
    told = evaluation.evaluate(case)
    return Proposal(
        told.level,
        f"{told.design}: {evaluation.LEVELS[told.level]}",
        "Maryland Scientific Methods Scale, Sherman and others 1997",
    )


def ethics_of(case: Any) -> Proposal:
    """Nothing is approved by a rule: until somebody has weighed it, it is refused."""
    return Proposal("refused", f"people or places are assigned by chance; to weigh: {case.ethics_asked}", TRIAL)


def counting_over(case: Any, start: datetime) -> Any:
    """The plan ends when it has been counted for as long as it said."""
    if evaluation.is_full(case):
        return (
            Period.after(months=case.months_after),
            f"{case.months_after} months, as the plan says",
            "the plan",
            "local",
        )
    return Period.after(months=case.before_months), "as long as before", "the plan", "local"


def now_says(case: Any) -> str:
    """Where the plan stands, in words."""
    if case.get("finding"):
        return f"{case.finding}: {evaluation.evaluate(case).why}"
    if not evaluation.is_full(case):
        return "a small plan: it cannot show an effect by itself; the bank puts it together with others like it"
    return f"not evaluated yet. What it could show: {case.can_show.partition('.')[0].lower()}"
