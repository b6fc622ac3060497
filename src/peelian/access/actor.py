"""Who acts, for whom and why. Every view, command and query takes an actor."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from peelian.core.clock import london_day
from peelian.core.errors import PeelianError

from .log.entries import write_entry
from .models import Agency, Entry, User
from .purposes import PURPOSES
from .roles import ROLES
from .sight import Hidden, decisions, hidden, shown
from .standing import Standing, standing

__all__ = [
    "PURPOSES", "VERBS", "Actor", "Denied", "Hidden", "allowed_classes", "hidden", "record_act", "require_police",
    "require_role", "visible",
]  # fmt: skip

# Data Protection Act 2018, s.62(1): the six kinds of processing that must be logged.
VERBS = ("collection", "alteration", "consultation", "disclosure", "combination", "erasure")


class Denied(PeelianError):
    """The actor may not do this. It never says whether the thing exists."""

    id = "peelian.E301"


@dataclass(frozen=True)
class Actor:
    """A person acting for an agency with a stated purpose, on a day.

    Attributes
    ----------
    on : date
        The day (London) whose postings, vetting, training and agreements hold.
    reason : str
        What was typed beside the purpose.
    """

    user: User
    agency: Agency
    purpose: str
    on: date = field(default_factory=lambda: london_day(datetime.now(UTC)))
    reason: str = ""
    _told: dict[str, Any] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.purpose not in PURPOSES:
            raise Denied("no purpose was stated", fix="state one of: " + ", ".join(PURPOSES))

    @classmethod
    def of(cls, user: User, purpose: str, *, reason: str = "") -> Actor:
        """The actor that `user` is for `purpose`; Denied for anyone inactive or without an agency."""
        if not user.is_active or user.agency is None:
            raise Denied("this account may not see records", fix="ask an administrator to give the account an agency")
        return cls(user, user.agency, purpose, reason=reason)

    @cached_property
    def standing(self) -> Standing:
        """Roles, vetting, training and teams on the day. Read once: an actor lives no longer than a request or a command."""
        return standing(self.user, self.on)

    def for_one_look(self, *, anew: bool = False) -> Actor:
        """The same actor, for whom policy and restrictions are asked once: for many questions that make one answer.

        `anew` forgets what was asked before.
        """
        return self if self._told is not None and not anew else replace(self, _told={})

    def once(self, name: str, work: Callable[[Actor], Any]) -> Any:
        """What `work` gives for the actor; in one look it is asked once, under this name."""
        if self._told is None:
            return work(self)
        if name not in self._told:
            self._told[name] = work(self)
        return self._told[name]

    @property
    def roles(self) -> frozenset[str]:
        """The roles of the postings that hold."""
        return self.standing.roles


def allowed_classes(actor: Actor) -> list[str]:
    """Codes of the record classes that policy lets `actor` see, sorted. Rows restricted to others are `hidden`."""
    told = actor.once("decisions", decisions)
    return sorted(code for code, decision in told.items() if decision.allowed)


def visible(queryset: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    """Only the rows that `actor` may see: of allowed classes, and not restricted to others.

    The model names the way to its class in `class_path`, and how its rows are restricted in `restricted`.
    """
    path = getattr(queryset.model, "class_path", "record_class")
    return shown(queryset.filter(**{f"{path}__in": allowed_classes(actor)}), actor.once("hidden", hidden))


def require_police(actor: Actor) -> None:
    """Raise Denied for anyone but the force's own people: only they land and mend records."""
    if actor.agency.kind != "police":
        raise Denied("only the force's own people may do this")


def require_role(actor: Actor, *roles: str) -> None:
    """Raise Denied for anyone but the force's own people who hold one of `roles` today, in words that tell whom to ask.

    A partner posts its people in the same roles; what they oversee there is not this installation.
    """
    require_police(actor)
    if not actor.roles & set(roles):
        asked = " or ".join(ROLES[role].lower() for role in roles)
        raise Denied("your posting does not let you do this", fix=f"ask somebody posted as {asked}")


def record_act(
    actor: Actor,
    verb: str,
    what: str,
    *,
    detail: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    subjects: Collection[str] = (),
    recipient: str = "",
    reason: str = "",
) -> Entry:
    """Write the entry of one act, in the caller's transaction: with the act, or neither.

    Parameters
    ----------
    actor : Actor
        Who acts; purpose and `reason` (or what was typed beside the purpose) are the justification.
    verb : str
        One of `VERBS`.
    what : str
        What was done, in plain words and without personal data; so is `detail`.
    subjects : collection of str
        Keys of the mentions that the act concerns; the log keeps their refs.
    recipient : str
        To whom it went; a disclosure needs one.

    Raises
    ------
    ValueError
        If the verb is unknown, or a disclosure names no recipient.
    """
    if verb not in VERBS:
        raise ValueError(f"{verb!r} is none of {VERBS}")
    if verb == "disclosure" and not recipient:
        raise ValueError("a disclosure names its recipient")
    return write_entry(
        Entry(
            at=at or datetime.now(UTC),
            user=actor.user.username,
            agency=actor.agency.code,
            role=", ".join(sorted(actor.roles))[:200] or actor.agency.get_kind_display(),
            team=", ".join(sorted(actor.standing.teams))[:120],
            purpose=actor.purpose,
            reason=reason or actor.reason,
            verb=verb,
            what=what,
            recipient=recipient,
            detail=dict(detail or {}),
        ),
        subjects,
    )
