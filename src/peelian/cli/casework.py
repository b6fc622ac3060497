"""Commands of cases: lists, one case, time's passing, clocks worked out again, and the check of every journal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .base import As, At, Json, acting, app, instant, progress, ready, show
from .log import verify_app

if TYPE_CHECKING:
    from datetime import datetime

    from peelian.casework.models import Case

cases_app = typer.Typer(no_args_is_help=True, help="Cases: what is whose, what is due, and what a journal says.")
app.add_typer(cases_app, name="cases")

Purpose = Annotated[str, typer.Option(help="Why you look, as on the pages.")]
QUEUES = ("mine", "team", "due", "unaccepted", "to-answer", "unset", "all")


@cases_app.command("list")
def cases_list(
    queue: Annotated[str, typer.Argument(help=f"One of: {', '.join(QUEUES)}.")] = "mine",
    kind: Annotated[str, typer.Option(help="Only cases of this kind.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many, from the first due.")] = 50,
    purpose: Purpose = "safeguarding",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """The cases of a list, the first due first."""
    ready()
    from peelian.casework import queues
    from peelian.core.errors import InvalidInput

    actor, now = acting(as_, purpose), instant(at)
    lists = {
        "mine": lambda: queues.mine(actor, now), "team": lambda: queues.team(actor, now), "due": lambda: queues.due(actor, now),
        "unaccepted": lambda: queues.unaccepted(actor, now), "to-answer": lambda: queues.to_answer(actor, now),
        "unset": lambda: queues.unset(actor), "all": lambda: queues.cases(actor).order_by("due_order", "pk"),
    }  # fmt: skip
    if queue not in lists:
        raise InvalidInput("there is no such list", found=queue, fix="one of: " + ", ".join(QUEUES))
    found = lists[queue]()
    if kind:
        found = queues.filtered(found, kind)
    show(
        [_line(case, now) for case in queues.page(found, size=limit).rows], as_json, empty="no case stands in this list"
    )


def _line(case: Case, now: datetime) -> dict[str, Any]:
    waits = f"offered to {case.offered_to}" if case.offer_at else ""
    late = "overdue" if case.next_due and case.next_due <= now else ""
    return {
        "case": case.ref, "kind": case.kind, "stage": case.stage, "owner": case.owner,
        "due": case.next_due.isoformat(timespec="minutes") if case.next_due else "", "": waits or late,
    }  # fmt: skip


@cases_app.command("show")
def cases_show(
    ref: str, purpose: Purpose = "safeguarding", at: At = None, as_: As = "operator", as_json: Json = False
) -> None:
    """One case: what you may see of its facts, its clocks with their reasons, and its journal. The look is logged."""
    ready()
    from peelian.casework.store import load

    now = instant(at)
    told = load(ref, acting(as_, purpose), now)
    facts = [{"fact": told.kind.about[name].question, "value": value} for name, value in told.seen.items()]
    clocks = [
        {"clock": r.clock, "row": r.item, "state": r.state, "due": r.due.isoformat(timespec="minutes") if r.due else "", "why": r.reason, "source": r.source}
        for r in told.runs
    ]  # fmt: skip
    journal = [
        {"entry": e.seq, "at": e.at.isoformat(timespec="minutes"), "by": e.by, "what": f"{e.verb} {e.name}".strip(), "to": e.to, "reason": e.reason}
        for e in told.journal
    ]  # fmt: skip
    if as_json:
        head = {"case": ref, "kind": told.kind.name, "stage": told.state.stage, "owner": told.state.owner}
        typer.echo(
            json.dumps(
                {**head, "facts": facts, "clocks": clocks, "journal": journal},
                indent=2,
                default=str,
                ensure_ascii=False,
            )
        )
        return
    typer.echo(f"{told.kind.title}: {told.state.stage}, owned by {told.state.owner}")
    for rows, empty in ((facts, "no fact that you may see"), (clocks, "no clock runs"), (journal, "no entry")):
        typer.echo("")
        show(rows, False, empty=empty)


@cases_app.command("recompute")
def cases_recompute(
    kind: Annotated[list[str] | None, typer.Option(help="Only cases of this kind; may be given again.")] = None,
    closed: Annotated[bool, typer.Option("--closed", help="Closed cases too, after an update of Peelian.")] = False,
) -> None:
    """Work out open cases again from their journals, such as after a rule was changed. Serving follows the force's own values by itself."""
    ready()
    from peelian.casework.recompute import recompute

    with progress() as step:
        changed = recompute(kind or (), closed=closed, progress=step)
    typer.echo(f"{changed:,} cases changed")


@app.command()
def tick(at: At = None) -> None:
    """Raise what has run out: overdue work, offers that nobody took, support that ended. Serving does it every minute."""
    ready()
    from peelian.casework.recompute import follow_settings
    from peelian.casework.sums import fold
    from peelian.casework.ticking import tick as raise_notices
    from peelian.casework.ticking import watch

    now = instant(at)
    with progress() as step:
        follow_settings(at=now, progress=step)
    raised = raise_notices(now) + watch(now)
    fold()
    typer.echo(f"{raised:,} notices raised")


@verify_app.command("cases")
def verify_cases(as_json: Json = False) -> None:
    """Fold every journal again and compare it with what is stored. It ends with status 1 and names the first case that is wrong."""
    ready()
    from peelian.casework.verify import verify

    with progress() as step:
        verdict = verify(progress=step)
    if as_json:
        typer.echo(json.dumps(verdict.as_dict(), indent=2))
    elif verdict.first_bad is None:
        typer.echo(f"{verdict.cases:,} cases; every one is as its journal says")
    else:
        bad = verdict.first_bad
        where = f", entry {bad.entry}" if bad.entry else ""
        typer.echo(f"{verdict.cases:,} cases; first fault: {bad.what} (case {bad.case}{where})")
    if not verdict.ok:
        raise typer.Exit(1)
