"""Small counts of the force's own records: none may be read in a profile, or worked out from what stands beside it.

Counts of what a record lacks (no LSOA, no date, no age) are no counts of people or of places, and are told as they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from peelian.access.release import protect, protect_table, threshold

HIDDEN = "not shown"
SENTENCE = "A small count is not shown, nor is another where it would give one away."


def safe(count: int | None) -> int | str:
    """A count of a protected table, or the words for one left out (None): it is small, or would give a small one away."""
    return HIDDEN if count is None else count


def protected(count: int) -> int | str:
    """A count that adds up to no total, protected."""
    shown = protect(count)
    return f"fewer than {threshold()}" if shown is None else shown


def told(counts: dict[str, int], *, open_data: bool) -> dict[str, int | None]:
    """Counts that add up to a total that is told; None for each that is not. Open data are told as published.

    >>> told({"street": 40, "school": 2, "other": 9}, open_data=False)
    {'street': 40, 'school': None, 'other': None}
    >>> told({"street": 40, "school": 2}, open_data=True)
    {'street': 40, 'school': 2}
    """
    return dict(counts) if open_data else protect_table(counts)


def told_without_noughts(counts: dict[str, int]) -> dict[str, int | None]:
    """Counts whose total may be known; None for each that is not told. A nought is not told apart from a small count.

    So nobody knows among how many the rest of the total is divided, and no large count need be kept back for it, but where the rest
    is one alone, or all are as large as a small count can be.

    >>> told_without_noughts({"home": 90, "street": 1, "school": 0})
    {'home': 90, 'street': None, 'school': None}
    >>> told_without_noughts({"home": 90, "street": 1})
    {'home': None, 'street': None}
    """
    ordered = sorted(counts.values())
    small = [count for count in ordered if count < threshold()]
    if sum(small) and (len(small) == 1 or sum(small) == len(small) * (threshold() - 1)):
        small = ordered[: len(small) + 1]
    least = small[-1] if small else -1
    return {key: None if count <= least else count for key, count in counts.items()}


def gives_away(sums: NDArray[np.bool_], counts: NDArray[np.int64], hidden: NDArray[np.bool_]) -> bool:
    """Whether sums that are told, taken together, tell a hidden count.

    Parameters
    ----------
    sums : ndarray of bool, shape (sums, n)
        Which counts each sum adds up; a count that is not hidden is known by itself.
    counts : ndarray of int, shape (n,)
    hidden : ndarray of bool, shape (n,)

    Notes
    -----
    Hidden counts that stand in the same sums cannot be told apart, so only what such a group adds up to is asked for: the least
    and the most that the sums allow to one who knows how many of its counts are not zero (linear programming).
    """
    if not hidden.any():
        return False
    from scipy.optimize import linprog  # slow to import, and every page imports this module

    groups, at = np.unique(sums[:, hidden], axis=1, return_inverse=True)
    size, total = np.bincount(at, weights=counts[hidden] > 0).astype(int), np.bincount(at, weights=counts[hidden])
    for i in np.flatnonzero(size):
        ask = np.eye(len(size))[i]
        least, most = (
            round(sign * linprog(sign * ask, A_eq=groups, b_eq=groups @ total, bounds=[(m, None) for m in size]).fun)
            for sign in (1, -1)
        )
        if least == most and (size[i] == 1 or least in (size[i], size[i] * (threshold() - 1))):
            return True
    return False
