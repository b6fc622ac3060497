"""The force's intelligence reports, graded 3x5x2, one row for each item and the subject that it is about.

A source is an opaque reference: a column that would name a human source refuses the whole file, and a reference that reads like a
name sends its row to quarantine (law 13). Grades: standards table intelligence_3x5x2 (secondary); codes of conditions: general
knowledge, unverified.
"""

from __future__ import annotations

from .declare import DAY, MOMENT, Column, Feed, RowRule, london, one_of, pattern, text
from .force import NAMED, PERSON, REFERENCE, STATUS, WITHDRAWN, police
from .police_uk import LSOA

SOURCE = {"1": "reliable", "2": "untested", "3": "not reliable"}
ASSESSMENT = {
    "A": "known directly to the source",
    "B": "known indirectly to the source but corroborated",
    "C": "known indirectly to the source",
    "D": "not known",
    "E": "suspected to be false",
}
HANDLING = {"P": "lawful sharing permitted", "C": "lawful sharing permitted with conditions"}
PROVENANCE = ("police officer", "public", "partner agency", "human source", "technical", "open source")
# A column with one of these in its name tells who a human source is.
IDENTITY = r".*(informant|chis|sourcename|nameofsource|sourceidentity|sourceaddress|sourcephone|sourcedateofbirth|handlername).*"
_DATE = 'TRY_CAST("Information Date" AS TIMESTAMP)'

FEED = Feed(
    name="force-intelligence",
    title="The force's intelligence reports",
    version=1,
    record_class=police("intelligence", "As the handling code of each report allows; code C under its written conditions only"),
    columns=(
        Column("Item Reference", REFERENCE, blank=False),
        Column("Report Reference", REFERENCE, blank=False),
        Column("Status", STATUS.rule, blank=False),
        Column("Marking", text(40)),
        Column("Submitted At", MOMENT, blank=False),
        Column("Information Date", DAY),
        Column("Source Evaluation", one_of(tuple(SOURCE)), blank=False),
        Column("Intelligence Assessment", one_of(tuple(ASSESSMENT)), blank=False),
        Column("Handling", one_of(tuple(HANDLING)), blank=False),
        Column("Handling Conditions", pattern("(A[123]|S[12])(;(A[123]|S[12]))*", "codes A1 to A3, S1 or S2, with ; between them, or empty")),
        Column("Source Reference", pattern("[A-Z]{0,4}[-/]?[0-9]{2,10}", "an opaque reference such as SR-48213, never a name")),
        Column("Provenance", one_of(PROVENANCE)),
        Column("Topic", text(120)),
        Column("Text", text(4_000), personal=True),
        *PERSON,
        Column("Vehicle", text(20), personal=True),
        Column("Area", LSOA),
    ),
    rows=(
        RowRule(
            ("Handling", "Handling Conditions"),
            "conditions with handling code C, and with no other",
            "(\"Handling\" = 'C') = (\"Handling Conditions\" <> '')",
        ),
        RowRule(
            ("Information Date", "Submitted At"),
            "information no later than its report",
            '"Information Date" = \'\' OR "Information Date" <= "Submitted At"[:10]',
        ),
    ),
    id="Item Reference",
    becomes=("event", "mention"),
    marking="Marking",
    withdrawn=WITHDRAWN,
    refuses=IDENTITY,
    members="*intelligence*.csv",
    maps={
        "kind": "'intelligence'",
        "reference": '"Report Reference"',
        "category": "'intelligence'",
        "offence": '"Topic"',
        "start": f"timezone('Europe/London', {_DATE})",
        "end": f"timezone('Europe/London', {_DATE} + INTERVAL 1 DAY)",
        "precision": "'day'",
        "reported": london('"Submitted At"'),
        "place_precision": "'none'",
        "area": '"Area"',
        "outcome": '"Source Evaluation" || "Intelligence Assessment" || "Handling"',
        # An item about a vehicle, a number or an address alone names nobody.
        "key": "CASE WHEN \"Surname\" || \"Forenames\" <> '' THEN \"Item Reference\" ELSE '' END",
        "role": "'subject'",
        **NAMED,
    },
)  # fmt: skip
FEEDS = (FEED,)
