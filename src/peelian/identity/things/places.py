"""Which written addresses are one place, with the reason; worked out over the rows that a reader may see, and no others."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import hypot

from django.db.models import Q, QuerySet
from rapidfuzz.distance import OSA

from ..models import Seen
from .addresses import address

NEAR = 50.0  # metres between two points of one door; a local setting [DESIGN]
SLIPS = 2  # letters wrong in a street's name
Reasons = dict[int, str]


def same_place(a: Seen, b: Seen) -> str:
    """Why two addresses are one place, in words for the reader; '' where they are not known to be.

    Two different UPRNs are two places whatever else agrees. A number and a street alone are a place in every town that has such a
    street: only points within `NEAR` metres join those.
    """
    if a.uprn and b.uprn:
        return "the same UPRN" if a.uprn == b.uprn else ""
    if a.at_postcode and a.at_postcode == b.at_postcode:
        if a.at_street == b.at_street:
            return "the same number, street and postcode"
        if not (a.at_street and b.at_street) or OSA.distance(a.at_street, b.at_street) <= SLIPS:
            return "the same number and postcode; the street is written otherwise"
        return ""
    if not a.at_street or a.at_street != b.at_street:
        return ""
    if a.easting is not None and b.easting is not None:
        apart = hypot(a.easting - b.easting, a.northing - b.northing)
        if apart <= NEAR:
            return f"the same number and street, {apart:.0f} m apart"
    if not (a.at_postcode and b.at_postcode) and town_of(a) and town_of(a) == town_of(b):
        return "the same number, street and town"
    return ""


def town_of(row: Seen) -> str:
    """The town that the record itself states with the address."""
    return _town(row.said)


@lru_cache(4_096)
def _town(said: str) -> str:
    return address(said).locality


def whole(row: Seen) -> bool:
    """Whether the address says in which town it is, by postcode, name or UPRN."""
    return bool(row.at_postcode or row.uprn or town_of(row))


class Candidates:
    """The rows that can be one place with some: those that share a UPRN, or number and postcode, or number and street.

    Parameters
    ----------
    visible : queryset of Seen
        All that the reader may see.
    """

    def __init__(self, visible: QuerySet[Seen]) -> None:
        self.visible = visible
        self.found: dict[int, Seen] = {}
        self._asked: set[tuple[str, str]] = set()

    def ask(self, rows: Iterable[Seen]) -> None:
        """Find the candidates of rows too; no question is put twice."""
        told, wanted = list(rows), Q()
        for name in ("uprn", "at_postcode", "at_street"):
            values = {v for r in told if (v := getattr(r, name)) and (name, v) not in self._asked}
            if values:
                self._asked |= {(name, v) for v in values}
                # The condition of the index must stand in the query, or SQLite does not use it.
                wanted |= ~Q(**{name: ""}) & Q(**{f"{name}__in": sorted(values)})
        if wanted:
            self.found |= {r.pk: r for r in self.visible.filter(wanted)}


def widened(rows: Iterable[Seen], candidates: Candidates) -> tuple[list[Seen], Reasons]:
    """The rows of one place, from some of them on.

    Parameters
    ----------
    rows : iterable of Seen
        Rows of one place; an unsaved one, for an address that somebody typed, is not among the result.
    candidates : Candidates
        Of what the reader may see.

    Returns
    -------
    rows, reasons
        The rows, and by the id of each that was not given why it is the same place.
    """
    told = list(rows)
    held = {r.pk: r for r in told if r.pk}
    reasons: Reasons = {}
    frontier = told
    while frontier:
        candidates.ask(frontier)
        # Rows that differ in nothing that counts would be compared in vain.
        distinct = {(r.uprn, r.at_postcode, r.at_street, r.easting, r.northing, town_of(r)): r for r in frontier}
        frontier = []
        for row in [r for pk, r in candidates.found.items() if pk not in held]:
            why = next(filter(None, (same_place(row, one) for one in distinct.values())), "")
            if why:
                held[row.pk], reasons[row.pk] = row, why
                frontier.append(row)
    return list(held.values()), reasons


def parted(rows: Iterable[Seen], candidates: Candidates) -> list[tuple[list[Seen], Reasons]]:
    """Rows that may be of several places, parted into places, each widened; the place with most rows first."""
    places, taken = [], set()
    rows = list(rows)
    candidates.ask(rows)
    for row in rows:
        if row.pk not in taken:
            place, reasons = widened([row], candidates)
            taken |= {r.pk for r in place}
            places.append((place, reasons))
    return sorted(places, key=lambda p: (-len(p[0]), min(r.pk for r in p[0])))
