"""The equality assessment (Equality Act 2010, s.149)."""

from __future__ import annotations

from datetime import date

from peelian.core.document import Block, Column, Document, Note, Paragraph, Points, Section, Table
from peelian.identity.models import LinkModel
from peelian.records.feeds import FEEDS

from .declared import OWN

HELD = {
    "age": ("date of birth", "age range"),
    "sex": ("sex", "gender"),
    "race": ("ethnicity", "self-defined ethnicity", "officer-defined ethnicity"),
}
NOT_HELD = (
    "disability", "gender reassignment", "marriage and civil partnership", "pregnancy and maternity", "religion or belief", "sexual orientation"
)  # fmt: skip
EFFECTS = (
    ("Linkage of records", "Names of some origins are written in more ways, so that links are missed more often, or made wrongly",
     "Transliteration, order of names and nicknames are compared; the gap by origin of name is measured", "`peelian link --evaluate` on records with known truth"),
    ("Search", "As linkage", "Search by sound, reversed and partial names", "as linkage"),
    ("Hot spots and forecasts", "Crime that police activity makes is found where police look",
     "Such crime is left out of patrol maps by default; each forecast shows coverage by deprivation and its drift", "the card of each forecast"),
    ("Stop and search", "People are searched at different rates", "Rates by ethnicity are shown beside the force's own", "`peelian statistics`"),
)  # fmt: skip


def equality_assessment(on: date) -> Document:
    """The assessment as far as the declarations give it."""
    rows = [
        (characteristic, ", ".join(sorted(f.title for f in FEEDS.values() if any(c.name.lower() in words for c in f.columns))))
        for characteristic, words in HELD.items()
    ]  # fmt: skip
    rows += [(characteristic, "no source has a column for it") for characteristic in NOT_HELD]
    model = LinkModel.objects.exclude(used_from=None).order_by("-used_from").first()
    measured: Block = Note(
        "No linkage model is in use, so nothing can be said of its errors by origin of name.", "Not measured"
    )
    if model is not None:
        measured = Paragraph(
            f"The linkage model in use is {model.version}. Its page shows recall and precision by origin of name where truth is known; "
            "on live records truth is not known, and the clerical review of doubtful pairs is the check."
        )
    return Document(
        "Equality assessment", "Peelian as installed here", "OFFICIAL", on,
        (("Drawn up", f"{on:%-d %B %Y}"), ("To be signed by", "two people")),
        (
            Section("What is known of people", (
                Table("Protected characteristics and the sources that state them", (Column("Characteristic"), Column("Sources")), tuple(rows), sources=(OWN,)),)),
            Section("Where the program may work differently for different people", (
                Table("Effects", (Column("Part"), Column("What may happen"), Column("What is done"), Column("Where it is measured")), EFFECTS, sources=(OWN,)),
                measured)),
            Section("What the force adds", (
                Note("The duty is the force's own: it cannot rest on what a maker says (Bridges [2020] EWCA Civ 1058).", "Left open"),
                Points(("The figures of your own records, by characteristic, with their intervals.", "Whom you consulted.",
                        "What you changed because of it, and when you look again.")))),
        ),
    )  # fmt: skip
