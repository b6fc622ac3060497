"""What was typed, checked fact by fact: plain words beside the field, and never a value in a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from .words import About, choices

_SAY = {
    "date": "enter a day, such as 27 March 2026",
    "datetime": "enter a day and a time, such as 27 March 2026 at 14:30",
    "timezone": "enter a day and a time with its time zone",
    "int": "enter a whole number",
    "float": "enter a number",
    "bool": "answer yes or no",
    "literal": "choose one of those listed",
    "string_too_short": "write a little more",
    "string_too_long": "write less",
    "greater": "enter a larger number",
    "less": "enter a smaller number",
}


def said(error: ValidationError) -> str:
    """One fault of one field, in plain words."""
    kind = error.errors()[0]["type"]
    for start in ("datetime", "timezone", *_SAY):
        if kind.startswith(start):
            return _SAY[start]
    return "this cannot be read as an answer to the question"


def checked(
    about: Mapping[str, About], given: Mapping[str, Any], *, asks: Sequence[str], maybe: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """Read a form.

    Returns
    -------
    typed : dict
        Values of the declared types; None for one that was cleared.
    kept : dict
        The same in the forms of JSON, as the journal keeps them.
    faults : dict of str to str
        What is wrong, beside each fact.
    """
    typed: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name in given:
        if name not in (*asks, *maybe):
            faults[name] = "this form does not ask for it"
    for name in (*asks, *maybe):
        value = given.get(name)
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "":
            if name in asks:
                faults[name] = f"answer this: {about[name].question}"
            elif name in given:
                typed[name] = kept[name] = None
            continue
        try:
            read = about[name].adapter.validate_python(value)
        except ValidationError as error:
            fault = said(error)
            faults[name] = (
                f"choose one of: {', '.join(map(str, choices(about[name])))}" if choices(about[name]) else fault
            )
            continue
        if isinstance(read, datetime) and read.tzinfo is None:
            faults[name] = _SAY["timezone"]
            continue
        if isinstance(read, date) and not 1900 <= read.year < 2200:
            faults[name] = "check the year"
            continue
        if isinstance(read, datetime):
            from peelian.core.clock import in_utc

            read = in_utc(read)
        typed[name], kept[name] = read, about[name].adapter.dump_python(read, mode="json")
    return typed, kept, faults
