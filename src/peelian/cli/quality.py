"""How good a source's data are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .base import As, At, Json, acting, app, instant, ready, show, writable, write


@app.command()
def quality(
    feed: Annotated[str, typer.Argument(help="The feed; every one that is held, in a line each, without it.")] = "",
    out: Annotated[
        Path | None,
        typer.Option(help="FILE.html, FILE.pdf or FILE.csv (the faults, to send back); all three, without an ending."),
    ] = None,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Report what came from a source: how complete, how late, how valid, and how unlike its own past."""
    ready()
    from peelian.access.actor import record_act
    from peelian.core.clock import london_day
    from peelian.documents.quality import quality_document
    from peelian.records import quality as measured
    from peelian.web.listing import csv_text

    actor, now = acting(as_, "records"), instant(at)
    names = [feed] if feed else measured.feeds_held(actor)
    found = [measured.quality(actor, name, on=london_day(now)) for name in names]
    record_act(actor, "consultation", "data quality", detail={"feeds": names}, at=now)
    if out is None or not feed:
        show([measured.summary(q) for q in found], as_json, empty="nothing has landed yet: `peelian ingest FEED FILE`")
        return
    written = []
    if out.suffix in ("", ".csv"):
        path = writable(out.with_suffix("")).with_suffix(".csv")
        path.write_text(csv_text(measured.FAULT_COLUMNS, measured.faults_to_send(actor, feed)), "utf-8")
        written.append({"file": str(path), "title": "Faults to send back", "bytes": path.stat().st_size})
    if out.suffix != ".csv":
        written += write(quality_document(found[0]), writable(out))
    show(written, as_json)
