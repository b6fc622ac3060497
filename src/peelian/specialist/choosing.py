"""Cases that a form offers to be named, so that nobody copies a reference by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from peelian.access.actor import Actor
from peelian.casework.sight import cases, seen_facts

MOST = 20  # the newest cases that are offered


def of_kind(
    kind: str, *words: str, stages: Sequence[str] = (), where: Callable[[Any, dict[str, Any]], bool] | None = None
) -> Callable[..., list[tuple[str, str]]]:
    """What a form offers: cases of a kind that the reader may see, by these facts of theirs, the newest first.

    Parameters
    ----------
    words : str
        Facts that tell a person which case it is.
    stages : sequence of str
        Only cases at one of these; at any, if empty.
    where : callable, optional
        Of the case in hand and another's facts: whether that one is offered.
    """

    def look(case: Any, *, actor: Actor, at: datetime) -> list[tuple[str, str]]:
        rows = cases(actor).defer(None).filter(kind=kind).order_by("-opened_at", "-pk")
        if stages:
            rows = rows.filter(stage__in=list(stages))
        found = []
        for row in rows[: MOST * 3]:
            facts = seen_facts(row, actor)
            if where is None or where(case, facts):
                told = ", ".join(str(facts[w])[:80] for w in words if facts.get(w))
                found.append((row.ref, f"{told} ({row.opened_at:%d %B %Y})"))
        return found[:MOST]

    return look


def same(fact: str) -> Callable[[Any, dict[str, Any]], bool]:
    """Whether another case names the same in a fact as the case in hand."""
    return lambda case, facts: bool(case.get(fact)) and facts.get(fact) == case.get(fact)
