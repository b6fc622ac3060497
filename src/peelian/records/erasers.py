"""What floors above made of erased rows goes with them: a register, light enough to be filled when the program starts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

Row = tuple[int, int]  # batch (its number in the store), line

# Each is given the rows, in the transaction that takes them out of the store, and tells how many of its own went.
ERASERS: list[Callable[[Collection[Row]], Mapping[str, int]]] = []
