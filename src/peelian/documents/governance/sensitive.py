"""The appropriate policy document (Data Protection Act 2018, s.42) for sensitive processing (s.35(8))."""

from __future__ import annotations

from datetime import date

from peelian.core.document import Column, Document, Note, Paragraph, Points, Section, Table
from peelian.records.feeds import FEEDS

from .declared import ACT, OWN, purposes_table, retention_table

# Words in the names of columns that tell of a category of s.35(8).
CATEGORIES = {
    "race or ethnic origin": ("ethnicity",),
    "health": ("consent", "service", "theme", "section 42", "concern", "category", "conditions", "need", "summary", "harmed"),
    "anything, in free text": ("text", "circumstances", "provenance", "reason"),
}  # fmt: skip
HEALTH = frozenset({"health", "adults-social-care", "childrens-social-care", "probation", "force-missing", "schools"})
PRINCIPLES = (
    ("Lawful and fair (s.35)", "No sight without a purpose with a basis; every look is logged with it"),
    (
        "Specified purposes (s.36)",
        "Each class names its onward limit; an agreement names feeds and purposes; the filter follows them",
    ),
    (
        "Adequate, relevant, not excessive (s.37)",
        "A feed declares its columns; what nobody expected is reported, not kept unseen",
    ),
    (
        "Accurate (s.38)",
        "Faulty rows wait in quarantine; corrections are new versions; links can be undone; roles of people are kept apart",
    ),
    ("No longer than necessary (s.39)", "Review groups with due days; erasure by two people"),
    ("Secure (s.40)", "Deny by default; sealed log; second factor; no personal data in addresses, logs or messages"),
)


def appropriate_policy(on: date) -> Document:
    """The document as far as the declarations give it."""
    rows = []
    for feed in FEEDS.values():
        for category, words in CATEGORIES.items():
            if category == "health" and feed.name not in HEALTH:
                continue
            columns = [c.name for c in feed.columns if c.name.lower() in words]
            if columns:
                rows.append((feed.title, category, ", ".join(columns), feed.record_class.controller))
    return Document(
        "Appropriate policy document", "Sensitive processing in Peelian as installed here", "OFFICIAL", on,
        (("Drawn up", f"{on:%-d %B %Y}"), ("To be signed by", "two people, one of them the data-protection officer")),
        (
            Section("What is sensitive here", (
                Paragraph("Columns that tell, or may tell, of a category of section 35(8). Free text may tell of any."),
                Table("Sensitive columns", (Column("Source"), Column("Category"), Column("Columns"), Column("Controller")), tuple(rows), sources=(OWN, ACT)))),
            Section("Conditions of Schedule 8", (
                purposes_table(),
                Points(("Each purpose names its basis above; where it rests on Schedule 8, the paragraph stands there.",
                        "Consent is asked for by nobody here, and not relied on.")))),
            Section("How the principles are kept", (
                Table("The six principles", (Column("Principle"), Column("How")), PRINCIPLES, sources=(ACT, OWN)),)),
            Section("Retention and erasure", (retention_table(on.year),)),
            Section("What the force adds", (
                Note("Who keeps this document, when it is reviewed, and where the Commissioner can ask for it.", "Left open"),)),
        ),
    )  # fmt: skip
