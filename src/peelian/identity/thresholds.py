"""From which weight a pair is looked at and from which it is linked: two people change it, and the next `link` follows."""

from __future__ import annotations

from datetime import datetime

from peelian.access.changes import approved, declare

from .models import LinkModel


def _bits(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 40 or round(found, 1) != found:
        raise ValueError("bits from 0 to 40, to a tenth")
    return found


LOWER = declare("link.lower", "from so many bits a person looks at a pair", owner="policy on linkage", read=_bits)
UPPER = declare("link.upper", "from so many bits a pair is linked", owner="policy on linkage", read=_bits)


def in_force(model: LinkModel, *, at: datetime) -> tuple[int, int]:
    """The thresholds that hold, in thousandths of a bit: those that two people set since, else the model's own.

    Where a lower one was set above the upper, nothing is left for a person to look at: it counts as the upper.
    """
    found = []
    for setting, own in ((LOWER, model.lower), (UPPER, model.upper)):
        change = approved(setting.name, at=at)
        found.append(own if change is None else round(1000 * change.after))
    return min(found), found[1]
