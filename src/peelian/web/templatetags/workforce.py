"""How the page of the workforce shows estimates, shares and what a team holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from peelian.core.document import Estimate

register = template.Library()


@register.filter
def estimate(value: Estimate | None, why: str = "not enough data") -> str:
    """A number with its interval, or why there is none."""
    return why if value is None else value.show(1)


@register.filter
def short(value: Estimate | None) -> str:
    """How many investigators are missing; none where even the upper end of the interval is covered."""
    if value is None:
        return "not known"
    return "none" if value.high <= 0 else value.show(1)


@register.filter
def share(value: Estimate | None) -> str:
    """A share in hundredths with its interval."""
    if value is None:
        return "not enough data"
    return f"{100 * value.value:.0f}% ({100 * value.low:.0f}% to {100 * value.high:.0f}%)"


@register.filter
def held(team: Any, skill: str) -> str:
    """Who holds an accreditation, and who held it once."""
    now, before = team.held.get(skill, 0), team.lapsed.get(skill, 0)
    return f"{now} ({before})" if before else str(now) if now else "–"


@register.filter
def of_team(rows: Sequence[Any], word: str) -> list[Any]:
    """Those whose team's name holds a word."""
    return [row for row in rows if word.casefold() in getattr(row, "name", row.team).casefold()]


@register.filter
def gap_of(gaps: dict[str, Any], ref: str) -> Any:
    """The gap in the support of a case; None where there is none."""
    return gaps.get(ref)
