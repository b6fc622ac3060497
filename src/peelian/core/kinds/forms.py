"""What was typed, checked fact by fact: plain words beside the field, and never a value in a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations
from math import isfinite
from typing import Any

from pydantic import ValidationError

from peelian.core.clock import in_utc, london_day

from .words import About, choices

SKEW = timedelta(minutes=5)  # clocks of two systems differ by so much, and a form knows minutes alone

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
    about: Mapping[str, About],
    given: Mapping[str, Any],
    *,
    asks: Sequence[str],
    maybe: Sequence[str],
    now: datetime | None = None,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
    """Read a form.

    Parameters
    ----------
    now : datetime, optional
        When it is written: what has happened cannot lie later.

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
            read = in_utc(read)
        fault = _beyond(read, about[name], now)
        if fault:
            faults[name] = fault
            continue
        typed[name], kept[name] = read, about[name].adapter.dump_python(read, mode="json")
    return typed, kept, faults


def _beyond(read: Any, about: About, now: datetime | None) -> str:
    """Why a number or a time cannot be; empty for one that can."""
    if isinstance(read, int | float) and not isinstance(read, bool):
        if not isfinite(read):
            return _SAY["float"]
        return (
            ""
            if about.least is None or read >= about.least
            else f"“{about.question}” cannot be less than {about.least:g}"
        )
    if now is None or about.ahead or not isinstance(read, date):
        return ""
    late = read > now + SKEW if isinstance(read, datetime) else read > london_day(now)
    return f"“{about.question}” lies in the future: write it down when it has happened" if late else ""


def disordered(
    order: Sequence[Sequence[str]], about: Mapping[str, About], held: Mapping[str, Any], typed: Mapping[str, Any]
) -> dict[str, str]:
    """What does not follow in time: a fault beside the fact that was typed, naming the question that it goes against.

    Parameters
    ----------
    order : sequence of sequence of str
        Facts that follow one another.
    held, typed : mapping
        What was known before, and what is typed now; a day and a time are compared as days.
    """
    known = {**held, **typed}
    faults: dict[str, str] = {}
    for names in order:
        for first, then in combinations(names, 2):
            before, after = known.get(first), known.get(then)
            if before is None or after is None or not {first, then} & set(typed):
                continue
            if not (isinstance(before, datetime) and isinstance(after, datetime)):
                before, after = (london_day(t) if isinstance(t, datetime) else t for t in (before, after))
            if before <= after:
                continue
            if then in typed:
                faults.setdefault(then, f"“{about[then].question}” lies before “{about[first].question}”")
            else:
                faults.setdefault(first, f"“{about[first].question}” lies after “{about[then].question}”")
    return faults
