"""Why something cannot be done, or cannot be known yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from peelian.core.errors import PeelianError


class Unset(PeelianError):
    """A rule read a fact that nobody has told yet. It is never taken as no."""

    id = "peelian.E440"

    def __init__(self, name: str, question: str = "") -> None:
        self.name = name
        super().__init__(f"not known yet: {question or name}")


class Refused(PeelianError):
    """An act that may not be done now. Nothing was written.

    Attributes
    ----------
    reasons : tuple of str
        Why, in words; at least one.
    fields : mapping of str to str
        What is wrong beside each fact.
    """

    id = "peelian.E441"

    def __init__(self, *reasons: str, fields: Mapping[str, str] | None = None, where: str = "") -> None:
        self.fields = dict(fields or {})
        self.reasons = tuple(reasons) or tuple(self.fields.values())
        super().__init__("this cannot be done now", where=where, found="; ".join(self.reasons))


class Conflict(Refused):
    """Somebody else changed the case in between. What was typed is kept.

    Attributes
    ----------
    changed : mapping of str to object
        What others changed since: facts by name, and ``stage``.
    typed : mapping of str to object
        What was typed and not saved.
    """

    id = "peelian.E442"

    def __init__(self, changed: Mapping[str, Any], typed: Mapping[str, Any], by: Sequence[str] = ()) -> None:
        self.changed, self.typed, self.by = dict(changed), dict(typed), tuple(dict.fromkeys(by))
        super().__init__("somebody else changed this case while you were typing: look at what changed, then save again")
