"""Feeds of a force of six, written by hand, so that every answer can be counted by hand; it is 18:00 on Monday, 2 March 2026."""

from datetime import timedelta

from peelian.specialist.mobilisation_means import LOCALS

from ..vulnerability.running import local

AT = local("2026-03-02 18:00")
HOUR = timedelta(hours=1)
PO2, ARV = "public order level 2", "armed response vehicle officer"
NUMBERS = (11, 16, 0.5, 0.0, 0.5, 0.9, 0.2, 0.0, 10, 60, 60.0, 1.3, 45.0)
VALUES = dict(zip((each.name for each in LOCALS), NUMBERS, strict=True))
DUTIES = (
    (1001, "2026-03-02 14:00", "2026-03-02 23:00", "planned"), (1002, "2026-03-02 14:00", "2026-03-02 23:00", "planned"),
    (1003, "2026-03-01 07:00", "2026-03-01 16:00", "worked"), (1004, "2026-03-02 08:00", "2026-03-02 17:00", "worked"),
    (1005, "2026-02-20 07:00", "2026-02-20 16:00", "sick"), (1006, "2026-02-20 07:00", "2026-02-20 16:00", "worked"),
)  # fmt: skip
PASSES = (
    (1001, PO2, "2025-06-01", "2026-06-01"), (1002, PO2, "2025-06-01", "2026-06-01"), (1003, PO2, "2025-06-01", "2026-06-01"),
    (1004, PO2, "2025-06-01", "2026-06-01"), (1005, PO2, "2025-03-02", "2026-03-02"), (1006, PO2, "2025-06-01", "2026-06-01"),
    (1002, ARV, "2025-04-01", "2026-04-01"), (1003, ARV, "2025-04-10", "2026-04-10"), (1004, ARV, "2025-10-01", "2026-10-01"),
    (1005, ARV, "2025-02-01", "2026-02-01"), (1003, ARV, "2024-04-20", "2025-04-20"), (1006, ARV, "2025-06-01", "2026-06-01"),
)  # fmt: skip
RANKS = (
    (1001, "sergeant", ""),
    (1002, "constable", ""),
    (1003, "constable", ""),
    (1004, "constable", ""),
    (1005, "constable", ""),
    (1006, "constable", "2026-02-28"),
)
FEEDS = {
    "force-roster": "Duty Reference,Staff Number,Team,Station,Role On Duty,From,To,State,Abstracted To\n"
    + "".join(f"D/{n},{n},Response A,Aldmoor,response,{a},{b},{state},\n" for n, a, b, state in DUTIES),
    "force-training": "Record Reference,Staff Number,Course,Accreditation,Passed On,Expires On,Grade,Status\n"
    + "".join(f"T/{i},{n},Course,{what},{a},{b},accredited,held\n" for i, (n, what, a, b) in enumerate(PASSES)),
    "force-hr": "Staff Number,Surname,Forenames,Date of Birth,Postcode,Rank Or Grade,Post,Team,Station,Start,End,FTE,Working Pattern\n"
    + "".join(f"{n},A,B,1990-01-01,,{rank},Officer,Response A,Aldmoor,2015-01-01,{end},1,\n" for n, rank, end in RANKS),
    "force-vehicles": "Fleet Number,Plate,Type,Base,In Service From,In Service To,Off The Road From,Off The Road To,Off The Road For\n"
    "V-1,,personnel carrier,Aldmoor,2024-01-01,,,,\nV-2,,personnel carrier,Aldmoor,2024-01-01,,2026-03-01,,service\n",
}


def texts(document):
    """Everything that a document prints."""
    return "\n".join(document.texts())
