"""What every command shares: the actor, the instant, tables and progress."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from peelian.core.errors import PeelianError

if TYPE_CHECKING:
    from peelian.access.actor import Actor
    from peelian.core.document import Document


class Plainly(TyperGroup):
    """Commands that say what is wrong with an argument in the words of who typed it, not of the library that read it."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as fault:
            fault.message = in_plain_words(fault)
            raise


def in_plain_words(fault: typer.BadParameter) -> str:
    """What is wrong with an argument, and how it is written; the library's own words where nothing better is known."""
    errors = getattr(fault.__cause__, "errors", None)
    if errors is None:
        return fault.message
    error = errors()[0]
    if "does not match the formats" in error["msg"]:
        instant = "or an instant (UTC) as 2026-11-24T14:30:00"
        ways = {
            "%Y-%m-%d": "a day as 2026-11-24",
            "%Y-%m-%dT%H:%M:%S": instant,
            "%Y-%m-%dT%H:%M": "an instant (UTC) as 2026-11-24T14:30",
        }
        told = " ".join(words for form, words in ways.items() if f"'{form}'" in error["msg"])
        return f"there is no such day or time; write {told.removeprefix('or ')}"
    words = {"int_parsing": "write a whole number", "float_parsing": "write a number"}.get(error["type"])
    limits = error.get("ctx", {})
    for key, side in (("ge", "at least"), ("le", "at most"), ("gt", "more than"), ("lt", "less than")):
        if key in limits:
            words = f"write a number of {side} {limits[key]:,}"
    return words or fault.message


app = typer.Typer(
    cls=Plainly,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Peelian: a force's records in, one picture out.",
)

As = Annotated[
    str, typer.Option("--as", envvar="PEELIAN_AS", metavar="USER", help="Whose account acts; every act is logged.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")]
At = Annotated[
    datetime | None,
    typer.Option(
        "--at", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Act as at this instant (UTC); now, without it."
    ),
]


def ready(*, systems: bool = True) -> None:
    """Set Django up and bring the installation up to date.

    Parameters
    ----------
    systems : bool, default True
        Whether the report's systems are read too: a third of the time of a short command, for one that touches no case.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peelian.settings")
    import django

    from peelian.web.apps import WebConfig

    WebConfig.systems = systems
    django.setup()
    import peelian.access.release  # noqa: F401  (declares dated values)
    from peelian.core.dated import check_all
    from peelian.records.setup import ensure_ready

    check_all()
    ensure_ready()


def acting(username: str, purpose: str) -> Actor:
    """The actor for an account; PeelianError for an unknown one."""
    from peelian.access.actor import Actor, Denied
    from peelian.access.models import User

    user = User.objects.filter(username=username).select_related("agency").first()
    if user is None:
        raise Denied(
            "there is no such account", found=repr(username), fix="use --as with an account of this installation"
        )
    return Actor.of(user, purpose)


def instant(at: datetime | None) -> datetime:
    """`at` as an instant in UTC, or now."""
    return (at or datetime.now(UTC)).replace(tzinfo=UTC)


def show(rows: list[dict[str, Any]], as_json: bool, *, empty: str = "nothing to show") -> None:
    """Print rows as a table, or as JSON."""
    if as_json:
        typer.echo(json.dumps(rows, indent=2, default=str, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console.width = 200
    if not rows:
        console.print(empty)
        return
    table = Table(show_edge=False, header_style="bold")
    for name in rows[0]:
        table.add_column(name, justify="right" if isinstance(rows[0][name], int) else "left", overflow="fold")
    for row in rows:
        table.add_row(
            *(Text(f"{v:,}" if isinstance(v, int) and not isinstance(v, bool) else str(v)) for v in row.values())
        )
    console.print(table)


def writable(base: Path) -> Path:
    """`base` as the name of a document to write; PeelianError where it cannot be one. Before the work, not after it."""
    if base.suffix not in ("", ".html", ".pdf", ".txt"):
        raise PeelianError(
            "a document is written as HTML, PDF or text", found=base.suffix, fix="end the name with .html, .pdf or .txt"
        )
    if not base.parent.is_dir():
        raise PeelianError(
            "there is no such folder", found=str(base.parent), fix="make it, or choose another with --out"
        )
    return base


def write(document: Document, base: Path) -> list[dict[str, Any]]:
    """Write a document as HTML, PDF or text by the ending of its name, or as the first two without one; what was written."""
    from peelian.documents.html import page
    from peelian.documents.pdf import pdf
    from peelian.documents.text import text

    written = []
    ways = (
        (".html", lambda: page(document).encode()),
        (".pdf", lambda: pdf(document)),
        (".txt", lambda: text(document).encode()),
    )
    for suffix, make in ways:
        if base.suffix == suffix or (not base.suffix and suffix != ".txt"):
            path = base if base.suffix else base.parent / (base.name + suffix)
            path.write_bytes(make())
            written.append({"file": str(path), "title": document.title, "bytes": path.stat().st_size})
    return written


@contextmanager
def progress() -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar on standard error; it shows nothing where that is not a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console, transient=True
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def step(done: int, total: int, what: str) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what)
            bars.update(tasks[what], completed=done, total=total)

        yield step
