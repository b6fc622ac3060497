"""Commands on records: ingest, batches, quarantine, areas."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peelian.core.errors import PeelianError

from .base import As, At, Json, acting, app, instant, progress, ready, show

if TYPE_CHECKING:
    from peelian.records.mapping import Map

quarantine_app = typer.Typer(no_args_is_help=True, help="Rows that were not accepted: list, show, mend, replay.")
areas_app = typer.Typer(no_args_is_help=True, help="Boundaries, populations and deprivation.")
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(areas_app, name="areas")


@app.command()
def ingest(
    feed: Annotated[str, typer.Argument(help="A declared feed, such as police-uk-street; see `peelian feeds`.")],
    files: Annotated[
        list[Path], typer.Argument(help="CSV, Excel, Parquet, JSON lines; gzip or zip of them.", readable=False)
    ],
    published: Annotated[
        datetime | None,
        typer.Option("--published", formats=["%Y-%m-%d"], help="The edition's date; else the day of reading."),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="A mapping file (TOML) for a force's own extract.", readable=False)
    ] = None,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Read files: every row is accepted, quarantined or a repeat, and each file lands whole or not at all."""
    ready(systems=False)
    from peelian.records.landing import ingest as read

    actor = acting(as_, "records")
    by = _mapping(mapping)
    day: date | None = published.date() if published else None
    with progress() as step:
        results = list(
            read(
                feed,
                files,
                actor=actor,
                at=instant(at),
                published=day,
                mapping=by,
                progress=None if as_json else step,
            )
        )
    if as_json:
        show([r.as_dict() for r in results], True)
    else:
        good = [r for r in results if not r.error]
        shown = [
            {
                "file": r.file,
                "batch": r.batch[:12],
                "edition": r.edition,
                "read": r.read,
                "accepted": r.accepted,
                "quarantined": r.quarantined,
                "repeats": r.repeats,
            }
            for r in good
        ]
        if shown:
            show(shown, False)
        for result in results:
            for note in result.notes:
                typer.echo(f"{result.file}: {note}")
            if result.error:
                typer.echo(f"{result.file} was refused\n{result.error}", err=True)
        waiting = sum(r.quarantined for r in good)
        if waiting:
            typer.echo(
                f"{waiting:,} row{'s wait' if waiting > 1 else ' waits'} in quarantine: `peelian quarantine list`"
            )
    if any(r.error for r in results):
        raise typer.Exit(1)


def _mapping(path: Path | None) -> Map | None:
    from peelian.records.mapping import read

    return read(path) if path else None


@app.command()
def batches(feed: str = "", as_: As = "operator", as_json: Json = False) -> None:
    """Batches that have landed, newest first, with their counts."""
    ready(systems=False)
    from peelian.access.actor import record_act
    from peelian.records import query

    actor = acting(as_, "records")
    rows = [
        {
            "batch": b.digest if as_json else b.digest[:12], "feed": b.feed, "file": b.file,
            "editions": ", ".join(str(e.published) for e in b.editions.all() if e.landed),
            "read": b.read, "accepted": b.accepted, "quarantined": b.quarantined, "repeats": b.repeats,
            "landed": f"{b.landed_at:%Y-%m-%d %H:%M}", "by": b.by,
        }
        for b in query.batches(actor, feed=feed)
    ]  # fmt: skip
    record_act(actor, "consultation", "batches", detail={"rows": len(rows)})
    show(rows, as_json, empty="nothing has landed yet: `peelian ingest FEED FILE`")


@quarantine_app.command("list")
def quarantine_list(
    feed: str = "",
    batch: str = "",
    most: Annotated[int, typer.Option(help="Rows to show; --json shows all.")] = 50,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Rows that wait, with file, line, column, what was found and what is allowed."""
    ready(systems=False)
    from peelian.access.actor import record_act
    from peelian.records import quarantine

    actor = acting(as_, "records")
    waiting = quarantine.waiting(actor, feed=feed, batch=batch)
    record_act(actor, "consultation", "quarantine", detail={"feed": feed, "batch": batch})
    rows = [
        {
            "batch": q.batch.digest if as_json else q.batch.digest[:12],
            "file": q.batch.file,
            "line": q.line,
            "mended": q.mended is not None,
            **fault,
        }
        for q in (waiting.iterator() if as_json else waiting[:most])
        for fault in quarantine.explain(q)
    ]
    show(rows, as_json, empty="no row waits")
    if not as_json and waiting.count() > most:
        typer.echo(f"{waiting.count():,} rows wait; the first {most} are shown (--most)")


@quarantine_app.command("show")
def quarantine_show(batch: str, line: int, as_: As = "operator", as_json: Json = False) -> None:
    """One quarantined row: its cells as they came, and its faults."""
    ready(systems=False)
    from peelian.access.actor import record_act
    from peelian.records import quarantine

    actor = acting(as_, "records")
    row = quarantine.one(actor, batch, line)
    record_act(actor, "consultation", "quarantined row", detail={"batch": row.batch.digest, "line": line})
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "batch": row.batch.digest,
                    "file": row.batch.file,
                    "line": row.line,
                    "cells": row.cells,
                    "mended": row.mended,
                    "faults": quarantine.explain(row),
                },
                indent=2,
                ensure_ascii=False,
            )
        )
        return
    show(
        [
            {"column": k, "as it came": v}
            for k, v in (row.cells.items() if isinstance(row.cells, dict) else enumerate(row.cells))
        ],
        False,
    )
    show(quarantine.explain(row), False)


@quarantine_app.command("mend")
def quarantine_mend(
    batch: str,
    line: int,
    cells: Annotated[
        list[str], typer.Argument(metavar="COLUMN=VALUE...", help="New values; the original stays as it came.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why the new values are right; kept with the row.")],
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Mend a quarantined row; `replay` then takes it in."""
    ready(systems=False)
    from peelian.records import quarantine

    bad = [c for c in cells if "=" not in c]
    if bad:
        raise PeelianError("a new value is written COLUMN=VALUE", found=bad[0], fix='for example "Month=2018-01"')
    actor = acting(as_, "records")
    row = quarantine.one(actor, batch, line)
    left = quarantine.mend(row, dict(c.split("=", 1) for c in cells), reason=reason, actor=actor, at=instant(None))
    if as_json:
        typer.echo(json.dumps({"batch": row.batch.digest, "line": line, "faults": left}, indent=2, ensure_ascii=False))
    elif left:
        typer.echo("kept, but the row would still not be accepted:")
        show(quarantine.explain(row), False)
    else:
        typer.echo(f"mended; `peelian quarantine replay {row.batch.digest[:12]}` takes it in")


@quarantine_app.command("replay")
def quarantine_replay(
    batch: Annotated[
        str, typer.Argument(help="Beginning of a batch's digest; all batches with mended rows, without it.")
    ] = "",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Check mended rows again and land those that pass."""
    ready(systems=False)
    from peelian.records import quarantine
    from peelian.records.landing import Result, replay
    from peelian.records.models import Batch

    actor = acting(as_, "records")
    mended = quarantine.waiting(actor, batch=batch).filter(mended__isnull=False)
    rows = []
    for pk in sorted(set(mended.values_list("batch_id", flat=True))):
        origin = Batch.objects.get(pk=pk)
        result, left = replay(origin, actor=actor, at=instant(at))
        landed = result or Result(f"mended rows of {origin.file}", origin.feed)
        digest = landed.batch if as_json else landed.batch[:12]
        counts = {n: getattr(landed, n) for n in ("read", "accepted", "quarantined", "repeats")}
        rows.append({"file": landed.file, "feed": landed.feed, "batch": digest, **counts, "still faulty": left})
    show(rows, as_json, empty="no mended row waits")


@areas_app.command("load")
def areas_load(files: list[Path], at: At = None, as_: As = "operator", as_json: Json = False) -> None:
    """Load boundaries (GeoJSON) and figures (CSV): population, deprivation."""
    ready(systems=False)
    from dataclasses import asdict

    from peelian.records import areas

    with progress() as step:
        results = areas.load(
            files, actor=acting(as_, "administration"), at=instant(at), progress=None if as_json else step
        )
    good = [{k: v for k, v in asdict(r).items() if k != "error" or v} for r in results if as_json or not r.error]
    if good or as_json:
        show(good, as_json)
    for result in results:
        if result.error and not as_json:
            typer.echo(f"{result.file} was refused\n{result.error}", err=True)
    if any(r.error for r in results):
        raise typer.Exit(1)


@areas_app.command("list")
def areas_list(kind: str = "", as_: As = "operator", as_json: Json = False) -> None:
    """Areas that are loaded."""
    ready(systems=False)
    from peelian.records.models import Area

    acting(as_, "administration")
    rows = Area.objects.filter(kind=kind) if kind else Area.objects.all()
    show(
        list(rows.order_by("kind", "code").values("code", "name", "kind", "parent")),
        as_json,
        empty="no area is loaded: `peelian areas load FILE`",
    )
