"""The document tree refuses what would mislead a reader."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.core.document import (
    Column,
    Document,
    Estimate,
    Figure,
    Finding,
    Note,
    Paragraph,
    Points,
    Section,
    Source,
    Table,
    Task,
)
from peelian.core.errors import InvalidInput

TABLE = Table("Crimes by month", (Column("Month"), Column("Crimes", "number")), (("January", 3), ("February", None)))
SOURCE = (Source("police-uk-street", "batch 1"),)


def document(*blocks):
    return Document("Burglary", "Essex", "OFFICIAL", date(2026, 11, 23), (), (Section("All", tuple(blocks)),))


@pytest.mark.parametrize("alt", ["", "  \n"])
def test_a_figure_without_words_is_refused(alt):
    with pytest.raises(InvalidInput, match="no text alternative"):
        Figure("Burglary fell", {}, alt, TABLE, SOURCE)


def test_a_figure_without_a_source_is_refused():
    with pytest.raises(InvalidInput, match="no source"):
        Figure("Burglary fell", {}, "A chart", TABLE, ())


def test_a_row_with_a_cell_too_many_is_named():
    with pytest.raises(InvalidInput, match=r'table "T", row 2[\s\S]*2 cells under 1 columns'):
        Table("T", (Column("A"),), (("a",), ("a", "b")))


def task(*findings):
    return Task("Visit", "Inspector", date(2027, 1, 1), findings, "Fewer repeats")


@pytest.mark.parametrize(
    ("blocks", "fault"),
    [
        (lambda: [task()], "rests on no finding"),
        (lambda: [Finding("a", "It rose."), task("b")], "not in the document"),
        (lambda: [Finding("a", "It rose."), Finding("a", "It fell.")], "two findings have one id"),
    ],
)
def test_a_task_rests_on_a_finding_of_the_document(blocks, fault):
    with pytest.raises(InvalidInput, match=fault):
        document(*blocks())


def test_findings_are_found_in_sub_sections():
    held = document(Section("Sub", (Finding("a", "It rose."),)), task("a"))
    assert held.finding("a").text == "It rose."


@pytest.mark.parametrize(
    ("column", "cell", "shown"),
    [
        (Column("A", "number"), 12345, "12,345"),
        (Column("A", "number", decimals=1), 2.25, "2.2"),
        (Column("A", "number"), "fewer than 5", "fewer than 5"),
        (Column("A", "number"), None, "not known"),
        (Column("A", "percent"), 0.239, "24%"),
        (Column("A", "percent", decimals=1), Estimate(0.1, 0.05, 0.2), "10.0% (5.0 to 20.0)"),
        (Column("A", "number", decimals=1), Estimate(4.24, 3.91, 1234.6), "4.2 (3.9 to 1,234.6)"),
        (Column("A", "date"), date(2026, 3, 1), "1 March 2026"),
        (Column("A", "date"), datetime(2026, 3, 1, 9, 5, tzinfo=UTC), "1 March 2026 09:05"),
    ],
)
def test_cells_are_shown_as_people_say_them(column, cell, shown):
    assert column.show(cell) == shown


def test_every_visible_text_is_listed_in_the_order_of_reading():
    held = document(
        Finding("a", "It rose."),
        Paragraph("Prose."),
        Note("Months only.", "Limit"),
        Points(("one", "two")),
        Figure("It rose", {}, "A chart", TABLE, SOURCE),
        task("a"),
    )
    assert list(held.texts()) == [
        "Burglary",
        "Essex",
        "OFFICIAL",
        "23 November 2026",
        "All",
        "It rose.",
        "Prose.",
        "Limit",
        "Months only.",
        "one",
        "two",
        "It rose",
        "Crimes by month",
        "Month",
        "Crimes",
        "January",
        "3",
        "February",
        "not known",
        "police-uk-street",
        "batch 1",
        "Visit",
        "Inspector",
        "1 January 2027",
        "Fewer repeats",
    ]


@given(st.integers(-(10**12), 10**12))
def test_a_number_shown_can_be_read_back(number):
    assert int(Column("A", "number").show(number).replace(",", "")) == number
