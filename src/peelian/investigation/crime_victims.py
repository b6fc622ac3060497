"""What happened in an investigation of which its victims must be told, and nobody noted it on their case yet: silence starts no clock."""

from __future__ import annotations

from typing import Any

BAIL = "bail or release under investigation, or a change of it"
DECIDED = "decision to charge, or not, or to settle out of court"
OF_SUSPECTS = {
    "arrested_on": "arrest",
    "interviewed_at": "interview under caution",
    "bail_from": BAIL,
    "released_at": BAIL,
    "charged_at": DECIDED,
    "cleared_at": "release without charge",
}
NOBODYS = ("drugs", "going equipped", "handling", "public order")  # offences that need not have a victim


def events_to_tell(case: Any) -> list[str]:
    """The events of the Victims' Code that the investigation itself records, each once."""
    found = [event for row in case.suspects for fact, event in OF_SUSPECTS.items() if row.get(fact) is not None]
    if case.get("screening") == "file":
        found.append("decision not to investigate")
    return list(dict.fromkeys(found))


def not_noted(case: Any) -> list[str]:
    """Those that the case of some victim does not hold, each once."""
    told, missing = events_to_tell(case), []
    for victim in case.children("victim_rights"):
        noted = {row.facts.get("event") for row in victim.live("events")}
        missing += [event for event in told if event not in noted]
    return list(dict.fromkeys(missing))


def victims_to_tell(case: Any) -> str:
    """What a victim's case does not say yet, or that no victim has one."""
    if not case.children("victim_rights"):
        return (
            ""
            if case.get("offence") in (None, *NOBODYS)
            else "no victim's rights are recorded: open a case for each victim"
        )
    missing = not_noted(case)
    return f"happened, and not noted for a victim: {'; '.join(missing)}" if missing else ""
