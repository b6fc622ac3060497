"""The head of the log and proofs from it, out of the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from peelian.access.actor import Actor, record_act, require_police
from peelian.access.models import Checkpoint, Entry, Leaf, Seal
from peelian.core.errors import PeelianError

from . import proof
from .sealer import as_head, seal
from .signing import SEPARATOR
from .text import entry_text


def make_checkpoint(actor: Actor, *, recipient: str, at: datetime) -> dict[str, Any]:
    """Seal what waits and give out the signed head, to be kept where nobody of this installation can change it.

    Raises
    ------
    Denied
        If the actor is not of the force.
    PeelianError
        ``peelian.E333`` if the log is empty.
    """
    require_police(actor)
    seal()
    last = Seal.objects.order_by("-number").first()
    if last is None:
        raise PeelianError(
            "the log holds nothing yet", fix="give a checkpoint when something was done", id="peelian.E333"
        )
    with transaction.atomic():
        Checkpoint.objects.create(seal=last.number, at=at, by=actor.user.username, recipient=recipient)
        record_act(actor, "disclosure", "log checkpoint", detail={"seal": last.number}, at=at, recipient=recipient)
    return proof.checkpoint(as_head(last), last.signature)


def make_proof(actor: Actor, number: int, *, at: datetime) -> dict[str, Any]:
    """The proof that a disclosure stands in the log, for whoever received it. Making it is an entry too.

    Raises
    ------
    Denied
        If the actor is not of the force.
    PeelianError
        ``peelian.E334`` if there is no such entry, or it is no disclosure.
    """
    require_police(actor)
    seal()
    leaf = Leaf.objects.filter(number=number).first()
    entry = Entry.objects.filter(pk=leaf.entry, verb="disclosure").first() if leaf else None
    held = Seal.objects.filter(first__lte=number).order_by("-number").first()
    if entry is None or held is None:
        raise PeelianError(
            "the log has no disclosure of that number",
            found=str(number),
            matters="a proof goes to whoever received something, and shows that disclosure alone",
            fix="take the number from `peelian log disclosures`",
            id="peelian.E334",
        )
    head = as_head(held)
    leaves = Leaf.objects.filter(number__range=(head.first, head.last)).order_by("number")
    hashes = [bytes(h) for h in leaves.values_list("hash", flat=True)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {entry_text('e')} FROM access_entry e WHERE e.id = %s", [entry.pk])
        (text,) = cursor.fetchone()
    record_act(
        actor, "disclosure", "proof of a disclosure", detail={"number": number}, at=at, recipient=entry.recipient
    )
    return proof.proof([str(number), *text.split(SEPARATOR)], hashes, number - head.first, head, held.signature)
