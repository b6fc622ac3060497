"""Purposes: why somebody may look, on what lawful basis, in which roles, and with or without a typed reason."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .roles import ROLES

STANDING = ("stored", "secondary", "general", "design")


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose.

    Attributes
    ----------
    name, words : str
        As stored, and as read.
    police, partner : str
        Lawful basis for people of a force and of another agency; empty where those may not state it.
    evidence : str
        How well the basis is known: ``stored``, ``secondary``, ``general`` or ``design``.
    roles : frozenset of str
        Roles that may state it.
    reason : bool
        Whether a typed reason is asked for beside it.
    """

    name: str
    words: str
    police: str
    partner: str
    evidence: str
    roles: frozenset[str]
    reason: bool

    @property
    def who(self) -> list[str]:
        """The roles that may state it, in words."""
        return [words for role, words in ROLES.items() if role in self.roles]

    def basis(self, kind: str) -> str:
        """The lawful basis for people of an agency of that kind; empty where they may not state it."""
        return self.police if kind == "police" else self.partner


def read(path: Path) -> dict[str, Purpose]:
    """The purposes of a TOML file, in its order. ValueError for a word that is not known: it ships with the code."""
    declared: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["purpose"]
    told = [
        Purpose(
            p["name"], p["words"], p["police"], p.get("partner", ""), p["evidence"], frozenset(p["roles"]),
            p.get("reason", False),
        )
        for p in declared
    ]  # fmt: skip
    for one in told:
        if strange := one.roles - set(ROLES):
            raise ValueError(f"purpose {one.name}: unknown roles {sorted(strange)}")
        if one.evidence not in STANDING:
            raise ValueError(f"purpose {one.name}: evidence {one.evidence!r} is none of {STANDING}")
    return {one.name: one for one in told}


DECLARED: Mapping[str, Purpose] = read(Path(__file__).with_name("purposes.toml"))
PURPOSES: Mapping[str, str] = {name: one.words for name, one in DECLARED.items()}


def may_state(roles: frozenset[str], kind: str) -> tuple[str, ...]:
    """Names of the purposes that somebody in these roles, of an agency of that kind, may state; in the order of the file."""
    return tuple(name for name, one in DECLARED.items() if one.basis(kind) and one.roles & roles)
