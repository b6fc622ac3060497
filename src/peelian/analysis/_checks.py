"""Checks that every numeric function makes of its input."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.core.errors import InvalidInput


def _first(bad: NDArray[np.bool_]) -> str:
    return f"position {int(np.argmax(bad))} (the first is 0); {int(bad.sum())} in all"


def counts(name: str, values: ArrayLike) -> NDArray[np.int64]:
    """Return one-dimensional whole numbers of zero or more."""
    array = np.asarray(values, dtype=float)
    if array.ndim != 1:
        raise InvalidInput(f"{name} must be one list of counts", found=f"{array.ndim} dimensions")
    bad = ~(np.isfinite(array) & (array >= 0) & (array == np.floor(array)))
    if bad.any():
        raise InvalidInput(
            f"{name} holds something that is not a count",
            where=_first(bad),
            matters="a missing count is not zero, and a part of an event cannot be counted",
            fix="leave the row out, or find the count",
        )
    return array.astype(np.int64)


def numbers(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return one-dimensional finite numbers."""
    array = np.asarray(values, dtype=float)
    if array.ndim != 1:
        raise InvalidInput(f"{name} must be one list of numbers", found=f"{array.ndim} dimensions")
    bad = ~np.isfinite(array)
    if bad.any():
        raise InvalidInput(
            f"{name} holds a missing number", where=_first(bad), fix="leave the row out and count it apart"
        )
    return array


def positive(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return one-dimensional finite numbers above zero."""
    array = numbers(name, values)
    if (array <= 0).any():
        raise InvalidInput(f"{name} must be greater than zero", where=_first(array <= 0))
    return array


def same_length(**arrays: NDArray[np.generic]) -> None:
    """Refuse arrays of different lengths."""
    if len({len(array) for array in arrays.values()}) > 1:
        found = ", ".join(f"{name} {len(array)}" for name, array in arrays.items())
        raise InvalidInput("lists differ in length", found=found)


def points(x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """Return finite eastings and northings in metres as one array of shape (n, 2)."""
    easting, northing = numbers("easting", x), numbers("northing", y)
    same_length(easting=easting, northing=northing)
    return np.column_stack([easting, northing])


def between(name: str, value: float, low: float, high: float) -> None:
    """Refuse a number that is not strictly between two others."""
    if not low < value < high:
        raise InvalidInput(f"{name} must be between {low:g} and {high:g}", found=f"{value:g}")
