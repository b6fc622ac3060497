"""The shapes of what is sent and received, worked out from a kind's declaration."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from peelian.core.kinds import About, Act, Ask, Decision, Kind, about_of, words_of

STRICT = ConfigDict(extra="forbid")


class Fault(BaseModel):
    """Why something was not done, in words; nothing was written."""

    id: str
    summary: str
    reasons: list[str] = []
    fields: dict[str, str] = {}
    fix: str = ""
    changed: list[str] = Field(
        default=[], description="Of a conflict: facts, or the stage, that others changed since `seen`."
    )


class Clock(BaseModel):
    """A run of a clock, and why it falls due when it does."""

    clock: str
    item: str
    state: str
    due: datetime | None
    ended: datetime | None
    reason: str
    source: str
    evidence: str
    version: str


class Door(BaseModel):
    """Something that can be done, or why not."""

    name: str
    title: str
    open: bool
    why: list[str]


class Proposed(BaseModel):
    """What a policy proposes; a person decides."""

    decision: str
    outcome: str
    reason: str
    source: str


class Item(BaseModel):
    """A row of the case, or a question to another agency."""

    part: str
    item: str
    at: datetime
    agency: str
    state: str
    facts: dict[str, Any]


class Line(BaseModel):
    """One entry of the journal, without what was typed."""

    seq: int
    at: datetime
    known: datetime
    by: str
    verb: str
    name: str
    to: str
    reason: str


class Brief(BaseModel):
    """A case in a list."""

    ref: str
    kind: str
    stage: str
    closed: bool
    area: str
    owner: str
    accepted: bool
    offered_to: str
    opened_at: datetime
    next_due: datetime | None
    origin: str
    seq: int
    facts: dict[str, Any]


class Listed(BaseModel):
    """A page of cases; `next` asks for the one after it, and is empty on the last."""

    cases: list[Brief]
    next: str


class Written(BaseModel):
    """What was done: the case as it stands after it."""

    ref: str
    stage: str
    seq: int
    owner: str


class Asked(BaseModel):
    """A question to your agency, with what it shows of the case and nothing else."""

    ref: str
    kind: str
    asks: str
    at: datetime
    state: str
    shown: dict[str, Any]


class Reason(BaseModel):
    """Why."""

    model_config = STRICT
    reason: str = Field(min_length=1, max_length=2000)


class Offer(BaseModel):
    """To whom a case is offered."""

    model_config = STRICT
    to: str = Field(description="A username, or team:CODE.")
    reason: str = ""
    supporter: str = Field(default="", description="Who supports them, where they are not qualified.")
    until: datetime | None = None


class ToAgency(BaseModel):
    """Which agency is asked."""

    model_config = STRICT
    agency: str = Field(description="Code of the agency.")
    reason: str = ""


def facts_of(kind: Kind) -> type[BaseModel]:
    """The facts of a kind as they are read; those that are unset, or that you may not see, are left out."""
    return create_model(_name(kind, "facts"), **{n: _maybe(a) for n, a in kind.about.items()})


def case_of(kind: Kind) -> type[BaseModel]:
    """A whole case of a kind."""
    return create_model(
        _name(kind, "case"), __base__=Brief, facts=(facts_of(kind), ...), clocks=(list[Clock], ...), doors=(list[Door], ...),
        proposals=(list[Proposed], ...), items=(list[Item], ...), journal=(list[Line], ...),
    )  # fmt: skip


def act_of(kind: Kind, act: Act) -> type[BaseModel]:
    """What an act asks for."""
    about = about_of(kind, act)
    fields: dict[str, Any] = {n: _must(about[n]) for n in act.asks} | {n: _maybe(about[n]) for n in act.maybe}
    if act.on:
        fields["item"] = (str, Field(description=f"Which of {words_of(act.on).lower()} it is about."))
    if "new" in (act.during if isinstance(act.during, tuple) else (act.during,)):
        fields |= {
            "to": (str, Field("", description="First owner, if not you: a username, or team:CODE.")),
            "origin": (str, Field("", description="Reference in the force's own system.", max_length=80)),
        }
    return create_model(
        _name(kind, act.name), __config__=STRICT, __doc__=words_of(act.name, act.title), **fields, **_beside()
    )


def decision_of(kind: Kind, decision: Decision) -> type[BaseModel]:
    """What a decision takes: its outcome, and what it asks for."""
    about = about_of(kind, decision)
    outcomes = Literal[tuple(o.name for o in decision.outcomes)]  # type: ignore[valid-type]
    fields: dict[str, Any] = {n: _must(about[n]) for n in decision.asks} | {n: _maybe(about[n]) for n in decision.maybe}
    return create_model(
        _name(kind, decision.name), __config__=STRICT, __doc__=words_of(decision.name, decision.title),
        outcome=(outcomes, Field(description="Lowest first; differing from the proposal needs a reason.")), **fields, **_beside(),
    )  # fmt: skip


def answer_of(kind: Kind, ask: Ask) -> type[BaseModel]:
    """What an agency answers."""
    about = kind.item_about(ask.name)
    return create_model(
        _name(kind, f"{ask.name}_answer"), __config__=STRICT, __doc__=words_of(ask.name, ask.title),
        **{n: _maybe(a) for n, a in about.items()}, **_beside(),
    )  # fmt: skip


BESIDE = ("item", "to", "origin", "reason", "at", "seen", "outcome", "agency")


def given_in(body: BaseModel, about: dict[str, About]) -> dict[str, Any]:
    """The facts that were sent, in the forms of JSON."""
    return {n: v for n, v in body.model_dump(mode="json", exclude_unset=True).items() if n in about}


def _beside() -> dict[str, Any]:
    return {
        "reason": (str, Field("", max_length=2000)),
        "at": (datetime | None, Field(None, description="When it was so, if earlier than now.")),
        "seen": (
            int | None,
            Field(None, description="`seq` of the case when you read it: what others changed since is refused."),
        ),
    }


def _must(about: About) -> Any:
    return about.type, Field(description=_words(about))


def _maybe(about: About) -> Any:
    return about.type | None, Field(None, description=_words(about))


def _words(about: About) -> str:
    return f"{about.question} {about.hint} ({about.private})".replace("  ", " ")


def _name(kind: Kind, what: str) -> str:
    return "".join(w.capitalize() for w in f"{kind.name}_{what}".split("_"))
