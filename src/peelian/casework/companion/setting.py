"""Which kind of case follows which system, as the force writes it in ``companion.toml`` of the data folder. No Python is needed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from django.conf import settings
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from peelian.access.actor import Actor
from peelian.access.people import user_named
from peelian.core.errors import Faults, PeelianError

from ..kinds import KINDS, kind_of
from .contract import Adapter
from .feeds import FeedAdapter
from .http import HttpAdapter

FILE = "companion.toml"
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,58}$")]


class Source(BaseModel):
    """A system that is followed.

    Attributes
    ----------
    account : str
        The account of this installation that acts for it: what it may do is what that account is posted to do.
    """

    model_config = ConfigDict(extra="forbid")

    name: Name
    title: str
    type: Literal["http", "feed"]
    account: str
    purpose: str = "response"
    url: str = ""
    token_in: str = ""
    feed: Literal["", "force-incidents", "force-crimes"] = ""


class Follow(BaseModel):
    """Which of its records open a case of a kind, with which facts, and what is told back.

    Attributes
    ----------
    when : mapping
        Field of the record to the values with which it opens a case; all must hold.
    open, update : str
        The act that opens the case, and the one that takes a changed record in.
    facts : mapping
        Fact of the kind to field of the record.
    to : str
        Who is offered the case first: a username, or ``team:CODE``.
    tells : list of str
        Decisions that are written back.
    """

    model_config = ConfigDict(extra="forbid")

    kind: str
    source: Name
    when: dict[str, list[Any]] = {}
    open: str
    update: str
    facts: dict[str, str]
    to: str
    tells: list[str] = []

    def wants(self, fields: Mapping[str, Any]) -> bool:
        """Whether a record opens a case."""
        return all(fields.get(name) in values for name, values in self.when.items())

    def given(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that a record states; what it leaves empty is not told, and never taken as no."""
        told = {fact: fields.get(name) for fact, name in self.facts.items()}
        return {fact: value for fact, value in told.items() if value not in (None, "")}


class Companion(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid")

    source: list[Source] = []
    follow: list[Follow] = []


@dataclass(frozen=True)
class Linked:
    """A source with its adapter, whoever acts for it, and the kinds that follow it."""

    source: Source
    adapter: Adapter
    actor: Actor
    follows: tuple[Follow, ...]


def read(path: Path | None = None) -> Companion:
    """What the file says, checked against the kinds that are declared; empty where there is no file.

    Raises
    ------
    Faults
        ``peelian.E499``, every fault together.
    """
    file = path or Path(settings.HOME) / FILE
    if not file.is_file():
        return Companion()
    try:
        told = Companion.model_validate(tomllib.loads(file.read_text()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _fault(f"it is not TOML: {error}") from None
    except ValidationError as error:
        raise Faults(
            [_fault(f"{'.'.join(map(str, e['loc']))}: {e['msg']}") for e in error.errors(include_url=False)]
        ) from None
    if faults := [fault for follow in told.follow for fault in _faults(follow, told)]:
        raise Faults([_fault(f"{fault}") for fault in faults])
    return told


def _faults(follow: Follow, told: Companion) -> list[str]:
    if follow.source not in {one.name for one in told.source}:
        return [f"no [[source]] is called {follow.source}"]
    if follow.kind not in KINDS:
        return [f"there is no kind of case {follow.kind}"]
    kind = kind_of(follow.kind)
    found = [f"{kind.name} has no fact {fact}" for fact in follow.facts if fact not in kind.about]
    for act in (follow.open, follow.update):
        if act not in kind.act_by_name:
            found.append(f"{kind.name} has no act {act}")
    names = {decision.name for decision in kind.decisions}
    return found + [f"{kind.name} has no decision {name}" for name in follow.tells if name not in names]


def linked(told: Companion | None = None) -> list[Linked]:
    """Every source of the file, ready to be asked."""
    held = read() if told is None else told
    return [_link(source, held) for source in held.source]


def _link(source: Source, told: Companion) -> Linked:
    actor = Actor.of(user_named(source.account), source.purpose)
    adapter: Adapter
    if source.type == "http":
        adapter = HttpAdapter(source.name, source.title, source.url.rstrip("/"), source.token_in)
    else:
        adapter = FeedAdapter(source.name, source.feed or "force-incidents", actor)
    return Linked(source, adapter, actor, tuple(f for f in told.follow if f.source == source.name))


def _fault(found: str) -> PeelianError:
    return PeelianError(
        "the file of systems to follow cannot be used", where=FILE, found=found,
        matters="nothing new of those systems is taken in until it can", fix="mend it; docs/reference/companion.md shows one",
        id="peelian.E499",
    )  # fmt: skip
