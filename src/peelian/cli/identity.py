"""Who is who: linking people, the review queue, decisions and their undoing."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .base import As, At, Json, acting, app, instant, progress, ready, show

identity_app = typer.Typer(no_args_is_help=True, help="Who is who: review, decide, undo.")
app.add_typer(identity_app, name="identity")

Reason = Annotated[str, typer.Option(help="Why; whoever looks later must be able to judge it.")]
Purpose = Annotated[str, typer.Option(help="For what you look; every look is logged with it.")]


@app.command("link")
def link_command(
    model: Annotated[
        str, typer.Option(help="Version of a trained model to use from now on, or `new` to train one.")
    ] = "",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Work out which records are of one person; only what is new or changed is compared."""
    ready(systems=False)
    from peelian.identity.link import link

    with progress() as step:
        done = link(actor=acting(as_, "records"), at=instant(at), model=model, progress=step)
    show(
        [
            {
                "mentions": done.mentions,
                "compared": done.scored,
                "pairs": done.pairs,
                "gone": done.gone,
                "written": done.components,
                "model": done.model,
            }
        ],
        as_json,
    )


@identity_app.command("review")
def review(
    limit: Annotated[int, typer.Option(help="How many to list.")] = 20,
    purpose: Purpose = "records",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """List what a person has to look at: pairs that may be one person, decisions set aside, re-cuts."""
    ready(systems=False)
    from peelian.identity.review import waiting

    found = waiting(acting(as_, purpose), at=instant(at), limit=limit)
    rows = [
        {
            "kind": work.kind,
            "weight": work.bits,
            "why": work.in_words,
            "records": " ".join(m.ref for m in work.mentions),
        }
        for work in found.works
    ]
    show(rows, as_json, empty="nothing waits for review")
    if not as_json:
        typer.echo(f"{len(rows)} of {found.total:,}")


@identity_app.command("decide")
def decide_command(
    kind: Annotated[str, typer.Argument(help="link, confirm, merge; unlink, deny, split.")],
    records: Annotated[
        list[str],
        typer.Argument(help="References as `review` and the pages show them; of a split each group with commas."),
    ],
    reason: Reason,
    purpose: Purpose = "records",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Say that records are of one person, or that they are not."""
    ready(systems=False)
    from peelian.identity.decisions import decide
    from peelian.identity.review import keys_of

    actor = acting(as_, purpose)
    keys: list[Any] = [keys_of(group.split(","), actor) for group in records]
    if kind != "split":
        keys = [key for group in keys for key in group]
    made = decide(kind, keys, actor=actor, reason=reason, at=instant(at))
    show([{"decision": made.uid, "kind": made.kind, "by": made.by}], as_json)


@identity_app.command("undo")
def undo_command(
    decision: str,
    reason: Reason,
    purpose: Purpose = "records",
    at: At = None,
    as_: As = "operator",
    as_json: Json = False,
) -> None:
    """Undo a decision, as if it had never been made, and list what was issued on it."""
    ready(systems=False)
    from peelian.identity.decisions import undo

    done = undo(decision, actor=acting(as_, purpose), reason=reason, at=instant(at))
    show(_products(done.issued), as_json, empty="nothing was issued on what is apart now")


@identity_app.command("issued")
def issued(purpose: Purpose = "records", as_: As = "operator", as_json: Json = False) -> None:
    """List the packs, profiles and cases that rest on records being of one person."""
    ready(systems=False)
    from peelian.identity.decisions import issued_visible

    show(_products(issued_visible(acting(as_, purpose))), as_json, empty="nothing was issued on a person")


def _products(rows: Any) -> list[dict[str, Any]]:
    return [
        {"product": one.product, "ref": one.ref, "title": one.title, "by": one.by, "at": str(one.at)} for one in rows
    ]
