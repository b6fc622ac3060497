"""Duty: who is on now, by team and role, and who must act on a case.

The roster says when; the posting says in which team and role. Somebody may sign on beside the roster, and sign off before it ends.
Whoever is abstracted, sick or on leave is simply not on duty: why is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from peelian.access.actor import Actor, record_act, require_police
from peelian.access.models import Posting, Team, User
from peelian.access.standing import holding
from peelian.core.clock import in_utc, london_day
from peelian.core.errors import PeelianError
from peelian.core.kinds.case import Around, Who
from peelian.core.kinds.journal import State

from .cover import Cover, Shifts, Span, cover
from .duty_tables import Accreditation
from .models import Duty

ROSTER, PAGE, OFF = "roster", "page", "signed off"  # who says it; what somebody says of themselves outweighs the roster
LONGEST = timedelta(hours=24)  # of a duty that somebody signs on for: a slip of the date is no duty


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody on duty.

    Attributes
    ----------
    username, name : str
    roles, teams : frozenset of str
        Of the postings that hold on the day.
    since, until : datetime
        UTC; `until` is the first instant at which they are on duty no more.
    """

    username: str
    name: str
    roles: frozenset[str]
    teams: frozenset[str]
    since: datetime
    until: datetime


def spans(usernames: Collection[str] | None, since: datetime, until: datetime) -> dict[str, list[Span]]:
    """When each is on duty between two instants: spans that neither overlap nor touch, in order.

    Parameters
    ----------
    usernames : collection of str or None
        None: everybody.
    since, until : datetime
        Spans that begin before `until` and end after `since`; they are not cut to it.

    Notes
    -----
    The roster's spans and those signed on for are joined; what somebody signed off is taken out, except where they signed on
    again later.
    """
    rows = Duty.objects.filter(start__lt=in_utc(until), end__gt=in_utc(since))
    if usernames is not None:
        rows = rows.filter(user__in=list(usernames))
    said: dict[str, list[tuple[bool, datetime, bool, datetime, datetime]]] = {}
    for user, start, end, source, at in rows.values_list("user", "start", "end", "source", "at"):
        said.setdefault(user, []).append((source != ROSTER, at, source != OFF, start, end))
    found = {}
    for user, told in said.items():
        on: list[Span] = []
        for *_, yes, start, end in sorted(told):  # the roster first, then what they said themselves in order
            on = _joined([*on, (start, end)]) if yes else _without(on, start, end)
        if on:
            found[user] = on
    return found


def _joined(rows: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(rows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _without(rows: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    cut = [part for a, b in rows for part in ((a, min(b, start)), (max(a, end), b))]
    return [(a, b) for a, b in cut if a < b]


def _around(rows: Iterable[Span], at: datetime) -> Span | None:
    return next(((a, b) for a, b in rows if a <= at < b), None)


def on_duty(at: datetime, *, team: str = "", role: str | Collection[str] = "") -> list[OnDuty]:
    """Who is on duty at an instant, in the order of their usernames.

    Parameters
    ----------
    team : str
        Code of a team: its own people only.
    role : str or collection of str
        Any of these roles.
    """
    at = in_utc(at)
    wanted = {role} - {""} if isinstance(role, str) else set(role)
    # Duties of a day that touch are one: reading a day to either side finds the whole of it.
    near = spans(None, at - LONGEST, at + LONGEST)
    held = {user: span for user, rows in near.items() if (span := _around(rows, at))}
    names = {u.username: u.get_full_name() for u in User.objects.filter(username__in=list(held))}
    found = []
    for user, (roles, teams) in sorted(_posted(held, at).items()):
        if (not wanted or roles & wanted) and (not team or team in teams):
            found.append(OnDuty(user, names[user] or user, frozenset(roles), frozenset(teams), *held[user]))
    return found


def is_on_duty(username: str, at: datetime) -> bool:
    """Whether somebody is on duty at an instant."""
    return span(username, at) is not None


def span(username: str, at: datetime) -> Span | None:
    """From when until when somebody is on duty without a break, around an instant; None when they are not."""
    at = in_utc(at)
    return _around(spans([username], at - LONGEST, at + LONGEST).get(username, []), at)


def next_duty(
    usernames: Collection[str], at: datetime, *, within: timedelta = timedelta(days=28)
) -> dict[str, datetime]:
    """When each is next on duty: `at` itself for those on duty now; whoever has no duty planned is left out."""
    at = in_utc(at)
    planned = spans(usernames, at, at + within)
    ahead = {user: [span for span in rows if span[1] > at] for user, rows in planned.items()}
    return {user: max(rows[0][0], at) for user, rows in ahead.items() if rows}


def skills(username: str, at: datetime) -> frozenset[str]:
    """Names of the accreditations that somebody holds in date, at an instant."""
    return skills_of([username], at).get(username, frozenset())


def skills_of(usernames: Collection[str], at: datetime) -> dict[str, frozenset[str]]:
    """The same for many at once; whoever holds none is left out."""
    rows = holding(Accreditation.objects.filter(user__in=list(usernames)), london_day(at))
    found: dict[str, set[str]] = {}
    for user, name in rows.values_list("user", "name"):
        found.setdefault(user, set()).add(name)
    return {user: frozenset(held) for user, held in found.items()}


def shifts(at: datetime, *, owner: str = "", since: datetime | None = None) -> Shifts:
    """Everybody of the force who is on duty within a day of an instant, as the pure rules of cover read it.

    Parameters
    ----------
    owner : str
        Whose duties are read back to `since`: when they went off counts.
    """
    at = in_utc(at)
    near = spans(None, at - LONGEST, at + LONGEST)
    if owner and since is not None:
        near |= spans([owner], min(in_utc(since), at - LONGEST), at + LONGEST)
    people = {}
    for user, (roles, teams) in _posted([*near, *([owner] if owner else [])], at).items():
        people[user] = Who(user, frozenset(roles), teams=frozenset(teams))
    return Shifts({user: rows for user, rows in near.items() if user in people}, people)


def answerer(state: State, at: datetime, *, around: Around | None = None) -> Cover | None:
    """Who must act on a case now, by name; None where its owner has it in hand. See :func:`peelian.casework.cover.cover`."""
    owner = "" if state.owner.startswith("team:") else state.owner
    return cover(state, in_utc(at), shifts(at, owner=owner, since=state.opened_at), around=around)


def posted(roles: Collection[str], at: datetime) -> tuple[str, ...]:
    """Usernames of everybody of the force who is posted in one of these roles on the day, on duty or not."""
    rows = holding(Posting.objects.filter(user__is_active=True, user__agency__kind="police"), london_day(at))
    return tuple(sorted({user for user, held in rows.values_list("user__username", "roles") if set(held) & set(roles)}))


def _posted(usernames: Collection[str], at: datetime) -> dict[str, tuple[set[str], set[str]]]:
    """Roles and teams of the postings that hold, by username; accounts that are closed are left out."""
    active = User.objects.filter(username__in=list(usernames), is_active=True).values_list("username", flat=True)
    found: dict[str, tuple[set[str], set[str]]] = {name: (set(), set()) for name in active}
    rows = holding(Posting.objects.filter(user__username__in=list(found)), london_day(at))
    for user, roles, code in rows.values_list("user__username", "roles", "team_id"):
        found[user][0].update(roles)
        found[user][1].update([code] if code else [])
    return found


@transaction.atomic
def sign_on(*, until: datetime, actor: Actor, at: datetime) -> Duty:
    """Note that the actor is on duty from now until an instant, whatever the roster says.

    Raises
    ------
    PeelianError
        ``peelian.E480`` where `until` is not later than now, or more than a day away.
    """
    require_police(actor)
    at, until = in_utc(at), in_utc(until)
    if not at < until <= at + LONGEST:
        raise PeelianError(
            "the end of the duty is not within a day from now", matters="somebody would be looked for who has gone home",
            fix="give the time at which you go off duty", id="peelian.E480",
        )  # fmt: skip
    made = _say(actor, at, until, PAGE)
    record_act(actor, "alteration", "duty: signed on", at=at, detail={"until": until.isoformat()})
    return made


@transaction.atomic
def sign_off(*, actor: Actor, at: datetime) -> bool:
    """Note that the actor is off duty from now on; whether they were on. What they own still is theirs until it is handed over."""
    require_police(actor)
    at = in_utc(at)
    held = span(actor.user.username, at)
    if held is None:
        return False
    _say(actor, at, held[1], OFF)
    record_act(actor, "alteration", "duty: signed off", at=at)
    return True


def _say(actor: Actor, at: datetime, until: datetime, source: str) -> Duty:
    team = "".join(sorted(actor.standing.teams)[:1])
    said, _ = Duty.objects.update_or_create(
        user=actor.user.username, start=at, source=source, defaults={"team": team, "end": until, "at": at}
    )
    return said


def teams_on(at: datetime) -> list[tuple[Team | None, list[OnDuty]]]:
    """The force's teams with whom each has on duty, empty ones too, so that an empty shift is seen; None: of no team."""
    people = on_duty(at)
    teams = list(Team.objects.filter(agency__kind="police").order_by("name"))
    rows: list[tuple[Team | None, list[OnDuty]]] = [(t, [p for p in people if t.code in p.teams]) for t in teams]
    loose = [p for p in people if not p.teams]
    return rows + ([(None, loose)] if loose else [])
