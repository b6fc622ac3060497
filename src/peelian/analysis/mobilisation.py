"""Can a requirement be filled in time? Who is proposed within rest and cover, and the simulated probability that enough come.

A requirement is a list of lines (so many sergeants of public order level 2, so many personnel carriers). People and vehicles are
candidates; a candidate serves one line at most. Times are minutes from the call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.core.document import Estimate
from peelian.core.errors import InvalidInput

from . import _checks

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Span: TypeAlias = tuple[datetime, datetime]
Comes: TypeAlias = float | tuple[int, int]  # a share that is known, or how many came of how many
NOBODY = -1
MARGINS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)  # how many more are called than are wanted, step by step
_FIRST = 1_000.0  # a seat that is filled is worth more than any choice of who sits in it


@dataclass(frozen=True, slots=True)
class Rest:
    """Whether somebody may be called, and what it costs.

    Attributes
    ----------
    why_not : str
        Why not, in words; empty where they may be.
    on_duty : bool
        Whether they are on duty when the call comes, or come on before it must be filled.
    from_minute : float
        Minutes from the call until they can set out: 0, or until their duty begins.
    gives_up : int
        Duties that they will not work because they rest.
    """

    why_not: str
    on_duty: bool = False
    from_minute: float = 0.0
    gives_up: int = 0


def rest(
    duties: Sequence[Span], *, called: datetime, by: datetime, ends: datetime, rest_hours: float, longest_hours: float
) -> Rest:
    """Say whether somebody may be called to a deployment, by the rest between duties and the longest duty.

    Parameters
    ----------
    duties : sequence of (datetime, datetime)
        Their duties around the time, in any order.
    called, by, ends : datetime
        When they are called, when the requirement must be filled, when the deployment ends.
    rest_hours, longest_hours : float
        Hours of rest between two duties; most hours in one stretch.

    Examples
    --------
    >>> day = datetime(2026, 3, 2)
    >>> late = (day.replace(hour=14), day.replace(hour=23))
    >>> rest([late], called=day.replace(hour=20), by=day.replace(hour=22), ends=day + timedelta(hours=32), rest_hours=11, longest_hours=16)
    Rest(why_not='more than 16 hours on duty before it ends', on_duty=True, from_minute=0.0, gives_up=0)
    """
    at_work = [(a, b) for a, b in duties if a <= called < b]
    coming = sorted((a, b) for a, b in duties if called < a < by)
    before = [b for _, b in duties if b <= called]
    begins = min(a for a, _ in at_work) if at_work else coming[0][0] if coming else called
    on_duty = bool(at_work or coming)
    if not on_duty and before and called - max(before) < timedelta(hours=rest_hours):
        return Rest(f"resting: {rest_hours:g} hours between duties")
    if ends - begins > timedelta(hours=longest_hours):
        return Rest(f"more than {longest_hours:g} hours on duty before it ends", on_duty)
    lost = [a for a, _ in duties if a >= max(called, begins) and a > begins and a < ends + timedelta(hours=rest_hours)]
    wait = 0.0 if at_work or not coming else (begins - called) / timedelta(minutes=1)
    return Rest("", on_duty, wait, len(lost))


def propose(
    can: ArrayLike,
    wanted: ArrayLike,
    *,
    worth: ArrayLike,
    reserve: ArrayLike | None = None,
    cover: Sequence[tuple[Sequence[int], int]] = (),
) -> Ints:
    """Choose who serves which line: as many seats filled as can be, then by the worth of those who fill them.

    Parameters
    ----------
    can : array_like of bool, shape (candidates, lines)
        Who is fit for which line.
    wanted, reserve : array_like of int, shape (lines,)
        Seats, and how many more are called because some will not come.
    worth : array_like of float, shape (candidates,)
        Who is taken first, such as the probability of being there in time; from 0 to 1.
    cover : sequence of (candidates, most)
        Of these candidates at most so many are taken, because the rest must stay.

    Returns
    -------
    ndarray of int, shape (candidates,)
        The line that each serves, ``NOBODY`` for those who are not called.

    Raises
    ------
    InvalidInput
        ``peelian.E760`` where the shapes do not fit.

    References
    ----------
    Huangfu, Q. and Hall, J. (2018). Parallelizing the dual revised simplex method. Mathematical Programming Computation 10,
    119-142 (the HiGHS solver, by way of scipy).

    Examples
    --------
    >>> propose([[1, 0], [1, 1]], [1, 1], worth=[0.5, 0.9]).tolist()
    [0, 1]
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    fit, seats, value, more = _shapes(can, wanted, worth, reserve)
    people, lines = fit.shape
    who, line = np.nonzero(fit)
    chosen = np.full(people, NOBODY, dtype=np.int64)
    if not len(who):
        return chosen
    n = len(who)
    # Unknowns: each fit pair, then the seats filled of each line. Rows: one line each; the calls of a line; its seats; cover.
    pairs = np.arange(n)
    rows = [who, people + line, people + lines + line, people + lines + np.arange(lines)]
    columns = [pairs, pairs, pairs, n + np.arange(lines)]
    cells = [np.ones(n), np.ones(n), -np.ones(n), np.ones(lines)]
    most = [np.ones(people), seats + more, np.zeros(lines)]
    for place, (members, limit) in enumerate(cover):
        held = np.flatnonzero(np.isin(who, np.asarray(members, dtype=np.int64)))
        rows.append(np.full(len(held), people + 2 * lines + place))
        columns.append(held)
        cells.append(np.ones(len(held)))
        most.append(np.array([float(max(limit, 0))]))
    shape = (people + 2 * lines + len(cover), n + lines)
    table = coo_array((np.concatenate(cells), (np.concatenate(rows), np.concatenate(columns))), shape=shape).tocsc()
    found = milp(
        -np.concatenate([value[who], np.full(lines, _FIRST)]),
        constraints=LinearConstraint(table, ub=np.concatenate(most)),
        bounds=Bounds(0, np.concatenate([np.ones(n), seats])),
        integrality=np.concatenate([np.ones(n), np.zeros(lines)]),
    )
    taken = np.round(found.x[:n]).astype(bool)
    chosen[who[taken]] = line[taken]
    return chosen


@dataclass(frozen=True, slots=True)
class Called:
    """Those who are called, one after another.

    Attributes
    ----------
    line : array of int
        Which line each serves.
    minutes : array of float
        Minutes from the call until each is there, in the middle case.
    group : array of int
        Which of the shares of `comes` holds for each.
    """

    line: Ints
    minutes: Floats
    group: Ints


@dataclass(frozen=True, slots=True)
class Filled:
    """What the simulation gave.

    Attributes
    ----------
    probability : Estimate
        That every line is filled in time. The interval is over what is not known of the shares that come.
    lines : tuple of float
        The same for each line by itself.
    short : tuple of int
        Seats of each line still empty at the deadline, in nine cases of ten no more than so many.
    """

    probability: Estimate
    lines: tuple[float, ...]
    short: tuple[int, ...]


def simulate(
    called: Called,
    wanted: ArrayLike,
    *,
    comes: Sequence[Comes],
    by: float,
    spread: float,
    shared: float,
    rng: np.random.Generator,
    draws: int = 40,
    runs: int = 1_000,
) -> Filled:
    """Simulate mobilisations: who does not come, who is late, and how often every line is filled in time.

    Parameters
    ----------
    called : Called
    wanted : array_like of int, shape (lines,)
    comes : sequence
        For each group the share that comes: a number taken as known, or (came, of how many), from which it is drawn.
    by : float
        Minutes from the call until it must be filled.
    spread, shared : float
        Standard deviations of the logarithm of the time on the way: of each by themselves, and of all together (one night of snow
        slows everybody).
    draws, runs : int
        Draws of what is not known of the shares; simulated mobilisations of each.

    Returns
    -------
    Filled

    Notes
    -----
    Random numbers are used row by row in the order of those called, so one more person at the end changes nothing for the
    others: adding somebody to a line never lowers the probability under the same generator. The share of a group of which
    (came, of) is known is drawn from Beta(came + 1, of - came + 1). The interval is of 95 %, with the noise of `runs` in it, which
    makes it a little wide.

    Examples
    --------
    >>> one = Called(np.array([0]), np.array([30.0]), np.array([0]))
    >>> simulate(one, [1], comes=[1.0], by=60, spread=0.0, shared=0.0, rng=np.random.default_rng(1)).probability.value
    1.0
    """
    from scipy.special import ndtri

    seats = _checks.counts("wanted", wanted)
    people = len(called.line)
    full = np.empty(draws)
    each, empty = np.zeros(len(seats)), np.zeros((draws, runs, len(seats)), dtype=np.int16)
    member = np.equal.outer(np.arange(len(seats)), called.line).astype(np.float32)
    middle = np.log(np.maximum(called.minutes, 1e-9))[:, None]
    for draw, stream in enumerate(rng.spawn(draws)):
        share = np.array([stream.beta(c[0] + 1, c[1] - c[0] + 1) if isinstance(c, tuple) else c for c in comes])
        together = stream.standard_normal(runs) * shared
        rolls = stream.random((people, 2, runs))
        late = ndtri(np.maximum(rolls[:, 0], 1e-15)) * spread + middle + together
        there = (late <= np.log(by)) & (rolls[:, 1] < share[called.group][:, None])
        missing = np.maximum(seats[:, None] - (member @ there.astype(np.float32)), 0)
        empty[draw] = missing.T
        full[draw] = (missing == 0).all(axis=0).mean()
        each += (missing == 0).mean(axis=1) / draws
    low, high = np.quantile(full, (0.025, 0.975))
    value = float(full.mean())
    short = np.quantile(empty.reshape(-1, len(seats)), 0.9, axis=0, method="higher")
    return Filled(
        Estimate(value, min(float(low), value), max(float(high), value)),
        tuple(map(float, each)),
        tuple(map(int, short)),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What is proposed: who serves which line, and how likely it is enough."""

    line: Ints
    filled: Filled
    margin: float


def call_enough(
    can: ArrayLike,
    wanted: ArrayLike,
    *,
    minutes: ArrayLike,
    group: ArrayLike,
    comes: Sequence[Comes],
    by: float,
    spread: float,
    shared: float,
    sure: float,
    cover: Sequence[tuple[Sequence[int], int]] = (),
    gives_up: ArrayLike | None = None,
    rng: np.random.Generator,
    draws: int = 40,
    runs: int = 1_000,
) -> Answer:
    """Call more than are wanted, by and by, until the requirement is filled with probability `sure` or nobody is left.

    Parameters
    ----------
    can, wanted, cover
        As `propose` takes them.
    minutes, group : array_like, shape (candidates,)
        As in `Called`, of every candidate.
    sure : float
        The probability that is enough.
    gives_up : array_like of int, optional
        Duties that each would not work afterwards; who gives up fewer is taken first among equals.

    Returns
    -------
    Answer
        Of the smallest margin that is sure enough, else of the one with the highest probability; where one line cannot be filled at
        all, of the one that fills the others best.
    """
    time, kind = _checks.numbers("minutes", minutes), np.asarray(group, dtype=np.int64)
    seats = _checks.counts("wanted", wanted)
    worth = np.array([expected(comes[k]) for k in kind.tolist()]) * in_time(time, by, np.hypot(spread, shared))
    if gives_up is not None:
        worth = worth - 0.01 * np.minimum(np.asarray(gives_up, dtype=float), 10)
    best: Answer | None = None
    last, most = np.full(len(seats), -1.0), NOBODY
    seed = int(rng.integers(2**62))  # every margin is tried against the same luck
    for margin in MARGINS:
        reserve = np.ceil(margin * seats)
        if (reserve == last).all():
            continue
        line = propose(can, seats, worth=worth, reserve=reserve, cover=cover)
        who = np.flatnonzero(line != NOBODY)
        if len(who) == most:  # nobody is left
            break
        last, most = reserve, len(who)
        again = np.random.default_rng(seed)
        filled = simulate(
            Called(line[who], time[who], kind[who]), seats, comes=comes, by=by, spread=spread, shared=shared, rng=again,
            draws=draws, runs=runs,
        )  # fmt: skip
        if best is None or _worth(filled) > _worth(best.filled):
            best = Answer(line, filled, margin)
        if filled.probability.value >= sure:
            break
    assert best is not None
    return best


def _worth(filled: Filled) -> tuple[float, float]:
    return filled.probability.value, sum(filled.lines)


def expected(comes: Comes) -> float:
    """The share that is expected to come: the number itself, or (came + 1) / (of + 2)."""
    return (comes[0] + 1) / (comes[1] + 2) if isinstance(comes, tuple) else comes


def in_time(minutes: Floats, by: float, spread: float) -> Floats:
    """The probability that each is there in time, if they come at all.

    Examples
    --------
    >>> in_time(np.array([60.0, 30.0]), 60.0, 0.5).round(3).tolist()
    [0.5, 0.917]
    """
    from scipy.special import ndtr

    apart = np.log(by) - np.log(np.maximum(minutes, 1e-9))
    return np.asarray(ndtr(apart / spread) if spread > 0 else (apart >= 0), dtype=float)


def whole_units(available: Mapping[str, int], unit: Mapping[str, int]) -> tuple[int, dict[str, int]]:
    """Count whole units, such as police support units, and what the next one lacks by rank.

    Examples
    --------
    >>> whole_units({"inspector": 6, "constable": 180}, {"inspector": 1, "constable": 18})
    (6, {'inspector': 1})
    """
    count = min(available.get(rank, 0) // each for rank, each in unit.items())
    lacks = {rank: (count + 1) * each - available.get(rank, 0) for rank, each in unit.items()}
    return count, {rank: many for rank, many in lacks.items() if many > 0}


def _shapes(
    can: ArrayLike, wanted: ArrayLike, worth: ArrayLike, reserve: ArrayLike | None
) -> tuple[NDArray[np.bool_], Ints, Floats, Ints]:
    fit, seats, value = np.asarray(can, dtype=bool), _checks.counts("wanted", wanted), _checks.numbers("worth", worth)
    more = np.zeros_like(seats) if reserve is None else _checks.counts("reserve", reserve)
    if fit.size == 0:
        fit = fit.reshape(len(value), len(seats))
    if fit.shape != (len(value), len(seats)) or len(more) != len(seats):
        raise InvalidInput(
            "candidates and lines do not fit each other",
            found=f"{fit.shape} fit marks, {len(value)} candidates, {len(seats)} lines",
            fix="give one row a candidate and one column a line",
            id="peelian.E760",
        )
    return fit, seats, value, more
