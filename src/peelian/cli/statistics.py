"""Official statistics: load the publishers' tables, and compare a force with all forces."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from peelian.core.errors import PeelianError

from .base import As, At, Json, acting, app, instant, progress, ready, show

statistics_app = typer.Typer(no_args_is_help=True, help="Official statistics that compare forces: load, show.")
app.add_typer(statistics_app, name="statistics")


@statistics_app.command("load")
def load(
    files: Annotated[list[Path], typer.Argument(help="CSV, gzip or zip, as published.", readable=False)],
    published: Annotated[
        datetime | None,
        typer.Option("--published", formats=["%Y-%m-%d"], help="The edition's date; else the day of reading."),
    ] = None,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Read tables of outcomes, stops, severity or workforce; which one a file is, its header says."""
    ready(systems=False)
    from peelian.records.landing import Result, ingest
    from peelian.records.statistics import table_of

    actor, results = acting(as_, "records"), []
    with progress() as step:
        for path in files:
            try:
                feed = table_of(path)
            except PeelianError as error:
                results.append(Result(path.name, "", error=str(error)))
                continue
            day, tell = published.date() if published else None, None if as_json else step
            results += ingest(feed.name, [path], actor=actor, at=instant(at), published=day, progress=tell)
    if as_json:
        show([r.as_dict() for r in results], True)
    else:
        counts = ("read", "accepted", "quarantined", "repeats")
        good = [{"file": r.file, "table": r.feed, **{c: getattr(r, c) for c in counts}} for r in results if not r.error]
        if good:
            show(good, False)
        for result in results:
            for note in result.notes:
                typer.echo(f"{result.file}: {note}")
            if result.error:
                typer.echo(f"{result.file} was refused\n{result.error}", err=True)
    if any(r.error for r in results):
        raise typer.Exit(1)


@statistics_app.command("show")
def show_table(
    table: Annotated[str, typer.Argument(help="outcomes, stops, severity or workforce.")],
    force: Annotated[str, typer.Option(help="One force, such as Essex; every force, without it.")] = "",
    outcome: Annotated[int, typer.Option(help="Home Office outcome type; 1 is charged or summonsed.")] = 1,
    year: Annotated[str, typer.Option(help="Of stops: a financial year such as 2017/18; the latest, without it.")] = "",
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Compare forces: shares and rates with their intervals, and the figure of all forces beside them."""
    ready(systems=False)
    import polars as pl

    from peelian.access.actor import record_act
    from peelian.records import quarantine, statistics

    if table not in statistics.TABLES:
        raise PeelianError(
            "there is no such table",
            found=repr(table),
            fix="use one of: " + ", ".join(statistics.TABLES),
            id="peelian.E401",
        )
    actor = acting(as_, "crime-analysis")
    found = {
        "outcomes": lambda: statistics.outcomes(actor, outcome=outcome, force=force),
        "stops": lambda: statistics.stops(actor, year=year, force=force),
        "severity": lambda: statistics.severity(actor, force=force),
        "workforce": lambda: statistics.workforce(actor, force=force),
    }[table]()
    record_act(actor, "consultation", f"statistics: {table}", detail={"force": force, "outcome": outcome, "year": year})
    rounded = found.with_columns(pl.selectors.float().round(2))
    show([{k: "" if v is None and not as_json else v for k, v in row.items()} for row in rounded.to_dicts()], as_json)
    if not as_json:
        feed = statistics.TABLES[table]
        typer.echo(f"{feed.title}. {feed.record_class.controller}; Open Government Licence v3.0")
        if waiting := quarantine.waiting(actor, feed=feed.name).count():
            typer.echo(f"{waiting:,} rows of this table wait in quarantine: the figures lack them")
