"""Small counts: one that could point at a person is not shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from peelian.core.dated import Dated

SMALL_COUNT = Dated(Path(__file__).with_suffix(".toml"), "release", int)


def threshold() -> int:
    """The smallest count of people that is shown as it is: a local setting, not a national standard.

    Release is judged by the newest version held, whatever the day of the document: an older and looser rule must not
    come back with an old date.
    """
    return int(SMALL_COUNT.look(on=SMALL_COUNT.versions[-1].in_force).value)


def protect(count: int) -> int | None:
    """`count`, or None where it is above zero and below the threshold (say "fewer than 5", never the number).

    >>> protect(0), protect(4), protect(5)
    (0, None, 5)
    """
    return None if 0 < count < threshold() else count


def protect_table(counts: dict[str, int]) -> dict[str, int | None]:
    """Counts that add up to a published total, protected together; None for each that is not told.

    The hidden ones add up to what the total leaves. Where that allows one answer only (a single one, all ones, or all as
    large as a small count can be), another is hidden as well.

    >>> protect_table({"dwelling": 40, "school": 2, "street": 9})
    {'dwelling': 40, 'school': None, 'street': None}
    >>> protect_table({"street": 40, "school": 1, "retail": 1, "other": 9})
    {'street': 40, 'school': None, 'retail': None, 'other': None}
    """
    shown = {key: protect(count) for key, count in counts.items()}
    while _forced([counts[key] for key, count in shown.items() if count is None]):
        rest = [key for key, count in shown.items() if count]
        if not rest:
            return dict.fromkeys(counts)
        shown[min(rest, key=lambda key: (counts[key], key))] = None
    return shown


def _forced(hidden: Sequence[int]) -> bool:
    """Whether the sum of these counts, each known to be small, tells every one of them."""
    return len(hidden) == 1 or (len(hidden) > 0 and sum(hidden) in (len(hidden), len(hidden) * (threshold() - 1)))
