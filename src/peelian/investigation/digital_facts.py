"""What may be known of a seized device, of the places that examine devices, and of a team that never uses one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from peelian.core.kinds import Facts, fact

Method = Literal["investigator", "kiosk", "laboratory"]
Needed = Literal[
    "what its owner shows",
    "messages, calls and pictures",
    "everything, or what was deleted",
    "a locked or damaged device opened",
]


class Device(Facts, private="restricted"):
    crime: str = fact("Crime reference", group="Device")
    area: str = fact("District", private="open", group="Device")
    team: str = fact("Team that seized it", private="open", group="Device")
    seized_at: datetime = fact("Seized or given", group="Device")
    device: Literal["phone", "tablet", "computer", "storage", "vehicle system", "other device"] = fact(
        "What is it?", group="Device"
    )
    exhibit: str = fact("Exhibit", group="Device")
    held_at: str = fact("Where is it kept, and under which seal?", group="Device")
    easting: int = fact(
        "Easting of where it is (metres, National Grid)", group="Device", hint="To find the nearest route."
    )
    northing: int = fact("Northing", group="Device")
    needed: Needed = fact("What is needed from it?", group="What is needed")
    why_needed: str = fact(
        "Which point of the case does it serve? Period, people, applications",
        private="personal",
        group="What is needed",
    )
    risk_to_life: bool = fact("Is somebody at risk meanwhile?", group="What is needed")
    bail_ends_on: date = fact("Last day of bail, if somebody is on bail", group="What is needed")
    basis: Literal["seized under a power", "warrant", "given by a victim or witness", "found property"] = fact(
        "How did it come to the police?", group="Lawful"
    )
    agreed_in_writing: bool = fact(
        "Did its owner agree in writing?", group="Lawful", hint="They may say no, and lose nothing by it."
    )
    alternatives: str = fact("Which less intrusive ways were weighed?", group="Lawful")
    owner_without_phone: str = fact(
        "How does a victim or witness manage without it, and when do they have it back?",
        private="personal",
        group="Lawful",
    )
    method: str = fact("Way of examining it", show="decided", group="Route")
    route: str = fact(
        "Route (case reference of the place)",
        group="Route",
        hint="See the sheet of routes: the nearest that is lawful and staffed stands first.",
    )
    booked_for: datetime = fact("Booked for", group="Route")
    booked_at: datetime = fact("When was it booked?", group="Route")
    place: str = fact("Place", private="open", show="worked out", group="Route")
    started_at: datetime = fact("Examination begun", group="Result")
    result_at: datetime = fact("Result there", group="Result")
    result: Literal["got what was needed", "part of it", "nothing found"] = fact("What came of it?", group="Result")
    failed: Literal[
        "device locked",
        "encrypted",
        "model not supported",
        "device damaged",
        "no consent",
        "equipment fault",
        "operator away",
        "other",
    ] = fact("Why did it fail?", group="Result")
    returned_at: datetime = fact("Given back, or kept as an exhibit", group="Result")
    why: str = fact("Why is it not examined?", group="Result")


class Route(Facts, private="restricted"):
    place_name: str = fact("Name of the place", private="open", group="Place")
    area: str = fact("District", private="open", group="Place")
    way: Method = fact("What is it?", private="open", group="Place")
    address: str = fact("Where, and how to get in", group="Place")
    place_east: int = fact("Easting (metres, National Grid)", group="Place")
    place_north: int = fact("Northing", group="Place")
    in_log_as: str = fact(
        "Name in the kiosk log", group="Place", hint="Its waits are read from the log under this name."
    )
    opens: str = fact("Hours", group="Place")
    does: list[Needed] = fact("What can it do?", group="Place")
    declared: bool = fact("Is it declared under the Forensic Science Regulator's Code?", group="Place")
    ask: str = fact("Whom to ask: the digital media investigator, and how", private="personal", group="People")
    operators: list[str] = fact(
        "Trained operators (usernames)",
        private="personal",
        group="People",
        hint="Their accreditation and their duties are looked up.",
    )
    staffed_until: date = fact("Staffed by others (a laboratory, a contractor) until", group="People")
    stopped: str = fact("Why is it closed?", group="Place")


class Prompt(Facts, private="restricted"):
    team: str = fact("Team", private="open", group="What was found")
    area: str = fact("District", private="open", group="What was found")
    devices: int = fact("Devices fit for a kiosk", group="What was found")
    used: int = fact("Of them, sent to one", group="What was found")
    nearest: str = fact("Its nearest route", group="What was found")
    months: int = fact("In how many months?", group="What was found")
    briefed_at: datetime = fact("When was the team briefed?", group="Done")
    how: str = fact("How: who showed whom what?", group="Done")
    sampled: int = fact("How many officers, drawn at random, were asked?", group="Sample")
    named_it: int = fact("How many named their digital media investigator and nearest kiosk?", group="Sample")
    drawn_how: str = fact("How were they drawn?", group="Sample")
    since_used: int = fact("Devices sent to a kiosk since", group="Sample")
