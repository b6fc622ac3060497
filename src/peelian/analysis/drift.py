"""Whether what a source sends now differs from what it sent before: shares of filled cells, and mixes of coded values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from peelian.core.errors import InvalidInput

from . import _checks


@dataclass(frozen=True)
class ShareDrift:
    """One share before and now.

    Attributes
    ----------
    before, now : float
        Shares, from 0 to 1.
    low, high : float
        95 % interval of the difference now - before (Newcombe's hybrid score interval).
    p : float
        Two-sided p-value of Fisher's exact test; 1 where either part is empty.
    """

    before: float
    now: float
    low: float
    high: float
    p: float


def share_drift(before: tuple[int, int], now: tuple[int, int]) -> ShareDrift:
    """Compare two shares, each given as (filled, rows).

    Raises
    ------
    InvalidInput
        If a count is negative or fractional, or more are filled than there are rows.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions. Statistics in
    Medicine 17, 873-890, method 10.

    Examples
    --------
    >>> found = share_drift((56, 70), (48, 80))
    >>> round(found.low, 4), round(found.high, 4)
    (-0.3339, -0.0524)
    """
    from scipy.stats import fisher_exact

    parts = [_checks.counts("a part", part) for part in (before, now)]
    if any(filled > rows for filled, rows in parts):
        raise InvalidInput("more cells are filled than there are rows", found=f"{before} and {now}")
    if not all(rows for _, rows in parts):
        before_share, now_share = (float(f / n) if n else float("nan") for f, n in parts)
        return ShareDrift(before_share, now_share, -1.0, 1.0, 1.0)
    (f1, n1), (f2, n2) = ((int(f), int(n)) for f, n in parts)
    p1, p2 = f1 / n1, f2 / n2
    (l1, u1), (l2, u2) = _wilson(f1, n1), _wilson(f2, n2)
    low = p2 - p1 - np.hypot(p2 - l2, u1 - p1)
    high = p2 - p1 + np.hypot(u2 - p2, p1 - l1)
    return ShareDrift(p1, p2, float(low), float(high), float(fisher_exact([[f1, n1 - f1], [f2, n2 - f2]]).pvalue))


def _wilson(filled: int, rows: int) -> tuple[float, float]:
    z = 1.959963984540054
    centre = (filled + z * z / 2) / (rows + z * z)
    half = z / (rows + z * z) * np.sqrt(filled * (rows - filled) / rows + z * z / 4)
    return float(centre - half), float(centre + half)


@dataclass(frozen=True)
class MixDrift:
    """A mix of coded values before and now.

    Attributes
    ----------
    distance : float
        Total variation distance, from 0 (the same mix) to 1 (nothing in common).
    p : float
        Of the chi-squared test of homogeneity; rare values (expected below 5) are taken together. 1 where it cannot be told.
    new, gone : tuple of str
        Values that stand in one part alone.
    """

    distance: float
    p: float
    new: tuple[str, ...]
    gone: tuple[str, ...]


def mix_drift(before: Mapping[str, int], now: Mapping[str, int]) -> MixDrift:
    """Compare two mixes, each a count by value.

    Examples
    --------
    >>> found = mix_drift({"home": 80, "street": 20}, {"home": 40, "street": 60})
    >>> round(found.distance, 2), found.p < 0.001
    (0.4, True)
    """
    from scipy.stats import chi2_contingency

    names = sorted(set(before) | set(now))
    table = np.array([[part.get(name, 0) for name in names] for part in (before, now)], dtype=float)
    sums = table.sum(axis=1)
    new = tuple(n for n in names if now.get(n) and not before.get(n))
    gone = tuple(n for n in names if before.get(n) and not now.get(n))
    if not sums.all():
        return MixDrift(float("nan"), 1.0, new, gone)
    # shares that sum to 1 by hand may come to a little more in floating point
    distance = min(1.0, float(np.abs(table[0] / sums[0] - table[1] / sums[1]).sum() / 2))
    expected = table.sum(axis=0) * sums.min() / sums.sum()
    rare = expected < 5
    if rare.any():
        table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
        table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2:
        return MixDrift(distance, 1.0, new, gone)
    return MixDrift(distance, float(chi2_contingency(table, correction=False).pvalue), new, gone)


def discoveries(p: Sequence[float] | ArrayLike, *, rate: float = 0.05) -> list[bool]:
    """Which of several tests stand when at most `rate` of those told are to be false (Benjamini and Yekutieli 2001)."""
    from scipy.stats import false_discovery_control

    values = np.asarray(p, dtype=float)
    return list(false_discovery_control(values, method="by") <= rate) if len(values) else []
