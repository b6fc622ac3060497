"""Where a new case comes from: another case that it belongs to, or something that a system found in the records."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from peelian.access.actor import Actor, Denied
from peelian.casework.models import Case
from peelian.casework.reading import found as case_of
from peelian.core.kinds import Kind
from peelian.core.system import Find, Found, System
from peelian.systems import SYSTEMS, load

LONGEST = 60  # characters of a token, as a draft keeps it
KEY = 36  # of them for the key of what was found: the longest name of a find leaves so many


@dataclass(frozen=True)
class Opening:
    """What a form that opens a case begins with.

    Attributes
    ----------
    token : str
        ``case:REF`` or ``find:ID.NAME.KEY``, as addresses and drafts carry it; empty for a form opened by itself.
    given : mapping of str to object
        Facts that the form is filled in with.
    """

    token: str = ""
    parent: Case | None = None
    origin: str = ""
    why: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


def opening(token: str, kind: Kind, actor: Actor, at: datetime, *, fill: bool) -> Opening:
    """Read a token; one that says nothing of this kind, or that the reader may not use, is no token.

    Parameters
    ----------
    fill : bool
        Whether what was found is looked up again, to fill the form in.
    """
    what, _, rest = token[:LONGEST].partition(":")
    if what == "case":
        try:
            parent = case_of(rest, actor)
        except Denied:
            return Opening()
        from peelian.casework.kinds import kind_of

        if kind.name not in kind_of(parent.kind).children:
            return Opening()
        return Opening(token, parent=parent, given=told_alike(parent, kind, actor) if fill else {})
    if what == "find":
        system, find, key = find_of(rest)
        if find is None or system is None or find.kind != kind.name:
            return Opening()
        one = next((f for f in find.look(actor=actor, at=at) if short(f.key) == key), None) if fill else None
        subject = {kind.subject: one.subject} if one and one.subject and kind.subject else {}
        given = {**subject, **one.given} if one else {}
        return Opening(token, origin=origin_of(find, key), why=one.reason if one else "", given=given)
    return Opening()


def told_alike(parent: Case, kind: Kind, actor: Actor) -> dict[str, Any]:
    """What a case says to the same question, in the same words, as one that is opened from it asks: nobody types it twice."""
    from peelian.casework.kinds import kind_of
    from peelian.casework.sight import seen_facts

    above = kind_of(parent.kind).about
    return {
        name: value for name, value in seen_facts(parent, actor).items()
        if isinstance(value, str) and name in kind.about and kind.about[name].question == above[name].question
        and kind.about[name].show == "form"
    }  # fmt: skip


def find_of(rest: str) -> tuple[System | None, Find | None, str]:
    """The system, the find and the key of ``ID.NAME.KEY``."""
    load()
    name, _, rest = rest.partition(".")
    find, _, key = rest.partition(".")
    system = SYSTEMS.get(name)
    return system, next((f for f in system.finds if f.name == find), None) if system else None, key


def short(key: str) -> str:
    """A key as addresses, drafts and cases carry it: itself, or of a long one a digest."""
    return key if len(key) <= KEY else hashlib.sha256(key.encode()).hexdigest()[:KEY]


def token_of(system: System, find: Find, found: Found) -> str:
    """The token of something found."""
    return f"find:{system.id}.{find.name}.{short(found.key)}"


def origin_of(find: Find, key: str) -> str:
    """What a case opened from something found carries, so that it is not proposed twice."""
    return f"found:{find.name}:{short(key)}"
