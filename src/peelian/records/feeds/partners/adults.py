"""Adults' social care and health (UK GDPR): safeguarding concerns, and referrals that name abuse, risk or exploitation."""

from __future__ import annotations

from ..declare import DAY, Class, Column, Feed, one_of, text
from ..force import REFERENCE
from ..police_uk import LSOA
from .words import GDPR, WHO, on_day, slugs, who

# Kinds of abuse and neglect in the statutory guidance to the Care Act 2014 (general knowledge).
HARMS = ("physical", "domestic abuse", "sexual", "psychological", "financial or material", "modern slavery", "discriminatory",
         "organisational", "neglect", "self-neglect")  # fmt: skip
# Care Act 2014, s.42: all three conditions give a duty; the authority may enquire where they do not.
ENQUIRIES = ("duty", "discretionary", "not met", "more information", "pending")
THEMES = {
    "domestic abuse": "domestic-abuse-referral",
    "child at risk": "child-referral",
    "exploitation": "exploitation-referral",
    "adult at risk": "adult-referral",
    "mental health": "mental-health-referral",
}
SERVICES = (
    "general practice",
    "health visiting",
    "midwifery",
    "mental health",
    "sexual health",
    "hospital",
    "drug and alcohol",
)

SOCIAL_CARE = Feed(
    name="adults-social-care",
    title="Adults' social care: safeguarding concerns",
    version=1,
    record_class=Class(
        "adults-social-care", "concern", "police", "The county council (adults' services)", GDPR,
        "Safeguarding of the adult only, led by what the adult wishes",
    ),
    columns=(
        Column("Concern Ref", REFERENCE, blank=False),
        Column("Adult Ref", REFERENCE, blank=False, personal=True),
        *WHO,
        Column("Area", LSOA),
        Column("Raised On", DAY, blank=False),
        Column("Category", one_of(HARMS), blank=False),
        Column("Place", one_of(("own home", "care home", "hospital", "elsewhere"))),
        Column("Source Of Risk", one_of(("partner or family", "paid carer", "somebody known", "stranger", "not known"))),
        Column("Section 42", one_of(ENQUIRIES)),
        Column("Status", one_of(("open", "closed", "entered in error"))),
    ),
    id="Concern Ref",
    withdrawn="\"Status\" = 'entered in error'",
    becomes=("event", "mention"),
    members="*adults-social-care*.csv",
    maps={
        "kind": "'adult-concern'",
        "reference": '"Concern Ref"',
        "category": "'adult-concern'",
        "offence": '"Category"',
        **on_day("Raised On"),
        "place_precision": "'none'",
        "place": '"Address"',
        "location_type": "CASE \"Place\" WHEN 'own home' THEN 'dwelling' WHEN 'elsewhere' THEN 'other' ELSE \"Place\" END",
        "area": '"Area"',
        "outcome": '"Section 42"',
        "domestic": "\"Category\" = 'domestic abuse'",
        **who("Concern Ref", "adult"),
    },
)  # fmt: skip

HEALTH = Feed(
    name="health",
    title="Health: referrals of general practice, health visiting and others to the hub",
    version=1,
    record_class=Class(
        "health", "referral", "police", "The health providers of the county", GDPR,
        "For the safeguarding decision it was made for; nothing onward without the referrer",
    ),
    columns=(
        Column("Referral No", REFERENCE, blank=False),
        Column("Patient No", REFERENCE, personal=True),
        *WHO,
        Column("Area", LSOA),
        Column("Service", one_of(SERVICES)),
        Column("Referred On", DAY, blank=False),
        Column("Theme", one_of(tuple(THEMES)), blank=False),
        Column("Consent", one_of(("given", "not given, safety at risk", "not asked"))),
        Column("Summary", text(200), personal=True),
        Column("Status", one_of(("live", "withdrawn"))),
    ),
    id="Referral No",
    withdrawn="\"Status\" = 'withdrawn'",
    becomes=("event", "mention"),
    members="*health*.csv",
    maps={
        "kind": "'health-referral'",
        "reference": '"Referral No"',
        "category": slugs("Theme", THEMES),
        "offence": '"Service"',
        **on_day("Referred On"),
        "place_precision": "'none'",
        "area": '"Area"',
        "outcome": '"Consent"',
        "domestic": "\"Theme\" = 'domestic abuse'",
        **who("Referral No", "patient"),
    },
)  # fmt: skip
FEEDS = (SOCIAL_CARE, HEALTH)
