"""The systems of the report: each module declares its kinds of case, and stands here once."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from peelian.casework.kinds import register

MODULES: tuple[str, ...] = (
    "vulnerability.missing_persons",
    "vulnerability.held_ahead",
    "vulnerability.tasking",
    "vulnerability.safeguarding_hub",
    "vulnerability.domestic_abuse",
    "vulnerability.risk_assessment",
    "vulnerability.marac",
    "vulnerability.workforce",
    "investigation.suspects",
    "vulnerability.consistency",
    "prevention.antisocial_behaviour",
    "prevention.local_priorities",
    "prevention.safety_hubs",
    "organised_crime.intelligence",
)


@cache
def load() -> tuple[str, ...]:
    """Import every system and register its ``KINDS``; done once, by pages, commands and tests alike.

    Returns
    -------
    tuple of str
        Names of the modules, as loaded.
    """
    for name in MODULES:
        for kind in import_module(f"peelian.{name}").KINDS:
            register(kind)
    return MODULES
