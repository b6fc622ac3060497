"""Accounts: joiners, movers, leavers, and what each holds."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from .base import As, At, Json, acting, app, instant, ready, show

if TYPE_CHECKING:
    from peelian.access.people import Account

users_app = typer.Typer(no_args_is_help=True, help="Accounts: who joins, moves and leaves.")
app.add_typer(users_app, name="users")

Day = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of the posting; today, without it.")
]
Roles = Annotated[list[str], typer.Option("--role", help="A role of the posting; may be given several times.")]
TeamCode = Annotated[str, typer.Option("--team", help="Code of the team; made where it is new.")]


@users_app.command("add")
def users_add(
    name: str,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for, without it.")
    ],
    agency: Annotated[str, typer.Option(help="Code of the agency: `force`, or a partner's.")] = "force",
    agency_name: Annotated[str, typer.Option(help="Name of a partner agency that is not there yet.")] = "",
    role: Roles = [],  # noqa: B006  (typer copies it)
    team: TeamCode = "",
    start: Day = None,
    at: At = None,
    as_: As = "operator",
) -> None:
    """Make an account with its first posting. Without --role: analyst in the force, hub worker at a partner."""
    ready(systems=False)
    from peelian.access.people import agency_of, join
    from peelian.core.clock import london_day

    actor, now = acting(as_, "administration"), instant(at)
    held = agency_of(agency, agency_name, actor=actor, at=now)
    roles = role or ["analyst" if held.kind == "police" else "hub-worker"]
    join(
        name, password=password, agency=held, roles=roles, team=team, start=start.date() if start else london_day(now),
        actor=actor, at=now,
    )  # fmt: skip
    typer.echo(f"{name} may sign in for {held.name}")


@users_app.command("move")
def users_move(
    name: str, role: Roles, team: TeamCode = "", start: Day = None, at: At = None, as_: As = "operator"
) -> None:
    """Post somebody elsewhere: what they held before ends on the first day of the new posting."""
    ready(systems=False)
    from peelian.access.people import move, user_named
    from peelian.core.clock import london_day

    actor, now = acting(as_, "administration"), instant(at)
    day = start.date() if start else london_day(now)
    posting = move(user_named(name), roles=role, team=team, start=day, actor=actor, at=now)
    typer.echo(f"{name} is posted from {day} as {', '.join(posting.roles)}")


@users_app.command("leave")
def users_leave(name: str, at: At = None, as_: As = "operator") -> None:
    """Close an account at once: postings, clearances, sessions and what was opened by break-glass end."""
    ready(systems=False)
    from peelian.access.people import leave, user_named
    from peelian.core.clock import london_day

    now = instant(at)
    leave(user_named(name), on=london_day(now), actor=acting(as_, "administration"), at=now)
    typer.echo(f"{name} has left: the account is closed")


@users_app.command("clear")
def users_clear(
    name: str,
    kind: Annotated[str, typer.Argument(help="`vetting` or `training`.")],
    what: Annotated[str, typer.Argument(help="Such as `mv` or `intelligence-handling`.")],
    start: Day = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day on which it holds no more.")
    ] = None,
    at: At = None,
    as_: As = "operator",
) -> None:
    """Note a vetting or a training that somebody holds."""
    ready(systems=False)
    from peelian.access.people import clear, user_named
    from peelian.core.clock import london_day

    now = instant(at)
    clear(
        user_named(name), kind, what, start=start.date() if start else london_day(now),
        until=until.date() if until else None, actor=acting(as_, "administration"), at=now,
    )  # fmt: skip
    typer.echo(f"{name} holds {what}")


@users_app.command("list")
def users_list(at: At = None, as_: As = "operator", as_json: Json = False) -> None:
    """Accounts with agency, posting and what they hold. The look is on the record."""
    ready(systems=False)
    from peelian.access.people import accounts
    from peelian.core.clock import london_day

    now = instant(at)
    actor = acting(as_, "administration")
    show([_told(a) for a in accounts(actor, on=london_day(now), at=now)], as_json)


@users_app.command("show")
def users_show(name: str, at: At = None, as_: As = "operator", as_json: Json = False) -> None:
    """Every posting that somebody has had, and by whom."""
    ready(systems=False)
    from peelian.access.people import history, user_named

    actor = acting(as_, "administration")
    rows = history(user_named(name), actor=actor, at=instant(at))
    show([{**row, "until": str(row["until"] or "")} for row in rows], as_json, empty="no posting yet")


def _told(account: Account) -> dict[str, object]:
    return {
        "name": account.user.username,
        "agency": account.user.agency.name if account.user.agency else "",
        "roles": ", ".join(sorted(account.standing.roles)),
        "teams": ", ".join(sorted(account.standing.teams)),
        "vetting": ", ".join(sorted(account.standing.vetting)),
        "training": ", ".join(sorted(account.standing.training)),
        "active": account.user.is_active,
        "signs in": account.user.is_active and account.user.has_usable_password(),
    }
