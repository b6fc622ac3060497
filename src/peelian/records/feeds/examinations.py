"""What is done with seized devices and other exhibits: the logs of the kiosks and of the laboratory.

A row comes when an examination is booked or submitted, and again as a new version at each later stage.
"""

from __future__ import annotations

from itertools import pairwise

from .declare import DAY, MOMENT, Class, Column, Feed, RowRule, london, one_of, text
from .force import REFERENCE
from .workforce import STAFF, filled

DEVICES = ("phone", "tablet", "computer", "storage", "vehicle system", "other device")
TYPES = (*DEVICES, "DNA", "fingerprints", "footwear", "drugs", "firearms", "toxicology", "other")
FAILED = (
    "device locked",
    "encrypted",
    "model not supported",
    "device damaged",
    "no consent",
    "equipment fault",
    "other",
)


def _police() -> Class:
    return Class(
        "force", "examination", "police", "The Chief Constable", "part3", "Police only; further sharing under an agreement"
    )  # fmt: skip


def _stages(*columns: str) -> tuple[RowRule, ...]:
    """Each later stage that is filled comes after every earlier one, and only when that one is filled."""
    return tuple(
        RowRule(
            (first, then), f"{first} filled, and no later than {then}", f"\"{then}\" = '' OR (\"{first}\" <> '' AND \"{first}\" <= \"{then}\")"
        )
        for first, then in pairwise(columns)
    )  # fmt: skip


KIOSK = Feed(
    name="kiosk-log",
    title="The force's log of kiosk examinations of devices",
    version=1,
    record_class=_police(),
    columns=(
        Column("Log Number", REFERENCE, blank=False),
        Column("Crime Reference", REFERENCE),
        Column("Exhibit", text(40)),
        Column("Device", one_of(DEVICES)),
        Column("Site", filled(80), blank=False),
        Column("Operator", STAFF, personal=True),
        Column("Booked At", MOMENT, blank=False),
        Column("Started At", MOMENT),
        Column("Finished At", MOMENT),
        Column("Result", one_of(("extracted", "partly extracted", "failed"))),
        Column("Failed Reason", one_of(FAILED)),
    ),
    rows=(
        *_stages("Booked At", "Started At", "Finished At"),
        RowRule(("Finished At", "Result"), "both, or neither", "(\"Finished At\" = '') = (\"Result\" = '')"),
        RowRule(
            ("Result", "Failed Reason"),
            "a reason where the examination failed, and only there",
            "(\"Result\" = 'failed') = (\"Failed Reason\" <> '')",
        ),
    ),
    id="Log Number",
    becomes=("event",),
    members="*kiosk*.csv",
    maps={
        "kind": "'examination'",
        "reference": '"Log Number"',
        "category": "'kiosk'",
        "offence": '"Device"',
        "start": london('coalesce(nullif("Started At", \'\'), "Booked At")'),
        "end": london('"Finished At"'),
        "precision": "'minute'",
        "reported": london('"Booked At"'),
        "place_precision": "'none'",
        "place": '"Site"',
        "outcome": '"Result"',
    },
)

LABORATORY = Feed(
    name="laboratory-log",
    title="Submissions to the laboratory and what came back",
    version=1,
    record_class=_police(),
    columns=(
        Column("Submission Reference", REFERENCE, blank=False),
        Column("Crime Reference", REFERENCE),
        Column("Exhibit", text(40)),
        Column("Type", one_of(TYPES), blank=False),
        Column("Submitted On", DAY, blank=False),
        Column("Accepted On", DAY),
        Column("Started On", DAY),
        Column("Returned On", DAY),
        Column("Result", one_of(("evidence found", "nothing found", "no result", "refused"))),
    ),
    rows=(
        *_stages("Submitted On", "Accepted On", "Started On"),
        RowRule(
            ("Started On", "Returned On"),
            "a return no earlier than the start",
            '"Started On" = \'\' OR "Returned On" = \'\' OR "Started On" <= "Returned On"',
        ),
        RowRule(
            ("Submitted On", "Returned On"),
            "a return no earlier than the submission",
            '"Returned On" = \'\' OR "Submitted On" <= "Returned On"',
        ),
        RowRule(("Returned On", "Result"), "both, or neither", "(\"Returned On\" = '') = (\"Result\" = '')"),
    ),
    id="Submission Reference",
    becomes=("event",),
    members="*laborator*.csv",
    maps={
        "kind": "'examination'",
        "reference": '"Submission Reference"',
        "category": "'laboratory'",
        "offence": '"Type"',
        "start": london('"Submitted On"'),
        "end": london('(TRY_CAST("Submitted On" AS TIMESTAMP) + INTERVAL 1 DAY)'),
        "precision": "'day'",
        "reported": london('"Submitted On"'),
        "place_precision": "'none'",
        "outcome": '"Result"',
    },
)
FEEDS = (KIOSK, LABORATORY)
