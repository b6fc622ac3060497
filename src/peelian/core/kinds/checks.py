"""What must hold of a declared kind before any case of it exists. All faults are reported together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from peelian.core.errors import Faults, PeelianError
from peelian.core.local import Local
from peelian.core.period import Period

from .words import NEW, PRIVATE, About, Act, Ask, Clock, Decision, Kind, Limit, Part, abouts, many

Fault = Callable[[str, str, str, str], None]
ENGINE = frozenset({"at", "by", "known", "item", "it", "seen", "reason", "get", "items", "times", "passed", "hands", "children",
                    "case", "local", "stage", "state", "owner", "kind", "agency"})  # fmt: skip


def check(kind: Kind) -> None:
    """Raise `Faults` with everything that is wrong with a declaration."""
    faults: list[PeelianError] = []

    def fault(number: str, summary: str, found: str, fix: str) -> None:
        faults.append(PeelianError(summary, where=f'kind "{kind.name}"', found=found, fix=fix, id=f"peelian.{number}"))

    ends = many(kind.ends)
    parts = kind.part_by_name
    acts = kind.doings
    derived = [name for name, _ in kind.derives]
    inner = [c for p in kind.parts for c in p.clocks]
    clocks = (*kind.clocks, *inner)
    names = [*kind.stages, *(a.name for a in acts), *kind.about, *(c.name for c in clocks), *parts, *derived]
    for name, times in Counter(names).items():
        if times > 1:
            fault("E431", "one name has two meanings", f'"{name}" stands for {times} things', "rename all but one")
    for about in _all_facts(kind):
        if about.private not in PRIVATE:
            fault("E432", "a fact has no privacy class", f'"{about.name}"', "give private= " + ", ".join(PRIVATE))
        if about.name in ENGINE:
            fault("E438", "a fact is named like a word of the engine", f'"{about.name}"', "rename it")
    known_stages = {*kind.stages, NEW}
    for act in acts:
        stages = [*many(act.during), *([act.to] if act.to else [])]
        if isinstance(act, Decision):
            stages += [o.to for o in act.outcomes if o.to]
        for stage in stages:
            if stage not in known_stages:
                fault("E433", "an act names an unknown stage", f'"{act.name}": "{stage}"', "declare it in stages")
        _check_form(kind, act, parts, fault)
        guards = [*act.guards]
        if isinstance(act, Decision):
            guards += [g for o in act.outcomes for g in o.guards]
            if act.sets and act.sets not in kind.about:
                fault("E434", "a decision sets an unknown fact", f'"{act.name}": "{act.sets}"', "declare the fact")
        for guard in guards:
            if not (guard.__doc__ or "").strip():
                fault(
                    "E435", "a guard has no sentence", f'"{guard.__name__}"', "its docstring is what its reader is told"
                )
    for ask in kind.asks:
        unknown = [s for s in ask.shows if s not in kind.about]
        if unknown:
            fault("E434", "an ask shows an unknown fact", f'"{ask.name}": {", ".join(unknown)}', "declare it")
        told = [s for s in ask.shows if s in kind.about and kind.about[s].private == "source"]
        if told:
            fault(
                "E434",
                "an ask shows who said it",
                f'"{ask.name}": {", ".join(told)}',
                "leave it out: a source is not shared",
            )
    events = {*kind.stages, *(a.name for a in acts), *kind.about, *(("asked", "answered") if kind.asks else ())}
    for clock in kind.clocks:
        _check_clock(clock, events, fault)
    for part in kind.parts:
        for clock in part.clocks:
            _check_clock(clock, events | set(part.facts.model_fields), fault)
    for of, order, known_facts in (
        ("the kind", kind.order, set(kind.about)),
        *((f'part "{p.name}"', p.order, {*kind.about, *p.facts.model_fields}) for p in kind.parts),
    ):
        for name in {n for names in order for n in names} - known_facts:
            fault("E434", "an order names an unknown fact", f'{of}: "{name}"', "declare the fact")
    reached = {a.to for a in acts} | {o.to for d in kind.decisions for o in d.outcomes}
    for stage in kind.stages:
        if stage not in reached:
            fault(
                "E437", "no act leads to a stage", f'"{stage}"', "give an act or an outcome to=, or leave the stage out"
            )
    for end in ends:
        if end not in kind.stages:
            fault("E433", "an end is no stage", f'"{end}"', "declare it in stages")
    if not any(NEW in many(a.during) for a in kind.acts):
        fault("E439", "no act opens a case", "no act is done during NEW", "declare one with during=NEW")
    for name in (kind.area, kind.subject, *kind.filters):
        if name and name not in kind.about and not (name == kind.area == "area"):
            fault("E434", "the kind names an unknown fact", f'"{name}"', "declare it, or leave it out")
    if faults:
        raise Faults(faults)


def _all_facts(kind: Kind) -> Iterable[About]:
    yield from kind.about.values()
    for part in kind.parts:
        yield from abouts(part.facts).values()
    for ask in kind.asks:
        yield from abouts(ask.answer).values()


def _check_form(kind: Kind, act: Act | Decision, parts: dict[str, Part | Ask], fault: Fault) -> None:
    of = act.adds or act.on
    if of and of not in parts:
        fault("E434", "an act works on an unknown part", f'"{act.name}": "{of}"', "declare the part")
        return
    known = set(kind.about)
    if of:
        part = parts[of]
        known |= set((part.facts if isinstance(part, Part) else part.answer).model_fields)
    for name in (*act.asks, *act.maybe, *act.needs, *(name for name, _ in act.offers)):
        if name not in known:
            fault("E434", "an act asks for an unknown fact", f'"{act.name}": "{name}"', "declare the fact")
        elif name in kind.decided and not isinstance(act, Decision):
            fault(
                "E434",
                "an act asks for what only a decision sets",
                f'"{act.name}": "{name}"',
                "leave it to the decision",
            )


def _check_clock(clock: Clock, events: set[str], fault: Fault) -> None:
    for name in (*many(clock.starts), *many(clock.stops), *many(clock.moot), *many(clock.pauses), *many(clock.resumes)):
        if name not in events:
            fault(
                "E436",
                "a clock hangs on nothing",
                f'"{clock.name}": "{name}"',
                "name an act, a decision, a stage or a fact",
            )
    if isinstance(clock.limit, str):
        Period.parse(clock.limit)
    elif not isinstance(clock.limit, Local | Limit) and not callable(clock.limit):
        fault("E436", "a clock has no limit", f'"{clock.name}"', "give a period, a local value, a table or a function")
    if clock.after_pause:
        Period.parse(clock.after_pause)
    if bool(clock.climbs) != bool(clock.climb_every):
        fault(
            "E436",
            "a clock climbs without saying how soon, or to whom",
            f'"{clock.name}"',
            "give both climbs= and climb_every=",
        )
    elif isinstance(clock.climb_every, str) and clock.climb_every:
        Period.parse(clock.climb_every)
