"""What the county's staff are qualified for: every pass, when it runs out, and what the register says of it and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from .calendar import DAY
from .force import NEVER, UNITS, Force
from .streams import Ints, stream

if TYPE_CHECKING:
    from .world import World

_YEAR = 365
ALL = tuple(role for role, *_ in UNITS)
SWORN = (
    "response",
    "neighbourhood",
    "investigation",
    "public protection",
    "serious crime",
    "armed response",
    "roads policing",
)
PIP2 = "PIP 2"
QUALIFIED, FEW = (
    0.92,
    0.35,
)  # share of investigators with PIP 2, and where a district's serious crimes go to whoever is free
# Accreditation, course, days until it runs out (0: never), and the share of each role that holds it. Names: standards of the
# investigation workforce, mobilisation and armed policing; validity and shares are design.
COURSES: tuple[tuple[str, str, int, dict[str, float]], ...] = (
    ("officer safety", "Public and personal safety training", _YEAR, dict.fromkeys(SWORN, 0.97)),
    ("PIP 1", "Initial investigation", 0, dict.fromkeys(SWORN, 0.95)),
    (PIP2, "ICIDP", 2 * _YEAR, {"investigation": QUALIFIED, "public protection": QUALIFIED, "serious crime": 1.0}),
    ("PIP 3", "SIO development programme", 2 * _YEAR, {"serious crime": 0.25}),
    ("child abuse investigator", "SCAIDP", 3 * _YEAR, {"public protection": 0.45}),
    ("sexual offences investigator", "SSAIDP", 3 * _YEAR, {"public protection": 0.4}),
    ("domestic abuse specialist", "Domestic abuse: specialist", 3 * _YEAR, {"public protection": 0.3}),
    ("offender manager", "Managing sexual and violent offenders", 3 * _YEAR, {"public protection": 0.25, "neighbourhood": 0.03}),
    ("ABE interview", "Achieving best evidence", 3 * _YEAR, {"public protection": 0.7, "investigation": 0.3}),
    ("disclosure officer", "Disclosure", 3 * _YEAR, {"investigation": 0.6, "serious crime": 0.9}),
    ("digital media investigator", "Digital media investigator", 2 * _YEAR, {"digital": 0.6, "investigation": 0.04}),
    ("crime scene investigator", "Crime scene investigation", 3 * _YEAR, {"crime scene": 1.0}),
    ("Taser", "Conducted energy device", _YEAR, {"response": 0.35, "armed response": 1.0}),
    ("authorised firearms officer", "Firearms", _YEAR, {"armed response": 1.0}),
    ("armed response vehicle officer", "Armed response vehicle", _YEAR, {"armed response": 0.95}),
    ("tactical firearms commander", "Tactical firearms command", _YEAR, {"command": 0.6}),
    ("public order level 1", "Public order level 1", _YEAR, {"response": 0.03}),
    ("public order level 2", "Public order level 2", _YEAR, {"response": 0.25, "neighbourhood": 0.15, "roads policing": 0.3}),
    ("public order level 3", "Public order level 3", 2 * _YEAR, {"response": 0.5, "neighbourhood": 0.4}),
    ("public order commander", "Public order command", 2 * _YEAR, {"command": 0.5}),
    ("response driver", "Response driving", 5 * _YEAR, {"response": 0.75, "armed response": 1.0, "roads policing": 1.0}),
    ("custody officer", "Custody", 3 * _YEAR, {"custody": 1.0}),
)  # fmt: skip
LATE_ENTRY, SUSPENDED, REVOKED = 0.03, 0.004, 0.004  # shares of passes


def make_training(world: World) -> pl.DataFrame:
    """Every pass of an accreditation up to the end of the calendar.

    Returns
    -------
    polars.DataFrame
        staff (index), accreditation, course, passed, expires (days; ``NEVER``), grade, entered (day on which the register has
        it), changed (day on which its status changes, or ``NEVER``) and status (what it changes to). In order of entry.
    """
    force, end = world.force, world.calendar.end // DAY
    frames = []
    for accreditation, course, valid, shares in COURSES:
        rng = stream(world.seed, "training", accreditation, len(force))
        holds = rng.random(len(force)) < _shares(force, accreditation, shares)
        frames.append(_passes(rng, force, np.flatnonzero(holds), end, valid, accreditation, course))
    operators = np.unique(np.concatenate([*force.sites["operators"].to_list(), []])).astype(np.int64)
    rng = stream(world.seed, "training", "kiosk operator", len(force))
    frames.append(_passes(rng, force, operators, end, 2 * _YEAR, "kiosk operator", "Kiosk examination"))
    return pl.concat(frames).sort("entered", "staff", "accreditation", "passed")


def _shares(force: Force, accreditation: str, shares: dict[str, float]) -> np.ndarray:
    post = force.frame["post"].to_numpy()
    unit, district = force.posts.unit[post], force.posts.district[post]
    sworn = np.array([most not in ("PCSO", "police staff") for *_, most, _, _ in UNITS])
    share = np.array([shares.get(role, 0.0) for role, *_ in UNITS]) * sworn
    for n, (role, *_, most, _, _) in enumerate(UNITS):
        if most == "police staff":
            share[n] = shares.get(role, 0.0)
    found = share[unit]
    if accreditation == PIP2:
        few = (district >= 0) & force.unqualified[np.maximum(district, 0)] & (unit == ALL.index("investigation"))
        found = np.where(few, FEW, found)
    return np.asarray(found)


def _passes(
    rng: np.random.Generator, force: Force, staff: Ints, end: int, valid: int, accreditation: str, course: str
) -> pl.DataFrame:
    """The passes of those who hold an accreditation: the last before the calendar, and each renewal, some of them late."""
    begun, gone = force.frame["start"].to_numpy()[staff], force.frame["end"].to_numpy()[staff]
    every = valid or NEVER
    # Newcomers pass within half a year; the rest at some time of the last round.
    passed = np.maximum(-rng.integers(1, min(every, 3_000), len(staff)), begun + rng.integers(20, 180, len(staff)))
    who, rounds = [], []
    here = staff
    while len(here):
        who.append(here)
        rounds.append(passed)
        again = passed + every + np.round(rng.exponential(35, len(here)) - 45).astype(np.int64)
        keep = (again < np.minimum(gone, end)) & (rng.random(len(here)) < 0.96) & (valid > 0)
        here, passed, gone = here[keep], again[keep], gone[keep]
    member, on = (
        np.concatenate([*who, np.zeros(0, dtype=np.int64)]),
        np.concatenate([*rounds, np.zeros(0, dtype=np.int64)]),
    )
    n = len(member)
    roll = rng.random(n)
    late = np.where(rng.random(n) < LATE_ENTRY, rng.integers(20, 90, n), rng.integers(0, 6, n))
    turned = on + rng.integers(30, 300, n)
    return pl.DataFrame(
        {
            "staff": member,
            "accreditation": pl.repeat(accreditation, n, eager=True),
            "course": pl.repeat(course, n, eager=True),
            "passed": on,
            "expires": on + valid if valid else np.full(n, NEVER),
            "grade": pl.Series(["accredited", "trained", "in development"]).gather(rng.choice(3, n, p=(0.9, 0.07, 0.03))),
            "entered": on + late,
            "changed": np.where((roll < SUSPENDED + REVOKED) & (turned < on + every), turned, NEVER),
            "status": pl.Series(["suspended", "revoked"]).gather((roll >= SUSPENDED).astype(np.int64)),
        }
    ).filter(pl.col("passed") < end)  # fmt: skip


def qualified(training: pl.DataFrame, staff: int, accreditation: str, day: int) -> np.ndarray:
    """Which of so many staff truly hold an accreditation on a day: in date, accredited, neither suspended nor revoked."""
    good = training.filter(
        (pl.col("accreditation") == accreditation)
        & (pl.col("grade") == "accredited")
        & (pl.col("passed") <= day)
        & (pl.col("expires") > day)
        & (pl.col("changed") > day)
    )
    held = np.zeros(staff, dtype=bool)
    held[good["staff"].to_numpy()] = True
    return held
