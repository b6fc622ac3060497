"""What stands beside a journal: worked out from it alone, written with each entry, and compared with it by `verify`.

A run is kept as it stands at its start, so that time changes nothing in it: that it is overdue is read off its due.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db.models import Model

from peelian.core.kinds import About, Around, Ask, Entry, Kind, State, fold
from peelian.core.kinds import Run as Reckoned
from peelian.core.kinds import runs as reckon

from . import models
from .models import Case

BEFORE = datetime(1900, 1, 1, tzinfo=UTC)  # at which nothing is overdue yet
NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # the due of what has none, in the order of lists
APART = frozenset({"special", "source"})  # facts that lists never read

KEYS: dict[type[Model], tuple[str, ...]] = {
    models.Item: ("item",), models.Run: ("item", "clock", "n"), models.Taken: ("seq",)
}  # fmt: skip

Row = dict[str, Any]
Held = dict[type[Model], dict[tuple[Any, ...], Any]]


@dataclass(frozen=True)
class Caches:
    """Every cached row of a case.

    Attributes
    ----------
    case : dict
        Columns of `Case` that follow from the journal.
    items, runs, taken : dict
        Columns by key, in the order of `KEYS`.
    state : State
        The fold.
    reckoned : list
        The runs of the clocks, as at their start.
    """

    case: Row
    items: dict[tuple[Any, ...], Row]
    runs: dict[tuple[Any, ...], Row]
    taken: dict[tuple[Any, ...], Row]
    state: State
    reckoned: Sequence[Reckoned]

    def tables(self) -> list[tuple[type[Model], tuple[str, ...], dict[tuple[Any, ...], Row]]]:
        """Each table with its key and the rows that are to stand in it."""
        wanted = {models.Item: self.items, models.Run: self.runs, models.Taken: self.taken}
        return [(model, keys, wanted[model]) for model, keys in KEYS.items()]


def caches_of(kind: Kind, entries: Iterable[Entry], around: Around) -> Caches:
    """Work out every cached row from the journal."""
    held = list(entries)
    state = fold(kind, held)
    reckoned = reckon(kind, held, BEFORE, around=around)
    facts, apart = split(kind.about, state.facts)
    dues = [r.due for r in reckoned if r.duty and r.due is not None and r.ended is None]
    if state.support is not None and state.accepted:
        dues.append(state.support.until)
    due = min(dues) if dues and not state.closed else None
    case: Row = {
        "kind": kind.name, "version": max((e.version for e in held), default=1), "stage": state.stage, "closed": state.closed,
        "area": str(facts.get(kind.area) or "")[:60], "opened_at": state.opened_at, "opened_by": held[0].by if held else "",
        "owner": state.owner, "accepted": state.accepted, "offered_to": state.offered_to, "offer_at": state.offer_at,
        "supporter": state.support.supporter if state.support else "",
        "support_until": state.support.until if state.support else None, "next_due": due, "due_order": due or NEVER,
        "seq": max((e.seq for e in held), default=0), "facts": facts, "private_facts": apart,
    }  # fmt: skip
    return Caches(
        case, _items(state), {(r.item, r.clock, r.n): _run(r) for r in reckoned}, _taken(state), state, reckoned
    )


def split(about: Mapping[str, About], facts: Mapping[str, Any]) -> tuple[Row, Row]:
    """Facts in the forms of JSON: those that lists may read, and those held apart."""
    open_: Row = {}
    apart: Row = {}
    for name, value in facts.items():
        if name in about:
            plain = about[name].adapter.dump_python(value, mode="json")
            (apart if about[name].private in APART else open_)[name] = plain
    return open_, apart


def _items(state: State) -> dict[tuple[Any, ...], Row]:
    found: dict[tuple[Any, ...], Row] = {}
    for item in state.items.values():
        ask = isinstance(state.kind.part_by_name[item.part], Ask)
        facts, apart = split(state.kind.item_about(item.part), item.facts)
        how = (
            "withdrawn"
            if item.withdrawn
            else "declined"
            if item.declined
            else "answered"
            if item.answered_at
            else "asked"
        )
        found[(item.id,)] = {
            "part": item.part, "ask": ask, "at": item.at, "known": item.known, "agency": item.to, "state": how if ask else "",
            "withdrawn": item.withdrawn, "answered_at": item.answered_at, "facts": facts, "private_facts": apart,
        }  # fmt: skip
    return found


def _run(run: Reckoned) -> Row:
    return {
        "duty": run.duty, "start": run.start, "due": run.due, "ended": run.ended, "state": run.state,
        **{name: getattr(run, name)[: _room(name)] for name in ("limit", "reason", "source", "evidence", "version")},
    }  # fmt: skip


@cache
def _room(column: str) -> int:
    return int(models.Run._meta.get_field(column).max_length)


def _taken(state: State) -> dict[tuple[Any, ...], Row]:
    return {
        (t.seq,): {
            "name": t.name, "item": "", "outcome": t.outcome, "proposed": str((t.proposal or {}).get("outcome", "")),
            "by": t.by, "at": t.at, "rests_on": list((t.proposal or {}).get("rests_on", ())),
        }
        for t in state.taken
    }  # fmt: skip


def fill(case: Case, found: Caches) -> None:
    """Set the case's own columns to what its journal says, unwritten."""
    for name, value in found.case.items():
        setattr(case, name, value)


def write(case: Case, found: Caches, *, new: bool = False) -> None:
    """Bring the rows of one case up to what its journal says; only rows that differ are touched. A `new` case has none."""
    fill(case, found)
    case.save(force_update=True)
    held: Held = {model: {} for model in KEYS} if new else held_of([case])[case.pk]
    for model, keys, wanted in found.tables():
        _bring(model, keys, case, wanted, held[model])


def held_of(cases: Collection[Case]) -> dict[int, Held]:
    """The rows that are stored for some cases, in three queries."""
    found: dict[int, Held] = {case.pk: {model: {} for model in KEYS} for case in cases}
    for model, keys in KEYS.items():
        for row in model._default_manager.filter(case__in=list(found)):
            found[row.case_id][model][tuple(getattr(row, key) for key in keys)] = row
    return found


def differences(case: Case, found: Caches, held: Held | None = None) -> list[str]:
    """Names of what is not as the journal says: columns of the case, and kinds of rows."""
    stored = held_of([case])[case.pk] if held is None else held
    wrong = [name for name, value in found.case.items() if getattr(case, name) != value]
    for model, _, rows in found.tables():
        if set(stored[model]) != set(rows) or any(_differs(stored[model][key], row) for key, row in rows.items()):
            wrong.append(f"{model._meta.model_name} rows")
    return wrong


def _bring(
    model: type[Model], keys: tuple[str, ...], case: Case, wanted: Mapping[tuple[Any, ...], Row], held: Mapping[Any, Any]
) -> None:  # fmt: skip
    if gone := [row.pk for key, row in held.items() if key not in wanted]:
        model._default_manager.filter(pk__in=gone).delete()
    new = []
    for key, row in wanted.items():
        if key not in held:
            new.append(model(case=case, **dict(zip(keys, key, strict=True)), **row))
        elif _differs(held[key], row):
            model._default_manager.filter(pk=held[key].pk).update(**row)
    if new:
        model._default_manager.bulk_create(new)


def _differs(held: Model, row: Row) -> bool:
    return any(getattr(held, name) != value for name, value in row.items())
