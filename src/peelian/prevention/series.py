"""P2: candidates for a series of offences, with the reasons for each, for an analyst to read.

A candidate is a question, not an answer: offences nearer in place and time, and more alike, than chance would have them. It names
records and no person, proposes no suspect and proves nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from peelian import __version__
from peelian.analysis.series import DAYS, DISTANCES, LEAST_RATIO, Candidate, series_candidates
from peelian.core.document import (
    Block,
    Column,
    Document,
    Finding,
    Note,
    Paragraph,
    Points,
    Section,
    Source,
    Table,
    Task,
)

from .profile.gather import gather
from .profile.part import ANALYSIS, chance, percent, say_days, several
from .profile.repeats import refusal, usable
from .profile.scope import Scope
from .themes import theme_named

if TYPE_CHECKING:
    from peelian.access.actor import Actor

MARKING = "OFFICIAL"
PERMUTATIONS = 199
LEVEL = 0.05
_LISTED = 20
_METHODS = (
    Source(
        "Pairs seen over pairs expected by distance, days and likeness, with the base rates of these records",
        "Knox, E. G. (1964). Applied Statistics 13(1), 25-29; Porter, M. D. (2016). The American Statistician 70(2), 152-165",
    ),
    Source(
        "Tightness of the groups against those of shuffled dates, corrected for looking everywhere",
        "Westfall, P. H. and Young, S. S. (1993). Resampling-based multiple testing. Wiley",
    ),
)


def series(
    actor: Actor, theme: str, *, area: str, start: date, end: date, on: date, rng: np.random.Generator, feed: str | None = None
) -> Document:  # fmt: skip
    """Propose candidates for a series among what the actor may see.

    Parameters
    ----------
    actor : Actor
    theme : str
        Category of data.police.uk, or ``violence`` or ``asb``.
    area : str
        Code or name of a force area, district or LSOA; empty for everything the force recorded.
    start, end : date
        First and last day of the offences.
    on : date
        The day of the document.
    rng : numpy.random.Generator
        For permutations.
    feed : str, optional
        The feed to use where several record the theme.

    Raises
    ------
    InvalidInput
        If there is no such theme, the period is turned round, or nothing is recorded in it.
    PeelianError
        If there is no such area.
    """
    return series_of(gather(actor, theme_named(theme), area=area, start=start, end=end, on=on, feed=feed), rng=rng)


def series_of(scope: Scope, *, rng: np.random.Generator) -> Document:
    """The document of what `scope` holds."""
    why = refusal(scope.events)
    if why:
        return _document(
            scope, (Section("Candidates", (Finding("series", f"Not enough data: {why[0].lower()}{why[1:]}"),)),)
        )
    used = usable(scope.events)
    # No feed holds words of method yet; the offence and the kind of place are what is said of how it was done.
    said = [{w for w in row if w} for row in used.select("offence", "location_type").iter_rows()]
    found = series_candidates(
        used["easting"].to_numpy(), used["northing"].to_numpy(), used["day"].to_numpy(), words=said, rng=rng,
        permutations=PERMUTATIONS, level=LEVEL,
    )  # fmt: skip
    events = sum(len(c.members) for c in found)
    text = (
        f"{len(found)} candidate{'s' * (len(found) != 1)} for a series among {len(used):,} {scope.theme.many} with an exact place and a day; "
        f"{'they hold' if len(found) != 1 else 'it holds'} {events} of them ({percent(events / len(used))})."
        if found
        else f"No candidate for a series among {len(used):,} {scope.theme.many} with an exact place and a day: no group of them is tighter than "
        "chance makes somewhere."
    )
    blocks: list[Block] = [Finding("series", text), _care(scope)]
    blocks += [_candidate(scope, used, number, candidate, said) for number, candidate in enumerate(found[:_LISTED], 1)]
    if len(found) > _LISTED:
        blocks.append(
            Paragraph(f"The {_LISTED} tightest are shown; a shorter period or a smaller area shows the others.")
        )
    if found:
        blocks.append(
            Task(
                "Read the records of each candidate side by side, for method, property and what was seen, and say of each whether it is a "
                "series, several, or chance",
                ANALYSIS,
                scope.on + timedelta(days=7),
                ("series",),
                "Each candidate has an analyst's answer with a reason, and the share of true series is known",
            )
        )
    return _document(scope, (Section("Candidates", tuple(blocks)), _unknown(scope, used), _how()))


def _care(scope: Scope) -> Note:
    return Note(
        "A candidate is for an analyst to read. It is no proof that one offender or one group is behind it, and says nothing of any person. "
        "The tables name records: handle them as the records themselves, and do not publish them."
        + (
            f" {scope.theme.title} mostly come to light because police look: a group of them may be one operation."
            if scope.theme.police_generated
            else ""
        ),
        "What a candidate is",
    )


def _candidate(scope: Scope, used: pl.DataFrame, number: int, candidate: Candidate, said: list[set[str]]) -> Section:
    rows = used[list(candidate.members)]
    days = rows["day"].to_list()
    where = several([scope.name(code) for code in dict.fromkeys(rows["area"].to_list()) if code][:3] or ["no LSOA"])
    common = set.intersection(*(said[m] for m in candidate.members))
    best = max(candidate.links, key=lambda link: (link.ratio, -link.metres))
    order = {m: i + 1 for i, m in enumerate(candidate.members)}
    apart = [link.metres for link in candidate.links]
    reasons = (
        f"{len(candidate.links)} pairs of them are up to {max(apart):.0f} m and {max(link.days for link in candidate.links)} days apart. Pairs such as these are "
        f"seen {min(link.ratio for link in candidate.links):.1f} to {best.ratio:.1f} times as often as chance gives.",
        f"The strongest: numbers {order[best.first]} and {order[best.second]}, {best.metres:.0f} m and {best.days} day{'s' * (best.days != 1)} apart.",
        f"All are: {several(sorted(common))}." if common else "They are of no one offence and no one kind of place.",
        f"A group as tight anywhere in these records came up in shuffled dates with {chance(candidate.p)}.",
    )
    table = Table(
        f"Candidate {number}",
        (Column("No.", "number"), Column("Reference"), Column("Day", "date"), Column("LSOA"), Column("Offence"), Column("Kind of place"),
         Column("Easting and northing")),
        tuple(
            (i, row["reference"], row["day"], scope.name(row["area"]) if row["area"] else "not recorded", row["offence"], row["location_type"],
             f"{row['easting']:.0f} {row['northing']:.0f}")
            for i, row in enumerate(rows.iter_rows(named=True), 1)
        ),
        note="The day of an offence that lies between two times is the middle of them.",
    )  # fmt: skip
    title = f"Candidate {number}: {len(rows)} {scope.theme.many} in {where}, {say_days(min(days), max(days))}"
    return Section(title, (Points(reasons), table))


def _unknown(scope: Scope, used: pl.DataFrame) -> Section:
    left = len(scope.events) - len(used)
    texts = [
        "How the offences were done: no words of method are held, so offence and kind of place stand for them.",
        "Series that reach over the edge of this area or period, or whose offences lie further apart than "
        f"{DISTANCES[-1]:.0f} m or {DAYS[-1] - 1} days.",
        "Series as loose as chance makes groups: of those planted in made-up counties about nine in ten are found at 20,000 people, and "
        "eight in ten at 60,000.",
    ]
    if left:
        texts.append(f"Whether {left:,} more belong to one: they have no exact place or no day.")
    return Section("What is not known", (Points(tuple(texts)),))


def _how() -> Section:
    return Section(
        "Methods",
        (
            Paragraph(
                f"Two offences are joined where pairs like them are seen {LEAST_RATIO:g} times as often as chance gives; three or more that hang together are a "
                f"candidate, if fewer than {percent(LEVEL)} of {PERMUTATIONS} shuffles of the dates have a group as tight. Made with Peelian {__version__}."
            ),
            Table("Methods used, with their references", (Column("Method"), Column("Reference")), tuple((m.label, m.detail) for m in _METHODS)),
        ),
    )  # fmt: skip


def _document(scope: Scope, sections: tuple[Section, ...]) -> Document:
    return Document(
        title=f"Series: {scope.theme.title.lower()}",
        subtitle=f"{scope.area[:1].upper()}{scope.area[1:]}, {scope.period}",
        marking=MARKING,
        edition=scope.on,
        meta=(
            ("For", "An analyst, to read and to judge; not for release"),
            ("Source", f"{scope.feed}, {len(scope.events):,} records of {len(set(scope.events['batch']))} files"),
        ),
        sections=sections,
    )
