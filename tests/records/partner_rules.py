"""Rows of the partners' feeds that nothing is wrong with, and cells that pass and that wait.

Sources: docs/reference/schema.md; standards of vulnerability, safeguarding, ASB and intelligence (3x5x2); the Cardiff model's
minimum for assaults (general knowledge).
"""

_WHO = {
    "Surname": "Madeup", "Forenames": "Ann", "Date of Birth": "1980-02-29", "Sex": "F", "Address": "1 High Street, Chelmsford",
    "Postcode": "CM1 1AA",
}  # fmt: skip
_PLACE = {
    "Location": "1 High Street",
    "Postcode": "CM1 1AA",
    "Easting": "570900",
    "Northing": "206800",
    "Area": "E01021550",
}
PLAIN = {
    "council-asb": {
        "Case Ref": "ASB/2018/0012", "Reported On": "2018-01-06", "Occurred At": "2018-01-05 22:30", "Category": "nuisance",
        "Behaviour": "loud music", **_PLACE, "Complainant Ref": "CP00012345", "Complainant Surname": "Madeup",
        "Complainant Forenames": "Ann", "Action": "warning letter", "Status": "open",
    },
    "council-housing": {
        "Case Number": "H-000123", "Tenancy Ref": "T/99/1", "Opened On": "2018-01-05", "Kind": "complaint",
        "Reason": "domestic abuse", **_WHO, "Area": "E01021550", "Outcome": "locks changed", "Status": "open",
    },
    "ae-assaults": {
        "Hospital": "Broomfield", "Month": "2018-01", "Assault Date": "2018-01-05", "Assault Time": "23:40",
        "Place": "Crown Tavern, High Street", "Place Type": "pub, bar or club", "Area": "E01021550", "Weapon": "glass or bottle",
        "Assailants": "2 or 3", "Attendances": "1",
    },
    "ambulance": {
        "Call Number": "A20180105-0001", "Call At": "2018-01-05 23:50", "Code": "assault", **_PLACE, "Conveyed": "Y",
        "Status": "closed",
    },
    "fire": {
        "Incident Number": "F18/000017", "Call Time": "2018-01-05 03:10", "Kind": "deliberate secondary fire", "Property": "refuse",
        **_PLACE, "Concern": "", "Status": "final",
    },
    "schools": {
        "Record No": "SCH-18-7", "School": "Hill Academy", "Pupil No": "P00012345", **_WHO, "Date of Birth": "2005-05-05",
        "Kind": "suspension", "From": "2018-01-08", "To": "2018-01-09", "Attendance": "81.5", "Concern": "", "Status": "live",
    },
    "childrens-social-care": {
        "Episode Ref": "CSC/18/55", "Child Ref": "C00012345", **_WHO, "Date of Birth": "2005-05-05", "Area": "E01021550",
        "Kind": "missing from care", "Category": "criminal exploitation", "Placement": "Ivy House, 4 Mill Lane",
        "Started": "2018-01-05 21:00", "Ended": "2018-01-06 02:00", "Told Police": "N", "Status": "closed",
    },
    "adults-social-care": {
        "Concern Ref": "AC.55", "Adult Ref": "A00012345", **_WHO, "Area": "E01021550", "Raised On": "2018-01-05",
        "Category": "self-neglect", "Place": "own home", "Source Of Risk": "not known", "Section 42": "pending", "Status": "open",
    },
    "health": {
        "Referral No": "R-18-99", "Patient No": "NX00012345", **_WHO, "Area": "E01021550", "Service": "general practice",
        "Referred On": "2018-01-05", "Theme": "domestic abuse", "Consent": "given", "Summary": "asked for help", "Status": "live",
    },
    "probation": {
        "Order Ref": "PR/18/3", "Person Ref": "N00012345", **_WHO, "Kind": "licence", "Start": "2018-01-05", "End": "2019-01-04",
        "Risk": "high", "Conditions": "not to contact the victim", "Need": "", "Status": "current",
    },
    "hmrc-intelligence": {
        "Log Number": "HM/18/77", "Marking": "OFFICIAL-SENSITIVE", "Logged On": "2018-01-05", "Source Ref": "HX123456",
        "Grading": "2BP", **_WHO, "Goods": "tobacco", "Route": "coast to warehouse", "Business": "", "Text": "pallets moved at night",
        "Status": "live",
    },
    "border-force-intelligence": {
        "Log Number": "BF/18/77", "Marking": "OFFICIAL", "Logged On": "2018-01-05", "Source Ref": "BX123456", "Grading": "1AC",
        **_WHO, "Goods": "cash", "Port": "Saltmere", "Route": "outward", "Vehicle": "QX18 ABC", "Text": "cash in a door panel",
        "Status": "live",
    },
}  # fmt: skip

_REFERENCE = ["", "?", "ab", "x" * 81]
_MAY_LACK = ["?", "ab", "x" * 81]
_DAYS = ["", "2018-02-30", "05/01/2018", "5 Jan 18", "1066-10-14", "2026-11-02"]
_MOMENTS = ["", "2018-01-05", "05/01/2018 22:30", "2018-02-30 10:00", "2026-11-02 00:00"]
_LSOA = ["Chelmsford 010B", "e01021550"]


def _people(feed: str) -> list[tuple[str, str, list[str], list[str]]]:
    return [
        (feed, "Surname", ["", "O'Made-Up", "Łódź", "x" * 120], ["x" * 121]),
        (feed, "Forenames", ["", "x" * 160], ["x" * 161]),
        (feed, "Date of Birth", ["", "1900-01-01", "2000-02-29"], _DAYS[1:]),
        (feed, "Sex", ["", "F", "M"], ["f", "Female"]),
        (feed, "Address", ["", "x" * 255], ["x" * 256]),
        (feed, "Postcode", ["", "CM2 6DA"], ["cm2 6da", "CM26DA"]),
    ]


_NAMED = ("council-housing", "schools", "childrens-social-care", "adults-social-care", "health", "probation", "hmrc-intelligence",
          "border-force-intelligence")  # fmt: skip
RULES: list[tuple[str, str, list[str], list[str]]] = [
    ("council-asb", "Case Ref", ["ASB/1", "x.1"], _REFERENCE),
    ("council-asb", "Reported On", ["2018-01-06", "2026-11-01"], _DAYS),
    ("council-asb", "Occurred At", ["", "2018-01-05 22:30"], _MOMENTS[1:]),
    ("council-asb", "Category", ["personal", "nuisance", "environmental"], ["", "noise", "Personal"]),
    ("council-asb", "Behaviour", ["", "x" * 120], ["x" * 121]),
    ("council-asb", "Complainant Ref", ["", "CP00012345"], _MAY_LACK),
    ("council-asb", "Complainant Surname", ["", "x" * 120], ["x" * 121]),
    ("council-asb", "Complainant Forenames", ["", "x" * 160], ["x" * 161]),
    ("council-asb", "Action", ["", "none yet", "acceptable behaviour contract", "referred to police"], ["ABC", "none"]),
    ("council-asb", "Status", ["", "open", "closed", "withdrawn"], ["Open", "void"]),
    ("council-housing", "Case Number", ["H-1"], _REFERENCE),
    ("council-housing", "Tenancy Ref", ["", "T/99/1"], _MAY_LACK),
    ("council-housing", "Opened On", ["2018-01-05"], _DAYS),
    ("council-housing", "Kind", ["complaint", "notice of possession", "notice to quit", "homelessness application", "tenancy visit"], ["", "NOSP"]),
    ("council-housing", "Reason", ["", "domestic abuse", "visitors taking over the home", "occupier at risk"], ["DA", "cuckooing"]),
    ("council-housing", "Area", ["", "E01021550"], _LSOA),
    ("council-housing", "Outcome", ["", "x" * 120], ["x" * 121]),
    ("council-housing", "Status", ["", "open", "withdrawn"], ["live"]),
    ("ae-assaults", "Hospital", ["Broomfield", "x" * 80], ["", "x" * 81]),
    ("ae-assaults", "Month", ["2018-01", "2026-11"], ["", "2018-13", "Jan 2018", "2026-12"]),
    ("ae-assaults", "Assault Date", ["2018-01-05"], _DAYS),
    ("ae-assaults", "Assault Time", ["", "00:00", "23:59"], ["24:00", "9:30", "2340", "23.40", "late"]),
    ("ae-assaults", "Place", ["", "x" * 255], ["x" * 256]),
    ("ae-assaults", "Place Type", ["", "pub, bar or club", "street", "home"], ["pub", "Home"]),
    ("ae-assaults", "Area", ["", "E01021550"], _LSOA),
    ("ae-assaults", "Weapon", ["", "body part", "blade", "glass or bottle", "not known"], ["knife", "fist"]),
    ("ae-assaults", "Assailants", ["", "1", "2 or 3", "4 or more", "not known"], ["2", "gang"]),
    ("ae-assaults", "Attendances", ["1", "50"], ["", "0", "51", "two"]),
    ("ambulance", "Call Number", ["A20180105-0001"], _REFERENCE),
    ("ambulance", "Call At", ["2018-01-05 23:50"], _MOMENTS),
    ("ambulance", "Code", ["assault", "overdose", "mental health", "fall"], ["", "04B02", "Assault"]),
    ("ambulance", "Conveyed", ["", "Y", "N"], ["y", "Yes"]),
    ("ambulance", "Status", ["", "closed", "duplicate"], ["open"]),
    ("fire", "Incident Number", ["F18/000017"], _REFERENCE),
    ("fire", "Call Time", ["2018-01-05 03:10"], _MOMENTS),
    ("fire", "Kind", ["deliberate primary fire", "false alarm, malicious", "false alarm, good intent", "home safety visit"], ["", "arson", "AFA"]),
    ("fire", "Property", ["", "x" * 80], ["x" * 81]),
    ("fire", "Concern", ["", "hoarding", "lives alone", "arson threat"], ["none", "Hoarding"]),
    ("fire", "Status", ["", "final", "provisional", "cancelled"], ["closed"]),
    ("schools", "Record No", ["SCH-18-7"], _REFERENCE),
    ("schools", "School", ["", "x" * 120], ["x" * 121]),
    ("schools", "Pupil No", ["", "P00012345"], _MAY_LACK),
    ("schools", "Kind", ["suspension", "permanent exclusion", "low attendance", "missing from education", "safeguarding concern"], ["", "CME", "truant"]),
    ("schools", "From", ["2018-01-08", "2018-01-09"], [*_DAYS, "2018-01-10"]),
    ("schools", "To", ["", "2018-01-08", "2018-01-09"], [*_DAYS[1:], "2018-01-07"]),
    ("schools", "Attendance", ["", "0", "81.5", "100"], ["101", "-1", "81,5", "81%"]),
    ("schools", "Concern", ["", "child at risk", "exploitation"], ["CSE", "yes"]),
    ("schools", "Status", ["", "live", "withdrawn"], ["open"]),
    ("childrens-social-care", "Episode Ref", ["CSC/18/55"], _REFERENCE),
    ("childrens-social-care", "Child Ref", ["C00012345"], _REFERENCE),
    ("childrens-social-care", "Area", ["", "E01021550"], _LSOA),
    ("childrens-social-care", "Kind", ["referral", "child protection plan", "looked after", "missing from care"], ["", "CIN", "missing"]),
    ("childrens-social-care", "Category", ["", "neglect", "sexual exploitation", "criminal exploitation", "domestic abuse in the home"], ["CSE", "none"]),
    ("childrens-social-care", "Placement", ["Ivy House, 4 Mill Lane", "x" * 255], ["", "x" * 256]),
    ("childrens-social-care", "Started", ["2018-01-05 21:00", "2018-01-06 02:00"], [*_MOMENTS, "2018-01-06 02:01"]),
    ("childrens-social-care", "Ended", ["", "2018-01-06 02:00"], [*_MOMENTS[1:], "2018-01-05 20:59"]),
    ("childrens-social-care", "Told Police", ["", "Y", "N"], ["yes"]),
    ("childrens-social-care", "Status", ["", "live", "closed", "entered in error"], ["withdrawn"]),
    ("adults-social-care", "Concern Ref", ["AC.55"], _REFERENCE),
    ("adults-social-care", "Adult Ref", ["A00012345"], _REFERENCE),
    ("adults-social-care", "Area", ["", "E01021550"], _LSOA),
    ("adults-social-care", "Raised On", ["2018-01-05"], _DAYS),
    ("adults-social-care", "Category", ["physical", "domestic abuse", "modern slavery", "organisational", "self-neglect"], ["", "abuse", "fall"]),
    ("adults-social-care", "Place", ["", "own home", "care home", "hospital", "elsewhere"], ["home"]),
    ("adults-social-care", "Source Of Risk", ["", "partner or family", "paid carer", "stranger"], ["son"]),
    ("adults-social-care", "Section 42", ["", "duty", "discretionary", "not met", "more information", "pending"], ["Y", "s42"]),
    ("adults-social-care", "Status", ["", "open", "entered in error"], ["live"]),
    ("health", "Referral No", ["R-18-99"], _REFERENCE),
    ("health", "Patient No", ["", "NX00012345"], _MAY_LACK),
    ("health", "Area", ["", "E01021550"], _LSOA),
    ("health", "Service", ["", "general practice", "health visiting", "drug and alcohol"], ["GP"]),
    ("health", "Referred On", ["2018-01-05"], _DAYS),
    ("health", "Theme", ["domestic abuse", "child at risk", "exploitation", "adult at risk", "mental health"], ["", "DV"]),
    ("health", "Consent", ["", "given", "not given, safety at risk", "not asked"], ["Y"]),
    ("health", "Summary", ["", "x" * 200], ["x" * 201]),
    ("health", "Status", ["", "live", "withdrawn"], ["closed"]),
    ("probation", "Order Ref", ["PR/18/3"], _REFERENCE),
    ("probation", "Person Ref", ["N00012345"], _REFERENCE),
    ("probation", "Kind", ["licence", "post-sentence supervision", "community order", "suspended sentence order"], ["", "ORA"]),
    ("probation", "Start", ["2018-01-05", "2019-01-04"], [*_DAYS, "2019-01-05"]),
    ("probation", "End", ["", "2019-01-04", "2036-10-31"], ["2018-01-04", "2036-11-02", "04/01/2019"]),
    ("probation", "Risk", ["", "low", "medium", "high", "very high"], ["VH", "High"]),
    ("probation", "Conditions", ["", "x" * 255], ["x" * 256]),
    ("probation", "Need", ["", "victim of domestic abuse", "adult at risk", "care leaver"], ["DA"]),
    ("probation", "Status", ["", "current", "ended", "recalled", "entered in error"], ["live"]),
    *(
        row
        for feed in ("hmrc-intelligence", "border-force-intelligence")
        for row in (
            (feed, "Log Number", ["HM/18/77"], _REFERENCE),
            (feed, "Marking", ["", "OFFICIAL", "Official-Sensitive"], ["SECRET", "TOP SECRET", "x" * 41]),
            (feed, "Logged On", ["2018-01-05"], _DAYS),
            (feed, "Source Ref", ["HX123456"], ["", "Ann Madeup", "HX12345", "hx123456"]),
            (feed, "Grading", ["1AP", "3EC", "2BP"], ["", "E41", "4AP", "1FP", "1A", "1AP1"]),
            (feed, "Goods", ["tobacco", "cash", "controlled drugs", "people", "other"], ["", "fags", "drugs"]),
            (feed, "Route", ["", "x" * 200], ["x" * 201]),
            (feed, "Text", ["", "x" * 2000], ["x" * 2001]),
            (feed, "Status", ["", "live", "withdrawn"], ["closed"]),
        )
    ),
    ("hmrc-intelligence", "Business", ["", "x" * 120], ["x" * 121]),
    ("border-force-intelligence", "Port", ["", "x" * 80], ["x" * 81]),
    ("border-force-intelligence", "Vehicle", ["", "QX18 ABC"], ["x" * 21]),
    *(row for feed in _NAMED for row in _people(feed)),
]  # fmt: skip
