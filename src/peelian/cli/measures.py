"""Measures of casework, told and counted again."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .base import As, At, Json, acting, app, instant, ready, show

measures_app = typer.Typer(
    no_args_is_help=True, help="Measures of teams and processes: in time, as proposed, and what each kind adds."
)
app.add_typer(measures_app, name="measures")

Purpose = Annotated[str, typer.Option(help="Why you look, as on the pages.")]
Name = Annotated[str, typer.Argument(help="Kind and measure, such as `missing_person.risk_review_in_time`.")]


@measures_app.command("list")
def measures_list(
    kind: Annotated[str, typer.Option(help="Only measures of this kind.")] = "",
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Every measure, with the question that it answers."""
    ready()
    from peelian.casework.measures import listed

    acting(as_, "crime-analysis")
    show(
        [
            {"measure": f"{each.name}.{measure.name}", "asks": measure.asks, "rows": measure.of}
            for each, declared in listed()
            for measure in declared
            if kind in ("", each.name)
        ],
        as_json,
        empty="no kind of case is declared",
    )  # fmt: skip


@measures_app.command("show")
def measures_show(
    name: Name,
    by: Annotated[str, typer.Option(help="`area`, `month` or `agency`.")] = "area",
    purpose: Purpose = "crime-analysis",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """One measure by area, month or agency, of the last 24 months, counted from what you may see. The look is logged."""
    ready()
    from peelian.casework.measures import picture, verdicts
    from peelian.core.errors import InvalidInput

    if by not in ("area", "month", "agency"):
        raise InvalidInput("a measure is not broken down so", found=by, fix="by area, month or agency")
    kind, _, measure = name.partition(".")
    told = picture(kind, measure, actor=acting(as_, purpose), at=instant(at))
    said = verdicts(told) if by == "area" else {}
    rows = {"area": told.areas, "month": told.months, "agency": told.agencies}[by]
    show([_line(row, by, said) for row in rows], as_json, empty="nothing is counted yet")


def _line(row: Any, by: str, said: dict[str, str]) -> dict[str, Any]:
    line = {by: row.name, "yes": row.hits, "no": row.missed, "not known yet": row.undecided}
    line["share"] = "" if row.share is None else f"{row.share:.0%}"
    if row.median is not None:
        line |= {"median": f"{row.median:.1f}", "95 % interval": f"{row.low:.1f} to {row.high:.1f}"}
    return line | ({"compared": said[row.name]} if row.name in said else {})


@measures_app.command("rebuild")
def measures_rebuild(
    kind: Annotated[str, typer.Argument(help="The kind of case whose rows are written again.")], as_: As = "operator"
) -> None:
    """Write the rows of every case of a kind again from its journal: after an update that adds a measure."""
    ready()
    from peelian.access.actor import require_role
    from peelian.assurance.counting import forget
    from peelian.casework.kinds import kind_of
    from peelian.casework.measured import rebuild

    require_role(acting(as_, "administration"), "administrator")
    kind_of(kind)
    done = rebuild(kind)
    forget([kind])  # rows were written without an entry, by which the board would know
    typer.echo(f"{done:,} cases counted again")
