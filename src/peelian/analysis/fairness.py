"""Is a forecast fair? Whom it would have watched, how often wrongly, and whether it expects too much of some kind of place.

Crime differs between places, so a fair forecast need not watch all of them alike. It must not expect more of deprived places than is
then recorded there and less of others. Recorded crime is itself shaped by who reports and where police look; what follows from that is
asked by `feedback_loop`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.analysis.backtest import Backtest, watch
from peelian.analysis.forecast import Counts
from peelian.core.document import Estimate
from peelian.core.errors import InvalidInput

Floats = NDArray[np.float64]

_FEWEST = 20  # events of a kind, below which nothing is said of it
TOLERANCE = 0.1  # expecting a tenth more or less than elsewhere is no bias worth an alarm (design)


@dataclass(frozen=True)
class Group:
    """How a forecast treated the places of one group.

    Attributes
    ----------
    name : str
    places, recorded : int
        Places; events recorded in them in the periods tried.
    watched : Estimate
        Share of the group's area that would have been watched.
    right : float
        Share that would have been watched had the coming counts been known.
    in_vain : Estimate
        Of what need not have been watched, the share that would have been (false positives).
    ratio : Estimate or None
        Expected over recorded, against all places; its interval is corrected for the number of groups. None where nothing is recorded.
    biased : bool
        The whole interval of `ratio` lies a tenth or more from 1.
    """

    name: str
    places: int
    recorded: int
    watched: Estimate
    right: float
    in_vain: Estimate
    ratio: Estimate | None
    biased: bool


def fairness(
    tried: Backtest, groups: Sequence[str], *, share: float, method: str = "model", level: float = 0.95
) -> list[Group]:
    """Say how a forecast would have treated groups of places.

    Parameters
    ----------
    tried : Backtest
    groups : sequence of str, shape (places,)
        The group of each place, such as its deprivation decile; an empty name for a place of which it is not known.
    share : float
        Of the area, watched.
    method : str, default "model"
    level : float, default 0.95
        Coverage of all ratios together.

    Returns
    -------
    list of Group
        In order of name; without the empty one.

    Raises
    ------
    InvalidInput
        If there is not one group a place.
    """
    labels = np.asarray(groups)
    if labels.shape != tried.size.shape:
        raise InvalidInput("lists differ in length", found=f"{labels.size} groups, {len(tried.size)} places")
    names = sorted(set(labels.tolist()) - {""})
    watched = tried.watched(method, share) * tried.size[:, None]
    best = np.column_stack([watch(column, tried.size, share) for column in tried.observed.T]) * tried.size[:, None]
    idle = tried.size[:, None] - best
    # A part of the place may be watched in vain where it is watched in part.
    vain = np.minimum(watched, idle)
    found = []
    for name in names:
        own = labels == name
        area = np.full(len(tried.origins), tried.size[own].sum())
        ratio = _against_all(tried, method, own, level, len(names))
        found.append(
            Group(
                name,
                int(own.sum()),
                int(tried.observed[own].sum()),
                tried.ratio(watched[own].sum(axis=0), area),
                float(best[own].sum() / area.sum()),
                tried.ratio(vain[own].sum(axis=0), idle[own].sum(axis=0)),
                ratio,
                ratio is not None and (ratio.low > 1 + TOLERANCE or ratio.high < 1 - TOLERANCE),
            )
        )
    return found


def _against_all(tried: Backtest, method: str, own: NDArray[np.bool_], level: float, looks: int) -> Estimate | None:
    """Expected over recorded in these places, over the same in all; on the log scale, with Student's t for so few periods."""
    from scipy.special import stdtrit

    expected, observed = tried.expected[method], tried.observed
    sums = [expected[own].sum(axis=0), observed[own].sum(axis=0), expected.sum(axis=0), observed.sum(axis=0)]
    drawn = np.array([np.asarray(values, dtype=float)[tried.drawn].sum(axis=1) for values in sums])
    if not sums[0].sum() or not sums[1].sum():
        return None
    drawn = drawn[:, (drawn > 0).all(axis=0)]
    value = np.log(sums[0].sum() / sums[1].sum()) - np.log(sums[2].sum() / sums[3].sum())
    spread = (np.log(drawn[0] / drawn[1]) - np.log(drawn[2] / drawn[3])).std()
    reach = (
        spread * float(stdtrit(tried.apart - 1, 1 - (1 - level) / 2 / looks)) * np.sqrt(tried.apart / (tried.apart - 1))
    )
    return Estimate(*(float(np.exp(v)) for v in (value, value - reach, value + reach)))  # fmt: skip


@dataclass(frozen=True)
class Loop:
    """Whether crime that police activity makes follows the watched places.

    Attributes
    ----------
    generated, reported : float
        By how much the counts of watched places grew more than those of other places, as a ratio: of crime that police find by looking,
        and of crime that victims report.
    ratio : Estimate
        The one over the other. 1 where both go the same way.
    p : float
        P-value that police-generated crime follows no more than the other (upper tail).
    alarm : bool
    """

    generated: float
    reported: float
    ratio: Estimate
    p: float
    alarm: bool


def feedback_loop(
    watched: Floats, generated: Counts, reported: Counts, *, first: int, level: float = 0.05
) -> Loop | None:
    """Ask whether recorded crime follows where a forecast sends police.

    Parameters
    ----------
    watched : ndarray of float, shape (places, tried)
        How much of each place was watched, or would have been, in each period from the `first` on.
    generated, reported : ndarray of int, shape (places, periods)
        Crime that comes to light because police look for it (drugs, weapons); crime that victims report. Neither with what the
        forecast was of: places are watched because that was high, and so it falls there by itself.
    first : int
        Number of the first watched period. What was recorded before it says what to expect of each place.
    level : float, default 0.05
        Share of false alarms where the two go the same way.

    Returns
    -------
    Loop or None
        None where a kind is recorded too seldom to tell: under 20 in watched places or elsewhere, before or after.

    Notes
    -----
    Each place is expected to keep the share of the total that it had before, so that seasons, trends and what all places have in
    common drop out. Where risk truly moves, both kinds move; a loop moves only what police find by looking. A loop that was as
    strong before the first watched period cannot be seen. The error is the larger of that of independent events and of leaving out
    one place at a time (jackknife).

    References
    ----------
    Lum, K. and Isaac, W. (2016). To predict and serve? Significance 13(5), 14-19. Ensign, D. et al. (2018). Runaway feedback loops in
    predictive policing. Proceedings of Machine Learning Research 81, 160-171.
    """
    from scipy.special import ndtr, ndtri

    last, part = first + watched.shape[1], watched.mean(axis=1)
    grown, least, apart = [], 0.0, np.zeros(len(watched))
    for table in (generated, reported):
        seen, after = table[:, :first].sum(axis=1).astype(float), table[:, first:last].astype(float)
        expected = np.outer(seen / max(seen.sum(), 1), after.sum(axis=0))
        sums = [(w * t).sum(axis=1) for w in (watched, 1 - watched) for t in (after, expected)]
        cells = [sums[0].sum(), sums[2].sum(), part @ seen, (1 - part) @ seen]
        if min(cells) < _FEWEST:
            return None
        whole, without = (
            np.log(cells[0] / cells[1]) - np.log(cells[2] / cells[3])
            for cells in ([s.sum() for s in sums], [np.maximum(s.sum() - s, 0.5) for s in sums])
        )
        grown.append(float(whole))
        apart += (without - without.mean()) * (1 if table is generated else -1)
        least += sum(1 / cell for cell in cells)
    difference = grown[0] - grown[1]
    error = float(np.sqrt(max(least, (len(apart) - 1) / len(apart) * (apart**2).sum())))
    p = float(ndtr(-difference / error))
    reach = float(ndtri(0.975)) * error
    ratio = Estimate(*(float(np.exp(v)) for v in (difference, difference - reach, difference + reach)))
    return Loop(float(np.exp(grown[0])), float(np.exp(grown[1])), ratio, p, p <= level)
