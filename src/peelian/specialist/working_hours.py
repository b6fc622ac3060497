"""Rest between duties and the longest duty, for everybody who is sent somewhere."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

from peelian.core.dated import Dated
from peelian.core.kinds import No
from peelian.core.local import Local
from peelian.core.period import Period

_FILE = Path(__file__).with_suffix(".toml")
POLICY = "force policy on working time"
REST = Local("working_time.rest_hours", POLICY, default=Dated(_FILE, "rest_hours", int))
LONGEST = Local("working_time.longest_duty_hours", POLICY)
SECONDMENT = Dated(_FILE, "secondment_after", Period)
MOST_MINUTES = 99_999


def until(name: str, why: str) -> Any:
    """A clock's limit: until the instant that a fact of the case names."""

    def limit_of(case: Any, start: datetime) -> Any:
        minutes = ceil((getattr(case, name) - start).total_seconds() / 60)
        if minutes < 1:
            return No("the time that was given had passed when the clock began")
        if minutes > MOST_MINUTES:
            return Period.after(days=minutes // 1440), why
        return Period.parse(f"{minutes} minutes"), why

    return limit_of
