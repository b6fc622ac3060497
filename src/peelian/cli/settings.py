"""Settings that a force decides for itself, by two people."""

from __future__ import annotations

from typing import Annotated

import typer

from .base import As, At, Json, acting, app, instant, ready, show

settings_app = typer.Typer(
    no_args_is_help=True, help="Values the force sets for itself: one proposes, another approves."
)
app.add_typer(settings_app, name="settings")

Why = Annotated[str, typer.Option("--reason", help="Why; others will read it.")]


@settings_app.command("list")
def settings_list(as_: As = "operator", as_json: Json = False) -> None:
    """What holds, and what waits for a second person."""
    ready()
    from peelian.access.actor import require_role
    from peelian.access.changes import SETTINGS, WHO_DECIDES, approved, waiting

    require_role(acting(as_, "administration"), *WHO_DECIDES)
    rows = [
        {
            "setting": one.name,
            "value": held.after if held else "not set",
            "waits": "",
            "by": held.approved_by if held else "",
        }
        for one in SETTINGS.values()
        for held in [approved(one.name)]
    ]
    rows += [{"setting": w.name, "value": w.after, "waits": w.uid, "by": w.proposed_by} for w in waiting()]
    show(rows, as_json)


@settings_app.command("propose")
def settings_propose(name: str, value: str, reason: Why, at: At = None, as_: As = "operator") -> None:
    """Put a new value before a second person."""
    ready()
    from peelian.access.changes import propose

    one = propose(name, value, reason=reason, actor=acting(as_, "administration"), at=instant(at))
    typer.echo(f"{one.uid} waits for a second person")


@settings_app.command("approve")
def settings_approve(uid: str, note: str = "", at: At = None, as_: As = "operator") -> None:
    """Approve what another proposed; it holds from then on."""
    ready()
    from peelian.access.changes import decide

    one = decide(uid, approve=True, note=note, actor=acting(as_, "administration"), at=instant(at))
    typer.echo(f"{one.name} is {one.after}")


@settings_app.command("refuse")
def settings_refuse(uid: str, note: str = "", at: At = None, as_: As = "operator") -> None:
    """Refuse what another proposed, or take back what you did."""
    ready()
    from peelian.access.changes import decide

    one = decide(uid, approve=False, note=note, actor=acting(as_, "administration"), at=instant(at))
    typer.echo(f"{one.name} stays as it was")
