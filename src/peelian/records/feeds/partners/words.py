"""What the partners' declarations share: times, people, and the expressions that map them."""

from __future__ import annotations

from ..declare import DAY, Column, RowRule, cell, london, one_of, pattern, quoted, text
from ..force import POSTCODE

TIME = pattern(r"([01]\d|2[0-3]):[0-5]\d", "a time of day as HH:MM, or empty")
SEX = one_of(("F", "M"), "F, M or empty")
YES_NO = one_of(("Y", "N"), "Y, N or empty")
GDPR, PART3 = "gdpr", "part3"
WHO = (
    Column("Surname", text(120), personal=True),
    Column("Forenames", text(160), personal=True),
    Column("Date of Birth", DAY, personal=True),
    Column("Sex", SEX, personal=True),
    Column("Address", text(255), personal=True),
    Column("Postcode", POSTCODE, personal=True),
)


def who(key: str, role: str) -> dict[str, str]:
    """The maps of a mention whose columns are `WHO`."""
    return {
        "key": cell(key),
        "role": quoted(role),
        "surname": '"Surname"',
        "forenames": '"Forenames"',
        "sex": '"Sex"',
        "born_on": 'TRY_CAST("Date of Birth" AS DATE)',
        "address": '"Address"',
        "postcode": '"Postcode"',
    }


def slugs(column: str, words: dict[str, str]) -> str:
    """SQL: the slug of a source's word."""
    return f"CASE {cell(column)} " + " ".join(f"WHEN {quoted(k)} THEN {quoted(v)}" for k, v in words.items()) + " END"


def on_day(column: str) -> dict[str, str]:
    """The maps of what is known to the day: the whole of it, as a half-open span."""
    day = f"TRY_CAST({cell(column)} AS TIMESTAMP)"
    return {
        "start": f"timezone('Europe/London', {day})",
        "end": f"timezone('Europe/London', {day} + INTERVAL 1 DAY)",
        "precision": "'day'",
        "reported": london(cell(column)),
    }


def from_day_to_day(first: str, last: str) -> dict[str, str]:
    """The maps of what goes on from one day to another, the last of them included; open where the last is empty."""
    begin, end = (f"TRY_CAST({cell(c)} AS TIMESTAMP)" for c in (first, last))
    return {
        "start": f"timezone('Europe/London', {begin})",
        "end": f"timezone('Europe/London', {end} + INTERVAL 1 DAY)",
        "precision": "'range'",
    }


def moment(column: str) -> dict[str, str]:
    """The maps of what is known to the minute."""
    at = london(cell(column))
    return {"start": at, "end": at, "precision": "'minute'", "reported": at}


def in_order(first: str, last: str) -> RowRule:
    """A last day no earlier than the first."""
    return RowRule(
        (first, last), "a start no later than the end", f"{cell(last)} = '' OR {cell(first)} <= {cell(last)}"
    )
