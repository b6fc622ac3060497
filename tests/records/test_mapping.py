"""Mapping files: what they make of a source's cells, every fault of one in words, and that nothing slips through a check."""

# ruff: noqa: DTZ001 (a file holds local times, without a zone)
from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from convertbng import cutil
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from peelian.access.models import Entry, RecordClass
from peelian.core.errors import PeelianError
from peelian.records import checking, formats, lake, landing, mapping, quarantine
from peelian.records.feeds.declare import quoted
from peelian.records.formats.typed import Shape
from peelian.records.mapping_cells import NOT_MAPPED, Made, sql
from peelian.records.models import Batch, Event, MappingFile, Mention, Quarantined

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
ON, DAY = date(2026, 11, 1), "DATE '2026-11-01'"


CON = duckdb.connect(config={"threads": 1})


def made(told: dict[str, Any], cells: Sequence[str], shape: str = "free", typed: bool = False) -> str:
    """What a column of a mapping makes of the cells of its sources."""
    one = Made.model_validate(told)
    columns = {name: quoted(text) for name, text in zip(one.sources, cells, strict=True)}
    (text,) = CON.execute(f"SELECT {sql(one, columns, Shape(shape), typed=typed)}").fetchone()
    return str(text)


DATE, CLOCK = "%d/%m/%Y", "%d/%m/%Y %H:%M"
GOLDEN: list[tuple[dict[str, Any], list[str], str, str, str]] = [
    ({"from": "A"}, [" x "], "free", "x", "an export pads its cells"),
    ({"from": ["A", "B"], "join": ", "}, ["4", "High St"], "free", "4, High St", ""),
    ({"from": ["A", "B"], "join": ", "}, ["", "High St"], "free", "High St", "an empty part leaves no separator"),
    ({"value": "O'Brien"}, [], "free", "O'Brien", "a constant is text, not SQL"),
    ({"from": "A", "values": {"Yes": "Y"}}, ["Yes "], "free", "Y", ""),
    ({"from": "A", "values": {"Yes": "Y"}}, ["yes"], "free", "not mapped: A = yes", "codes are exact"),
    ({"from": "A", "values": {"Yes": "Y"}}, [""], "free", "", "empty stays empty"),
    ({"from": "A", "values": {"Yes": "Y", "": "N"}}, [""], "free", "N", "unless the map says otherwise"),
    ({"from": "A", "values": {"Yes": "Y"}, "otherwise": "keep"}, ["N"], "free", "N", ""),
    ({"from": "A", "values": {"Yes": "Y"}, "otherwise": "other"}, ["?"], "free", "other", ""),
    ({"from": "A", "date": CLOCK}, ["31/12/2025 23:59"], "minute", "2025-12-31 23:59", ""),
    ({"from": "A", "date": CLOCK}, ["31/02/2025 23:59"], "minute", "not mapped: A = 31/02/2025 23:59", "no such day"),
    ({"from": "A", "date": CLOCK}, ["31/12/2025 24:00"], "minute", "not mapped: A = 31/12/2025 24:00", "no such hour"),
    ({"from": "A", "date": CLOCK}, ["31/12/25 10:00"], "minute", "not mapped: A = 31/12/25 10:00", "the year 25 is not 2025"),
    ({"from": "A", "date": "%d/%m/%y %H:%M"}, ["31/12/25 10:00"], "minute", "2025-12-31 10:00", "unless the form says so"),
    ({"from": "A", "date": ["%Y-%m-%d", DATE]}, ["02/01/2026"], "day", "2026-01-02", "forms are tried in order"),
    ({"from": "A", "date": "%d-%b-%Y"}, ["31-DEC-2025"], "day", "2025-12-31", "months by name, in any case"),
    ({"from": "A", "date": "%d/%m/%Y %I:%M %p"}, ["31/12/2025 11:59 PM"], "minute", "2025-12-31 23:59", ""),
    ({"from": "A", "date": "%d/%m/%Y %H:%M:%S"}, ["31/12/2025 23:59:58"], "minute", "2025-12-31 23:59", "the feed holds minutes"),
    ({"from": "A", "date": CLOCK}, ["31/12/2025 23:59"], "day", "2025-12-31", "the feed holds days"),
    ({"from": "A", "date": DATE}, ["31/12/2025"], "month", "2025-12", "the feed holds months"),
    ({"from": ["A", "B"], "date": [CLOCK, DATE], "time": "23:59"}, ["31/12/2025", ""], "minute", "2025-12-31 23:59", "no time"),
    ({"from": ["A", "B"], "date": [CLOCK, DATE], "time": "23:59"}, ["31/12/2025", "08:00"], "minute", "2025-12-31 08:00", ""),
    ({"from": ["A", "B"], "date": CLOCK}, ["", "08:00"], "minute", "not mapped: A and B = 08:00", "a time of no day"),
    ({"from": "A", "thousands": ","}, ["1,234,567.50"], "free", "1234567.50", ""),
    ({"from": "A", "thousands": ","}, ["12,34"], "free", "not mapped: A = 12,34", "not in threes"),
    ({"from": "A", "thousands": ".", "decimal": ","}, ["1.234,5"], "free", "1234.5", "as in Europe"),
    ({"from": "A", "thousands": ","}, ["-1,234.00"], "free", "-1234", ""),
    ({"from": "A", "decimal": ","}, ["12,5"], "free", "12.5", ""),
    ({"from": "A", "name": "surname"}, ["SMITH, John Paul"], "free", "SMITH", ""),
    ({"from": "A", "name": "forenames"}, ["SMITH, John Paul"], "free", "John Paul", ""),
    ({"from": "A", "name": "surname"}, ["John Smith"], "free", "not mapped: A = John Smith", "no comma: which is which?"),
    ({"from": "A", "grid": "easting"}, ["TL 123 456"], "free", "512300", ""),
    ({"from": "A", "grid": "northing"}, ["tl123456"], "free", "245600", ""),
    ({"from": "A", "grid": "northing"}, ["TL 12 456"], "free", "not mapped: A = TL 12 456", "half a digit too many"),
    ({"from": "A", "grid": "easting"}, ["TI 123 456"], "free", "not mapped: A = TI 123 456", "there is no letter I"),
]  # fmt: skip


@pytest.mark.parametrize("row", GOLDEN, ids=lambda r: f"{r[0]} {r[1]}")
def test_a_column_is_made_as_the_mapping_says(row: tuple[dict[str, Any], list[str], str, str, str]) -> None:
    told, cells, shape, expected, why = row
    assert made(told, cells, shape) == expected, why


def test_a_typed_time_is_read_whatever_form_the_mapping_gives() -> None:
    told = {"from": "A", "date": CLOCK}
    assert made(told, ["2025-12-31 23:59"], "minute", typed=True) == "2025-12-31 23:59"
    assert made(told, ["2025-12-31"], "minute", typed=True) == "2025-12-31 00:00", "midnight, as Excel shows it"
    assert made(told, ["2025-12-31 23:59"], "minute").startswith(NOT_MAPPED), "text is read by the form alone"


# The lettered squares of Great Britain with their south-west corners in kilometres (Ordnance Survey, A guide to coordinate
# systems in Great Britain, figure of the National Grid squares).
SQUARES = {
    "SV": (0, 0),
    "TQ": (500, 100),
    "TL": (500, 200),
    "NT": (300, 600),
    "HP": (400, 1200),
    "SD": (300, 400),
    "OV": (500, 500),
}


@pytest.mark.parametrize("letters", SQUARES)
@given(easting=st.integers(0, 99_999), northing=st.integers(0, 99_999), figures=st.integers(1, 5))
@settings(max_examples=15, deadline=None)
def test_a_grid_reference_is_the_corner_of_its_square(letters: str, easting: int, northing: int, figures: int) -> None:
    written = f"{letters} {easting:05}"[: 3 + figures] + f" {northing:05}"[: 1 + figures]
    side = 10 ** (5 - figures)
    east, north = (int(made({"from": "A", "grid": axis}, [written])) for axis in ("easting", "northing"))
    corner = tuple(1000 * k for k in SQUARES[letters])
    assert (east - corner[0], north - corner[1]) == (easting // side * side, northing // side * side)


def test_a_grid_reference_lies_where_another_program_puts_it() -> None:
    """TQ 3003 8038: Trafalgar Square lies near 51.508 N, 0.128 W."""
    east, north = (float(made({"from": "A", "grid": a}, ["TQ 3003 8038"])) for a in ("easting", "northing"))
    lon, lat = cutil.convert_lonlat([east], [north])
    assert (lon[0], lat[0]) == (pytest.approx(-0.128, abs=0.002), pytest.approx(51.508, abs=0.002))


# ---- whole files

CRIMES = """
feed = "force-crimes"
version = 1
[class]
source = "west"
[columns]
"Crime Reference" = "REF"
"Recorded At" = { from = ["DAY", "CLOCK"], date = "%d/%m/%Y %H:%M" }
"Crime Type" = { from = "TYPE", values = { BURG = "Burglary", ROB = "Robbery" } }
"Easting" = { from = "EAST", thousands = "," }
"Northing" = { from = "NORTH", thousands = "," }
"Offence" = { from = "TEXT", values = { a = "A" } }
"Domestic" = { value = "N" }
"""
MAPPED = mapping.parse(CRIMES, "m.toml")
HEADER = ["REF", "DAY", "CLOCK", "TYPE", "EAST", "NORTH", "TEXT", "TEAM"]
ROW = ["42/1/26", "31/10/2026", "23:59", "BURG", "570,900", "206,800", "a", "Team A"]


def write(path: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def rows_of(one: mapping.Map, path: Path) -> list[dict[str, Any]]:
    """The rows of a file as the mapping makes them, by the feed's columns."""
    (source,) = formats.sources(path, one.source, one.layout)
    form = formats.look(source, one.source, one.layout)
    _, blocks = one.apply(form, formats.blocks(source, form))
    names = ["_line", *one.made, *(f"+{name}" for name in form.header)]
    return [row for block in blocks for row in block.table.rename_columns(names).to_pylist()]


def test_the_niche_like_example_becomes_the_feed() -> None:
    """Written by hand from docs/examples/niche-like-crimes.csv."""
    first, *_, cannabis = rows_of(mapping.read(EXAMPLES / "niche-like-crimes.toml"), EXAMPLES / "niche-like-crimes.csv")
    assert {k: v for k, v in first.items() if not k.startswith("+")} == {
        "_line": 3, "Crime Reference": "42/260000101", "Recorded At": "2026-01-02 09:15", "Reported At": "2026-01-02 08:50",
        "Occurred From": "2026-01-01 19:00", "Occurred To": "2026-01-02 07:30", "HO Class": "028/01",
        "Offence": "Burglary in a dwelling", "Crime Type": "Burglary", "Location": "4, Specimen Close, Exampleford",
        "Postcode": "WX1 2AB", "Easting": "570912", "Northing": "206804", "Location Type": "dwelling", "Domestic": "N",
        "Outcome": "", "Outcome Date": "",
    }  # fmt: skip
    assert (first["+OCC_TYPE"], first["+OFFICER_TEAM"]) == ("BURG-RES", "Team A"), "the source's own cells are kept"
    assert cannabis["Easting"] == "not mapped: EASTING = 571,22"


def test_the_athena_like_example_becomes_the_feed() -> None:
    """Written by hand from docs/examples/athena-like-crimes.csv."""
    first, second, *_ = rows_of(mapping.read(EXAMPLES / "athena-like-crimes.toml"), EXAMPLES / "athena-like-crimes.csv")
    assert {k: v for k, v in first.items() if not k.startswith("+")} == {
        "_line": 2, "Crime Reference": "42/4471/26", "Recorded At": "2026-01-05 10:12", "Reported At": "2026-01-05 09:58",
        "Occurred From": "2026-01-04 23:30", "Occurred To": "2026-01-04 23:40", "HO Class": "105/01",
        "Offence": "Assault without injury", "Crime Type": "Violence and sexual offences",
        "Location": "2 Prototype Walk, Exampleford", "Postcode": "WX1 5JK", "Easting": "570900", "Northing": "206800",
        "Location Type": "dwelling", "Domestic": "Y", "Outcome": "", "Outcome Date": "",
    }  # fmt: skip
    assert (second["Occurred From"], second["Occurred To"]) == ("2026-01-05 00:00", "2026-01-06 23:59")
    assert second["Outcome Date"] == "2026-01-19"


MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2026, 10, 1)).map(lambda t: t.replace(second=0, microsecond=0))
WORDS = st.text(st.characters(exclude_categories=("C", "Z")), max_size=12)


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(
        st.tuples(MOMENTS, st.sampled_from(["BURG", "ROB"]), st.integers(0, 700_000), st.integers(0, 1_300_000), WORDS),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_what_a_source_wrote_in_its_own_form_comes_out_in_the_feeds(rows: list[Any], tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("mapped")
    told = [
        [f"r{n}/1", f"{at:%d/%m/%Y}", f"{at:%H:%M}", kind, f"{e:,}", f"{n:,}", "", team]
        for n, (at, kind, e, n, team) in enumerate(rows)
    ]
    for row, (at, kind, e, n, team) in zip(rows_of(MAPPED, write(folder / "c.csv", told)), rows, strict=True):
        assert row["Recorded At"] == at.strftime("%Y-%m-%d %H:%M")
        assert row["Crime Type"] == {"BURG": "Burglary", "ROB": "Robbery"}[kind]
        assert (row["Easting"], row["Northing"], row["Domestic"], row["+TEAM"]) == (str(e), str(n), "N", team)


@settings(max_examples=60, deadline=None)
@given(column=st.sampled_from(["DAY", "TYPE", "EAST", "TEXT"]), value=WORDS)
def test_a_value_that_cannot_be_turned_never_passes(column: str, value: str) -> None:
    """Also in a column that takes any text: what the value map does not name waits for a person."""
    assume(value not in ("", "BURG", "ROB", "a") and not value.replace(",", "").lstrip("+-").isdigit())
    one = MAPPED
    target = {"DAY": "Recorded At", "TYPE": "Crime Type", "EAST": "Easting", "TEXT": "Offence"}[column]
    source = one.made[target].sources
    cell = made(
        one.made[target].model_dump(by_alias=True),
        [value, "10:00"][: len(source)],
        "minute" if column == "DAY" else "free",
    )
    rule = one.feed.column(target).rule
    assert rule is not None
    (passes,) = CON.execute(
        f'SELECT coalesce({rule.on(target, DAY)}, false) FROM (SELECT {quoted(cell)} AS "{target}")'
    ).fetchone()
    assert cell == f"not mapped: {' and '.join(source)} = {value}{' 10:00' if column == 'DAY' else ''}"
    assert not passes


# ---- faults of a mapping file

START = 'feed = "force-crimes"\nversion = 1\n'
NEEDED = '"Crime Reference" = "R"\n"Recorded At" = "D"\n"Crime Type" = "T"\n'
FAULTS: dict[str, tuple[str, str, str]] = {
    "no TOML": ("feed = force", "peelian.E411: the mapping file cannot be read", ""),
    "a key twice": ('feed = "a"\nfeed = "b"', "peelian.E411: the mapping file cannot be read", ""),
    "no feed": ("version = 1\n[columns]\n", "'feed' is missing", ""),
    "no such feed": ('feed = "force-crime"\nversion = 1\n[columns]\n', "did you mean 'force-crimes'?", "line 1"),
    "a version in quotes": ('feed = "force-crimes"\nversion = "1"\n[columns]\n', "write a whole number, without quotes", "line 2"),
    "no columns": (START, "'columns' is missing", ""),
    "an unknown table": (START + "[colums]\n[columns]\n" + NEEDED, "colums (did you mean 'columns'?)", "line 3"),
    "an unknown key of the file": (START + '[file]\nshet = "a"\n[columns]\n' + NEEDED, "shet (did you mean 'sheet'?)", "line 4"),
    "an unknown key of the class": (START + '[class]\nhandling = "open"\n[columns]\n' + NEEDED, "a key is not known", "line 4"),
    "an unknown key of a column": (
        START + "[columns]\n" + NEEDED + 'Offence = { from = "O", vales = {} }\n', "vales (did you mean 'values'?)", "line 7"),
    "an unknown column": (START + '[columns]\n"Crime Referense" = "R"\n' + NEEDED, "did you mean 'Crime Reference'?", "line 4"),
    "a column twice": (START + "[columns]\n" + NEEDED + '"crime_type" = "X"\n', "a column is mapped twice", "line 7"),
    "a needed column left out": (START + '[columns]\n"Crime Reference" = "R"\n', "Recorded At, Crime Type", "line 3"),
    "a number as a column": (START + "[columns]\n" + NEEDED + "Offence = 5\n", "write a table of keys and values", "line 7"),
    "neither from nor value": (START + "[columns]\n" + NEEDED + "Offence = {}\n", "give either `from`", "line 7"),
    "from and value": (
        START + "[columns]\n" + NEEDED + 'Offence = { from = "O", value = "x" }\n', "give either `from`", "line 7"),
    "a constant with a date": (
        START + "[columns]\n" + NEEDED + 'Offence = { value = "x", date = "%d/%m/%Y" }\n', "nothing to turn", "line 7"),
    "two ways at once": (
        START + "[columns]\n" + NEEDED + 'Offence = { from = "O", grid = "easting", name = "surname" }\n',
        "cannot both turn one value", "line 7"),
    "a date form of letters": (
        START + "[columns]\n" + NEEDED + 'Offence = { from = "O", date = "dd/mm/yyyy" }\n', "write it like %d/%m/%Y %H:%M", "line 7"),
    "an unknown directive": (
        START + "[columns]\n" + NEEDED + 'Offence = { from = "O", date = "%d/%m/%Y %z" }\n', "is not understood", "line 7"),
    "no time where one is needed": (
        START + "[columns]\n" + NEEDED + '"Reported At" = { from = "O", date = "%d/%m/%Y" }\n', 'time = "00:00"', "line 7"),
    "a time that is none": (
        START + "[columns]\n" + NEEDED + 'Offence = { from = "O", date = "%d/%m/%Y", time = "24:00" }\n', "such as 00:00", "line 7"),
    "one character for two things": (
        START + "[columns]\n" + NEEDED + 'Easting = { from = "O", thousands = "." }\n', "say `decimal` too", "line 7"),
    "an unknown choice": (
        START + "[columns]\n" + NEEDED + 'Offence = { from = "O", grid = "east" }\n', "write one of: 'easting', 'northing'", "line 7"),
    "a constant that the feed refuses": (
        START + "[columns]\n" + NEEDED + 'Domestic = { value = "J" }\n', "write Y, N or empty", "line 7"),
    "a value of a map that the feed refuses": (
        START + "[columns]\n" + NEEDED + 'Domestic = { from = "D", values = { Ja = "J" } }\n', "Domestic does not allow", "line 7"),
    "an empty value where none may be": (
        START + '[columns]\n"Crime Reference" = "R"\n"Recorded At" = "D"\n"Crime Type" = { from = "T", values = { x = "" } }\n',
        "it may not be empty", "line 6"),
    "another controller without a source": (
        START + '[class]\ncontroller = "The Council"\n[columns]\n' + NEEDED, "needs a source of its own", "line 4"),
    "an odd source": (START + '[class]\nsource = "West Force"\n[columns]\n' + NEEDED, "small letters with hyphens", "line 4"),
    "an empty controller": (
        START + '[class]\nsource = "w-1"\ncontroller = " "\n[columns]\n' + NEEDED, "the controller is empty", "line 5"),
    "an unknown regime": (START + '[class]\nregime = "gdpr"\n[columns]\n' + NEEDED, "write one of: 'part3'", "line 4"),
    "a marking above the ceiling": (START + '[class]\nmarking = "Secret"\n[columns]\n' + NEEDED, "may not be held here", "line 4"),
    "a delimiter of two": (START + '[file]\ndelimiter = ";;"\n[columns]\n' + NEEDED, "not one character", "line 4"),
    "no such encoding": (START + '[file]\nencoding = "utf-9"\n[columns]\n' + NEEDED, "there is no such encoding", "line 4"),
    "a skip below nothing": (START + "[file]\nskip = -1\n[columns]\n" + NEEDED, "is not 0 to 100", "line 4"),
    "a column without a name": (START + "[columns]\n" + NEEDED + 'Offence = "--"\n', "has no name", "line 7"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_of_a_mapping_file_has_its_words_and_its_line(name: str) -> None:
    text, said, line = FAULTS[name]
    with pytest.raises(PeelianError) as fault:
        mapping.parse(text, "m.toml")
    assert said in str(fault.value) and line in str(fault.value)
    assert "m.toml" in str(fault.value) and "peelian.E41" in str(fault.value)


def test_all_faults_are_told_together() -> None:
    with pytest.raises(PeelianError) as fault:
        mapping.parse(START + '[file]\nskip = 500\n[columns]\nNonsense = "X"\nDomestic = { value = "J" }\n', "m.toml")
    told = str(fault.value)
    assert "4 faults found" in told and all(f"line {n}\n" in told for n in (3 + 1, 3 + 2, 3 + 3, 5))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00" * 10, b"a = " + b"[" * 10_000, b"#" * ((1 << 20) + 9), None])
def test_what_is_no_mapping_file_is_refused_in_words(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PeelianError, match=r"peelian\.E411"):
        mapping.read(path)


# ---- landing and checking


@pytest.fixture
def ingest(lake_home: Path, actor: Any, at: datetime, tmp_path: Path) -> Callable[..., landing.Result]:
    def read(rows: Sequence[Sequence[str]], text: str = CRIMES, later: int = 0) -> landing.Result:
        path = write(tmp_path / "extract.csv", rows)
        by = mapping.parse(text, "m.toml")
        (result,) = landing.ingest("force-crimes", [path], actor=actor, at=at + timedelta(hours=later), mapping=by)
        assert not result.error, result.error
        return result

    return read


BAD = ["42/2/26", "30/02/2026", "10:00", "MURD", "570,900", "206,800", "a", "Team B"]


def test_a_mapped_row_lands_with_its_class_and_keeps_the_sources_cells(ingest: Callable[..., landing.Result]) -> None:
    result = ingest([ROW, BAD])
    assert (result.accepted, result.quarantined) == (1, 1)
    assert any(note.startswith("mapped by m.toml, version 1") for note in result.notes)
    event = Event.objects.get()
    assert (event.reference, event.category, event.record_class_id) == ("42/1/26", "burglary", "west-crime-police")
    feed = mapping.feed_of(event.batch)
    rows = lake.session().execute(f"SELECT extra FROM {lake.relation(feed)} WHERE verdict = 'accepted'").fetchall()
    assert [json.loads(extra) for (extra,) in rows] == [dict(zip(HEADER, ROW, strict=True))]
    (told,) = [quarantine.explain(q) for q in Quarantined.objects.all()]
    assert [(t["column"], t["found"]) for t in told] == [
        ("Recorded At", "'not mapped: DAY and CLOCK = 30/02/2026 10:00'"),
        ("Crime Type", "'not mapped: TYPE = MURD'"),
    ]
    assert told[0]["allowed"].endswith("(from DAY and CLOCK as %d/%m/%Y %H:%M)")


def test_the_mapping_is_part_of_the_batch(ingest: Callable[..., landing.Result]) -> None:
    """The same bytes by another mapping are another batch; by the same one they repeat."""
    first, again = ingest([ROW]), ingest([ROW], later=1)
    assert (again.batch, again.accepted, again.repeats) == (first.batch, 0, 1)
    changed = ingest([ROW], CRIMES.replace('ROB = "Robbery"', 'ROB = "Robbery", MURD = "Other crime"'), later=2)
    assert changed.batch != first.batch and changed.repeats == 1, "the row is made alike by both"
    assert MappingFile.objects.count() == 2 and {b.mapping.name for b in Batch.objects.all()} == {"m.toml"}


def test_a_killed_landing_is_finished_by_its_mapping(
    ingest: Callable[..., landing.Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(point: str) -> None:
        if point == "lake":
            raise KeyboardInterrupt

    monkeypatch.setattr(landing, "failpoint", killed)
    with pytest.raises(KeyboardInterrupt):
        ingest([ROW, BAD])
    monkeypatch.undo()
    assert Batch.objects.get().state == Batch.INTENT
    landing.recover()
    batch = Batch.objects.get()
    assert (batch.state, batch.accepted, batch.quarantined) == (Batch.LANDED, 1, 1)
    assert "(from TYPE, one of: BURG, ROB)" in Quarantined.objects.get().faults[1]["allowed"]


def test_a_mapped_row_is_mended_in_the_feeds_columns(
    ingest: Callable[..., landing.Result], actor: Any, at: datetime
) -> None:
    ingest([BAD])
    row = Quarantined.objects.get()
    left = quarantine.mend(row, {"Recorded At": "2026-02-28 10:00"}, reason="asked", actor=actor, at=at)
    assert [f["columns"] for f in left] == [["Crime Type"]], "the other value still waits"
    assert quarantine.mend(row, {"Crime Type": "Other crime"}, reason="asked", actor=actor, at=at) == []
    result, left_over = landing.replay(row.batch, actor=actor, at=at)
    assert result is not None and (result.accepted, left_over) == (1, 0)
    assert Event.objects.get().record_class_id == "west-crime-police"
    assert Batch.objects.get(digest=result.batch).mapping == row.batch.mapping


def test_a_mapping_for_another_feed_is_refused(lake_home: Path, actor: Any, at: datetime, tmp_path: Path) -> None:
    by = mapping.parse(CRIMES, "m.toml")
    with pytest.raises(PeelianError, match=r"peelian\.E413"):
        next(landing.ingest("force-people", [tmp_path / "x.csv"], actor=actor, at=at, mapping=by))


def test_a_class_that_stands_already_keeps_its_controller(ingest: Callable[..., landing.Result]) -> None:
    ingest([ROW])
    with pytest.raises(PeelianError, match=r"peelian\.E414"):
        ingest([ROW], CRIMES.replace('source = "west"', 'source = "west"\ncontroller = "Another"'), later=1)
    assert RecordClass.objects.get(code="west-crime-police").controller == "The Chief Constable"


def test_a_check_says_what_landing_then_does_and_keeps_nothing(
    ingest: Callable[..., landing.Result], actor: Any, tmp_path: Path
) -> None:
    rows = [ROW, BAD, ROW, [*BAD[:3], "MURD", *BAD[4:]], ["42/3/26", "01/10/2026", "08:00", "ROB", "", "", "", ""]]
    path = write(tmp_path / "c.csv", rows)
    (told,) = checking.check(mapping.parse(CRIMES, "m.toml"), path, actor=actor, on=ON)
    assert (told.read, told.accepted, told.quarantined, told.repeats) == (5, 2, 2, 1)
    assert Batch.objects.count() == 0 and Entry.objects.filter(verb="consultation").count() == 1
    assert not (Path(lake.folder(mapping.parse(CRIMES, "m.toml").feed))).exists()
    assert told.made_up == {"kind": "text", "encoding": "utf-8", "delimiter": ",", "header": 1}
    assert told.left_over == ["TEAM"] and "Postcode" in told.empty and "Offence" not in told.empty
    assert told.uncovered == [
        {"column": "Crime Type", "from": "TYPE", "value": "MURD", "rows": 2, "becomes": "quarantined"}
    ]
    assert [(f["line"], f["column"], f["found"]) for f in told.faults] == [
        (3, "Recorded At", "'30/02/2026 10:00'"),
        (3, "Crime Type", "'MURD'"),
        (5, "Recorded At", "'30/02/2026 10:00'"),
        (5, "Crime Type", "'MURD'"),
    ]
    landed = ingest(rows)
    assert (landed.read, landed.accepted, landed.quarantined, landed.repeats) == (5, 2, 2, 1)
    (after,) = checking.check(mapping.parse(CRIMES, "m.toml"), path, actor=actor, on=ON)
    assert (after.accepted, after.repeats) == (0, 3)


def test_a_check_shows_no_personal_value(lake_home: Path, actor: Any, tmp_path: Path) -> None:
    text = """feed = "force-people"\nversion = 1\n[columns]
"Mention Reference" = "ID"\n"Record Reference" = "REC"\nRole = { from = "ROLE", values = { VIC = "victim" } }
Surname = { from = "NAME", name = "surname" }\nSex = { from = "SEX", values = { Male = "M" } }
"Date of Birth" = { from = "DOB", date = "%d/%m/%Y" }\n"""
    path = write(
        tmp_path / "p.csv",
        [["p/1", "r/1", "VIC", "Zebedee", "Zzz", "99/99/1999"]],
        ["ID", "REC", "ROLE", "NAME", "SEX", "DOB"],
    )
    (told,) = checking.check(mapping.parse(text, "m.toml"), path, actor=actor, on=ON)
    assert told.quarantined == 1 and len(told.faults) == 3
    assert {f["found"] for f in told.faults} == {checking.HIDDEN}
    assert told.uncovered[0]["value"] == checking.HIDDEN and told.uncovered[0]["rows"] == 1
    assert not any(word in json.dumps(told.as_dict()) for word in ("Zebedee", "Zzz", "99/99/1999"))


def test_a_names_column_becomes_a_person(lake_home: Path, actor: Any, at: datetime, tmp_path: Path) -> None:
    text = """feed = "force-people"\nversion = 1\n[columns]
"Mention Reference" = "ID"\n"Record Reference" = "REC"\nRole = { value = "victim" }
Surname = { from = "NAME", name = "surname" }\nForenames = { from = "NAME", name = "forenames" }\n"""
    path = write(tmp_path / "p.csv", [["p/1", "r/1", "SAMPLE, Ann Mary"]], ["ID", "REC", "NAME"])
    (result,) = landing.ingest("force-people", [path], actor=actor, at=at, mapping=mapping.parse(text, "m.toml"))
    assert not result.error and (lambda m: (m.surname, m.forenames))(Mention.objects.get()) == ("SAMPLE", "Ann Mary")


def test_a_workbook_is_mapped_by_the_sheet_and_the_title_rows_that_the_file_names(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "c.xlsx")
    book.add_worksheet("Other").write_row(0, 0, HEADER)
    sheet = book.add_worksheet("Data")
    sheet.write(0, 0, "Crimes of the week")
    sheet.write_row(2, 0, HEADER)
    sheet.write_row(3, 0, ROW)
    sheet.write_datetime(3, 1, datetime(2026, 10, 31), book.add_format({"num_format": "dd/mm/yyyy"}))
    sheet.write_number(3, 4, 570900)
    book.close()
    text = CRIMES.replace("[class]", '[file]\nsheet = "Data"\nskip = 2\n[class]').replace(
        '["DAY", "CLOCK"], date = "%d/%m/%Y %H:%M"', '"DAY", date = "%d/%m/%Y", time = "00:00"'
    )
    (row,) = rows_of(mapping.parse(text, "m.toml"), tmp_path / "c.xlsx")
    assert (row["_line"], row["Recorded At"], row["Easting"]) == (4, "2026-10-31 00:00", "570900")
    with pytest.raises(PeelianError, match=r"peelian\.E408"):
        rows_of(mapping.parse(text.replace('"Data"', '"Nothing"'), "m.toml"), tmp_path / "c.xlsx")


def test_a_feed_with_a_marking_needs_one(lake_home: Path, actor: Any, tmp_path: Path) -> None:
    """Law 13: without the column, the mapping states it for the whole file."""
    marked = next(f for f in mapping.FEEDS.values() if f.marking)
    columns = "".join(f'"{c.name}" = "C{n}"\n' for n, c in enumerate(marked.columns) if c.name != marked.marking)
    text = f'feed = "{marked.name}"\nversion = 1\n[columns]\n{columns}'
    with pytest.raises(PeelianError, match="state `marking`"):
        mapping.parse(text, "m.toml")
    stated = mapping.parse(text.replace("[columns]", '[class]\nmarking = "OFFICIAL"\n[columns]'), "m.toml")
    assert stated.made[marked.marking or ""].value == "OFFICIAL"


def test_the_command_tells_by_its_code_whether_anything_would_be_accepted(
    fresh: Callable[..., Any], tmp_path: Path
) -> None:
    house = fresh()
    (tmp_path / "m.toml").write_text(CRIMES)
    good, bad = write(tmp_path / "good.csv", [ROW]), write(tmp_path / "bad.csv", [BAD])
    assert house.json("feeds", "check", tmp_path / "m.toml", good, "--at", "2026-11-01T09:00:00")[0]["accepted"] == 1
    assert (
        house.json("feeds", "check", tmp_path / "m.toml", bad, "--at", "2026-11-01T09:00:00", code=1)[0]["accepted"]
        == 0
    )
    assert "force-crimes" in [f["feed"] for f in house.json("feeds")], "the list needs no word more"
