"""What a rule reads: one case at one instant, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from peelian.core.clock import in_utc, london_day
from peelian.core.errors import InvalidInput, PeelianError
from peelian.core.local import Local
from peelian.core.working_time import WorkingTime

from .journal import Item, State
from .refusals import Unset
from .words import Kind

RANKS = ("supervisor", "inspector", "superintendent", "chief-officer")


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts: a name, and what their posting says of them.

    Attributes
    ----------
    roles, teams, skills : collection of str
        Roles of the postings in force, codes of teams, accreditations in date.
    partner : bool
        Whether they are another agency's.
    """

    name: str
    roles: Collection[str] = ()
    agency: str = ""
    teams: Collection[str] = ()
    skills: Collection[str] = ()
    partner: bool = False

    def may(self, by: Collection[str]) -> bool:
        """Whether they hold one of these roles, or a higher rank."""
        if not by or set(by) & set(self.roles):
            return True
        asked = [RANKS.index(r) for r in by if r in RANKS]
        held = [RANKS.index(r) for r in self.roles if r in RANKS]
        return bool(asked and held and max(held) >= min(asked))


@dataclass(frozen=True, slots=True)
class Around:
    """What a case is read in: the force's own values, and other cases.

    Attributes
    ----------
    locals : mapping of str to sequence of (datetime, object)
        Each local value's history, oldest first: since when, and what.
    children : callable
        Kind name to the states of this case's children.
    case : callable
        Another case's state by its ref, for a reader who may see it; None otherwise.
    """

    locals: Mapping[str, Sequence[tuple[datetime, Any]]] = field(default_factory=dict)
    children: Callable[[str], Sequence[State]] = lambda kind: ()
    case: Callable[[str], State | None] = lambda ref: None

    def local(self, asked: Local, at: datetime, *, first: bool = False) -> tuple[Any, datetime | None, str, str]:
        """A local value: (value, since when it is the force's own, source, evidence).

        Parameters
        ----------
        first : bool
            Where nothing held at `at`, take the first that came later.

        Raises
        ------
        Unset
            While the force has not set it, and no statute gives it.
        """
        history = self.locals.get(asked.name, ())
        held = [(since, value) for since, value in history if since <= at]
        if held:
            return held[-1][1], held[-1][0], asked.source, "local"
        if asked.default is not None:
            found = asked.default.look(on=london_day(at))
            return found.value, None, found.source, found.evidence
        if first and history:
            return history[0][1], history[0][0], asked.source, "local"
        raise Unset(asked.name, f'the local value "{asked.name}", which the owner of the {asked.source} sets')


class Row:
    """An item as a rule reads it: its facts by name, `it` for what the engine knows of it."""

    def __init__(self, item: Item, names: Mapping[str, Any], read: set[str] | None = None) -> None:
        self.it = item
        self._names, self._read = names, read

    def get(self, name: str) -> Any:
        """A fact, or None while it is unset."""
        return self.it.facts.get(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._names:
            raise AttributeError(name)
        if name not in self.it.facts:
            raise Unset(name, self._names[name].question)
        return self.it.facts[name]


class Case:
    """The read-only argument of every rule: `case.fact`, as it would be after the act in hand.

    Reading a fact that is unset raises `Unset`; `case.get` does not.
    """

    def __init__(
        self,
        state: State,
        at: datetime,
        by: Who | None = None,
        *,
        given: Mapping[str, Any] | None = None,
        item: Item | None = None,
        around: Around | None = None,
    ) -> None:
        self.state, self.at, self.by = state, at, by or Who("")
        self.around = around or Around()
        self._given = dict(given or {})
        self._item = item
        self.read: set[str] = set()  # names that rules asked for

    @property
    def kind(self) -> Kind:
        """The declaration."""
        return self.state.kind

    @property
    def stage(self) -> str:
        """The stage."""
        return self.state.stage

    @property
    def owner(self) -> str:
        """Who owns it."""
        return self.state.owner

    @property
    def item(self) -> Row | None:
        """The row in hand, where a rule is asked of one."""
        return None if self._item is None else Row(self._item, self.kind.item_about(self._item.part))

    def get(self, name: str) -> Any:
        """A fact or a derived fact, or None while it cannot be known."""
        try:
            return getattr(self, name)
        except PeelianError:  # unset, or worked out by a rule that was not in force on that day
            return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        self.read.add(name)
        kind = self.state.kind
        if self._item is not None:
            about = kind.item_about(self._item.part)
            if name in about:
                value = self._given.get(name, self._item.facts.get(name))
                if value is None:
                    raise Unset(name, about[name].question)
                return value
        if name in kind.about:
            value = self._given[name] if name in self._given else self.state.facts.get(name)
            if value is None:
                raise Unset(name, kind.about[name].question)
            return value
        if name in kind.part_by_name:
            return self.items(name)
        for derived, rule in kind.derives:
            if derived == name:
                return rule(self)
        raise AttributeError(f"{kind.name} declares no {name!r}")

    def items(self, part: str, *, true_on: date | None = None) -> list[Row]:
        """The live rows of a part or an ask; those that were so by the end of a day."""
        about = self.kind.item_about(part)
        rows = [Row(i, about) for i in self.state.live(part)]
        return rows if true_on is None else [r for r in rows if london_day(r.it.at) <= true_on]

    def times(self, act: str) -> tuple[datetime, ...]:
        """When an act or a decision was done."""
        return tuple(d.at for d in self.state.done if d.name == act)

    def hands(self, *acts: str) -> set[str]:
        """Who did these acts."""
        return {d.by for d in self.state.done if d.name in acts}

    def passed(self, clock: str) -> bool:
        """Whether a clock is, or was, past its due."""
        from .clocks import runs

        found = runs(self.kind, self.state.entries, self.at, around=self.around)
        return any(r.clock == clock and r.state in ("missed", "overdue", "ran out") for r in found)

    def children(self, kind: str) -> Sequence[State]:
        """The cases of a kind that were opened from this one."""
        return self.around.children(kind)

    def case(self, ref: str) -> State | None:
        """Another case, for a reader who may see it."""
        return self.around.case(ref)

    def local(self, asked: Local | str) -> Any:
        """A value that the force sets for itself; `Unset` while it has not."""
        wanted = asked if isinstance(asked, Local) else self.kind.all_locals[asked]
        return self.around.local(wanted, self.at)[0]


def working_time(kind: Kind, around: Around, at: datetime) -> WorkingTime:
    """The office hours by which a kind's working hours count.

    Raises
    ------
    Unset
        While its opening hours are not set.
    """
    from datetime import time

    if kind.hours is None:
        return WorkingTime(kind.nation)
    opens, closes = (around.local(each, at, first=True)[0] for each in kind.hours)
    return WorkingTime(kind.nation, *(time.fromisoformat(v) if isinstance(v, str) else v for v in (opens, closes)))


def instant(value: date | datetime) -> datetime:
    """A dated fact as an instant: a day is its beginning in London."""
    from peelian.core.clock import start_of_day

    if isinstance(value, datetime):
        return in_utc(value)
    if isinstance(value, date):
        return start_of_day(value)
    raise InvalidInput("a clock starts from something that is no date", found=type(value).__name__)
