"""Alerts on unusual looking: rules propose, each with its reason and figures; a person decides.

A rule is a function over a `Window`; its docstring is what the person who decides reads beside the alert. Upper floors register
theirs here. No rule ranks or counts staff against each other: each sets an account against its own usual, or a record against its.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from peelian.access.actor import Actor, Denied, record_act, require_role
from peelian.access.models import Alert, Entry, Subject
from peelian.core.clock import london_day
from peelian.core.dated import Dated
from peelian.core.errors import PeelianError

from .looks import OVERSEERS

_FILE = Path(__file__).with_name("unusual.toml")
WINDOW_DAYS = Dated(_FILE, "window_days", int)
USUAL_DAYS = Dated(_FILE, "usual_days", int)


@dataclass(frozen=True)
class Window:
    """The days that are looked at: from `start` until before `end`; `usual` is when the time begins that shows what is usual."""

    usual: datetime
    start: datetime
    end: datetime

    @property
    def looks(self) -> QuerySet[Entry]:
        """Consultations of people in the window, each once."""
        return looks_between(self.start, self.end)


@dataclass(frozen=True)
class Unusual:
    """What a rule found. `user` is empty where it is a record that many looked at."""

    user: str
    subject: str
    why: str
    figures: Mapping[str, Any] = field(default_factory=dict)


Rule = Callable[[Window], Iterable[Unusual]]
RULES: dict[str, tuple[str, Rule]] = {}
CUES: list[Callable[[Alert, Window], str]] = []


def rule(name: str, title: str) -> Callable[[Rule], Rule]:
    """Register a rule under a name that stands in the store, with the words that people read."""

    def register(made: Rule) -> Rule:
        RULES[name] = (title, made)
        return made

    return register


def cue(made: Callable[[Alert, Window], str]) -> Callable[[Alert, Window], str]:
    """Register a weak sign: it raises nothing by itself, and is told beside an alert that stands without it. Empty says nothing."""
    CUES.append(made)
    return made


def looks_between(start: datetime, end: datetime) -> QuerySet[Entry]:
    """Consultations of people by an account, from `start` until before `end`."""
    seen = Entry.objects.filter(verb="consultation", at__gte=start, at__lt=end).exclude(user="")
    return seen.filter(id__in=Subject.objects.values("entry"))


def window_to(at: datetime) -> Window:
    """The window that ends at an instant."""
    day = london_day(at)
    start = at - timedelta(days=WINDOW_DAYS.look(on=day).value)
    return Window(start - timedelta(days=USUAL_DAYS.look(on=day).value), start, at)


def propose(*, at: datetime) -> int:
    """Let every rule look at the days before `at`; how many alerts are new. One that was raised is not raised again."""
    window, new = window_to(at), 0
    for name, (_, made) in RULES.items():
        for one in made(window):
            # A week's looks of one account at one person are one question.
            said = f"{name}\n{one.user}\n{one.subject}\n{at.isocalendar()[:2]}"
            uid = sha256(said.encode()).hexdigest()
            alert = Alert(
                uid=uid, rule=name, user=one.user, subject=one.subject, why=one.why, figures=dict(one.figures), raised_at=at
            )  # fmt: skip
            if Alert.objects.filter(uid=uid).exists():
                continue
            if told := [words for made_cue in CUES if (words := made_cue(alert, window))]:
                alert.figures["weak signs"] = told
            alert.save(force_insert=True)
            new += 1
    return new


def queue(actor: Actor, *, at: datetime, state: str = "open") -> list[Alert]:
    """Alerts of a state, the oldest first, for those who oversee the looks. Nobody sees one about their own looking.

    Raises
    ------
    Denied
        If the actor holds no such role.
    """
    require_role(actor, *OVERSEERS)
    rows = list(Alert.objects.filter(state=state).exclude(user=actor.user.username).order_by("raised_at", "pk")[:200])
    record_act(actor, "consultation", "alerts on looking", detail={"state": state, "shown": len(rows)}, at=at)
    return rows


@transaction.atomic
def decide(actor: Actor, uid: str, *, state: str, reason: str, at: datetime) -> Alert:
    """Record what a person found out about an alert: that the looking was justified, or that it is referred on.

    Raises
    ------
    Denied
        If the actor does not oversee the looks, or there is no such open alert.
    PeelianError
        ``peelian.E335`` without a reason or a decision; ``peelian.E336`` if the alert is about the actor's own looking.
    """
    require_role(actor, *OVERSEERS)
    found = Alert.objects.select_for_update().filter(uid=uid, state="open").first()
    if found is None:
        raise Denied("there is no such open alert")
    if found.user == actor.user.username:
        raise PeelianError(
            "nobody decides on an alert about their own looking", fix="a colleague decides", id="peelian.E336"
        )
    if state not in ("justified", "referred") or not reason.strip():
        raise PeelianError(
            "the decision needs to be justified or referred, with a reason",
            matters="whoever was looked at, and whoever looked, may ask why",
            fix="say in words what was found out; write no names",
            id="peelian.E335",
        )
    found.state, found.reason = state, reason.strip()[:500]
    found.decided_by, found.decided_at = actor.user.username, at
    found.save()
    record_act(
        actor,
        "alteration",
        "alert on looking decided",
        detail={"alert": uid[:12], "state": state, "rule": found.rule},
        at=at,
    )
    return found


def title(name: str) -> str:
    """The words for a rule."""
    return RULES[name][0] if name in RULES else name


def explanation(name: str) -> str:
    """What a rule says of itself, for the person who decides."""
    return " ".join((RULES[name][1].__doc__ or "").split()) if name in RULES else ""
