"""What limit a clock has at an instant, where it comes from, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peelian.core.clock import london_day
from peelian.core.errors import PeelianError
from peelian.core.local import Local
from peelian.core.period import Period, Unit

from .case import Around, Case, working_time
from .journal import Item, State
from .refusals import Unset
from .words import Clock, Limit, No


@dataclass(slots=True)
class Found:
    """What a look for the limit gave: a period, or why there is none."""

    period: Period | None = None
    why: str = ""
    source: str = ""
    evidence: str = ""
    version: str = ""
    unset: bool = False
    since: datetime | None = None

    def key(self) -> tuple[Any, ...]:
        return self.period, self.why, self.unset


def limit_at(clock: Clock, state: State, row: Item | None, start: datetime, around: Around) -> Found:
    """The limit of a clock, by what is so after the last entry; for a run that started at `start`."""
    found = _limit(clock, Case(state, max(start, state.entries[-1].at), item=row, around=around), start)
    if found.period is not None and found.period.unit is Unit.WORKING_HOURS:
        try:
            working_time(state.kind, around, start)
        except Unset as unset:
            return Found(why=unset.summary, unset=True)
    return found


def _limit(clock: Clock, case: Case, start: datetime) -> Found:
    limit, source_of_kind = clock.limit, case.kind.source
    try:
        if clock.when is not None and not clock.when(case):
            return Found(why=(clock.when.__doc__ or "it does not apply").strip().splitlines()[0])
        if isinstance(limit, str):
            return Found(Period.parse(limit), source=clock.source or source_of_kind)
        if isinstance(limit, Local):
            value, since, source, evidence = case.around.local(limit, start, first=True)
            later = since if since is not None and since > start else None
            period = value if isinstance(value, Period) else Period.parse(str(value))
            return Found(
                period, source=source, evidence=evidence, version=str(since.date()) if since else "", since=later
            )
        if isinstance(limit, Limit):
            return _table(limit, case, start)
        said = limit(case, start)
        if isinstance(said, No):
            return Found(why=said.why)
        period, why, *rest = said
        period = Period.parse(period) if isinstance(period, str) else period
        source, evidence, version = [*map(str, rest), "", "", ""][:3]
        return Found(period, why, source or clock.source or source_of_kind, evidence, version)
    except Unset as unset:
        return Found(why=unset.summary, unset=True)
    except PeelianError as error:
        return Found(why=f"the limit cannot be looked up: {error.summary}", unset=True)


def _table(limit: Limit, case: Case, start: datetime) -> Found:
    keys = {key: getattr(case, key) for key in limit.keys}
    day = london_day(start)
    if limit.on:
        value = getattr(case, limit.on)
        day = london_day(value) if isinstance(value, datetime) else value
    said = limit.table.look(on=day, **keys)
    if said.why_not:
        return Found(why=said.why_not, source=said.source, evidence=said.evidence, version=str(said.version))
    value = said[limit.column]
    period = value if isinstance(value, Period) else Period.parse(value)
    why = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in keys.items())
    return Found(period, why, said.source, said.evidence, f"{said.table} {said.version}")
