"""The command line: thin commands over the same functions as the pages. Tables go out as JSON with --json."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from peelian.core.errors import PeelianError

if TYPE_CHECKING:
    from peelian.access.actor import Actor

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Peelian: a force's records in, one picture out.",
)
quarantine_app = typer.Typer(no_args_is_help=True, help="Rows that were not accepted: list, show, mend, replay.")
areas_app = typer.Typer(no_args_is_help=True, help="Boundaries, populations and deprivation.")
county_app = typer.Typer(no_args_is_help=True, help="A made-up county to try things on.")
users_app = typer.Typer(no_args_is_help=True, help="Accounts that may sign in.")
app.add_typer(users_app, name="users")
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(areas_app, name="areas")
app.add_typer(county_app, name="county")

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


def ready() -> None:
    """Set Django up and bring the installation up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peelian.settings")
    import django

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


@app.command()
def ingest(
    feed: Annotated[str, typer.Argument(help="A declared feed, such as police-uk-street; see `peelian feeds`.")],
    files: Annotated[list[Path], typer.Argument(help="CSV, gzip or zip.")],
    published: Annotated[
        datetime | None,
        typer.Option("--published", formats=["%Y-%m-%d"], help="The edition's date; else the day of reading."),
    ] = None,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Read files: every row is accepted, quarantined or a repeat, and each file lands whole or not at all."""
    ready()
    from peelian.records.landing import ingest as read

    actor = acting(as_, "records")
    day: date | None = published.date() if published else None
    with progress() as step:
        results = list(
            read(feed, files, actor=actor, at=instant(at), published=day, progress=None if as_json else step)
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


@app.command()
def feeds(as_json: Json = False) -> None:
    """The source formats that can be read."""
    from peelian.records.feeds import FEEDS

    show(
        [
            {
                "feed": f.name,
                "what": f.title,
                "class": f.record_class.code,
                "columns": ", ".join(c.name for c in f.columns),
            }
            for f in FEEDS.values()
        ],
        as_json,
    )


@app.command()
def batches(feed: str = "", as_: As = "operator", as_json: Json = False) -> None:
    """Batches that have landed, newest first, with their counts."""
    ready()
    from peelian.records import query

    rows = [
        {
            "batch": b.digest if as_json else b.digest[:12], "feed": b.feed, "file": b.file,
            "editions": ", ".join(str(e.published) for e in b.editions.all() if e.landed),
            "read": b.read, "accepted": b.accepted, "quarantined": b.quarantined, "repeats": b.repeats,
            "landed": f"{b.landed_at:%Y-%m-%d %H:%M}", "by": b.by,
        }
        for b in query.batches(acting(as_, "records"), feed=feed)
    ]  # fmt: skip
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
    ready()
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
    ready()
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
    ready()
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
    ready()
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
    ready()
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
    ready()
    from peelian.records.models import Area

    acting(as_, "administration")
    rows = Area.objects.filter(kind=kind) if kind else Area.objects.all()
    show(
        list(rows.order_by("kind", "code").values("code", "name", "kind", "parent")),
        as_json,
        empty="no area is loaded: `peelian areas load FILE`",
    )


@users_app.command("add")
def users_add(
    name: str,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for, without it.")
    ],
    agency: Annotated[str, typer.Option(help="Code of the agency: `force`, or a partner's.")] = "force",
    agency_name: Annotated[str, typer.Option(help="Name of a partner agency that is not there yet.")] = "",
    as_: As = "operator",
) -> None:
    """Make an account; people of a partner agency see open data only."""
    ready()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from peelian.access.actor import record_act, require_police
    from peelian.access.models import Agency, User

    actor = acting(as_, "administration")
    require_police(actor)
    if User.objects.filter(username=name).exists():
        raise PeelianError("there is an account of that name already", found=repr(name), fix="choose another name")
    with transaction.atomic():
        if agency_name:
            Agency.objects.get_or_create(code=agency, defaults={"name": agency_name, "kind": "partner"})
        held = Agency.objects.filter(code=agency).first()
        if held is None:
            raise PeelianError("there is no such agency", found=repr(agency), fix="give its --agency-name to make it")
        user = User(username=name, agency=held)
        try:
            user.full_clean(exclude=["password"])
            validate_password(password, user)
        except ValidationError as error:
            raise PeelianError("the account cannot be made", found="; ".join(error.messages)) from None
        user.set_password(password)
        user.save()
        record_act(actor, "alteration", "account", detail={"agency": agency})
    typer.echo(f"{name} may sign in for {held.name}")


@users_app.command("list")
def users_list(as_: As = "operator", as_json: Json = False) -> None:
    """Accounts with their agency."""
    ready()
    from peelian.access.actor import require_police
    from peelian.access.models import User

    require_police(acting(as_, "administration"))
    rows = User.objects.select_related("agency").order_by("username")
    show(
        [
            {"name": u.username, "agency": u.agency.name if u.agency else "", "signs in": u.has_usable_password()}
            for u in rows
        ],
        as_json,
    )


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


def _day(text: str, *, last: bool) -> date:
    """A day written YYYY-MM-DD, or the first or last day of a month written YYYY-MM."""
    from calendar import monthrange

    try:
        if len(text) == 7:
            month = date.fromisoformat(text + "-01")
            return month.replace(day=monthrange(month.year, month.month)[1]) if last else month
        return date.fromisoformat(text)
    except ValueError:
        raise PeelianError("a day is written YYYY-MM-DD, or YYYY-MM for a month", found=repr(text)) from None


@app.command()
def profile(
    theme: Annotated[
        str, typer.Argument(help="What it is about: burglary, robbery, violence, asb, vehicle-crime, ...")
    ],
    from_: Annotated[str, typer.Option("--from", metavar="DAY", help="First day, or month as YYYY-MM.")],
    to: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day, or month as YYYY-MM.")],
    area: Annotated[
        str, typer.Option(help="Name or code of a force area, district or LSOA; everything, without it.")
    ] = "",
    feed: Annotated[str, typer.Option(help="The feed to use where several record the theme.")] = "",
    out: Annotated[
        Path | None, typer.Option(help="FILE.html or FILE.pdf; both beside each other, without an ending.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the permutations: the same seed gives the same document.")] = 1,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Make a problem profile: one document as HTML and as PDF."""
    ready()
    import numpy as np
    from django.db import transaction

    from peelian.access.actor import record_act
    from peelian.documents.html import page
    from peelian.documents.pdf import pdf
    from peelian.prevention.problem_profiles import problem_profile

    actor, now = acting(as_, "crime-analysis"), instant(at)
    first, last = _day(from_, last=False), _day(to, last=True)
    base = out or Path("-".join(p for p in (theme, area.lower().replace(" ", "-"), from_, to) if p))
    if base.suffix not in ("", ".html", ".pdf"):
        raise PeelianError(
            "a profile is written as HTML or PDF", found=base.suffix, fix="end the name with .html or .pdf"
        )
    with transaction.atomic():
        document = problem_profile(
            actor,
            theme,
            area=area,
            start=first,
            end=last,
            on=now.date(),
            rng=np.random.default_rng(seed),
            feed=feed or None,
        )
        record_act(
            actor,
            "consultation",
            "problem profile",
            detail={"theme": theme, "area": area, "from": str(first), "to": str(last)},
            at=now,
        )
    written = []
    for suffix, make in ((".html", lambda: page(document).encode()), (".pdf", lambda: pdf(document))):
        if base.suffix in ("", suffix):
            path = base.parent / (base.name + suffix) if base.suffix == "" else base
            path.write_bytes(make())
            written.append({"file": str(path), "title": document.title, "bytes": path.stat().st_size})
    show(written, as_json)


@app.command()
def demo(
    people: Annotated[int, typer.Option(help="How many people live in the made-up county.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed and size give the same county.")] = 1,
    serve_: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the result, or stop after the records are in.")
    ] = True,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; the next free one if it is taken.")] = 8000,
) -> None:
    """Make a county that does not exist, read its records, and serve the result."""
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
    if serve_:
        for name, _, who in made_up.USERS:
            typer.echo(f"  {name:<10} password {made_up.PASSWORD}   {who}")
        serve(port=port)


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; the next free one if it is taken.")] = 8000,
) -> None:
    """Serve the pages on 127.0.0.1 until stopped with Ctrl-C."""
    ready()
    import socket

    from django.core.management import call_command
    from granian import Granian
    from granian.constants import Interfaces

    call_command("build_static", verbosity=0)
    for free in range(port, port + 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", free)):
                break
    else:
        raise PeelianError("no free port", found=f"{port} to {port + 99} are taken", fix="give another --port")
    typer.echo(f"Peelian serves on http://127.0.0.1:{free}/  (Ctrl-C stops it)")
    sys.stdout.flush()
    Granian(
        "peelian.wsgi:application", address="127.0.0.1", port=free, interface=Interfaces.WSGI, blocking_threads=4, log_access=False,
        log_enabled=False,
    ).serve()  # fmt: skip


def main() -> None:
    """Run the command line; a fault that a person can mend is printed without a traceback."""
    try:
        app()
    except PeelianError as error:
        refusal: PeelianError | None = error
    except Exception as error:
        from peelian.records.failures import told

        refusal = told(error, "the data folder")
        if refusal is None:
            raise
    else:
        return
    typer.echo(str(refusal), err=True)
    sys.exit(1)
