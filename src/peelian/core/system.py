"""The words in which a module declares that it is a system of the report: its kinds of case, what it makes and what it finds.

A kind of case (`peelian.core.kinds`) gives forms, queues, clocks and measures. What belongs to a system as a whole stands here: documents
made on demand (`Sheet`), and what it finds in the records by itself and lays before a person (`Find`). Nothing here runs anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .kinds import Kind

QUESTIONS: Mapping[str, str] = {  # the folder of each, and the question of the inspection that it answers
    "prevention": "How effective is the force at preventing crime, tackling anti-social behaviour and keeping people safe?",
    "investigation": "How effective is the force at investigating crime and reducing re-offending?",
    "vulnerability": "How effective is the force at protecting those who are vulnerable from harm, and supporting victims?",
    "organised_crime": "How effective is the force at tackling serious and organised crime?",
    "specialist": "How effective are the force's specialist capabilities?",
    "assurance": "How does the force know how good it is?",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that is asked before a sheet is made: `choices(actor, at)` gives the values and their words."""

    name: str
    question: str
    choices: Callable[[Any, datetime], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document made on demand, read as a page, a PDF or text.

    Attributes
    ----------
    build : callable
        ``build(*, actor, at, **given)`` gives a `peelian.core.document.Document`; `given` holds one text for each of `asks`, or
        ``case``, the case as its reader sees it, for the sheet of a case.
    kind : str
        The kind of case whose page shows it; empty for a sheet of the whole system.
    """

    name: str
    title: str
    build: Callable[..., Any]
    kind: str = ""
    asks: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found in the records, proposed as a case. A person opens it, or leaves it.

    Attributes
    ----------
    key : str
        Letters, digits and hyphens, the same each time the same thing is found; it holds nothing personal.
    reason : str
        Why it is proposed, in words that its reader may see.
    given : mapping of str to object
        Facts that the form is filled in with.
    numbers : sequence of (words, value)
        What the reason rests on, for the table.
    """

    key: str
    reason: str
    given: Mapping[str, Any]
    subject: str = ""
    source: str = ""
    evidence: str = ""
    numbers: Sequence[tuple[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Find:
    """What a system finds by itself: `look(*, actor, at)` lists it, the most pressing first. Each opens a case of `kind` by `act`.

    Attributes
    ----------
    by : tuple of str
        Roles that may look; empty for everybody who may open the case.
    """

    name: str
    title: str
    look: Callable[..., Sequence[Found]]
    kind: str
    act: str
    by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class System:
    """One of the 42 systems of the report.

    Attributes
    ----------
    id, name : str
        As in the table of systems: ``P4`` and its words.
    question : str
        The folder, one of `QUESTIONS`.
    afi : int or None
        The area for improvement of the 2016 report that it answers, in the order of the acceptance tests.
    pages : tuple of (str, str, *str)
        Pages beside its cases, sheets and finds: the name of the address, words, and the force's roles that it opens to (none: all).
    roles : tuple of str
        Whose first page shows it.
    partial : str
        What is not there yet, in a sentence; empty where it works.
    module : str
        Where its work is done, if not where it is declared.
    """

    id: str
    name: str
    question: str
    afi: int | None = None
    kinds: tuple[Kind, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    finds: tuple[Find, ...] = ()
    pages: tuple[tuple[str, ...], ...] = ()
    roles: tuple[str, ...] = ()
    partial: str = ""
    module: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.question not in QUESTIONS:
            raise ValueError(f"{self.id}: {self.question!r} is none of {sorted(QUESTIONS)}")
        own = {kind.name for kind in self.kinds}
        made = [(each.name, each.kind) for each in self.sheets] + [(each.name, each.kind) for each in self.finds]
        if len({name for name, _ in made}) < len(made):
            raise ValueError(f"{self.id}: two sheets or finds have one name")
        for name, kind in made:
            if kind and kind not in own:
                raise ValueError(f"{self.id}: {name} is of {kind!r}, which is no kind of this system")

    @property
    def state(self) -> str:
        """``works``, or ``partial``."""
        return "partial" if self.partial else "works"
