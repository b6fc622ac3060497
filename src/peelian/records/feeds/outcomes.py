"""data.police.uk: what became of each crime, published monthly by force (Open Government Licence v3.0).

One row is one outcome: a crime that was charged and then tried has two, so the Crime ID that it shares with the street file is its
reference, not its identity; its point stands in the street file. Columns: general knowledge of the publisher's files, unverified; labels: its documentation, stored.
"""

from __future__ import annotations

from .declare import MONTH, Class, Column, Feed, RowRule, cell, number, one_of, pattern, quoted, text
from .police_uk import LSOA

# Label in the CSV, and the group that Peelian puts it in (source: data.police.uk documentation and About pages, Home Office, outcome
# categories; the groups are design).
OUTCOMES = {
    "Awaiting court outcome": "charged or summonsed",
    "Court result unavailable": "charged or summonsed",
    "Court case unable to proceed": "charged or summonsed",
    "Local resolution": "out of court",
    "Investigation complete; no suspect identified": "no suspect",
    "Offender deprived of property": "charged or summonsed",
    "Offender fined": "charged or summonsed",
    "Offender given absolute discharge": "charged or summonsed",
    "Offender given a caution": "out of court",
    "Offender given a drugs possession warning": "out of court",
    "Offender given a penalty notice": "out of court",
    "Offender given community sentence": "charged or summonsed",
    "Offender given conditional discharge": "charged or summonsed",
    "Offender given suspended prison sentence": "charged or summonsed",
    "Offender sent to prison": "charged or summonsed",
    "Offender otherwise dealt with": "charged or summonsed",
    "Offender ordered to pay compensation": "charged or summonsed",
    "Suspect charged as part of another case": "charged or summonsed",
    "Suspect charged": "charged or summonsed",
    "Defendant found not guilty": "charged or summonsed",
    "Defendant sent to Crown Court": "charged or summonsed",
    "Unable to prosecute suspect": "evidential difficulties",
    "Formal action is not in the public interest": "other",
    "Action to be taken by another organisation": "other",
    "Further investigation is not in the public interest": "other",
    "Further action is not in the public interest": "other",
    "Under investigation": "unknown",
    "Status update unavailable": "unknown",
}
# The files say it in one way and the API in another.
SAME = {"Offender given penalty notice": "Offender given a penalty notice"}


def outcome(column: str) -> str:
    """SQL: the label of an outcome, in the one form in which it is held."""
    return (
        f"CASE {cell(column)} "
        + " ".join(f"WHEN {quoted(k)} THEN {quoted(v)}" for k, v in SAME.items())
        + f" ELSE {cell(column)} END"
    )


_MONTH = "TRY_CAST(\"Month\" || '-01' AS TIMESTAMP)"
FEED = Feed(
    name="police-uk-outcomes",
    title="police.uk outcomes of crimes",
    version=1,
    record_class=Class(
        "police-uk",
        "outcome",
        "open",
        "Home Office (data.police.uk)",
        "none",
        "Open Government Licence v3.0: state the source",
    ),
    columns=(
        Column("Crime ID", pattern("[0-9a-f]{64}", "64 hexadecimal digits"), blank=False),
        Column("Month", MONTH, blank=False),
        Column("Reported by", blank=False),
        Column("Falls within", blank=False),
        Column("Longitude", number(-9.5, 2.5, "degrees (Great Britain and Northern Ireland)")),
        Column("Latitude", number(49, 61.5, "degrees (Great Britain and Northern Ireland)")),
        Column("Location", text(255)),
        Column("LSOA code", LSOA),
        Column("LSOA name"),
        Column("Outcome type", one_of((*OUTCOMES, *SAME)), blank=False),
    ),
    rows=(RowRule(("Longitude", "Latitude"), "both, or neither", "(\"Longitude\" = '') = (\"Latitude\" = '')"),),
    slice=("Reported by", "Month"),
    becomes=("event",),
    members="*outcomes*.csv",
    maps={
        "kind": "'outcome'",
        "reference": '"Crime ID"',
        "category": "'outcome'",
        "start": f"timezone('Europe/London', {_MONTH})",
        "end": f"timezone('Europe/London', {_MONTH} + INTERVAL 1 MONTH)",
        "precision": "'month'",
        "place_precision": "'none'",
        "place": '"Location"',
        "area": '"LSOA code"',
        "outcome": outcome("Outcome type"),
    },
)  # fmt: skip
FEEDS = (FEED,)
