"""How each followed system stands: how old its data are, what could not be taken in, what waits to be told back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..models import FeedCursor, Followed, WriteBack
from . import setting

LATE = timedelta(minutes=5)  # from which a page warns of the age; a system is asked every two seconds [DESIGN]


@dataclass(frozen=True, slots=True)
class Standing:
    """One followed system.

    Attributes
    ----------
    data_at : datetime or None
        Everything changed there up to this instant is held here; None while it never answered.
    failed_at : datetime or None
        When it last failed, if it has not answered since.
    kept, untold : int
        Records that could not be taken in; decisions that it has not confirmed.
    """

    name: str
    title: str
    data_at: datetime | None
    asked_at: datetime | None
    failed_at: datetime | None
    why: str
    followed: int
    kept: int
    untold: int

    def age_words(self, at: datetime) -> str:
        """How old its data are, in words."""
        return words(at - self.data_at) if self.data_at else "never answered"

    def late(self, at: datetime) -> bool:
        """Whether a page must warn."""
        return self.failed_at is not None or self.data_at is None or at - self.data_at > LATE


def systems() -> list[Standing]:
    """Every system of the file, and any that was followed before and is still in cases."""
    titles = {one.name: one.title for one in setting.read().source}
    held = {one.source: one for one in FeedCursor.objects.all()}
    names = sorted({*titles, *Followed.objects.order_by().values_list("source", flat=True).distinct()})
    return [_of(name, titles.get(name, name), held.get(name)) for name in names]


def system(name: str) -> Standing:
    """One system."""
    return next((one for one in systems() if one.name == name), _of(name, name, None))


def words(age: timedelta) -> str:
    """An age as people say it.

    Examples
    --------
    >>> words(timedelta(seconds=4)), words(timedelta(minutes=7)), words(timedelta(hours=30))
    ('4 seconds', '7 minutes', '30 hours')
    """
    seconds = max(0, int(age.total_seconds()))
    for size, unit in ((172_800, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // (86_400 if unit == "day" else size)
            return f"{number:,} {unit}{'s' * (number != 1)}"
    return f"{seconds} second{'s' * (seconds != 1)}"


def _of(name: str, title: str, held: FeedCursor | None) -> Standing:
    rows = Followed.objects.filter(source=name)
    return Standing(
        name, title, held.data_at if held else None, held.at if held else None, held.failed_at if held else None,
        held.why if held else "", rows.count(), rows.exclude(pending=None).count(),
        WriteBack.objects.filter(followed__source=name, done_at=None).count(),
    )  # fmt: skip
