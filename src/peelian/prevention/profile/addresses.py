"""Addresses as people write them, brought to one way of writing, for places that have no LSOA."""

from __future__ import annotations

_SHORT = {
    "CL": "CLOSE",
    "RD": "ROAD",
    "LN": "LANE",
    "AV": "AVENUE",
    "AVE": "AVENUE",
    "DR": "DRIVE",
    "CT": "COURT",
    "GDNS": "GARDENS",
}


def whole(places: set[str]) -> dict[str, str]:
    """Each place with its street's word written out, and without what follows a shorter address that others give of it."""
    told = {place: " ".join(_SHORT.get(word, word) for word in place.split()) for place in places}
    shortest: list[str] = []
    found = {}
    for place, plain in sorted(told.items(), key=lambda item: (len(item[1]), item)):
        stem = next((s for s in shortest if plain.startswith(s + " ")), plain)
        # An address is short enough to stand for longer ones only if it has a number and a street.
        if stem == plain and len(plain.split()) >= 3 and any(word[0].isdigit() for word in plain.split()):
            shortest.append(plain)
        found[place] = stem
    return found
