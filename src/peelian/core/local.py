"""Values that each force sets for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from peelian.core.dated import Dated, Found
from peelian.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Local:
    """A force's own value. It has no hidden default: unset, it shuts only what needs it.

    Parameters
    ----------
    name : str
        Name under which the force sets it, such as ``victims.accept_within``.
    source : str
        The policy that decides it, such as ``force allocation policy``; whoever owns that policy must set it.
    default : Dated, optional
        Only where a statute gives one.
    words : tuple of str, optional
        The words among which the force chooses, such as the names of profiles; none for a period, a time or a number.
    """

    name: str
    source: str
    default: Dated | None = None
    words: tuple[str, ...] = ()

    def look(self, held: Mapping[str, Dated], *, on: date) -> Found:
        """Return the value on a day: the force's own, else the one that a statute gives.

        Parameters
        ----------
        held : mapping of str to Dated
            What the force has set, by name.
        on : date
            The day for which it is wanted.

        Raises
        ------
        InvalidInput
            ``peelian.E114`` if it is not set; the message says who must set it. ``peelian.E111`` if it was not yet
            set on that day.
        """
        dated = held.get(self.name, self.default)
        if dated is None:
            raise InvalidInput(
                f'local value "{self.name}" is not set',
                matters="what needs it is shut until it is set; nothing else is",
                fix=f"whoever owns the {self.source} sets it",
                id="peelian.E114",
            )
        return dated.look(on=on)
