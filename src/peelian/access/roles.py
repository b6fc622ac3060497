"""Roles: what somebody does, as a posting states it. What a role may see stands in the policy, not here."""

from __future__ import annotations

from collections.abc import Mapping

ROLES: Mapping[str, str] = {
    "analyst": "Analyst",
    "control-room": "Control-room operator",
    "neighbourhood-officer": "Neighbourhood officer",
    "investigator": "Investigator",
    "supervisor": "Supervisor",
    "inspector": "Inspector",
    "superintendent": "Superintendent",
    "chief-officer": "Chief officer",
    "offender-manager": "Offender manager",
    "hub-worker": "Hub worker (safeguarding or community safety)",
    "hub-manager": "Hub manager",
    "intelligence-officer": "Intelligence officer",
    "organised-crime": "Organised-crime coordinator",
    "planner": "Operations planner",
    "assurance": "Assurance lead",
    "data-protection": "Data-protection officer",
    "administrator": "Administrator",
    "professional-standards": "Professional standards",
}
# A rank above a supervisor supervises too, and whoever runs the hub works in it: the policy names the lowest alone.
IMPLIED: Mapping[str, tuple[str, ...]] = {
    "inspector": ("supervisor",),
    "superintendent": ("inspector", "supervisor"),
    "chief-officer": ("superintendent", "inspector", "supervisor"),
    "hub-manager": ("hub-worker",),
}
# Names as forces write them (general knowledge); how long each holds is the force's own to say, by the day it ends.
VETTING: Mapping[str, str] = {
    "rv": "Recruitment vetting",
    "mv": "Management vetting",
    "nppv2": "Non-police personnel vetting, level 2",
    "nppv3": "Non-police personnel vetting, level 3",
    "sc": "Security Check",
    "dv": "Developed Vetting",
}
TRAINING: Mapping[str, str] = {
    "intelligence-handling": "Handling intelligence (3x5x2)",
    "data-protection": "Data protection, yearly",
    "offender-management": "Managing sexual and violent offenders",
    "safeguarding": "Safeguarding, multi-agency",
}
