"""What a case asks of its owner, and what somebody lacks for it.

Which level and strand a case asks for is the force's own table (`required_level.toml`), no national standard.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from peelian.core.dated import Table
from peelian.core.kinds import Who

LEVELS = Path(__file__).with_name("required_level.toml")
OFFENCES = Table(LEVELS, "offence_level", gives={"level": int})
FEATURES = Table(LEVELS, "feature_asks", gives={"up": int, "strand": str})


@dataclass(frozen=True, slots=True)
class Required:
    """What a case asks of its owner.

    Attributes
    ----------
    level : int
        Of the Professionalising Investigation Programme, 1 to 4; 0 asks for none.
    strands : frozenset of str
        Accreditations of specialist strands.
    reasons : tuple of str
        Why, each with its source.
    """

    level: int
    strands: frozenset[str]
    reasons: tuple[str, ...]
    version: date | None = None

    @property
    def words(self) -> str:
        """Such as ``PIP 2, child abuse investigator``."""
        return ", ".join([*([f"PIP {self.level}"] if self.level else []), *sorted(self.strands)]) or "no accreditation"


def required_level(offence: str, features: Iterable[str], *, on: date) -> Required:
    """The level and strands that an offence with its features asks for, by the force's table in force on a day.

    Parameters
    ----------
    offence, features : str, iterable of str
        In the words of the table.

    Notes
    -----
    One level up where any sign of serious and complex is there, however many; never above PIP 4.

    Examples
    --------
    >>> required_level("assault", ["violence or weapon", "child"], on=date(2026, 3, 2)).words
    'PIP 2, child abuse investigator'
    """
    base = OFFENCES.look(on=on, offence=offence)
    found = [(f, FEATURES.look(on=on, feature=f)) for f in sorted(set(features))]
    up = max((row["up"] for _, row in found), default=0)
    reasons = [f"{offence}: PIP {base['level']} ({base.source}; {base.standing})"]
    for feature, row in found:
        asks = [*(["one level up"] if row["up"] else []), *([row["strand"]] if row["strand"] != "none" else [])]
        reasons.append(f"{feature}: {' and '.join(asks) or 'nothing more'} ({row.source}; {row.standing})")
    strands = frozenset(row["strand"] for _, row in found) - {"none"}
    return Required(min(4, base["level"] + up), strands, tuple(reasons), base.version)


def lacks(required: Required, skills: Collection[str]) -> tuple[str, ...]:
    """What somebody lacks for a case; empty if they are qualified. A higher level holds the lower ones."""
    levels = [int(s.removeprefix("PIP ")) for s in skills if s.startswith("PIP ")]
    missing = [f"PIP {required.level}"] if required.level > max(levels, default=0) else []
    return (*missing, *sorted(required.strands - set(skills)))


def fits(needs: Callable[[Any], Required]) -> Callable[[Any, Who], str]:
    """The rule of `Owners(qualified=...)` for a kind whose cases ask for what `needs(case)` gives."""

    def qualified(case: Any, who: Who) -> str:
        missing = lacks(needs(case), who.skills)
        return f"lacks {', '.join(missing)}" if missing else ""

    return qualified
