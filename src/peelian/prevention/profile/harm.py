"""How harmful: this theme's share of harm beside its share of the count."""

from __future__ import annotations

import polars as pl

from peelian.access.release import threshold
from peelian.analysis.harm import ASB, harm_table, ons_weights
from peelian.analysis.harm import per_head as harm_per_head
from peelian.core.document import Block, Column, Estimate, Figure, Finding, Note, Paragraph, Section, Source, Table
from peelian.documents import charts
from peelian.prevention.themes import THEMES

from .part import Part, percent
from .scope import Scope
from .small_counts import HIDDEN
from .spread import Spread

_SECTION = "Harm"
_CSS = Source(
    "Harm by the ONS Crime Severity Score: weights from the sentences that courts pass, calculated for police.uk categories",
    "Office for National Statistics (2016). Research outputs: developing a Crime Severity Score for England and Wales",
)


def harm_part(scope: Scope) -> Part:
    """Share of harm against share of count, and harm per head."""
    if scope.theme.slug == ASB:
        note = Note(
            "Anti-social behaviour has no harm weight: no index gives it one. It is counted, never weighed. That is no statement that it "
            "does little harm; repeated and targeted behaviour can do the gravest.",
            "Not weighed",
        )
        return Part(Section(_SECTION, (note,)))
    crimes = scope.everything.filter((pl.col("kind") == "crime") & (pl.col("feed") == scope.feed))
    if not scope.open_data:
        # Harm is count times weight, so a small category is in no row, share or total: nothing is left to subtract.
        crimes = crimes.filter(pl.len().over("category") >= threshold())
    weights = ons_weights()
    table = harm_table(crimes, weights, by=["category"])
    own = table.rows.filter(pl.col("category") == scope.theme.slug)
    if own.is_empty() or not own["events"][0]:
        note = Note(f"{scope.theme.title} has no weight in the {weights.name}.", "Not weighed")
        return Part(Section(_SECTION, (note,)))
    harm, low, high, share_of_events, share_of_harm = own.select(
        "harm", "harm_low", "harm_high", "share_of_events", "share_of_harm"
    ).row(0)
    more = share_of_harm / share_of_events
    text = (
        f"{scope.theme.title}: {percent(share_of_events)} of recorded crime and {percent(share_of_harm)} of its harm (calculated weights)"
        + (
            f", {more:.1f} times its share of the count."
            if more >= 1.1
            else ", less than its share of the count."
            if more <= 0.9
            else ", about its share of the count."
        )
    )
    rows = [row for row in table.rows.iter_rows(named=True) if row["events"]]
    blocks: list[Block] = [
        Paragraph(
            f"Harm weighs each crime by how grave it is, in {weights.unit} of the {weights.name} ({weights.version}). These weights are "
            f"{weights.standing}: ONS publishes them by offence, and here one weight stands for a whole category, so within {scope.theme.title.lower()} "
            "the map of harm is the map of counts. They suit a usual mix of offences; where the mix is grave they say too little."
        ),
        Figure(
            f"{percent(share_of_events)} of the count, {percent(share_of_harm)} of the harm",
            charts.two_shares(
                [_title(r["category"]) for r in rows], [r["share_of_events"] for r in rows], [r["share_of_harm"] for r in rows],
                labels=("share of the count", "share of the harm"),
            ),
            "Each category's share of recorded crime beside its share of harm. "
            + "; ".join(f"{_title(r['category'])}: {percent(r['share_of_events'])} and {percent(r['share_of_harm'])}" for r in rows) + ".",
            Table(
                f"Count and harm by category in {scope.area}, {scope.period}",
                (Column("Category"), Column("Recorded", "number"), Column("Share of count", "percent", decimals=1),
                 Column("Harm", "number", weights.unit), Column("Share of harm", "percent", decimals=1)),
                tuple((_title(r["category"]), r["events"], r["share_of_events"], r["harm"], r["share_of_harm"]) for r in rows),
                note="Crimes only: "
                + (f"{table.without_weight.get(ASB, 0):,} incidents of anti-social behaviour have no weight. " if table.without_weight.get(ASB) else
                   "anti-social behaviour has no weight. ")
                + (f"Without a weight as well: {_without(table.without_weight)}. " if _without(table.without_weight) else "")
                + ("" if scope.open_data else f"Categories with fewer than {threshold()} are left out, of the shares too."),
            ),
            scope.sources,
        ),
    ]  # fmt: skip
    blocks += _per_head(scope, harm, low, high)
    return Part(Section(_SECTION, tuple(blocks)), (Finding("harm", text),), methods=(_CSS,))


def _title(slug: str) -> str:
    return THEMES[slug].title if slug in THEMES else slug


def _without(counts: object) -> str:
    assert isinstance(counts, dict)
    return ", ".join(f"{n:,} {_title(slug).lower()}" for slug, n in sorted(counts.items()) if slug != ASB)


def _per_head(scope: Scope, harm: float, low: float, high: float) -> list[Block]:
    people = sum(scope.population.values())
    if not people:
        return []
    years = ((scope.end - scope.start).days + 1) / 365.25
    whole = Estimate(harm / people / years, low / people / years, high / people / years)
    blocks: list[Block] = [
        Paragraph(
            f"The {scope.theme.many} come to {whole.show(2)} severity points of harm for each resident of {scope.area} in a year, at the pace of "
            "this period (95% interval)."
        )
    ]
    if len(scope.districts) < 2:
        return blocks
    names = {
        code: scope.districts[area.parent].name for code, area in scope.lsoas.items() if area.parent in scope.districts
    }
    placed = scope.inside.filter(pl.col("area").is_in(list(names))).with_columns(
        district=pl.col("area").replace_strict(names)
    )
    living = pl.DataFrame(
        {"district": [names[c] for c in names], "population": [scope.population.get(c, 0.0) for c in names]}
    )
    rates = harm_per_head(
        harm_table(placed, ons_weights(), by=["district"]),
        living.group_by("district").sum(),
        on="district",
        years=years,
    )
    shown = {
        scope.districts[code].name: count for code, count in Spread(scope).districts.items() if code in scope.districts
    }
    rows = rates.select("district", "harm", "per_head", "per_head_low", "per_head_high").rows()
    if sum(count is not None for count in shown.values()) < 2:
        return blocks
    blocks.append(
        Table(
            f"Harm of {scope.theme.title.lower()} by district, a year at the pace of {scope.period}",
            (
                Column("District"),
                Column("Harm in the period", "number", "severity points"),
                Column("A head and year", "number", "95% interval", 2),
            ),
            tuple(
                (name, total, Estimate(value, least, most))
                for name, total, value, least, most in rows
                if shown[name] is not None
            )
            + tuple((name, HIDDEN, HIDDEN) for name, count in shown.items() if count is None),
            note=f"{ons_weights().name}, {ons_weights().version}, {ons_weights().standing}.",
            sources=scope.sources,
        )
    )
    return blocks
