"""Passing on: what the onward limit of a class says about an export or a disclosure, and to whom it may go (law 13)."""

from __future__ import annotations

from collections.abc import Iterable

from peelian.core.errors import PeelianError

from .actor import Actor
from .agreements import shared_with
from .models import Agency, RecordClass

# The words by which a feed's declaration forbids it; every other limit says for what, and under which agreement.
SHUT = "nothing onward"


class OnwardLimit(PeelianError):
    """The controller of a record does not let it leave."""

    id = "peelian.E323"


def limits(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Controller and onward limit of classes, to be shown beside what rests on them; each pair once, by controller."""
    held = RecordClass.objects.filter(code__in=set(codes))
    return sorted(set(held.values_list("controller", "onward")))


def may_export(actor: Actor, codes: Iterable[str]) -> None:
    """Refuse a file of records of classes whose controller lets nothing go onward, but to that controller's own people.

    Raises
    ------
    OnwardLimit
        ``peelian.E323`` with the controller and the limit in its words. Only classes that `actor` sees are ever asked about.
    """
    for one in RecordClass.objects.filter(code__in=set(codes)).order_by("code"):
        if SHUT in one.onward.lower() and one.source not in actor.agency.sources:
            raise OnwardLimit(
                "the controller does not let these records leave", where=one.controller, found=one.onward,
                matters="a file can be passed on by anyone who has it", fix="read them here, or ask the controller",
            )  # fmt: skip


def may_disclose(actor: Actor, codes: Iterable[str], to: Agency) -> None:
    """Refuse to give records to another agency but under an agreement in force, for the stated purpose, that names it.

    Raises
    ------
    OnwardLimit
        ``peelian.E323`` for the first class that no agreement covers. Open data goes to anybody.
    """
    shared = shared_with(to, actor.purpose, actor.on)
    for one in RecordClass.objects.filter(code__in=set(codes)).exclude(handling="open").order_by("code"):
        if to != actor.agency and one.source not in to.sources and one.code not in shared:
            raise OnwardLimit(
                f"no agreement in force shares these records with {to.name}"[:79], where=one.controller, found=one.onward,
                fix="make the agreement first, or ask the controller",
            )  # fmt: skip
