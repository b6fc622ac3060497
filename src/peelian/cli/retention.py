"""Commands of retention: legal holds, and erasures that two people decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from peelian.core.errors import PeelianError

from .base import As, At, Json, acting, app, instant, ready, show

if TYPE_CHECKING:
    from peelian.records.models import Erasure

retention_app = typer.Typer(no_args_is_help=True, help="What is due for review, what must be kept, what may go.")
app.add_typer(retention_app, name="retention")

Feed = Annotated[str, typer.Argument(help="Feed of the records.")]
Reason = Annotated[str, typer.Option(help="Why, for whoever asks later.")]
PURPOSE = "records"


@retention_app.command("hold")
def hold(feed: Feed, reference: str, reason: Reason, as_: As = "operator", at: At = None) -> None:
    """Keep a record from being erased: a court, an inquiry or a defence may ask for it."""
    ready()
    from peelian.records import erasure

    erasure.hold(feed, reference, reason=reason, actor=acting(as_, PURPOSE), at=instant(at))
    typer.echo("held")


@retention_app.command("lift")
def lift(feed: Feed, reference: str, as_: As = "operator", at: At = None) -> None:
    """Lift the holds on a record."""
    ready()
    from peelian.records import erasure

    n = erasure.lift(feed, reference, actor=acting(as_, PURPOSE), at=instant(at))
    typer.echo(f"{n} hold{'' if n == 1 else 's'} lifted")


@retention_app.command("propose")
def propose(
    feed: Feed,
    references: Annotated[list[str], typer.Argument(help="References of the records, or the source's keys of people.")],
    reason: Reason,
    basis: Annotated[str, typer.Option(help="The lawful basis, such as a review's decision or a court's order.")],
    as_: As = "operator",
    at: At = None,
) -> None:
    """Ask for records to be erased; another person decides."""
    ready()
    from peelian.records import erasure

    actor = acting(as_, PURPOSE)
    ids = erasure.identities(feed, references)
    made = erasure.propose({feed: ids}, reason=reason, basis=basis, actor=actor, at=instant(at))
    typer.echo(f"{made.uid} waits for a second person: {len(ids)} record{'' if len(ids) == 1 else 's'} of {feed}")


@retention_app.command("approve")
def approve(uid: str, as_: As = "operator", at: At = None) -> None:
    """Approve what another person proposed; the records are erased at once."""
    ready()
    from peelian.records import erasure

    done = erasure.approve(_named(uid), actor=acting(as_, PURPOSE), at=instant(at))
    typer.echo(f"erased: {done.counts['lake']} rows of the lake, and what was made of them")


@retention_app.command("refuse")
def refuse(
    uid: str, note: Annotated[str, typer.Option(help="Why the records stay.")], as_: As = "operator", at: At = None
) -> None:
    """Decide that the records stay."""
    ready()
    from peelian.records import erasure

    erasure.refuse(_named(uid), note=note, actor=acting(as_, PURPOSE), at=instant(at))
    typer.echo("refused; the records stay")


@retention_app.command("resume")
def resume(as_: As = "operator") -> None:
    """Finish approved erasures that were interrupted."""
    ready()
    from peelian.records import erasure

    n = erasure.resume(actor=acting(as_, PURPOSE))
    typer.echo(f"{n} finished")


@retention_app.command("erasures")
def erasures(as_: As = "operator", as_json: Json = False) -> None:
    """Every erasure asked for, with who decided what and why: the proof of what is gone."""
    ready()
    from peelian.access.actor import require_role
    from peelian.records.models import Erasure
    from peelian.records.retention import WHO

    require_role(acting(as_, PURPOSE), *WHO)
    rows: list[dict[str, Any]] = [
        {
            "erasure": e.uid,
            "state": e.state,
            "records": sum(len(ids) for ids in e.records.values()),
            "feeds": ", ".join(sorted(e.records)),
            "reason": e.reason,
            "basis": e.basis,
            "proposed by": e.proposed_by,
            "decided by": e.decided_by,
        }
        for e in Erasure.objects.order_by("-pk")
    ]
    show(rows, as_json)


def _named(uid: str) -> Erasure:
    from peelian.records.models import Erasure

    held = Erasure.objects.filter(uid=uid).first()
    if held is None:
        raise PeelianError(
            "no such erasure waits for a decision", fix="see `peelian retention erasures`", id="peelian.E362"
        )
    return held


@retention_app.command("due")
def due(
    limit: Annotated[int, typer.Option(help="How many to list.")] = 50,
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """List the people whose records are due for review, the longest overdue first."""
    ready()
    from peelian.access.actor import record_act
    from peelian.core.clock import london_day
    from peelian.identity import retention

    actor, now = acting(as_, PURPOSE), instant(at)
    waiting, unset = retention.reviews(actor, on=london_day(now))
    record_act(actor, "consultation", "reviews due", at=now, detail={"due": len(waiting)})
    rows = [
        {"person": w.ref, "due": str(w.due.on), "group": w.due.group, "records": w.mentions, "why": w.due.reason}
        for w in waiting[:limit]
    ]
    show(rows, as_json, empty="nothing is due")
    if unset and not as_json:
        typer.echo(f"{unset:,} more are in group 4, for which the force has set no period", err=True)
    if len(waiting) > limit and not as_json:
        typer.echo(f"{len(waiting):,} are due; the {limit} longest overdue are listed", err=True)


@retention_app.command("keep")
def keep(ref: str, reason: Reason, as_: As = "operator", at: At = None) -> None:
    """Decide that a person's records stay; the clear period begins again."""
    ready()
    from peelian.identity import retention

    retention.keep(ref, reason=reason, actor=acting(as_, PURPOSE), at=instant(at))
    typer.echo("kept")


@retention_app.command("propose-person")
def propose_person(
    ref: str, reason: Reason, basis: Annotated[str, typer.Option(help="The lawful basis.")], as_: As = "operator", at: At = None
) -> None:  # fmt: skip
    """Ask for every record that names a person to be erased; another person decides."""
    ready()
    from peelian.identity import retention

    made = retention.propose_erasure(ref, reason=reason, basis=basis, actor=acting(as_, PURPOSE), at=instant(at))
    n = sum(map(len, made.records.values()))
    typer.echo(f"{made.uid} waits for a second person: {n} record{'' if n == 1 else 's'}")
