"""Shareable editions: proposed with `profile --edition shareable`, approved or refused by a second person, then written."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from peelian.core.errors import PeelianError

from .base import As, At, Json, acting, app, instant, ready, show, writable, write

if TYPE_CHECKING:
    from peelian.access.models import Released


class Edition(StrEnum):
    """Which edition of a profile."""

    full = "full"
    shareable = "shareable"


releases_app = typer.Typer(no_args_is_help=True, help="Shareable editions: what waits, what was released to whom.")
app.add_typer(releases_app, name="releases")
Name = Annotated[str, typer.Argument(metavar="EDITION", help="The digits that `releases list` shows.")]


def propose(
    theme: str, area: str, start: date, end: date, feed: str, recipient: str, out: Path | None, at: datetime | None, as_: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Propose a shareable edition, and say who does what next."""
    if out is not None:
        raise PeelianError(
            "a shareable edition is written once it is approved",
            found=f"--out {out}",
            fix="leave --out out here; then `peelian releases show EDITION --out FILE`",
            id="peelian.E515",
        )
    ready()
    import secrets

    import numpy as np

    from peelian.prevention.editions import propose_edition

    proposal = propose_edition(
        acting(as_, "crime-analysis"),
        theme,
        area=area,
        start=start,
        end=end,
        recipient=recipient,
        at=instant(at),
        rng=np.random.default_rng(secrets.randbits(128)),
        feed=feed or None,
    )
    show([_row(proposal)], as_json)
    if not as_json:
        name = _row(proposal)["edition"]
        typer.echo(f"It waits for a second person: `peelian releases approve {name} --as COLLEAGUE`")


def _row(one: Released) -> dict[str, Any]:
    from peelian.prevention.editions import SHORT, state, withheld

    small, other = withheld(one)
    return {
        "edition": one.digest[:SHORT],
        "title": one.title,
        "for": one.recipient,
        "state": state(one) + (f" as release {one.number}" if one.number else ""),
        "proposed by": one.proposed_by,
        "decided by": one.approved_by or one.refused_by,
        "withheld": f"{small} small, {other} beside them",
    }


@releases_app.command("list")
def releases_list(as_: As = "operator", as_json: Json = False) -> None:
    """List proposals and releases, the newest first."""
    ready()
    from peelian.access.actor import record_act
    from peelian.prevention.editions import released

    actor = acting(as_, "crime-analysis")
    rows = [_row(one) for one in released(actor)]
    record_act(actor, "consultation", "releases", detail={"shown": len(rows)})
    show(rows, as_json, empty="no shareable edition was proposed yet: `peelian profile THEME --edition shareable`")


@releases_app.command("show")
def releases_show(
    name: Name,
    out: Annotated[
        Path | None, typer.Option(help="Write the approved edition: FILE.html or FILE.pdf; both, without an ending.")
    ] = None,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Read a shareable edition, or write it for its recipient once it is approved."""
    ready()
    from peelian.access.actor import record_act
    from peelian.core.document import Figure, Finding, Table
    from peelian.prevention.editions import disclosed, edition, find

    actor = acting(as_, "crime-analysis")
    one = find(actor, name)
    if out is not None:
        base = writable(out)
        show(write(disclosed(actor, one, how=base.suffix.lstrip(".") or "html, pdf", at=instant(at)), base), as_json)
        return
    document = edition(one)
    record_act(actor, "consultation", "shareable edition", detail={"digest": one.digest}, at=instant(at))
    show([_row(one)], as_json)
    if as_json:
        return
    for block in document.blocks():
        match block:
            case Finding(text=text):
                typer.echo(text)
            case Table() | Figure():
                table = block if isinstance(block, Table) else block.table
                typer.echo(f"\n{table.caption}")
                show([dict(zip((c.heading for c in table.columns), row, strict=True)) for row in table.shown], False)


@releases_app.command("approve")
def releases_approve(name: Name, at: At = None, as_: As = "operator", as_json: Json = False) -> None:
    """Approve what a colleague proposed; the disclosure is recorded with its recipient."""
    ready()
    from peelian.access.release import ledger
    from peelian.prevention.editions import edition, find

    actor = acting(as_, "crime-analysis")
    one = find(actor, name)
    edition(one)  # what is approved is what was proposed
    show([_row(ledger.approve(one.pk, actor=actor, at=instant(at)))], as_json)


@releases_app.command("refuse")
def releases_refuse(
    name: Name,
    reason: Annotated[str, typer.Option(help="Why; it names no person.")],
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Refuse what was proposed, or take your own proposal back."""
    ready()
    from peelian.access.release import ledger
    from peelian.prevention.editions import find

    actor = acting(as_, "crime-analysis")
    show([_row(ledger.refuse(find(actor, name).pk, reason=reason, actor=actor, at=instant(at)))], as_json)
