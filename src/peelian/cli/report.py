"""Commands of assurance: a report read in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .base import Json, app, show

report_app = typer.Typer(no_args_is_help=True, help="Inspection reports: read in, question by question.")
app.add_typer(report_app, name="report")


@report_app.command("read")
def report_read(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The page as text (UTF-8).")], as_json: Json = False
) -> None:  # fmt: skip
    """Read a report: its questions, the grade of each and where it stands, its areas for improvement. Nothing is guessed or kept."""
    from peelian.assurance.reports import read_file

    report = read_file(file)
    if as_json:
        typer.echo(json.dumps(report.told(), indent=2, default=str, ensure_ascii=False))
        return
    typer.echo(
        f"{report.force}, {report.kind} {report.cycle}, {report.pillar}: {report.judged.grade or 'grade not stated'}"
    )
    show(
        [
            {"question": q.n, "about": q.key, "grade": q.judged.grade or "none", "from": q.judged.source, "areas for improvement": len(q.afis),
             "without bullet": sum(not a.bullet for a in q.afis)}
            for q in report.questions
        ],
        as_json,
    )  # fmt: skip
    show(
        [{"place": place, "area for improvement": afi.text} for place, afi in report.afis],
        as_json,
        empty="no area for improvement",
    )
    for warning in report.warnings:
        typer.echo(warning)
