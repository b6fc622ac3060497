"""Find the last profile of the same theme and area in the record of acts, and count its period again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from peelian.core.clock import start_of_day
from peelian.prevention.themes import ALIASES, Theme, slug_of

from .scope import Last, with_time

if TYPE_CHECKING:
    from peelian.access.actor import Actor
    from peelian.access.models import Entry

# An outcome comes later by nature, and what was empty may be filled in; neither is a correction. Where a version was read is not what it says.
_NO_CORRECTION = {"batch", "line", "feed", "outcome"}


def last_edition(
    actor: Actor, theme: Theme, *, names: Collection[str], only: list[str] | None, feed: str, start: date, end: date, on: date
) -> Last | None:  # fmt: skip
    """The last profile that the actor's agency made of this theme and area before the day `on`, counted again.

    Parameters
    ----------
    actor : Actor
        Sees what policy allows, now as then.
    theme : Theme
    names : collection of str
        By which the area may have been asked for.
    only : list of str or None
        LSOA codes of the area; None for everything the force recorded.
    feed : str
        The feed of the new profile: like is compared with like.
    start, end : date
        Period of the new profile; one that reaches past it is no earlier edition.
    on : date
        The day of the new profile. A profile of the same day is the same edition.
    """
    from peelian.records import query

    found = next(_made(actor, theme, names, end, on), None)
    if found is None:
        return None
    entry, (began, ended) = found
    begin, after = start_of_day(began), start_of_day(ended + timedelta(days=1))

    def counted(known_on: datetime | None) -> pl.DataFrame:
        return _keyed(
            theme.select.of(
                query.events(
                    actor, categories=theme.select.categories or None, areas=only, start=begin, end=after, feeds=[feed],
                    known_on=known_on,
                )
            )
        )  # fmt: skip

    def held(known_on: datetime | None, keys: pl.Series) -> int:
        """How many of these records are held anywhere, whatever they say."""
        if keys.is_empty():
            return 0
        return int(keys.is_in(_keyed(query.events(actor, feeds=[feed], known_on=known_on))["_key"].implode()).sum())

    then, now = counted(entry.at), counted(None)
    came = now.join(then, on="_key", how="anti")["_key"]
    went = then.join(now, on="_key", how="anti")["_key"]
    both = now.join(then, on="_key", suffix="_then")
    facts = [column for column in then.columns if column not in _NO_CORRECTION | {"_key"}]
    said = [pl.col(f"{c}_then").is_not_null() & pl.col(f"{c}_then").cast(pl.String).ne("") for c in facts]
    corrected = both.filter(
        pl.any_horizontal(was & pl.col(c).ne_missing(pl.col(f"{c}_then")) for was, c in zip(said, facts, strict=True))
    )
    return Last(
        at=entry.at,
        start=began,
        end=ended,
        now=with_time(now.drop("_key")),
        late=len(came) - (known := held(entry.at, came)),
        corrected_in=known,
        corrected=len(corrected),
        withdrawn=len(went) - (kept := held(None, went)),
        corrected_out=kept,
    )


def _made(
    actor: Actor, theme: Theme, names: Collection[str], end: date, on: date
) -> Iterator[tuple[Entry, tuple[date, date]]]:
    """Profiles of the theme and area that the actor's agency made before the day, the newest first."""
    from peelian.access.models import Entry
    from peelian.prevention.templates import paths

    wanted = {name.casefold() for name in names}
    themes = {theme.slug, *(alias for alias, slug in ALIASES.items() if slug == theme.slug and alias not in paths())}
    told = Entry.objects.filter(what="problem profile", agency=actor.agency.code, at__lt=start_of_day(on))
    for entry in told.order_by("-at", "-pk").iterator(chunk_size=100):
        detail = entry.detail
        if detail.get("area", "").casefold() in wanted and slug_of(detail.get("theme", "")) in themes:
            try:
                period = date.fromisoformat(detail["from"]), date.fromisoformat(detail["to"])
            except (KeyError, ValueError):
                continue  # an act that was refused, or stated otherwise
            if period[1] <= end:
                yield entry, period


def _keyed(events: pl.DataFrame) -> pl.DataFrame:
    """With `_key`: the source's reference and which of its rows it is; or where a row without one was first read."""
    nth = pl.int_range(pl.len()).over("reference")
    return events.with_columns(
        _key=pl.when(pl.col("reference") != "")
        .then(pl.format("{}#{}", "reference", nth))
        .otherwise(pl.format("{}/{}", "batch", "line"))
    )
