"""What a plan could show at all: the smallest fall that its counts would tell from chance, worked out before it begins."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from peelian.analysis import _checks
from peelian.analysis.difference_in_differences import dispersion
from peelian.core.errors import InvalidInput


def detectable_fall(
    treated: ArrayLike, control: ArrayLike, *, after: int, level: float = 0.95, power: float = 0.8
) -> float | None:
    """Return the smallest fall that a plan would show, as a share of what would have been.

    Parameters
    ----------
    treated, control : array_like of int, shape (periods,)
        Counts of the area and of the one it is compared with, before the plan.
    after : int
        Number of periods that will be counted afterwards.
    level : float, default 0.95
        Coverage of the interval that must leave out zero (two-sided).
    power : float, default 0.8
        How surely a fall of that size would be shown.

    Returns
    -------
    float or None
        0.3 is a fall of 30 %. None where not even the end of all events would be shown.

    Raises
    ------
    InvalidInput
        ``peelian.E215`` if `after` is below 1 or there are fewer than two periods; also for what is not a count.

    Notes
    -----
    For the ratio of changes (`ratio_of_changes`): its standard error is taken at the counts expected with the fall, and widened by
    how much more than chance the area's share has varied.

    References
    ----------
    Signorini, D. F. (1991). Sample size for Poisson regression. Biometrika 78(2), 446-450.

    Examples
    --------
    >>> round(detectable_fall([40] * 12, [80] * 12, after=12), 2)
    0.21
    >>> detectable_fall([0, 1] * 6, [1, 1] * 6, after=3) is None
    True
    """
    from scipy.special import ndtri

    t, c = _checks.counts("treated", treated), _checks.counts("control", control)
    _checks.same_length(treated=t, control=c)
    _checks.between("level", level, 0, 1)
    _checks.between("power", power, 0, 1)
    if after < 1 or len(t) < 2:
        raise InvalidInput(
            "a detectable effect needs a history and a time afterwards",
            found=f"{len(t)} periods before, {after} after",
            id="peelian.E215",
        )
    ahead, beside = float(t.sum()), float(c.sum())
    if not ahead or not beside:
        return None
    spread, share = dispersion(t, c), after / len(t)
    reach = float(ndtri(0.5 + level / 2) + ndtri(power))

    falls = np.arange(1, 1000) / 1000
    left = ahead * share * (1 - falls)
    variance = spread * (1 / ahead + 1 / left + 1 / beside + 1 / (beside * share))
    # Below one event no logarithm can be taken of what would be counted afterwards.
    shown = (left >= 1) & (-np.log(1 - falls) >= reach * np.sqrt(variance))
    return float(falls[shown][0]) if shown.any() else None
