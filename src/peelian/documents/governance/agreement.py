"""A sharing agreement's template: what each partner's feed brings, for the two sides to fill in and sign."""

from __future__ import annotations

from datetime import date

from peelian.access.agreements import in_force
from peelian.core.document import Block, Column, Document, Note, Paragraph, Section, Table
from peelian.records.feeds import FEEDS

from .declared import OWN, REGIMES, retention_table


def agreement_template(on: date) -> Document:
    """A part for each feed of another controller: columns, limits, and what is agreed already."""
    agreed = {a.feed: a for a in in_force(on)}
    sections = []
    for feed in FEEDS.values():
        own = feed.record_class
        if own.handling == "open" or own.controller.startswith("The Chief Constable"):
            continue
        held = agreed.get(feed.name)
        blocks: list[Block] = [
            Paragraph(f"Controller: {own.controller}. Regime: {REGIMES[own.regime]}. Onward limit: {own.onward}."),
            Table(
                "What is sent", (Column("Column"), Column("Personal"), Column("May be empty")),
                tuple((c.name, "yes" if c.personal else "no", "yes" if c.blank else "no") for c in feed.columns), sources=(OWN,),
            ),
        ]  # fmt: skip
        if held is None:
            blocks.append(
                Note(
                    "Purposes, legal basis, first and last day, period, day on which it is due, owner on each side.",
                    "To be agreed",
                )
            )
        else:
            until = f"until {held.end:%-d %B %Y}" if held.end else "with no end agreed"
            blocks.append(
                Paragraph(
                    f"Agreed as {held.title}: for {', '.join(held.purposes)}; basis: {held.basis}; from {held.start:%-d %B %Y} {until}; every "
                    f"{held.every} month{'' if held.every == 1 else 's'}, {held.due} days after the period; owner here: {held.owner}."
                )
            )
        sections.append(Section(feed.title, tuple(blocks)))
    return Document(
        "Sharing agreement: template", "Between the force and its partners", "OFFICIAL", on,
        (("Drawn up", f"{on:%-d %B %Y}"), ("To be signed by", "both parties")),
        (
            Section("For every agreement", (
                Paragraph("Each record keeps its controller, its regime and its onward limit wherever it is shown. What an agreement does not cover is "
                          "not seen and leaves no trace. When an agreement ends, its records are no longer seen from that day; whether they are "
                          "erased is decided by both parties."),
                retention_table(on.year))),
            *sections,
        ),
    )  # fmt: skip
