"""Every case of a kind that somebody may see, as rules read it: what sheets are made from."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from peelian.core.kinds import Case

if TYPE_CHECKING:
    from peelian.access.actor import Actor


_OFFERED = 100  # groups in a form


def held(actor: Actor, at: datetime, kind: str, *, limit: int = 2_000) -> list[tuple[str, Case]]:
    """The cases of a kind with their refs, the newest first, at most `limit` of them; the look is one entry in the log of access.

    Parameters
    ----------
    at : datetime
        The instant of their clocks; what was written down later is left out.
    """
    from peelian.access.actor import record_act
    from peelian.casework.reading import folded
    from peelian.casework.sight import cases

    rows = cases(actor).defer(None).filter(kind=kind, opened_at__lte=at).order_by("-opened_at", "-pk")[:limit]
    found: list[tuple[str, Case]] = []
    for row in rows:
        state, _, around = folded(row, at)
        found.append((row.ref, Case(state, at, around=around)))
    record_act(actor, "consultation", "cases of a kind", detail={"kind": kind, "shown": len(found)}, at=at)
    return found


def counted(hits: int, rows: int) -> Any:
    """A share with its 95% interval: Jeffreys' to 40 rows, Wilson's above; None where there are none.

    References
    ----------
    Brown, L. D., Cai, T. T. and DasGupta, A. (2001). Interval estimation for a binomial proportion. Statistical Science 16(2), 101-133: either
    for small numbers, Wilson's or Agresti and Coull's above 40.

    Examples
    --------
    >>> counted(0, 0) is None, counted(3, 10).show(2)
    (True, '0.30 (0.09 to 0.61)')
    """
    from statsmodels.stats.proportion import proportion_confint

    from peelian.core.document import Estimate

    if not rows:
        return None
    low, high = proportion_confint(hits, rows, alpha=0.05, method="jeffreys" if rows <= 40 else "wilson")
    return Estimate(hits / rows, 0.0 if hits == 0 else float(low), 1.0 if hits == rows else float(high))


def groups(case: Any, *, actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """The organised crime groups that somebody may see, to choose one in a form: its ref, and its name."""
    from peelian.casework.sight import cases, seen_facts

    rows = cases(actor).filter(kind="organised_crime_group", closed=False).order_by("-opened_at", "-pk")[:_OFFERED]
    return [
        (row.ref, f"{seen_facts(row, actor).get('group_name', 'a group')} ({row.stage}, {row.ref[:6]})") for row in rows
    ]


def plans(case: Any, *, actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """The disruption plans that somebody may see, those of the case's group first."""
    from peelian.casework.sight import cases, seen_facts

    rows = cases(actor).filter(kind="disruption_plan", closed=False).order_by("-opened_at", "-pk")[:_OFFERED]
    mine = case.get("group")
    told = [(row, seen_facts(row, actor)) for row in rows]
    told.sort(key=lambda pair: pair[1].get("plan_group") != mine)
    return [(row.ref, f"{facts.get('pursue_aim', 'a plan')[:80]} ({row.ref[:6]})") for row, facts in told]
