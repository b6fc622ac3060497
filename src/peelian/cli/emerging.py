"""The command that looks for emerging problems."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .base import As, At, Json, acting, app, instant, ready, show, writable, write


@app.command()
def emerging(
    area: Annotated[str, typer.Option(help="Name or code of a force area or district; everything, without it.")] = "",
    months: Annotated[int, typer.Option(help="How many months to look back, 24 to 120.")] = 36,
    level: Annotated[float, typer.Option(help="Chance of any alarm at one look when nothing emerges.")] = 0.05,
    out: Annotated[
        Path | None, typer.Option(help="FILE.html or FILE.pdf; both beside each other, without an ending.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the permutations: the same seed gives the same result.")] = 1,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Look for emerging problems: in every category and area at once, at a stated false-alarm rate."""
    ready()
    import numpy as np

    from peelian.access.actor import record_act
    from peelian.prevention.emerging import emerging as look_for
    from peelian.prevention.emerging_document import document_of, rows

    actor, now = acting(as_, "crime-analysis"), instant(at)
    base = None if out is None else writable(out)
    look = look_for(actor, on=now.date(), rng=np.random.default_rng(seed), area=area, months=months, level=level)
    record_act(
        actor,
        "consultation",
        "emerging problems",
        detail={"area": look.area, "months": months, "level": level, "found": len(look.problems)},
        at=now,
    )
    document = document_of(look)
    files = [] if base is None else [written["file"] for written in write(document, base)]
    head, cells = rows(look)
    found = [dict(zip(head, row, strict=True)) for row in cells]
    if as_json:
        told = {
            "area": look.area,
            "problems": found,
            "withheld": look.withheld,
            "compared": look.compared,
            "level": level,
            "files": files,
        }
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    if found:
        show(found, as_json=False)
        typer.echo(
            f"{look.compared:,} combinations of areas, months and categories compared. {dict(document.meta)['False alarms']}."
        )
    else:
        typer.echo(document.finding("emerging-none").text)
    if look.withheld:
        typer.echo(f"{look.withheld} more with too small a count to be shown")
    for file in files:
        typer.echo(f"written: {file}")
