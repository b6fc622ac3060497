"""The made-up county's ground: areas, neighbourhoods and districts that tile it, streets, and places people go to.

All coordinates are metres on the British National Grid. The county lies round a point in the middle of England, so that
OSTN15 holds for it; nothing in it is what stands there. Its size follows its people: Essex has about 490 a square kilometre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from convertbng.cutil import convert_osgb36_to_ll

from . import naming
from .streams import Floats, Ints, stream

Shapes = npt.NDArray[np.object_]
PEOPLE_PER_AREA = 1_600  # LSOAs hold 1,000 to 3,000 people (ONS); the mean in Essex in 2019 is 1,715
DENSITY = 490e-6  # people per square metre
CENTRE = np.array([450_000.0, 270_000.0])
TOWN_AREA = 0.4e6  # square metres of one area inside a town
IMD_AREAS = 32_844  # LSOAs that the English index of 2019 ranks
SIDE = 14.0  # metres from the middle of a street to what stands beside it
PLACE_KINDS = ("shop", "licensed premises", "school", "hospital", "park")
_PLACE_NAMES = {
    "shop": ("Stores", "Supermarket", "Pharmacy", "Food and Wine", "Hardware"),
    "licensed premises": ("Arms", "Tavern", "Inn", "Club", "Bar"),
    "school": ("Primary School", "Academy", "High School"),
    "hospital": ("General Hospital",),
    "park": ("Recreation Ground", "Park", "Playing Field"),
}


@dataclass(frozen=True)
class Places:
    """Facilities of one kind, in the order of their areas."""

    area: Ints
    street: Ints
    easting: Floats
    northing: Floats
    name: list[str]
    first: Ints  # of each area, the index of its first place
    count: Ints  # of each area


@dataclass(frozen=True)
class Geography:
    """The ground, as arrays. Areas are LSOA-like; streets are in the order of their areas."""

    code: list[str]
    name: list[str]
    centre: Floats  # (areas, 2)
    shape: Shapes
    people: Ints  # wanted in each area
    town: list[str]  # post town of each area
    neighbourhood: Ints
    neighbourhood_code: list[str]
    neighbourhood_name: list[str]
    district: Ints
    district_code: list[str]
    district_name: list[str]
    deprivation: Floats  # 0 least to 1 most
    centrality: Floats  # 0 to 1, one in the heart of the largest town
    imd_rank: Ints  # 1 is the most deprived
    street_area: Ints
    street_middle: Floats  # (streets, 2)
    street_along: Floats  # (streets, 2) unit vector
    street_length: Floats
    street_name: Ints  # index into naming.STREET_NAMES
    first_street: Ints
    streets: Ints  # count in each area
    places: dict[str, Places]

    @property
    def areas(self) -> int:
        """How many areas there are."""
        return len(self.code)

    def on_street(self, street: Ints, along: Floats, aside: Floats) -> Floats:
        """Points on streets: `along` from -1 to 1 of its half length, `aside` in metres; shape (n, 2)."""
        run = self.street_along[street]
        half = self.street_length[street][:, None] / 2
        left = np.column_stack([-run[:, 1], run[:, 0]])
        return self.street_middle[street] + run * half * along[:, None] + left * aside[:, None]


def lonlat(points: Floats) -> Floats:
    """WGS84 longitude and latitude of grid points, shape (n, 2), by OSTN15."""
    longitude, latitude = convert_osgb36_to_ll(points[:, 0], points[:, 1])
    return np.column_stack([longitude, latitude])


def _scatter(areas: int, radius: float, rng: np.random.Generator) -> tuple[Floats, Ints, Floats, Floats]:
    """Middle points of areas; the town of each (-1 in the country); its centrality; and the towns' middles."""
    districts = _districts(areas)
    towns = max(districts, round(0.8 * areas**0.5))
    urban = max(towns, round(0.78 * areas))
    weight = (1.0 + np.arange(towns)) ** -0.7
    size = np.maximum(1, np.floor(weight / weight.sum() * urban).astype(int))
    middles: list[Floats] = []
    points: list[Floats] = []
    town: list[Ints] = []
    centrality: list[Floats] = []
    for t in range(towns):
        spread = (size[t] * TOWN_AREA / np.pi) ** 0.5
        angle, far = rng.random(30) * 2 * np.pi, np.sqrt(rng.random(30)) * max(0.0, 0.88 * radius - spread)
        tries = np.column_stack([np.cos(angle) * far, np.sin(angle) * far])
        if middles:  # towns keep away from each other
            apart = np.linalg.norm(tries[:, None] - np.array(middles)[None], axis=2).min(axis=1)
            middle = tries[np.argmax(apart)]
        else:
            middle = tries[np.argmin(far)]
        middles.append(middle)
        n = np.arange(size[t])
        # A sunflower's spiral spreads points evenly over a disc.
        turn = n * np.pi * (3 - 5**0.5) + rng.normal(0, 0.15, size[t])
        reach = spread * np.sqrt((n + 0.5) / size[t])
        points.append(middle + np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None])
        town.append(np.full(size[t], t, dtype=np.int64))
        centrality.append((size[t] / size[0]) ** 0.3 * np.exp(-n / (0.08 * size[t] + 0.7)))
    rural = areas - int(size.sum())
    if rural > 0:
        n = np.arange(rural)
        turn = n * np.pi * (3 - 5**0.5) + rng.normal(0, 0.3, rural)
        reach = 0.93 * radius * np.sqrt((n + 0.5) / rural)
        points.append(np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None] + rng.normal(0, 30.0, (rural, 2)))
        town.append(np.full(rural, -1, dtype=np.int64))
        centrality.append(np.zeros(rural))
    return (
        np.concatenate(points)[:areas],
        np.concatenate(town)[:areas],
        np.concatenate(centrality)[:areas],
        np.array(middles),
    )


def _districts(areas: int) -> int:
    return min(max(3, round(areas / 75)), max(1, areas // 4))


def _groups(points: Floats, members: Ints, most: int) -> list[Ints]:
    """Split areas into groups of at most `most` neighbours, halving along the longer side."""
    if len(members) <= most:
        return [members]
    here = points[members]
    order = members[np.argsort(here[:, int(np.argmax(np.ptp(here, axis=0)))], kind="stable")]
    half = len(order) // 2
    return _groups(points, order[:half], most) + _groups(points, order[half:], most)


def _cross(a: Floats, b: Floats) -> Floats:
    """Twice the signed area between pairs of plane vectors."""
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def _streets(shape: shapely.Polygon, seed_point: Floats, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Middles, directions and lengths of the streets of one convex area, all inside it."""
    count = int(rng.integers(13, 20))
    corner = np.asarray(shape.exterior.coords)[:-1]
    following = np.roll(corner, -1, axis=0)
    fan = np.abs(_cross(corner - seed_point, following - seed_point)) / 2
    reach = np.linalg.norm(corner - seed_point, axis=1).max()
    which = rng.choice(len(fan), size=count, p=fan / fan.sum())
    a, b = rng.random((2, count))
    a, b = np.where(a + b > 1, 1 - a, a), np.where(a + b > 1, 1 - b, b)
    offset = a[:, None] * (corner[which] - seed_point) + b[:, None] * (following[which] - seed_point)
    # A village keeps together in the middle of a wide rural area.
    middle = seed_point + offset * min(0.85, 450.0 / reach)
    turn = rng.random(count) * np.pi
    along = np.column_stack([np.cos(turn), np.sin(turn)])
    edge = following - corner
    inward = np.column_stack([-edge[:, 1], edge[:, 0]])
    inward = inward / np.linalg.norm(inward, axis=1)[:, None]
    if _cross(edge[:1], seed_point - corner[:1])[0] < 0:
        inward = -inward
    room = np.einsum("sek,ek->se", middle[:, None] - corner[None], inward)
    pace = np.abs(along @ inward.T)
    leave = (np.maximum(room - SIDE, 5.0) / np.maximum(pace, 1e-9)).min(axis=1)
    length = 2 * np.minimum(rng.uniform(50, 150, count), 0.8 * leave)
    return middle, along, length


def _places(kind: str, count: Ints, ground: tuple[Ints, Ints, Floats, Floats, Floats, Ints], seed: int) -> Places:
    first_street, streets, middle, along, length, names = ground
    rng = stream(seed, "places", kind)
    area = np.repeat(np.arange(len(count)), count)
    street = first_street[area] + (rng.random(len(area)) * streets[area]).astype(np.int64)
    side = rng.choice((-SIDE, SIDE), size=len(area))
    run = along[street]
    at = middle[street] + run * (length[street] / 2 * rng.uniform(-0.9, 0.9, len(area)))[:, None]
    at = at + np.column_stack([-run[:, 1], run[:, 0]]) * side[:, None]
    tail = rng.integers(len(_PLACE_NAMES[kind]), size=len(area))
    labels = [
        f"{naming.STREET_NAMES[names[s]].split()[0]} {_PLACE_NAMES[kind][t]}" for s, t in zip(street, tail, strict=True)
    ]
    return Places(area, street, at[:, 0], at[:, 1], labels, np.cumsum(count) - count, count)


def make_geography(people: int, seed: int) -> Geography:
    """The ground for a county of `people`.

    Parameters
    ----------
    people : int
        People who will live there; at least 1,000.
    seed : int
        The county's seed.

    Returns
    -------
    Geography
        The same for the same people and seed.
    """
    rng = stream(seed, "geography")
    areas = max(1, round(people / PEOPLE_PER_AREA))
    radius = (people / DENSITY / np.pi) ** 0.5
    points, town, centrality, middles = _scatter(areas, radius, rng)
    districts = _districts(areas)
    district = np.linalg.norm(points[:, None] - middles[None, :districts], axis=2).argmin(axis=1)

    groups = [g for d in range(districts) for g in _groups(points, np.flatnonzero(district == d), 6) if len(g)]
    order = np.concatenate(groups)
    neighbourhood = np.repeat(np.arange(len(groups)), [len(g) for g in groups])
    points, town, centrality, district = points[order] + CENTRE, town[order], centrality[order], district[order]

    turn = np.sort(rng.random(40)) * 2 * np.pi
    rim = np.column_stack([np.cos(turn), np.sin(turn)]) * (radius * rng.uniform(1.0, 1.06, 40))[:, None]
    boundary = shapely.MultiPoint(np.concatenate([rim + CENTRE, points])).convex_hull.buffer(150, quad_segs=2)
    if areas == 1:
        shape = np.array([boundary], dtype=object)
    else:
        cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=boundary, ordered=True)
        shape = shapely.intersection(np.array(shapely.get_parts(cells), dtype=object), boundary)

    names = naming.towns(len(middles), rng)
    nearest = np.linalg.norm(points[:, None] - (middles + CENTRE)[None], axis=2).argmin(axis=1)
    local = neighbourhood - np.array([neighbourhood[district == d].min() for d in range(districts)])[district]
    letter = np.arange(areas) - np.searchsorted(neighbourhood, neighbourhood)
    need = centrality + 0.35 * rng.normal(size=len(middles))[nearest] + 0.6 * rng.normal(size=areas) + 0.3 * (town >= 0)
    deprivation = (np.argsort(np.argsort(need)) + 0.5) / areas
    rank = IMD_AREAS - np.floor((deprivation + rng.uniform(-0.49, 0.49, areas) / areas) * IMD_AREAS).astype(np.int64)

    laid = [_streets(s, p, rng) for s, p in zip(shape, points, strict=True)]
    streets = np.array([len(x[2]) for x in laid])
    first_street = np.cumsum(streets) - streets
    middle, along, length = (np.concatenate([x[i] for x in laid]) for i in range(3))
    street_name = naming.street_names(len(length), rng)
    ground = (first_street, streets, middle, along, length, street_name)
    hospitals = np.zeros(areas, dtype=np.int64)
    hospitals[np.argsort(-centrality, kind="stable")[: max(1, round(people / 250_000))]] = 1
    wanted = {
        "shop": rng.poisson(2.5 + 14 * centrality),
        "licensed premises": rng.poisson(0.7 + 5 * centrality),
        "school": rng.poisson(0.35, areas),
        "hospital": hospitals,
        "park": rng.poisson(0.6, areas),
    }
    return Geography(
        code=[f"X01{i + 1:06d}" for i in range(areas)],
        name=[f"{names[d]} {n + 1:03d}{chr(65 + k)}" for d, n, k in zip(district, local, letter, strict=True)],
        centre=points,
        shape=shape,
        people=_share_out(people, areas, rng),
        town=[names[t] for t in nearest],
        neighbourhood=neighbourhood,
        neighbourhood_code=[f"X05{i + 1:06d}" for i in range(len(groups))],
        neighbourhood_name=_neighbourhood_names(neighbourhood, names, nearest, centrality),
        district=district,
        district_code=[f"X07{i + 1:06d}" for i in range(districts)],
        district_name=names[:districts],
        deprivation=deprivation,
        centrality=centrality,
        imd_rank=np.clip(rank, 1, IMD_AREAS),
        street_area=np.repeat(np.arange(areas), streets),
        street_middle=middle,
        street_along=along,
        street_length=length,
        street_name=street_name,
        first_street=first_street,
        streets=streets,
        places={kind: _places(kind, wanted[kind], ground, seed) for kind in PLACE_KINDS},
    )


def _share_out(people: int, areas: int, rng: np.random.Generator) -> Ints:
    """Whole numbers of people that add up to `people`, about even."""
    weight = np.clip(rng.normal(1, 0.15, areas), 0.6, 1.6)
    edges = np.round(np.cumsum(weight) / weight.sum() * people).astype(np.int64)
    return np.asarray(np.diff(edges, prepend=0))


def _neighbourhood_names(neighbourhood: Ints, names: list[str], nearest: Ints, centrality: Floats) -> list[str]:
    """The nearest town's name, numbered where it has several neighbourhoods."""
    count = int(neighbourhood.max()) + 1
    heads = []
    for n in range(count):
        members = np.flatnonzero(neighbourhood == n)
        heads.append(names[nearest[members[np.argmax(centrality[members])]]])
    seen: dict[str, int] = {}
    labels = []
    for head in heads:
        seen[head] = seen.get(head, 0) + 1
        labels.append(f"{head} {seen[head]}" if heads.count(head) > 1 else head)
    return labels
