"""How many will hold a qualification in the months ahead: who leaves, who does not renew, and who is trained anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.core.document import Estimate
from peelian.core.errors import InvalidInput

from . import _checks


@dataclass(frozen=True, slots=True)
class Ahead:
    """The months ahead.

    Attributes
    ----------
    holding : tuple of Estimate
        How many hold it at the end of each month, the first month first; intervals of 90 %.
    enough : tuple of float
        Probability that these are at least as many as are required.
    """

    holding: tuple[Estimate, ...]
    enough: tuple[float, ...]


def attrition(
    lapses: ArrayLike,
    *,
    months: int,
    required: int,
    left: tuple[int, float],
    renewed: tuple[int, int],
    trained: Sequence[int] = (),
    passed: tuple[int, int] = (0, 0),
    rng: np.random.Generator,
    runs: int = 4_000,
) -> Ahead:
    """Forecast how many hold a qualification, month by month.

    Parameters
    ----------
    lapses : array_like of int, shape (holders,)
        Month ahead in which each holder's runs out: 0 for the first month. A larger number than `months` never matters.
    months, required : int
    left : (int, float)
        How many holders left it (the post, the force), in how many years of holding it altogether.
    renewed : (int, int)
        Of those whose qualification ran out, how many renewed: (renewed, of).
    trained : sequence of int
        Places on initial courses that end in each month; none beyond its length.
    passed : (int, int)
        Of those who sat such a course, how many passed: (passed, of).
    runs : int
        Simulated futures.

    Returns
    -------
    Ahead

    Raises
    ------
    InvalidInput
        ``peelian.E762`` for a share above one or a count below nought.

    Notes
    -----
    Each future draws a leaving rate (Gamma, left + 1/2 over the years), a share that renews and one that passes (Beta, with
    1/2 for either end), then each person's fate: so the interval holds both what is not known of the shares and chance. A renewal
    holds beyond the forecast. The newly trained may leave from the month after.

    Examples
    --------
    >>> found = attrition([9, 9, 0], months=2, required=3, left=(0, 1e9), renewed=(0, 10**9), rng=np.random.default_rng(1))
    >>> [h.value for h in found.holding], found.enough
    ([2.0, 2.0], (0.0, 0.0))
    """
    ends = _checks.counts("lapses", lapses)
    for (part, whole), what in ((renewed, "renewals"), (passed, "passes")):
        if not 0 <= part <= whole:
            raise InvalidInput(f"more {what} than there were chances", found=f"{part} of {whole}", id="peelian.E762")
    if left[0] < 0 or not left[1] > 0:
        raise InvalidInput(
            "leavers without years in which they could leave", found=f"{left[0]} in {left[1]}", id="peelian.E762"
        )
    rate = rng.gamma(left[0] + 0.5, 1 / left[1], runs)
    goes = 1 - np.exp(-rate / 12)
    renews = rng.beta(renewed[0] + 0.5, renewed[1] - renewed[0] + 0.5, runs)
    passes = rng.beta(passed[0] + 0.5, passed[1] - passed[0] + 0.5, runs)
    by_month = np.bincount(np.minimum(ends, months), minlength=months + 1)
    waiting = np.tile(by_month, (runs, 1))  # holders by the month in which theirs runs out; the last column never does
    holding = np.empty((months, runs), dtype=np.int64)
    for month in range(months):
        waiting = rng.binomial(waiting, 1 - goes[:, None])
        waiting[:, months] += rng.binomial(waiting[:, month], renews)
        waiting[:, month] = 0
        if month < len(trained):
            waiting[:, months] += rng.binomial(trained[month], passes)
        holding[month] = waiting.sum(axis=1)
    return Ahead(tuple(_estimate(row) for row in holding), tuple(float((row >= required).mean()) for row in holding))


def _estimate(row: NDArray[np.int64]) -> Estimate:
    low, middle, high = np.quantile(row, (0.05, 0.5, 0.95), method="closest_observation")
    return Estimate(float(middle), float(low), float(high))
