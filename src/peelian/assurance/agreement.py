"""How far two blind assessors agree: weighted kappa, in which a grade further off counts as more of a disagreement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .judgement_rules import GRADES

PAIRS_NEEDED = 10  # fewer give an interval that spans next to everything [DESIGN]


@dataclass(frozen=True)
class Agreement:
    """Agreement beyond chance.

    Attributes
    ----------
    pairs, same : int
        Questions that two judged, and of those, how many they graded alike.
    kappa, low, high : float or None
        Kappa with linear weights and its 95 % interval; None where there is too little to say.
    why_not : str
        Why there is no kappa.
    """

    pairs: int
    same: int
    kappa: float | None = None
    low: float | None = None
    high: float | None = None
    why_not: str = ""


def agreement(
    pairs: Iterable[tuple[str, str]], grades: tuple[str, ...] = GRADES, needed: int = PAIRS_NEEDED
) -> Agreement:
    """Weighted kappa of pairs of grades.

    Parameters
    ----------
    pairs : iterable of (str, str)
        What the first and the second assessor gave, of one scale.
    grades : tuple of str, k grades
        Lowest first.

    Raises
    ------
    ValueError
        For a grade that is not on the scale.

    References
    ----------
    Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70(4), 213-220. Linear weights: Cicchetti and Allison (1971).
    """
    held = list(pairs)
    table = np.zeros((len(grades), len(grades)), dtype=int)
    for one, other in held:
        table[grades.index(one), grades.index(other)] += 1
    same = int(np.trace(table))
    if len(held) < needed:
        return Agreement(len(held), same, why_not=f"not enough data: {len(held)} of the {needed} pairs that are needed")
    if np.count_nonzero(table.sum(axis=0)) < 2 and np.count_nonzero(table.sum(axis=1)) < 2:
        return Agreement(
            len(held), same, why_not="both gave one and the same grade throughout, so chance would agree as well"
        )
    from statsmodels.stats.inter_rater import cohens_kappa

    found = cohens_kappa(table, wt="linear")
    return Agreement(len(held), same, float(found.kappa), float(found.kappa_low), float(found.kappa_upp))
