"""The data-protection impact assessment (Data Protection Act 2018, s.64; UK GDPR, Article 35)."""

from __future__ import annotations

from datetime import date

from peelian.core.document import Column, Document, Note, Paragraph, Points, Section, Table

from .declared import OWN, classes_table, personal_table, purposes_table, retention_table, rules_table

# What can go wrong, what the program does against it, and what is left to the force: the reviewer judges what remains.
RISKS = (
    ("Two people are taken for one, and action falls on the wrong one",
     "A link needs weight above a threshold that two people set; doubtful pairs wait for a person; each link shows its reasons; one wrong merge "
     "can be undone, and lists what was issued on it", "Check who a person is before acting on a linked picture"),
    ("One person stays two, and a warning is not seen",
     "Every person result says that more may be held; sanitised danger-to-life markers are a class that dispatch may see", "Watch the measured recall"),
    ("Somebody looks without need",
     "No sight without role, purpose and rule; every look is an entry in a sealed log; unusual looking is put before a person", "Act on what is put before you"),
    ("The log is changed afterwards",
     "Entries are sealed in signed, chained batches; a check names the first that was changed; checkpoints go to a partner", "Give a partner checkpoints, and keep the key safe"),
    ("A partner learns what it may not", "What may not be seen leaves no trace in counts, ranks, errors or timing; released counts are planned against all earlier releases; "
     "hit/no-hit matching shows hits alone", "Name recipients truly"),
    ("A letter or call endangers a victim", "Safe-contact rules block what would break them", "Record the rules when they are told"),
    ("Records are kept too long, or lost too early", "Review groups give due days; erasure needs two people, stops at a legal hold, and leaves its proof",
     "Set the years of group 4; review what is due"),
    ("A forecast or a hot spot steers police to a place unfairly",
     "Places, never people, are forecast; each forecast is compared with last year's counts, with fairness and drift shown", "Read the card before use"),
    ("Somebody signs in with another's password", "Sign-in closes after five wrong passwords; a second factor; idle sessions end", "Require the second factor"),
    ("The data folder is stolen", "Files are readable for the service's account alone", "Encrypt the disk; keep backups encrypted"),
)  # fmt: skip
OPEN = (
    "Whom you consulted, and what they said (people affected, the data-protection officer, partners).",
    "Why this processing is necessary and proportionate here, and what less intrusive way was considered.",
    "How likely and how grave each risk is here, before and after what is done against it.",
    "Whether the Commissioner must be consulted first (high risk that remains).",
    "How people are told, and how their rights are served in your force.",
)


def impact_assessment(on: date) -> Document:
    """The assessment as far as the declarations give it."""
    return Document(
        "Data-protection impact assessment", "Peelian as installed here", "OFFICIAL", on,
        (("Drawn up", f"{on:%-d %B %Y}"), ("To be signed by", "two people, one of them the data-protection officer")),
        (
            Section("What is processed", (
                Paragraph("Records of the force and of its partners are checked, kept with their originals, linked into one picture of people, "
                          "places and things, searched for a stated purpose, and counted. No system predicts that a person will offend."),
                classes_table(), personal_table())),
            Section("Why, and on what basis", (purposes_table(),)),
            Section("Who may see what", (rules_table(),)),
            Section("How long", (retention_table(on.year),)),
            Section("Risks, and what is done against them", (
                Table("Risks", (Column("Risk"), Column("What the program does"), Column("What is left to the force")), RISKS, sources=(OWN,)),)),
            Section("What the force adds", (Note("The program cannot know these; the assessment is not complete without them.", "Left open"), Points(OPEN))),
        ),
    )  # fmt: skip
