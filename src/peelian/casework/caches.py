"""What stands beside a journal: worked out from it alone, written with each entry, and compared with it by `verify`.

A run is kept as it stands at its start, so that time changes nothing in it: that it is overdue is read off its due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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

Row = dict[str, Any]


@dataclass(frozen=True)
class Caches:
    """Every cached row of a case.

    Attributes
    ----------
    case : dict
        Columns of `Case` that follow from the journal.
    items, runs, taken : dict
        Columns by key: item; (item, clock, n); seq.
    state : State
        The fold; None for a journal without an entry.
    reckoned : list
        The runs of the clocks, as at their start.
    """

    case: Row
    items: dict[str, Row]
    runs: dict[tuple[str, str, int], Row]
    taken: dict[int, Row]
    state: State
    reckoned: Sequence[Reckoned] = field(default=())


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


def _items(state: State) -> dict[str, Row]:
    found = {}
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
        found[item.id] = {
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


def _taken(state: State) -> dict[int, Row]:
    return {
        t.seq: {
            "name": t.name, "item": "", "outcome": t.outcome, "proposed": str((t.proposal or {}).get("outcome", "")),
            "by": t.by, "at": t.at, "rests_on": list((t.proposal or {}).get("rests_on", ())),
        }
        for t in state.taken
    }  # fmt: skip


def write(case: Case, found: Caches) -> None:
    """Bring the rows of one case up to what its journal says; only rows that differ are touched."""
    for name, value in found.case.items():
        setattr(case, name, value)
    case.save(force_update=True)
    _bring(models.Item, ("item",), case, {(k,): v for k, v in found.items.items()})
    _bring(models.Run, ("item", "clock", "n"), case, found.runs)
    _bring(models.Taken, ("seq",), case, {(k,): v for k, v in found.taken.items()})


def differences(case: Case, found: Caches) -> list[str]:
    """Names of what is not as the journal says: columns of the case, and rows."""
    wrong = [name for name, value in found.case.items() if getattr(case, name) != value]
    for model, keys, rows in (
        (models.Item, ("item",), {(k,): v for k, v in found.items.items()}),
        (models.Run, ("item", "clock", "n"), found.runs),
        (models.Taken, ("seq",), {(k,): v for k, v in found.taken.items()}),
    ):
        held = {tuple(getattr(r, k) for k in keys): r for r in model.objects.filter(case=case)}
        if set(held) != set(rows) or any(_differs(held[key], row) for key, row in rows.items()):
            wrong.append(f"{model._meta.verbose_name}s")
    return wrong


def _bring(model: type[Model], keys: tuple[str, ...], case: Case, wanted: Mapping[tuple[Any, ...], Row]) -> None:
    held = {tuple(getattr(r, k) for k in keys): r for r in model._default_manager.filter(case=case)}
    if gone := [row.pk for key, row in held.items() if key not in wanted]:
        model._default_manager.filter(pk__in=gone).delete()
    new = []
    for key, row in wanted.items():
        if key not in held:
            new.append(model(case=case, **dict(zip(keys, key, strict=True)), **row))
        elif _differs(held[key], row):
            model._default_manager.filter(pk=held[key].pk).update(**row)
    model._default_manager.bulk_create(new)


def _differs(held: Model, row: Row) -> bool:
    return any(getattr(held, name) != value for name, value in row.items())
