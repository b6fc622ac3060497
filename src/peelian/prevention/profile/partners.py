"""What each partner's data add: which places they raise, and what would be missed without them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from peelian.access.release import protect, threshold
from peelian.analysis.rates import share_interval
from peelian.core.document import Block, Column, Estimate, Finding, Note, Paragraph, Section, Source, Table, Task

from .addresses import whole
from .part import Part, percent, several
from .scope import Held, Scope
from .small_counts import SENTENCE, protected, safe, told, told_without_noughts
from .spread import Spread

SECTION = "What partners' data add"
FIRST = 5  # places that are told to tasking (a local setting)
LAID = 10  # places that a case before tasking counts
# A police record of the same place this near in time may be of the same event (a local setting).
NEAR = timedelta(hours=12)
BUSY = 0.5  # where so many would have one near by chance alone, who knows what cannot be told (a local setting)
_SHIFTS = tuple(timedelta(days=7 * n) for n in (-4, -3, -2, -1, 1, 2, 3, 4))  # the same weekday of other weeks
_METHOD = Source(
    "Share of partners' events unknown to the police: those without a police record of the theme in the same place within 12 hours, "
    "less the coincidences found when their dates are moved by one to four weeks",
    "Described here; 95% interval of the share by Clopper and Pearson's exact method",
)


@dataclass(frozen=True)
class Added:
    """What one feed adds: its events, and those without a police record near by, by place; None where a count is not told."""

    held: Held
    events: int
    by_place: dict[str, int | None]
    known_share: Estimate | None


def _by_place(events: pl.DataFrame) -> dict[str, int]:
    return dict(events.filter(pl.col("_place") != "").group_by("_place").len().iter_rows())


def partners_part(scope: Scope) -> Part:
    """Rank places by police records alone, with every partner's, and without each; say what changes."""
    police = _placed(scope, scope.events)
    counts = _police(scope, police)
    added = [_added(scope, police, held, counts) for held in scope.partners if held.landed]
    used = [a for a in added if a.held.since is None]
    with_all = _ranked(counts, used)
    blocks: list[Block] = []
    findings: list[Finding] = []
    tasks: list[Task] = []
    changed: dict[str, int] = {}  # by feed, how many of the first places stand there because of it
    for one in used:
        without = _ranked(counts, [a for a in used if a is not one])
        findings.append(Finding(f"partner-{one.held.partner.feed}", _says(scope, one, with_all, without)))
        changed[one.held.partner.feed] = len(set(with_all[:FIRST]) - set(without[:FIRST]))
    for one in (a for a in added if a.held.since is not None):
        findings.append(
            Finding(f"partner-{one.held.partner.feed}", _lost(scope, one, with_all, _ranked(counts, [*used, one])))
        )
    raised = [p for p in with_all[:FIRST] if p not in _ranked(counts, [])[:FIRST]]
    if raised and not scope.theme.police_generated:
        tasks.append(
            Task(
                f"Put {several([_name(scope, p) for p in raised])} before the next tasking meeting: partners' records raise "
                f"{'it' if len(raised) == 1 else 'them'} among the first {FIRST}, and police records alone do not",
                "Chair of tasking and co-ordination", scope.on + timedelta(days=14),
                tuple(f"partner-{a.held.partner.feed}" for a in used if any(map(a.by_place.get, raised))),
                "The decision on each place is written down, with the agencies asked",
            )
        )  # fmt: skip
    missing = [held for held in scope.partners if not held.landed]
    blocks += [
        Note(f"Nothing of this source is held here that you may see. It could show {held.partner.adds}.", held.title)
        for held in missing
    ]
    blocks += [
        Note(f.text, "Withdrawn")
        for f in findings
        if any(f.id.endswith(a.held.partner.feed) and a.held.since for a in added)
    ]
    if with_all:
        blocks.append(_table(scope, counts, used, with_all))
    if used:
        blocks.append(_sources(used))
    unknown = tuple(
        f"What {held.title[:1].lower()}{held.title[1:]} would show: {held.partner.adds}." for held in missing
    )
    return Part(
        Section(SECTION, tuple(blocks) or (Paragraph("No partner's event of the period has a place."),)),
        tuple(findings), tuple(tasks), unknown, methods=(_METHOD,) if added else (), facts={"partners": changed},
    )  # fmt: skip


def counted(scope: Scope) -> list[tuple[str, str, int]]:
    """What each source counts in the first places, for tasking: place, source, and the events that this source alone adds.

    Only LSOAs are laid before tasking, and only counts that the profile tells: an address or a small count could point at a person.

    Returns
    -------
    list of (str, str, int)
        The place with the most events first; the source is ``police`` or the name of a partner's feed.
    """
    police = _placed(scope, scope.events)
    counts = _police(scope, police)
    used = [_added(scope, police, held, counts) for held in scope.partners if held.landed and held.since is None]
    rows = []
    for place in [p for p in _ranked(counts, used) if p in scope.lsoas][:LAID]:
        sources = [("police", counts.get(place)), *((one.held.partner.feed, one.by_place.get(place)) for one in used)]
        rows += [(scope.name(place), source, n) for source, n in sources if n]
    return rows


def _placed(scope: Scope, events: pl.DataFrame) -> pl.DataFrame:
    """`events` with `_place`: the LSOA, or the place as written where the theme's own source gives no LSOA."""
    by_area = scope.events["area"].ne("").any()
    key = (
        pl.col("area")
        if by_area
        else pl.col("place").str.to_uppercase().str.replace_all(r"[^A-Z0-9]+", " ").str.strip_chars()
    )
    if not by_area:
        events = events.with_columns(_place=key)
        written = whole(set(scope.events.select(_place=key)["_place"]) | set(events["_place"]))
        key = pl.col("_place").replace(written)
    span = (pl.col("end") - pl.col("start")).clip(timedelta(), timedelta(days=1))
    return events.filter(pl.col("start").is_not_null()).with_columns(
        _place=key, _middle=pl.col("start") + (pl.coalesce(span, timedelta()) * 0.5)
    )


def _added(scope: Scope, police: pl.DataFrame, held: Held, places: Iterable[str]) -> Added:
    events = _placed(scope, held.events).with_row_index("_row")
    near = _near(police, events, timedelta())
    matched = len(near)
    placed = int(events["_place"].ne("").sum())
    share = None
    if placed >= threshold():
        by_chance = sum(len(_near(police, events, shift)) for shift in _SHIFTS) / len(_SHIFTS) / placed
        if by_chance < BUSY:
            found = share_interval([matched], [placed])
            share = Estimate(*(max(0.0, (float(x[0]) - by_chance) / (1 - by_chance)) for x in found))
    unknown = _by_place(events.filter(~pl.col("_row").is_in(near)))
    return Added(held, len(events), told_without_noughts(dict.fromkeys(places, 0) | unknown), share)


def _near(police: pl.DataFrame, events: pl.DataFrame, shift: timedelta) -> list[int]:
    """Rows of `events` that have a police record of the same place near them, once they are moved by `shift`."""
    theirs = events.filter(pl.col("_place") != "").select("_row", "_place", (pl.col("_middle") + shift).alias("_at"))
    ours = police.filter(pl.col("_place") != "").select("_place", pl.col("_middle").alias("_ours"))
    pairs = (
        theirs.sort("_at")
        .join_asof(
            ours.sort("_ours"), left_on="_at", right_on="_ours", by="_place", strategy="nearest", check_sortedness=False
        )
        .filter((pl.col("_ours") - pl.col("_at")).abs() <= NEAR)
    )
    return pairs["_row"].to_list()


def _police(scope: Scope, police: pl.DataFrame) -> dict[str, int | None]:
    """Police records by place; None where the profile does not tell it, here or by LSOA in another of its tables."""
    spread = Spread(scope).lsoas
    rest = {place: n for place, n in _by_place(police).items() if place not in spread}
    return told(rest, open_data=scope.open_data) | spread


def _totals(counts: dict[str, int | None], used: Sequence[Added]) -> dict[str, int]:
    """By place, of the counts that are told: so neither a total nor a rank tells anything of one that is not."""
    totals: dict[str, int] = {}
    for by_place in (counts, *(one.by_place for one in used)):
        for place, n in by_place.items():
            totals[place] = totals.get(place, 0) + (n or 0)
    return totals


def _ranked(counts: dict[str, int | None], used: Sequence[Added]) -> list[str]:
    """Places by police records and partners' events unknown to police, the most first; none with a small total."""
    totals = _totals(counts, used)
    return sorted((p for p, n in totals.items() if protect(n)), key=lambda p: (-totals[p], p))


def _name(scope: Scope, place: str) -> str:
    return scope.name(place) if place in scope.lsoas else place.capitalize() if " " in place else place


def _rank(place: str, ranked: Sequence[str]) -> str:
    return _ordinal(ranked.index(place) + 1) if place in ranked else "nowhere in the list"


def _called(held: Held) -> str:
    """What a feed is called, without the list of what is in it."""
    return held.title.partition(":")[0]


def _ordinal(n: int) -> str:
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def _counted(one: Added) -> str:
    n = one.events
    return f"{n:,} events" if n >= threshold() else "hardly any event" if n else "no event"


def _says(scope: Scope, one: Added, with_all: Sequence[str], without: Sequence[str]) -> str:
    """What one feed changes, in words."""
    if not one.events:
        return f"{_called(one.held)}: nothing of the area and period is held, so it changes nothing here."
    text = f"{_called(one.held)} ({_counted(one)}) show {one.held.partner.adds}."
    if one.known_share is not None:
        known = one.known_share
        text += (
            f" About {percent(1 - known.value)} of them (95% interval {percent(1 - known.high)} to {percent(1 - known.low)}) are in no police "
            "record of the theme."
        )
    entered = [p for p in with_all[:FIRST] if p not in without[:FIRST]]
    first = with_all[:1]
    if entered:
        text += (
            " Without them "
            + several(
                [f"{_name(scope, p)} would fall from {_rank(p, with_all)} to {_rank(p, without)}" for p in entered]
            )
            + f", out of the first {FIRST}."
        )
    elif first and without and first != list(without[:1]):
        text += f" Without them {_name(scope, without[0])} would stand first in place of {_name(scope, first[0])}."
    else:
        text += f" They change no place among the first {FIRST}."
    return text


def _lost(scope: Scope, one: Added, now: Sequence[str], then: Sequence[str]) -> str:
    since = one.held.since
    assert since is not None
    text = (
        f"{_called(one.held)} were withdrawn on {since.day} {since:%B %Y} ({one.held.reason}). This profile no longer uses {_counted(one)} that "
        "were held until then."
    )
    fallen = [p for p in then[:FIRST] if p not in now[:FIRST]]
    if fallen:
        text += (
            " With them "
            + several([f"{_name(scope, p)} would stand {_rank(p, then)}, now {_rank(p, now)}" for p in fallen])
            + "."
        )
    elif then[:FIRST] != now[:FIRST]:
        text += f" With them the order of the first {FIRST} would be another."
    else:
        text += f" The first {FIRST} places are the same without them."
    return text


def _table(scope: Scope, counts: dict[str, int | None], used: Sequence[Added], with_all: Sequence[str]) -> Table:
    alone, totals = _ranked(counts, []), _totals(counts, used)
    cells = {
        place: [counts.get(place, 0), *(a.by_place.get(place) if a.events else 0 for a in used)]
        for place in with_all[:10]
    }
    return Table(
        f"Places ranked by police records and by what partners add, {scope.period}",
        (Column("Rank", "number"), Column("Place"), Column("Rank by police records alone", "number"), Column("Police", "number"),
         *(Column(_called(a.held), "number", "unknown to police") for a in used), Column("Together", "number")),
        tuple(
            (n, _name(scope, place), alone.index(place) + 1 if place in alone else "not listed", *map(safe, own), totals[place])
            for n, (place, own) in enumerate(cells.items(), start=1)
        ),
        note=f"A partner's event counts where no police record of the theme lies in the same place within 12 hours of it. Places with fewer than "
        f"{threshold()} are not listed."
        + (f" {SENTENCE} Neither counts in ranks and totals here; of partners a nought is not shown either." if any(None in own for own in cells.values()) else ""),
        sources=scope.sources,
    )  # fmt: skip


def _sources(used: Sequence[Added]) -> Table:
    return Table(
        "Partners' feeds that this profile uses",
        (Column("Source"), Column("Events", "number"), Column("In police records too", "percent", "95% interval")),
        tuple((a.held.title, protected(a.events), a.known_share) for a in used),
        note="Coincidences are taken out: events of one place and day need not be one event. Where most events have a police record near by chance "
        "alone, or they are few, it cannot be told.",
    )
