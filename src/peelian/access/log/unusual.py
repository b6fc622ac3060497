"""Rules on unusual looking that the log alone can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from peelian.access.models import Entry, Subject
from peelian.core.clock import LONDON, london_day
from peelian.core.dated import Dated

from .alerts import _FILE, Unusual, Window, looks_between, rule

MANY = Dated(_FILE, "many_lookers", int)
QUIET = Dated(_FILE, "quiet_looks", int)
CHANCE = Dated(_FILE, "chance", float)


@rule("many-lookers", "Many people looked at one record")
def many_lookers(window: Window) -> Iterator[Unusual]:
    """Many different people opened one person's record within a few days, though hardly anybody used to. A case that broke explains it;
    so does curiosity about somebody who is in the news.
    """
    day = london_day(window.end)
    least, chance = MANY.look(on=day).value, CHANCE.look(on=day).value
    spans = (window.start - window.usual) / (window.end - window.start)
    for ref, users in _lookers(window.start, window.end).items():
        if len(users) < least:
            continue
        before = Entry.objects.filter(
            id__in=Subject.objects.filter(ref=ref).values("entry"), at__gte=window.usual, at__lt=window.start
        )
        usual = before.values("user", "at__date").distinct().count() / spans
        if _by_chance(len(users), usual) < chance:
            figures = {"people": len(users), "usual": round(usual, 2), "days": (window.end - window.start).days}
            yield Unusual(
                "",
                ref,
                f"{len(users)} people opened this record in {figures['days']} days, where {usual:.1f} are usual",
                figures,
            )


def _by_chance(count: int, usual: float) -> float:
    """How often a Poisson count with that mean is as large. Half a look more keeps what never was from making the first one a wonder."""
    from scipy.special import pdtrc

    return float(pdtrc(count - 1, usual + 0.5))


def _lookers(start: datetime, end: datetime) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    looks = dict(looks_between(start, end).values_list("id", "user"))
    for entry, ref in Subject.objects.filter(entry__in=looks_between(start, end).values("id")).values_list(
        "entry", "ref"
    ):
        if entry in looks:
            found.setdefault(ref, set()).add(looks[entry])
    return found


@rule("quiet-hours", "Many looks at hours when this account hardly ever works")
def quiet_hours(window: Window) -> Iterator[Unusual]:
    """An account opened many people's records in hours of the day in which it hardly ever did in the weeks before. Overtime or a changed
    shift explains it. Each account is set against itself alone.
    """
    day = london_day(window.end)
    least, chance = QUIET.look(on=day).value, CHANCE.look(on=day).value
    recent = _by_hour(window.start, window.end)
    busy = [user for user, hours in recent.items() if sum(hours.values()) >= least]
    before = _by_hour(window.usual, window.start, busy)
    spans = (window.start - window.usual) / (window.end - window.start)
    for user in busy:
        past = before.get(user, Counter())
        if not past:
            continue  # an account that is new has no usual hours
        limit = 0.02 * sum(past.values())
        quiet = {hour for hour in range(24) if past[hour] < limit}
        looks, usual = sum(recent[user][h] for h in quiet), sum(past[h] for h in quiet) / spans
        if looks >= least and _by_chance(looks, usual) < chance:
            figures = {"looks": looks, "usual": round(usual, 2), "hours": sorted(h for h in quiet if recent[user][h])}
            yield Unusual(
                user,
                "",
                f"{looks} looks in hours that are quiet for this account, where {usual:.1f} are usual",
                figures,
            )


def _by_hour(start: datetime, end: datetime, users: list[str] | None = None) -> dict[str, Counter[int]]:
    looks = looks_between(start, end)
    if users is not None:
        looks = looks.filter(user__in=users)
    found: dict[str, Counter[int]] = {}
    for user, at in looks.values_list("user", "at").iterator(chunk_size=10_000):
        found.setdefault(user, Counter())[at.astimezone(LONDON).hour] += 1
    return found
