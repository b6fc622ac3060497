"""The force's own people: who is on duty, who they are, what they are qualified for, and what they drive.

Staff records are for employment and duty of care, so UK GDPR holds for them, not Part 3 (law 13); measures are of teams (law 15).
"""

from __future__ import annotations

from .declare import (
    DAY,
    DAY_AHEAD,
    MOMENT_AHEAD,
    Class,
    Column,
    Feed,
    RowRule,
    Rule,
    london,
    number,
    one_of,
    pattern,
    text,
)
from .force import POSTCODE, REFERENCE

STAFF = pattern(r"[0-9A-Za-z][0-9A-Za-z/_.-]{0,19}", "a staff number of at most 20 letters, digits, / . _ -")
RANKS = ("constable", "sergeant", "inspector", "chief inspector", "superintendent", "chief superintendent", "assistant chief constable",
         "deputy chief constable", "chief constable", "PCSO", "police staff", "special constable", "volunteer")  # fmt: skip
DUTIES = ("response", "neighbourhood", "investigation", "public protection", "serious crime", "armed response", "roads policing",
          "custody", "control room", "crime scene", "digital", "intelligence", "command", "other")  # fmt: skip
STATES = ("planned", "worked", "sick", "abstracted", "cancelled")
# Levels and roles: College of Policing, Professionalising Investigation Programme (PIP 1 to 4) and public order levels 1 to 3
# (stored); firearms, interview, search and driving roles: general knowledge.
ACCREDITATIONS = (
    "PIP 1", "PIP 2", "PIP 3", "PIP 4", "child abuse investigator", "sexual offences investigator", "domestic abuse specialist",
    "ABE interview", "family liaison", "financial investigator", "digital media investigator", "kiosk operator",
    "crime scene investigator", "search adviser", "licensed search officer", "disclosure officer", "offender manager",
    "Taser", "authorised firearms officer", "armed response vehicle officer", "counter-terrorist specialist firearms officer",
    "strategic firearms commander", "tactical firearms commander", "operational firearms commander", "firearms tactical adviser",
    "public order level 1", "public order level 2", "public order level 3", "public order commander", "medic",
    "response driver", "pursuit driver", "custody officer", "officer safety", "other",
)  # fmt: skip
VEHICLES = ("response car", "van", "armed response vehicle", "roads policing car", "personnel carrier", "motorcycle",
            "unmarked car", "dog van", "other")  # fmt: skip


def _staff(category: str, regime: str = "gdpr") -> Class:
    return Class(
        "force", category, "police", "The Chief Constable", regime, "Force only; measures of teams, not of one member of staff"
    )  # fmt: skip


def filled(most: int) -> Rule:
    """Text that may not be empty."""
    return Rule(f"1 to {most} characters", f"length({{x}}) BETWEEN 1 AND {most}")


def _order(first: str, then: str, allowed: str) -> RowRule:
    return RowRule((first, then), allowed, f'"{first}" = \'\' OR "{then}" = \'\' OR "{first}" <= "{then}"')


ROSTER = Feed(
    name="force-roster",
    title="The force's duty roster",
    version=1,
    record_class=_staff("duty"),
    columns=(
        Column("Duty Reference", REFERENCE, blank=False),
        Column("Staff Number", STAFF, blank=False, personal=True),
        Column("Team", text(80)),
        Column("Station", text(80)),
        Column("Role On Duty", one_of(DUTIES)),
        Column("From", MOMENT_AHEAD, blank=False),
        Column("To", MOMENT_AHEAD, blank=False),
        Column("State", one_of(STATES), blank=False),
        Column("Abstracted To", text(120)),
    ),
    rows=(
        _order("From", "To", "an end no earlier than the start"),
        RowRule(
            ("State", "Abstracted To"),
            "what an abstracted duty went to, and nothing for any other",
            "(\"State\" = 'abstracted') = (\"Abstracted To\" <> '')",
        ),
    ),
    id="Duty Reference",
    withdrawn="\"State\" = 'cancelled'",
    becomes=("event",),
    members="*roster*.csv",
    maps={
        "kind": "'duty'",
        "reference": '"Duty Reference"',
        "category": "'duty'",
        "offence": '"Role On Duty"',
        "start": london('"From"'),
        "end": london('"To"'),
        "precision": "'minute'",
        "place_precision": "'none'",
        "place": '"Station"',
        "outcome": '"State"',
    },
)

HR = Feed(
    name="force-hr",
    title="The force's staff: posts, teams and working time",
    version=1,
    record_class=_staff("staff"),
    columns=(
        Column("Staff Number", STAFF, blank=False, personal=True),
        Column("Surname", filled(120), blank=False, personal=True),
        Column("Forenames", text(160), personal=True),
        Column("Date of Birth", DAY, personal=True),
        Column("Postcode", POSTCODE, personal=True),
        Column("Rank Or Grade", one_of(RANKS), blank=False),
        Column("Post", text(120)),
        Column("Team", text(80)),
        Column("Station", text(80)),
        Column("Start", DAY_AHEAD, blank=False),
        Column("End", DAY_AHEAD),
        Column("FTE", number(0.05, 1, "of full time")),
        Column("Working Pattern", text(80)),
    ),
    rows=(_order("Start", "End", "an end no earlier than the start"),),
    id="Staff Number",
    becomes=("mention",),
    members="*hr*.csv",
    maps={
        "key": '"Staff Number"',
        "reference": '"Staff Number"',
        "role": "'staff'",
        "surname": '"Surname"',
        "forenames": '"Forenames"',
        "born_on": 'TRY_CAST("Date of Birth" AS DATE)',
        "postcode": '"Postcode"',
    },
)

TRAINING = Feed(
    name="force-training",
    title="The force's training and accreditation",
    version=1,
    record_class=_staff("training"),
    columns=(
        Column("Record Reference", REFERENCE, blank=False),
        Column("Staff Number", STAFF, blank=False, personal=True),
        Column("Course", text(120)),
        Column("Accreditation", one_of(ACCREDITATIONS), blank=False),
        Column("Passed On", DAY, blank=False),
        Column("Expires On", DAY_AHEAD),
        Column("Grade", one_of(("accredited", "trained", "in development"))),
        Column("Status", one_of(("held", "suspended", "revoked")), blank=False),
    ),
    rows=(_order("Passed On", "Expires On", "an expiry no earlier than the pass"),),
    id="Record Reference",
    withdrawn="\"Status\" = 'revoked'",
    becomes=("event",),
    members="*training*.csv",
    maps={
        "kind": "'training'",
        "reference": '"Record Reference"',
        "category": "'training'",
        "offence": '"Accreditation"',
        "start": london('"Passed On"'),
        "end": london('(TRY_CAST("Passed On" AS TIMESTAMP) + INTERVAL 1 DAY)'),
        "precision": "'day'",
        "place_precision": "'none'",
        "outcome": '"Status"',
    },
)

FLEET = Feed(
    name="force-vehicles",
    title="The force's vehicles",
    version=1,
    record_class=_staff("vehicle", "none"),
    columns=(
        Column("Fleet Number", REFERENCE, blank=False),
        Column("Plate", pattern(r"[A-Z0-9]{1,4} ?[A-Z0-9]{0,4}", "a number plate such as XW24 ABC, or empty"), personal=True),
        Column("Type", one_of(VEHICLES), blank=False),
        Column("Base", text(80)),
        Column("In Service From", DAY_AHEAD, blank=False),
        Column("In Service To", DAY_AHEAD),
        Column("Off The Road From", DAY_AHEAD),
        Column("Off The Road To", DAY_AHEAD),
        Column("Off The Road For", text(120)),
    ),
    rows=(
        _order("In Service From", "In Service To", "an end of service no earlier than its start"),
        _order("Off The Road From", "Off The Road To", "a return no earlier than the vehicle went off the road"),
        RowRule(
            ("Off The Road From", "Off The Road To"),
            "the day the vehicle went off the road",
            "\"Off The Road From\" <> '' OR \"Off The Road To\" = ''",
        ),
    ),
    id="Fleet Number",
    becomes=("event",),
    members="*vehicle*.csv",
    maps={
        "kind": "'vehicle'",
        "reference": '"Fleet Number"',
        "category": "'vehicle'",
        "offence": '"Type"',
        "start": london('"In Service From"'),
        "end": london('"In Service To"'),
        "precision": "'day'",
        "place_precision": "'none'",
        "place": '"Base"',
        "outcome": "CASE WHEN \"Off The Road From\" <> '' AND \"Off The Road To\" = '' THEN 'off the road' ELSE 'in service' END",
    },
)  # fmt: skip
FEEDS = (ROSTER, HR, TRAINING, FLEET)
