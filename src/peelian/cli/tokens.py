"""Keys of machines' accounts for the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from .base import As, At, acting, instant, ready
from .users import users_app


@users_app.command("key")
def users_key(
    name: str,
    days: Annotated[int, typer.Option(min=1, max=366, help="For how many days it opens the API.")] = 90,
    at: At = None,
    as_: As = "operator",
) -> None:
    """Make a key with which a machine's account uses the API. It is shown this once; only its hash is kept."""
    ready(systems=False)
    from peelian.access.people import user_named
    from peelian.access.tokens import issue
    from peelian.core.clock import london_day

    now = instant(at)
    until = london_day(now) + timedelta(days=days)
    secret = issue(user_named(name), until=until, actor=acting(as_, "administration"), at=now)
    typer.echo(secret)
    typer.echo(
        f"{name} may use the API until {until:%-d %B %Y}; keep the key where only that machine reads it", err=True
    )


@users_app.command("revoke-keys")
def users_revoke_keys(name: str, at: At = None, as_: As = "operator") -> None:
    """End every key of an account at once."""
    ready(systems=False)
    from peelian.access.people import user_named
    from peelian.access.tokens import revoke

    ended = revoke(user_named(name), actor=acting(as_, "administration"), at=instant(at))
    typer.echo(f"{ended} key{'s' * (ended != 1)} of {name} opened the API and no longer do{'es' * (ended == 1)}")
