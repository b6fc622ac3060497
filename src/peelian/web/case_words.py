"""How pages say what the engine knows: a clock in words with its time and its reason, a line of the journal, who holds a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peelian.access.models import Agency, Team, User
from peelian.access.roles import ROLES
from peelian.casework.models import JournalEntry
from peelian.core.clock import LONDON
from peelian.core.kinds import Decision, Entry, Kind, words_of

from .case_fields import in_words

SOON = timedelta(hours=2)  # a clock is marked as near its end
EVIDENCE = {
    "stored": "national source, held", "secondary": "national source, as another states it",
    "general": "general knowledge, a local setting", "design": "a choice of this design, a local setting",
    "local": "the force's own value",
}  # fmt: skip


@dataclass(frozen=True)
class ClockLine:
    """A clock as pages show it: the state in words, then the time, then why this minute."""

    title: str
    look: str  # late, soon, ok or unset
    words: str
    due: datetime | None
    shown: str
    why: tuple[tuple[str, str], ...]
    of: str = ""
    running: bool = True


def length(span: timedelta) -> str:
    """A length of time in its largest unit: 50 min, 2 h, 3 d; what is shorter than a minute is under 1 min."""
    minutes = max(0, int(span.total_seconds() // 60))
    if not minutes:
        return "under 1 min"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


def last_good(due: datetime, at: datetime) -> str:
    """The due as people say it. A due at midnight in London is the end of the day before, which is the last good day."""
    local = due.astimezone(LONDON)
    whole = (local.hour, local.minute, local.second) == (0, 0, 0)
    day = (local - timedelta(days=1)).date() if whole else local.date()
    apart = (day - at.astimezone(LONDON).date()).days
    said = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(apart) or (
        f"{day:%A}" if 1 < apart < 7 else f"{day.day} {day:%b %Y}"
    )
    return f"{said}, end of the day" if whole else f"{said} {local:%H:%M}"


def due_words(due: datetime | None, at: datetime) -> tuple[str, str, str]:
    """How a due looks, what it says, and the time: ("late", "late 2 h", "today 16:40")."""
    if due is None:
        return "unset", "no date yet", ""
    if at >= due:
        return "late", f"late {length(at - due)}", last_good(due, at)
    if due - at <= SOON:
        return "soon", f"due in {length(due - at)}", last_good(due, at)
    return "ok", "due", last_good(due, at)


def clock_line(run: Any, title: str, *, at: datetime, of: str = "") -> ClockLine:
    """A run of a clock, of the engine or of the store, in words."""
    look, words, shown = due_words(run.due, at)
    running = run.ended is None and run.state not in ("none", "ended")
    if run.state == "unset":
        look, words, shown = "unset", "no date yet", ""
    elif run.state == "none":
        look, words, shown = "unset", "no limit", ""
    elif run.state == "paused":
        look, words, shown = "unset", "paused", ""
    elif run.state == "ended":
        look, words, shown = "unset", "ended with the case", ""
    elif run.state == "ran out":
        look, words = "unset", "ran out"
    elif run.ended is not None:
        late = run.state == "missed"
        look = "late" if late else "ok"
        words = f"missed by {length(run.ended - run.due)}" if late and run.due else "missed" if late else "in time"
        shown = f"done {last_good(run.ended, at)}"
    why = [("Limit", run.limit or "none"), ("Why", run.reason), ("Began", _moment(run.start))]
    if run.due:
        why.append(("Too late from", _moment(run.due)))
    if run.source:
        why.append(("Source", run.source))
    if run.evidence:
        why.append(("Standing of the source", EVIDENCE.get(run.evidence, run.evidence)))
    if run.version:
        why.append(("Rule version", run.version))
    return ClockLine(title, look, words, run.due, shown, tuple(w for w in why if w[1]), of, running)


def _moment(at: datetime) -> str:
    local = at.astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M}"


class Names:
    """What people, teams and agencies are called; each asked of the database once for a page."""

    def __init__(self, told: Iterable[str] = ()) -> None:
        held = {each for each in told if each}
        users = [each for each in held if not each.startswith("team:")]
        teams = [each.removeprefix("team:") for each in held if each.startswith("team:")]
        self._names = {u.username: u.get_full_name() or u.username for u in User.objects.filter(username__in=users)}
        self._names |= {f"team:{t.code}": f"team {t.name}" for t in Team.objects.filter(code__in=teams)}
        self._agencies: dict[str, str] = {}

    def of(self, who: str) -> str:
        """A person, a team or a role of the ladder."""
        if who in self._names:
            return self._names[who]
        return ROLES.get(who, who.removeprefix("team:")) if who else "nobody"

    def agency(self, code: str) -> str:
        """An agency by its code."""
        if not self._agencies:
            self._agencies = dict(Agency.objects.values_list("code", "name"))
        return self._agencies.get(code, code)


@dataclass(frozen=True)
class JournalLine:
    """One entry of the journal as pages show it."""

    seq: int
    words: str
    at: datetime
    known: datetime
    by: str
    given: tuple[tuple[str, str], ...]
    reason: str
    proposed: str
    struck: bool
    can_mend: bool
    item: str = ""

    @property
    def late(self) -> bool:
        """Whether it was written more than a minute after it was so."""
        return self.known - self.at > timedelta(minutes=1)


VERBS = {
    "offer": "Offered to {to}", "accept": "Accepted by {by}", "refuse": "Refused by {by}", "support": "Support by {by}",
    "ask": "{name}: asked {agency}", "answer": "{name}: answered", "decline": "{name}: declined",
    "withdraw": "{name}: withdrawn", "correct": "Entry {name} corrected", "strike": "Entry {name} struck out",
    "decide": "{name}: {outcome}", "act": "{name}",
}  # fmt: skip


def journal_line(
    entry: Entry | JournalEntry, kind: Kind, names: Names, *, classes: frozenset[str], struck: bool, mends: bool
) -> JournalLine:
    """An entry in words, with what was given and, of a decision, what had been proposed."""
    act = kind.act_by_name.get(entry.name)
    part = kind.part_by_name.get(entry.name)
    title = words_of(entry.name, (act or part).title if act or part else "")
    outcome = entry.to
    if isinstance(act, Decision):
        outcome = next((words_of(o.name, o.title) for o in act.outcomes if o.name == entry.to), entry.to)
    words = VERBS.get(entry.verb, "{name}").format(
        name=title, to=names.of(entry.to), by=names.of(entry.by), agency=names.agency(entry.to), outcome=outcome
    )
    proposed = ""
    if entry.verb == "decide":
        told = (entry.proposal or {}).get("outcome", "")
        proposed = "as proposed" if told == entry.to else (
            f"proposed was: {words_of(told).lower()}" if told else "nothing was proposed"
        )  # fmt: skip
    return JournalLine(
        entry.seq, words, entry.at, entry.known, names.of(entry.by), tuple(_given(entry, kind, classes)), entry.reason, proposed,
        struck, mends and not struck and entry.verb in ("act", "decide", "answer"), entry.item,
    )  # fmt: skip


def _given(entry: Entry | JournalEntry, kind: Kind, classes: frozenset[str]) -> Iterable[tuple[str, str]]:
    about: dict[str, Any] = dict(kind.about)
    act = kind.act_by_name.get(entry.name)
    part = (act.adds or act.on) if act else entry.name if entry.name in kind.part_by_name else ""
    if part:
        about |= kind.item_about(part)
    for name, value in entry.given.items():
        if name in about and about[name].private in classes and about[name].show != "apart":
            yield about[name].question, in_words(_typed(about[name], value), about[name])


def _typed(about: Any, value: Any) -> Any:
    return None if value is None else about.adapter.validate_python(value)
