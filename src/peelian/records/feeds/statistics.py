"""Official statistics that compare forces: recorded outcomes, stops and searches, crime severity, workforce (Open Government Licence v3.0).

Read as any other source: strictly, with quarantine and editions; a row becomes a figure, which stays in the lake. What a publisher
writes for "not given" (``NA``, ``N/A``, ``-``, ``:``) is no number, and never nought.
"""

from __future__ import annotations

from .declare import DAY, Class, Column, Feed, Rule, cell, one_of, pattern, text

QUARTERS = ("1", "2", "3", "4")
# Home Office outcome types 0 (not yet assigned) to 22.
TYPES = tuple(map(str, range(23)))
FINANCIAL = pattern(r"20\d\d/\d\d", "a financial year such as 2017/18")


def _amount(missing: tuple[str, ...] = ()) -> Rule:
    """A number, which may be below nought where a later return takes offences back; or the publisher's word for none."""
    words = "".join(f", or {word} for not given" for word in missing)
    return Rule(
        "a number" + words,
        r"regexp_full_match({x}, '-?\d{1,12}(\.\d{1,20})?')"
        + (" OR " + " OR ".join(f"{{x}} = '{word}'" for word in missing) if missing else ""),
    )


def _force(column: str) -> str:
    """SQL: a force by one name, whichever publisher writes it."""
    return f"CASE {cell(column)} WHEN 'London, City of' THEN 'City of London' ELSE replace({cell(column)}, ' & ', ' and ') END"


def _class(name: str, controller: str) -> Class:
    return Class("statistics", name, "open", controller, "none", "Open Government Licence v3.0: state the source")


OUTCOMES = Feed(
    name="home-office-outcomes",
    title="Home Office crime outcomes by force",
    version=1,
    record_class=_class("outcomes", "Home Office (police recorded crime and outcomes open data)"),
    columns=(
        Column("financial_year", FINANCIAL, blank=False),
        Column("financial_quarter", one_of(QUARTERS), blank=False),
        Column("force_name", text(80), blank=False),
        Column("offence_description", text(200)),
        Column("offence_group", text(120)),
        Column("offence_subgroup", text(120)),
        Column("offence_code", text(40)),
        Column("offence_code_expired", text(20)),
        Column("outcome_description", text(200)),
        Column("outcome_group", text(120)),
        Column("outcome_type", one_of(TYPES), blank=False),
        Column("offences", _amount(("NA",)), blank=False),
        Column("force_outcomes_recorded_in_quarter", _amount(("NA",))),
    ),
    slice=("force_name", "financial_year", "financial_quarter"),
    becomes=("figure",),
    members="*outcomes*.csv",
    maps={
        "force": _force("force_name"),
        "period": '"financial_year"',
        "dimension": '"outcome_type"',
        "value": 'TRY_CAST("offences" AS DOUBLE)',
    },
)
STOPS = Feed(
    name="stop-and-search-rates",
    title="Stops and searches by force and ethnicity",
    version=1,
    record_class=_class("stops", "Race Disparity Unit, from Home Office"),
    columns=(
        Column("year", FINANCIAL, blank=False),
        Column("ethnicity", text(80), blank=False),
        Column("classification", one_of(("All", "ONS 2001 5+1", "ONS 2001 16+1")), blank=False),
        Column("force", text(80), blank=False),
        Column("searches", _amount(("-", "N/A")), blank=False),
        Column("searches_all_reported", _amount(("-", "N/A"))),
        Column("population", _amount(("-", "N/A"))),
        Column("rate_per_1000", _amount(("-", "N/A"))),
        Column("share", pattern(r"\d{1,3}%|-|N/A", "a share such as 15%, or - or N/A for not given")),
    ),
    slice=("force", "year"),
    becomes=("figure",),
    members="*stop*.csv",
    maps={
        "force": _force("force"),
        "period": '"year"',
        "dimension": '"ethnicity"',
        "value": 'TRY_CAST("searches" AS DOUBLE)',
    },
)
SEVERITY = Feed(
    name="crime-severity",
    title="Crime Severity Score by force",
    version=1,
    record_class=_class("severity", "Office for National Statistics"),
    columns=(
        Column("offence_group", text(80), blank=False),
        Column("code", pattern(r"[A-Z]\d{8}", "an area code such as E23000028"), blank=False),
        Column("name", text(80), blank=False),
        Column("year_ending", DAY, blank=False),
        Column("severity_score", _amount((":",)), blank=False),
    ),
    slice=("name", "year_ending"),
    becomes=("figure",),
    members="*severity*.csv",
    maps={
        "force": _force("name"),
        "period": '"year_ending"',
        "dimension": '"offence_group"',
        "value": 'TRY_CAST("severity_score" AS DOUBLE)',
    },
)
WORKFORCE = Feed(
    name="police-workforce",
    title="Police workforce by force",
    version=1,
    record_class=_class("workforce", "Home Office (police workforce open data)"),
    columns=(
        Column("date", DAY, blank=False),
        Column("geo_code", pattern(r"[A-Z]\d{8}", "an area code such as E23000028"), blank=False),
        Column("force_name", text(80), blank=False),
        Column("region", text(80)),
        Column("worker_type", text(60), blank=False),
        Column("total_headcount", _amount(), blank=False),
        Column("total_fte", _amount(), blank=False),
    ),
    slice=("force_name", "date"),
    becomes=("figure",),
    members="*workforce*.csv",
    maps={
        "force": _force("force_name"),
        "period": '"date"',
        "dimension": '"worker_type"',
        "value": 'TRY_CAST("total_headcount" AS DOUBLE)',
    },
)
FEEDS = (OUTCOMES, STOPS, SEVERITY, WORKFORCE)
