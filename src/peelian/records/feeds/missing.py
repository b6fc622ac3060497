"""The force's missing-person reports: circumstances, risk as police graded it, how it ended, and the return interview."""

from __future__ import annotations

from .declare import DAY, MOMENT, Column, Feed, RowRule, london, one_of, pattern, text
from .force import NAMED, PERSON, POSTCODE, REFERENCE, STATUS, WITHDRAWN, YES_NO, in_order, police

# Levels: standards table missing_risk_levels (England and Wales 2016/17, general knowledge, unverified). Under 18 the lowest is not
# offered by the casework; an extract that holds it all the same is read, and counted.
RISKS = ("high", "medium", "low", "no apparent risk")
FROM = ("home", "children's home", "foster home", "care home", "hospital", "school", "other")
CIRCUMSTANCES = ("out of character", "after an argument", "absent from placement", "exploitation feared", "dementia", "fear of self-harm",
                 "left hospital", "other")  # fmt: skip
FOUND_BY = ("returned", "police", "family or friends", "carers", "public", "hospital", "partner agency")

FEED = Feed(
    name="force-missing",
    title="The force's missing-person reports",
    version=1,
    record_class=police(
        "missing", "Children's and adults' services at once where harm is feared; else under an agreement"
    ),
    columns=(
        Column("Missing Reference", REFERENCE, blank=False),
        Column("Status", STATUS.rule, blank=False),
        Column("Incident Reference", REFERENCE),
        Column("Reported At", MOMENT, blank=False),
        Column("Last Seen At", MOMENT),
        Column("Missing From", one_of(FROM)),
        Column("Circumstances", one_of(CIRCUMSTANCES)),
        Column("Risk Level", one_of(RISKS), blank=False),
        Column("Looked After", YES_NO),
        Column("Care Home Address", text(255), personal=True),
        Column("Care Home Postcode", POSTCODE, personal=True),
        Column("Previous Reports", pattern(r"\d{1,4}", "a whole number from 0 to 9999, or empty")),
        Column("Found At", MOMENT),
        Column("Found By", one_of(FOUND_BY)),
        Column("Found Away", YES_NO),
        Column("Harmed", YES_NO),
        Column("Return Interview On", DAY),
        *PERSON,
    ),
    rows=(
        in_order("Last Seen At", "Reported At", "last seen no later than the report"),
        in_order("Last Seen At", "Found At", "found no earlier than last seen"),
        RowRule(
            ("Found At", "Found By"), "found by somebody only where found", "\"Found By\" = '' OR \"Found At\" <> ''"
        ),
        RowRule(
            ("Found At", "Return Interview On"),
            "a return interview no earlier than the return",
            '"Return Interview On" = \'\' OR ("Found At" <> \'\' AND "Found At"[:10] <= "Return Interview On")',
        ),
    ),
    id="Missing Reference",
    becomes=("event", "mention"),
    withdrawn=WITHDRAWN,
    members="*missing*.csv",
    maps={
        "kind": "'missing'",
        "reference": '"Missing Reference"',
        "category": "'missing'",
        "offence": '"Circumstances"',
        "start": london('coalesce(nullif("Last Seen At", \'\'), "Reported At")'),
        "end": london("nullif(\"Found At\", '')"),
        "precision": "'range'",
        "reported": london('"Reported At"'),
        "place_precision": "'none'",
        "place": '"Care Home Address"',
        "location_type": '"Missing From"',
        "outcome": "CASE WHEN \"Found At\" = '' THEN 'missing' ELSE 'found' END",
        "key": '"Missing Reference"',
        "role": "'missing person'",
        **NAMED,
    },
)
FEEDS = (FEED,)
