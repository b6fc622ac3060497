"""Joiners, movers and leavers: each a dated posting, a line in the log, and nothing left open behind them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from peelian.core.errors import PeelianError

from .actor import Actor, record_act, require_role
from .models import Agency, BreakGlass, Clearance, Posting, Team, User
from .roles import ROLES, TRAINING, VETTING
from .standing import Standing, standing


def user_named(name: str) -> User:
    """The account of that name; PeelianError (E310) where there is none."""
    found = User.objects.select_related("agency").filter(username=name).first()
    if found is None:
        raise PeelianError(
            "there is no such account", found=repr(name), fix="see `peelian users list`", id="peelian.E310"
        )
    return found


def agency_of(code: str, name: str = "", *, actor: Actor, at: datetime) -> Agency:
    """The agency of a code; made, as a partner's, where a name is given and there is none yet."""
    require_role(actor, "administrator")
    held = Agency.objects.filter(code=code).first()
    if held is None and name:
        with transaction.atomic():
            held = Agency.objects.create(code=code, name=name, kind="partner")
            record_act(actor, "alteration", "agency: joined", at=at, detail={"agency": code})
    if held is None:
        raise PeelianError("there is no such agency", found=repr(code), fix="give its --agency-name to make it")
    return held


def team_of(code: str, agency: Agency) -> Team | None:
    """The agency's team of a code, made where it is new; None for no code."""
    if not code:
        return None
    team, _ = Team.objects.get_or_create(
        code=code, defaults={"name": code.replace("-", " ").capitalize(), "agency": agency}
    )
    if team.agency_id != agency.code:
        raise PeelianError(
            "a team of that code belongs to another agency",
            found=repr(code),
            fix="choose another code",
            id="peelian.E311",
        )
    return team


def checked_roles(roles: Collection[str]) -> list[str]:
    """`roles` in the order of the list; PeelianError (E312) for none, or one that is not known."""
    if not roles or set(roles) - set(ROLES):
        raise PeelianError(
            "a posting needs roles that are known", found=", ".join(sorted(set(roles) - set(ROLES))) or "none",
            fix="choose from: " + ", ".join(ROLES), id="peelian.E312",
        )  # fmt: skip
    return [role for role in ROLES if role in roles]


@transaction.atomic
def join(
    name: str, *, password: str | None, agency: Agency, roles: Collection[str], team: str = "", start: date,
    actor: Actor, at: datetime,
) -> User:  # fmt: skip
    """Make an account with its first posting.

    Parameters
    ----------
    password : str or None
        None for an account that signs in by single sign-on, or acts on the command line alone.
    roles : collection of str
        Of `ROLES`.
    team : str
        Code of a team of the agency; made where it is new.
    start : date
        First day of the posting.

    Raises
    ------
    PeelianError
        If the name is taken, the password too easy, or a role not known.
    Denied
        If `actor` is no administrator of a force.
    """
    require_role(actor, "administrator")
    if User.objects.filter(username=name).exists():
        raise PeelianError("there is an account of that name already", found=repr(name), fix="choose another name")
    user = User(username=name, agency=agency)
    try:
        user.full_clean(exclude=["password"])
        if password is not None:
            validate_password(password, user)
    except ValidationError as error:
        raise PeelianError("the account cannot be made", found="; ".join(error.messages)) from None
    user.set_password(password)
    user.save()
    _post(user, roles, team, start, actor, at)
    record_act(
        actor, "alteration", "account: joined", at=at,
        detail={"account": name, "agency": agency.code, "roles": checked_roles(roles), "team": team, "from": str(start)},
    )  # fmt: skip
    return user


@transaction.atomic
def move(user: User, *, roles: Collection[str], team: str = "", start: date, actor: Actor, at: datetime) -> Posting:
    """Post somebody elsewhere from a day on; what they held before ends that day, its grants to the team with it."""
    require_role(actor, "administrator")
    if not user.is_active:
        raise PeelianError(
            "this person has left", found=repr(user.username), fix="make a new account", id="peelian.E313"
        )
    _end(Posting.objects.filter(user=user), start)
    posting = _post(user, roles, team, start, actor, at)
    record_act(
        actor, "alteration", "account: moved", at=at,
        detail={"account": user.username, "roles": posting.roles, "team": team, "from": str(start)},
    )  # fmt: skip
    return posting


@transaction.atomic
def leave(user: User, *, on: date, actor: Actor, at: datetime) -> None:
    """Close an account at once: postings and clearances end, sessions end, what was opened by break-glass shuts.

    Raises
    ------
    PeelianError
        ``peelian.E314`` for the actor's own account: somebody else must be left to administer.
    """
    require_role(actor, "administrator")
    if user == actor.user:
        raise PeelianError("you cannot close your own account", fix="ask another administrator", id="peelian.E314")
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    for table in (Posting, Clearance):
        _end(table.objects.filter(user=user), on)
    BreakGlass.objects.filter(user=user, closed_at=None).update(closed_at=at)
    ended = end_sessions(user)
    record_act(
        actor, "alteration", "account: left", at=at, detail={"account": user.username, "on": str(on), "sessions": ended}
    )


@transaction.atomic
def clear(
    user: User, kind: str, name: str, *, start: date, until: date | None, actor: Actor, at: datetime
) -> Clearance:
    """Note a vetting or a training that somebody holds, from a day to the first day on which it holds no more."""
    require_role(actor, "administrator")
    known = VETTING if kind == "vetting" else TRAINING
    if name not in known or (until and until <= start):
        raise PeelianError(
            "a clearance needs a name that is known, and days in order", found=name if name not in known else str(until),
            fix="choose from: " + ", ".join(known), id="peelian.E315",
        )  # fmt: skip
    held = Clearance.objects.create(
        user=user, kind=kind, name=name, start=start, until=until, by=actor.user.username, at=at
    )
    record_act(
        actor,
        "alteration",
        f"account: {kind}",
        at=at,
        detail={"account": user.username, "name": name, "until": str(until or "")},
    )
    return held


def end_sessions(user: User) -> int:
    """Sign `user` out everywhere; how many sessions ended."""
    own = [s for s in Session.objects.all() if s.get_decoded().get("_auth_user_id") == str(user.pk)]
    for session in own:
        session.delete()
    return len(own)


def _post(user: User, roles: Collection[str], team: str, start: date, actor: Actor, at: datetime) -> Posting:
    assert user.agency is not None
    return Posting.objects.create(
        user=user,
        team=team_of(team, user.agency),
        roles=checked_roles(roles),
        start=start,
        by=actor.user.username,
        at=at,
    )


def _end(rows: QuerySet[Any], on: date) -> None:
    """End dated rows on a day; one that was to begin later never holds."""
    rows.filter(Q(until=None) | Q(until__gt=on)).update(until=Greatest(F("start"), on))


@dataclass(frozen=True, slots=True)
class Account:
    """An account and what it is on a day."""

    user: User
    standing: Standing

    @property
    def roles(self) -> list[str]:
        """What the account is posted as, in words."""
        return [words for role, words in ROLES.items() if role in self.standing.roles]

    @property
    def holds(self) -> list[str]:
        """Vetting and training, in words."""
        known = {**VETTING, **TRAINING}
        return [known[name] for name in known if name in self.standing.vetting | self.standing.training]


def accounts(actor: Actor, *, on: date, at: datetime) -> list[Account]:
    """Every account on a day, by name. Only for administrators, and the look is logged: it tells who works where."""
    require_role(actor, "administrator", "data-protection")
    users = list(User.objects.select_related("agency").order_by("username"))
    record_act(actor, "consultation", "accounts", at=at, detail={"accounts": len(users)})
    return [Account(user, standing(user, on)) for user in users]


def history(user: User, *, actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """Every posting and clearance that somebody has had, the newest first; the look is logged."""
    require_role(actor, "administrator", "data-protection")
    record_act(actor, "consultation", "account", at=at, detail={"account": user.username})
    rows = [
        {
            "what": "posting",
            "as": ", ".join(ROLES[role] for role in p.roles),
            "team": p.team_id or "",
            "from": p.start,
            "until": p.until,
            "by": p.by,
        }
        for p in Posting.objects.filter(user=user).order_by("-pk")
    ] + [
        {
            "what": c.kind,
            "as": {**VETTING, **TRAINING}[c.name],
            "team": "",
            "from": c.start,
            "until": c.until,
            "by": c.by,
        }
        for c in Clearance.objects.filter(user=user).order_by("-pk")
    ]
    return sorted(rows, key=lambda row: row["from"], reverse=True)
