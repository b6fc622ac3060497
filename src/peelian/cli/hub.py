"""Commands of the safeguarding hub and of the MARAC: referrals and answers from files, the agenda, the minutes, the volume."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from .base import As, At, Json, acting, app, instant, ready, show, writable, write

referrals_app = typer.Typer(no_args_is_help=True, help="Referrals to the safeguarding hub.")
marac_app = typer.Typer(no_args_is_help=True, help="The multi-agency risk assessment conference.")
hub_app = typer.Typer(no_args_is_help=True, help="The safeguarding hub.")
app.add_typer(referrals_app, name="referrals")
app.add_typer(marac_app, name="marac")
app.add_typer(hub_app, name="hub")
PURPOSE = "safeguarding"
Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Files to read.")]
Day = Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="Day of the meeting.")]
Area = Annotated[str, typer.Option(help="Which MARAC, as its cases name it.")]
Agency = Annotated[
    str, typer.Option(help="Only the share of this agency (its code); making it is logged as a disclosure.")
]
Out = Annotated[Path, typer.Option(help="Name of the document: .html, .pdf, or both without an ending.")]


@referrals_app.command("read")
def referrals_read(files: Files, at: At = None, as_: As = "operator", as_json: Json = False) -> None:
    """Take referrals in: e-mails (.eml) or JSON. One that came before opens nothing; one that tells too little is taken in all the same."""
    ready()
    from peelian.systems import load
    from peelian.vulnerability.referrals.receiving import read_file, receive

    load()
    actor, now = acting(as_, PURPOSE), instant(at)
    rows = []
    for path in files:
        sent = read_file(path)
        taken = receive(sent, actor=actor, at=now)
        state = "came before" if taken.again else "complete" if taken.complete else "to be completed"
        rows.append({
            "case": taken.ref, "state": state, "not told": "; ".join(taken.missing), "could not be read": ", ".join(sorted(sent.unread)),
            "not known to the form": ", ".join(taken.left_over), "files refused": taken.refused_files,
        })  # fmt: skip
    show(rows, as_json)


@referrals_app.command("answers")
def referrals_answers(files: Files, as_: As, at: At = None, as_json: Json = False) -> None:
    """Take in an agency's answers from a file (JSON): given while its site, or this one, was down. Act as one of its people."""
    ready()
    from peelian.systems import load
    from peelian.vulnerability.referrals.receiving import read_answers

    load()
    actor, now = acting(as_, PURPOSE), instant(at)
    show(
        [row for path in files for row in read_answers(path, actor=actor, at=now)],
        as_json,
        empty="the file holds no answer",
    )


@hub_app.command("joining")
def hub_joining(
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="Referrals received from this day.")],
    until: Annotated[
        datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The first day that does not count.")
    ],
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """What joining the hub cost each agency, and what its answers changed; a partner's people see their own agency's account."""
    ready()
    from peelian.core.clock import start_of_day
    from peelian.systems import load
    from peelian.vulnerability.hub_joining import joining

    load()
    found = joining(
        actor=acting(as_, PURPOSE), since=start_of_day(since.date()), until=start_of_day(until.date()), at=instant(at)
    )
    show([one.row() for one in found], as_json, empty="no agency was asked about a referral of these days")


@marac_app.command("agenda")
def marac_agenda(
    on: Day, area: Area, out: Out, agency: Agency = "", at: At = None, as_: As = "operator", as_json: Json = False
) -> None:
    """Write the agenda of a meeting: who is heard, on what grounds, and what each agency holds."""
    _document("agenda", on, area, out, agency, at, as_, as_json)


@marac_app.command("minutes")
def marac_minutes(
    on: Day, area: Area, out: Out, agency: Agency = "", at: At = None, as_: As = "operator", as_json: Json = False
) -> None:
    """Write the minutes of a meeting: what was heard, and which agency does what by when."""
    _document("minutes", on, area, out, agency, at, as_, as_json)


def _document(
    edition: str, on: datetime, area: str, out: Path, agency: str, at: datetime | None, as_: str, as_json: bool
) -> None:
    base = writable(out)
    ready()
    from peelian.systems import load
    from peelian.vulnerability.marac_meeting import document

    load()
    actor = acting(as_, PURPOSE)
    made = document(on.date(), area, edition=edition, actor=actor, at=instant(at), agency=agency)  # type: ignore[arg-type]
    show(write(made, base), as_json)


@marac_app.command("volume")
def marac_volume(
    women: Annotated[int, typer.Option(min=1, help="Adult women who live in the area.")],
    actual: Annotated[int | None, typer.Option(min=0, help="Cases heard in the last twelve months.")] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day whose published values count; today, without it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Set the year's cases beside those expected of the population, and say what staff that asks for."""
    from peelian.vulnerability.marac_volume import volume

    found = volume(women, on=instant(on).date(), actual=actual)
    told: list[dict[str, object]] = [
        {"what": "cases expected a year", "value": f"{found.expected:,.0f}"},
        {"what": "advisers (IDVA) for them, full time", "value": f"{found.idva_for_expected:,.1f}"},
        {"what": "administrators for them, full time", "value": f"{found.administrators:,.1f}"},
    ]
    if found.rate is not None and found.share is not None:
        told += [
            {"what": "cases for 10,000 adult women", "value": found.rate.show()},
            {"what": "of those expected, per cent", "value": f"{100 * found.share.value:.0f} ({100 * found.share.low:.0f} to {100 * found.share.high:.0f})"},
            {"what": "advisers (IDVA) for the actual cases", "value": f"{found.idva_for_actual:,.1f}"},
        ]  # fmt: skip
    show(told, as_json)
