"""Offenders under management, and people circulated on the Police National Computer.

A risk level is the result of an owned tool (RM2000, ARMS, OGRS), entered with its day: the items of the tool are never held here.
"""

from __future__ import annotations

from .declare import DAY, DAY_AHEAD, MOMENT, Class, Column, Feed, RowRule, london, one_of, pattern, text
from .force import MARKERS, NAMED, PERSON, REFERENCE, STATUS, WITHDRAWN, in_order, police

# Integrated offender management, registered sex offenders, domestic abuse perpetrators.
COHORTS = ("IOM", "RSO", "DA")
REPORTS = ("wanted", "locate or trace", "missing")  # types of report on the PNC (standards wanted-bail-rui, stored)


def _span(first: str, last: str) -> dict[str, str]:
    return {"start": london(f"nullif({first}, '')"), "end": london(f"nullif({last}, '')"), "place_precision": "'none'"}


OFFENDERS = Feed(
    name="force-offenders",
    title="The force's offenders under management",
    version=1,
    record_class=police("offender", "Police and probation; other agencies of the panel under its agreement"),
    columns=(
        Column("Cohort Reference", REFERENCE, blank=False),
        Column("Status", STATUS.rule, blank=False),
        Column("Marking", text(40)),
        Column("Cohort", one_of(COHORTS), blank=False),
        Column("Start Date", DAY, blank=False),
        Column("End Date", DAY),
        Column("End Reason", text(80)),
        Column("Risk Level", one_of(("low", "medium", "high", "very high"))),
        Column("Risk Tool", text(40)),
        Column("Assessed On", DAY),
        Column("MAPPA Level", one_of(("1", "2", "3"), "1, 2, 3 or empty")),
        Column("Manager", pattern(r"[0-9A-Za-z][0-9A-Za-z/_.-]{0,19}", "a staff number of at most 20 letters, digits, / . _ -")),
        Column("Licence Expiry", DAY_AHEAD),
        *PERSON,
        Column("Markers", MARKERS, personal=True),
    ),
    rows=(
        in_order("Start Date", "End Date", "an end no earlier than the start"),
        RowRule(("End Date", "End Reason"), "a reason only where it has ended", "\"End Reason\" = '' OR \"End Date\" <> ''"),
        RowRule(
            ("Risk Level", "Risk Tool", "Assessed On"),
            "a risk level with its tool and day, or none of them",
            "(\"Risk Level\" = '') = (\"Risk Tool\" = '') AND (\"Risk Level\" = '') = (\"Assessed On\" = '')",
        ),
    ),
    id="Cohort Reference",
    becomes=("event", "mention"),
    marking="Marking",
    withdrawn=WITHDRAWN,
    members="*offenders*.csv",
    maps={
        "kind": "'management'",
        "reference": '"Cohort Reference"',
        "category": "'offender-management'",
        "offence": '"Cohort"',
        **_span('"Start Date"', '"End Date"'),
        "precision": "'day'",
        "outcome": '"End Reason"',
        "key": '"Cohort Reference"',
        "role": "'offender'",
        **NAMED,
        "markers": '"Markers"',
    },
)  # fmt: skip

WANTED = Feed(
    name="pnc-wanted",
    title="People circulated on the PNC for the force",
    version=1,
    record_class=Class(
        "pnc", "wanted", "police", "The Chief Constable, with the other chief officers as joint controllers", "part3",
        "Police only, under the terms of the PNC",
    ),
    columns=(
        Column("PNC Reference", REFERENCE, blank=False),
        Column("Report Type", one_of(REPORTS), blank=False),
        Column("Circulated At", MOMENT, blank=False),
        Column("Offence", text(200)),
        Column("Force Reference", REFERENCE),
        Column("Cancelled At", MOMENT),
        Column("Cancel Reason", one_of(("arrested", "surrendered", "charged", "found", "no longer wanted", "in error"))),
        *PERSON,
        Column("Markers", MARKERS, personal=True),
    ),
    rows=(
        in_order("Circulated At", "Cancelled At", "cancelled no earlier than circulated"),
        RowRule(("Cancelled At", "Cancel Reason"), "both, or neither", "(\"Cancelled At\" = '') = (\"Cancel Reason\" = '')"),
    ),
    id="PNC Reference",
    becomes=("event", "mention"),
    withdrawn="\"Cancelled At\" <> ''",
    members="*wanted*.csv",
    maps={
        "kind": "'circulation'",
        "reference": '"PNC Reference"',
        "category": "'wanted'",
        "offence": '"Offence"',
        **_span('"Circulated At"', '"Cancelled At"'),
        "precision": "'minute'",
        "reported": london('"Circulated At"'),
        "outcome": '"Report Type"',
        "key": '"PNC Reference"',
        "role": "'wanted person'",
        **NAMED,
        "markers": '"Markers"',
    },
)  # fmt: skip
FEEDS = (OFFENDERS, WANTED)
