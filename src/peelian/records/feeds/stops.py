"""data.police.uk: stops and searches, published monthly by force (Open Government Licence v3.0).

No row has an id and no column names the force: the file's name does (``2018-03-essex-stop-and-search.csv``, ADR 5). A stop is what police
chose to do, never a measure of crime. Columns and words: general knowledge of the publisher's files, unverified.
"""

from __future__ import annotations

from .declare import MONTH, Class, Column, Feed, RowRule, Rule, number, one_of, pattern, text

# The publisher writes UTC with its offset; what reads back as it was written is a time of the calendar.
STAMP = Rule(
    "a time as YYYY-MM-DDTHH:MM:SS+00:00, from 2010-12 to the day of reading",
    r"regexp_full_match({x}, '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\+00:00|\+01:00|Z)') "
    "AND CAST(TRY_CAST(replace({x}[:19], 'T', ' ') AS TIMESTAMP) AS VARCHAR) = replace({x}[:19], 'T', ' ') "
    "AND {x} >= '2010-12-01' AND {x} < strftime({on} + INTERVAL 1 DAY, '%Y-%m-%d')",
)
TRUTH = one_of(("True", "False"), "True, False or empty")
AGES = ("under 10", "10-17", "18-24", "25-34", "over 34")
_DAY = 'TRY_CAST("Date"[:10] AS TIMESTAMP)'
# Some forces give the day alone, which shows as midnight (data.police.uk, About): such a stop has no time.
_UNTIMED = "\"Date\"[12:19] = '00:00:00'"

FEED = Feed(
    name="police-uk-stop-and-search",
    title="police.uk stop and search",
    version=1,
    record_class=Class(
        "police-uk",
        "stop",
        "open",
        "Home Office (data.police.uk)",
        "none",
        "Open Government Licence v3.0: state the source",
    ),
    columns=(
        Column("Type", one_of(("Person search", "Vehicle search", "Person and Vehicle search")), blank=False),
        Column("Date", STAMP, blank=False),
        Column("Part of a policing operation", TRUTH),
        Column("Policing operation", text(255)),
        Column("Latitude", number(49, 61.5, "degrees (Great Britain and Northern Ireland)")),
        Column("Longitude", number(-9.5, 2.5, "degrees (Great Britain and Northern Ireland)")),
        Column("Gender", one_of(("Male", "Female", "Other"), "Male, Female, Other or empty")),
        Column("Age range", one_of(AGES, "one of " + ", ".join(AGES) + ", or empty")),
        Column("Self-defined ethnicity", text(120)),
        Column("Officer-defined ethnicity", one_of(("White", "Black", "Asian", "Mixed", "Other"), "White, Black, Asian, Mixed, Other or empty")),
        Column("Legislation", text(200)),
        Column("Object of search", text(120)),
        Column("Outcome", text(120)),
        Column("Outcome linked to object of search", TRUTH),
        Column("Removal of more than just outer clothing", TRUTH),
        Column("Force", pattern("[a-z][a-z-]{2,40}", "a force as police.uk writes it, such as essex"), blank=False, optional=True),
        Column("Month", MONTH, blank=False, optional=True),
    ),
    rows=(RowRule(("Longitude", "Latitude"), "both, or neither", "(\"Longitude\" = '') = (\"Latitude\" = '')"),),
    lonlat=("Longitude", "Latitude"),
    slice=("Force", "Month"),
    told_by_name=r"(?P<Month>\d{4}-\d\d)-(?P<Force>[a-z][a-z-]*)-stop-and-search\b.*",
    becomes=("event",),
    members="*stop-and-search*.csv",
    maps={
        "kind": "'stop'",
        "category": "'stop-and-search'",
        "offence": '"Object of search"',
        "start": f"CASE WHEN {_UNTIMED} THEN timezone('Europe/London', {_DAY}) ELSE TRY_CAST(\"Date\" AS TIMESTAMPTZ) END",
        "end": f"CASE WHEN {_UNTIMED} THEN timezone('Europe/London', {_DAY} + INTERVAL 1 DAY) ELSE TRY_CAST(\"Date\" AS TIMESTAMPTZ) END",
        "precision": f"CASE WHEN {_UNTIMED} THEN 'day' ELSE 'minute' END",
        "easting": "_easting",
        "northing": "_northing",
        "place_precision": "CASE WHEN \"Latitude\" = '' THEN 'none' ELSE 'snapped' END",
        "outcome": '"Outcome"',
    },
)  # fmt: skip
FEEDS = (FEED,)
