"""One case as its story goes on: acts told by how many hours after it began they were done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..play import Play
from .course import SOON, Course


class Story:
    """A case that began so many hours ago; what lies after now is not told."""

    def __init__(self, play: Play, hours: float) -> None:
        self.play, self.hours, self.case = play, hours, Course(play, "", over=True)

    @property
    def ref(self) -> str:
        """The case; empty before it is opened."""
        return self.case.ref

    def at(self, after: float) -> datetime:
        """The instant so many hours after the beginning."""
        return self.play.ago(self.hours - after)

    def day(self, after: float) -> str:
        """The day of that instant."""
        return self.at(after).date().isoformat()

    def goes_on(self, after: float) -> bool:
        """Whether so many hours after the beginning lie before now."""
        return self.hours - after > SOON

    def open(self, by: str, kind: str, act: str, given: Mapping[str, Any], **more: Any) -> str:
        """Open it; its ref, empty where that lies ahead."""
        if self.goes_on(0):
            self.case = Course(self.play, self.play.open(by, self.hours, kind, act, given, **more))
        return self.ref

    def do(
        self, by: str, after: float, act: str, given: Mapping[str, Any] | None = None, *, item: str = "", adds: str = ""
    ) -> str:
        """Do an act; the id of the row that it `adds`."""
        return f"{adds}-{self.case.do(by, self.hours - after, act, given, item=item)}"

    def decide(
        self, by: str, after: float, name: str, outcome: str, given: Mapping[str, Any] | None = None, why: str = "seen so"
    ) -> None:  # fmt: skip
        """Take a decision."""
        self.case.decide(by, self.hours - after, name, outcome, given, why)
