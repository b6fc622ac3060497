"""What the program declares, as tables of a document."""

from __future__ import annotations

from datetime import date

from peelian.access.models import RecordClass
from peelian.access.policy import POLICY
from peelian.access.purposes import DECLARED
from peelian.core.dated import STANDING
from peelian.core.document import Column, Source, Table
from peelian.records.feeds import FEEDS
from peelian.records.retention import GROUP, PERIOD

REGIMES = {"part3": "Law enforcement (DPA 2018, Part 3)", "gdpr": "UK GDPR", "none": "No personal data"}
OWN = Source("Peelian's own declarations", "feeds, purposes, policy and retention rules of the program as installed")
ACT = Source("Data Protection Act 2018", "Part 3 and Schedule 8")


def classes_table() -> Table:
    """Every class of record that a declared feed has, with its controller and limits."""
    held = set(RecordClass.objects.values_list("code", flat=True))
    rows = tuple(
        (f.title, f.record_class.controller, REGIMES[f.record_class.regime], f.record_class.onward,
         "yes" if f.record_class.code in held else "not yet")
        for f in FEEDS.values()
    )  # fmt: skip
    return Table(
        "Classes of record: who answers for them, under which law, and how far they may travel",
        (Column("Source"), Column("Controller"), Column("Regime"), Column("Onward limit"), Column("Held here")),
        rows, sources=(OWN,),
    )  # fmt: skip


def personal_table() -> Table:
    """The columns of each feed that are marked as personal."""
    rows = tuple(
        (f.title, ", ".join(c.name for c in f.columns if c.personal)) for f in FEEDS.values() if any(c.personal for c in f.columns)
    )  # fmt: skip
    return Table("Personal columns of each source", (Column("Source"), Column("Columns")), rows, sources=(OWN,))


def purposes_table() -> Table:
    """Purposes with their lawful basis and who may state them."""
    rows = tuple(
        (p.words, p.police or "may not state it", p.partner or "may not state it", ", ".join(p.who), STANDING[p.evidence])
        for p in DECLARED.values()
    )  # fmt: skip
    return Table(
        "Purposes, lawful basis and who may state them",
        (Column("Purpose"), Column("Basis: force"), Column("Basis: other agencies"), Column("Roles"), Column("How well the basis is known")),
        rows, sources=(OWN, ACT),
    )  # fmt: skip


def rules_table() -> Table:
    """The rules of the policy in words."""
    rows = tuple((r.id, "may see" if r.effect == "permit" else "may not see", r.words) for r in POLICY.rules.values())
    return Table(
        "Who may see what: every rule of the access policy",
        (Column("Rule"), Column("Effect"), Column("In words")),
        rows,
        sources=(OWN,),
    )


def retention_table(on_year: int) -> Table:
    """Review groups with their clear periods as in force at the end of a year."""
    rows = []
    for group in ("1", "2", "3", "4"):
        found = PERIOD.look(on=date(on_year, 12, 31), group=group)
        years = found.why_not or f"{found['clear_years']} clear years; {found['then']}"
        rows.append((group, years, found.standing))
    return Table(
        "Review groups",
        (Column("Group"), Column("Kept"), Column("How well it is known")),
        tuple(rows),
        note=f"Rule {GROUP.name} says which part in which record falls in which group.",
        sources=(OWN,),
    )
