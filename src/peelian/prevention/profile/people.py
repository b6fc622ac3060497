"""The people, offences, kinds of place and outcomes, as far as the sources allow; a count that could point at a person is not shown.

A missing episode has no victim and is no offence: the same tables then speak of missing people and of circumstances.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import polars as pl

from peelian.access.release import protect, threshold
from peelian.core.document import Block, Column, Finding, Note, Paragraph, Section, Table

from .part import Part, percent
from .scope import Scope
from .small_counts import HIDDEN, SENTENCE, safe, told


@dataclass(frozen=True)
class _Words:
    """What the people of the records are, and what is said of them."""

    section: str
    role: str  # of `mentions`
    many: str
    repeated: str
    shares: str  # of people and of what they bear, with two gaps
    none: str
    offence: str
    offences: str


_OF_CRIME = _Words(
    "Victims, offences and locations", "victim", "victims", "were victims more than once in the period",
    "{} of the victims and bear {} of the victimisation", "Who the victims are, and who is a victim again and again",
    "offence", "Kinds of offence",
)  # fmt: skip
_OF_MISSING = _Words(
    "People, circumstances and locations", "missing person", "missing people", "went missing more than once in the period",
    "{} of the missing people and make {} of the episodes", "Who the missing people are, and who goes missing again and again",
    "circumstance", "Circumstances",
)  # fmt: skip


def _words(scope: Scope) -> _Words:
    return _OF_MISSING if scope.theme.select.kinds == ("missing",) else _OF_CRIME


_LISTED = 10
_AGES = ((0, 10), (10, 18), (18, 25), (25, 35), (35, 50), (50, 65), (65, 130))


def people_part(scope: Scope) -> Part:
    """Age and sex of victims, repeat victims, kinds of offence, outcomes."""
    blocks: list[Block] = []
    findings: list[Finding] = []
    unknown: list[str] = []
    words = _words(scope)
    victims = scope.mentions.filter(pl.col("role") == words.role) if len(scope.mentions) else scope.mentions
    if len(victims):
        blocks += _victims(scope, victims)
        repeated = _repeat_victims(scope, victims)
        if isinstance(repeated, Finding):
            findings.append(repeated)
        blocks.append(Paragraph(repeated.text))
    else:
        blocks.append(
            Note(
                "This source says nothing of the people involved. The force's own records of people, read in as force-people, would show the "
                f"age and sex of {words.many}.",
                f"No {words.many} named",
            )
        )
        unknown.append(f"{words.none}: the source does not say.")
    if scope.theme.slug == "violent-crime" or scope.events["domestic"].any():
        domestic = _domestic(scope)
        blocks.append(domestic)
        if isinstance(domestic, Note):
            unknown.append("How much of it is domestic abuse: the source does not say.")
    blocks += _listed(scope, "offence", words.offence, words.offences)
    places = _listed(scope, "location_type", "kind of place", "Kinds of place")
    blocks += places
    if not places:
        blocks.append(
            Note(
                "This source does not say what kind of place it was, such as a dwelling, a street or a shop."
                + (" The force's own crime records, read in as force-crimes, say it." if words is _OF_CRIME else ""),
                "Kinds of place",
            )
        )
        unknown.append(
            "At what kinds of place it happens, such as dwellings, streets or shops: the source does not say."
        )
    blocks += _listed(scope, "outcome", "outcome", "Last outcome known")
    if scope.open_data and scope.events["outcome"].ne("").any():
        blocks.append(
            Note(
                "Outcomes are those known when the source was published. The later months had less time to get one, so they look less "
                "solved than they are.",
                "Outcomes",
            )
        )
    return Part(Section(words.section, tuple(blocks)), tuple(findings), unknown=tuple(unknown))


def _victims(scope: Scope, victims: pl.DataFrame) -> list[Block]:
    many = _words(scope).many
    people = many.capitalize()
    if protect(len(victims)) is None:
        return [
            Paragraph(f"Fewer than {threshold()} {many} are named in these records, too few to show anything of them.")
        ]
    dated = victims.join(scope.events.select("reference", "local"), on="reference", how="left").with_columns(
        years=((pl.col("local").dt.date() - pl.col("born_on")).dt.total_days() / 365.2425).floor()
    )
    ages = {
        f"{low} to {high - 1}" if high < 130 else f"{low} and over": int(
            dated["years"].is_between(low, high, closed="left").sum()
        )
        for low, high in _AGES
    }
    sexes = {label: int((victims["sex"] == code).sum()) for code, label in (("F", "female"), ("M", "male"))}
    without = len(scope.events) - scope.events.filter(pl.col("reference").is_in(victims["reference"].to_list())).height
    return [
        Paragraph(
            f"{len(victims):,} {many} are named in these records; {without:,} of {len(scope.events):,} events name none. A person in several "
            "events counts once for each."
        ),
        *_counted(
            scope, f"{people} by age, {scope.period}", Column("Age at the time"), people, ages, len(victims), "age"
        ),
        *_counted(
            scope, f"{people} by sex, {scope.period}", Column("Sex as recorded"), people, sexes, len(victims), "sex"
        ),
    ]


def _repeat_victims(scope: Scope, victims: pl.DataFrame) -> Finding | Paragraph:
    """People with the same name and date of birth in several events: the fewest there can be, short of namesakes."""
    words = _words(scope)
    known = victims.filter((pl.col("surname") != "") & (pl.col("forenames") != "") & pl.col("born_on").is_not_null())
    person = [pl.col("surname").str.to_lowercase(), pl.col("forenames").str.to_lowercase(), pl.col("born_on")]
    events = known.group_by(person).agg(times=pl.col("reference").n_unique())
    repeated = events.filter(pl.col("times") > 1)
    limits = (
        "Counted by the same name and date of birth, so other spellings are missed; whether two records speak of one person is for "
        "the matching of records to decide."
    )
    if len(repeated) < threshold():
        return Paragraph(f"Fewer than {threshold()} people {words.repeated}. {limits}")
    share = int(repeated["times"].sum()) / int(events["times"].sum())
    return Finding(
        "repeat-victims",
        f"At least {len(repeated):,} people {words.repeated}; they are "
        f"{words.shares.format(percent(len(repeated) / len(events)), percent(share))}. {limits}",
    )


def _counted(
    scope: Scope, caption: str, label: Column, what: str, counts: dict[str, int], of: int, recorded: str
) -> list[Block]:
    """A table of counts with their shares; what has none recorded is beside them, since it is no group of people or places."""
    known, counts = sum(counts.values()), {key: count for key, count in counts.items() if count}
    shown = told(counts, open_data=scope.open_data)
    if all(count is None for count in shown.values()):
        return [Note("Too few of each to be shown.", caption)] if counts else []
    note = f"{of - known:,} of {of:,} have no {recorded} recorded."
    return [
        Table(
            caption,
            (label, Column(what, "number"), Column("Share", "percent", decimals=1)),
            tuple((key, safe(n), HIDDEN if n is None else n / known) for key, n in shown.items()),
            note=note + (f" {SENTENCE}" if None in shown.values() else ""),
            sources=scope.sources,
        )
    ]


def _domestic(scope: Scope) -> Paragraph | Note:
    flags = scope.events["domestic"].drop_nulls()
    if not len(flags):
        return Note(
            "This source does not flag domestic abuse, which is a large part of violence and calls for another response.",
            "Domestic abuse",
        )
    flagged = int(flags.sum())
    if None in (protect(flagged), protect(len(flags) - flagged)):
        return Paragraph("Whether it is domestic abuse is not shown: too few are, or too few are not.")
    return Paragraph(
        f"{flagged:,} of the {len(flags):,} with the flag filled in ({percent(flagged / len(flags))}) are domestic abuse. Home addresses and "
        "victims are not shown here; the safe-contact rules of each record apply to any visit."
    )


def _listed(scope: Scope, column: str, label: str, caption: str) -> list[Block]:
    counted = dict(scope.events.filter(pl.col(column) != "").group_by(column).len().iter_rows())
    names = {value: _outcome(value) if column == "outcome" else value for value in counted}

    # What is told comes first, most first; the rest by name, so that its order tells nothing of its counts.
    def place(value: str, count: int | None) -> tuple[int, str]:
        return -(count or 0), names[value]

    whole = told(counted, open_data=scope.open_data)
    ordered = sorted(counted, key=lambda value: place(value, whole[value]))
    counts = {names[value]: counted[value] for value in ordered[:_LISTED]}
    if tail := ordered[_LISTED:]:
        counts[f"{len(tail)} others"] = sum(counted[value] for value in tail)
    return _counted(
        scope, f"{caption}, {scope.period}", Column(label.capitalize()), "Recorded", counts, len(scope.events), label
    )


def _outcome(name: str) -> str:
    """The force's feed gives the type as a number; a reader needs its words."""
    return f"{name}: {_outcome_types().get(name, 'unknown outcome type')}" if name.isdigit() else name


@cache
def _outcome_types() -> dict[str, str]:
    text = (files("peelian.prevention.profile") / "outcome_types.csv").read_text(encoding="utf-8")
    return {row["outcome_type"]: row["name"] for row in csv.DictReader(text.splitlines())}
