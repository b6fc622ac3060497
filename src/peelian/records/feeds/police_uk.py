"""data.police.uk: street-level crime and anti-social behaviour, published monthly by force (Open Government Licence v3.0).

Points are snapped to a master list of map points, so results are area-level. Anti-social behaviour has no id: rows alike
in every cell are separate incidents. Labels: police.uk documentation and About pages.
"""

from __future__ import annotations

from .declare import EASTING, MONTH, NORTHING, Class, Column, Feed, RowRule, cell, number, one_of, pattern, quoted, text

# Label in the CSV to slug of the API (source: data.police.uk documentation, crime categories).
CATEGORIES = {
    "Anti-social behaviour": "anti-social-behaviour",
    "Bicycle theft": "bicycle-theft",
    "Burglary": "burglary",
    "Criminal damage and arson": "criminal-damage-arson",
    "Drugs": "drugs",
    "Other crime": "other-crime",
    "Other theft": "other-theft",
    "Possession of weapons": "possession-of-weapons",
    "Public order": "public-order",
    "Robbery": "robbery",
    "Shoplifting": "shoplifting",
    "Theft from the person": "theft-from-the-person",
    "Vehicle crime": "vehicle-crime",
    "Violence and sexual offences": "violent-crime",
    # Categories of older files (2010 to 2013); the same sources list them.
    "Violent crime": "violent-crime",
    "Public disorder and weapons": "public-order",
}

LSOA = pattern(r"[A-Z]\d{8}|95[A-Z0-9]{6}", "an area code such as E01015814, or empty")


def category(column: str, labels: dict[str, str] = CATEGORIES) -> str:
    """SQL: the slug of a label."""
    return (
        "CASE "
        + cell(column)
        + " "
        + " ".join(f"WHEN {quoted(k)} THEN {quoted(v)}" for k, v in labels.items())
        + " END"
    )


_MONTH = "TRY_CAST(\"Month\" || '-01' AS TIMESTAMP)"

STREET = Feed(
    name="police-uk-street",
    title="police.uk street-level crime and anti-social behaviour",
    version=1,
    record_class=Class(
        "police-uk",
        "street",
        "open",
        "Home Office (data.police.uk)",
        "none",
        "Open Government Licence v3.0: state the source",
    ),
    columns=(
        Column("Crime ID", pattern("[0-9a-f]{64}", "64 hexadecimal digits, or empty"), optional=True),
        Column("Month", MONTH, blank=False),
        Column("Reported by", blank=False),
        Column("Falls within", blank=False),
        Column("Longitude", number(-9.5, 2.5, "degrees (Great Britain and Northern Ireland)"), optional=True),
        Column("Latitude", number(49, 61.5, "degrees (Great Britain and Northern Ireland)"), optional=True),
        Column("Easting", EASTING, optional=True),
        Column("Northing", NORTHING, optional=True),
        Column("Location", text(255)),
        Column("LSOA code", LSOA, optional=True),
        Column("LSOA name", optional=True),
        Column("Crime type", one_of(tuple(CATEGORIES)), blank=False),
        Column("Last outcome category", text(120), optional=True),
        Column("Context", optional=True),
    ),
    either=(("Longitude", "Latitude"), ("Easting", "Northing")),
    rows=(
        RowRule(("Longitude", "Latitude"), "both, or neither", "(\"Longitude\" = '') = (\"Latitude\" = '')"),
        RowRule(("Easting", "Northing"), "both, or neither", "(\"Easting\" = '') = (\"Northing\" = '')"),
    ),
    lonlat=("Longitude", "Latitude"),
    id="Crime ID",
    slice=("Reported by", "Month"),
    becomes=("event",),
    members="*street*.csv",
    maps={
        "kind": "CASE WHEN \"Crime type\" = 'Anti-social behaviour' THEN 'asb' ELSE 'crime' END",
        "reference": '"Crime ID"',
        "category": category("Crime type"),
        "offence": "''",
        "ho_class": "''",
        "start": f"timezone('Europe/London', {_MONTH})",
        "end": f"timezone('Europe/London', {_MONTH} + INTERVAL 1 MONTH)",
        "precision": "'month'",
        "reported": "CAST(NULL AS TIMESTAMPTZ)",
        "easting": 'coalesce(_easting, TRY_CAST("Easting" AS DOUBLE))',
        "northing": 'coalesce(_northing, TRY_CAST("Northing" AS DOUBLE))',
        "place_precision": "CASE WHEN \"Latitude\" = '' AND \"Northing\" = '' THEN 'none' ELSE 'snapped' END",
        "place": '"Location"',
        "location_type": "''",
        "area": '"LSOA code"',
        "outcome": '"Last outcome category"',
        "domestic": "CAST(NULL AS BOOLEAN)",
    },
)
FEEDS = (STREET,)
