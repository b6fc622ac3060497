"""Who is truly hurt by others, where, and who hears of it: police, emergency department, ambulance, or nobody.

Police know the stated share of what happens in each kind of place, no more (design; the Cardiff model found that a large part
of violence treated in hospital is unknown to police). One planted venue is known to the emergency department alone.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from .addresses import point_of
from .calendar import DAY
from .filing import Month
from .offences import SETTINGS
from .partner_plants import Planted
from .partner_view import own_stream
from .streams import pick, within
from .world import World

OFFENCES = ("Common assault and battery", "Assault occasioning actual bodily harm", "Wounding or inflicting grievous bodily harm",
            "Wounding with intent to do grievous bodily harm")  # fmt: skip
KNOWN = {"licensed premises": 0.45, "street": 0.50, "dwelling": 0.60}  # share known to police
TREATED = (0.35, 0.22)  # told in the emergency department: unknown to police, known to police
FETCHED = (0.08, 0.45)  # told to the ambulance service: not seen in the emergency department, seen there
PLANTED = 3  # assaults a month at the planted venue, at least
COLUMNS = ("minute", "setting", "area", "street", "home", "place", "easting", "northing", "event")


def assaults(world: World, month: Month, planted: Planted) -> pl.DataFrame:
    """The assaults of a month, in order of time.

    Returns
    -------
    polars.DataFrame
        assault (``V00000123``), `COLUMNS` (minute of the calendar, setting as an index; home and place -1 where none; event
        the force's number, or empty), police, ae, ambulance (who holds it), plant.
    """
    rng = own_stream(world, "assaults", month.number)
    kinds = [world.kinds.index(title) for title in OFFENCES]
    settings = [SETTINGS.index(name) for name in KNOWN]
    # What happened in an earlier month is left to it: a hospital's month is told once.
    began = int(world.calendar.starts[month.number])
    known = month.reported.filter(
        pl.col("kind").is_in(kinds) & pl.col("setting").is_in(settings) & (pl.col("minute") >= began)
    )
    known = (
        known.with_columns(pl.col("event").cast(pl.Int64)).select(*COLUMNS).with_columns(police=True, plant=pl.lit(""))
    )
    expected = world.expected(month.number)[kinds]
    parts = [known]
    for name, share in KNOWN.items():
        rate = (expected * world.kinds.where[kinds][:, [SETTINGS.index(name)]] / 100).sum(axis=0) * (1 - share) / share
        area = np.repeat(np.arange(world.ground.areas), rng.poisson(rate))
        parts.append(_unknown(world, month.number, rng, area, name))
    if planted.venue >= 0:
        at = world.ground.places["licensed premises"].area[planted.venue]
        area = np.full(PLANTED + rng.poisson(planted.a_month - PLANTED), at)
        parts.append(_unknown(world, month.number, rng, area, "licensed premises", planted.venue))
    frame = pl.concat([part.select(known.columns) for part in parts], how="vertical_relaxed").sort(
        "minute", maintain_order=True
    )
    n, plant, police = len(frame), (frame["plant"] != "").to_numpy(), frame["police"].to_numpy()
    treated = (rng.random(n) < np.where(police, TREATED[1], TREATED[0])) | plant
    fetched = (rng.random(n) < np.where(treated, FETCHED[1], FETCHED[0])) & ~plant
    number = pl.int_range(1, pl.len() + 1) + month.number * 1_000_000  # a month has fewer
    return frame.with_columns(
        assault="V" + number.cast(pl.String).str.zfill(9), ae=pl.Series(treated), ambulance=pl.Series(fetched)
    )  # fmt: skip


def _unknown(
    world: World, month: int, rng: np.random.Generator, area: np.ndarray, name: str, venue: int = -1
) -> pl.DataFrame:
    """Assaults that police never hear of, in areas of a county: at a venue, in the street or at home."""
    ground, homes, n = world.ground, world.people.homes, len(area)
    like = np.full(n, world.kinds.index(OFFENCES[1]))
    calendar = world.calendar
    day = pick(rng, world.kinds.days[:, calendar.weekdays(month)], like)
    hour = pick(rng, world.kinds.hours, like)
    minute = calendar.real(calendar.starts[month] + day * DAY + hour * 60 + rng.integers(60, size=n))
    setting = np.full(n, SETTINGS.index(name))
    home, place = np.full(n, -1), np.full(n, -1)
    street = within(rng, ground.first_street[area], ground.streets[area])
    at = ground.on_street(street, rng.uniform(-1, 1, n), rng.uniform(-6, 6, n))
    if name == "licensed premises":
        places = ground.places[name]
        there = places.count[area] > 0
        setting[~there] = SETTINGS.index("street")
        rows = np.flatnonzero(there)
        place[rows] = within(rng, places.first[area[rows]], places.count[area[rows]]) if venue < 0 else venue
        street[rows] = places.street[place[rows]]
        at[rows] = np.column_stack([places.easting[place[rows]], places.northing[place[rows]]])
    if name == "dwelling":
        home = within(rng, homes.first[area], homes.count[area])
        street, at = homes.street[home], point_of(ground, homes, home)
    return pl.DataFrame(
        {
            "minute": minute, "setting": setting, "area": area.astype(np.int64), "street": street.astype(np.int64), "home": home,
            "place": place, "easting": at[:, 0], "northing": at[:, 1],
        },
        schema_overrides={"home": pl.Int64, "place": pl.Int64},
    ).with_columns(
        event=pl.lit(None, dtype=pl.Int64), police=pl.lit(False), plant=pl.lit("P1" if venue >= 0 else "")
    )  # fmt: skip


def as_truth(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Assaults as the truth tells them."""
    ground = world.ground
    names = pl.Series([*ground.places["licensed premises"].name, ""])
    return frame.select(
        "assault",
        world.calendar.moments("minute").alias("happened"),
        pl.Series("setting", SETTINGS).gather(frame["setting"]),
        names.gather(
            np.where(
                (frame["setting"] == SETTINGS.index("licensed premises")).to_numpy(),
                frame["place"].to_numpy(),
                len(names) - 1,
            )
        ).alias("place"),
        pl.Series(ground.code).gather(frame["area"]).alias("area"),
        pl.col("easting", "northing").round(1),
        "event",
        "police",
        "ae",
        "ambulance",
        "plant",
    )
