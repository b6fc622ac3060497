"""Commands that set up and run an installation: county, demo, serve."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from peelian.core.errors import PeelianError

from .base import app, progress, ready, show

county_app = typer.Typer(no_args_is_help=True, help="A made-up county to try things on.")
app.add_typer(county_app, name="county")


@county_app.command("make")
def county_make(
    folder: Path,
    people: Annotated[int, typer.Option(help="How many people live there.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed and size give the same bytes.")] = 1,
) -> None:
    """Make a county that does not exist: areas, feed files, and the truth kept apart."""
    from peelian import county

    with progress() as step:
        county.make(folder, people=people, seed=seed, progress=step)
    typer.echo(f"feeds in {folder / 'feeds'}, areas in {folder / 'areas'}, the truth in {folder / 'truth'}")


@app.command()
def demo(
    people: Annotated[int, typer.Option(help="How many people live in the made-up county.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed and size give the same county.")] = 1,
    serve_: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the result, or stop after the records are in and linked.")
    ] = True,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; the next free one if it is taken.")] = 8000,
    months: Annotated[int, typer.Option(help="Months of finished casework to draw before today.")] = 36,
) -> None:
    """Make a county that does not exist, read its records, work out who is who, and serve the result."""
    ready()
    from peelian import demo as made_up
    from peelian.home import home

    with progress() as step:
        results = made_up.prepare(home(), people=people, seed=seed, progress=step)
    refused = [r for r in results if r.error]
    by_feed: dict[str, list[Any]] = {}
    for result in results:
        by_feed.setdefault(result.feed, []).append(result)
    show(
        [
            {
                "feed": feed,
                "files": len(rs),
                **{n: sum(getattr(r, n) for r in rs) for n in ("read", "accepted", "quarantined", "repeats")},
            }
            for feed, rs in by_feed.items()
        ],
        False,
    )
    for result in refused:
        typer.echo(f"{result.file} was refused\n{result.error}", err=True)
    if refused:
        raise typer.Exit(1)
    with progress() as step:
        linked, seconds = made_up.link_people(progress=step)
    typer.echo(f"who is who among {linked.mentions:,} records of people was worked out in {seconds:.0f} s")
    from peelian.demo_cases import fill

    folder = home() / f"county-{people}-{seed}"
    held = fill(months=months, seed=seed, truth=folder / "truth" / "casework.csv")
    typer.echo(f"{held:,} cases are there, those of the last {months} months and those under way")
    if serve_:
        for name, _, _, who in made_up.USERS:
            typer.echo(f"  {name:<13} password {made_up.PASSWORD}   {who}")
        from peelian.demo_sources import connected

        with connected(folder):  # the other agencies' systems, for intelligence packs
            serve(port=port)


@app.command()
def serve(
    port: Annotated[
        int, typer.Option(min=1, max=65_535, help="Port on 127.0.0.1; the next free one if it is taken.")
    ] = 8000,
) -> None:
    """Serve the pages on 127.0.0.1 until stopped with Ctrl-C."""
    ready()
    import socket

    from django.core.management import call_command
    from granian import Granian
    from granian.constants import Interfaces

    call_command("build_static", verbosity=0)
    for free in range(port, min(port + 100, 65_536)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", free)):
                break
    else:
        raise PeelianError("no free port", found=f"{port} to {port + 99} are taken", fix="give another --port")
    typer.echo(f"Peelian serves on http://127.0.0.1:{free}/  (Ctrl-C stops it)")
    sys.stdout.flush()
    with _following():
        Granian(
            "peelian.wsgi:application", address="127.0.0.1", port=free, interface=Interfaces.WSGI, blocking_threads=4,
            log_access=False, log_enabled=False,
        ).serve()  # fmt: skip


@contextmanager
def _following() -> Iterator[None]:
    """Where the force's own systems are followed, a process beside the pages takes changes in and tells decisions back."""
    from peelian.casework.companion.setting import FILE
    from peelian.home import home

    if not (home() / FILE).exists():
        yield
        return
    process = subprocess.Popen([sys.executable, "-c", "from peelian.cli import main; main()", "companion", "run"])
    try:
        yield
    finally:
        process.terminate()
        process.wait()
