"""Commands that look ahead or link: forecast, series."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from peelian.core.document import Document, Figure, Finding, Note, Paragraph, Points, Section, Table, Task

from .analysis import _day
from .base import As, At, Json, acting, app, instant, ready, show, writable, write

if TYPE_CHECKING:
    from peelian.access.actor import Actor

Area = Annotated[str, typer.Option(help="Name or code of a force area, district or LSOA; everything, without it.")]
Feed = Annotated[str, typer.Option(help="The feed to use where several record the theme.")]
Out = Annotated[Path | None, typer.Option(help="FILE.html or FILE.pdf; both beside each other, without an ending.")]
Seed = Annotated[int, typer.Option(help="Of what is drawn by chance: the same seed gives the same answer.")]
ThemeName = Annotated[str, typer.Argument(help="burglary, robbery, violence, asb, vehicle-crime, ...")]


@app.command()
def forecast(
    theme: ThemeName,
    area: Area = "",
    ahead: Annotated[int, typer.Option(help="Months (to 3) or weeks (to 6) ahead, forecast together.")] = 1,
    by: Annotated[Literal["month", "week"], typer.Option(help="Months or weeks.")] = "month",
    places: Annotated[Literal["lsoa", "cell"], typer.Option(help="LSOAs, or squares of 500 m.")] = "lsoa",
    feed: Feed = "",
    out: Out = None,
    seed: Seed = 1,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Say how much to expect where, and first of all how far to trust that."""
    ready()
    import numpy as np

    from peelian.prevention.forecasts import forecast as make

    actor, now = acting(as_, "crime-analysis"), instant(at)
    base = None if out is None else writable(out)
    document = make(
        actor, theme, area=area, on=now.date(), horizon=ahead, rng=np.random.default_rng(seed), by=by, places=places,
        feed=feed or None,
    )  # fmt: skip
    _record(actor, "forecast", {"theme": theme, "area": area, "ahead": ahead, "by": by, "places": places}, now)
    _give(document, base, as_json)


def _record(actor: Actor, what: str, detail: dict[str, Any], at: datetime) -> None:
    from peelian.access.actor import record_act

    record_act(actor, "consultation", what, detail=detail, at=at.astimezone(UTC))


def _give(document: Document, out: Path | None, as_json: bool) -> None:
    """Write the document to files, or print it."""
    if out is None:
        typer.echo(json.dumps(_as_data(document), indent=2, ensure_ascii=False)) if as_json else _print(document)
        return
    show(write(document, out), as_json)


def _tables(document: Document) -> list[Table]:
    return [b.table if isinstance(b, Figure) else b for b in document.blocks() if isinstance(b, Figure | Table)]


def _as_data(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "marking": document.marking,
        "edition": str(document.edition),
        "findings": {b.id: b.text for b in document.blocks() if isinstance(b, Finding)},
        "notes": [b.text for b in document.blocks() if isinstance(b, Note)],
        "tables": [
            {
                "caption": t.caption,
                "rows": [dict(zip((c.heading for c in t.columns), row, strict=True)) for row in t.shown],
            }
            for t in _tables(document)
        ],
    }


def _print(document: Document) -> None:
    typer.echo(f"{document.marking}\n{document.title}\n{document.subtitle}")
    for block in document.blocks():
        match block:
            case Section(title=title):
                typer.echo(f"\n{title}\n{'-' * len(title)}")
            case Finding(text=text):
                typer.echo(f"* {text}")
            case Paragraph(text=text):
                typer.echo(text)
            case Note(text=text, title=title):
                typer.echo(f"{title}: {text}")
            case Points(items=items):
                typer.echo("\n".join(f"- {item}" for item in items))
            case Task():
                typer.echo(f"Proposed, {block.owner}, by {block.by}: {block.what}")
            case Figure() | Table():
                table = block.table if isinstance(block, Figure) else block
                typer.echo(f"\n{table.caption}")
                show([dict(zip((c.heading for c in table.columns), row, strict=True)) for row in table.shown], False)
                if table.note:
                    typer.echo(table.note)


@app.command()
def series(
    theme: ThemeName,
    from_: Annotated[str, typer.Option("--from", metavar="DAY", help="First day, or month as YYYY-MM.")],
    to: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day, or month as YYYY-MM.")],
    area: Area = "",
    feed: Feed = "",
    out: Out = None,
    seed: Seed = 1,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Propose offences that may be one series, each with its reasons, for an analyst to read."""
    ready()
    import numpy as np

    from peelian.prevention.series import series as make

    actor, now = acting(as_, "crime-analysis"), instant(at)
    first, last = _day(from_, last=False), _day(to, last=True)
    base = None if out is None else writable(out)
    document = make(
        actor,
        theme,
        area=area,
        start=first,
        end=last,
        on=now.date(),
        rng=np.random.default_rng(seed),
        feed=feed or None,
    )
    _record(actor, "series", {"theme": theme, "area": area, "from": str(first), "to": str(last)}, now)
    _give(document, base, as_json)
