"""A shareable edition: written from a planned release and from published facts alone, so that it says nothing else of the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from peelian.access.release import Release
from peelian.core.document import (
    Block,
    Cell,
    Column,
    Document,
    Estimate,
    Figure,
    Finding,
    Note,
    Paragraph,
    Points,
    Section,
    Source,
    Table,
)  # fmt: skip
from peelian.documents import charts

from .profile.by_area import rate
from .profile.part import month_name, several
from .profile.release_tables import KINDS
from .shareable_content import Content, Told

WITHHELD = "withheld"
_LISTED = 20
_LEFT_OUT = (
    "Points on a map, hot spots, and anything below an LSOA (an area of about 1,500 people).",
    "Repeats at an address, near repeats and risk zones.",
    "Victims, suspects and every other person.",
    "What anyone wrote in their own words: places, accounts, notes.",
    "Days and hours.",
    "What the full edition recommends to the force, and how it compares with the edition before.",
)


def shareable_document(content: Content, release: Release) -> Document:
    """The edition that a planned release allows; the same two give the same document.

    Parameters
    ----------
    content : Content
    release : Release
        What it withholds is not read here, nor are the finer counts that it holds for later plans.
    """
    told = Told(content, release)
    source = (Source(content.feed, f"as known on {_day(content)}"),)
    findings, how_much = _by_area(told, source)
    return Document(
        title=f"Problem profile: {content.title.lower()}",
        subtitle=f"{content.area[:1].upper()}{content.area[1:]}, {content.period}; shareable edition",
        marking="OFFICIAL",
        edition=date.fromisoformat(content.edition),
        meta=(
            ("For", f"{content.recipient}; to be passed on only with the agreement of {_inside(content.controller)}"),
            ("Source", f"{content.feed}; {_inside(content.controller)}"),
        ),
        sections=(
            Section("Findings", (*findings, *_police_generated(content))),
            Section("How much, and where", how_much),
            Section("Month by month", _by_month(told, source)),
            *([Section("Of what kind", kinds)] if (kinds := _by_kind(told, source)) else []),
            Section("What is left out", _left_out(content)),
            Section("How small counts are protected", _guarantee(release)),
            Section(
                "Methods",
                (
                    Paragraph(
                        f"Made with Peelian {content.version}. Rates and intervals are worked out from the counts shown here alone. Intervals are 95%, exact "
                        "for counts that come independently (Garwood, 1936); where the same people or places suffer again and again they are too narrow."
                    ),
                    Paragraph("What was never reported is not in these counts. A rise may be more crime, or more people telling the police."),
                ),
            ),
        ),
    )  # fmt: skip


def _day(content: Content) -> str:
    return Column("", "date").show(date.fromisoformat(content.edition))


def _inside(words: str) -> str:
    """A title as it stands inside a sentence: `The Chief Constable` as `the Chief Constable`."""
    return words[:1].lower() + words[1:] if words.startswith("The ") else words


def _police_generated(content: Content) -> Iterable[Block]:
    if content.police_generated:
        yield Note(
            f"{content.title}: most of this is found because police look for it. Its counts show where police searched as much as where the "
            "offences are.",
            "Police-generated",
        )


def _share(told: Told, count: int | None, code: str) -> Cell:
    people = told.content.people.get(code)
    return WITHHELD if count is None else rate(count, people) if people else None


def _area_rows(told: Told, codes: Iterable[str]) -> tuple[tuple[Cell, ...], ...]:
    names, people = told.content.names, told.content.people
    found = ((code, told.count(area=code)) for code in codes)
    return tuple(
        (names.get(code, code), WITHHELD if n is None else n, people.get(code), _share(told, n, code))
        for code, n in found
    )


def _columns(first: str) -> tuple[Column, ...]:
    return (
        Column(first),
        Column("Recorded", "number"),
        Column("People", "number"),
        Column("Rate", "number", "per 1,000, 95% interval", 1),
    )


def _by_area(told: Told, source: tuple[Source, ...]) -> tuple[list[Finding], tuple[Block, ...]]:
    content = told.content
    total, people = told.count(), content.people.get(content.codes["area"])
    said = (
        f"How many {content.many} were recorded in {content.area} in {content.period} is withheld."
        if total is None
        else f"{total:,} {content.one if total == 1 else content.many} {'was' if total == 1 else 'were'} recorded in {content.area} in {content.period}"
        + (f": {rate(total, people).show()} for every 1,000 people who live there." if people else ".")
    )
    findings = [Finding("scale", said[:1].upper() + said[1:])]
    blocks: list[Block] = [
        Paragraph(
            "A count says how much work there is; a rate says how exposed people are. Rates use the people who live in an area, so town centres, where "
            "many more people spend the day, look worse than they are to live in."
            + (
                " Counted here and below is what is placed in an LSOA of the area; records without one are left out."
                if content.lsoas
                else ""
            )
        )
    ]
    note = f"People: mid-{content.people_year} estimate. The rate is of the whole period, not a year." if people else ""
    rates = {
        code: estimate
        for code in content.districts
        if isinstance(estimate := _share(told, told.count(area=code), code), Estimate)
    }
    if len(content.districts) > 1:
        table = Table(
            f"{content.title} by district, {content.period}",
            _columns("District"),
            _area_rows(told, sorted(content.districts, key=lambda code: -rates[code].value if code in rates else 1)),
            note=note,
            sources=source,
        )
        blocks.append(_drawn(told, rates, table, source) if len(rates) > 1 else table)
        if total and people and (above := [code for code, e in rates.items() if e.low > total / people * 1000]):
            names = several([content.names[code] for code in above])
            findings.append(
                Finding("districts", f"{names} {'lies' if len(above) == 1 else 'lie'} above the rate of {content.area} as a whole by more than chance explains.")
            )  # fmt: skip
    shown = {code: n for code in content.lsoas if (n := told.count(area=code)) is not None}
    top = sorted(shown, key=lambda code: (-shown[code], code))[:_LISTED]
    if top and len(content.lsoas) > 1:
        blocks.append(
            Table(
                f"{'The LSOA' if len(top) == 1 else f'The {len(top)} LSOAs'} with most of those shown, {content.period}",
                _columns("LSOA"),
                _area_rows(told, top),
                note=f"{len(content.lsoas) - len(shown):,} of {len(content.lsoas):,} LSOAs have a count that is withheld; they are not in this order.",
                sources=source,
            )
        )
    return findings, tuple(blocks)


def _drawn(told: Told, rates: Mapping[str, Estimate], table: Table, source: tuple[Source, ...]) -> Figure:
    """Districts side by side, highest first."""
    content = told.content
    codes = sorted(rates, key=lambda code: -rates[code].value)
    high, low = codes[0], codes[-1]
    return Figure(
        f"Rates run from {rates[low].value:.1f} in {content.names[low]} to {rates[high].value:.1f} in {content.names[high]} for every 1,000 people",
        charts.intervals(
            [content.names[code] for code in codes],
            [rates[code] for code in codes],
            unit=f"{content.many.capitalize()} per 1,000 people, {content.period}",
        ),
        "Rates of districts with their intervals, highest first. "
        + "; ".join(f"{content.names[code]}: {rates[code].show()}" for code in codes)
        + ".",
        replace(table, sources=()),
        source,
    )


def _by_month(told: Told, source: tuple[Source, ...]) -> tuple[Block, ...]:
    content = told.content
    counts = {month: told.count(period=month) for month in content.months}
    note = Paragraph("A month is told for the whole area only.")
    table = Table(
        f"{content.title} in {content.area} by month",
        (Column("Month"), Column("Recorded", "number")),
        tuple((month_name(month), WITHHELD if n is None else n) for month, n in counts.items()),
        sources=source,
    )
    known = {month: n for month, n in counts.items() if n is not None}
    if len(known) < 2:
        return (note, table)
    most, least = (pick(known, key=lambda month: known[month]) for pick in (max, min))
    return (
        note,
        Figure(
            f"Most in {month_name(most)} ({known[most]:,}), fewest in {month_name(least)} ({known[least]:,})"
            + ("" if len(known) == len(counts) else ", of the months shown"),
            charts.intervals(
                [month_name(month) for month in known],
                [rate(n, 1_000) for n in known.values()],  # per 1,000 of 1,000: the count itself, with its interval
                unit=f"{content.many.capitalize()} recorded in the month",
            ),
            "Counts by month with the interval that chance alone gives each. "
            + "; ".join(f"{month_name(month)}: {n:,}" for month, n in known.items())
            + ".",
            replace(table, sources=()),
            source,
        ),
    )


def _by_kind(told: Told, source: tuple[Source, ...]) -> tuple[Block, ...]:
    content, total = told.content, told.count()
    blocks: list[Block] = []
    if len(content.categories) > 1:
        found = [(code, told.count(category=code)) for code in content.categories]
        blocks.append(
            Table(
                f"Categories, {content.period}",
                (Column("Category"), Column("Recorded", "number")),
                tuple((content.names[code], WITHHELD if n is None else n) for code, n in found),
                sources=source,
            )
        )
    for axis, caption in KINDS.items():
        if kinds := told.kinds(axis):
            blocks.append(
                Table(
                    f"{caption}, {content.period}",
                    (Column("Kind"), Column("Recorded", "number"), Column("Share", "percent", decimals=1)),
                    tuple((kind, n, n / total if total else None) for kind, n in kinds.items()),
                    note="Kinds whose count is withheld are not named.",
                    sources=source,
                )
            )
    return tuple(blocks)


def _left_out(content: Content) -> tuple[Block, ...]:
    out: list[Block] = [
        Paragraph("The full edition is for the force alone. This one leaves out what could point at a person, or at a place smaller than an LSOA:"),
        Points(_LEFT_OUT),
        Paragraph(f"The records themselves are not shared; the limit that {_inside(content.controller)} sets on them is “{content.onward}”."),
    ]  # fmt: skip
    if content.left_out:
        out.append(
            Table(
                "Partners' records that the full edition uses and this one leaves out",
                (Column("Source"), Column("Onward limit, as its controller stated it")),
                content.left_out,
                note="Whoever needs them asks their controller.",
            )
        )
    return tuple(out)


def _guarantee(release: Release) -> tuple[Block, ...]:
    low = release.threshold
    return (
        Paragraph(
            f"“{WITHHELD.capitalize()}” stands where a count is fewer than {low}, and where another count, or none at all, had to be withheld so that "
            f"a count of fewer than {low} cannot be worked out from the totals beside it. The same word stands for both, since whoever could tell them "
            "apart would know more."
        ),
        Paragraph(
            "The counts were planned against every shareable edition that this force has released. Whoever holds all of them, adds them up and takes "
            f"them from one another, must still think both 0 and {low - 1} possible for each small count of an area, month or kind."
        ),
        Note(
            "This does not cover what someone knows of an offence themselves, nor figures from other publishers. Totals are true; none is rounded.",
            "Limits",
        ),
    )
