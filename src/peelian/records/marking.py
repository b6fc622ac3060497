"""Protective markings: what this installation may hold, and what arrives above it (design, law 13).

The words are those of the Government Security Classifications. A marking that is not known is taken for one above the ceiling:
what cannot be told to be allowed is not kept.
"""

from __future__ import annotations

import re
import unicodedata

from django.conf import settings

from peelian.core.errors import PeelianError

from .feeds.declare import cell, quoted

LEVELS = ("OFFICIAL", "SECRET", "TOP SECRET")
SENSITIVE = "OFFICIAL SENSITIVE"  # a handling instruction within OFFICIAL, not a level of its own


def ceiling() -> str:
    """The installation's marking ceiling; PeelianError where the setting names none."""
    named = str(settings.MARKING_CEILING)
    if named not in LEVELS:
        raise PeelianError(
            "the marking ceiling is not one of the levels",
            where="PEELIAN_MARKING_CEILING",
            found=repr(named),
            matters="a row above it would be kept, or all rows refused",
            fix="set one of: " + ", ".join(LEVELS),
            id="peelian.E427",
        )
    return named


def within() -> list[str]:
    """Markings that may be held, as `plain_marking` writes them."""
    return [*LEVELS[: LEVELS.index(ceiling()) + 1], SENSITIVE]


def plain_sql(column: str) -> str:
    """SQL: a marking without its punctuation, in capitals: ``Official-Sensitive`` is ``OFFICIAL SENSITIVE``."""
    return f"regexp_replace(trim(regexp_replace(upper({cell(column)}), '[^A-Z]+', ' ', 'g')), '^UK ', '')"


def allowed_sql(column: str) -> str:
    """SQL: true where the row may be held. Only a cell without letter or digit is no marking: ``3`` or ``ＳＥＣＲＥＴ`` is one."""
    return (
        f"({plain_sql(column)} IN ({', '.join(map(quoted, within()))}) "
        f"OR NOT regexp_matches({cell(column)}, '[\\p{{L}}\\p{{N}}]'))"
    )


def above(cells: list[str]) -> bool:
    """Whether any cell begins with a marking above the ceiling: for a record whose cells cannot be told apart.

    Such a record may come as one cell, so what stands between delimiters and quotes is looked at.
    """
    over = tuple(f"{level} " for level in LEVELS if level not in within())
    parts = (part for c in cells for part in re.split(r'[,;|"\t\r\n]+', c))
    return any(f"{_plain(part)} ".startswith(over) for part in parts) if over else False


def _plain(text: str) -> str:
    """A marking as `plain_sql` writes it."""
    return re.sub("[^A-Z]+", " ", unicodedata.normalize("NFKC", text).upper()).strip().removeprefix("UK ")
