"""Commands of safe contact: how somebody must not be written to, called or visited."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from peelian.core.errors import InvalidInput

from .base import As, At, Json, acting, app, instant, ready, show

contact_app = typer.Typer(no_args_is_help=True, help="How somebody must not be contacted.")
app.add_typer(contact_app, name="safe-contact")
Ref = Annotated[str, typer.Argument(help="Reference of the person, as search and the person page show it.")]
PURPOSE = "safeguarding"


@contact_app.command("show")
def contact_show(ref: Ref, at: At = None, as_: As = "operator", as_json: Json = False) -> None:
    """Say for each way of contact whether it is safe now, as far as rules are recorded."""
    ready(systems=False)
    from peelian.access.actor import record_act
    from peelian.identity import contact

    actor, now = acting(as_, PURPOSE), instant(at)
    keys = contact.everyone_joined(ref, actor)
    record_act(actor, "consultation", "safe contact", at=now, subjects=keys)
    rows = [
        {"way": channel, "allowed": told.allowed, "ask first": told.check, "why": told.reason, "only through": told.only_via}
        for channel, told in contact.ways(keys, at=now)
    ]  # fmt: skip
    show(rows, as_json, empty=contact.UNKNOWN)


@contact_app.command("set")
def contact_set(
    ref: Ref,
    channel: Annotated[str, typer.Argument(help="letter, text, voicemail, call, email, visit; any.")],
    reason: Annotated[str, typer.Option(help="Who said so, and when; kept with the rule.")],
    only_via: Annotated[str, typer.Option(help="The professional through whom alone contact is safe.")] = "",
    hours: Annotated[str, typer.Option(help="Hours in which it is safe, such as 9-15; at no hour, without it.")] = "",
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day on which it holds no more.")] = None,
    at: At = None,
    as_: As = "operator",
) -> None:  # fmt: skip
    """Record a rule; it holds for everybody whom the records call the same person."""
    ready(systems=False)
    from peelian.identity import contact

    first, dash, last = hours.partition("-")
    if hours and not (dash and first.isdecimal() and last.isdecimal()):
        raise InvalidInput(
            "the hours cannot be read", found=hours, fix="give two hours, such as 9-15", id="peelian.E322"
        )
    span = (int(first), int(last)) if hours else None
    contact.record(
        ref, channel, only_via=only_via, hours=span, until=until.date() if until else None, reason=reason,
        actor=acting(as_, PURPOSE), at=instant(at),
    )  # fmt: skip
    typer.echo("recorded; whoever sends anything is stopped by it")
