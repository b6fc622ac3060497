"""Commands that help somebody who cannot sign in."""

from __future__ import annotations

import typer

from .base import As, At, acting, instant, ready
from .users import users_app


@users_app.command("unlock")
def unlock(name: str, at: At = None, as_: As = "operator") -> None:
    """Open sign-in again for a name, after too many wrong passwords."""
    ready(systems=False)
    from axes.utils import reset
    from django.db import transaction

    from peelian.access.actor import record_act, require_role
    from peelian.access.people import user_named

    actor = acting(as_, "administration")
    require_role(actor, "administrator")
    user = user_named(name)
    with transaction.atomic():
        n = reset(username=user.username)
        record_act(actor, "alteration", "account: unlocked", at=instant(at), detail={"account": user.username})
    typer.echo(f"{name} may try again" if n else f"{name} was not locked")


@users_app.command("reset-factor")
def reset_factor(name: str, at: At = None, as_: As = "operator") -> None:
    """Take off a lost second factor, once you have seen who it is; open sessions end."""
    ready(systems=False)
    from django.db import transaction
    from django_otp.plugins.otp_static.models import StaticDevice
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from peelian.access.actor import record_act, require_role
    from peelian.access.people import end_sessions, user_named

    actor = acting(as_, "administration")
    require_role(actor, "administrator")
    user = user_named(name)
    with transaction.atomic():
        held = TOTPDevice.objects.filter(user=user).delete()[0]
        StaticDevice.objects.filter(user=user).delete()
        ended = end_sessions(user)
        record_act(
            actor, "alteration", "account: second factor reset", at=instant(at), detail={"account": user.username}
        )
    typer.echo(
        f"{name}: {'taken off' if held else 'none was set up'}; {ended} session{'' if ended == 1 else 's'} ended"
    )
