"""The force's own extracts: crimes, incidents and calls, and the people in them."""

from __future__ import annotations

from .declare import (
    DAY,
    EASTING,
    MOMENT,
    NORTHING,
    Class,
    Column,
    Feed,
    RowRule,
    cell,
    london,
    one_of,
    pattern,
    quoted,
    text,
)
from .police_uk import CATEGORIES, LSOA, category

LABELS = {
    k: v
    for k, v in CATEGORIES.items()
    if v != "anti-social-behaviour" and k not in ("Violent crime", "Public disorder and weapons")
}
REFERENCE = pattern(r"[0-9A-Za-z][0-9A-Za-z/_.-]{2,79}", "a reference of letters, digits, / . _ -")
POSTCODE = pattern(r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}", "a postcode such as CM2 6DA, or empty")
MARKERS = pattern(r"[^;]{0,40}(;[^;]{0,40})*", "markers of at most 40 characters each, with ; between them")
YES_NO = one_of(("Y", "N"), "Y, N or empty")
LOCATIONS = ("dwelling", "street", "retail", "vehicle", "licensed premises", "school", "care home", "hospital", "other")
CODES = {
    "ASB personal": "anti-social-behaviour",
    "ASB nuisance": "anti-social-behaviour",
    "ASB environmental": "anti-social-behaviour",
    **dict.fromkeys(
        ("Domestic incident", "Burglary", "Violence", "Theft", "Missing person", "Concern for safety", "Suspicious activity", "Traffic", "Other"),
        "incident",
    ),
}  # fmt: skip
POINT = RowRule(("Easting", "Northing"), "both, or neither", "(\"Easting\" = '') = (\"Northing\" = '')")
PLACED = {
    "easting": 'TRY_CAST("Easting" AS DOUBLE)',
    "northing": 'TRY_CAST("Northing" AS DOUBLE)',
    "place_precision": "CASE WHEN \"Easting\" = '' THEN 'none' ELSE 'address' END",
    "place": '"Location"',
    "area": '"Area"',
}


def police(category: str, onward: str = "Police only; further sharing under an agreement") -> Class:
    """A class of the force's own records, held for law enforcement (Data Protection Act 2018, Part 3)."""
    return Class("force", category, "police", "The Chief Constable", "part3", onward)


def flag(column: str) -> str:
    """SQL: Y and N as true and false; NULL where the source does not say."""
    return f"CASE {cell(column)} WHEN 'Y' THEN true WHEN 'N' THEN false END"


def in_order(earlier: str, later: str, allowed: str) -> RowRule:
    """Two times of a row, given as text that sorts: `later` may not come before `earlier`."""
    return RowRule(
        (earlier, later), allowed, f"{cell(earlier)} = '' OR {cell(later)} = '' OR {cell(earlier)} <= {cell(later)}"
    )


# How the force's other extracts name a person, and what becomes of it in a mention.
PERSON = (
    Column("Surname", text(120), personal=True),
    Column("Forenames", text(160), personal=True),
    Column("Sex", one_of(("F", "M"), "F, M or empty"), personal=True),
    Column("Date of Birth", DAY, personal=True),
    Column("Ethnicity", text(40), personal=True),
    Column("Phone", text(40), personal=True),
    Column("Address", text(255), personal=True),
    Column("Postcode", POSTCODE, personal=True),
)
NAMED = {
    "surname": '"Surname"',
    "forenames": '"Forenames"',
    "sex": '"Sex"',
    "born_on": 'TRY_CAST("Date of Birth" AS DATE)',
    "ethnicity": '"Ethnicity"',
    "phone": '"Phone"',
    "address": '"Address"',
    "postcode": '"Postcode"',
}
# An extract states again what it takes back.
STATUS = Column("Status", one_of(("live", "withdrawn")), blank=False)
WITHDRAWN = "\"Status\" = 'withdrawn'"

CRIMES = Feed(
    name="force-crimes",
    title="The force's recorded crimes",
    version=1,
    record_class=police("crime"),
    columns=(
        Column("Crime Reference", REFERENCE, blank=False),
        Column("Recorded At", MOMENT, blank=False),
        Column("Reported At", MOMENT),
        Column("Occurred From", MOMENT),
        Column("Occurred To", MOMENT),
        Column("HO Class", pattern(r"\d{3}/\d{2}", "a Home Office class code such as 028/01, or empty")),
        Column("Offence", text(200)),
        Column("Crime Type", one_of(tuple(LABELS)), blank=False),
        Column("Location", text(255), personal=True),
        Column("Postcode", POSTCODE, personal=True),
        Column("Easting", EASTING),
        Column("Northing", NORTHING),
        Column("Area", LSOA),
        Column("Location Type", one_of(LOCATIONS)),
        Column("Domestic", YES_NO),
        Column("Outcome", pattern("[1-9]|1[0-9]|2[0-2]", "a Home Office outcome type from 1 to 22, or empty")),
        Column("Outcome Date", DAY),
    ),
    rows=(
        POINT,
        RowRule(
            ("Occurred From", "Occurred To"),
            "a start no later than the end",
            '"Occurred From" = \'\' OR "Occurred To" = \'\' OR "Occurred From" <= "Occurred To"',
        ),
        RowRule(
            ("Occurred From", "Recorded At"),
            "an offence that began before it was recorded",
            '"Occurred From" = \'\' OR "Occurred From" <= "Recorded At"',
        ),
    ),
    id="Crime Reference",
    becomes=("event",),
    members="*crime*.csv",
    maps={
        "kind": "'crime'",
        "reference": '"Crime Reference"',
        "category": category("Crime Type", LABELS),
        "offence": '"Offence"',
        "ho_class": '"HO Class"',
        "start": london('"Occurred From"'),
        "end": london('coalesce(nullif("Occurred To", \'\'), "Occurred From")'),
        "precision": "CASE WHEN \"Occurred To\" IN ('', \"Occurred From\") THEN 'minute' ELSE 'range' END",
        "reported": london('"Reported At"'),
        **PLACED,
        "location_type": '"Location Type"',
        "outcome": '"Outcome"',
        "domestic": flag("Domestic"),
    },
)

_GRADE = one_of(("1", "2", "3", "4"))

INCIDENTS = Feed(
    name="force-incidents",
    title="The force's incidents and calls",
    version=1,
    record_class=police("incident"),
    columns=(
        Column("Incident Reference", REFERENCE, blank=False),
        Column("Created At", MOMENT, blank=False),
        Column("Channel", one_of(("999", "101", "online", "front counter", "officer"))),
        Column("Grade", _GRADE),
        Column("Opening Code", one_of(tuple(CODES)), blank=False),
        Column("Closing Code", one_of(tuple(CODES))),
        Column("Location", text(255), personal=True),
        Column("Postcode", POSTCODE, personal=True),
        Column("Easting", EASTING),
        Column("Northing", NORTHING),
        Column("Area", LSOA),
        Column("Attended At", MOMENT),
        Column("Closed At", MOMENT),
        Column("Crime Reference", REFERENCE),
    ),
    rows=(
        POINT,
        RowRule(
            ("Created At", "Attended At"),
            "attendance no earlier than the call",
            '"Attended At" = \'\' OR "Created At" <= "Attended At"',
        ),
        RowRule(
            ("Created At", "Closed At"),
            "closing no earlier than the call",
            '"Closed At" = \'\' OR "Created At" <= "Closed At"',
        ),
    ),
    id="Incident Reference",
    becomes=("event",),
    members="*incident*.csv",
    maps={
        "kind": "'incident'",
        "reference": '"Incident Reference"',
        "category": 'CASE coalesce(nullif("Closing Code", \'\'), "Opening Code") '
        + " ".join(f"WHEN {quoted(k)} THEN {quoted(v)}" for k, v in CODES.items())
        + " END",
        "offence": 'coalesce(nullif("Closing Code", \'\'), "Opening Code")',
        "ho_class": "''",
        "start": london('"Created At"'),
        "end": london('"Created At"'),
        "precision": "'minute'",
        "reported": london('"Created At"'),
        **PLACED,
        "location_type": "''",
        "outcome": "''",
        "domestic": "coalesce(nullif(\"Closing Code\", ''), \"Opening Code\") = 'Domestic incident'",
    },
)

PEOPLE = Feed(
    name="force-people",
    title="People in the force's crimes and incidents",
    version=1,
    record_class=police("person"),
    columns=(
        Column("Mention Reference", REFERENCE, blank=False),
        Column("Record Reference", REFERENCE, blank=False),
        Column("Role", one_of(("victim", "suspect", "witness", "caller")), blank=False),
        Column("Surname", text(120), personal=True),
        Column("Forenames", text(160), personal=True),
        Column("Sex", one_of(("F", "M"), "F, M or empty"), personal=True),
        Column("Date of Birth", DAY, personal=True),
        Column("Ethnicity", text(40), personal=True),
        Column("Phone", text(40), personal=True),
        Column("Address", text(255), personal=True),
        Column("Postcode", POSTCODE, personal=True),
        Column("Markers", MARKERS, personal=True),
        Column("Related To", REFERENCE),
        Column("Relationship", text(40), personal=True),
    ),
    rows=(
        RowRule(
            ("Related To", "Relationship"),
            "both, or neither",
            "(\"Related To\" = '') = (\"Relationship\" = '')",
        ),
    ),
    id="Mention Reference",
    becomes=("mention",),
    members="*people*.csv",
    maps={
        "key": '"Mention Reference"',
        "reference": '"Record Reference"',
        "role": '"Role"',
        "surname": '"Surname"',
        "forenames": '"Forenames"',
        "sex": '"Sex"',
        "born_on": 'TRY_CAST("Date of Birth" AS DATE)',
        "ethnicity": '"Ethnicity"',
        "phone": '"Phone"',
        "address": '"Address"',
        "postcode": '"Postcode"',
        "markers": '"Markers"',
        "related_to": '"Related To"',
        "relationship": '"Relationship"',
    },
)
FEEDS = (CRIMES, INCIDENTS, PEOPLE)
