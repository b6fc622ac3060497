"""Commands that weigh and explain: profile, harm."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from peelian.core.errors import PeelianError

from .base import As, At, Json, acting, app, instant, ready, show, writable, write
from .editions import Edition, propose


def _day(text: str, *, last: bool) -> date:
    """A day written YYYY-MM-DD, or the first or last day of a month written YYYY-MM."""
    from calendar import monthrange

    from peelian.core.clock import plain_day

    try:
        if len(text) == 7:
            day = date.fromisoformat(text + "-01")
            day = day.replace(day=monthrange(day.year, day.month)[1]) if last else day
        else:
            day = date.fromisoformat(text)
    except ValueError:
        raise PeelianError("a day is written YYYY-MM-DD, or YYYY-MM for a month", found=repr(text)) from None
    return plain_day(day)


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
    edition: Annotated[
        Edition,
        typer.Option(help="full: for the force, written now. shareable: proposed for release, written once approved."),
    ] = Edition.full,
    for_: Annotated[str, typer.Option("--for", metavar="RECIPIENT", help="To whom a shareable edition goes.")] = "",
    lay_before: Annotated[
        str, typer.Option(metavar="USER", help="Lay it before tasking as well: who decides on its first place.")
    ] = "",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Make a problem profile: one document as HTML and as PDF."""
    if edition is Edition.shareable:
        propose(theme, area, _day(from_, last=False), _day(to, last=True), feed, for_, out, at, as_, as_json)
        return
    if for_:
        raise PeelianError(
            "a full edition stays in the force", found=f"--for {for_}", fix="add --edition shareable", id="peelian.E515"
        )
    ready()
    import numpy as np

    from peelian.access.actor import record_act
    from peelian.prevention.problem_profiles import problem_profile

    actor, now = acting(as_, "crime-analysis"), instant(at)
    first, last = _day(from_, last=False), _day(to, last=True)
    base = writable(out or Path("-".join(p for p in (theme, area.lower().replace(" ", "-"), from_, to) if p)))
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
        detail={"theme": theme, "area": area, "from": str(first), "to": str(last), **document.facts},
        at=now,
    )
    rows = write(document, base)
    if lay_before:
        from peelian import systems
        from peelian.prevention.profile_tasking import lay_profile

        systems.load()
        case = lay_profile(
            theme, actor=actor, area=area, start=first, end=last, at=now, to=lay_before, feed=feed or None
        )
        rows.append({"file": f"case {case.ref}", "title": f"laid before {lay_before}", "bytes": 0})
    show(rows, as_json)


@app.command()
def harm(
    by: Annotated[
        str, typer.Option(help="category, month, area (LSOA) or place; several with commas; one sum for nothing.")
    ] = "category",
    from_: Annotated[str, typer.Option("--from", metavar="DAY", help="First day, or month as YYYY-MM.")] = "",
    to: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day, or month as YYYY-MM.")] = "",
    area: Annotated[str, typer.Option(help="Name or code of a force area, district or LSOA.")] = "",
    feed: Annotated[str, typer.Option(help="police-uk-street or force-crimes.")] = "force-crimes",
    weights: Annotated[
        Path | None, typer.Option(help="Your CSV of Cambridge Crime Harm Index weights; the open ONS ones, without it.")
    ] = None,
    version: Annotated[str, typer.Option(help="Version of that file, shown with the result.")] = "",
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Weigh recorded crime by how grave it is: ONS severity weights, or Cambridge weights from your own file."""
    ready()
    from datetime import timedelta

    import polars as pl

    from peelian.access.actor import record_act
    from peelian.analysis.harm import cambridge_weights, harm_table, ons_weights
    from peelian.core.clock import LONDON, start_of_day
    from peelian.records import areas, query
    from peelian.records.feeds import feed_named

    actor = acting(as_, "crime-analysis")
    if weights and not version:
        raise PeelianError(
            "the version of the weights is not given",
            matters="sums of different versions must not be compared",
            fix="add --version, such as 2020",
        )
    try:
        chosen = (
            cambridge_weights(weights.read_text("utf-8-sig").splitlines(), version=version, source=weights.name)
            if weights
            else ons_weights()
        )
    except (OSError, UnicodeDecodeError) as error:
        raise PeelianError(
            "the weights cannot be read", where=str(weights), found=type(error).__name__, fix="give a CSV file in UTF-8"
        ) from None
    found = query.events(
        actor,
        areas=areas.members(areas.find(area)) if area else None,
        start=start_of_day(_day(from_, last=False)) if from_ else None,
        end=start_of_day(_day(to, last=True) + timedelta(days=1)) if to else None,
        feeds=[feed_named(feed).name],
    )
    record_act(actor, "consultation", "harm", detail={"by": by, "feed": feed, "area": area, "from": from_, "to": to})
    found = found.with_columns(month=found["start"].dt.convert_time_zone(str(LONDON)).dt.strftime("%Y-%m"))
    table = harm_table(found, chosen, by=[name.strip() for name in by.split(",") if name.strip()])
    rounded = table.rows.drop("weight_squared").with_columns(pl.selectors.float().round(4))
    show(rounded.to_dicts(), as_json, empty="no such event is recorded")
    if not as_json:
        typer.echo(f"{chosen.name}, {chosen.version}: {chosen.unit}; {chosen.standing}")
        for name, count in table.without_weight.items():
            typer.echo(f"without a weight, counted apart: {name or '(no category)'} {count:,}")
