"""Made-up counts, and releases of them one after another: corrected, cut otherwise, over longer and longer periods."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from peelian.access.release import CountTable

AREAS = ("a1", "a2", "b1", "b2", "b3")
MONTHS = ("m1", "m2", "m3")
KINDS = ("theft", "harm")

# Borders that overlap: the second moves a2 to the other district, the third leaves one area out.
BORDERS = (
    {"force": ("A", "B"), "A": ("a1", "a2"), "B": ("b1", "b2", "b3")},
    {"force": ("A+", "B-"), "A+": ("a1", "a2", "b1"), "B-": ("b2", "b3")},
    {"most": ("A", "B-"), "A": ("a1", "a2"), "B-": ("b2", "b3")},
)
PERIODS = (
    {"m1": ()},
    {"m1-2": ("m1", "m2")},
    {"m1-3": ("m1", "m2", "m3")},
    {"m1-3": ("m1-2", "m3"), "m1-2": ("m1", "m2")},
)


@dataclass(frozen=True)
class Step:
    """One release: what is corrected before it, and which cut of the counts it shows."""

    corrections: dict
    borders: int
    periods: int
    kinds: bool
    areas_shown: bool
    months_shown: bool


def full(axis):
    """The axis with its finest codes named."""
    return axis | {part: () for parts in axis.values() for part in parts if part not in axis}


def table(world, step):
    """The counts of `world` as `step` shows them, down to the finest area and month."""
    areas, periods = full(BORDERS[step.borders]), full(PERIODS[step.periods])
    kinds = full({"all": KINDS}) if step.kinds else None
    counts: dict[tuple[str, ...], int] = {}
    for (area, month, kind), count in world.items():
        if area in areas and month in periods:
            key = (area, month, kind) if kinds else (area, month)
            counts[key] = counts.get(key, 0) + count
    axes = {"area": areas, "period": periods} | ({"kind": kinds} if kinds else {})
    shown = {}
    if not step.areas_shown:
        shown["area"] = [code for code in areas if areas[code]]
    if not step.months_shown:
        shown["period"] = [next(iter(periods))]
    return CountTable("crime", axes, counts, shown)


small = st.one_of(st.integers(0, 5), st.integers(0, 5), st.integers(0, 12), st.sampled_from([0, 20, 40]))
worlds = st.fixed_dictionaries({(a, m, k): small for a in AREAS for m in MONTHS for k in KINDS})
steps = st.builds(
    Step,
    st.dictionaries(
        st.tuples(st.sampled_from(AREAS), st.sampled_from(MONTHS), st.sampled_from(KINDS)), small, max_size=3
    ),
    st.integers(0, len(BORDERS) - 1),
    st.integers(0, len(PERIODS) - 1),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
