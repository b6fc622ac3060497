"""Duty: who is on now, by team and role, and who must answer what nobody has accepted.

The roster says when; the posting says in which team and role. Somebody may sign on beside the roster, and sign off before it ends.
Somebody abstracted, sick or on leave is simply not on duty: why is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from peelian.access.actor import Actor, record_act
from peelian.access.models import Posting, Team, User
from peelian.access.roles import ROLES
from peelian.access.standing import holding
from peelian.core.clock import in_utc, london_day
from peelian.core.errors import PeelianError

from .duty_tables import Accreditation, Duty

# A higher rank may answer for a lower one.
RANKS = ("supervisor", "inspector", "superintendent", "chief-officer")
LONGEST = timedelta(hours=24)  # of one duty that somebody signs on for: a slip of the date is no duty


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
    source : str
        ``roster`` or ``page``.
    """

    username: str
    name: str
    roles: frozenset[str]
    teams: frozenset[str]
    since: datetime
    until: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who must answer now.

    Attributes
    ----------
    rank : str
        The rung reached: a role, or ``on call`` where the ladder has ended.
    people : tuple of OnDuty
        Of that rung, on duty now; empty only where nobody of the whole ladder is.
    skipped : tuple of str
        Rungs passed over because nobody of them is on duty.
    words : str
        The same as a sentence.
    """

    rank: str
    people: tuple[OnDuty, ...]
    skipped: tuple[str, ...]
    words: str


def duties(at: datetime) -> QuerySet[Duty]:
    """Spans that hold at an instant: available, begun, not ended and not signed off."""
    at = in_utc(at)
    return (
        Duty.objects.filter(start__lte=at, until__gt=at, available=True)
        .filter(Q(signed_off=None) | Q(signed_off__gt=at))
        .filter(user__is_active=True)
    )


def on_duty(at: datetime, *, team: str = "", role: str | Collection[str] = "", area: str = "") -> list[OnDuty]:
    """Who is on duty at an instant, by name.

    Parameters
    ----------
    team : str
        Code of a team: its own people only.
    role : str or collection of str
        Any of these roles.
    area : str
        Code of an area: those posted to a team of that area, or to no team of any area.
    """
    wanted = {role} if isinstance(role, str) else set(role)
    wanted.discard("")
    found: dict[str, OnDuty] = {}
    held = duties(at).select_related("user").order_by("user__username", "-until", "pk")
    by_user = {duty.user_id: duty for duty in reversed(list(held))}  # of several, the one that lasts longest
    roles, teams = _posted(by_user, at)
    for number, duty in by_user.items():
        if (wanted and not roles[number] & wanted) or (team and team not in teams[number]):
            continue
        user = duty.user
        found[user.username] = OnDuty(
            user.username, user.get_full_name() or user.username, frozenset(roles[number]), frozenset(teams[number]),
            duty.start, duty.until, duty.source,
        )  # fmt: skip
    people = sorted(found.values(), key=lambda one: one.username)
    if area:
        people = _of_area(people, area)
    return people


def _posted(users: Iterable[int], at: datetime) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    roles: dict[int, set[str]] = {u: set() for u in users}
    teams: dict[int, set[str]] = {u: set() for u in roles}
    rows = holding(Posting.objects.filter(user_id__in=list(roles)), london_day(at))
    for user, held, team in rows.values_list("user_id", "roles", "team_id"):
        roles[user].update(held)
        if team:
            teams[user].add(team)
    return roles, teams


def _of_area(people: list[OnDuty], area: str) -> list[OnDuty]:
    """Those of the area's own teams; anybody where none of them is one, so that an area without a team of its own is answered."""
    own = [one for one in people if any(team == area or team.endswith(f"-{area}") for team in one.teams)]
    return own or people


def is_on_duty(username: str, at: datetime) -> bool:
    """Whether somebody is on duty at an instant."""
    return bool(duties(at).filter(user__username=username).exists())


def next_duty(usernames: Collection[str], at: datetime) -> dict[str, datetime]:
    """When each is next on duty: `at` itself for those on duty now; whoever has no duty planned is left out."""
    at = in_utc(at)
    rows = Duty.objects.filter(user__username__in=list(usernames), until__gt=at, available=True, user__is_active=True)
    rows = rows.filter(Q(signed_off=None) | Q(signed_off__gt=at)).order_by("start")
    found: dict[str, datetime] = {}
    for name, start in rows.values_list("user__username", "start"):
        found.setdefault(name, max(start, at))
    return found


def skills(username: str, at: datetime) -> frozenset[str]:
    """Names of the accreditations that somebody holds in date, at an instant."""
    return skills_of([username], at).get(username, frozenset())


def skills_of(usernames: Collection[str], at: datetime) -> dict[str, frozenset[str]]:
    """The same for many at once; whoever holds none is left out."""
    rows = holding(Accreditation.objects.filter(user__username__in=list(usernames)), london_day(at))
    found: dict[str, set[str]] = {}
    for name, skill in rows.values_list("user__username", "name"):
        found.setdefault(name, set()).add(skill)
    return {name: frozenset(held) for name, held in found.items()}


def answerer(
    ladder: Sequence[str], rung: int, at: datetime, *, area: str = "", besides: Collection[str] = ()
) -> Answerer:
    """Who must answer an offer now: those on duty of the rung reached, or at once of the next above that has any.

    Parameters
    ----------
    ladder : sequence of str
        Roles from the lowest rung up, such as ``("supervisor", "inspector")``.
    rung : int
        The rung that time has reached (core.kinds works it out).
    area : str
        The case's own area; its people come first.
    besides : collection of str
        Usernames that may not answer: whoever let the offer lapse.
    """
    # Above the declared ladder stand the ranks over its last rung: somebody always answers for the force.
    top = max((RANKS.index(r) for r in ladder if r in RANKS), default=-1)
    rungs = [*ladder, *RANKS[top + 1 :]]
    start = min(max(rung, 0), len(rungs) - 1)
    skipped: list[str] = []
    for role in rungs[start:]:
        higher = RANKS[RANKS.index(role) :] if role in RANKS else (role,)
        people = tuple(one for one in on_duty(at, role=higher, area=area) if one.username not in besides)
        exact = tuple(one for one in people if role in one.roles)
        if exact or people:
            words = f"{ROLES[role]} on duty"
            if skipped:
                words = f"nobody is on duty as {' or '.join(ROLES[s].lower() for s in skipped)}, so it climbed at once: {words}"
            return Answerer(role, exact or people, tuple(skipped), words)
        skipped.append(role)
    last = rungs[-1]
    words = f"nobody of the ladder is on duty: call out the {ROLES[last].lower()} on call, and sign somebody on"
    return Answerer(last, (), tuple(skipped), words)


@transaction.atomic
def sign_on(*, until: datetime, actor: Actor, at: datetime) -> Duty:
    """Note that the actor is on duty from now until an instant, beside or beyond what the roster says.

    Raises
    ------
    PeelianError
        ``peelian.E480`` where `until` is not later than now, or more than a day away.
    """
    at, until = in_utc(at), in_utc(until)
    if not at < until <= at + LONGEST:
        raise PeelianError(
            "the end of the duty is not within a day from now", matters="somebody would be looked for who has gone home",
            fix="give the time at which you go off duty", id="peelian.E480",
        )  # fmt: skip
    # Someone who signs on again says anew when they go.
    _mine(actor.user, at).filter(source=Duty.PAGE).update(signed_off=at)
    made = Duty.objects.create(user=actor.user, start=at, until=until, source=Duty.PAGE, by=actor.user.username, at=at)
    record_act(actor, "alteration", "duty: signed on", at=at, detail={"until": until.isoformat()})
    return made


@transaction.atomic
def sign_off(*, actor: Actor, at: datetime) -> int:
    """Note that the actor is off duty from now; how many spans that ended. What they own then shows in the hand-over."""
    ended = _mine(actor.user, in_utc(at)).update(signed_off=in_utc(at))
    record_act(actor, "alteration", "duty: signed off", at=at, detail={"spans": ended})
    return int(ended)


def _mine(user: User, at: datetime) -> QuerySet[Duty]:
    return duties(at).filter(user=user)


def span(username: str, at: datetime) -> tuple[datetime, datetime] | None:
    """From when until when somebody is on duty without a break, around an instant; None when they are not."""
    at = in_utc(at)
    rows = Duty.objects.filter(user__username=username, available=True, user__is_active=True).annotate(
        ends=F("until")
    ).order_by("start")  # fmt: skip
    spans = [(d.start, min(d.until, d.signed_off) if d.signed_off else d.until) for d in rows]
    joined: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return next((s for s in joined if s[0] <= at < s[1]), None)


def teams_on(at: datetime) -> list[tuple[Team | None, list[OnDuty]]]:
    """Teams with whom each has on duty; those without a team last, and teams with nobody on duty too: an empty shift is seen."""
    people = on_duty(at)
    teams = list(Team.objects.filter(agency__kind="police").order_by("name"))
    rows: list[tuple[Team | None, list[OnDuty]]] = [(t, [p for p in people if t.code in p.teams]) for t in teams]
    loose = [p for p in people if not p.teams]
    return rows + ([(None, loose)] if loose else [])
