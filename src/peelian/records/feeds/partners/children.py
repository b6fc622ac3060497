"""Schools and children's social care (UK GDPR). A child missing from care may be told to social care and never to police."""

from __future__ import annotations

from ..declare import DAY, MOMENT, Class, Column, Feed, RowRule, number, one_of, text
from ..force import REFERENCE
from ..police_uk import LSOA
from .words import GDPR, WHO, YES_NO, from_day_to_day, in_order, slugs, who

SCHOOL = {
    "suspension": "school-suspension",
    "permanent exclusion": "school-exclusion",
    "low attendance": "school-attendance",
    "missing from education": "missing-from-education",
    "safeguarding concern": "school-concern",
}
CARE = {
    "referral": "child-referral",
    "child protection plan": "child-protection-plan",
    "looked after": "looked-after-child",
    "missing from care": "missing-from-care",
}
# The first four are the categories of a child protection plan (general knowledge).
HARMS = ("neglect", "physical abuse", "sexual abuse", "emotional abuse", "domestic abuse in the home", "sexual exploitation",
         "criminal exploitation")  # fmt: skip
_ENDED = "timezone('Europe/London', TRY_CAST(nullif(\"Ended\", '') AS TIMESTAMP))"

SCHOOLS = Feed(
    name="schools",
    title="Schools: exclusions, attendance, missing from education, concerns",
    version=1,
    record_class=Class(
        "schools", "pupil", "police", "The schools and academy trusts of the county", GDPR,
        "Safeguarding of the child only; never for school discipline",
    ),
    columns=(
        Column("Record No", REFERENCE, blank=False),
        Column("School", text(120)),
        Column("Pupil No", REFERENCE, personal=True),
        *WHO,
        Column("Kind", one_of(tuple(SCHOOL)), blank=False),
        Column("From", DAY, blank=False),
        Column("To", DAY),
        Column("Attendance", number(0, 100, "per cent of sessions")),
        Column("Concern", one_of(("child at risk", "exploitation"))),
        Column("Status", one_of(("live", "withdrawn"))),
    ),
    rows=(in_order("From", "To"),),
    id="Record No",
    withdrawn="\"Status\" = 'withdrawn'",
    becomes=("event", "mention"),
    members="*schools*.csv",
    maps={
        "kind": "'school-record'",
        "reference": '"Record No"',
        "category": slugs("Kind", SCHOOL),
        "offence": '"Concern"',
        **from_day_to_day("From", "To"),
        "place_precision": "'none'",
        "place": '"School"',
        "location_type": "'school'",
        **who("Record No", "pupil"),
    },
)  # fmt: skip

SOCIAL_CARE = Feed(
    name="childrens-social-care",
    title="Children's social care: referrals, plans, looked-after children, episodes missing from care",
    version=1,
    record_class=Class(
        "childrens-social-care", "child", "police", "The county council (children's services)", GDPR,
        "Safeguarding of the child only; nothing onward without children's services",
    ),
    columns=(
        Column("Episode Ref", REFERENCE, blank=False),
        Column("Child Ref", REFERENCE, blank=False, personal=True),
        *WHO,
        Column("Area", LSOA),
        Column("Kind", one_of(tuple(CARE)), blank=False),
        Column("Category", one_of(HARMS)),
        Column("Placement", text(255), personal=True),
        Column("Started", MOMENT, blank=False),
        Column("Ended", MOMENT),
        Column("Told Police", YES_NO),
        Column("Status", one_of(("live", "closed", "entered in error"))),
    ),
    rows=(
        in_order("Started", "Ended"),
        RowRule(
            ("Kind", "Placement"),
            "where the child was placed, for one missing from care",
            "\"Kind\" <> 'missing from care' OR \"Placement\" <> ''",
        ),
    ),
    id="Episode Ref",
    withdrawn="\"Status\" = 'entered in error'",
    becomes=("event", "mention"),
    members="*childrens-social-care*.csv",
    maps={
        "kind": "'childrens-case'",
        "reference": '"Episode Ref"',
        "category": slugs("Kind", CARE),
        "offence": '"Category"',
        "start": "timezone('Europe/London', TRY_CAST(\"Started\" AS TIMESTAMP))",
        "end": _ENDED,
        "precision": "'range'",
        "place_precision": "'none'",
        "place": 'coalesce(nullif("Placement", \'\'), "Address")',
        "area": '"Area"',
        "outcome": "if(\"Told Police\" = 'Y', 'police told', '')",
        "domestic": "nullif(\"Category\", '') = 'domestic abuse in the home'",
        **who("Episode Ref", "child"),
    },
)  # fmt: skip
FEEDS = (SCHOOLS, SOCIAL_CARE)
