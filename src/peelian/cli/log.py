"""Commands of the log: seal, check, give out its head and proofs; who looked at whom."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from peelian.core.errors import PeelianError

from .base import As, At, Json, acting, app, instant, progress, ready, show

if TYPE_CHECKING:
    from peelian.access.log.looks import Looks

log_app = typer.Typer(no_args_is_help=True, help="The log of every act: its seals, its head, and who looked.")
verify_app = typer.Typer(no_args_is_help=True, help="Check that the log, or a proof from it, was not falsified.")
app.add_typer(log_app, name="log")
app.add_typer(verify_app, name="verify")

Key = Annotated[
    list[Path] | None, typer.Option("--key", help="A public key to trust beside this installation's (PEM).")
]


def finish() -> None:
    """Seal what a command wrote, at its end. Where that fails the entries wait for the next sealer: the command was done."""
    if not os.environ.get("DJANGO_SETTINGS_MODULE"):
        return
    from django.apps import apps

    if not apps.ready:
        return
    from django.db import DatabaseError

    from peelian.access.log.sealer import seal

    with suppress(DatabaseError, OSError):
        seal()


@log_app.command("seal")
def log_seal() -> None:
    """Seal what waits. Serving does it twice a second, and so does every command at its end."""
    ready(systems=False)
    from peelian.access.log.sealer import seal

    typer.echo(f"{seal():,} entries sealed")


@log_app.command("key")
def log_key(file: Annotated[Path | None, typer.Argument(help="Written there; printed, without it.")] = None) -> None:
    """The public key with which a partner checks checkpoints and proofs."""
    ready(systems=False)
    from peelian.access.log import sealer, signing

    pem = signing.public_pem(sealer.log_key())
    if file is None:
        typer.echo(pem, nl=False)
    else:
        _write(file, pem)


@log_app.command("checkpoint")
def log_checkpoint(
    file: Path,
    to: Annotated[str, typer.Option(help="Who keeps it: a partner, the auditor, another system.")],
    at: At = None,
    as_: As = "operator",
) -> None:
    """Write the signed head of the log, to be kept where nobody here can change it: with it, a cut log is found out."""
    ready(systems=False)
    from peelian.access.log.heads import make_checkpoint

    told = make_checkpoint(acting(as_, "data-protection"), recipient=to, at=instant(at))
    _write(file, json.dumps(told, indent=1) + "\n")
    typer.echo(f"the head over {told['entries']:,} entries is for {to}; keep {file} outside this installation")


@log_app.command("disclosures")
def log_disclosures(as_: As = "operator", at: At = None, as_json: Json = False) -> None:
    """The newest disclosures, with the number by which a proof is asked for."""
    ready(systems=False)
    from peelian.access.log.looks import overview
    from peelian.access.log.sealer import seal

    seal()
    _show(overview(acting(as_, "data-protection"), at=instant(at), verb="disclosure"), as_json)


@log_app.command("proof")
def log_proof(
    entry: Annotated[int, typer.Argument(help="Number of the disclosure in the log.")],
    file: Path,
    at: At = None,
    as_: As = "operator",
) -> None:
    """Write the proof that a disclosure stands in the log, for the one who received it."""
    ready(systems=False)
    from peelian.access.log.heads import make_proof

    _write(file, json.dumps(make_proof(acting(as_, "data-protection"), entry, at=instant(at)), indent=1) + "\n")
    typer.echo(f"{file} shows that entry {entry} stands in the log; its reader needs the file of `peelian log key`")


@log_app.command("who-looked")
def log_who_looked(ref: str, at: At = None, as_: As = "operator", as_json: Json = False) -> None:
    """Who looked at the person with this reference, when, and why."""
    ready(systems=False)
    from peelian.access.log.looks import who_looked

    _show(who_looked(acting(as_, "data-protection"), [ref], at=instant(at)), as_json)


@log_app.command("mine")
def log_mine(at: At = None, as_: As = "operator", as_json: Json = False) -> None:
    """What your account has done, the newest first."""
    ready(systems=False)
    from peelian.access.log.looks import mine

    _show(mine(acting(as_, "records"), at=instant(at)), as_json)


@log_app.command("alerts")
def log_alerts(at: At = None, as_: As = "operator", as_json: Json = False) -> None:
    """Let the rules look at the last days for unusual looking, and list the alerts that wait for a person."""
    ready(systems=False)
    from peelian.access.actor import require_role
    from peelian.access.log import alerts
    from peelian.access.log.looks import OVERSEERS

    actor, now = acting(as_, "data-protection"), instant(at)
    require_role(actor, *OVERSEERS)
    alerts.propose(at=now)
    rows = [
        {"rule": alerts.title(a.rule), "account": a.user, "record": a.subject, "why": a.why, "raised": a.raised_at.isoformat(timespec="minutes")}
        for a in alerts.queue(actor, at=now)
    ]  # fmt: skip
    show(rows, as_json, empty="no alert waits")


@verify_app.command("log")
def verify_log(
    against: Annotated[Path | None, typer.Option(help="A checkpoint that was kept elsewhere.")] = None,
    key: Key = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="How many hash at once; without it, all cores for a long log.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check every sealed entry. It ends with status 1 and names the first place that is not as it was sealed."""
    ready(systems=False)
    from peelian.access.log import proof, sealer, signing
    from peelian.access.log.check import check
    from peelian.access.models import Entry

    trusted = [signing.public_hex(sealer.log_key()), *map(signing.trusted_key, key or [])]
    told = proof.read(against, proof.CHECKPOINT) if against else None
    # Another process takes half a second to start.
    many = processes or (os.cpu_count() or 1 if Entry.objects.count() > 400_000 else 1)
    with progress() as step:
        verdict = check(trusted, against=told, processes=many, progress=step)
    if as_json:
        typer.echo(json.dumps(verdict.as_dict(), indent=2))
    else:
        typer.echo(f"{verdict.entries:,} entries in {verdict.seals:,} seals; {verdict.unsealed:,} not sealed yet")
        if verdict.checkpoint:
            typer.echo(f"checkpoint: {verdict.checkpoint}")
        if verdict.first_bad is None:
            typer.echo("every one is as it was sealed")
        else:
            bad = verdict.first_bad
            where = [
                f"{name} {value}"
                for name, value in (("seal", bad.seal), ("entry", bad.number), ("id", bad.entry))
                if value
            ]
            typer.echo(f"first fault: {bad.what} ({', '.join(where)})")
    if not verdict.ok:
        raise typer.Exit(1)


@verify_app.command("proof")
def verify_proof(
    file: Path,
    key: Annotated[Path, typer.Option(help="The force's public key (PEM), come by another way than the proof.")],
    as_json: Json = False,
) -> None:
    """Check the proof of a disclosure. Needs no installation: whoever received something can run it."""
    from peelian.access.log import proof, signing

    entry = proof.proved(proof.read(file, proof.PROOF), [signing.trusted_key(key)])
    show([{"field": name, "in the log": text} for name, text in entry.items() if text], False) if not as_json else (
        typer.echo(json.dumps(entry, indent=2, ensure_ascii=False))
    )


def _show(looks: Looks, as_json: bool) -> None:
    from peelian.access.log.looks import numbers_of

    numbers = numbers_of(looks.entries)
    rows: list[dict[str, Any]] = [
        {
            "entry": numbers.get(e.pk, "not sealed"),
            "at": e.at.isoformat(timespec="seconds"),
            "who": e.user,
            "agency": e.agency,
            "purpose": e.purpose,
            "reason": e.reason,
            "act": e.verb,
            "what": e.what,
            "to": e.recipient,
        }
        for e in looks.entries
    ]
    show(rows, as_json, empty="the log has no such entry")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise PeelianError(
            "the file cannot be written", where=str(file), found=error.strerror or "", fix="choose another folder"
        ) from None
