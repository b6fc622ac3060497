"""Missing persons: the problem profile, and how far and how soon people like this one were found."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from peelian.core.errors import PeelianError

from .analysis import _day
from .base import As, At, Json, acting, app, instant, ready, show, writable, write
from .editions import Edition, propose

missing_app = typer.Typer(no_args_is_help=True, help="Missing persons: the problem profile; search radius and chances.")
app.add_typer(missing_app, name="missing")


@missing_app.command("profile")
def missing_profile(
    from_: Annotated[str, typer.Option("--from", metavar="DAY", help="First day, or month as YYYY-MM.")],
    to: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day, or month as YYYY-MM.")],
    beds: Annotated[
        Path | None, typer.Option(help="CSV of homes with the columns address and beds, to count episodes a bed.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="FILE.html or FILE.pdf; both beside each other, without an ending.")
    ] = None,
    edition: Annotated[
        Edition,
        typer.Option(help="full: for the force, written now. shareable: proposed for release, written once approved."),
    ] = Edition.full,
    for_: Annotated[str, typer.Option("--for", metavar="RECIPIENT", help="To whom a shareable edition goes.")] = "",
    lay_before: Annotated[
        str, typer.Option(metavar="USER", help="Lay it before tasking as well: who decides on its first priority.")
    ] = "",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Make the missing-person problem profile: places, repeats, patterns, and who does what."""
    first, last = _day(from_, last=False), _day(to, last=True)
    if edition is Edition.shareable:
        # Of police records alone, under release control: what social care holds goes nowhere onward without children's services.
        propose("missing", "", first, last, "force-missing", for_, out, at, as_, as_json)
        return
    if for_:
        raise PeelianError(
            "a full edition stays in the force", found=f"--for {for_}", fix="add --edition shareable", id="peelian.E515"
        )
    ready()
    from peelian.access.actor import record_act
    from peelian.core.clock import london_day
    from peelian.vulnerability import missing_profile as made

    actor, now = acting(as_, "crime-analysis"), instant(at)
    base = writable(out or Path(f"missing-{from_}-{to}"))
    document = made.missing_profile(
        actor, start=first, end=last, on=london_day(now), beds=made.read_beds(beds) if beds else None
    )
    detail = {"from": str(first), "to": str(last), "edition": "full", **document.facts}
    record_act(actor, "consultation", "problem profile", detail=detail, at=now)
    rows = write(document, base)
    if lay_before:
        from peelian import systems
        from peelian.vulnerability import tasking

        systems.load()
        chair = acting(as_, "safeguarding")
        held = made.gather(actor, start=first, end=last, on=london_day(now))
        period = f"{first:%-d %B %Y} to {last:%-d %B %Y}"
        case = tasking.lay_before("missing people", period, made.counted(held), actor=chair, at=now, to=lay_before)
        rows.append({"file": f"case {case.ref}", "title": f"laid before {lay_before}", "bytes": 0})
    show(rows, as_json)


@missing_app.command("search")
def missing_search(
    age: Annotated[int | None, typer.Option(help="Years; leave it out where unknown or disputed.")] = None,
    sex: Annotated[str, typer.Option(help="F or M, where known.")] = "",
    dementia: Annotated[bool, typer.Option(help="Whether they live with dementia.")] = False,
    hours: Annotated[float, typer.Option(min=0, help="Hours since they were last seen.")] = 0,
    as_json: Json = False,
) -> None:
    """Show search radii and the chance of being found by each hour, with the people they were counted among."""
    from peelian.core.document import Figure, Note, Paragraph, Table
    from peelian.vulnerability.missing_sheet import search_section

    rows: list[dict[str, Any]] = []
    section = search_section(age=age, sex=sex.upper(), dementia=dementia, hours=hours)
    for block in section.blocks:
        if isinstance(block, Table | Figure):
            table = block if isinstance(block, Table) else block.table
            headings = [column.heading for column in table.columns]
            told = [dict(zip(headings, row, strict=True)) for row in table.shown]
            rows += told
            if not as_json:
                typer.echo(f"\n{table.caption}")
                show(told, False)
        elif isinstance(block, Note | Paragraph) and not as_json:
            typer.echo(block.text)
    if as_json:
        show(rows, True)
