"""Who could take a case: by qualification, currency, workload, conflict and duty. A proposal with its reasons; a person decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count

from peelian.access.actor import Actor, Denied, record_act
from peelian.access.changes import approved, declare, whole
from peelian.access.models import Posting
from peelian.access.standing import holding
from peelian.core.clock import LONDON, in_utc, london_day
from peelian.core.kinds import Kind, Who, unqualified

from .conflicts import conflicted
from .duty import next_duty, skills_of, span
from .duty_tables import Accreditation, StaffNumber
from .models import Case
from .reading import Loaded, load

SPECIALIST = declare(
    "allocation.cap-specialist", "Most open cases that one specialist investigator holds", owner="owner of the force allocation policy",
    read=whole(1, 500),
)  # fmt: skip
VOLUME = declare(
    "allocation.cap-volume", "Most open cases that one other investigator holds", owner="owner of the force allocation policy",
    read=whole(1, 500),
)  # fmt: skip
POOL = ("investigator", "offender-manager", "hub-worker", "neighbourhood-officer", "supervisor")
SOON = timedelta(days=28)  # a roster is planned so far ahead; an accreditation that ends within it is said to


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could, or could not, take a case.

    Attributes
    ----------
    qualified : bool
        Fit to own it alone.
    available : bool
        Nothing but qualification stands in the way.
    why, why_not : tuple of str
        For and against, in words. What is against never tells of a sickness, a record or a relative.
    next_duty : datetime or None
        The present instant for whoever is on duty.
    """

    username: str
    name: str
    qualified: bool
    available: bool
    why: tuple[str, ...]
    why_not: tuple[str, ...]
    open_cases: int
    next_duty: datetime | None


@dataclass(frozen=True, slots=True)
class Allocation:
    """What is proposed for a case: people ranked, the best first; and what was not checked, and why."""

    ref: str
    ranked: tuple[Candidate, ...]
    others: tuple[Candidate, ...]
    unchecked: tuple[str, ...]

    @property
    def first(self) -> Candidate | None:
        """Whom the rules would choose: qualified and available. None where there is nobody: then only with support."""
        return next((c for c in self.ranked if c.qualified), None)


def candidates(ref: str, *, actor: Actor, at: datetime, team: str = "") -> Allocation:
    """Who could take a case, ranked, with reasons; and why the others not.

    Parameters
    ----------
    team : str
        Code of a team: its own people only.

    Raises
    ------
    Denied
        For anyone but its owner and those on its ladder: others have no reason to look at colleagues.

    Notes
    -----
    Ranked by: qualified before unqualified, the sooner on duty, the fewer open cases for their cap, name. The look is logged with
    everyone who was looked at.
    """
    found = load(ref, actor, at)
    _may_look(found)
    pool = _pool(at, team)
    people = _assessed(found, pool, at)
    numbers = StaffNumber.objects.filter(user__in=list(pool)).values_list("number", flat=True)
    record_act(
        actor, "consultation", "allocation: candidates", at=at, detail={"case": ref, "people": len(pool)},
        subjects=[f"force-hr/{n}" for n in numbers],
    )  # fmt: skip
    ranked = sorted((p for p in people if p.available), key=_order)
    others = sorted((p for p in people if not p.available), key=lambda p: p.username)
    unchecked = () if _cap(found.kind, at)[0] else (_cap(found.kind, at)[1],)
    return Allocation(ref, tuple(ranked), tuple(others), unchecked)


def supporters(ref: str, officer: str, *, actor: Actor, at: datetime) -> list[Candidate]:
    """Who could support an officer on a case now: qualified, on duty, somebody else; the least loaded first. Logged as `candidates`."""
    allocation = candidates(ref, actor=actor, at=at)
    everyone = [c for c in (*allocation.ranked, *allocation.others) if c.qualified and c.username != officer]
    here = [
        c for c in everyone if c.next_duty is not None and c.next_duty <= in_utc(at) and NOT_AVAILABLE not in c.why_not
    ]
    return sorted(here, key=lambda c: (c.open_cases, c.username))


def _may_look(found: Loaded) -> None:
    owner, who = found.state.owner, found.who
    mine = owner == who.name or owner in {f"team:{t}" for t in who.teams}
    if not mine and not any(who.may((role,)) for role in found.kind.owners.climbs):
        raise Denied("only the case's owner and those who answer for it may look for somebody to take it")


def _pool(at: datetime, team: str) -> dict[str, tuple[str, frozenset[str], frozenset[str]]]:
    """Name, roles and teams of everyone posted today who may own cases, by username."""
    rows = holding(Posting.objects.filter(user__is_active=True, user__agency__kind="police"), london_day(at))
    if team:
        rows = rows.filter(team=team)
    found: dict[str, tuple[str, set[str], set[str]]] = {}
    for posting in rows.select_related("user"):
        name = posting.user.get_full_name() or posting.user.username
        told = found.setdefault(posting.user.username, (name, set(), set()))
        told[1].update(posting.roles)
        told[2].update([posting.team_id] if posting.team_id else [])
    return {u: (n, frozenset(r), frozenset(t)) for u, (n, r, t) in found.items() if r & set(POOL)}


# One sentence for abstraction, leave, sickness and conflict alike, so that none of them can be told from another.
NOT_AVAILABLE = "not available for this case"


def _assessed(
    found: Loaded, pool: Mapping[str, tuple[str, frozenset[str], frozenset[str]]], at: datetime
) -> list[Candidate]:
    names = list(pool)
    skills, duties = skills_of(names, at), next_duty(names, at, within=SOON)
    held = open_cases(names)
    ends = _ends(names, at)
    shut = conflicted(found.case, names)
    cap, _ = _cap(found.kind, at)
    refused = {e.by: e.reason for e in found.state.entries if e.verb == "refuse"}
    people = []
    for user, (name, roles, teams) in sorted(pool.items()):
        who = Who(user, roles, teams=teams, skills=skills.get(user, frozenset()))
        unfit = unqualified(found.state, who, at, found.around)
        against = []
        if user == found.state.owner and found.state.accepted:
            against.append("owns it already")
        if user in shut or user not in duties:
            against.append(NOT_AVAILABLE)
        if cap is not None and held.get(user, 0) >= cap:
            against.append(f"holds {held.get(user, 0)} open cases, the most is {cap}")
        if user in refused:
            against.append("refused it before")
        why = [] if unfit else [_skill_words(who.skills, ends.get(user, {}), found.kind)]
        why.append(_load_words(held.get(user, 0), cap))
        if user in duties and user not in shut:
            why.append(_duty_words(user, duties[user], at))
        people.append(
            Candidate(
                user, name, not unfit, not against, tuple(why), (*([f"not qualified: {unfit}"] if unfit else []), *against),
                held.get(user, 0), None if user in shut else duties.get(user),
            )
        )  # fmt: skip
    return people


def open_cases(usernames: Collection[str]) -> dict[str, int]:
    """How many open cases each owns."""
    rows = Case.objects.filter(closed=False, owner__in=list(usernames)).values("owner").annotate(n=Count("pk"))
    return {row["owner"]: row["n"] for row in rows.order_by()}


def _cap(kind: Kind, at: datetime) -> tuple[int | None, str]:
    """The most open cases that an owner of this kind holds, and what is not checked while the force has not set it."""
    setting = SPECIALIST if kind.owners.qualified else VOLUME
    found = approved(setting.name, at=at)
    if found is not None:
        return int(found.after), ""
    return None, f'workload is shown and not checked: "{setting.name}" is not set; the {setting.owner} sets it'


def _ends(usernames: Collection[str], at: datetime) -> dict[str, dict[str, date]]:
    rows = holding(Accreditation.objects.filter(user__in=list(usernames)), london_day(at)).exclude(until=None)
    found: dict[str, dict[str, date]] = {}
    for user, name, until in rows.values_list("user", "name", "until"):
        held = found.setdefault(user, {})
        held[name] = max(until, held.get(name, until))
    soon = london_day(at) + SOON
    return {user: {n: day for n, day in held.items() if day <= soon} for user, held in found.items()}


def _skill_words(skills: Collection[str], ends: Mapping[str, date], kind: Kind) -> str:
    if kind.owners.qualified is None:
        return "this kind of case asks for no accreditation"
    said = [f"{s} (runs out on {ends[s]:%-d %B %Y})" if s in ends else s for s in sorted(skills)]
    return f"qualified: {', '.join(said)}"


def _load_words(held: int, cap: int | None) -> str:
    return f"{held} open case{'s' * (held != 1)}" + (f" of at most {cap}" if cap is not None else "")


def _duty_words(user: str, start: datetime, at: datetime) -> str:
    if start > in_utc(at):
        return f"next on duty at {start.astimezone(LONDON):%H:%M on %-d %B}"
    here = span(user, at)
    return f"on duty until {here[1].astimezone(LONDON):%H:%M}" if here else "on duty"


def _order(one: Candidate) -> tuple[bool, datetime, int, str]:
    assert one.next_duty is not None  # whoever has no duty is not available
    return (not one.qualified, one.next_duty, one.open_cases, one.username)
