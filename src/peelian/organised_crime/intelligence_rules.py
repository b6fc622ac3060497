"""O4: how a report is graded, what its conditions allow, and when its text gives its source away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from peelian.core.clock import london_day
from peelian.core.dated import Table
from peelian.core.errors import InvalidInput
from peelian.core.kinds import Proposal

PATH = Path(__file__).with_name("intelligence.toml")
SOURCES = Table(PATH, "intelligence_source", gives={"meaning": str})
ASSESSMENTS = Table(PATH, "intelligence_assessment", gives={"meaning": str})
HANDLINGS = Table(PATH, "intelligence_handling", gives={"meaning": str})
CONDITIONS = Table(PATH, "intelligence_condition", gives={"meaning": str, "overt": bool})
OLDER_SOURCES = Table(PATH, "intelligence_older_source", gives={"newer": str})
OLDER_ASSESSMENTS = Table(PATH, "intelligence_older_assessment", gives={"newer": str})
_GRADE = re.compile(r"([123])([A-E])([PC])")
_OLDER = re.compile(r"([A-E])([1-5])[1-5]?")
_CODES = re.compile(r"(A[123]|S[12])(;(A[123]|S[12]))*")
FALSE = "E"  # suspected to be false: held and audited, and kept from analysis, groups and briefings


@dataclass(frozen=True, slots=True)
class Grade:
    """A 3x5x2 grade.

    Attributes
    ----------
    source, assessment, handling : str
        Codes: 1 to 3, A to E, P or C.
    conditions : tuple of str
        Codes of the conditions, where the handling is C.
    """

    source: str
    assessment: str
    handling: str
    conditions: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str, conditions: str = "") -> Grade:
        """A grade as it is written, such as ``2BP``.

        Raises
        ------
        InvalidInput
            ``peelian.E740`` for one that is no grade; ``peelian.E741`` for C without conditions, or P with some.

        Examples
        --------
        >>> Grade.read("2BP").words(date(2026, 11, 23))
        'source untested; known indirectly but corroborated; lawful sharing permitted'
        """
        found = _GRADE.fullmatch(text.strip())
        if found is None:
            raise InvalidInput(
                "this is no 3x5x2 grade", matters="nobody could tell how far the report may be relied on",
                fix="write source 1 to 3, assessment A to E and handling P or C, such as 2BP", id="peelian.E740",
            )  # fmt: skip
        codes = codes_of(conditions)
        if (found[3] == "C") != bool(codes):
            raise InvalidInput(
                "conditions go with handling code C, and with no other", matters="a reader would not know what is allowed",
                fix="write the conditions, or handling code P", id="peelian.E741",
            )  # fmt: skip
        return cls(found[1], found[2], found[3], codes)

    def words(self, on: date) -> str:
        """The grade in words, as the table of a day has them."""
        told = (
            f"source {SOURCES.look(on=on, code=self.source)['meaning']}",
            ASSESSMENTS.look(on=on, code=self.assessment)["meaning"],
            HANDLINGS.look(on=on, code=self.handling)["meaning"],
            *(CONDITIONS.look(on=on, code=code)["meaning"] for code in self.conditions),
        )
        return "; ".join(told)

    def overt(self, on: date) -> bool:
        """Whether officers on patrol may be told: not what is suspected to be false, nor what a condition keeps covert."""
        allowed = all(CONDITIONS.look(on=on, code=code)["overt"] for code in self.conditions)
        return self.assessment != FALSE and allowed


def from_older(text: str, on: date) -> tuple[str, str]:
    """Source and assessment of an older 5x5x5 grade, as 3x5x2 would most likely say them; the old one is kept beside it.

    Raises
    ------
    InvalidInput
        ``peelian.E740`` for one that is no grade.

    Examples
    --------
    >>> from_older("B24", date(2026, 11, 23))
    ('2', 'B')
    """
    found = _OLDER.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(
            "this is no 5x5x5 grade", matters="nobody could tell how far the report may be relied on",
            fix="write source A to E, intelligence 1 to 5 and handling 1 to 5, such as B24", id="peelian.E740",
        )  # fmt: skip
    return OLDER_SOURCES.look(on=on, code=found[1])["newer"], OLDER_ASSESSMENTS.look(on=on, code=found[2])["newer"]


def corroboration(sources: Iterable[str]) -> int:
    """How many different sources say a thing. Two reports of one source are one; a report without a reference adds nothing."""
    return len({source for source in sources if source})


def codes_of(conditions: str | None) -> tuple[str, ...]:
    """The codes of conditions as somebody wrote them, with or without blanks between.

    Examples
    --------
    >>> codes_of("A1; S2"), codes_of(None)
    (('A1', 'S2'), ())
    """
    return tuple(filter(None, (conditions or "").replace(" ", "").split(";")))


def grade_of(case: Any) -> Grade:
    """The grade of a report; `Unset` while it is not evaluated."""
    return Grade(case.source_grade, case.assessment, case.handling, codes_of(case.get("conditions")))


def grade_words(case: Any) -> str:
    """The grade as it is written and in words."""
    found = grade_of(case)
    return f"{found.source}{found.assessment}{found.handling}: {found.words(london_day(case.at))}"


def told_to_patrols(case: Any) -> str:
    """Whether officers on patrol may be told of it, and why not."""
    found = grade_of(case)
    if found.assessment == FALSE:
        return "no: suspected to be false"
    return (
        "yes"
        if found.overt(london_day(case.at))
        else "no: a condition keeps it covert, or its originator is asked first"
    )


def conditions_fit(case: Any) -> bool:
    """Conditions (codes A1 to A3, S1 or S2, with ; between) go with handling code C, and with no other."""
    codes = (case.get("conditions") or "").replace(" ", "")
    return bool(_CODES.fullmatch(codes)) if case.handling == "C" else not codes


def reference_is_opaque(case: Any) -> bool:
    """A source is written as a reference such as SR-48213, never as a name."""
    told = case.get("source_ref")
    return not told or re.fullmatch(r"[A-Z]{0,4}[-/]?[0-9]{2,10}", told) is not None


def names_no_source(case: Any) -> bool:
    """The sanitised text holds no reference of the source, and is not word for word what a human source said."""
    text, reference = case.sanitised, case.get("source_ref")
    same = " ".join(text.split()).casefold() == " ".join(case.raw.split()).casefold()
    return not (reference and reference in text) and not (same and case.provenance == "human source")


def another_sanitises(case: Any) -> bool:
    """Whoever sanitises a report did not submit it."""
    return case.by.name not in case.hands("submit")


def originator_asked(case: Any) -> bool:
    """Condition S2: the originator agrees before it goes to anybody."""
    return "S2" not in codes_of(case.get("conditions")) or bool(case.get("originator_agreed"))


def not_false(case: Any) -> bool:
    """What is suspected to be false is kept and audited, and goes to nobody."""
    return bool(case.assessment != FALSE)


def keep_or_delete(case: Any) -> Proposal | None:
    """Propose at a review: what is suspected to be false goes; what is linked to something is kept; the rest is for a person."""
    linked = tuple(row.it.id for row in case.links)
    if case.assessment == FALSE:
        return Proposal("delete", "suspected to be false", "force policy on keeping intelligence")
    if linked:
        return Proposal("keep", f"linked to {len(linked)}", "force policy on keeping intelligence", linked)
    return None
