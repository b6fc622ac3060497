"""Every source format that Peelian reads, one declaration each."""

from __future__ import annotations

from peelian.core.errors import PeelianError

from . import (
    custody,
    examinations,
    force,
    intelligence,
    missing,
    offenders,
    outcomes,
    partners,
    police_uk,
    statistics,
    stops,
    workforce,
)
from .declare import Feed

_MODULES = (
    police_uk,
    outcomes,
    stops,
    force,
    custody,
    intelligence,
    missing,
    offenders,
    workforce,
    examinations,
    partners,
    statistics,
)
FEEDS: dict[str, Feed] = {feed.name: feed for module in _MODULES for feed in module.FEEDS}


def feed_named(name: str) -> Feed:
    """The feed called `name`; PeelianError with the list of feeds for any other."""
    try:
        return FEEDS[name]
    except KeyError:
        raise PeelianError(
            "there is no such feed", found=repr(name), fix="use one of: " + ", ".join(FEEDS), id="peelian.E401"
        ) from None
