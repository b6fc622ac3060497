"""The intelligence pack: ask, read, tell times, and the demonstration's other systems."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peelian.core.errors import PeelianError

from .base import As, At, Json, acting, app, instant, ready, show, writable, write

if TYPE_CHECKING:
    from peelian.vulnerability.pack.showing import View

pack_app = typer.Typer(no_args_is_help=True, help="The intelligence pack of a call, which never holds a unit.")
app.add_typer(pack_app, name="pack")
Ref = Annotated[str, typer.Argument(help="As `peelian pack ask` gives it.")]
Why = Annotated[str, typer.Option(help="Why you look; it is logged.")]


@pack_app.command()
def ask(
    address: Annotated[str, typer.Option(help="Where the call is about.")] = "",
    postcode: Annotated[str, typer.Option(help="Its postcode.")] = "",
    phone: Annotated[list[str] | None, typer.Option(help="The caller's number; more than once for more.")] = None,
    person: Annotated[list[str] | None, typer.Option(help="Name and date of birth; more than once for more.")] = None,
    incident: Annotated[str, typer.Option(help="Reference of command and control.")] = "",
    purpose: Why = "prevention",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Ask all sources; what is held here is told at once, the others as they answer."""
    ready()
    from peelian.vulnerability.pack import gathering, keeping, showing
    from peelian.vulnerability.pack.own import Asked
    from peelian.vulnerability.pack.sources import title

    actor, when = acting(as_, purpose), instant(at)
    asked = Asked(address, postcode, tuple(phone or ()), tuple(person or ()))
    made, sources = keeping.begin(asked, incident=incident, actor=actor, at=when)
    typer.echo(f"pack {made.ref}: first facts are there; {len(sources)} other systems are asked", err=True)
    for answer in gathering.gather(made, sources, actor=actor):
        said = f"{len(answer.lines)} lines" if answer.state == "answered" else f"UNKNOWN ({answer.why})"
        typer.echo(f"  {title(answer.source)}: {said}", err=True)
    _tell(showing.read(made.ref, actor=actor, at=when), as_json)


@pack_app.command()
def read(
    ref: Ref,
    out: Annotated[Path | None, typer.Option(help="Write it as a document too, for the officer who goes.")] = None,
    purpose: Why = "prevention",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Show a pack again, as you may see it."""
    base = writable(out) if out else None
    ready()
    from django.conf import settings

    from peelian.vulnerability.pack import showing
    from peelian.vulnerability.pack.document import pack_document

    actor, when = acting(as_, purpose), instant(at)
    view = showing.issue(ref, actor=actor, at=when) if base else showing.read(ref, actor=actor, at=when)
    _tell(view, as_json)
    if base and view:
        write(pack_document(view, reader=as_, at=when, marking=settings.MARKING_CEILING), base)


@pack_app.command()
def time(
    ref: Ref,
    what: Annotated[str, typer.Argument(help="called, graded, dispatched, arrived, research-asked or research-given.")],
    when: Annotated[datetime, typer.Argument(formats=["%Y-%m-%dT%H:%M:%S"], help="The instant (UTC).")],
    grade: Annotated[str, typer.Option(help="Of a grading, its name.")] = "",
    purpose: Why = "prevention",
    at: At = None,
    as_: As = "operator",
) -> None:
    """Log a time of the call, as command and control has it."""
    ready()
    from peelian.vulnerability.pack import keeping

    keeping.tell_time(ref, what, when.replace(tzinfo=UTC), actor=acting(as_, purpose), at=instant(at), grade=grade)
    typer.echo(f"logged: {what}")


@pack_app.command("demo-sources")
def demo_sources(
    county: Annotated[Path, typer.Argument(help="A county made by `peelian county make` or `peelian demo`.")],
) -> None:
    """Run the seven other systems of a made-up county on 127.0.0.1 until stopped with Ctrl-C; packs find them at once."""
    ready()
    import signal

    from peelian.demo_sources import connected

    with connected(county) as servers:
        for name, server in servers.items():
            typer.echo(f"  {name:<22} {server.url}")
        typer.echo("the other systems of the made-up county answer  (Ctrl-C stops them)")
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


def _tell(view: View | None, as_json: bool) -> None:
    if view is None:
        raise PeelianError("there is no such pack", fix="`peelian pack ask` makes one", id="peelian.E474")
    from peelian.vulnerability.pack.showing import ELSEWHERE, UNKNOWN

    show(
        [
            {"group": one.group, "what": one.words, "when": one.when[:10], "record": one.record, "why here": one.why}
            for one in view.lines
        ],
        as_json,
        empty="nothing was found in what you may see",
    )  # fmt: skip
    for n, what, why in view.counted:
        typer.echo(f"not shown: {n} {what}, {why}", err=True)
    for gap in view.gaps:
        typer.echo(f"{gap.title}: {UNKNOWN} ({gap.why})", err=True)
    typer.echo(f"held for research: {view.held.reason}", err=True)
    typer.echo(ELSEWHERE, err=True)


checklists_app = typer.Typer(
    no_args_is_help=True, help="Checklists of risk: themes are shipped, the licensed text is yours to load."
)
app.add_typer(checklists_app, name="checklists")


@checklists_app.command("list")
def checklists_list(at: At = None, as_json: Json = False) -> None:
    """The version of each form in force, and whether the licensed text is loaded."""
    ready()
    from peelian.vulnerability import checklists

    held = checklists.forms(on=instant(at).date())
    show(
        [
            {"form": name, "version": one.version, "items": len(one.item), "text": "themes only" if one.themes_only else "licensed text",
             "source": one.source}
            for name, one in held.items()
        ],
        as_json,
    )  # fmt: skip


@checklists_app.command("load")
def checklists_load(
    path: Annotated[Path, typer.Argument(help="A TOML file of one version of a form.")],
    at: At = None,
    as_: As = "operator",
) -> None:
    """Load one version of a form with the text that you hold a licence for."""
    ready()
    from peelian.vulnerability import checklists

    one = checklists.load(path, actor=acting(as_, "administration"), at=instant(at))
    typer.echo(f"{one.title}, version {one.version}: {len(one.item)} items, in force from {one.in_force}")
