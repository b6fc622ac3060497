"""The neighbourhood sheet: one area on a few pages, every figure beside what is usual, each with its interval."""

from __future__ import annotations

import polars as pl

from peelian import __version__
from peelian.access.release import protect, threshold
from peelian.analysis.harm import harm_table, ons_weights, per_head
from peelian.analysis.rates import share_interval
from peelian.core.document import (
    Block,
    Column,
    Document,
    Estimate,
    Finding,
    Note,
    Paragraph,
    Points,
    Section,
    Source,
    Table,
)

from .communities_picture import Picture
from .communities_similar import counts_of, differs, rate, similar
from .profile import by_area
from .profile.part import percent, say_days, several
from .profile.small_counts import SENTENCE, protected, safe, told
from .profile.spread import Spread
from .profile.trend import trend_part
from .themes import ASB, THEMES

_METHODS = (
    Source("Exact Poisson interval of a rate, 95%", "Garwood, F. (1936). Biometrika 28(3/4), 437-442"),
    Source("Exact binomial interval of a share, by which a difference from the rest of the force is judged", "Clopper, C. J. and Pearson, E. S. (1934). Biometrika 26(4), 404-413"),
    Source("Interval of weighted counts, for harm", "Fay, M. P. and Feuer, E. J. (1997). Statistics in Medicine 16(7), 791-801"),
    Source("Most similar areas: Euclidean distance of standardised density, people, deprivation decile and share in the most deprived fifth; crime is no part of it",
           "Peelian's own choice of measures; the official groups of similar areas are iQuanta's"),
)  # fmt: skip


def sheet(p: Picture) -> Document:
    """The document of what `p` holds."""
    crime, disorder = _against(p, "crime"), _against(p, ASB)
    alike, near = similar(p)
    trends = [
        (title, trend_part(scope)) for title, scope in (("Crime", p.crime), ("Anti-social behaviour", p.disorder))
    ]
    people, harm, lists, work = _people(p), _harm(p), _lists(p), _work(p)
    findings = [
        Finding("crime", crime), *harm[0], Finding("disorder", disorder), *_council(p),
        *(Finding(f"trend-{n}", f"{title}: {f.text}") for n, (title, part) in enumerate(trends) for f in part.findings if f.id == "trend"),
        *lists[0], *near, *work[0],
    ]  # fmt: skip
    unknown = [
        "What nobody told anybody: recorded crime and reports are not all of what happens.",
        *(f"What {title} know: nothing of it is held, or may be seen." for title in p.not_held),
        *dict.fromkeys(text for _, part in trends for text in part.unknown),
    ]
    return Document(
        title=f"Neighbourhood sheet: {p.area.name}", subtitle=say_days(p.crime.start, p.crime.end), marking="OFFICIAL", edition=p.crime.on,
        meta=(("For", "The neighbourhood team and its partners; it names nobody"), ("Sources", f"{p.crime.feed}, {p.disorder.feed}, partners' feeds; files at the end")),
        sections=(
            Section("In short", tuple(findings)), Section("People", people), Section("Crime and anti-social behaviour", (*_categories(p), *harm[1])),
            Section("Places", _places(p)),
            *(Section(f"Trend: {title.lower()}", part.section.blocks) for title, part in trends if part.section.blocks),
            Section("Vulnerability, from police and partners", lists[1]), Section("Priorities and work under way", work[1]),
            Section("Most similar areas", alike), Section("What is not known", (Points(tuple(unknown)),)), _methods(p),
        ),
        facts={"area": p.area.code},
    )  # fmt: skip


def _against(p: Picture, of: str) -> str:
    """How much there is, beside the rest of the force."""
    counts, own = counts_of(p, of), p.own
    here, people = counts.get(p.area.code, 0), own["people"]
    theme = p.disorder.theme if of == ASB else p.crime.theme
    text = f"{theme.count(here).capitalize()} {'was' if here == 1 else 'were'} recorded in {p.area.name} in {say_days(p.crime.start, p.crime.end)}"
    others = p.units.filter((pl.col("code") != p.area.code) & (pl.col("people") > 0))
    rest, living = sum(counts.get(c, 0) for c in others["code"]), float(others["people"].sum())
    if not people or not living:
        return text + "; no rate can be told, because nobody's number of people is loaded."
    return (
        f"{text}: {rate(here, people, p.years).show()} for every 1,000 people in a year. The rest of the force has {rate(rest, living, p.years).show()}; "
        f"this area is {differs(here, rest, people, living)}."
    )


def _people(p: Picture) -> tuple[Block, ...]:
    own, all_ = p.own, p.units.filter(pl.col("people") > 0)
    if not own["people"]:
        return (
            Note(
                "The population by LSOA is not loaded, so no rate can be told: load it with `peelian areas load`.",
                "People",
            ),
        )

    def usual(column: str) -> float | None:
        held = all_[column].drop_nulls()
        return None if held.is_empty() else float(held.median())  # type: ignore[arg-type]

    density = (all_["people"] / all_["hectares"]).median() if (all_["hectares"] > 0).all() else None
    return (
        Table(
            f"Who lives in {p.area.name}",
            (Column("What"), Column("Here", "number", decimals=1), Column("Middle area of the force", "number", decimals=1)),
            (
                ("People", f"{own['people']:,.0f}", f"{usual('people') or 0:,.0f}"),
                ("People a hectare", own["people"] / own["hectares"] if own["hectares"] else None, density),  # type: ignore[arg-type]
                ("Deprivation decile, mean (1 is the most deprived tenth of England)", own["decile"], usual("decile")),
                ("Of 100 people, in the most deprived fifth of England", None if own["deprived"] is None else 100 * own["deprived"],
                 None if (u := usual("deprived")) is None else 100 * u),
            ),
            note=f"Population of {p.crime.years.get('population', 'no year')}, deprivation of {p.crime.years.get('imd_decile', 'no year')}. Areas: {p.kind}s, {len(all_)} of them.",
        ),
    )  # fmt: skip


def _categories(p: Picture) -> tuple[Block, ...]:
    """Each category beside the rest of the force."""
    own, open_data = p.own, p.crime.open_data
    people = own["people"]
    others = p.units.filter((pl.col("code") != p.area.code) & (pl.col("people") > 0))
    living = float(others["people"].sum())
    placed = p.of_force.filter(pl.col("unit") != "")
    here = dict(placed.filter(pl.col("unit") == p.area.code).group_by("category").len().iter_rows())
    rest = dict(placed.filter(pl.col("unit").is_in(others["code"].implode())).group_by("category").len().iter_rows())
    shown = told(
        {c: here.get(c, 0) for c in sorted({*here, *rest}, key=lambda c: (-here.get(c, 0), c))}, open_data=open_data
    )
    if not people or not living:
        return (Note("Without the number of people no rate can be told.", "Rates"),)
    rows = tuple(
        (
            THEMES[c].title if c in THEMES else c, safe(n), rate(n, people, p.years) if n is not None else "not shown", rate(rest.get(c, 0), living, p.years),
            "not shown" if n is None else differs(n, rest.get(c, 0), people, living),
        ) for c, n in shown.items()
    )  # fmt: skip
    return (
        Table(
            f"What was recorded in {p.area.name}, {say_days(p.crime.start, p.crime.end)}",
            (Column("Category"), Column("Recorded", "number"), Column("Here", "number", "per 1,000 a year, 95% interval", 1),
             Column("Rest of the force", "number", "per 1,000 a year, 95% interval", 1), Column("Against the rest")),
            rows, note=("" if None not in shown.values() else SENTENCE), sources=p.crime.sources,
        ),
    )  # fmt: skip


def _harm(p: Picture) -> tuple[list[Finding], list[Block]]:
    """Harm a head, here and in the rest; anti-social behaviour has no weight."""
    crimes = p.of_force.filter((pl.col("kind") == "crime") & (pl.col("category") != ASB) & (pl.col("unit") != ""))
    people = p.units.filter(pl.col("people") > 0)
    if crimes.is_empty() or not p.own["people"] or len(people) < 2:
        return [], []
    side = pl.when(pl.col("unit") == p.area.code).then(pl.lit("here")).otherwise(pl.lit("rest"))
    held = crimes.filter(pl.col("unit").is_in(people["code"].implode())).with_columns(side=side)
    living = people.select(
        side=pl.when(pl.col("code") == p.area.code).then(pl.lit("here")).otherwise(pl.lit("rest")), population="people"
    )
    table = harm_table(held, ons_weights(), by=["side"])
    rates = {
        row["side"]: Estimate(row["per_head"], row["per_head_low"], row["per_head_high"])
        for row in per_head(table, living.group_by("side").sum(), on="side", years=p.years).iter_rows(named=True)
    }
    here, rest = rates["here"], rates["rest"]
    way = "above it" if here.low > rest.high else "below it" if here.high < rest.low else "not shown to differ from it"
    weights = ons_weights()
    text = f"Weighed by harm, crime comes to {here.show(1)} {weights.unit} for each resident in a year; the rest of the force has {rest.show(1)}: {way}."
    # A category of few crimes would be told by its harm.
    own = harm_table(
        held.filter(pl.col("side") == "here").filter(
            pl.len().over("category") >= (1 if p.crime.open_data else threshold())
        ),
        weights,
        by=["category"],
    )
    rows = tuple(
        (THEMES[r["category"]].title if r["category"] in THEMES else r["category"], Estimate(r["harm"], r["harm_low"], r["harm_high"]), r["share_of_events"], r["share_of_harm"])
        for r in own.rows.iter_rows(named=True) if r["events"]
    )  # fmt: skip
    note = f"{weights.name}, {weights.version}, {weights.standing}. Anti-social behaviour has no weight: that is no statement that it does little harm."
    if not p.crime.open_data:
        note += f" Categories with fewer than {threshold()} are left out, of the shares too."
    return [Finding("harm", text)], [
        Table(
            "Harm by category", (Column("Category"), Column("Harm", "number", f"{weights.unit}, 95% interval"), Column("Share of count", "percent"), Column("Share of harm", "percent")),
            rows, note=note, sources=p.crime.sources,
        )
    ]  # fmt: skip


def _council(p: Picture) -> list[Finding]:
    n = len(p.council)
    if not n:
        return []
    return [
        Finding(
            "council",
            f"The council holds {protected(n)} complaints of anti-social behaviour here in the same months, beside those that police recorded; some may be of the same matter.",
        )
    ]


def _places(p: Picture) -> tuple[Block, ...]:
    told_ = tuple(by_area.lsoas(p.crime, Spread(p.crime))) if p.crime.population else ()
    note = Note(
        "By LSOA, never by address: the sheet is read by partners too. The addresses that come back again and again are found under anti-social behaviour.",
        "Places",
    )
    return (*told_, note)


def _lists(p: Picture) -> tuple[list[Finding], tuple[Block, ...]]:
    """Who is on a list: police alone, partners alone, both."""
    if not p.lists:
        return [], (Note("No list of vulnerable people is held that you may see.", "Vulnerability"),)
    police = frozenset().union(*(one.people for one in p.lists if one.holder == "police"))
    partners = frozenset().union(*(one.people for one in p.lists if one.holder != "police"))
    both, alone = len(police & partners), len(partners - police)
    table = Table(
        "People on lists of police and partners", (Column("Whose"), Column("List"), Column("People", "number"), Column("Records", "number")),
        tuple((one.holder.capitalize(), one.title, protected(len(one.people)), protected(one.records)) for one in p.lists),
        note="A person may stand on several lists. Who is one person is as the identity ledger has it.", sources=p.crime.sources,
    )  # fmt: skip
    whole = police | partners
    if protect(len(whole)) is None or None in (protect(both), protect(alone), protect(len(police - partners))):
        return [], (table,)
    share, low, high = (float(x[0]) for x in share_interval([alone], [len(whole)]))
    text = (
        f"{len(whole):,} people here stand on a list of vulnerable people: {len(police - partners):,} on a police list alone, {both:,} on both, and {alone:,} on partners' lists alone "
        f"({percent(share)}, {percent(low)} to {percent(high)}), whom police records do not show."
    )
    return [Finding("vulnerability", text)], (
        table,
        Note(
            "Being on a list is no measure of risk; how many stand on none cannot be told here (see the strategic assessment).",
            "Lists",
        ),
    )


def _work(p: Picture) -> tuple[list[Finding], tuple[Block, ...]]:
    """Current priorities and open cases."""
    names = {"asb_case": "ASB cases", "hub_problem": "hub problems", "pcso_task": "tasks of community support officers"}
    open_ = [f"{protected(n) if n else 'no'} {names[kind]}" for kind, n in p.work.open.items()]
    blocks: list[Block] = [Paragraph(f"Open: {several(open_)}.")] if open_ else []
    if not p.work.priorities:
        return [Finding("priorities", "No local priority is current here.")], (
            *blocks,
            Paragraph("No local priority is current. When were people here last asked?"),
        )
    blocks.insert(0, Table(
        "Current priorities", (Column("About"), Column("You said"), Column("Stage"), Column("Actions", "number"), Column("Done", "number")),
        tuple((theme, said, stage.replace("_", " "), actions, done) for theme, said, stage, actions, done in p.work.priorities),
    ))  # fmt: skip
    n = len(p.work.priorities)
    first = several(sorted({theme for theme, *_ in p.work.priorities}))
    return [
        Finding("priorities", f"{n} local {'priority is' if n == 1 else 'priorities are'} current: {first}.")
    ], tuple(blocks)


def _methods(p: Picture) -> Section:
    files = sorted(
        {(b.file, b.feed, b.digest[:8], b.accepted) for scope in (p.crime, p.disorder) for b in scope.batches}
    )
    return Section("Methods and files", (
        Table("Methods used, with their references", (Column("Method"), Column("Reference")), tuple((m.label, m.detail) for m in _METHODS)),
        Paragraph(f"Made with Peelian {__version__}. Intervals are 95% and take events as independent; where the same people or places suffer again and again they are too narrow."),
        Table("Files it rests on", (Column("File"), Column("Feed"), Column("Batch"), Column("Rows accepted", "number")), tuple(files)),
    ))  # fmt: skip
