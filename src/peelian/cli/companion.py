"""Commands of companion mode: what is followed, one round or many, and the cut-over."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from .base import As, At, Json, acting, app, instant, ready, show

companion_app = typer.Typer(
    no_args_is_help=True, help="Cases that follow the force's own systems, so that nobody keys twice."
)
app.add_typer(companion_app, name="companion")

Only = Annotated[str, typer.Option("--source", help="Only this system; all of the file, without it.")]


@companion_app.command("list")
def companion_list(at: At = None, as_: As = "operator", as_json: Json = False) -> None:
    """The systems that are followed, how old what is held of each is, and what waits to be told back."""
    ready()
    from peelian.casework.companion.standing import systems

    acting(as_, "administration")
    now = instant(at)
    rows = [
        {
            "system": one.name, "title": one.title, "data as of": one.data_at.isoformat(timespec="seconds") if one.data_at else "never",
            "age": one.age_words(now), "silent since": one.failed_at.isoformat(timespec="seconds") if one.failed_at else "",
            "to be told": one.untold, "kept": one.kept,
        }
        for one in systems()
    ]  # fmt: skip
    show(rows, as_json, empty="no system is followed: see docs/reference/companion.md")


@companion_app.command("run")
def companion_run(
    once: Annotated[bool, typer.Option("--once", help="One round, then stop.")] = False,
    every: Annotated[float, typer.Option(min=0.5, max=3600, help="Seconds between rounds.")] = 2.0,
    source: Only = "",
    at: At = None,
    as_json: Json = False,
) -> None:
    """Take changes in and tell decisions back, every two seconds, until stopped with Ctrl-C."""
    ready()
    from peelian.casework.companion import running

    links = _links(source)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        now = instant(at) if once else datetime.now(UTC)
        rounds = running.once(links, at=now)
        rows = [_line(one) for one in rounds if once or _said(one)]
        if once or rows:
            show(rows, as_json, empty="no system is followed: see docs/reference/companion.md")
        if once:
            return
        stop.wait(every)


@companion_app.command("cut-over")
def companion_cut_over(
    source: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether to go on.")] = False,
    at: At = None,
) -> None:
    """Take over every open record of a system: owners there are offered the cases here, and what is overdue is inherited."""
    ready()
    from peelian.casework.companion.follow import inherited, provisional, take_in

    [link] = _links(source)
    if not yes:
        typer.confirm(f"Open a case for every open record of {link.source.title}?", abort=True)
    found = take_in(link, at=instant(at), cut_over=True)
    typer.echo(
        f"{found.opened:,} cases opened, {found.kept:,} kept because they cannot be opened yet; {provisional(link.actor).count():,} wait to be "
        f"accepted; {inherited(link.actor).count():,} breaches are inherited"
    )


@companion_app.command("made-up")
def companion_made_up(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 for a free one.")] = 9710,
    every: Annotated[float, typer.Option(min=0.2, help="Seconds between incidents.")] = 20.0,
) -> None:
    """Run a command-and-control system that does not exist, on this computer, to try companion mode on; Ctrl-C stops it."""
    from peelian.casework.companion.made_up import EXAMPLE, CommandAndControl

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with CommandAndControl(port=port) as system:
        typer.echo(
            f"It answers at {system.url}. Put this into companion.toml of the data folder:\n\n{EXAMPLE.format(url=system.url)}"
        )
        count = 0
        while not stop.is_set():
            count += 1
            system.incident(count)
            stop.wait(every)
    typer.echo(f"stopped after {count:,} incidents; {len(system.decisions):,} decisions were written back", err=True)


def _links(source: str) -> list[Any]:
    from peelian.casework.companion import setting
    from peelian.core.errors import PeelianError

    links = [link for link in setting.linked() if source in ("", link.source.name)]
    if source and not links:
        raise PeelianError(
            "no such system is followed", found=source, fix="see `peelian companion list`", id="peelian.E499"
        )
    return links


def _said(one: Any) -> bool:
    return bool(one.taken.opened or one.taken.changed or one.taken.kept or one.told or one.untold or one.silent)


def _line(one: Any) -> dict[str, Any]:
    return {
        "system": one.source, "opened": one.taken.opened, "changed": one.taken.changed, "kept": one.taken.kept,
        "told back": one.told, "not told yet": one.untold, "silent": one.silent,
    }  # fmt: skip
