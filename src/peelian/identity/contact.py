"""Safe contact of a person: the rules of all their mentions, whoever may see which (law 14)."""

from __future__ import annotations

from datetime import date, datetime

from peelian.access import safe_contact
from peelian.access.actor import Actor
from peelian.access.models import SafeContact
from peelian.access.safe_contact import CHANNELS, UNKNOWN, Contact

from .decisions import unknown
from .models import Known
from .persons import known


def everyone_joined(ref: str, actor: Actor) -> list[str]:
    """Keys of all that is joined with a mention, the hidden ones too: a rule protects also where its record is hidden.

    Raises
    ------
    PeelianError
        ``peelian.E612`` where the mention is not there or may not be seen, which read the same.
    """
    held = known(actor).filter(ref=ref).first()
    if held is None:
        raise unknown()
    if held.component_id is None:
        return [held.key]
    return list(Known.objects.filter(component=held.component_id).order_by("key").values_list("key", flat=True))


def ways(keys: list[str], *, at: datetime) -> list[tuple[str, Contact]]:
    """Each way of contact with its answer, for a person of whom a rule is recorded; empty where none is (say `UNKNOWN`)."""
    if not SafeContact.objects.filter(key__in=keys, lifted_at=None).exists():
        return []
    return [(channel, safe_contact.may_contact(keys, channel, at)) for channel in CHANNELS]


def record(
    ref: str, channel: str, *, only_via: str = "", hours: tuple[int, int] | None = None, until: date | None = None,
    reason: str, actor: Actor, at: datetime,
) -> SafeContact:  # fmt: skip
    """Record a rule of the person of whom `ref` names a mention (`safe_contact.set_rule`)."""
    key = known(actor).filter(ref=ref).values_list("key", flat=True).first()
    if key is None:
        raise unknown()
    return safe_contact.set_rule(
        key, channel, only_via=only_via, hours=hours, until=until, reason=reason, actor=actor, at=at
    )


__all__ = ["UNKNOWN", "everyone_joined", "record", "ways"]
