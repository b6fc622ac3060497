"""Templates of problem profiles: list, show, add."""

from __future__ import annotations

from pathlib import Path

import typer

from .base import As, Json, acting, app, instant, ready, show

templates_app = typer.Typer(
    no_args_is_help=True, help="What a problem profile can be about, as files that an analyst edits."
)
app.add_typer(templates_app, name="templates")


@templates_app.command("list")
def templates_list(as_json: Json = False) -> None:
    """Templates that `peelian profile` takes by name."""
    ready()
    from peelian.prevention.templates import own_folder, paths, templates

    where = paths()
    show(
        [
            {
                "template": name,
                "title": theme.title,
                "partners": ", ".join(p.feed for p in theme.partners),
                "whose": "own" if where[name].parent == own_folder() else "shipped",
            }
            for name, theme in templates().items()
        ],
        as_json,
    )


@templates_app.command("show")
def templates_show(name: str) -> None:
    """The text of a template, to edit a copy of."""
    ready()
    from peelian.prevention.templates import text_of

    typer.echo(text_of(name), nl=False)


@templates_app.command("add")
def templates_add(file: Path, as_: As = "operator") -> None:
    """Check a template and add it, or put it in the place of the one of its name."""
    ready()
    from peelian.access.actor import record_act, require_police
    from peelian.prevention.templates import add

    actor = acting(as_, "crime-analysis")
    require_police(actor)
    theme = add(file)
    record_act(actor, "alteration", "profile template", detail={"template": theme.slug}, at=instant(None))
    typer.echo(f"{theme.slug} added: peelian profile {theme.slug} --from YYYY-MM --to YYYY-MM")
