"""Commands on feeds: what can be read, and what a mapping file would make of a force's own extract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .base import As, At, Json, acting, app, instant, ready, show

if TYPE_CHECKING:
    from peelian.records.checking import Check

feeds_app = typer.Typer(help="The source formats that can be read; `check` tries a mapping file.")
app.add_typer(feeds_app, name="feeds")


@feeds_app.callback(invoke_without_command=True)
def feeds(context: typer.Context, as_json: Json = False) -> None:
    """The source formats that can be read; `check` tries a mapping file."""
    if context.invoked_subcommand is None:
        feeds_list(as_json)


@feeds_app.command("list")
def feeds_list(as_json: Json = False) -> None:
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


@feeds_app.command("check")
def feeds_check(
    mapping: Annotated[Path, typer.Argument(help="A mapping file (TOML).", readable=False)],
    file: Annotated[
        Path, typer.Argument(help="A file of the source: CSV, Excel, Parquet, JSON lines.", readable=False)
    ],
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Say what reading a file by a mapping would do, and keep nothing of it."""
    ready(systems=False)
    from peelian.core.clock import london_day
    from peelian.records.checking import check
    from peelian.records.mapping import read

    checks = list(check(read(mapping), file, actor=acting(as_, "records"), on=london_day(instant(at))))
    if as_json:
        typer.echo(json.dumps([c.as_dict() for c in checks], indent=2, ensure_ascii=False))
    else:
        for one in checks:
            _tell(one)
    if not any(c.accepted or c.repeats for c in checks):
        raise typer.Exit(1)


def _tell(one: Check) -> None:
    if one.error:
        typer.echo(f"{one.file} would be refused\n{one.error}", err=True)
        return
    found = ", ".join(
        f"{name} {value!r}" if name in ("sheet", "delimiter") else f"{name} {value}"
        for name, value in one.made_up.items()
    )
    typer.echo(f"{one.file}: {found}; becomes {one.feed} of class {one.record_class}")
    show([{"column": name, "made from": source} for name, source in one.matched.items()], False)
    for said, names in (("kept beside the row, not mapped", one.left_over), ("stays empty", one.empty)):
        if names:
            typer.echo(f"{said}: {', '.join(names)}")
    for note in one.notes:
        typer.echo(f"note: {note}")
    if one.uncovered:
        typer.echo("\nvalues that no value map covers:")
        show(one.uncovered, False)
    if one.faults:
        typer.echo(f"\nthe first {len(one.faults)} faults:" if len(one.faults) > 1 else "\nthe fault:")
        show([{k: v for k, v in fault.items() if k != "file"} for fault in one.faults], False)
    typer.echo(
        f"\nof {one.read:,} rows {one.accepted:,} would be accepted, {one.quarantined:,} quarantined, {one.repeats:,} are "
        "repeats; nothing was kept"
    )


@feeds_app.command("withdraw")
def feeds_withdraw(
    feed: str,
    reason: Annotated[str, typer.Option(help="Why its owner takes it back; every profile that misses it says so.")],
    at: At = None,
    as_: As = "operator",
) -> None:
    """Stop using a feed that its owner takes back; what was known before stays answerable."""
    ready(systems=False)
    from peelian import systems
    from peelian.records.withdrawal import withdraw
    from peelian.vulnerability.tasking import take_back

    systems.load()
    now = instant(at)
    held = withdraw(feed, reason=reason, actor=acting(as_, "records"), at=now)
    typer.echo(f"{held.feed} is used no more; `peelian feeds restore {held.feed}` takes that back")
    for ref in take_back(held.feed, reason=reason, actor=acting(as_, "safeguarding"), at=now):
        typer.echo(f"a profile before tasking rested on it; decide again: case {ref}")


@feeds_app.command("restore")
def feeds_restore(feed: str, at: At = None, as_: As = "operator") -> None:
    """Use a withdrawn feed again."""
    ready(systems=False)
    from peelian.records.withdrawal import restore

    held = restore(feed, actor=acting(as_, "records"), at=instant(at))
    typer.echo(f"{held.feed} is used again")
