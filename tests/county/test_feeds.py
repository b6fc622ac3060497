"""The feed files against what their sources state: columns, words, defects, versions, and nothing real in them."""

import csv
import re
from datetime import date

import polars as pl
import pytest

from peelian.county import make

# The 124 postcode areas of Royal Mail (general knowledge).
REAL_AREAS = frozenset(
    re.findall(
        "[A-Z]+",
        "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU "
        "GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE "
        "PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV "
        "YO ZE",
    )
)
# Numbers set aside for drama (Ofcom, general knowledge), without blanks.
DRAMA = re.compile(
    r"07700900\d{3}|03069990\d{3}|01632960\d{3}|0(113|114|115|116|117|118|121|131|141|151|161)4960\d{3}|01914980\d{3}"
    r"|02079460\d{3}|02920180\d{3}"
)
CODES = [
    "ASB personal",
    "ASB nuisance",
    "ASB environmental",
    "Domestic incident",
    "Burglary",
    "Violence",
    "Theft",
    "Missing person",
    "Concern for safety",
    "Suspicious activity",
    "Traffic",
    "Other",
]
SETTINGS = ["dwelling", "street", "retail", "vehicle", "licensed premises", "school", "care home", "hospital", "other"]
FEEDS = ("police-uk-street", "force-crimes", "force-incidents", "force-people")


def moment(text):
    hour, minute = re.fullmatch(r"\d{4}-\d\d-\d\d (\d\d):(\d\d)", text).groups()
    return day(text[:10]) and hour < "24" and minute < "60"


def day(text):
    """No extract of the county holds what comes after its last month."""
    return date(1900, 1, 1) <= date.fromisoformat(text) <= date(2025, 12, 31)


def month(text):
    return "2023-01" <= text <= "2025-12" and re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text)


def between(low, high):
    return lambda text: low <= float(text) <= high


def one_of(*words):
    return lambda text: text in words


def like(pattern):
    return lambda text: re.fullmatch(pattern, text)


REFERENCE = like(r"[\w/.-]{3,80}")
CRIME_TYPES = [
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
]
# What the schema page allows in a filled cell, and the columns that must be filled.
RULES = {
    "police-uk-street": {
        "Crime ID": like("[0-9a-f]{64}"),
        "Month": month,
        "Longitude": between(-9.5, 2.5),
        "Latitude": between(49, 61.5),
        "Crime type": one_of("Anti-social behaviour", *CRIME_TYPES),
    },
    "force-crimes": {
        "Crime Reference": REFERENCE,
        **dict.fromkeys(("Recorded At", "Reported At", "Occurred From", "Occurred To"), moment),
        "Crime Type": one_of(*CRIME_TYPES),
        "Easting": between(0, 700_000),
        "Northing": between(0, 1_300_000),
        "Location Type": one_of(*SETTINGS),
        "Domestic": one_of("Y", "N"),
        "Outcome": one_of(*map(str, range(1, 23))),
        "Outcome Date": day,
        "HO Class": like(r"\d{3}/\d\d"),
    },
    "force-incidents": {
        "Incident Reference": REFERENCE,
        "Crime Reference": REFERENCE,
        **dict.fromkeys(("Created At", "Attended At", "Closed At"), moment),
        "Channel": one_of("999", "101", "online", "front counter", "officer"),
        "Grade": one_of("1", "2", "3", "4"),
        **dict.fromkeys(("Opening Code", "Closing Code"), one_of(*CODES)),
        "Easting": between(0, 700_000),
        "Northing": between(0, 1_300_000),
    },
    "force-people": {
        "Mention Reference": REFERENCE,
        "Record Reference": REFERENCE,
        "Role": one_of("victim", "suspect", "witness", "caller"),
        "Sex": one_of("F", "M"),
        "Date of Birth": day,
    },
}
FILLED = {
    "police-uk-street": ("Month", "Reported by", "Falls within", "Crime type"),
    "force-crimes": ("Crime Reference", "Recorded At", "Crime Type"),
    "force-incidents": ("Incident Reference", "Created At", "Opening Code"),
    "force-people": ("Mention Reference", "Record Reference", "Role"),
}


def holds(rule, text):
    try:
        return bool(rule(text))
    except (ValueError, AttributeError):
        return False


def broken_rows(county, feed):
    """File and line of every row that breaks a rule of the schema page."""
    bad = set()
    for file, line, header, cells in county.lines(feed):
        row = dict(zip(header, cells, strict=False))
        broken = [c for c, rule in RULES[feed].items() if row.get(c) and not holds(rule, row[c])]
        if len(cells) != len(header) or broken or any(not row.get(c) for c in FILLED[feed]):
            bad.add((file, str(line)))
    return bad


@pytest.mark.parametrize("feed", FEEDS)
def test_columns_are_those_of_the_schema_page(county, columns, feed):
    headers = {tuple(header) for _, _, header, _ in county.lines(feed)}
    assert headers == {tuple(columns[feed])}


@pytest.mark.parametrize("feed", FEEDS)
def test_the_rows_that_break_a_rule_are_exactly_those_the_truth_lists(county, feed):
    listed = county.truth("defects").filter(feed=feed)
    assert broken_rows(county, feed) == set(listed.select("file", "line").iter_rows())
    assert listed["kind"].n_unique() >= 5
    assert 0.005 < listed.height / county.made.rows[feed] < 0.015


def test_without_defects_no_row_breaks_a_rule(tmp_path, read):
    county = read(make(tmp_path / "made", people=3_000, seed=11, months=5, defects=0))
    for feed in FEEDS:
        assert not broken_rows(county, feed)
        assert county.made.defects[feed] == 0


def test_the_street_file_is_in_the_publishers_form(county, shared):
    """Labels: the stored tables of data.police.uk; form: its files of Essex (CRLF, six decimals, no id for ASB alone)."""
    with (shared / "standards/tables/policeuk_outcome_codes.csv").open() as file:
        outcomes = {row["name"] for row in csv.DictReader(file)}
    with (shared / "standards/tables/policeuk_crime_categories.csv").open() as file:
        types = {row["csv_crime_type"] for row in csv.DictReader(file)}
    rows = list(county.sound("police-uk-street"))

    assert {r["Crime type"] for r in rows} == types
    assert {r["Last outcome category"] for r in rows} <= outcomes | {""}
    assert {r["Crime type"] for r in rows if not r["Crime ID"]} == {"Anti-social behaviour"}
    assert {r["Crime type"] for r in rows if not r["Last outcome category"]} == {"Anti-social behaviour"}
    ids = [r["Crime ID"] for r in rows if r["Crime ID"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"-?\d\.\d{6}", r["Longitude"]) for r in rows if r["Longitude"])
    assert all(r["Location"] == "No Location" and not r["LSOA code"] for r in rows if not r["Longitude"])
    text = county.made.files["police-uk-street"][0].read_bytes()
    assert text.count(b"\r\n") == text.count(b"\n")
    names = {
        p.relative_to(county.folder / "feeds/police-uk-street").as_posix()
        for p in county.made.files["police-uk-street"]
    }
    assert "2024-02/2024-02-wexmoor-street.csv" in names
    assert len(names) == 36


def test_points_are_snapped_and_shared(county):
    rows = [r for r in county.sound("police-uk-street") if r["Longitude"]]
    points = {(r["Longitude"], r["Latitude"]) for r in rows}
    assert len(rows) / len(points) > 6, "Essex had 115,065 rows at 17,118 points"


def test_a_later_version_differs_in_the_outcome_alone(county):
    cells = {(file, str(line)): row for file, line, _, row in county.lines("force-crimes")}
    spoilt = set(county.truth("defects").select("file", "line").iter_rows())
    versions = county.truth("versions")
    seen = {}
    for (file, line), row in cells.items():
        if (file, line) not in spoilt:
            seen.setdefault(row[0], []).append((file, line))
    again = {reference for reference, places in seen.items() if len(places) > 1}

    assert versions.height > 1_000
    for file, line, reference, first_file, first_line in versions.iter_rows():
        if (file, line) in spoilt or (first_file, first_line) in spoilt:
            continue
        new, old = cells[file, line], cells[first_file, first_line]
        assert new[0] == old[0] == reference
        assert new[:-2] == old[:-2]
        assert old[-2:] == ["", ""]
        assert new[-2] and new[-1]
        assert first_file < file
    assert again <= set(versions["reference"])


def test_times_of_a_row_are_in_order(county):
    for row in county.sound("force-crimes"):
        times = [row[c] for c in ("Occurred From", "Occurred To", "Reported At", "Recorded At") if row[c]]
        assert times == sorted(times)
        assert row["Outcome Date"] == "" or row["Recorded At"][:10] <= row["Outcome Date"]
    for row in county.sound("force-incidents"):
        times = [row[c] for c in ("Created At", "Attended At", "Closed At") if row[c]]
        assert times == sorted(times)


def test_no_time_falls_into_the_hour_that_the_clock_skips(county):
    """The clock goes from 01:00 to 02:00 on the last Sunday of March: 26 March 2023, 31 March 2024, 30 March 2025."""
    skipped = ("2023-03-26 01:", "2024-03-31 01:", "2025-03-30 01:")
    for feed in ("force-crimes", "force-incidents"):
        for row in county.sound(feed):
            assert not [v for v in row.values() if v.startswith(skipped)]


def test_every_reference_leads_somewhere(county):
    crimes = {r["Crime Reference"] for r in county.sound("force-crimes")}
    calls = {r["Incident Reference"] for r in county.sound("force-incidents")}
    lost = set(county.truth("defects")["reference"])
    events = county.truth("events")
    people = county.truth("people")["person"]
    mentions = county.truth("mentions")

    assert crimes <= set(events["reference"])
    assert set(mentions["record"]) <= crimes | calls | lost
    assert set(mentions["person"]) <= set(people)
    assert mentions["mention"].is_unique().all()
    named = {r["Mention Reference"] for r in county.sound("force-people")}
    assert named <= set(mentions["mention"])
    for row in county.sound("force-people"):
        assert (row["Related To"] == "") == (row["Relationship"] == "")
        assert row["Related To"] == "" or row["Related To"] in named | lost


def test_the_force_sees_people_less_than_clearly(county):
    """A sound share of gaps and slips, and no more: linkage must be work, and possible."""
    true = county.truth("people")
    found = pl.DataFrame(list(county.sound("force-people"))).join(
        county.truth("mentions"), left_on="Mention Reference", right_on="mention"
    )
    found = found.join(true, on="person")
    exact = (pl.col("Surname").str.to_lowercase() == pl.col("surname").str.to_lowercase()).mean()
    stated = found.filter(pl.col("Date of Birth") != "")
    assert 0.80 < found.select(exact).item() < 0.97
    assert 0.10 < (found["Date of Birth"] == "").mean() < 0.60
    assert 0.95 < (stated["Date of Birth"] == stated["born_on"]).mean() < 0.99


def test_every_telephone_number_is_one_for_drama(county):
    numbers = [r["Phone"] for r in county.sound("force-people") if r["Phone"]] + county.truth("people")[
        "phone"
    ].to_list()
    plain = {re.sub(r"^\+44", "0", number.replace(" ", "")) for number in numbers}
    assert not [number for number in plain if not DRAMA.fullmatch(number)]
    assert len(plain) > 5_000


def test_no_postcode_area_or_area_code_is_real(county):
    codes = set()
    for feed in ("force-crimes", "force-incidents", "force-people"):
        codes |= {row["Postcode"] for row in county.sound(feed) if row["Postcode"]}
    codes |= set(county.truth("people")["postcode"])
    assert len(REAL_AREAS) == 124
    assert not [c for c in codes if not re.fullmatch(r"[A-Z]{2}\d{1,2} \d[A-Z]{2}", c)]
    assert not {re.match("[A-Z]+", c).group() for c in codes} & REAL_AREAS
    areas = {row["LSOA code"] for row in county.sound("police-uk-street") if row["LSOA code"]}
    assert not [a for a in areas if not re.fullmatch(r"X01\d{6}", a)], "real codes begin with E, W, S or N"
