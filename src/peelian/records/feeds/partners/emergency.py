"""Who else is called at night: the emergency departments, the ambulance service, fire and rescue. None of them names anybody.

Emergency departments give the Cardiff model's minimum (general knowledge): when and where the patient says it happened, with
what, and by how many. No name, no date of birth, no age: violence prevention needs places and times.
"""

from __future__ import annotations

from ..declare import DAY, EASTING, MOMENT, MONTH, NORTHING, Class, Column, Feed, number, one_of, pattern, text
from ..force import PLACED, POINT, POSTCODE, REFERENCE
from ..police_uk import LSOA
from .words import GDPR, TIME, YES_NO, moment, slugs

SETTINGS = {
    "pub, bar or club": "licensed premises",
    "street": "street",
    "home": "dwelling",
    "school": "school",
    "care home": "care home",
    "shop": "retail",
    "other": "other",
}
WEAPONS = ("body part", "blade", "glass or bottle", "blunt object", "firearm", "other", "not known")
ASSAILANTS = ("1", "2 or 3", "4 or more", "not known")
CALLS = {
    "assault": "assault-injury",
    "overdose": "overdose",
    "mental health": "mental-health-crisis",
    "fall": "fall",
}
FIRES = {
    "deliberate primary fire": "deliberate-fire",
    "deliberate secondary fire": "deliberate-fire",
    "false alarm, malicious": "false-alarm",
    "false alarm, good intent": "false-alarm",
    "home safety visit": "home-safety-visit",
}
_WHEN = "TRY_CAST(\"Assault Date\" || ' ' || coalesce(nullif(\"Assault Time\", ''), '00:00') AS TIMESTAMP)"

ASSAULTS = Feed(
    name="ae-assaults",
    title="Assaults told in the emergency departments, without names",
    version=1,
    record_class=Class(
        "health", "ae-assault", "police", "The acute hospital trusts", GDPR,
        "Violence prevention by place and time only; no attempt to find out who a patient is",
    ),
    columns=(
        Column("Hospital", pattern(".{1,80}", "the name of the hospital, at most 80 characters"), blank=False),
        Column("Month", MONTH, blank=False),
        Column("Assault Date", DAY, blank=False),
        Column("Assault Time", TIME),
        Column("Place", text(255)),
        Column("Place Type", one_of(tuple(SETTINGS))),
        Column("Area", LSOA),
        Column("Weapon", one_of(WEAPONS)),
        Column("Assailants", one_of(ASSAILANTS)),
        Column("Attendances", number(1, 50, "patients of the same assault"), blank=False),
    ),
    slice=("Hospital", "Month"),
    becomes=("event",),
    members="*ae-assaults*.csv",
    maps={
        "kind": "'ae-attendance'",
        "category": "'assault-injury'",
        "offence": '"Weapon"',
        "start": f"timezone('Europe/London', {_WHEN})",
        "end": f"timezone('Europe/London', {_WHEN} + if(\"Assault Time\" = '', INTERVAL 1 DAY, INTERVAL 0 DAY))",
        "precision": "if(\"Assault Time\" = '', 'day', 'minute')",
        "place_precision": "'none'",
        "place": '"Place"',
        "area": '"Area"',
        "location_type": f"coalesce({slugs('Place Type', SETTINGS)}, '')",
    },
)  # fmt: skip

AMBULANCE = Feed(
    name="ambulance",
    title="The ambulance service's calls: assaults, overdoses, mental health and falls",
    version=1,
    record_class=Class(
        "ambulance", "call", "police", "The ambulance service trust", GDPR,
        "Prevention and safeguarding under the agreement; no patient is named",
    ),
    columns=(
        Column("Call Number", REFERENCE, blank=False),
        Column("Call At", MOMENT, blank=False),
        Column("Code", one_of(tuple(CALLS)), blank=False),
        Column("Location", text(255), personal=True),
        Column("Postcode", POSTCODE, personal=True),
        Column("Easting", EASTING),
        Column("Northing", NORTHING),
        Column("Area", LSOA),
        Column("Conveyed", YES_NO),
        Column("Status", one_of(("closed", "duplicate"))),
    ),
    rows=(POINT,),
    id="Call Number",
    withdrawn="\"Status\" = 'duplicate'",
    becomes=("event",),
    members="*ambulance*.csv",
    maps={
        "kind": "'ambulance-call'",
        "reference": '"Call Number"',
        "category": slugs("Code", CALLS),
        **moment("Call At"),
        **PLACED,
    },
)  # fmt: skip

FIRE = Feed(
    name="fire",
    title="Fire and rescue: deliberate fires, false alarms and home safety visits",
    version=1,
    record_class=Class(
        "fire", "incident", "police", "The fire and rescue authority", GDPR,
        "Prevention under the agreement; concerns found in a home go to adult safeguarding only",
    ),
    columns=(
        Column("Incident Number", REFERENCE, blank=False),
        Column("Call Time", MOMENT, blank=False),
        Column("Kind", one_of(tuple(FIRES)), blank=False),
        Column("Property", text(80)),
        Column("Location", text(255), personal=True),
        Column("Postcode", POSTCODE, personal=True),
        Column("Easting", EASTING),
        Column("Northing", NORTHING),
        Column("Area", LSOA),
        Column("Concern", one_of(("hoarding", "smoking in bed", "lives alone", "no alarm", "arson threat"))),
        Column("Status", one_of(("final", "provisional", "cancelled"))),
    ),
    rows=(POINT,),
    id="Incident Number",
    withdrawn="\"Status\" = 'cancelled'",
    becomes=("event",),
    members="*fire*.csv",
    maps={
        "kind": "'fire-incident'",
        "reference": '"Incident Number"',
        "category": slugs("Kind", FIRES),
        "offence": '"Kind"',
        **moment("Call Time"),
        **PLACED,
    },
)  # fmt: skip
FEEDS = (ASSAULTS, AMBULANCE, FIRE)
