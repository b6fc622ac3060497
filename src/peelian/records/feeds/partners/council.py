"""The district councils: complaints of anti-social behaviour, and their tenancies (UK GDPR: the councils are no police)."""

from __future__ import annotations

from ..declare import DAY, EASTING, MOMENT, NORTHING, Class, Column, Feed, one_of, text
from ..force import PLACED, POINT, POSTCODE, REFERENCE
from ..police_uk import LSOA
from .words import GDPR, WHO, on_day, slugs, who

ACTIONS = ("none yet", "advice", "warning letter", "acceptable behaviour contract", "community protection warning", "mediation",
           "referred to police", "no further action")  # fmt: skip
# The Act's words (Anti-social Behaviour, Crime and Policing Act 2014, s.2) are wider; these three are those of the force's codes.
KINDS = ("personal", "nuisance", "environmental")
HOUSING = {
    "complaint": "housing-complaint",
    "notice of possession": "tenancy-notice",
    "notice to quit": "tenancy-notice",
    "homelessness application": "homelessness",
    "tenancy visit": "tenancy-visit",
}
REASONS = ("anti-social behaviour", "domestic abuse", "rent arrears", "condition of property", "visitors taking over the home",
           "occupier at risk", "other")  # fmt: skip
_CONTROLLER = "The district councils of the county"

ASB = Feed(
    name="council-asb",
    title="The councils' complaints of anti-social behaviour",
    version=1,
    record_class=Class(
        "council", "asb", "police", _CONTROLLER, GDPR,
        "Community safety partners only; never to the person complained of; publish counts alone",
    ),
    columns=(
        Column("Case Ref", REFERENCE, blank=False),
        Column("Reported On", DAY, blank=False),
        Column("Occurred At", MOMENT),
        Column("Category", one_of(KINDS), blank=False),
        Column("Behaviour", text(120)),
        Column("Location", text(255), personal=True),
        Column("Postcode", POSTCODE, personal=True),
        Column("Easting", EASTING),
        Column("Northing", NORTHING),
        Column("Area", LSOA),
        Column("Complainant Ref", REFERENCE, personal=True),
        Column("Complainant Surname", text(120), personal=True),
        Column("Complainant Forenames", text(160), personal=True),
        Column("Action", one_of(ACTIONS)),
        Column("Status", one_of(("open", "closed", "withdrawn"))),
    ),
    rows=(POINT,),
    id="Case Ref",
    withdrawn="\"Status\" = 'withdrawn'",
    becomes=("event", "mention"),
    members="*council-asb*.csv",
    maps={
        "kind": "'asb'",
        "reference": '"Case Ref"',
        "category": "'anti-social-behaviour'",
        "offence": "'ASB ' || \"Category\"",
        "start": "timezone('Europe/London', TRY_CAST(coalesce(nullif(\"Occurred At\", ''), \"Reported On\") AS TIMESTAMP))",
        "end": "timezone('Europe/London', if(\"Occurred At\" = '', TRY_CAST(\"Reported On\" AS TIMESTAMP) + INTERVAL 1 DAY, TRY_CAST(\"Occurred At\" AS TIMESTAMP)))",
        "precision": "if(\"Occurred At\" = '', 'day', 'minute')",
        "reported": "timezone('Europe/London', TRY_CAST(\"Reported On\" AS TIMESTAMP))",
        **PLACED,
        "outcome": '"Action"',
        "key": '"Case Ref"',
        "role": "'complainant'",
        "surname": '"Complainant Surname"',
        "forenames": '"Complainant Forenames"',
    },
)  # fmt: skip

HOUSES = Feed(
    name="council-housing",
    title="The councils' tenancies: complaints, notices and homelessness",
    version=1,
    record_class=Class(
        "council", "housing", "police", _CONTROLLER, GDPR,
        "Safeguarding and community safety under the agreement; not for rent or benefit enforcement",
    ),
    columns=(
        Column("Case Number", REFERENCE, blank=False),
        Column("Tenancy Ref", REFERENCE),
        Column("Opened On", DAY, blank=False),
        Column("Kind", one_of(tuple(HOUSING)), blank=False),
        Column("Reason", one_of(REASONS)),
        *WHO,
        Column("Area", LSOA),
        Column("Outcome", text(120)),
        Column("Status", one_of(("open", "closed", "withdrawn"))),
    ),
    id="Case Number",
    withdrawn="\"Status\" = 'withdrawn'",
    becomes=("event", "mention"),
    members="*council-housing*.csv",
    maps={
        "kind": "'housing-case'",
        "reference": '"Case Number"',
        "category": slugs("Kind", HOUSING),
        "offence": '"Reason"',
        **on_day("Opened On"),
        "place_precision": "'none'",
        "place": '"Address"',
        "area": '"Area"',
        "outcome": '"Outcome"',
        "domestic": "nullif(\"Reason\", '') = 'domestic abuse'",
        **who("Case Number", "tenant"),
    },
)  # fmt: skip
FEEDS = (ASB, HOUSES)
