"""Displacement and diffusion: did crime move to the neighbours of a plan, or did its gain spread to them?

Two measures of the same counts. The quotient compares what happened beside the plan with what happened in it; the difference
counts the crimes that were prevented, displacement included, with an interval. Neither says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TypeAlias

import numpy as np

from peelian.analysis import _checks
from peelian.core.errors import InvalidInput

BeforeAfter: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Quotient:
    """Weighted displacement quotient and the figures it is made of.

    Attributes
    ----------
    gross_effect : float
        Fall in the treated area, in events.
    net_effect, success, buffer : float
    Shares of the control area's count. Success below zero: the treated area did better than the control area. Buffer above
        zero: the area beside it did worse (displacement); below zero, better (diffusion).
    wdq : float or None
        None where the plan shows no success to be displaced, and the quotient means nothing.
    total_net_effects : float
        Events prevented in the treated area and its buffer together.
    """

    gross_effect: float
    net_effect: float
    success: float
    buffer: float
    wdq: float | None
    total_net_effects: float

    @property
    def reading(self) -> str:
        """The quotient in words."""
        if self.wdq is None:
            return "the treated area did no better than the control area, so nothing could move or spread"
        if self.wdq == 0:
            return "neither displacement nor diffusion"
        if self.wdq > 0:
            return f"diffusion, {'larger' if self.wdq > 1 else 'not larger'} than the direct effect"
        return f"displacement, {'outweighing' if self.wdq < -1 else 'not outweighing'} the benefit"


@dataclass(frozen=True)
class Difference:
    """Weighted displacement difference: events more (or, below zero, fewer) than without the plan.

    Attributes
    ----------
    value, se, low, high : float
    level : float
        Coverage of the interval.
    """

    value: float
    se: float
    low: float
    high: float
    level: float

    @property
    def z(self) -> float:
        """Standard errors from zero; zero where nothing was counted."""
        return self.value / self.se if self.se else 0.0


def _pair(name: str, counts: BeforeAfter) -> tuple[int, int]:
    if len(counts) != 2:
        raise InvalidInput(f"{name} needs two counts: before and after", found=f"{len(counts)}")
    before, after = _checks.counts(name, counts)
    return int(before), int(after)


def weighted_displacement_quotient(treated: BeforeAfter, buffer: BeforeAfter, control: BeforeAfter) -> Quotient:
    """Weigh what happened in the buffer around a plan against what happened in it.

    Parameters
    ----------
    treated, buffer, control : tuple of (int, int)
        Events before and after, over spans of equal length, in the treated area, the area around it into which crime might move,
        and an area that the plan does not reach.

    Returns
    -------
    Quotient

    Raises
    ------
    InvalidInput
        ``peelian.E211`` if the control area has no event before or none after; also for what is not a count.

    Notes
    -----
    A quotient has no interval, and is wild where success is near zero. Read it beside `weighted_displacement_difference`.

    References
    ----------
    Bowers, K. J. and Johnson, S. D. (2003). Measuring the geographical displacement and diffusion of benefit effects of crime
    prevention activity. Journal of Quantitative Criminology 19(3), 275-301.
    Guerette, R. T. (2009). Analyzing crime displacement and diffusion. POP Center, Tool Guide 10.

    Examples
    --------
    >>> found = weighted_displacement_quotient((200, 150), (100, 120), (400, 400))
    >>> round(found.wdq, 2), found.reading
    (-0.4, 'displacement, not outweighing the benefit')
    """
    (rb, ra), (db, da), (cb, ca) = _pair("treated", treated), _pair("buffer", buffer), _pair("control", control)
    if not cb or not ca:
        raise InvalidInput(
            "the control area has no event before or after",
            matters="everything is compared with the control area",
            fix="take a larger control area or a longer time",
            id="peelian.E211",
        )
    success, beside = ra / ca - rb / cb, da / ca - db / cb
    return Quotient(
        gross_effect=float(rb - ra), net_effect=-success, success=success, buffer=beside,
        wdq=beside / success if success < 0 else None,
        total_net_effects=(rb * ca / cb - ra) + (db * ca / cb - da),
    )  # fmt: skip


def weighted_displacement_difference(
    treated: BeforeAfter, control: BeforeAfter, displacement: BeforeAfter = (0, 0), displacement_control: BeforeAfter = (0, 0), *,
    times: BeforeAfter = (1, 1), areas: Sequence[float] = (1, 1, 1, 1), level: float = 0.95,
) -> Difference:  # fmt: skip
    """Count the events that a plan prevented, displacement included, with an interval.

    Parameters
    ----------
    treated, control, displacement, displacement_control : tuple of (int, int)
        Events before and after. Leave the last two at zero where nothing was counted beside the plan.
    times : tuple of (float, float)
        Lengths of the two spans, in the unit in which the answer is wanted: two years before and one after give (2, 1).
    areas : sequence of four floats
        Sizes by which the four areas are divided, such as their number of cells.
    level : float, default 0.95

    Returns
    -------
    Difference
        Below zero: fewer events than the control area's change would have given.

    Raises
    ------
    InvalidInput
        For what is not a count, or a length or size that is not positive.

    Notes
    -----
    Each count is taken for a Poisson count: events that come in series make the interval too narrow. The treated area alone
    must be able to be compared with its control by plain difference, so choose areas of like counts.

    References
    ----------
    Wheeler, A. P. and Ratcliffe, J. H. (2018). A simple weighted displacement difference test to evaluate place based crime
    interventions. Crime Science 7:11.

    Examples
    --------
    >>> found = weighted_displacement_difference((120, 100), (130, 150), (40, 25), (30, 25), level=0.9)
    >>> round(found.value), round(found.se, 1), round(found.low, 1), round(found.high, 1)
    (-50, 24.9, -91.0, -9.0)
    """
    _checks.between("level", level, 0, 1)
    spans, sizes = _checks.positive("times", times), _checks.positive("areas", areas)
    if len(spans) != 2 or len(sizes) != 4:
        raise InvalidInput("two times and four areas are needed", found=f"{len(spans)} and {len(sizes)}")
    named = {
        "treated": treated,
        "control": control,
        "displacement": displacement,
        "control of it": displacement_control,
    }
    pairs = np.array([_pair(name, counts) for name, counts in named.items()], dtype=float)
    weights = spans[None, :] * sizes[:, None]
    sign = np.array([1, -1, 1, -1])
    value = float((sign * np.diff(pairs / weights, axis=1)[:, 0]).sum())
    return _difference(value, float((pairs / weights**2).sum()), level)


def harm_weighted(differences: Sequence[Difference], weights: Sequence[float], *, level: float = 0.95) -> Difference:
    """Add the differences of several kinds of crime, each by its harm.

    Parameters
    ----------
    differences : sequence of Difference
    weights : sequence of float
        Harm of one event of each kind; positive.

    Raises
    ------
    InvalidInput
        If the two differ in length or a weight is not positive.

    Examples
    --------
    >>> one = weighted_displacement_difference((50, 30), (60, 55))
    >>> harm_weighted([one], [2.0]).value
    -30.0
    """
    _checks.between("level", level, 0, 1)
    by = _checks.positive("weights", weights)
    if len(by) != len(differences):
        raise InvalidInput("lists differ in length", found=f"{len(differences)} differences, {len(by)} weights")
    value = sum(w * d.value for w, d in zip(by, differences, strict=True))
    return _difference(float(value), float(sum((w * d.se) ** 2 for w, d in zip(by, differences, strict=True))), level)


def _difference(value: float, variance: float, level: float) -> Difference:
    from scipy.special import ndtri

    se = sqrt(variance)
    reach = float(ndtri(0.5 + level / 2)) * se
    return Difference(value, se, value - reach, value + reach, level)


@dataclass(frozen=True)
class Ratio:
    """The treated area's change over the control area's: 0.8 is a fall of a fifth beyond the control's own change.

    Attributes
    ----------
    value, low, high : float
    log, se : float
        Natural logarithm of the ratio and its standard error.
    level, dispersion : float
        How many times a Poisson count's variance the months vary by; 1 at least.
    """

    value: float
    low: float
    high: float
    log: float
    se: float
    level: float
    dispersion: float = 1.0


def rate_ratio(treated: BeforeAfter, control: BeforeAfter, *, dispersion: float = 1.0, level: float = 0.95) -> Ratio:
    """Compare the change of the treated area with that of the control area, as a ratio.

    Parameters
    ----------
    treated, control : tuple of (int, int)
        Events before and after; all four above zero.
    dispersion : float, default 1
        Variance of the counts over that of Poisson counts.
    level : float, default 0.95

    Raises
    ------
    InvalidInput
        If a count is zero: no ratio can be taken of it.

    Notes
    -----
    The lengths of the two spans need not be equal: they cancel.

    Examples
    --------
    >>> found = rate_ratio((50, 30), (60, 55))
    >>> round(found.value, 7), round(found.log, 7)
    (0.6545455, -0.4238142)
    """
    from scipy.special import ndtri

    _checks.between("level", level, 0, 1)
    (t0, t1), (c0, c1) = _pair("treated", treated), _pair("control", control)
    counts = _checks.positive("counts", (t0, t1, c0, c1))
    _checks.positive("dispersion", [dispersion])
    said = log(t1 / t0) - log(c1 / c0)
    se = sqrt(dispersion * float((1 / counts).sum()))
    reach = float(ndtri(0.5 + level / 2)) * se
    return Ratio(exp(said), exp(said - reach), exp(said + reach), said, se, level, dispersion)
