"""How the control room hears of what is reported: calls with their codes, grades and times, some made twice."""

from __future__ import annotations

import numpy as np
import polars as pl

from .events import NOBODY
from .streams import pick, stream, within
from .world import World

CHANNELS = ("999", "101", "online", "front counter", "officer")
ANONYMOUS = 0.12
TWICE = 0.03  # share of calls that others make too
CODES = ("ASB personal", "ASB nuisance", "ASB environmental", "Domestic incident", "Burglary", "Violence", "Theft", "Missing person",
         "Concern for safety", "Suspicious activity", "Traffic", "Other")  # fmt: skip
_BY_CATEGORY = {
    "Violence and sexual offences": "Violence",
    "Burglary": "Burglary",
    "Robbery": "Violence",
    "Theft from the person": "Theft",
    "Shoplifting": "Theft",
    "Bicycle theft": "Theft",
    "Vehicle crime": "Theft",
    "Other theft": "Theft",
    "Possession of weapons": "Suspicious activity",
    "Drugs": "Suspicious activity",
}
# Weights by the first fitting word: 999, 101, online, front counter, officer; and grades 1 to 4 (design).
_CHANNEL = {
    "urgent": (62, 26, 4, 2, 6),
    "usual": (22, 48, 22, 4, 4),
    "found": (3, 4, 1, 0, 92),
}
_GRADE = {"urgent": (42, 38, 14, 6), "usual": (8, 26, 40, 26), "found": (2, 8, 50, 40)}
_STYLES = tuple(_CHANNEL)
_MINUTES = np.array([11.0, 55.0, 700.0, 2_000.0])  # median to attendance, by grade
_ATTENDED = np.array([0.99, 0.95, 0.75, 0.15])
CALLED = 0.78  # share of crimes that begin as a call; the rest are recorded straight away


def _style(title: str, category: str) -> int:
    if category in ("Drugs", "Possession of weapons") or title == "Assault on an emergency worker":
        return _STYLES.index("found")
    urgent = {"Violence and sexual offences", "Robbery", "Public order"}
    slow = {"Harassment", "Malicious communications", "Stalking", "Controlling or coercive behaviour"}
    if title in ("Domestic incident", "Missing person", "Concern for safety") or (
        category in urgent and title not in slow
    ):
        return _STYLES.index("urgent")
    return _STYLES.index("usual")


def calls(world: World, month: int, reported: pl.DataFrame) -> pl.DataFrame:
    """The calls about what is reported in a month, in order of time.

    Returns
    -------
    polars.DataFrame
        The columns of `reported` and: call (its reference), again (0 for the first call of an event), created,
        channel, grade, opening, closing, attended, closed (minutes, -1 where none) and caller (-1 where not known).
    """
    rng = stream(world.seed, "calls", month)
    kinds = world.kinds
    crime = reported["kind"].to_numpy() < kinds.crimes
    heard = reported.filter(pl.Series(~crime | (rng.random(len(crime)) < CALLED)))
    n = len(heard)
    more = np.where(rng.random(n) < TWICE, rng.integers(1, 4, size=n), 0)
    row = np.repeat(np.arange(n), more + 1)
    again = np.arange(len(row)) - np.searchsorted(row, row)
    heard = heard[row]
    kind = heard["kind"].to_numpy()
    style = np.array([_style(t, c) for t, c in zip(kinds.title, kinds.category, strict=True)])[kind]
    later = np.where(again > 0, np.ceil(rng.exponential(6, len(row))), 0).astype(np.int64)
    last = int(world.calendar.starts[month + 1]) - 1
    created = world.calendar.real(np.minimum(heard["reported"].to_numpy() + later, last))
    channel = pick(rng, np.array([_CHANNEL[s] for s in _STYLES], dtype=float), style)
    channel[again > 0] = 0
    grade = pick(rng, np.array([_GRADE[s] for s in _STYLES], dtype=float), style)
    wait = np.ceil(rng.lognormal(np.log(_MINUTES[grade]), 0.7)).astype(np.int64)
    attends = (rng.random(len(row)) < _ATTENDED[grade]) & (channel != 4) & (again == 0)
    attended = world.calendar.real(created + wait)
    stay = np.ceil(rng.lognormal(np.log(75), 0.8, len(row))).astype(np.int64)
    closed = world.calendar.real(np.where(attends, attended, created) + np.where(again > 0, 5, stay))
    # What comes after the extract was made is not in it.
    attended = np.where(attends & (attended < world.calendar.end), attended, -1)
    closed = np.where(closed < world.calendar.end, closed, -1)
    code = np.array([CODES.index(_BY_CATEGORY.get(c, t if t in CODES else "Other"))
                     for t, c in zip(kinds.title, kinds.category, strict=True)])[kind]  # fmt: skip
    code = np.where(heard["domestic"].to_numpy(), CODES.index("Domestic incident"), code)
    # One call in eight is not what it seemed when it was opened.
    opening = np.where(rng.random(len(row)) < 0.12, rng.integers(len(CODES), size=len(row)), code)
    frame = heard.with_columns(
        again=pl.Series(again),
        created=pl.Series(created),
        channel=pl.Series(CHANNELS).gather(channel),
        grade=pl.Series(grade + 1),
        opening=pl.Series(CODES).gather(opening),
        closing=pl.Series(CODES).gather(code),
        attended=pl.Series(attended),
        closed=pl.Series(closed),
        caller=pl.Series(_caller(world, rng, heard, again, channel)),
    ).sort("created", "event", "again", maintain_order=True)
    day = world.calendar.days("created")
    return frame.with_columns(
        call=pl.format(
            "WX-{}-{}",
            day.str.replace_all("-", ""),
            pl.int_range(1, pl.len() + 1).over(day).cast(pl.String).str.zfill(4),
        )
    )


def _caller(
    world: World, rng: np.random.Generator, heard: pl.DataFrame, again: np.ndarray, channel: np.ndarray
) -> np.ndarray:
    """The victim, a witness, or somebody who lives near; nobody for an officer's own find or an anonymous call."""
    people = world.people
    area = heard["area"].to_numpy()
    near = within(rng, people.first[area], people.count[area])
    # Small children do not ring: their household's first member does.
    child = (people.role[near] == 2) | (people.role[near] == 6)
    near = np.where(child, people.homes.first_person[people.home[near]], near)
    victim, witness = heard["victim"].to_numpy(), heard["witness"].to_numpy()
    own = (victim >= 0) & (rng.random(len(area)) < 0.62) & (again == 0)
    caller = np.where(own, victim, np.where((witness >= 0) & (again == 0), witness, near))
    silent = (channel == 4) | (rng.random(len(area)) < ANONYMOUS)
    return np.where(silent, NOBODY, caller)
