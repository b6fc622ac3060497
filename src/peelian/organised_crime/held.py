"""Every case of a kind that somebody may see, as rules read it: what sheets are made from."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from peelian.core.kinds import Case

if TYPE_CHECKING:
    from peelian.access.actor import Actor


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
