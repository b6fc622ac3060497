"""The systems of the report: each module declares what it is (`SYSTEM`) and its kinds of case (`KINDS`), and stands here once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from peelian.casework.kinds import register
from peelian.core.errors import InvalidInput
from peelian.core.system import System

_SYSTEMS: dict[str, System] = {}
SYSTEMS: Mapping[str, System] = MappingProxyType(_SYSTEMS)
ORDER = "PIVOSA"  # the letters of the ids, as the report's questions stand

MODULES: tuple[str, ...] = (
    "prevention.pages",
    "vulnerability.vulnerability_picture",
    "vulnerability.missing_persons",
    "vulnerability.held_ahead",
    "vulnerability.tasking",
    "vulnerability.safeguarding_hub",
    "vulnerability.domestic_abuse",
    "vulnerability.risk_assessment",
    "vulnerability.marac",
    "vulnerability.workforce",
    "investigation.call_assessment",
    "investigation.crime_investigation",
    "investigation.digital_media",
    "investigation.victims",
    "investigation.suspects",
    "investigation.offender_management",
    "investigation.sex_offenders",
    "investigation.mappa",
    "vulnerability.consistency",
    "prevention.antisocial_behaviour",
    "prevention.local_priorities",
    "prevention.safety_hubs",
    "prevention.problem_solving",
    "prevention.evidence_base",
    "prevention.communities",
    "organised_crime.groups",
    "organised_crime.disruption",
    "organised_crime.briefing",
    "organised_crime.intelligence",
    "organised_crime.threats",
    "organised_crime.joint_unit",
    "organised_crime.prevention_orders",
    "organised_crime.local_profile",
    "organised_crime.partnership",
    "specialist.mobilisation",
    "specialist.exercises",
    "specialist.mutual_aid",
    "specialist.armed_policing",
    "assurance.judgement",
    "assurance.improvement",
    "assurance.reports",
    "assurance.measures",
)


@cache
def load() -> tuple[str, ...]:
    """Import every system and register its ``KINDS`` and its ``SYSTEM``; done once, by pages, commands and tests alike.

    Returns
    -------
    tuple of str
        Names of the modules, as loaded.
    """
    for name in MODULES:
        module = import_module(f"peelian.{name}")
        for kind in getattr(module, "KINDS", ()):
            register(kind)
        held = getattr(module, "SYSTEMS", None) or ((module.SYSTEM,) if hasattr(module, "SYSTEM") else ())
        for system in held:
            _SYSTEMS[system.id] = replace(system, module=system.module or name)
    return MODULES


def listed() -> list[System]:
    """Every system, in the order of the report."""
    load()
    return sorted(SYSTEMS.values(), key=lambda s: (ORDER.index(s.id[0]), int(s.id[1:])))


def system_of(name: str) -> System:
    """The system of an id such as ``P4``; InvalidInput ``peelian.E483`` for one that nothing declares."""
    load()
    found = SYSTEMS.get(name.upper())
    if found is None:
        raise InvalidInput(
            "there is no such system", found=name, fix=f"one of: {', '.join(s.id for s in listed())}", id="peelian.E483"
        )
    return found


def told(root: Path | None = None) -> list[dict[str, Any]]:
    """Every system as ``peelian systems --json`` tells it.

    Parameters
    ----------
    root : Path, optional
        A checkout of the project: a system's tests are those that bear its module's name, and the acceptance test of its area for
        improvement. An installed package has none beside it.
    """
    return [
        {"id": s.id, "name": s.name, "module": f"{s.module.replace('.', '/')}.py", "state": s.state, "afi": s.afi,
         "tests": tests_of(s, root) if root else [], "partial": s.partial}
        for s in listed()
    ]  # fmt: skip


def markdown(rows: list[dict[str, Any]]) -> str:
    """The table of docs/systems.md, and below it what is missing of those that stand in part."""
    lines = ["| id | system | module | state | AFI | tests |", "|---|---|---|---|---|---|"]
    for row in rows:
        tests = ", ".join(f"`{name}`" for name in row["tests"])
        lines.append(
            f"| {row['id']} | {row['name']} | `{row['module']}` | {row['state']} | {row['afi'] or ''} | {tests} |"
        )
    missing = [f"- **{row['id']}**: not yet: {row['partial']}" for row in rows if row["partial"]]
    return "\n".join([*lines, *(["", *missing] if missing else [])])


def tests_of(system: System, root: Path) -> list[str]:
    """The files of a checkout that test a system."""
    question, name = system.module.split(".")
    found = sorted((root / "tests" / question).glob(f"test_{name}*.py"))
    if system.afi:
        found += sorted((root / "tests" / "acceptance").glob(f"test_afi_{system.afi}.py"))
    return [str(path.relative_to(root)) for path in found]


def checkout() -> Path | None:
    """The folder of the checkout that this code runs from; None for an installed package."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "tests").is_dir() and (root / "pyproject.toml").exists() else None
