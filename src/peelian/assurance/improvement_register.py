"""The register of areas for improvement as a document: where each stands, its evidence, and what came back."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from peelian.core.clock import london_day
from peelian.core.document import Block, Column, Document, Note, Paragraph, Section, Source, Table

from .improvement_finds import chains, held

if TYPE_CHECKING:
    from peelian.access.actor import Actor

HERE = Source("Cases of this installation", "areas for improvement")


def register(*, actor: Actor, at: datetime) -> Document:
    """Every area with its life, and every old one that has come back."""
    on = london_day(at)
    rows = held(actor)
    live = [r for r in rows if r["stage"] != "complete"]
    blocks: list[Block] = [
        Table(
            "Areas for improvement and causes of concern",
            (Column("Where"), Column("What"), Column("Systems"), Column("State here"), Column("State in the public register"), Column("Due"), Column("Owner")),
            tuple(_row(r, on) for r in rows), sources=(HERE,),
        ) if rows else Note("None has been raised here. The page of this system lists those of the report of 2016, ready to be raised.", "Nothing yet"),
    ]  # fmt: skip
    found = chains(actor)
    repeated = tuple(
        (m.earlier.cycle, m.earlier.words, m.later.cycle, m.later.words, m.how, round(m.likeness)) for m in found
    )
    return Document(
        "Areas for improvement, year on year", f"As known on {on:%-d %B %Y}", "OFFICIAL", on,
        (("Live", str(len(live))), ("Complete", str(len(rows) - len(live)))),
        (
            Section("Where each stands", tuple(blocks)),
            Section("What has come back", (
                Paragraph("Findings of one force and one question are likened by the words that tell which one it is. A match is put before a "
                          "person and joins nothing. What a later report does not mention is not closed by that."),
                Table("Findings that are like an earlier one",
                      (Column("Year"), Column("Earlier"), Column("Year again"), Column("Later"), Column("What it is"), Column("Likeness", "number", "of 100")),
                      repeated, sources=(HERE, Source("PEEL reports on Essex Police, 2015 to 2018/19", "summarised"))),
            )),
        ),
    )  # fmt: skip


def _row(one: dict[str, Any], on: Any) -> tuple[Any, ...]:
    due = one.get("due_on")
    late = " (late)" if due and due < on.isoformat() and one["stage"] != "complete" else ""
    words = f"{date.fromisoformat(due):%-d %B %Y}{late}" if due else "not planned"
    return (
        ", ".join(filter(None, (one["cycle"], one.get("place")))), one["words"], one.get("systems", "not named"), one["stage"].replace("_", " "),
        one.get("state_outside", "not stated"), words, one["owner"],
    )  # fmt: skip
