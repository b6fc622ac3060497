"""Whether an old area for improvement has come back: findings of one force and one question, likened by their words.

What is like is put before a person, never joined by the program. Across questions or forces a match is a *common* area, not the same one.
What a later report does not mention is not closed by that.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from .frameworks import OWN, cycle
from .report_lines import plain

LIKE = 30.0  # of 100; below it nothing is put forward [DESIGN]
SHARED = 2  # telling words at least that two findings share [DESIGN]
REPEATS = ("area for improvement", "concern", "cause of concern")  # anything else follows up what was raised
# Words that nearly every area for improvement holds say nothing of which one it is.
COMMON = frozenset(
    plain("a all and are at be by for from how in is it its of on or so that the their them then they this to what which with within "
    "force constabulary police should needs need must make sure ensure improve improving further develop continue "
    "routinely effective effectively possible when where who whole across keep go goes partner partners organisation organisations agency agencies").split()
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What an inspection found: force, cycle, question by key, and what kind of finding it is."""

    force: str
    cycle: str
    question: str
    type: str
    words: str
    source: str = ""
    ref: str = ""


@dataclass(frozen=True)
class Again:
    """A later finding that is like an earlier one.

    Attributes
    ----------
    likeness : float
        From 0 to 100.
    how : str
        ``repeated``, ``followed up`` (no new area, but the text comes back to it) or ``common`` (another question or force).
    """

    earlier: Finding
    later: Finding
    likeness: float
    how: str

    @property
    def words(self) -> str:
        """The match in words."""
        return f"{self.earlier.cycle} → {self.later.cycle}: {self.how} (likeness {self.likeness:.0f} of 100)"


def likeness(one: str, other: str, question: str = "") -> float:
    """How alike two findings are worded, from 0 to 100: shared telling words, of those of the shorter one.

    Words that nearly every finding holds, and those of the question's own heading, tell nothing. Endings are left off ("share",
    "sharing"), and typing slips forgiven.

    Examples
    --------
    >>> likeness("Share effective practice with partners.", "The force should be sharing practices with partner organisations.")
    100.0
    """
    left, right = (_telling(text, question) for text in (one, other))
    if not left or not right:
        return 0.0
    shared = sum(process.extractOne(word, right, scorer=fuzz.ratio, score_cutoff=80) is not None for word in left)
    return 100.0 * shared / min(len(left), len(right)) if shared >= SHARED else 0.0


def _telling(text: str, question: str) -> list[str]:
    heading = next((q.heading for q in cycle(OWN).question if q.key == question), "")
    silent = COMMON | {_stem(word) for word in plain(heading).split()}
    told = (_stem(word) for word in plain(text).split() if word not in COMMON)
    return sorted({word for word in told if word not in silent})


def _stem(word: str) -> str:
    bare = next(
        (word.removesuffix(end) for end in ("ations", "ation", "ing", "ed", "es", "s", "e") if word.endswith(end)), word
    )
    return bare if len(bare) > 2 else word


def came_back(findings: Iterable[Finding], order: Sequence[str], *, like: float = LIKE) -> list[Again]:
    """Every later finding that is like an earlier area for improvement or concern.

    Parameters
    ----------
    order : sequence of str
        Cycles, oldest first.

    Returns
    -------
    list of Again
        The likest first; of one later finding, only its likest earlier one in each earlier cycle.
    """
    held = list(findings)
    found: dict[tuple[int, str], Again] = {}
    for n, later in enumerate(held):
        for earlier in held:
            if earlier.type not in REPEATS or order.index(earlier.cycle) >= order.index(later.cycle):
                continue
            own = (earlier.force, earlier.question) == (later.force, later.question)
            how = "common" if not own else "repeated" if later.type in REPEATS else "followed up"
            score = likeness(earlier.words, later.words, later.question)
            best = found.get((n, earlier.cycle))
            if score >= like and (best is None or (own, score) > (best.how != "common", best.likeness)):
                found[n, earlier.cycle] = Again(earlier, later, score, how)
    return sorted(found.values(), key=lambda again: (-again.likeness, again.later.cycle))


@cache
def nine() -> tuple[dict[str, Any], ...]:
    """The nine areas for improvement of the report of 2016, as held."""
    return tuple(_file("essex_2016.toml")["afi"])


@cache
def history() -> tuple[Finding, ...]:
    """What was found at Essex from 2015 to 2018/19."""
    first, more = _file("essex_2016.toml"), _file("essex_history.toml")
    raised = [
        Finding(first["force"], first["cycle"], one["question"], "area for improvement", one["words"], first["source"])
        for one in first["afi"]
    ]
    later = [
        Finding(more["force"], one["cycle"], one["question"], one["type"], one["words"], one["source"])
        for one in more["finding"]
    ]
    return (*raised, *later)


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))
