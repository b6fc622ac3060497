"""The command line: thin commands over the same functions as the pages. Tables go out as JSON with --json."""

from __future__ import annotations

import sys

import typer

from peelian.core.errors import PeelianError

from . import (
    analysis,
    assess,
    blind,
    casework,
    companion,
    contact,
    download,
    duty,
    editions,
    emerging,
    feeds,
    forecast,
    hub,
    identity,
    log,
    measures,
    missing,
    pack,
    partners,
    people,
    quality,
    records,
    report,
    retention,
    running,
    settings,
    sign_in,
    statistics,
    systems,
    templates,
    tokens,
    users,
    vulnerability,
)
from .base import acting, app, ready

__all__ = [
    "acting",
    "analysis",
    "app",
    "assess",
    "blind",
    "casework",
    "companion",
    "contact",
    "download",
    "duty",
    "editions",
    "emerging",
    "feeds",
    "forecast",
    "hub",
    "identity",
    "log",
    "main",
    "measures",
    "missing",
    "pack",
    "partners",
    "people",
    "quality",
    "ready",
    "records",
    "report",
    "retention",
    "running",
    "settings",
    "sign_in",
    "statistics",
    "systems",
    "templates",
    "tokens",
    "users",
    "vulnerability",
]


def main() -> None:
    """Run the command line; a fault that a person can mend is printed without a traceback."""
    try:
        app()
    except PeelianError as error:
        refusal: PeelianError | None = error
    except Exception as error:
        from peelian.records.failures import told

        refusal = told(error, str(getattr(error, "filename", None) or "the data folder"))
        if refusal is None:
            raise
    else:
        return
    finally:
        log.finish()
    typer.echo(str(refusal), err=True)
    sys.exit(1)
