"""Finding a person, and all that is held of one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from .base import As, At, Json, acting, app, instant, ready, show

Purpose = Annotated[str, typer.Option(help="Why you look; it is logged.")]
Reason = Annotated[str, typer.Option(help="The reason in your own words; it is logged.")]
KnownOn = Annotated[
    datetime | None,
    typer.Option("--known-on", formats=["%Y-%m-%d"], help="As it was known at the end of that day (UTC)."),
]


def _until(day: datetime | None) -> datetime | None:
    return None if day is None else instant(day) + timedelta(days=1, microseconds=-1)


@app.command()
def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="Name, date of birth or age, telephone, plate, address, reference, in any order. Asked for, without."
        ),
    ] = None,
    purpose: Purpose = "prevention",
    reason: Reason = "",
    known_on: KnownOn = None,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Find a person; misspelt, reversed, short and part names are found too."""
    asked = " ".join(words or []) or typer.prompt("Whom do you look for", err=True)
    ready(systems=False)
    from peelian.identity.search import search as look

    found = look(asked, actor=acting(as_, purpose), at=instant(at), known_on=_until(known_on), reason=reason)
    show(
        [
            {
                "person": r.person.ref,
                "name": r.person.name,
                "born": "; ".join(day.isoformat() for day in r.person.births),
                "records": len(r.person.said),
                "markers": "; ".join(dict.fromkeys(m.kind for m in r.markers)),
                "why": "; ".join(reason.words for reason in r.reasons),
            }
            for r in found.found
        ],
        as_json,
        empty="nobody found",
    )
    typer.echo("understood as: " + ("; ".join(f"{k} {w}" for k, w in found.understood) or "nothing"), err=True)
    if found.more:
        typer.echo("more were found; add a date of birth or a place", err=True)
    if silent := [s.feed for s in found.sources if s.silent]:
        typer.echo("UNKNOWN, for they are silent: " + ", ".join(silent), err=True)
    typer.echo(found.elsewhere, err=True)


@app.command()
def person(
    ref: Annotated[str, typer.Argument(help="As `peelian search` gives it.")],
    purpose: Purpose = "prevention",
    reason: Reason = "",
    known_on: KnownOn = None,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Show all that is held of a person: a line for each thing, with who says so and since when."""
    ready(systems=False)
    from peelian.core.errors import PeelianError
    from peelian.identity.person import picture

    found = picture(ref, actor=acting(as_, purpose), at=instant(at), known_on=_until(known_on), reason=reason)
    if found is None:
        raise PeelianError(
            "nobody is shown under this reference",
            matters="nobody has it, or you may not see who has",
            fix="find the person with `peelian search`",
            id="peelian.E630",
        )
    rows: list[dict[str, Any]] = []

    def told(kind: str, words: str, said: Any) -> None:
        first = said[0]
        rows.append(
            {"kind": kind, "stated": words, "said by": first.feed, "line": f"{first.batch[:12]}:{first.line}" if first.batch else "",
             "held from": first.known_from.isoformat(timespec="seconds"), "class": first.record_class, "sources": len(said)}
        )  # fmt: skip

    marked = (("safety marker", found.safety), ("marker", found.markers))
    for kind, facts in (*marked, ("name", found.names), ("born", found.born), ("", found.details), ("", found.things)):
        for fact in facts:
            told(kind or fact.kind.lower(), fact.words, fact.said)
    for related in found.relationships:
        told("relationship", f"{related.person.name} ({related.person.ref}): {related.words}", related.said)
    for happened in found.events:
        day = happened.event.start.date().isoformat() if happened.event.start else "no date"
        told(
            "event",
            f"{day} {happened.event.reference} {happened.event.offence} ({', '.join(happened.roles)})",
            happened.said,
        )
    show(rows, as_json)
    typer.echo(found.elsewhere, err=True)
