"""What partners agreed to share, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .base import As, At, Json, acting, app, instant, ready, show, writable, write

partners_app = typer.Typer(no_args_is_help=True, help="Agreements with partners, and what came of them.")
app.add_typer(partners_app, name="partners")


@partners_app.command("load")
def partners_load(file: Path, at: At = None, as_: As = "operator", as_json: Json = False) -> None:
    """Load sharing agreements from a TOML file; one of a code that is held takes its place."""
    ready()
    from peelian.access.agreements import load_agreements

    held = load_agreements(file, actor=acting(as_, "administration"), at=instant(at))
    show([{"agreement": a.code, "with": a.party, "feed": a.feed, "due": a.due} for a in held], as_json)


@partners_app.command("show")
def partners_show(
    out: Annotated[
        Path | None, typer.Option(help="FILE.html or FILE.pdf; both beside each other, without an ending.")
    ] = None,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Show what was agreed, what came, how late, how complete, and what it changed."""
    ready()
    from peelian.access.actor import record_act
    from peelian.core.clock import london_day
    from peelian.prevention.partner_data import partner_data, partner_document

    actor, now = acting(as_, "crime-analysis"), instant(at)
    base = None if out is None else writable(out)
    picture = partner_data(actor, on=london_day(now))
    record_act(actor, "consultation", "partners' data", at=now)
    if base is not None:
        show(write(partner_document(picture), base), as_json)
        return
    show(
        [
            {
                "agreement": one.agreement.code,
                "with": one.agreement.party,
                "periods": len(one.periods),
                "in time": one.in_time,
                "lacking": len(one.lacking),
                "longest delay": one.longest,
                "filled %": None if one.filled is None else round(100 * one.filled, 1),
                "changed": f"{one.changed} of {one.profiles} profiles",
                "withdrawn": str(one.withdrawn or ""),
            }
            for one in picture.shared
        ],
        as_json,
        empty="no agreement is loaded: `peelian partners load FILE.toml`",
    )
