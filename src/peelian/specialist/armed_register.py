"""Who is truly qualified for armed policing, in date: from the landed training register, roster and staff list. Counts; nobody is named."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from peelian.access.actor import Actor, Denied, require_role
from peelian.casework.roster import DUTIES, TRAINING, may_read
from peelian.core.clock import LONDON, start_of_day

from .landed_rows import as_landed, instant, rows
from .mobilisation_means import STAFF

WHO = ("planner", "supervisor", "assurance")
YEAR = timedelta(days=365)
BEHIND = 28
# The hour at which a shift is counted; `any` is the least of the first three.
COUNTED_AT = {"early": time(10), "late": time(18), "night": time(2), "day": time(12)}


@dataclass(frozen=True, slots=True)
class Register:
    """What the feeds say on a day.

    Attributes
    ----------
    passes : mapping of (staff number, role) to spans
        Each span is [first day, first day on which it holds no more).
    gone : mapping of str to date
        The last day of those who have left or will.
    duties : tuple of (staff number, start, end)
        Worked or planned, of the four weeks behind.
    back : timedelta
        How far back the feeds are read, where the roster ends before the day; every date is moved on by as much.
    """

    on: date
    passes: dict[tuple[str, str], list[tuple[date, date]]]
    gone: dict[str, date]
    duties: tuple[tuple[str, datetime, datetime], ...]
    back: timedelta = timedelta(0)

    def here(self, number: str, day: date) -> bool:
        """Whether somebody is still in the force on a day."""
        return self.gone.get(number, date.max) > day

    def holds(self, number: str, role: str, day: date) -> bool:
        """Whether somebody is qualified for a role on a day."""
        return self.here(number, day) and any(a <= day < b for a, b in self.passes.get((number, role), ()))

    def holders(self, role: str) -> dict[str, date]:
        """Who holds a role today, and the day on which the last of their passes runs out."""
        return {
            n: max(b for _, b in spans)
            for (n, r), spans in self.passes.items()
            if r == role and self.holds(n, role, self.on)
        }

    def renewed(self, role: str) -> tuple[int, int]:
        """Of the passes that ran out in the year behind, of people who stayed: how many were renewed by then, of how many."""
        ended = kept = 0
        for (number, name), spans in self.passes.items():
            for a, b in spans if name == role else ():
                if self.on - YEAR <= b <= self.on and self.here(number, b):
                    ended += 1
                    kept += any(c <= b < d for c, d in spans if (c, d) != (a, b))
        return kept, ended

    def left(self, role: str) -> tuple[int, float]:
        """How many holders left the force in the year behind, and the years of holding in it altogether."""
        leavers, days = 0, 0
        for (number, name), spans in self.passes.items():
            if name != role:
                continue
            last = min(self.gone.get(number, date.max), self.on)
            held = sum(max((min(b, last) - max(a, self.on - YEAR)).days, 0) for a, b in spans)
            days += min(held, YEAR.days)
            leavers += held > 0 and self.on - YEAR <= last < self.on and number in self.gone
        return leavers, days / YEAR.days

    def there(self, role: str, shift: str, day: date) -> int:
        """How many on duty on a shift of a day are qualified for a role."""
        if shift == "any":
            return min(self.there(role, s, day) for s in ("early", "late", "night"))
        at = datetime.combine(day + timedelta(days=shift == "night"), COUNTED_AT[shift], LONDON)
        return len({n for n, a, b in self.duties if a <= at < b and self.holds(n, role, day)})

    @property
    def days(self) -> list[date]:
        """The days whose shifts are counted, the first one first."""
        return [self.on - timedelta(days=n) for n in range(BEHIND, 1, -1)]


def register(actor: Actor, on: date, roles: tuple[str, ...]) -> Register:
    """Read it.

    Raises
    ------
    Denied
        For anyone but planners, supervisors and assurance leads, or a purpose that does not show roster and training.
    """
    require_role(actor, *WHO)
    if not may_read(actor):
        raise Denied("duties and training are shown for planning and assurance", fix="state one of these purposes")
    back = as_landed(actor, start_of_day(on))
    then = on - back
    passes: dict[tuple[str, str], list[tuple[date, date]]] = defaultdict(list)
    for number, role, start, until in rows(
        actor, TRAINING, """SELECT cells."Staff Number", offence, CAST(cells."Passed On" AS DATE), TRY_CAST(cells."Expires On" AS DATE)
        FROM {source} WHERE offence IN (SELECT w FROM _words) AND outcome = 'held' AND cells."Grade" IN ('accredited', '') ORDER BY 1, 2, 3""",
        words=roles,
    ):  # fmt: skip
        passes[number, role].append((start + back, until + back if until else date.max))
    gone = dict(
        rows(actor, STAFF, """SELECT cells."Staff Number", TRY_CAST(cells."End" AS DATE) FROM {source} WHERE cells."End" <> ''""", kind="mention")
    )  # fmt: skip
    numbers = tuple({n for n, _ in passes})
    duties = rows(
        actor, DUTIES, """SELECT cells."Staff Number", epoch("start"), epoch("end") FROM {source} WHERE outcome IN ('worked', 'planned')
        AND "start" >= ? AND "start" < ? AND cells."Staff Number" IN (SELECT w FROM _words) ORDER BY 2, 1""",
        [start_of_day(then - timedelta(days=BEHIND + 1)), start_of_day(then + timedelta(days=1))], words=numbers,
    )  # fmt: skip
    gone = {number: day + back for number, day in gone.items()}
    return Register(on, passes, gone, tuple((n, instant(a) + back, instant(b) + back) for n, a, b in duties), back)
