"""Partners that process for law enforcement (Data Protection Act 2018, Part 3): probation, HMRC, Border Force.

Intelligence carries its marking, and its source is an opaque reference: who a human source is never enters (law 13).
"""

from __future__ import annotations

from ..declare import DAY, DAY_AHEAD, Class, Column, Feed, one_of, pattern, text
from ..force import REFERENCE
from .words import PART3, WHO, from_day_to_day, in_order, on_day, slugs, who

ORDERS = {
    "licence": "probation-licence",
    "post-sentence supervision": "probation-licence",
    "community order": "community-order",
    "suspended sentence order": "community-order",
}
RISKS = ("low", "medium", "high", "very high")  # of serious harm, as probation holds it
# 3x5x2: source 1 to 3, intelligence A to E, handling P or C (standards' table intelligence_3x5x2, secondary evidence).
GRADING = pattern("[1-3][A-E][PC]", "a 3x5x2 grading such as 2BP: source 1 to 3, intelligence A to E, handling P or C")
OPAQUE = pattern(r"[A-Z]{2}\d{6}", "an opaque source reference: two letters and six digits")
GOODS = ("tobacco", "alcohol", "fuel", "cash", "controlled drugs", "firearms", "counterfeit goods", "people", "other")

PROBATION = Feed(
    name="probation",
    title="Probation: licences and orders, with the risk and the conditions held",
    version=1,
    record_class=Class(
        "probation", "order", "police", "The Secretary of State for Justice (probation)", PART3,
        "Offender management and public protection; not to employers, landlords or the public",
    ),
    columns=(
        Column("Order Ref", REFERENCE, blank=False),
        Column("Person Ref", REFERENCE, blank=False, personal=True),
        *WHO,
        Column("Kind", one_of(tuple(ORDERS)), blank=False),
        Column("Start", DAY, blank=False),
        Column("End", DAY_AHEAD),
        Column("Risk", one_of(RISKS)),
        Column("Conditions", text(255), personal=True),
        Column("Need", one_of(("victim of domestic abuse", "adult at risk", "care leaver"))),
        Column("Status", one_of(("current", "ended", "recalled", "entered in error"))),
    ),
    rows=(in_order("Start", "End"),),
    id="Order Ref",
    withdrawn="\"Status\" = 'entered in error'",
    becomes=("event", "mention"),
    members="*probation*.csv",
    maps={
        "kind": "'probation-order'",
        "reference": '"Order Ref"',
        "category": slugs("Kind", ORDERS),
        "offence": '"Kind"',
        **from_day_to_day("Start", "End"),
        "place_precision": "'none'",
        "outcome": '"Status"',
        **who("Order Ref", "supervised"),
    },
)  # fmt: skip


def _intelligence(
    name: str, title: str, source: str, controller: str, onward: str, own: tuple[Column, ...], route: str
) -> Feed:
    return Feed(
        name=name,
        title=title,
        version=1,
        record_class=Class(source, "intelligence", "police", controller, PART3, onward),
        columns=(
            Column("Log Number", REFERENCE, blank=False),
            Column("Marking", text(40)),
            Column("Logged On", DAY, blank=False),
            Column("Source Ref", OPAQUE, blank=False),
            Column("Grading", GRADING, blank=False),
            *WHO,
            Column("Goods", one_of(GOODS), blank=False),
            *own,
            Column("Text", text(2000), personal=True),
            Column("Status", one_of(("live", "withdrawn"))),
        ),
        id="Log Number",
        marking="Marking",
        withdrawn="\"Status\" = 'withdrawn'",
        becomes=("event", "mention"),
        members=f"*{name}*.csv",
        maps={
            "kind": "'intelligence'",
            "reference": '"Log Number"',
            "category": "'intelligence'",
            "offence": '"Goods"',
            **on_day("Logged On"),
            "place_precision": "'none'",
            "place": route,
            "outcome": '"Grading"',
            **who("Log Number", "subject"),
        },
    )  # fmt: skip


HMRC = _intelligence(
    "hmrc-intelligence",
    "HMRC: intelligence on goods and money",
    "hmrc",
    "The Commissioners for HM Revenue and Customs",
    "Nothing onward without HMRC's written consent (Commissioners for Revenue and Customs Act 2005, s.18)",
    (Column("Route", text(200)), Column("Business", text(120), personal=True)),
    '"Route"',
)
BORDER_FORCE = _intelligence(
    "border-force-intelligence",
    "Border Force: intelligence on goods and people that cross the border",
    "border-force",
    "The Secretary of State for the Home Department (Border Force)",
    "Nothing onward without Border Force; never disclosed as evidence as it stands",
    (Column("Port", text(80)), Column("Route", text(200)), Column("Vehicle", text(20), personal=True)),
    'if("Port" = \'\', "Route", "Port" || \': \' || "Route")',
)
FEEDS = (PROBATION, HMRC, BORDER_FORCE)
