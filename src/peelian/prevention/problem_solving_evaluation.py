"""What a plan's counts show: the design that the data allow, the effect with its interval, displacement and cost. Pure.

The finding is a fall or a rise only where the interval leaves out no change. All else is "cannot show an effect"; that a plan has no
effect is never said, because too little data look just the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from peelian.analysis.calibration import calibrated_control
from peelian.analysis.detectable import detectable_fall
from peelian.analysis.difference_in_differences import PERIODS_NEEDED, difference_in_differences, ratio_of_changes
from peelian.analysis.displacement import (
    Ratio,
    weighted_displacement_difference,
    weighted_displacement_quotient,
)
from peelian.analysis.interrupted_time_series import interrupted_time_series
from peelian.analysis.small_counts import e_test
from peelian.analysis.synthetic_control import placebo_test, synthetic_control
from peelian.analysis.trend import NotEnoughData
from peelian.core.errors import InvalidInput

CANNOT = "cannot show an effect"
MINUS = "\N{MINUS SIGN}"
LEAST = 5  # events in a total, below which nothing is said of it (evaluating-practice.md)
MONTHS = 12  # of history, so that a season is in it
SPANS = {1: "month", 3: "quarter", 6: "half-year", 12: "year"}  # matched in small areas: the shortest that can be
# Maryland Scientific Methods Scale [stored]; the wording of 3 to 5 is general knowledge.
LEVELS = {
    "1": "figures of one time", "2": "before and after, without a comparison", "3": "before and after, with a comparison area",
    "4": "many areas, other causes allowed for", "5": "assigned by chance",
}  # fmt: skip


@dataclass(frozen=True)
class Evaluation:
    """What the counts show.

    Attributes
    ----------
    design, level : str
        The design used; its step on the Maryland scale.
    finding : str
        ``fall``, ``rise`` or ``cannot show an effect``.
    why : str
        The sentence that the finding rests on.
    points : tuple of str
        What stands beside it: months, displacement, cost, cautions.
    change, low, high : float or None
        Change beyond the comparison, in per cent.
    prevented : tuple of (float, float, float) or None
        Events prevented while it was counted, at least, at most; below zero: more happened.
    cost : float
        Pounds.
    """

    design: str
    level: str
    finding: str
    why: str
    points: tuple[str, ...] = ()
    change: float | None = None
    low: float | None = None
    high: float | None = None
    prevented: tuple[float, float, float] | None = None
    cost: float = 0.0

    @property
    def words(self) -> str:
        """All of it, as it is recorded."""
        return " ".join((f"{self.finding[0].upper()}{self.finding[1:]}: {self.why}", *self.points))


def is_full(case: Any) -> bool:
    """Whether the plan registered on its first day how it would be judged."""
    return case.get("comparison") is not None


def smallest_fall(case: Any) -> float | None:
    """The smallest fall that the plan would show, as a share; None where nothing would be shown."""
    return detectable_fall(case.history, case.comparison_history, after=case.months_after)


def can_show(case: Any) -> str:
    """What a plan could show at all, from the area's own history, in words."""
    least = smallest_fall(case)
    basis = f"from {len(case.history)} months of the area's own counts and {case.months_after} afterwards"
    if least is None:
        return f"Nothing: not even the end of the problem could be told from chance, {basis}. Count for longer, or over more places."
    said = f"A fall of {_percent(least)} or more, four times of five, at a 95 % interval, {basis}."
    if case.expected_fall < 100 * least:
        said += (
            f" The fall that is expected, {case.expected_fall:g} %, is smaller: as it stands the plan will most likely show nothing. Count for "
            "longer, or over more places."
        )
    return said


def spent(case: Any) -> float:
    """Pounds, of every response and beside."""
    return float(sum(row.get("cost") or 0 for row in case.responses) + (case.get("running_cost") or 0))


def evaluate(case: Any) -> Evaluation:
    """Choose the design by what was counted, and run it.

    Raises
    ------
    Unset
        While the counts afterwards are not known.
    """
    after, cost = case.after, spent(case)
    if not is_full(case):
        return _small(case.before, case.before_months, sum(after), len(after), cost)
    return _full(
        tuple(case.history), tuple(after), tuple(case.comparison_history), tuple(case.get("comparison_after") or ()),
        (case.get("beside_before"), case.get("beside_after")), tuple(case.get("donors") or ()),
        (tuple(case.get("small_inside") or ()), tuple(case.get("small_outside") or ())), bool(case.get("randomised")), cost,
    )  # fmt: skip


@lru_cache(maxsize=512)  # a bank of plans is read again and again, and none of it changes
def _full(
    history: tuple[int, ...], after: tuple[int, ...], comparison: tuple[int, ...], comparison_after: tuple[int, ...],
    beside: tuple[int | None, int | None], donors: tuple[str, ...], small: tuple[tuple[str, ...], tuple[str, ...]],
    randomised: bool, cost: float,
) -> Evaluation:  # fmt: skip
    if len(comparison_after) != len(after):
        return _alone(history, after, cost)
    totals = (sum(history), sum(after), sum(comparison), sum(comparison_after))
    counted = f"{totals[0]} in {len(history)} months before and {totals[1]} in {len(after)} after; in the comparison area {totals[2]} and {totals[3]}."
    points = [_cost(cost)] if cost else []
    level = "5" if randomised else "3"
    design = "assigned by chance, compared with an area" if randomised else "before and after, compared with an area"
    if min(totals) < LEAST:
        return Evaluation(
            design,
            level,
            CANNOT,
            f"not enough data, fewer than {LEAST} in one of its four counts: {counted}",
            tuple(points),
            cost=cost,
        )
    found = ratio_of_changes(history + after, comparison + comparison_after, before=len(history))
    difference = weighted_displacement_difference(
        totals[:2],
        totals[2:],
        times=(len(history) / len(after), 1),  # in events while it was counted afterwards
    )
    prevented = (-difference.value, -difference.high, -difference.low)
    points = [
        *_beside(totals, beside, len(history) / len(after)),
        *_cautions(history, after, comparison, comparison_after, found),
    ]
    points += [*_mixture(history, after, donors), *_calibrated(len(after), *small)]
    if cost:
        points.append(_cost(cost, prevented))
    low, high = 100 * (found.low - 1), 100 * (found.high - 1)
    said = f"{_change(found.value)} beyond the comparison area (95 % interval {signed(low)} to {signed(high)} %). {counted}"
    finding = "fall" if found.high < 1 else "rise" if found.low > 1 else CANNOT
    if finding == CANNOT:
        said = f"the interval covers no change, and a larger change either way too: {said}"
    return Evaluation(design, level, finding, said, tuple(points), 100 * (found.value - 1), low, high, prevented, cost)


def _alone(history: tuple[int, ...], after: tuple[int, ...], cost: float) -> Evaluation:
    """With no comparison area afterwards, only the area's own past is left."""
    design, points = "a series without a comparison area", (_cost(cost),) if cost else ()
    if not history or not after:
        return Evaluation(design, "2", CANNOT, "nothing was counted before, or nothing after.", points, cost=cost)
    found = interrupted_time_series(history + after, before=len(history), harmonics=2 if len(history) >= 24 else 0)
    if isinstance(found, NotEnoughData):
        return Evaluation(design, "2", CANNOT, f"{found}, and there is no comparison area.", points, cost=cost)
    low, high = 100 * (found.low - 1), 100 * (found.high - 1)
    said = (
        f"{_change(found.ratio)} against the area's own trend (95 % interval {signed(low)} to {signed(high)} %); whatever else changed at that "
        "time is counted in it."
    )
    finding = "fall" if found.high < 1 else "rise" if found.low > 1 else CANNOT
    return Evaluation(design, "2", finding, said, points, 100 * (found.ratio - 1), low, high, None, cost)


@lru_cache(maxsize=512)
def _small(before: int, before_months: int, after: int, months: int, cost: float) -> Evaluation:
    said = f"a small plan has nothing to compare with. {before} in {before_months} months before, {after} in {months} after."
    if before or after:
        chance = _percent(e_test(before, after, spans=(before_months, months)))
        said += f" Chance alone makes rates as far apart {chance} of the time; a season, or a problem that was at its worst, does so more often."
    return Evaluation("before and after", "2", CANNOT, said, (_cost(cost),) if cost else (), cost=cost)


def _beside(totals: tuple[int, int, int, int], beside: tuple[int | None, int | None], span: float) -> list[str]:
    """Displacement and diffusion, where the area around was counted."""
    before, after = beside
    if before is None or after is None:
        return ["Nothing was counted beside the plan: whether it moved is not known."]
    moved = weighted_displacement_difference((before, after), totals[2:], times=(span, 1))
    net = weighted_displacement_difference(totals[:2], totals[2:], (before, after), (0, 0), times=(span, 1))
    try:
        found = weighted_displacement_quotient(totals[:2], (before, after), totals[2:])
    except InvalidInput:
        return []
    quotient = f" (quotient {found.wdq:.2f})".replace("-", MINUS) if found.wdq is not None else ""
    shown = (
        found.reading
        if moved.low > 0 or moved.high < 0
        else "neither displacement nor diffusion is shown, nor ruled out"
    )
    return [
        f"Beside the plan {before} before and {after} after, {signed(moved.value)} beyond the comparison area (95 % interval {signed(moved.low)} to "
        f"{signed(moved.high)}): {shown}{quotient}. Plan and surroundings together: {signed(net.value)} events ({signed(net.low)} to "
        f"{signed(net.high)})."
    ]


def _cautions(
    history: tuple[int, ...],
    after: tuple[int, ...],
    comparison: tuple[int, ...],
    comparison_after: tuple[int, ...],
    found: Ratio,
) -> list[str]:
    said = []
    if found.dispersion > 1.05:
        said.append(
            f"Months vary {found.dispersion:.1f} times as much as chance would have them; the interval allows for it."
        )
    if min(len(history), len(after)) >= PERIODS_NEEDED:
        both = difference_in_differences(history + after, comparison + comparison_after, before=len(history))
        if both.pre_trend_p < 0.05:
            said.append("Take care: the two areas were drifting apart before the plan, so the comparison may mislead.")
    return said


def _mixture(history: tuple[int, ...], after: tuple[int, ...], donors: tuple[str, ...]) -> list[str]:
    """The same against a mixture of further areas, where three or more were counted throughout."""
    rows = [row for row in map(series_of, donors) if len(row) == len(history) + len(after)]
    if len(rows) < 3:
        return []
    whole = history + after
    found, chance = synthetic_control(whole, rows, before=len(history)), placebo_test(whole, rows, before=len(history))
    return [
        f"Against the mixture of {len(rows)} further areas that moved alike before: {signed(found.effect)} a month; of {len(chance.ratios)} areas, "
        f"each taken for this one in turn, it departs as the {_nth(chance.rank)} (p {chance.p:.2f})."
    ]


def _calibrated(after: int, inside: tuple[str, ...], outside: tuple[str, ...]) -> list[str]:
    """The same against many small areas, weighted until they counted what the plan's own did in every month before."""
    import numpy as np

    if min(len(inside), len(outside)) < 2:
        return []
    ours, others = (np.array([series_of(line) for line in lines])[:, :, None] for lines in (inside, outside))
    before = ours.shape[1] - after
    for span, words in SPANS.items():
        if before % span:
            continue
        try:
            found = calibrated_control(ours, others, before=before, together=span)
        except InvalidInput:
            continue
        counted, expected = float(found.treated[0]), float(found.control[0])
        said = f"Against {len(others)} small areas, weighted until they counted what its own {len(ours)} did in every {words} before: {counted:.0f}"
        if min(counted, expected) < LEAST:
            return [f"{said} counted, {expected:.0f} expected; fewer than {LEAST}, so nothing follows."]
        low, high = (100 * float(bound[0]) for bound in found.interval())
        return [
            f"{said} counted, {expected:.0f} expected, {_change(counted / expected)} (95 % interval {signed(low)} to {signed(high)} %)."
        ]
    return [
        f"No weighting of {len(others)} small areas counted what its own {len(ours)} did before: they are no comparison."
    ]


def series_of(line: str) -> list[float]:
    """The counts in a line such as "Northwick: 12 9 14"; empty where it holds something else.

    Examples
    --------
    >>> series_of("Northwick: 12 9, 14")
    [12.0, 9.0, 14.0]
    """
    words = line.rpartition(":")[2].replace(",", " ").split()
    return [float(word) for word in words] if all(word.isdigit() for word in words) else []


def _cost(cost: float, prevented: tuple[float, float, float] | None = None) -> str:
    said = f"Cost: {cost:,.0f} pounds"
    if prevented is not None and prevented[1] > 0:
        low, high = cost / prevented[2], cost / prevented[1]
        return f"{said}, {cost / prevented[0]:,.0f} for each event prevented ({low:,.0f} to {high:,.0f})."
    return f"{said}."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def signed(value: float) -> str:
    """A whole number with its sign; nought has none."""
    return f"{value:+.0f}".replace("-", MINUS) if round(value) else "0"


def _change(ratio: float) -> str:
    return f"{abs(100 * (ratio - 1)):.0f} % {'fewer' if ratio < 1 else 'more'}"


def _nth(rank: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(rank, f"{rank}th")
