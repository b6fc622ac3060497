"""Make a county: its ground and people, three years of what happens, what the force sees of it, and the truth apart."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from peelian.core.errors import InvalidInput

from .areas import write_areas
from .calendar import Calendar
from .events import month_of_events
from .feeds import Source, partners, police
from .feeds.examinations import Kiosk, Laboratory
from .feeds.force_crimes import Crimes
from .feeds.force_hr import Staff
from .feeds.force_incidents import Incidents
from .feeds.force_people import People
from .feeds.force_roster import Roster
from .feeds.force_training import Training
from .feeds.force_vehicles import Vehicles
from .feeds.police_uk import Street
from .feeds.writing import Log, write_editions
from .filing import months as each_month
from .geography import make_geography
from .interventions import intervene
from .offences import SETTINGS, kinds
from .people import make_people
from .plants import Plants
from .plants import plant as plant_in
from .truth import write_events, write_log, write_people, write_plants, write_vulnerable
from .world import World

SOURCES: tuple[type[Source], ...] = (
    Street,
    Crimes,
    Incidents,
    People,
    Roster,
    Staff,
    Training,
    Vehicles,
    Kiosk,
    Laboratory,
    *partners.SOURCES,
    *police.SOURCES,
)
LEAST_PEOPLE = 1_000
EXTRACTED = timedelta(days=5)  # after the end of a month an extract of it is sent


@dataclass(frozen=True)
class Made:
    """What was made.

    Parameters
    ----------
    folder : Path
        With ``feeds``, ``areas``, ``truth``, ``agreements.toml`` and ``editions.csv`` (each file's day of publication) inside.
    files : dict of str to list of Path
        Files of each feed, in the order in which the source would have sent them.
    rows : dict of str to int
        Data rows of each feed, defective ones among them.
    defects : dict of str to int
        Rows of each feed that were spoilt on purpose; the truth lists them.
    """

    folder: Path
    files: dict[str, list[Path]]
    rows: dict[str, int]
    defects: dict[str, int]


def make(
    folder: Path,
    *,
    people: int,
    seed: int,
    months: int = 36,
    until: date = date(2025, 12, 31),
    plant: bool = True,
    repeats: bool | None = None,
    defects: float = 0.002,
    progress: Callable[[int, int, str], None] | None = None,
) -> Made:
    """Make a county in `folder`.

    Parameters
    ----------
    folder : Path
        Absent or empty; it appears only when the county is complete.
    people : int
        At least 1,000.
    seed : int
        Zero or more. The same arguments give the same bytes (with the same releases of numpy, polars and Faker).
    months : int, default 36
        Whole months, the last of them the month of `until`.
    until : datetime.date
        A day in the last month; nobody is born later.
    plant : bool, default True
        Whether near-repeat series, hot spots, emerging problems and (where the county has room: 144,000 people and two
        years) problem-solving plans with true effects are planted. Without them events are independent in
        space and time, given the rates of areas and the seasons.
    repeats : bool, optional
        Whether some homes, couples and shops suffer far more often than others; the same as `plant` unless given.
    defects : float, default 0.002
        Share of rows spoilt on purpose.
    progress : callable, optional
        Called with (steps done, steps in all, what is being made).

    Returns
    -------
    Made

    Raises
    ------
    InvalidInput
        If an argument is out of range or the folder holds something.
    """
    _check(folder, people, seed, months, defects)
    tell = progress or (lambda done, total, what: None)
    total = months + 2
    calendar = Calendar(months, until)
    building = folder.with_name(f".{folder.name}.unfinished")
    if building.exists():
        shutil.rmtree(building)
    tell(0, total, "ground and people")
    world, plants = _found(people, seed, calendar, plant, repeats)
    tell(1, total, "areas and truth")
    log = Log(building, seed, defects)
    write_areas(world, building / "areas")
    write_people(world, log)
    write_plants(plants, world, log)
    with ExitStack() as open_files:
        sources = [open_files.enter_context(closing(s(world, building / "feeds" / s.feed, log))) for s in SOURCES]
        for month in each_month(world, plants.events):
            tell(2 + month.number, total, f"{calendar.firsts[month.number]:%B %Y}")
            log.today = (
                calendar.firsts[month.number + 1] + EXTRACTED
                if month.number + 1 < calendar.months
                else until + EXTRACTED
            )
            for source in sources:
                source.write(month)
            write_events(world, month, log)
        write_vulnerable(month.seen, log)
    write_editions(log, building / "editions.csv")
    partners.write_agreements(calendar, building / "agreements.toml")
    write_log(log, {"people": people, "seed": seed, "months": months, "until": f"{until}", "plant": plant, "repeats": world.repeats,
                    "defects": defects})  # fmt: skip
    if folder.exists():
        folder.rmdir()
    building.rename(folder)
    tell(total, total, "done")
    moved = {feed: [folder / path.relative_to(building) for path in paths] for feed, paths in log.files.items()}
    spoilt = {feed: sum(1 for row in log.planted if row[0] == feed) for feed in log.rows}
    return Made(folder, moved, log.rows, spoilt)


def happenings(
    *,
    people: int,
    seed: int,
    months: int = 36,
    until: date = date(2025, 12, 31),
    plant: bool = True,
    repeats: bool | None = None,
) -> pl.DataFrame:
    """What truly happens in a county, without a file: for tests of an analysis over many seeds.

    Parameters
    ----------
    people, seed, months, until, plant, repeats
        As in ``make``.

    Returns
    -------
    polars.DataFrame
        In order of time: happened (local wall time), category (police.uk label, empty for a call that is neither crime nor
        anti-social behaviour), title, easting, northing (metres, to the door), area, setting, plant (empty for what is not
        planted). The same events as ``make`` with the same arguments.

    Raises
    ------
    InvalidInput
        If an argument is out of range.
    """
    _check_range(people, seed, months)
    world, plants = _found(people, seed, Calendar(months, until), plant, repeats)
    start = datetime.combine(world.calendar.firsts[0], datetime.min.time())
    return pl.concat(
        month_of_events(world, month, plants.events.filter(pl.col("month") == month).drop("month")).select(
            (pl.lit(start) + pl.duration(minutes="minute")).alias("happened"),
            pl.col("kind")
            .replace_strict(dict(enumerate(world.kinds.category)), return_dtype=pl.String)
            .alias("category"),
            pl.col("kind").replace_strict(dict(enumerate(world.kinds.title)), return_dtype=pl.String).alias("title"),
            "easting",
            "northing",
            pl.col("area").replace_strict(dict(enumerate(world.ground.code)), return_dtype=pl.String),
            pl.col("setting").replace_strict(dict(enumerate(SETTINGS)), return_dtype=pl.String),
            "plant",
        )
        for month in range(months)
    )


def _found(people: int, seed: int, calendar: Calendar, plant: bool, repeats: bool | None) -> tuple[World, Plants]:
    ground = make_geography(people, seed)
    living = make_people(ground, seed, calendar.until)
    world = World(seed, ground, living, calendar, kinds(), plant if repeats is None else repeats)
    return intervene(world, plant_in(world)) if plant else (world, Plants())


def _check(folder: Path, people: int, seed: int, months: int, defects: float) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInput(
            "the folder is not empty", where=folder.name, fix="name a folder that is empty or not there yet"
        )
    if not 0 <= defects <= 0.5:
        raise InvalidInput("defects is out of range", found=str(defects), fix="give a share from 0 to 0.5")
    _check_range(people, seed, months)


def _check_range(people: int, seed: int, months: int) -> None:
    for name, value, good, allowed in (
        ("people", people, people >= LEAST_PEOPLE, f"{LEAST_PEOPLE:,} or more"),
        ("seed", seed, seed >= 0, "0 or more"),
        ("months", months, 1 <= months <= 240, "1 to 240"),
    ):
        if not good:
            raise InvalidInput(f"{name} is out of range", found=str(value), fix=f"give {allowed}")
