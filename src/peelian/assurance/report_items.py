"""What stands under a question: its narrative, its areas for improvement and its causes of concern, told apart line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from .report_lines import Line, damaged, sentences

HEADING = ("Area for improvement", "Areas for improvement")
CAUSE = ("Cause of concern", "Causes of concern")
RECOMMENDED = ("Recommendation", "Recommendations")
_SHOULD = re.compile(r"^(?:The (?:force|constabulary|service)|[A-Z][\w’' &-]{2,50}) (?:should|needs to)\b")


@dataclass(frozen=True)
class Afi:
    """An area for improvement as printed.

    Attributes
    ----------
    text, line, bullet : str, int, bool
        Its words without sub-points, where it stands, and whether it had a bullet in the source.
    sub_points : list of str
        What stands below it, line by line.
    actions : list of str
        Later sentences that say what else the force should do.
    """

    text: str
    line: int
    bullet: bool
    sub_points: list[str] = field(default_factory=list)

    @property
    def actions(self) -> list[str]:
        """Sentences after the first that say "should"."""
        return [said for said in sentences(self.text)[1:] if " should " in said]


@dataclass(frozen=True)
class Cause:
    """A cause of concern and what is recommended because of it."""

    text: str
    line: int
    recommendations: list[str]


def block(body: list[Line], place: Literal["before", "after"]) -> tuple[list[Line], list[Afi], list[Cause]]:
    """Part what stands under a question into narrative, areas for improvement and causes of concern.

    Parameters
    ----------
    place : str
        ``after`` the narrative, areas for improvement end with the question; ``before`` it, at the first line that is none.

    Raises
    ------
    PeelianError
        ``peelian.E771`` for a heading with nothing below it, or an area for improvement under no heading.
    """
    narrative: list[Line] = []
    afis: list[Afi] = []
    causes: list[Cause] = []
    state, opened = "narrative", 0
    for line in body:
        if line.text in HEADING and not line.bullet:
            if state == "afis" and not afis:
                raise damaged("a heading has no area for improvement below it", f"line {opened}")
            state, opened = "afis", line.n
        elif line.text in CAUSE and not line.bullet:
            state = "cause"
        elif line.text in RECOMMENDED and not line.bullet and causes:
            state = "recommended"
        elif state == "afis" and _item(line, afis, opened, place):
            continue
        elif state == "cause":
            causes.append(Cause(line.text, line.n, []))
        elif state == "recommended" and (line.bullet or not narrative):
            causes[-1].recommendations.append(line.text)
        else:
            if state == "afis" and not [a for a in afis if a.line > opened]:
                raise damaged("a heading has no area for improvement below it", f"line {opened}")
            state = "narrative"
            if line.bullet and _SHOULD.match(line.text):
                raise damaged("an area for improvement stands under no heading", f"line {line.n}")
            narrative.append(line)
    if state == "afis" and not [a for a in afis if a.line > opened]:
        raise damaged("a heading has no area for improvement below it", f"line {opened}")
    return narrative, afis, causes


def _item(line: Line, afis: list[Afi], opened: int, place: str) -> bool:
    """Take a line of the block in; whether it belonged there."""
    last = afis[-1] if afis and afis[-1].line > opened else None
    opens_list = last is not None and (last.text.endswith(":") or last.sub_points)
    if last is not None and opens_list and line.text[:1].islower() and not _ended(last):
        last.sub_points.append(line.text)
    elif line.bullet or _SHOULD.match(line.text):
        afis.append(Afi(line.text, line.n, line.bullet))
    elif last is not None and place == "after":
        afis[-1] = Afi(f"{last.text} {line.text}", last.line, last.bullet, last.sub_points)
    else:
        return False
    return True


def _ended(afi: Afi) -> bool:
    return bool(afi.sub_points) and afi.sub_points[-1].endswith(".")
