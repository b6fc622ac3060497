"""A safety boundary that may be looked at as often as one likes: has an arm more harm than the other can have by chance?

Two arms, events in the order in which they came. Of each event one asks only in which arm it fell, given how many were at risk in each:
so the level of harm itself need not be known. The likelihood ratio of "as many times the hazard as is not accepted" against "no more
hazard" is followed; past 1 / alpha the boundary is crossed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.analysis import _checks
from peelian.core.errors import InvalidInput

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Boundary:
    """How near the events came to the boundary.

    Attributes
    ----------
    path : ndarray of float, shape (n,)
        Logarithm of the likelihood ratio after each event.
    limit : float
        The boundary, ``log(1 / alpha)``.
    crossed : int or None
        Position of the first event at which it is reached; None where it never is. That is no proof of safety: see
        `chance_to_cross`.
    """

    path: Floats
    limit: float
    crossed: int | None

    @property
    def last(self) -> float:
        """The path's last value; 0 before any event."""
        return float(self.path[-1]) if len(self.path) else 0.0


def safety_boundary(in_arm: ArrayLike, at_risk: ArrayLike, *, ratio: float, alpha: float = 0.05) -> Boundary:
    """Follow events of two arms against a boundary.

    Parameters
    ----------
    in_arm : array_like of bool, shape (n,)
        Whether each event fell in the arm that is watched, in the order of time.
    at_risk : array_like of float, shape (n,)
        Share of those at risk just before each event who were in that arm; strictly between 0 and 1.
    ratio : float
        How many times the hazard of the other arm is not accepted; above 1.
    alpha : float, default 0.05
        Chance of a false alarm that is accepted, over all looks together; strictly between 0 and 1.

    Returns
    -------
    Boundary

    Raises
    ------
    InvalidInput
        If the lists differ in length, a share is not strictly between 0 and 1, or the ratio is not above 1.

    Notes
    -----
    Under equal (or smaller) hazard the ratio is a supermartingale that begins at 1, so it ever reaches 1 / alpha with a chance of at
    most alpha, however often and whenever one looks (Ville). It supposes events of different people that do not cause each other:
    count each person once.

    References
    ----------
    Wald, A. (1945). Sequential tests of statistical hypotheses. Annals of Mathematical Statistics 16(2), 117-186.
    Ville, J. (1939). Etude critique de la notion de collectif. Paris: Gauthier-Villars.

    Examples
    --------
    >>> safety_boundary([True] * 8, [0.5] * 8, ratio=3).crossed
    7
    >>> safety_boundary([True, False] * 8, [0.5] * 16, ratio=3).crossed is None
    True
    """
    arm, share = np.asarray(in_arm, dtype=bool), _checks.numbers("at_risk", at_risk)
    _checks.same_length(in_arm=arm, at_risk=share)
    _checks.between("alpha", alpha, 0, 1)
    _above_one(ratio)
    if ((share <= 0) | (share >= 1)).any():
        raise InvalidInput(
            "an event came when one arm had nobody at risk", where=f"position {int(np.argmax((share <= 0) | (share >= 1)))}",
            matters="such an event says nothing of the difference between the arms", fix="leave it out",
        )  # fmt: skip
    path = np.cumsum(np.where(arm, *_steps(share, ratio)))
    limit = float(np.log(1 / alpha))
    over = np.flatnonzero(path >= limit)
    return Boundary(path, limit, int(over[0]) if len(over) else None)


def chance_to_cross(
    events: int, *, at_risk: float, ratio: float, true_ratio: float | None = None, alpha: float = 0.05
) -> float:
    """The chance that the boundary is crossed by so many events, exactly.

    Parameters
    ----------
    events : int
        Events of both arms together; zero or more.
    at_risk : float
        Share of those at risk who are in the watched arm, taken as constant.
    ratio, alpha : float
        As for `safety_boundary`.
    true_ratio : float, optional
        The hazard ratio that is so; without it, `ratio`: the power.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> chance_to_cross(7, at_risk=0.5, ratio=3)
    0.0
    >>> round(chance_to_cross(8, at_risk=0.5, ratio=3), 4) == round(0.75**8, 4)
    True
    """
    (count,) = _checks.counts("events", [events])
    _checks.between("at_risk", at_risk, 0, 1)
    _checks.between("alpha", alpha, 0, 1)
    _above_one(ratio)
    up, down = (float(step) for step in _steps(np.array(at_risk), ratio))
    true = ratio if true_ratio is None else true_ratio
    chance = at_risk * true / (at_risk * true + 1 - at_risk)
    limit, crossed = np.log(1 / alpha), 0.0
    alive = np.ones(1)  # by number of events in the arm: the chance that it is so and the boundary was not reached
    for n in range(1, int(count) + 1):
        alive = np.append(alive * (1 - chance), 0) + np.append(0, alive * chance)
        k = np.arange(n + 1)
        over = k * up + (n - k) * down >= limit
        crossed += float(alive[over].sum())
        alive[over] = 0
    return crossed


def rate_ratio(
    arm: int, other: int, arm_time: float, other_time: float, *, level: float = 0.95
) -> tuple[float, float, float]:
    """How many times the rate of the other arm, with the exact conditional interval.

    Parameters
    ----------
    arm, other : int
        Events of each arm.
    arm_time, other_time : float
        Time at risk of each, in one unit; above zero.

    Returns
    -------
    ratio, low, high : float
        The ratio is NaN where neither arm has an event, and high is infinite where the other arm has none.

    References
    ----------
    Przyborowski, J. and Wilenski, H. (1940). Homogeneity of results in testing samples from Poisson series. Biometrika 31, 313-323.

    Examples
    --------
    >>> [round(x, 2) for x in rate_ratio(10, 5, 100, 100)]
    [2.0, 0.62, 7.46]
    """
    from scipy.stats import beta

    a, b = (int(n) for n in _checks.counts("events", [arm, other]))
    times = _checks.positive("time at risk", [arm_time, other_time])
    _checks.between("level", level, 0, 1)
    odds, tail = times[1] / times[0], (1 - level) / 2
    low = float(beta.ppf(tail, a, b + 1)) if a else 0.0
    high = float(beta.ppf(1 - tail, a + 1, b)) if b else 1.0
    ratio = a / b * odds if b else (np.nan if not a else np.inf)
    return float(ratio), float(low / (1 - low) * odds), float(high / (1 - high) * odds if high < 1 else np.inf)


def _steps(share: Floats, ratio: float) -> tuple[Floats, Floats]:
    """What an event adds to the logarithm: in the watched arm, and in the other."""
    mixed = share * ratio + 1 - share
    return np.log(ratio / mixed), np.log(1 / mixed)


def _above_one(ratio: float) -> None:
    if not 1 < ratio < np.inf:
        raise InvalidInput("the ratio that is not accepted is not above 1", found=f"{ratio:g}")
