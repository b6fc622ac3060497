"""A made-up county with known truth: seeded, of any size, written as the files that a force and its partners would send."""

from .making import Made, happenings, make

__all__ = ["Made", "happenings", "make"]
