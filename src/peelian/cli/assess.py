"""The command that answers the five questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from peelian.core.errors import PeelianError

from .base import As, At, Json, acting, app, instant, ready, show, writable, write


@app.command()
def assess(
    without: Annotated[list[str] | None, typer.Option(help="A system that is switched off, such as V7; may be repeated.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write it: .html, .pdf, both without an ending, or .txt in the form of an inspection's report.")] = None,
    purpose: Annotated[str, typer.Option(help="Why you look, as on the pages.")] = "assurance",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:  # fmt: skip
    """Answer the five questions of the inspection from what is held. A self-assessment, not an inspection grade."""
    if out is not None and out.suffix != ".txt":
        writable(out)
    elif out is not None and not out.parent.is_dir():
        raise PeelianError(
            "there is no such folder", found=str(out.parent), fix="make it, or choose another with --out"
        )
    ready()
    from peelian.assurance.assessing import assess as answer
    from peelian.assurance.self_assessment import document, text

    told = answer(actor=acting(as_, purpose), at=instant(at), without=without or [])
    if out is not None and out.suffix == ".txt":
        out.write_text(text(told), "utf-8")
        show([{"file": str(out), "title": told.title, "bytes": out.stat().st_size}], as_json)
    elif out is not None:
        show(write(document(told), out), as_json)
    elif as_json:
        typer.echo(json.dumps(told.told(), indent=2, default=str, ensure_ascii=False))
    else:
        typer.echo(f"{told.title}: {told.force}, as known on {told.on:%-d %B %Y}")
        show(
            [
                {"question": a.question, "grade": a.grade, "known": f"{a.findings.known} of {a.findings.systems}",
                 "because": "; ".join(limited.reason for limited in a.judgement.limits) or "nothing limits it",
                 "moves": "; ".join(c.words for c in (a.rises, a.falls) if c)}
                for a in told.answers
            ],
            as_json=False,
        )  # fmt: skip
        for answered in told.answers:
            for words in answered.not_known:
                typer.echo(f"not known: {words}")
