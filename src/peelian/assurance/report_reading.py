"""Reports in: the page of one force, year and pillar is read into its questions, grades and areas for improvement.

What is not stated is not guessed: a question without a grade says so. A page of another kind, or one that is cut, mixed up or altered so
that something could be lost, is refused in words. A self-assessment in the same form is read by the same rules (`self_assessment`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from peelian.core.errors import PeelianError

from . import report_grades as grades
from .frameworks import OWN, Asked, Cycle, cycle, scale_of
from .report_grades import Judged, Partial
from .report_items import HEADING, Afi, Cause, block
from .report_lines import Line, damaged, foreign, full_form, heads, lines, plain

_TITLE = re.compile(r"^(?P<force>.{2,60}?) (?P<kind>PEEL|self-assessment) (?P<year>20\d\d(?:/\d\d)?)$")
_UPDATED = re.compile(r"^Last updated (\d\d)/(\d\d)/(20\d\d)$")
LIKE = 93  # of 100: how alike a heading is to the published one to be taken for it [DESIGN]


@dataclass(frozen=True)
class Question:
    """One question of a report.

    Attributes
    ----------
    n, key, heading, line : int, str, str, int
        Its place; the key that stays the same across cycles, or ``unknown``; as printed, and where.
    judged : Judged
        The grade, or None, and where it was found.
    carried_over_from : str
        The year from which the judgement was carried over.
    parts, earlier, earlier_afis, causes : list
        Grades for parts; of earlier years; areas for improvement retold; causes of concern.
    """

    n: int
    key: str
    heading: str
    line: int
    judged: Judged
    narrative: list[Line]
    afis: list[Afi]
    carried_over_from: str = ""
    parts: list[Partial] = field(default_factory=list)
    earlier: list[tuple[str, str]] = field(default_factory=list)
    earlier_afis: list[tuple[str, str]] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """A report as read: `kind` is ``PEEL`` or ``self-assessment``, `judged` the grade of the pillar."""

    kind: str
    force: str
    cycle: str
    pillar: str
    headline: str
    judged: Judged
    updated: date | None
    questions: list[Question]
    warnings: list[str]

    @property
    def afis(self) -> list[tuple[str, Afi]]:
        """Every area for improvement, under the name of its place such as ``4.2``."""
        return [(f"{q.n}.{i}", afi) for q in self.questions for i, afi in enumerate(q.afis, 1)]

    def told(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def read_file(path: Path) -> Report:
    """Read a report from a text file; raises as `read_report`."""
    try:
        return read_report(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError:
        raise foreign("bytes that are no text", "save the page as text (UTF-8)") from None


def read_report(text: str) -> Report:
    """Read a report.

    Parameters
    ----------
    text : str
        The page, as trimmed text or with the lines of the website.

    Raises
    ------
    PeelianError
        ``peelian.E770`` for a page of another kind; ``peelian.E771`` for one that is not whole; ``peelian.E772`` for a cycle whose
        questions are not held; ``peelian.E773`` where what it says of a grade contradicts itself.
    """
    text = text.replace("\r\n", "\n")
    rows, full = lines(text), full_form(text)
    at, title = _title(rows)
    # A self-assessment is made in any year, by the questions of one cycle.
    asked = cycle(OWN if title["kind"] == "self-assessment" else title["year"])
    _is_effectiveness(rows, at, asked)
    found = _sections(rows, at, asked)
    overview = rows[at + 2 : found[0][0]]
    updated = next(
        (date(int(m[3]), int(m[2]), int(m[1])) for line in overview if (m := _UPDATED.match(line.text))), None
    )
    warnings: list[str] = []
    ends = [start for start, *_ in found[1:]] + [len(rows)]
    questions = [
        _question(n, key, head, rows[start + 1 : end], asked, full, warnings)
        for n, ((start, key, head), end) in enumerate(zip(found, ends, strict=True), 1)
    ]
    _ends_whole(rows)
    return Report(
        title["kind"], title["force"], asked.id, "effectiveness", rows[at + 2].text, _pillar(overview, asked), updated, questions, warnings
    )  # fmt: skip


def _title(rows: list[Line]) -> tuple[int, re.Match[str]]:
    first = " ".join(line.text for line in rows[:12]).lower()
    for word, what in (
        ("fire and rescue", "a report on a fire and rescue service"), ("how we inspect", "a text on how the inspectorate inspects"),
        ("recommendation-theme", "a register of recommendations"), ("revisit letter", "a letter on a revisit"),
    ):  # fmt: skip
        if word in first:
            raise foreign(what)
    found = [(at, m) for at, line in enumerate(rows[:12]) if not line.bullet and (m := _TITLE.match(line.text))]
    if rows and rows[0].text.lower() == "overall summary":
        raise foreign("a single report in the form used since 2021/22, which has areas and no questions")
    if not found:
        raise foreign('no title such as "Essex PEEL 2016" in the first lines')
    if sum(bool(_TITLE.match(line.text)) for line in rows) > 1:
        raise foreign("several reports in one file", "give one report at a time")
    return found[0]


def _is_effectiveness(rows: list[Line], at: int, asked: Cycle) -> None:
    pillar = rows[at + 1].text if len(rows) > at + 1 else ""
    if pillar.lower() in ("efficiency", "legitimacy", "leadership", "other inspections"):
        raise foreign(f"a page on {pillar.lower()}")
    if pillar.lower() != "effectiveness":
        raise damaged("the line under the title does not name the pillar", f"line {rows[at].n}")
    if not asked.question:
        raise foreign(f"a page of {asked.id}, whose questions are not held")
    if len(rows) <= at + 2 or fuzz.ratio(plain(rows[at + 2].text), plain(asked.headline)) < LIKE:
        raise damaged("the pillar's own question is missing under its name", f"line {rows[at + 1].n}")


def _sections(rows: list[Line], at: int, asked: Cycle) -> list[tuple[int, str, Line]]:
    """Where each question begins: (index, key, heading). The questions of the cycle stand all, once, in order."""
    found = [(i, _key(line.text, asked.question), line) for i, line in heads(rows) if i > at + 2]
    known = [key for _, key, _ in found if key != "unknown"]
    wanted = [q.key for q in asked.question]
    if known != wanted:
        names = {q.key: q.heading for q in asked.question}
        lost, twice = [k for k in wanted if k not in known], [k for k in wanted if known.count(k) > 1]
        said = (
            f"the question is missing: {names[lost[0]]}" if lost
            else f"the question stands twice: {names[twice[0]]}" if twice else "the questions are not in their order"
        )  # fmt: skip
        raise (foreign("no question of an inspection") if not known else damaged(said))
    return found


def _key(heading: str, asked: Sequence[Asked]) -> str:
    told = plain(heading)
    best = max(asked, key=lambda q: fuzz.ratio(told, plain(q.heading)))
    return best.key if fuzz.ratio(told, plain(best.heading)) >= LIKE else "unknown"


def _question(
    n: int, key: str, head: Line, body: list[Line], asked: Cycle, full: bool, warnings: list[str]
) -> Question:
    while body and body[-1].text.isdecimal() and len(body[-1].text) <= 2:  # the number of the next question
        body = body[:-1]
    own = next((q for q in asked.question if q.key == key), None)
    on_line = grades.alone(body[0]) if body else ""
    rest = body[1:] if on_line else body
    narrative, afis, causes = block(rest, asked.afis)
    if not narrative and not afis:
        raise damaged("there is no text under the question", f"line {head.n}: {head.text}")
    judged, parts = grades.sentence_grade(key, head.text, narrative)
    carried, stands = grades.carried_over(narrative), grades.not_inspected(narrative)
    if own is None:
        warnings.append(f"line {head.n}: a question that the cycle is not known to ask")
    if stands:
        told = Judged(None, f"not inspected; {stands} stands", "", head.n)
    elif on_line and on_line in scale_of(asked.id).grades:
        if judged and judged.grade != on_line:
            raise _contradicts(f'the line says "{on_line}", the sentence "{judged.grade}"', head)
        told = Judged(on_line, "grade line", body[0].text, body[0].n)
    elif own is not None and not own.graded:
        if judged:
            parts.insert(0, Partial(judged.grade or "", "a question that the cycle does not grade", judged.line))
        told = Judged(None, on_line or "ungraded question", "", head.n)
    elif on_line:
        told = Judged(None, on_line, body[0].text, body[0].n)
    elif judged:
        told = judged
    else:
        told = Judged(None, "grade line lost; no grade sentence" if full else "none stated", "", head.n)
    if told.grade and told.grade not in scale_of(asked.id).grades:
        raise _contradicts(f'"{told.grade}" is no grade of {asked.id}', head)
    if told.grade == "inadequate" and not causes:
        warnings.append(f"line {head.n}: inadequate, and no cause of concern was found")
    return Question(
        n, key, head.text, head.n, told, narrative, afis, carried, parts, grades.earlier(narrative, asked.id),
        grades.earlier_afis(narrative), causes,
    )  # fmt: skip


def _contradicts(found: str, head: Line) -> PeelianError:
    return PeelianError(
        "what the report says of its grade contradicts itself", where=f"line {head.n}: {head.text}", found=found,
        matters="a wrong grade would be filed", fix="take the page again from where it was published", id="peelian.E773",
    )  # fmt: skip


def _pillar(overview: list[Line], asked: Cycle) -> Judged:
    for line in overview:
        if (told := grades.alone(line)) in scale_of(asked.id).grades:
            return Judged(told, "grade line", line.text, line.n)
        said = grades.stated(line.text)
        if said and fuzz.token_set_ratio(plain(said[1]), plain(asked.headline)) >= LIKE:
            return Judged(said[0], "sentence", line.text, line.n)
    return Judged(None, "none stated")


def _ends_whole(rows: list[Line]) -> None:
    last = rows[-1]
    if not last.text.rstrip("”’\"')").endswith((".", "!", "?")) and last.text not in HEADING:
        raise damaged("the text ends in the middle of a sentence", f"line {last.n}")


__all__ = ["Question", "Report", "read_file", "read_report"]
