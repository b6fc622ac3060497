"""The words in which a system declares one kind of case. A kind is checked when it is built; nothing here runs a case.

See docs/reference/kinds.md. Every rule is a plain function of one read-only argument, `case`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Literal, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.fields import FieldInfo

from peelian.core.dated import Table
from peelian.core.local import Local

NEW = "new"  # the act that opens a case is done during NEW
PRIVATE = ("open", "restricted", "personal", "special", "source")
Show = Literal["form", "decided", "worked out", "found", "apart"]


class Facts(BaseModel):
    """What may be known of a case or of an item. Every fact may be unset; what an act needs, the act asks."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    private: ClassVar[str] = ""

    def __init_subclass__(cls, private: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.private = private or cls.private


@dataclass(frozen=True, slots=True)
class About:
    """What a declaration says of one fact."""

    name: str
    question: str
    private: str
    group: str
    hint: str
    show: Show
    adapter: TypeAdapter[Any]
    type: Any
    ahead: bool
    least: float | None
    titles: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({})
    )  # what its words are called, where a decision's outcomes say so


def fact(
    question: str, *, private: str = "", group: str = "", hint: str = "", show: Show = "form", default: Any = None,
    ahead: bool | None = None, least: float | None = 0,
) -> Any:  # fmt: skip
    """Declare a fact: its question is its label, its place in the model the order of the form, its group the fieldset.

    Parameters
    ----------
    private : str
        ``open``, ``restricted`` (police), ``personal``, ``special`` or ``source``; the model's own where it is left out.
    show : str
        ``form``; ``decided`` and ``worked out`` stand in no form; ``found`` is filled in by search, and
        ``apart`` on a page of its own, where it is read too.
    ahead : bool, optional
        Whether the time or day may lie in the future. Left out: not for a time named ``..._at`` and a day named
        ``...born_on``, which say what has happened; any other may.
    least : float, optional
        The least that a number may be; None where it may be anything.
    """
    return FieldInfo(
        default=default,
        json_schema_extra={
            "question": question, "private": private, "group": group, "hint": hint, "show": show, "ahead": ahead, "least": least,
        },
    )  # fmt: skip


def abouts(model: type[Facts]) -> dict[str, About]:
    """The facts of a model by name, in order."""
    found = {}
    for name, info in model.model_fields.items():
        extra: Any = info.json_schema_extra or {}
        ahead = extra.get("ahead")
        found[name] = About(
            name, extra.get("question", name), extra.get("private") or model.private, extra.get("group", ""),
            extra.get("hint", ""), extra.get("show", "form"), TypeAdapter(info.annotation or str), info.annotation,
            not name.endswith(("_at", "born_on")) if ahead is None else ahead, extra.get("least", 0),
        )  # fmt: skip
    return found


Rule = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Everything that a person does: it moves a case, edits it, adds an item (`adds`) or works on one (`on`)."""

    name: str
    during: str | tuple[str, ...] = ()  # stages; empty: every stage but an end
    to: str = ""
    asks: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()
    guards: tuple[Rule, ...] = ()
    by: str | tuple[str, ...] = ()
    adds: str = ""
    on: str = ""
    needs: tuple[str, ...] = ()  # facts that must be known already
    works_out: tuple[str, Rule] | None = None
    title: str = ""
    offers: tuple[
        tuple[str, Rule], ...
    ] = ()  # fact -> look(case, *, actor, at): [(value, words)], the best first; a person chooses
    fills: Rule | None = (
        None  # look(case, *, actor, at) -> facts that the records tell; the form opens with them, a person checks
    )
    beside: tuple[str, Rule] | None = (
        None  # title, look(case, *, actor, at) -> {heading: [(what, words, reference of its case)]}: read beside the form
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision may come to."""

    name: str
    to: str = ""
    guards: tuple[Rule, ...] = ()
    by: str | tuple[str, ...] = ()
    source: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a policy proposes, and why. `rests_on` names the items used."""

    outcome: str
    reason: str
    source: str = ""
    rests_on: tuple[str, ...] = ()
    version: Any = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An act whose outcome a policy proposes and a person takes. Outcomes stand lowest first."""

    name: str
    outcomes: tuple[Outcome, ...]
    policy: Rule
    sets: str = ""
    lower_by: str | tuple[str, ...] = ()
    during: str | tuple[str, ...] = ()
    to: str = ""
    asks: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()
    guards: tuple[Rule, ...] = ()
    by: str | tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    title: str = ""
    adds: ClassVar[str] = ""
    on: ClassVar[str] = ""
    works_out: ClassVar[None] = None
    offers: ClassVar[tuple[()]] = ()
    fills: ClassVar[None] = None
    beside: ClassVar[None] = None


@dataclass(frozen=True, slots=True)
class No:
    """No limit holds, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that stands in a dated table: looked up by facts, in the version of a day that the law names."""

    table: Table
    keys: tuple[str, ...]
    on: str = ""
    column: str = "limit"


def limit(table: Table, *keys: str, on: str = "", column: str = "limit") -> Limit:
    """A clock's limit from a table, by the facts `keys`; `on` names the fact whose day picks the version (else the start)."""
    return Limit(table, keys, on, column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time that runs between what starts it and what stops it. An act in both makes it recur."""

    name: str
    starts: str | tuple[str, ...]
    stops: str | tuple[str, ...]
    limit: str | Local | Limit | Rule
    when: Rule | None = None
    moot: str | tuple[str, ...] = ()  # what makes it needless: the run ends, and counts as missed only if it was late
    pauses: str | tuple[str, ...] = ()
    resumes: str | tuple[str, ...] = ()
    after_pause: str = ""
    duty: bool = True
    source: str = ""
    title: str = ""
    climbs: tuple[
        str, ...
    ] = ()  # roles that are told in turn while it is overdue, each `climb_every` after the one before
    climb_every: str | Local = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Rows inside a case; without owner or stage of their own. A clock on a part runs once for each row."""

    name: str
    facts: type[Facts]
    clocks: tuple[Clock, ...] = ()
    derives: tuple[tuple[str, Rule], ...] = ()
    title: str = ""
    order: tuple[tuple[str, ...], ...] = ()  # as `Kind.order`; facts of the case may stand in it too


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question to another agency, who reads `shows` and gives `answer`: asked, answered, declined or withdrawn."""

    name: str
    shows: tuple[str, ...]
    answer: type[Facts]
    limit: str | Local | Limit | Rule
    purpose: str
    during: str | tuple[str, ...] = ()
    by: str | tuple[str, ...] = ()
    guards: tuple[Rule, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Who may own a case, how soon an offer is accepted, and who answers when it is not."""

    accept_within: str | Local
    climbs: tuple[str, ...] = ("supervisor", "inspector")
    qualified: Rule | None = None  # (case, who) -> "" if fit to own alone, else why not
    always: Rule | None = (
        None  # case -> whether somebody on duty must own it at every hour: it climbs when its owner goes off duty
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A measure: of the rows of a source, what share hits."""

    name: str
    asks: str
    of: str = "cases"
    hit: Rule | None = None
    where: Rule | None = None
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A measure: how many rows, for an exposure."""

    name: str
    asks: str
    of: str = "cases"
    where: Rule | None = None
    at: str = ""
    per: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Median:
    """A measure: the median of a value."""

    name: str
    asks: str
    value: Rule
    unit: str
    of: str = "cases"
    where: Rule | None = None
    at: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """One system's case. Built, it is checked: all faults are reported together.

    Raises
    ------
    Faults
        ``peelian.E431`` to ``peelian.E439``, each naming the word at fault.
    """

    name: str
    title: str
    question: str  # the folder of the inspection's question
    source: str
    facts: type[Facts]
    stages: tuple[str, ...]
    ends: str | tuple[str, ...]
    acts: tuple[Act, ...]
    owners: Owners
    decisions: tuple[Decision, ...] = ()
    clocks: tuple[Clock, ...] = ()
    parts: tuple[Part, ...] = ()
    asks: tuple[Ask, ...] = ()
    derives: tuple[tuple[str, Rule], ...] = ()
    measures: tuple[Share | Count | Median, ...] = ()
    children: tuple[str, ...] = ()
    locals: tuple[Local, ...] = ()  # read by policies and functions; those of clocks are found
    area: str = "area"
    subject: str = ""
    filters: tuple[str, ...] = ()
    mode: Literal["authoritative", "companion"] = "authoritative"
    nation: str = "ENG"
    hours: tuple[Local, Local] | None = None  # opening and closing time of the office, for working hours
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: tuple[
        tuple[str, ...], ...
    ] = ()  # days and times that follow one another: none may lie before the one named before it
    record_class: str = (
        ""  # who may see its cases, where it is not whoever sees those of its question: a category of the policy
    )
    refers: bool = False  # an agency may open a case that another leads (a referral); it does not see it afterwards
    version: int = 1
    upgrades: Mapping[int, Rule] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from . import checks

        checks.check(self)

    @cached_property
    def about(self) -> dict[str, About]:
        """The facts by name."""
        titles = {d.sets: {o.name: o.title for o in d.outcomes if o.title} for d in self.decisions if d.sets}
        return {n: replace(a, titles=titles.get(n, {})) for n, a in abouts(self.facts).items()}

    @cached_property
    def doings(self) -> tuple[Act | Decision, ...]:
        """Acts and decisions, in order."""
        return (*self.acts, *self.decisions)

    @cached_property
    def act_by_name(self) -> dict[str, Act | Decision]:
        """Acts and decisions by name."""
        return {a.name: a for a in self.doings}

    @cached_property
    def part_by_name(self) -> dict[str, Part | Ask]:
        """Parts and asks by name."""
        return {p.name: p for p in self.parts} | {a.name: a for a in self.asks}

    @cached_property
    def _item_abouts(self) -> dict[str, dict[str, About]]:
        return {p.name: abouts(p.facts) for p in self.parts} | {a.name: abouts(a.answer) for a in self.asks}

    def item_about(self, part: str) -> dict[str, About]:
        """The facts of one part, or of an ask's answer."""
        return self._item_abouts[part]

    @cached_property
    def decided(self) -> frozenset[str]:
        """Facts that only a decision sets."""
        return frozenset(d.sets for d in self.decisions if d.sets)

    @cached_property
    def all_locals(self) -> dict[str, Local]:
        """Every local value that this kind reads, by name."""
        return _locals(self)


def _locals(kind: Kind) -> dict[str, Local]:
    clocks = [*kind.clocks, *(c for p in kind.parts for c in p.clocks)]
    limits = [c.limit for c in clocks] + [c.climb_every for c in clocks]
    limits += [a.limit for a in kind.asks] + [kind.owners.accept_within, *(kind.hours or ()), *kind.locals]
    return {each.name: each for each in limits if isinstance(each, Local)}


def many(words: str | Sequence[str]) -> tuple[str, ...]:
    """One word or several, as several."""
    return (words,) if isinstance(words, str) else tuple(words)


def words_of(name: str, title: str = "") -> str:
    """What a page calls an act, a stage or a clock."""
    words = title or name.replace("_", " ")
    return words[:1].upper() + words[1:]


def choices(about: About) -> tuple[Any, ...]:
    """The words that a fact may take, where they are listed."""
    return tuple(about.type.__args__) if get_origin(about.type) is Literal else ()
