"""Victims and outcomes, as far as the sources allow; a count that could point at a person is not shown."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import polars as pl

from peelian.access.release import protect_table, threshold
from peelian.core.document import Block, Column, Finding, Note, Paragraph, Section, Table

from .part import HIDDEN, Part, percent, safe
from .scope import Scope

_SECTION = "Victims, offences and outcomes"
_AGES = ((0, 10), (10, 18), (18, 25), (25, 35), (35, 50), (50, 65), (65, 130))


def people_part(scope: Scope) -> Part:
    """Age and sex of victims, repeat victims, kinds of offence, outcomes."""
    blocks: list[Block] = []
    findings: list[Finding] = []
    unknown: list[str] = []
    victims = scope.mentions.filter(pl.col("role") == "victim") if len(scope.mentions) else scope.mentions
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
                "age and sex of victims.",
                "No victims named",
            )
        )
        unknown.append("Who the victims are, and who is a victim again and again: the source does not say.")
    if scope.theme.slug == "violent-crime" or scope.events["domestic"].is_not_null().any():
        domestic = _domestic(scope)
        blocks.append(domestic)
        if isinstance(domestic, Note):
            unknown.append("How much of it is domestic abuse: the source does not say.")
    blocks += _listed(scope, "offence", "offence", "Kinds of offence")
    blocks += _listed(scope, "outcome", "outcome", "Last outcome known")
    if scope.open_data and scope.events["outcome"].ne("").any():
        blocks.append(
            Note(
                "Outcomes are those known when the source was published. The later months had less time to get one, so they look less "
                "solved than they are.",
                "Outcomes",
            )
        )
    return Part(Section(_SECTION, tuple(blocks)), tuple(findings), unknown=tuple(unknown))


def _victims(scope: Scope, victims: pl.DataFrame) -> list[Block]:
    dated = victims.join(scope.events.select("reference", "local"), on="reference", how="left").with_columns(
        years=((pl.col("local").dt.date() - pl.col("born_on")).dt.total_days() / 365.2425).floor()
    )
    ages = {
        f"{low} to {high - 1}" if high < 130 else f"{low} and over": int(
            dated["years"].is_between(low, high, closed="left").sum()
        )
        for low, high in _AGES
    }
    ages["age not recorded"] = len(dated) - sum(ages.values())
    sexes = {
        label: int((victims["sex"] == code).sum())
        for code, label in (("F", "female"), ("M", "male"), ("", "not recorded"))
    }
    without = len(scope.events) - scope.events.filter(pl.col("reference").is_in(victims["reference"].to_list())).height
    return [
        Paragraph(
            f"{len(victims):,} victims are named in these records; {without:,} of {len(scope.events):,} events name none. A person in several "
            "events counts once for each."
        ),
        _protected(f"Victims by age, {scope.period}", "Age at the offence", ages),
        _protected(f"Victims by sex, {scope.period}", "Sex as recorded", sexes),
    ]


def _repeat_victims(scope: Scope, victims: pl.DataFrame) -> Finding | Paragraph:
    """People with the same name and date of birth in several events: the fewest there can be, short of namesakes."""
    known = victims.filter((pl.col("surname") != "") & (pl.col("forenames") != "") & pl.col("born_on").is_not_null())
    person = [pl.col("surname").str.to_lowercase(), pl.col("forenames").str.to_lowercase(), pl.col("born_on")]
    events = known.group_by(person).agg(times=pl.col("reference").n_unique())
    repeated = events.filter(pl.col("times") > 1)
    limits = (
        "Counted by the same name and date of birth, so other spellings are missed; whether two records speak of one person is for "
        "the matching of records to decide."
    )
    if len(repeated) < threshold():
        return Paragraph(f"Fewer than {threshold()} people are victims in more than one event of the period. {limits}")
    share = int(repeated["times"].sum()) / int(events["times"].sum())
    return Finding(
        "repeat-victims",
        f"At least {len(repeated):,} people were victims more than once in the period; they are {percent(len(repeated) / len(events))} of the "
        f"victims and bear {percent(share)} of the victimisation. {limits}",
    )


def _protected(caption: str, label: str, counts: dict[str, int]) -> Table:
    counts = {key: count for key, count in counts.items() if count}
    total, shown = sum(counts.values()), protect_table(counts)
    return Table(
        caption,
        (Column(label), Column("Victims", "number"), Column("Share", "percent")),
        tuple((key, HIDDEN if n is None else n, HIDDEN if n is None else n / total) for key, n in shown.items()),
        note=f"A count below {threshold()} is not shown, nor is another where it would give that count away.",
    )


def _domestic(scope: Scope) -> Paragraph | Note:
    flags = scope.events["domestic"].drop_nulls()
    if not len(flags):
        return Note(
            "This source does not flag domestic abuse, which is a large part of violence and calls for another response.",
            "Domestic abuse",
        )
    flagged = int(flags.sum())
    if 0 < flagged < threshold():
        return Paragraph("Too few are flagged as domestic abuse to be shown.")
    return Paragraph(
        f"{flagged:,} of the {len(flags):,} with the flag filled in ({percent(flagged / len(flags))}) are domestic abuse. Home addresses and "
        "victims are not shown here; the safe-contact rules of each record apply to any visit."
    )


def _listed(scope: Scope, column: str, label: str, caption: str) -> list[Block]:
    counted = (
        scope.events.filter(pl.col(column) != "").group_by(column).len().sort("len", column, descending=[True, False])
    )
    if counted.is_empty():
        return []
    rows = [(_outcome(str(name)) if column == "outcome" else str(name), int(n)) for name, n in counted.iter_rows()]
    head, tail = rows[:10], rows[10:]
    counts = dict(head) | ({f"{len(tail)} others": sum(n for _, n in tail)} if tail else {})
    shown: dict[str, int | None] = dict(counts) if scope.open_data else protect_table(counts)
    known = sum(counts.values())
    return [
        Table(
            f"{caption}, {scope.period}",
            (Column(label.capitalize()), Column("Recorded", "number"), Column("Share", "percent", decimals=1)),
            tuple((key, safe(n), HIDDEN if n is None else n / known) for key, n in shown.items()),
            note=f"{len(scope.events) - known:,} of {len(scope.events):,} have no {label} recorded.",
            sources=scope.sources,
        )
    ]


def _outcome(name: str) -> str:
    """The force's feed gives the type as a number; a reader needs its words."""
    return f"{name}: {_outcome_types().get(name, 'unknown outcome type')}" if name.isdigit() else name


@cache
def _outcome_types() -> dict[str, str]:
    text = (files("peelian.prevention.profile") / "outcome_types.csv").read_text(encoding="utf-8")
    return {row["outcome_type"]: row["name"] for row in csv.DictReader(text.splitlines())}
