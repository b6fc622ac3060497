"""P6: a profile of crime before tasking: a case of which the first places stand with what police and each partner count there.

The kind of case is that of every profile before tasking (`profile_tasking`): a partner's feed that is withdrawn takes its rows with it, and
the decision that rested on them stands in the work list.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from peelian.core.clock import london_day
from peelian.core.errors import InvalidInput

from .profile.gather import gather
from .profile.part import say_days
from .profile.partners import counted
from .templates import theme_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from peelian.access.actor import Actor
    from peelian.casework.models import Case

KIND = "profile_tasking"


def lay_profile(
    theme: str, *, actor: Actor, area: str, start: date, end: date, at: datetime, to: str = "", feed: str | None = None
) -> Case:  # fmt: skip
    """Lay a problem profile before tasking.

    Parameters
    ----------
    theme, area, start, end, feed
        As of `peelian.prevention.problem_profiles.problem_profile`.
    actor : Actor
        Whose sight of the records counts, and who opens the case.
    to : str
        Who decides: a username or ``team:CODE``.

    Raises
    ------
    InvalidInput
        ``peelian.E701`` where no place can be told.
    """
    scope = gather(actor, theme_of(theme), area=area, start=start, end=end, on=london_day(at), feed=feed)
    title = f"{scope.theme.title.lower()}, {scope.area}"
    return lay(title, say_days(start, end), counted(scope), actor=actor, at=at, to=to)


def lay(
    theme: str, period: str, rows: Sequence[tuple[str, str, int]], *, actor: Actor, at: datetime, to: str = ""
) -> Case:
    """Open the case, with a row for what each source counts in each place.

    Raises
    ------
    InvalidInput
        ``peelian.E701`` where no place can be told: an empty list before tasking would look like no problem.
    """
    from peelian.casework import store

    if not rows:
        raise InvalidInput(
            "no place of the profile can be laid before tasking", matters="an empty list would look like no problem",
            fix="load the boundaries of LSOAs, or widen the area or the period", id="peelian.E701",
        )  # fmt: skip
    case = store.open_case(
        KIND, "lay_before", {"theme": theme, "period": period, "made_on": london_day(at)}, actor=actor, at=at, to=to
    )
    for what, source, events in rows:
        store.do(case.ref, "count", {"what": what, "source": source, "events": events}, actor=actor, at=at)
    return case
