"""The linkage model: what of two mentions is compared, in which steps, and which pairs are looked at.

This is the one place that declares it. Splink learns from the installation's own mentions how often each step is met by two mentions
of one person (m) and of two people (u); log2(m / u) is the step's weight in bits. A step is taken only where none above it holds.
A value that is missing on either side weighs nothing. `training.py` fits and freezes it, `scores.py` scores with it.
"""

from __future__ import annotations

from splink import SettingsCreator
from splink.comparison_level_library import (
    And,
    ArrayIntersectLevel,
    CustomLevel,
    ElseLevel,
    ExactMatchLevel,
    JaroWinklerLevel,
    LevenshteinLevel,
    NullLevel,
)
from splink.comparison_library import CustomComparison
from splink.internals.comparison_level_creator import ComparisonLevelCreator

NOT_SAID = "not said by both"


def step(sql: str, words: str) -> CustomLevel:
    """A step written in DuckDB's SQL, which Splink puts into another engine's."""
    return CustomLevel(sql, label_for_charts=words, base_dialect_str="duckdb")


def said(level: ComparisonLevelCreator, words: str) -> ComparisonLevelCreator:
    """A step of Splink's library, named in the words that a reviewer reads."""
    return level.configure(label_for_charts=words)


def missing(column: str) -> ComparisonLevelCreator:
    """The step that weighs nothing: one of the two does not say."""
    return said(NullLevel(column), NOT_SAID)


EXCHANGED = "head_l = forename_r AND forename_l = head_r"

SURNAME = CustomComparison(
    output_column_name="surname",
    comparison_levels=[
        missing("surname"),
        said(ExactMatchLevel("surname", term_frequency_adjustments=True), "the same surname"),
        step(EXCHANGED, "forename and surname exchanged"),
        said(JaroWinklerLevel("surname", 0.92), "nearly the same surname"),
        said(And(ExactMatchLevel("sounds"), JaroWinklerLevel("surname", 0.8)), "a surname that sounds the same"),
        step("head_l = head_r OR surname_l LIKE '% ' || surname_r OR surname_r LIKE '% ' || surname_l", "part of the surname"),
        said(JaroWinklerLevel("surname", 0.85), "a surname somewhat alike"),
        said(ElseLevel(), "another surname"),
    ],
)  # fmt: skip

FORENAME = CustomComparison(
    output_column_name="forename",
    comparison_levels=[
        # Exchanged names are weighed once, with the surname.
        step(f"forename_l IS NULL OR forename_r IS NULL OR (surname_l <> surname_r AND {EXCHANGED})", f"{NOT_SAID}, or exchanged")
        .configure(is_null_level=True),
        said(ExactMatchLevel("forename", term_frequency_adjustments=True), "the same forename"),
        said(ArrayIntersectLevel("roots", 1), "a short form of the forename"),
        said(JaroWinklerLevel("forename", 0.9), "nearly the same forename"),
        step("(length(forename_l) = 1 OR length(forename_r) = 1) AND left(forename_l, 1) = left(forename_r, 1)",
             "the same initial"),
        said(JaroWinklerLevel("forename", 0.8), "a forename somewhat alike"),
        said(ElseLevel(), "another forename"),
    ],
)  # fmt: skip

SECOND = CustomComparison(
    output_column_name="second",
    comparison_levels=[
        missing("second"),
        said(ExactMatchLevel("second"), "the same initial of the second forename"),
        said(ElseLevel(), "another second forename"),
    ],
)

BORN = CustomComparison(
    output_column_name="born",
    comparison_levels=[
        missing("born"),
        # A clerk who knows the year alone often enters 1 January: two of those tell little more than the year.
        step("born_l = born_r AND right(born_l, 5) = '01-01'", "1 January of the same year in both"),
        said(ExactMatchLevel("born"), "the same date of birth"),
        step("born_l = swapped_r", "day and month of birth exchanged"),
        said(LevenshteinLevel("born", 1), "date of birth with one digit changed"),
        step("year_l = year_r AND (right(born_l, 5) = '01-01' OR right(born_r, 5) = '01-01')",
             "the same year of birth, one of them on 1 January"),
        step("right(born_l, 5) = right(born_r, 5) AND abs(year_l - year_r) = 1", "day and month of birth, a year apart"),
        step("left(born_l, 7) = left(born_r, 7)", "the same month of birth"),
        said(ElseLevel(), "another date of birth"),
    ],
)  # fmt: skip

SEX = CustomComparison(
    output_column_name="sex",
    comparison_levels=[
        missing("sex"),
        said(ExactMatchLevel("sex"), "the same sex"),
        said(ElseLevel(), "another sex"),
    ],
)

HOME = CustomComparison(
    output_column_name="home",
    comparison_levels=[
        step("(postcode_l IS NULL OR postcode_r IS NULL) AND (street_l IS NULL OR street_r IS NULL)", NOT_SAID)
        .configure(is_null_level=True),
        said(And(ExactMatchLevel("postcode"), ExactMatchLevel("house")), "the same house"),
        said(And(ExactMatchLevel("street"), ExactMatchLevel("house")), "the same number and street"),
        said(ExactMatchLevel("postcode"), "the same postcode"),
        said(And(ExactMatchLevel("house"), JaroWinklerLevel("street", 0.9)), "the same number in a street of nearly that name"),
        said(ElseLevel(), "another address"),
    ],
)  # fmt: skip

PHONE = CustomComparison(
    output_column_name="phone",
    comparison_levels=[
        missing("phone"),
        said(ExactMatchLevel("phone"), "the same telephone number"),
        said(ElseLevel(), "another telephone number"),
    ],
)

COMPARISONS = [SURNAME, FORENAME, SECOND, BORN, SEX, HOME, PHONE]
WORDS = {
    "surname": "Surname", "forename": "Forename", "second": "Second forename", "born": "Date of birth", "sex": "Sex",
    "home": "Address", "phone": "Telephone",
}  # fmt: skip

# A pair is looked at where all columns of one key agree. The typed record is looked up by the same keys. `rare` is `names` where
# nothing but the two names has to agree for the pair to reach LOWER (`scores.prepared`); of commoner names there are too many pairs.
KEYS: tuple[tuple[str, ...], ...] = (
    ("surname", "born"),
    ("forename", "born"),
    ("postcode", "born"),
    ("phone", "born"),
    ("names", "year"),
    ("names", "postcode"),
    ("names", "street"),
    ("names", "phone"),
    ("surname", "postcode"),
    ("forename", "postcode"),
    ("surname", "phone"),
    ("forename", "phone"),
    ("rare",),
)
# Two roles in one record are practically never one person: the victim of a crime is not its suspect.
APART = "(l.event <> r.event OR l.role = r.role)"
# Names whose frequency counts: that two people are called Smith says less than that two are called Featherstonehaugh.
FREQUENCIES = ("surname", "forename")

# Local settings [DESIGN], in thousandths of a bit; chosen on made-up counties of 20,000 people, before the figures of
# benchmarks/linkage.py were taken on another. From LOWER a person looks at the pair, from UPPER it is a link.
LOWER, UPPER = 0, 7_000
# For training [DESIGN]: pairs that agree in one of these are surely of one person; what share of all such pairs they are.
SURE: tuple[tuple[str, ...], ...] = (("surname", "forename", "born"), ("surname", "forename", "phone"))
SURE_SHARE = 0.7
# Splink learns the steps of each comparison from pairs that agree in columns of others.
LEARN_FROM: tuple[tuple[str, ...], ...] = (("surname", "forename"), ("born", "postcode"))
# However few pairs were seen: the least m of a step that speaks against one person, and the least u of any [DESIGN].
LEAST_M, LEAST_U = 0.001, 1e-6


def declaration(keys: tuple[tuple[str, ...], ...] = KEYS) -> SettingsCreator:
    """The model as Splink takes it, nothing learnt yet; training needs no keys."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="key",
        comparisons=list(COMPARISONS),
        blocking_rules_to_generate_predictions=[
            {"blocking_rule": " AND ".join([*(f"l.{c} = r.{c}" for c in key), APART]), "sql_dialect": "duckdb"}
            for key in keys
        ],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
