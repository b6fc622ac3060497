"""Release control: what of a document may leave the force, so that no small count can be worked out from all releases."""

from .knowledge import Release
from .planning import Cell, Plan, plan
from .small import SMALL_COUNT, protect, protect_table, threshold
from .tables import ALL, Address, CountTable, address

__all__ = [
    "ALL",
    "Address",
    "Cell",
    "CountTable",
    "Plan",
    "Release",
    "SMALL_COUNT",
    "address",
    "plan",
    "protect",
    "protect_table",
    "threshold",
]
