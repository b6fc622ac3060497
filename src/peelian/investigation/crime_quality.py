"""The quality sample: closed investigations drawn at random, each laid before a reader who is not told whose it was."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from peelian.core.clock import london_day, start_of_day
from peelian.core.document import Block, Column, Document, Note, Paragraph, Section, Table
from peelian.core.kinds import words_of
from peelian.core.system import Found

if TYPE_CHECKING:
    from peelian.access.actor import Actor

SIZE = "investigation.sample_size"


def drawn(refs: list[str], size: int, seed: str) -> list[str]:
    """So many of these, at random; the same for the same seed, whatever their order, so that anybody can draw again.

    Examples
    --------
    >>> drawn(["b", "a", "c"], 2, "2026-10") == drawn(["c", "b", "a"], 2, "2026-10")
    True
    """
    return Random(seed).sample(sorted(refs), min(size, len(refs)))


def last_month(on: date) -> tuple[date, date]:
    """First day of the month before, and the first day after it."""
    end = on.replace(day=1)
    return (end - timedelta(days=1)).replace(day=1), end


def quality_sample(*, actor: Actor, at: datetime) -> list[Found]:
    """The sample of the investigations that ended last month; none while the force has not said how many it reads."""
    from peelian.access.changes import approved
    from peelian.casework.models import JournalEntry
    from peelian.casework.sight import cases

    said = approved(SIZE, at=at)
    if said is None:
        return []
    since, until = last_month(london_day(at))
    ended = JournalEntry.objects.filter(
        verb="decide", name="record_outcome", at__gte=start_of_day(since), at__lt=start_of_day(until)
    )
    held = dict(
        cases(actor)
        .filter(kind="crime_investigation", closed=True, pk__in=ended.values("case"))
        .values_list("ref", "area")
    )
    seed = f"{since:%Y-%m}"
    picked = drawn(list(held), int(said.after), seed)
    how = f"seed {seed}: {len(picked)} of {len(held)} that ended in {since:%B %Y}"
    return [
        Found(f"{seed}-{ref}", f"Drawn at random ({how})", {"investigation": ref, "area": held[ref], "drawn_as": how}, source="Quality sample: HMICFRS asks for quality, not for counts of updates")
        for ref in picked
    ]  # fmt: skip


def blind_sheet(*, actor: Actor, at: datetime, case: Any) -> Document:
    """What was done in the investigation, in order, without a name of anybody who did it."""
    from peelian.casework.reading import load

    found = load(str(case.state.facts["investigation"]), actor, at)
    kind = found.kind
    told = tuple((kind.about[n].question, _said(v)) for n, v in found.seen.items())
    titles = {a.name: words_of(a.name, a.title) for a in kind.doings}
    days = tuple((london_day(e.at), titles[e.name]) for e in found.state.entries if e.name in titles)
    clocks = tuple((words_of(r.clock), r.state, r.due and london_day(r.due)) for r in found.runs if r.due)
    blocks: list[Block] = [Table("What is recorded", (Column("Question"), Column("Answer")), told)]
    for part in kind.parts:
        rows = [_row(found, item.id) for item in found.state.live(part.name)]
        if rows:
            blocks.append(Table(part.title, (Column("Row"),), tuple((row,) for row in rows)))
    blocks.append(Table("What was done, and when", (Column("Day", "date"), Column("Act")), days))
    blocks.append(Table("Times", (Column("Clock"), Column("How it stands"), Column("Due", "date")), clocks))
    note = Note(
        "Whose investigation it was is left out on purpose. Free text may still hold a name: say so when you know whose it is, and leave the check to another.",
        "Blind",
    )
    return Document("Quality check", case.state.facts.get("drawn_as", ""), "OFFICIAL-SENSITIVE", london_day(at), sections=(
        Section("How to read it", (Paragraph("Answer the five questions from what stands here alone."), note)), Section("The investigation", tuple(blocks))))  # fmt: skip


def _row(found: Any, item: str) -> str:
    about = found.kind.item_about(found.state.items[item].part)
    return "; ".join(f"{about[n].question} {_said(v)}" for n, v in found.seen_of(item).items())


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{london_day(value):%-d %B %Y}"
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
