"""Made-up names of the county's places. None is meant to be a real place; the county, its force and its codes do not exist."""

from __future__ import annotations

import numpy as np

from .streams import Ints

COUNTY = "Wexmoor"
FORCE = "Wexmoor Police"
SLUG = "wexmoor"
# Royal Mail uses no postcode area that begins with X or ends a pair like these (general knowledge of the 124 areas).
POSTCODE_AREAS = ("XW", "XY", "XZ", "XV", "XU", "XT", "XS", "XR")


def _words(text: str) -> list[str]:
    return text.split()


_TOWN_HEADS = _words(
    "Alder Bracken Castle Dunner Elm Fallow Gorse Harrow Ingle Jarrow Kettle Larks Marl Nettle Oster Pen Quill Ravel "
    "Sallow Thistle Umber Vetch Willow Yarrow Amber Birch Corn Drake Ember Fern"
)
_TOWN_TAILS = _words("mere ford wick stow combe sham thwaite minster holt worthy den garth")
_STREET_HEADS = _words(
    "Abbey Acacia Albert Alma Apple Ash Avon Badger Baker Bank Barley Barn Beacon Beech Bell Bramble Bridge Brook Castle "
    "Cedar Chapel Cherry Chestnut Church Clay Clover College Copse Corn Cross Crown Dale Derwent Dove Drovers Elder Elm "
    "Fair Farm Fern Field Finch Forge Fox Garden George Gorse Grange Green Grove Hall Hawthorn Hazel Heath Heron High "
    "Hill Holly Hop Ivy Jasmine Jubilee Juniper Kestrel King Kings Lark Laurel Lavender Lime Linden London Long Lower "
    "Maple Market Marsh Meadow Mill Milton Mount Nelson New North Oak Old Orchard Osborne Park Pear Pine Plover Pond "
    "Poplar Primrose Priory Quarry Queens Railway Rectory Regent Ridge River Rook Rose Rowan Rushes Russet Saffron "
    "School Shaw Shire Silver Skylark South Spring Spruce Station Stone Swallow Swan Sycamore Tanner Teal Temple Thorn "
    "Tudor Upper Vale Vicarage Victoria Walnut Warren Water Weaver Wellington West Wharf White Willow Windmill Windsor "
    "Wood Wren Yew York"
)
_STREET_TAILS = (("Road", 30), ("Close", 20), ("Avenue", 14), ("Street", 12), ("Lane", 9), ("Drive", 8), ("Way", 5),
                 ("Crescent", 4), ("Gardens", 4), ("Court", 3), ("Place", 2), ("Terrace", 2), ("Walk", 2), ("Green", 1),
                 ("Hill", 1), ("Grove", 3), ("Mews", 1))  # fmt: skip
STREET_NAMES = tuple(f"{head} {tail}" for head in _STREET_HEADS for tail, _ in _STREET_TAILS)


def towns(count: int, rng: np.random.Generator) -> list[str]:
    """`count` different names of towns."""
    names = [head + tail for head in _TOWN_HEADS for tail in _TOWN_TAILS if head[-1] != tail[0]]
    order = rng.permutation(len(names))
    return [names[i] if n < len(names) else f"{names[i]} St Osyn {n // len(names) + 1}"
            for n, i in enumerate(np.resize(order, count))]  # fmt: skip


def street_names(count: int, rng: np.random.Generator) -> Ints:
    """Indices into STREET_NAMES of `count` streets; names come again in other places, as London Road does."""
    tails = np.array([weight for _, weight in _STREET_TAILS], dtype=float)
    head = rng.integers(len(_STREET_HEADS), size=count)
    tail = rng.choice(len(tails), size=count, p=tails / tails.sum())
    return (head * len(tails) + tail).astype(np.int64)
