"""P3: a problem profile on any theme, as one document.

Each part answers one question (`peelian.prevention.profile`) and hands back what it found, what follows and what it cannot
say; here they become a document that begins with its findings and ends with who should do what by when.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from peelian import __version__
from peelian.access.release import protect, threshold
from peelian.analysis.harm import ons_weights
from peelian.core.document import Column, Document, Note, Paragraph, Points, Section, Source, Table, Task
from peelian.core.errors import InvalidInput

from .profile.comparison import comparison_part
from .profile.gather import gather
from .profile.harm import harm_part
from .profile.part import ANALYSIS, Part
from .profile.partners import partners_part
from .profile.people import people_part
from .profile.repeats import repeats_part
from .profile.scale import scale_part
from .profile.scope import Scope, files_section, scope_part
from .profile.trend import trend_part
from .profile.when import when_part
from .profile.where import where_part
from .templates import theme_of

if TYPE_CHECKING:
    from peelian.access.actor import Actor

MARKING = "OFFICIAL"


def problem_profile(
    actor: Actor,
    theme: str,
    *,
    area: str,
    start: date,
    end: date,
    on: date,
    rng: np.random.Generator,
    feed: str | None = None,
) -> Document:
    """Make a problem profile from what the actor may see.

    Parameters
    ----------
    actor : Actor
    theme : str
        A template (``robbery``, ``missing``, ...), or a category of data.police.uk (``burglary``, ``violent-crime``, ...).
    area : str
        Code or name of a force area, district or LSOA; empty for everything the force recorded.
    start, end : date
        First and last day of the period.
    on : date
        The day of the profile: risk zones are those of this day, tasks count from it.
    rng : numpy.random.Generator
        For permutations and the baseline of concentration.
    feed : str, optional
        The feed to use where several record the theme; the most detailed one without it.

    Raises
    ------
    InvalidInput
        If there is no such theme, the period is empty or turned round, or nothing or too little is recorded in it.
    PeelianError
        If there is no such area.
    """
    return profile_of(gather(actor, theme_of(theme), area=area, start=start, end=end, on=on, feed=feed), rng=rng)


def profile_of(scope: Scope, *, rng: np.random.Generator) -> Document:
    """The document of what `scope` holds; the same scope and generator give the same document.

    Raises
    ------
    InvalidInput
        If the force's own records hold too few events for anything to be told of them.
    """
    enough(scope)
    # Each part has a stream of its own, so that one more draw in one changes nothing in another.
    chance = rng.spawn(3)
    based = scope_part(scope)
    made: dict[str, Callable[[], Part]] = {
        "scale": lambda: scale_part(scope, chance[0]),
        "trend": lambda: trend_part(scope),
        "harm": lambda: harm_part(scope),
        "when": lambda: when_part(scope, chance[2]),
        "where": lambda: where_part(scope),
        "repeats": lambda: repeats_part(scope, chance[1]),
        "people": lambda: people_part(scope),
        "partners": lambda: partners_part(scope),
    }
    parts = [made[name]() for name in scope.theme.parts if name != "partners" or scope.partners]
    parts.append(comparison_part(scope))
    # What to do about the problem stands before what to do about the data.
    tasks = sorted((t for part in parts for t in part.tasks), key=lambda t: t.owner == ANALYSIS) + _force_records(
        scope, parts
    )
    findings = tuple(finding for part in parts for finding in part.findings)
    unknown = tuple(dict.fromkeys(text for part in [based, *parts] for text in part.unknown))
    return Document(
        title=f"Problem profile: {scope.theme.title.lower()}",
        subtitle=f"{scope.area[:1].upper()}{scope.area[1:]}, {scope.period}",
        marking=MARKING,
        edition=scope.on,
        meta=(
            ("For", "Tasking and co-ordination; every recommendation is a proposal for a person to decide"),
            ("Source", f'{scope.feed}; counts under "What this rests on", files under "Files"'),
        ),
        sections=(
            Section("Findings", findings),
            Section("Recommendations", tuple(tasks) or (Paragraph("Nothing found calls for a task now."),)),
            based.section,
            *(part.section for part in parts if part.section.blocks),
            Section("What is not known", (Points(unknown),)),
            *(
                [Section("Questions for the analyst", (Points(scope.theme.questions),))]
                if scope.theme.questions
                else []
            ),
            _methods(scope, parts),
            files_section(scope),
        ),
        facts={name: fact for part in parts for name, fact in part.facts.items()},
    )


def enough(scope: Scope) -> None:
    """Refuse a scope of so few of the force's own records that a profile could point at a person.

    Raises
    ------
    InvalidInput
        ``peelian.E503``.
    """
    if not scope.open_data and None in (protect(len(scope.events)), protect(len(scope.inside))):
        raise InvalidInput(
            "too few events are recorded in this area and period for a profile",
            found=f"fewer than {threshold()}",
            matters="so small a count of the force's own records could point at a person",
            fix="widen the area or the period",
            id="peelian.E503",
        )


def _force_records(scope: Scope, parts: list[Part]) -> list[Task]:
    """Open data cannot answer when, who and again: ask for the records that can."""
    if not scope.open_data:
        return []
    return [
        Task(
            f"Read in the force's own records of {scope.theme.many} for the period, with the people in them, and make this profile again",
            ANALYSIS,
            scope.on + timedelta(days=14),
            tuple(finding.id for part in parts for finding in part.findings if finding.id == "scale"),
            "The next profile shows hours, repeats and victims, or says which of them the force does not record",
        )
    ]


def _weights() -> str:
    weights = ons_weights()
    return f"Harm weights: {weights.name}, {weights.version} ({weights.standing}). "


def _methods(scope: Scope, parts: list[Part]) -> Section:
    methods: dict[Source, None] = dict.fromkeys(method for part in parts for method in part.methods)
    return Section(
        "Methods",
        (
            Table(
                "Methods used, with their references",
                (Column("Method"), Column("Reference")),
                tuple((method.label, method.detail) for method in methods),
            ),
            Paragraph(
                f"Made with Peelian {__version__}. {_weights() if 'harm' in scope.theme.parts else ''}Intervals are 95%. They treat "
                "events as independent; where the same people or places suffer again and again they are too narrow."
            ),
            Note(
                f"In the force's own records, counts of people, and of events by place, hour, kind or outcome, are not shown below {threshold()}, and "
                "nothing is from which such a count could be worked out. Counts by month are of the whole area and are shown; so are counts of "
                "records that lack something. Published open data are shown as published.",
                "Small counts",
            ),
        ),
    )
