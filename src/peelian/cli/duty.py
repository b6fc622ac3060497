"""Duty and the workforce: who is on now, staff numbers, reading the roster, who could take a case, what teams hold and lack."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from .base import As, At, Json, acting, app, instant, ready, show

duty_app = typer.Typer(no_args_is_help=True, help="Duty: who is on now, and who could take a case.")
app.add_typer(duty_app, name="duty")


@duty_app.command("list")
def duty_list(
    team: Annotated[str, typer.Option(help="Code of a team.")] = "",
    role: Annotated[str, typer.Option(help="A role, such as `inspector`.")] = "",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Who is on duty."""
    ready()
    from peelian.access.actor import record_act
    from peelian.casework.duty import on_duty

    now = instant(at)
    record_act(acting(as_, "planning"), "consultation", "duty", at=now)
    rows = [
        {"name": p.username, "roles": ", ".join(sorted(p.roles)), "teams": ", ".join(sorted(p.teams)), "until": p.until.isoformat()}
        for p in on_duty(now, team=team, role=role)
    ]  # fmt: skip
    show(rows, as_json, empty="nobody is on duty: what is offered climbs at once, and says whom to call out")


@duty_app.command("on")
def duty_on(
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%dT%H:%M"], help="When you go off duty (UTC).")], at: At = None, as_: As = "operator"
) -> None:  # fmt: skip
    """Sign on, beside or beyond the roster."""
    ready()
    from peelian.casework.duty import sign_on

    sign_on(until=instant(until), actor=acting(as_, "planning"), at=instant(at))
    typer.echo(f"{as_} is on duty")


@duty_app.command("off")
def duty_off(at: At = None, as_: As = "operator") -> None:
    """Sign off before the roster says so. What you own is still yours: hand it over."""
    ready()
    from peelian.casework.duty import sign_off

    gone = sign_off(actor=acting(as_, "planning"), at=instant(at))
    typer.echo(f"{as_} is off duty" if gone else f"{as_} was not on duty")


@duty_app.command("number")
def duty_number(
    name: str,
    number: Annotated[
        str, typer.Argument(help="As the roster and the training register write it; empty takes it back.")
    ],
    at: At = None,
    as_: As = "operator",
) -> None:
    """Say under which staff number the force's feeds know an account."""
    ready()
    from peelian.casework.roster import set_number

    set_number(name, number, actor=acting(as_, "administration"), at=instant(at))
    typer.echo(f"{name} is known by {'a staff number' if number else 'no staff number any more'}")


@duty_app.command("read")
def duty_read(at: At = None, as_: As = "operator", as_json: Json = False) -> None:
    """Read duties and accreditations anew from the landed roster and training register."""
    ready()
    from peelian.casework.roster import refresh

    show([dict(refresh(actor=acting(as_, "planning"), at=instant(at)))], as_json)


@duty_app.command("candidates")
def duty_candidates(
    ref: Annotated[str, typer.Argument(help="The case's reference.")],
    team: Annotated[str, typer.Option(help="Code of a team: its own people only.")] = "",
    purpose: Annotated[str, typer.Option(help="Why you look, as on the pages.")] = "safeguarding",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Who could take a case, ranked, with reasons; and why the others not. The look is on the record."""
    ready()
    from peelian.casework.allocation import candidates

    found = candidates(ref, actor=acting(as_, purpose), at=instant(at), team=team)
    rows: list[dict[str, Any]] = [
        {"name": c.username, "qualified": c.qualified, "for": "; ".join(c.why), "against": "; ".join(c.why_not)} for c in (*found.ranked, *found.others)
    ]  # fmt: skip
    show(rows, as_json, empty="nobody is posted who may own a case")
    for words in found.unchecked:
        typer.echo(words, err=True)


@duty_app.command("workforce")
def duty_workforce(
    months: Annotated[int, typer.Option(min=1, max=24, help="Months ahead for what runs out.")] = 6,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """What runs out when, by accreditation, from the training register: of teams, never of one member of staff."""
    ready()
    from peelian.core.clock import london_day
    from peelian.vulnerability.workforce_picture import picture

    told = picture(acting(as_, "planning"), on=london_day(instant(at)), months=months)
    rows = [
        {"month": r.month, "accreditation": r.skill, "end": r.ending, "expected to lapse": r.expected.show() if r.expected else "too few to say",
         "most in": ", ".join(f"{team} {n}" for team, n in r.teams[:3])}
        for r in told.lapses
    ]  # fmt: skip
    show(rows, as_json, empty="nothing runs out")
