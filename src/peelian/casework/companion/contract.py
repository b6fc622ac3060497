"""What Peelian asks of a system that it follows: changes since a mark, how old they are, and a place to write back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from peelian.core.errors import PeelianError


class Silent(PeelianError):
    """The other system did not answer, or not in the form agreed. Nothing was lost: it is asked again."""

    id = "peelian.E498"


@dataclass(frozen=True, slots=True)
class Change:
    """One record of the other system as it stands after a change.

    Attributes
    ----------
    reference : str
        Of the incident or the crime there.
    version : str
        Differs whenever the record differs; the same version again is a repeat.
    at : datetime
        When the record became so.
    fields : mapping of str to object
        What it says, by names that the other system keeps: text, numbers, yes or no, instants as ISO text with their zone.
    open : bool
        False once it is closed there. Nothing is closed here because of it.
    owner : str
        Who looks after it there; wanted at a cut-over.
    subject : str
        Key (`feed/key`) of the person whom it concerns, where the record is held here too.
    """

    reference: str
    version: str
    at: datetime
    fields: Mapping[str, Any] = field(default_factory=dict)
    open: bool = True
    owner: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Changes in the order in which they were made, and how far they reach.

    Attributes
    ----------
    cursor : str
        Given with the next question; opaque.
    data_at : datetime
        Everything changed there up to this instant stands in this page or an earlier one.
    more : bool
        More changes wait.
    """

    changes: tuple[Change, ...]
    cursor: str
    data_at: datetime
    more: bool = False


class Adapter(Protocol):
    """A system that Peelian follows."""

    @property
    def name(self) -> str:
        """By which the file names it."""
        ...

    @property
    def title(self) -> str:
        """What pages call it."""
        ...

    def changes(self, cursor: str, *, limit: int) -> Page:
        """At most `limit` changes after `cursor`; empty text begins with every record that is open. `Silent` where it fails."""
        ...

    def write_back(self, reference: str, key: str, body: Mapping[str, Any]) -> None:
        """Write one thing that was decided beside the record; the same key again changes nothing. `Silent` where it fails."""
        ...
