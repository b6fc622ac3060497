"""The county as it is: ground, people, time and what is planted. Sources read it; none changes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from .calendar import Calendar
from .force import Force, make_force
from .geography import Geography
from .groups import Groups, make_groups
from .interventions import Change
from .offences import Kinds
from .people import CARE_HOME, People
from .streams import Floats, Ints, stream

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Index:
    """Members of the county in the order of their areas."""

    member: Ints
    first: Ints
    count: Ints


def index(member: Ints, area: Ints, areas: int) -> Index:
    """An index of `member`, whose areas are `area` and already in order."""
    count = np.bincount(area, minlength=areas)
    return Index(member, np.cumsum(count) - count, count)


@dataclass(frozen=True)
class World:
    """Everything that is true of the county before anything happens."""

    seed: int
    ground: Geography
    people: People
    calendar: Calendar
    kinds: Kinds
    repeats: bool  # whether some homes, couples and shops are victims far more often than others
    changes: tuple[Change, ...] = ()  # what problem-solving plans do to rates

    @cached_property
    def couples(self) -> Index:
        """People who have a partner or a former partner."""
        p = self.people
        member = np.flatnonzero((p.partner >= 0) | (p.former >= 0))
        return index(member, p.homes.area[p.home[member]], self.ground.areas)

    @cached_property
    def care_homes(self) -> Index:
        """Homes that are care homes."""
        homes = self.people.homes
        member = np.flatnonzero(homes.kind == CARE_HOME)
        return index(member, homes.area[member], self.ground.areas)

    @cached_property
    def offenders(self) -> Index:
        """One person in 25 of those aged 12 to 60, most of them men: whom the force suspects again and again."""
        p = self.people
        rng = stream(self.seed, "offenders")
        last = (self.calendar.firsts[-1] - _EPOCH).days
        age = (last - p.born) / 365.25
        chance = np.where((age > 12) & (age < 60), np.where(p.sex == 1, 0.06, 0.018), 0)
        member = np.flatnonzero(rng.random(len(p)) < chance)
        return index(member, p.homes.area[p.home[member]], self.ground.areas)

    @cached_property
    def force(self) -> Force:
        """The county's police force."""
        return make_force(self)

    @cached_property
    def groups(self) -> Groups:
        """The planted organised crime groups."""
        return make_groups(self)

    @cached_property
    def weights(self) -> Floats:
        """Expected events a day of each kind in each area, before seasons and plants; shape (kinds, areas)."""
        ground, kinds = self.ground, self.kinds
        rng = stream(self.seed, "rates")
        both = 0.48 * rng.normal(size=ground.areas)
        own = 0.30 * rng.normal(size=(len(kinds), ground.areas))
        pull = (
            kinds.deprivation[:, None] * (ground.deprivation - 0.5)
            + 1.6 * kinds.centre[:, None] * ground.centrality
            + both
            + own
        )
        weight = ground.people * np.exp(pull)
        # Shop theft goes where the shops are.
        retail = kinds.where[:, 2] > 90
        weight[retail] = weight[retail] * (0.3 + ground.places["shop"].count)
        total = kinds.rate / 1000 / 365.25 * ground.people.sum()
        return np.asarray(weight / weight.sum(axis=1, keepdims=True) * total[:, None])

    def expected(self, month: int) -> Floats:
        """Expected events of each kind in each area in a month; area and month act independently."""
        calendar, kinds = self.calendar, self.kinds
        number = calendar.firsts[month].month
        season = 1 + kinds.swing * np.cos(2 * np.pi * (number - kinds.month) / 12)
        days = len(calendar.weekdays(month))
        return np.asarray(self.weights * (season * days)[:, None])
