"""Fetching what is published, for users who are online."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .base import Json, app, progress, show

download_app = typer.Typer(no_args_is_help=True, help="Fetch published data, for users who are online.")
app.add_typer(download_app, name="download")


@download_app.command("police-uk")
def police_uk(
    force: Annotated[str, typer.Option(help="The publisher's name of the force, such as essex.")],
    from_: Annotated[str, typer.Option("--from", metavar="MONTH", help="First month, YYYY-MM.")],
    to: Annotated[str, typer.Option("--to", metavar="MONTH", help="Last month, YYYY-MM.")],
    folder: Annotated[Path, typer.Option(help="Where the files go.")] = Path("police-uk"),
    archive: Annotated[
        str, typer.Option(envvar="PEELIAN_POLICE_UK", help="Another place that serves the same zips.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Fetch police.uk's archives and unpack one force's files; a cut line is taken up where it stopped."""
    from peelian.records.download import ARCHIVE, as_rows, download

    with progress() as step:
        found = download(
            force, from_, to, folder, archive=(archive or ARCHIVE).rstrip("/"), progress=None if as_json else step
        )
    show(as_rows(found), as_json)
    if not as_json:
        for feed in dict.fromkeys(f.feed for f in found):
            days = {f.published for f in found if f.feed == feed}
            stated = f" --published {max(d for d in days if d)}" if any(days) else ""
            typer.echo(f"read them: peelian ingest {feed} {folder}/*/*-{feed.removeprefix('police-uk-')}.csv{stated}")
