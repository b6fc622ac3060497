"""Every source among the partners."""

from __future__ import annotations

from . import Source
from .adults import AdultsCare, Health
from .children import ChildrensCare, Schools
from .council import Complaints, Housing
from .emergency import Ambulance, Attendances, Fire
from .enforcement import BorderForce, Hmrc, Probation

SOURCES: tuple[type[Source], ...] = (
    Complaints,
    Housing,
    Attendances,
    Ambulance,
    Fire,
    Schools,
    ChildrensCare,
    AdultsCare,
    Health,
    Probation,
    Hmrc,
    BorderForce,
)
