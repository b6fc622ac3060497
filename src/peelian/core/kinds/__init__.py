"""The words of a case kind, and what follows from a journal in them. Pure: no database, no clock, no settings.

Declaring: `Kind` and the words it is made of. Running: `fold`, `runs`, `available`, `act`, `decide`, `offer` and the others
give the entry to be written, or raise `Refused` with reasons in words.
"""

from .acting import Door, Proposed, about_of, act, available, contradicted, decide, propose
from .asking import answer, ask, correct, rests, strike, withdraw
from .case import RANKS, Around, Case, Row, Who
from .clocks import Run, clocks_of, runs
from .handing import accept, offer, refuse, support
from .journal import Entry, Item, State, Taken, fold, steps
from .ownership import Answer, answers, gap, must_answer, unqualified
from .refusals import Conflict, Refused, Unset
from .words import (  # fmt: skip
    NEW,
    PRIVATE,
    About,
    Act,
    Ask,
    Clock,
    Count,
    Decision,
    Facts,
    Kind,
    Limit,
    Median,
    No,
    Outcome,
    Owners,
    Part,
    Proposal,
    Share,
    choices,
    fact,
    limit,
    many,
    words_of,
)

__all__ = [
    "NEW", "PRIVATE", "RANKS", "About", "Act", "Answer", "Around", "Ask", "Case", "Clock", "Conflict", "Count", "Decision", "Door",
    "Entry", "Facts", "Item", "Kind", "Limit", "Median", "No", "Outcome", "Owners", "Part", "Proposal", "Proposed", "Refused",
    "Row", "Run", "Share", "State", "Taken", "Unset", "Who", "about_of", "accept", "act", "answer", "answers", "ask", "available",
    "choices", "clocks_of", "contradicted", "correct", "decide", "fact", "fold", "gap", "limit", "many", "must_answer", "offer",
    "propose", "refuse", "rests", "runs", "steps", "strike", "support", "unqualified", "withdraw", "words_of",
]  # fmt: skip
