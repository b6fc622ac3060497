"""Case mix: is an area different because it works differently, or because its cases are?

Indirect standardisation: each case is expected to go as cases of its kind go in the whole force. What an area's own cases
lead to expect is set against what came of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from peelian.analysis import _checks
from peelian.analysis.funnel import ROWS_NEEDED, Funnel, Null, draw, wilson
from peelian.core.errors import InvalidInput

_EXACT_UPTO = 5_000  # cases of an area: beyond, the normal distribution differs from the exact one by less than a count


def tally(rows: pl.DataFrame, *, area: str, hit: str, by: Sequence[str] = ()) -> pl.DataFrame:
    """Count rows and hits by area and kind of case.

    Parameters
    ----------
    rows : polars.DataFrame
        One row a case. `hit` is true, false, or null where it is not yet known; those rows are counted apart.
    area, hit : str
        Columns.
    by : sequence of str
        Columns that make the mix of cases, such as grade and age band.

    Returns
    -------
    polars.DataFrame
        `area`, `by`, ``hits``, ``rows`` (those whose outcome is known) and ``undecided``, in order.

    Raises
    ------
    InvalidInput
        If a column is missing.

    Examples
    --------
    >>> cases = pl.DataFrame({"district": ["N", "N", "S"], "met": [True, None, False]})
    >>> tally(cases, area="district", hit="met").rows()
    [('N', 1, 1, 1), ('S', 0, 1, 0)]
    """
    missing = [name for name in (area, hit, *by) if name not in rows.columns]
    if missing:
        raise InvalidInput(f'there is no column "{missing[0]}"', found=", ".join(rows.columns))
    return (
        rows.group_by(area, *by)
        .agg(
            hits=pl.col(hit).sum().cast(pl.Int64),
            rows=pl.col(hit).is_not_null().sum().cast(pl.Int64),
            undecided=pl.col(hit).is_null().sum().cast(pl.Int64),
        )
        .sort(area, *by, nulls_last=True)
    )


def adjusted_funnel(
    counts: pl.DataFrame, *, area: str, by: Sequence[str], level: float = 0.95, outer: float | None = None
) -> Funnel:
    """Compare the shares of areas, each with what its own mix of cases leads to expect.

    Parameters
    ----------
    counts : polars.DataFrame
        As :func:`tally` gives it: one row an area and kind of case, with ``hits`` and ``rows``.
    area : str
        Column that names the area.
    by : sequence of str
        Columns that make the mix; one at least.
    level, outer
        As in :func:`peelian.analysis.funnel.share_funnel`.

    Returns
    -------
    Funnel
        In order of the areas' names. `value` is the force's share times hits over expected hits: what the area's share would be
        if its cases were mixed as the force's, and never more than 1. Its interval is that of the ratio, with the expected hits
        taken as known.

    Raises
    ------
    InvalidInput
        If a column is missing, a value is not a count, there are more hits than rows, or no row at all.

    Notes
    -----
    Each kind's share in the whole force is taken as what chance alone would give, so hits are a sum of binomial counts; their
    distribution is worked out exactly (by convolution) up to 5,000 cases of an area, and beyond as a normal one. Areas take
    part in the force's shares, so a large area is judged mildly. Only what stands in `by` is adjusted for: what is not
    recorded may still make areas differ. Adjusted shares of two areas with very different mixes are comparable with the force,
    not strictly with one another.

    References
    ----------
    Breslow, N. E. and Day, N. E. (1987). Statistical methods in cancer research, volume II, section 2.3. IARC.
    Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in Medicine 24(8),
    1185-1202.

    Examples
    --------
    Two areas that do alike by grade differ only in how many grave cases they have.

    >>> counts = pl.DataFrame({
    ...     "area": ["N", "N", "S", "S"], "grade": ["red", "green"] * 2,
    ...     "hits": [72, 5, 9, 40], "rows": [90, 10, 10, 90],
    ... })
    >>> plot = adjusted_funnel(counts, area="area", by=["grade"])
    >>> plot.verdict, plot.value.round(2).tolist()
    (('as the others', 'as the others'), [0.63, 0.64])
    """
    missing = [name for name in (area, *by, "hits", "rows") if name not in counts.columns]
    if missing or not by:
        raise InvalidInput(
            f'there is no column "{missing[0]}"' if missing else "a mix needs a column at least",
            found=", ".join(counts.columns),
        )
    k = _checks.counts("hits", counts["hits"].to_numpy())
    n = _checks.counts("rows", counts["rows"].to_numpy())
    _checks.counts("rows less hits", n - k)
    if not n.sum():
        raise InvalidInput("no area has a row", fix="choose a longer period, or another measure")
    sums = counts.with_columns(share=pl.col("hits").sum().over(by) / pl.col("rows").sum().over(by)).filter(
        pl.col("rows") > 0
    )
    areas = counts[area].unique().sort(nulls_last=True).to_list()
    parts = [sums.filter(pl.col(area).eq_missing(name)) for name in areas]
    hits, rows = (np.array([part[column].sum() for part in parts], dtype=np.int64) for column in ("hits", "rows"))
    shares = [(part["rows"].to_numpy(), part["share"].to_numpy()) for part in parts]
    expected = np.array([float((size * share).sum()) for size, share in shares])
    variance = np.array([float((size * share * (1 - share)).sum()) for size, share in shares])
    overall = float(k.sum() / n.sum())
    scale = np.divide(overall, expected, out=np.full(len(areas), np.nan), where=expected > 0)
    # Wilson's interval of the area's own share, carried over to the ratio.
    _, low, high = wilson(hits, np.maximum(rows, 1), level=level)
    return draw(
        [str(name) for name in areas], hits, rows.astype(float), expected, (low * rows * scale, high * rows * scale),
        overall, [sum_of_binomials(size, share) for size, share in shares], variance, level, outer, scale=scale,
        enough=rows >= ROWS_NEEDED, adjusted=True,
    )  # fmt: skip


def sum_of_binomials(sizes: NDArray[np.int64], shares: NDArray[np.float64]) -> Null:
    """Return what chance gives of several kinds of case, each with its own share."""
    from scipy.special import bdtr, ndtr

    total = int(sizes.sum())
    if total > _EXACT_UPTO:
        mean, spread = float((sizes * shares).sum()), float(np.sqrt((sizes * shares * (1 - shares)).sum()))
        first, last = max(0, int(mean - 10 * spread) - 10), min(total, int(mean + 10 * spread) + 10)
        counts = np.arange(first, last + 1)
        below = ndtr((counts + 0.5 - mean) / spread) if spread > 0 else (counts >= round(mean)).astype(float)
        return Null(first, below)
    chance = np.ones(1)
    for size, share in zip(sizes, shares, strict=True):
        each = np.diff(bdtr(np.arange(int(size) + 1, dtype=float), int(size), float(share)), prepend=0.0)
        chance = np.convolve(chance, each)
    return Null(0, np.minimum(np.cumsum(chance), 1.0))
