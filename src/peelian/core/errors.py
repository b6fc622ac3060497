"""Errors that a person can act on: where, what was found, why it matters, what to do.

No message holds a value from a person's record. Each kind of fault has a stable id (``peelian.E104``), so that it can be
looked up and never changes its meaning.
"""

from __future__ import annotations


class PeelianError(Exception):
    """One fault, told to the person who can mend it.

    Parameters
    ----------
    summary : str
        One line under 80 characters, lower case, no full stop.
    where, found, matters, fix : str
        Where it is, what stands there, why that matters, what to do. Empty parts are left out.
    id : str
        Stable id of the kind of fault.
    """

    id = "peelian.E001"

    def __init__(
        self, summary: str, *, where: str = "", found: str = "", matters: str = "", fix: str = "", id: str = ""
    ) -> None:
        self.summary, self.where, self.found, self.matters, self.fix = summary, where, found, matters, fix
        self.id = id or type(self).id
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = (("where", self.where), ("found", self.found), ("matters", self.matters), ("fix", self.fix))
        return "\n".join([f"{self.id}: {self.summary}", *(f"  {name:<8} {text}" for name, text in parts if text)])


class InvalidInput(PeelianError, ValueError):
    """A number, table or option that cannot be worked with."""

    id = "peelian.E002"


class Faults(PeelianError):
    """Several faults found in one check, all reported together."""

    id = "peelian.E003"

    def __init__(self, faults: list[PeelianError]) -> None:
        self.faults = faults
        super().__init__(f"{len(faults)} fault{'s' * (len(faults) != 1)} found")

    def __str__(self) -> str:
        return "\n".join([f"{self.id}: {self.summary}", *map(str, self.faults)])
