"""How the past is drawn: when cases begin in a month, how long a step takes that is in time or late, and a case played step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from numpy.random import Generator

from peelian.casework import store
from peelian.demo_cases.play import Play

from . import Truth

DAY, MONTH = 24.0, 730.5  # hours
Step = tuple[float, Callable[[float], object]]


def row(play: Play, by: str, ref: str, part: str) -> str:
    """The id of the row of a part that was added last."""
    return str(store.load(ref, play.actor(by), play.now).state.live(part)[-1].id)


def begun(rng: Generator, month: int, mean: float) -> list[float]:
    """Hours before now at which the cases of a month begin, the oldest first: about `mean` of them, by chance (Poisson)."""
    return sorted(((month + rng.random()) * MONTH for _ in range(rng.poisson(mean))), reverse=True)


def morning(play: Play, hours: float) -> float:
    """The same day at ten, or the Friday before it, in hours before now: where offices work, so that a limit in their hours is clear."""
    day = play.ago(hours).replace(hour=10, minute=0)
    day -= timedelta(days=max(0, day.weekday() - 4))
    return (play.now - day).total_seconds() / 3600


def took(rng: Generator, share: float, within: float, late: float = 3.0) -> float:
    """How long a step takes: with this share it is done well within the limit, else it takes up to `late` times as long."""
    low, high = (0.15, 0.9) if rng.random() < share else (1.15, late)
    return within * float(rng.uniform(low, high))


def play_out(hours: float, steps: Iterable[Step]) -> None:
    """Play the steps of a case in their order, each so many hours after it began; what has not happened by now is left to come."""
    for after, step in sorted(steps, key=lambda step: step[0]):
        if hours - after < 1:
            return
        step(hours - after)


def before_and_after(
    truth: Truth, system: str, measure: str, shares: tuple[float, float], means: str, months: int, changed: int
) -> None:
    """Say a share before and after the month in which it changed; only the later one, where the years begin after that."""
    if months > changed:
        truth.say(system, measure, shares[0], f"not yet so: {means}", since=months, until=changed)
    truth.say(system, measure, shares[1], means, since=min(months, changed))
