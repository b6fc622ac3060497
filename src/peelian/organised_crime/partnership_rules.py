"""What counts as engagement of a partner at the board, and when a partner's silence goes from chief to chief."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peelian.core.kinds import Case, Proposal, State
from peelian.core.local import Local

from .terms import by_the_end_of

TERMS = "terms of reference of the partnership board"
ACCEPT, JUDGE, ANSWER, USE, CHIEF, CLIMB, RECORD = (
    Local(f"partnership.{name}", TERMS)
    for name in (
        "accept_within", "judge_every", "answer_within", "use_within", "chief_answers_within", "climb_every", "record_within_days",
    )
)  # fmt: skip
DEPUTIES, SILENT, LEAD_DAYS = (
    Local(f"partnership.{name}", TERMS) for name in ("deputies_running", "silent_requests", "days_before_board")
)
PLAN, PLAN_ACTS = "disruption_plan", ("set_aims", "agree")  # another module's kind, and what changes such a plan
SOURCE = "Attending is no engagement; HMIC, PEEL effectiveness 2016, area for improvement on partners at senior level"


def deputies_running(case: Any, since: datetime | None = None) -> int:
    """At how many of the last meetings, one after another, the member did not come; of those written down after `since`, where it is given."""
    running = 0
    for row in sorted(case.attendance, key=lambda r: (r.held_on, r.it.seq), reverse=True):
        if row.came == "member" or (since is not None and row.it.at <= since):
            break
        running += 1
    return running


def requests(case: Any) -> list[Case]:
    """The requests to this partner, as cases."""
    return [Case(state, case.at, around=case.around) for state in case.children("board_request")]


def silent(case: Any) -> int:
    """How many requests lie unanswered past their day."""
    return sum(one.stage == "open" and one.passed("help_answered") for one in requests(case))


def changed_plans(case: Any) -> list[Case]:
    """Requests whose answer changed a group's plan."""
    return [one for one in requests(case) if one.stage == "changed"]


def actions_done(case: Any) -> list[Any]:
    """The actions that the partner took on and did."""
    return [row for row in case.actions if row.get("done_at")]


def engagement(case: Any) -> Proposal:
    """Engaged is who changes something: an answer that changed a plan, or an action done. Coming is not enough."""
    plans, done, came = changed_plans(case), actions_done(case), case.attendance
    said = (
        f"answers that changed a group's plan: {len(plans)}; actions done: {len(done)}; "
        f"meetings running without the member: {deputies_running(case)}"
    )
    if plans or done:
        return Proposal("engaged", said, SOURCE, tuple(row.it.id for row in done))
    if any(row.came != "nobody" for row in came):
        return Proposal("attends_only", said, SOURCE, tuple(row.it.id for row in came))
    return Proposal("not_engaged", said, SOURCE)


def something_changed(case: Any) -> bool:
    """An answer changed a group's plan, or an action was done. Attending alone never counts as engagement."""
    return bool(changed_plans(case) or actions_done(case))


def must_escalate(case: Any) -> bool:
    """The member came, and no request lies unanswered, since it last went from chief to chief: it need not go there."""
    spoken = max(case.times("chief_answers"), default=None)
    return bool(
        deputies_running(case, spoken) >= int(case.local(DEPUTIES))
        or (case.children("board_request") and silent(case) >= int(case.local(SILENT)))
    )


def before_the_board(case: Any, start: datetime) -> Any:
    """So many days before the next board, so that the chiefs have spoken when it meets."""
    days = int(case.local(LEAD_DAYS))
    return by_the_end_of(start, case.next_board_on, f"{days} days before the next board", days=-days)


def after_the_board(case: Any, start: datetime) -> Any:
    """So many days after the board meets, who came is written down."""
    days = int(case.local(RECORD))
    return by_the_end_of(start, case.next_board_on, f"{days} days after the board", days=days)


def answered(case: Any) -> bool:
    """The partner has answered."""
    return any(row.it.answered_at for row in case.help)


def last_answer(case: Any) -> datetime | None:
    """When the partner answered last."""
    return max((row.it.answered_at for row in case.help if row.it.answered_at and not row.it.declined), default=None)


def plan_entry(case: Any) -> Any:
    """The last entry that changed the group's plan after the answer came; None where there is none, or the plan may not be seen."""
    plan: State | None = case.case(case.plan)
    since = last_answer(case)
    if plan is None or since is None or plan.kind.name != PLAN:
        return None
    if case.get("group") and plan.facts.get("plan_group") not in (None, case.group):
        return None
    return next((e for e in reversed(plan.entries) if e.known >= since and e.name in PLAN_ACTS), None)


def plan_was_changed(case: Any) -> bool:
    """The group's plan is on record and was changed after the answer came: change an aim or agree an action in the plan first."""
    return plan_entry(case) is not None


def trace(case: Any) -> str:
    """Which entry of the plan's journal the answer led to."""
    found = plan_entry(case)
    return f"entry {found.seq} of plan {case.plan}: {'an action agreed' if found.name == 'agree' else 'aims changed'}"


def days_to_letter(case: Any) -> float | None:
    """Days from the escalation to the chief's letter."""
    asked, wrote = case.times("escalate"), case.times("write_to_chief")
    return (wrote[-1] - asked[-1]).total_seconds() / 86400 if asked and wrote and wrote[-1] >= asked[-1] else None
