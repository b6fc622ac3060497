"""The same records in CSV, Excel, Parquet and JSON lines are the same records; what a workbook hides is said."""

# ruff: noqa: DTZ001 (a file holds local times, without a zone)
from __future__ import annotations

import csv
import gzip
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.records import formats, landing, reading
from peelian.records.feeds import FEEDS
from peelian.records.formats import excel, typed, workbook
from peelian.records.models import Event

CRIMES = FEEDS["force-crimes"]
HEADER = [c.name for c in CRIMES.columns]
TYPES = {
    "Recorded At": pa.timestamp("us"), "Reported At": pa.timestamp("us"), "Occurred From": pa.timestamp("us"),
    "Occurred To": pa.timestamp("us"), "Outcome Date": pa.date32(), "Easting": pa.float64(), "Northing": pa.float64(),
    "Outcome": pa.int64(), "Domestic": pa.bool_(),
}  # fmt: skip
ROW: dict[str, Any] = {
    "Crime Reference": "42/1000/18", "Recorded At": datetime(2018, 1, 5, 10, 0), "Reported At": datetime(2018, 1, 5, 9, 30),
    "Occurred From": datetime(2018, 1, 4, 0, 0), "Occurred To": datetime(2018, 1, 5, 7, 0), "HO Class": "028/01",
    "Offence": "Burglary in a dwelling", "Crime Type": "Burglary", "Location": "1 High Street", "Postcode": "CM2 6DA",
    "Easting": 570900.0, "Northing": 206800.5, "Area": "E01021550", "Location Type": "dwelling", "Domestic": False,
    "Outcome": 18, "Outcome Date": date(2018, 2, 1),
}  # fmt: skip


def as_text(name: str, value: Any) -> str:
    """A typed value as the force's CSV writes it (docs/reference/schema.md, Feed files)."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else str(value)
    return str(value)


def write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows([as_text(n, row[n]) for n in HEADER] for row in rows)


def write_jsonl(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    def value(v: Any) -> Any:
        return v.strftime("%Y-%m-%d %H:%M") if isinstance(v, datetime) else v.isoformat() if isinstance(v, date) else v

    lines = [json.dumps({n: value(v) for n, v in row.items() if v is not None or n == "Recorded At"}) for row in rows]
    path.write_text("\n".join(lines) + "\n")


def write_parquet(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    schema = pa.schema([(n, TYPES.get(n, pa.string())) for n in HEADER])
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path, row_group_size=2)


def write_xlsx(path: Path, rows: Sequence[dict[str, Any]], **more: Any) -> None:
    book = xlsxwriter.Workbook(path)
    put(book, book.add_worksheet("Crimes"), rows)
    book.close()


def put(book: Any, sheet: Any, rows: Sequence[dict[str, Any]], header: int = 0) -> None:
    """A table in a sheet, its header in the row `header` (counted from 0)."""
    days, clock = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.write_row(header, 0, HEADER)
    for n, row in enumerate(rows, start=header + 1):
        for column, name in enumerate(HEADER):
            value = row[name]
            if isinstance(value, str):
                sheet.write_string(n, column, value)
            elif isinstance(value, date):
                sheet.write_datetime(n, column, value, clock if isinstance(value, datetime) else days)
            elif value is not None:
                sheet.write(n, column, value)


WRITERS: dict[str, Callable[..., None]] = {
    "csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet, "xlsx": write_xlsx,
}  # fmt: skip


def read(path: Path, feed: Any = CRIMES) -> tuple[reading.Form, list[dict[str, Any]], list[tuple[int, list[str], str]]]:
    """The only file at `path`: its form, its rows by the feed's columns (and the line), and what is no row."""
    (source,) = formats.sources(path, feed)
    form = formats.look(source, feed)
    rows: list[dict[str, Any]] = []
    odd: list[tuple[int, list[str], str]] = []
    for block in formats.blocks(source, form):
        names = ["_line", *(own or f"+{given}" for own, given in zip(form.columns, form.header, strict=True))]
        rows += block.table.rename_columns(names).to_pylist()
        odd += block.odd
    return form, rows, odd


WORDS = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=12)
MOMENTS = st.none() | st.datetimes(datetime(1950, 1, 1), datetime(2026, 10, 1)).map(
    lambda t: t.replace(second=0, microsecond=0)
)
METRES = st.none() | st.integers(0, 700_000).map(float) | st.integers(0, 7_000).map(lambda n: n / 10 + 0.5)
ROWS = st.fixed_dictionaries({
    **{n: WORDS for n in HEADER if n not in TYPES},
    **dict.fromkeys(("Recorded At", "Reported At", "Occurred From", "Occurred To"), MOMENTS),
    "Outcome Date": st.none() | st.dates(date(1950, 1, 1), date(2026, 10, 1)),
    "Easting": METRES, "Northing": METRES, "Outcome": st.none() | st.integers(1, 22), "Domestic": st.none() | st.booleans(),
    "Crime Reference": WORDS.map(lambda w: "r" + w),
})  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=5))
def test_the_same_records_read_alike_from_every_format(rows: list[dict[str, Any]], tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("formats")
    expected = [{n: as_text(n, row[n]) for n in HEADER} for row in rows]
    for ending, write in WRITERS.items():
        write(folder / f"crimes.{ending}", rows)
        _, found, odd = read(folder / f"crimes.{ending}")
        first = 1 if ending in ("parquet", "jsonl") else 2
        lines = [row.pop("_line") for row in found]
        # A key that no line of a file holds is no column of it; the rest of the way takes it as empty.
        assert [{n: row.get(n, "") for n in HEADER} for row in found] == expected, ending
        assert odd == []
        if ending in ("parquet", "jsonl", "xlsx"):
            assert lines == list(range(first, first + len(rows)))


def test_the_same_records_land_alike_from_every_format(
    lake_home: Path, actor: Any, at: datetime, tmp_path: Path
) -> None:
    """Law 1: identity and content follow the record, not the file it came in."""
    rows = [ROW | {"Crime Reference": f"42/{n}/18", "Domestic": n % 2 == 0} for n in range(20)]
    rows[7] = rows[7] | {"Crime Type": "Burglry"}
    results = []
    for n, (ending, write) in enumerate(WRITERS.items()):
        path = tmp_path / f"crimes.{ending}"
        write(path, rows)
        (result,) = landing.ingest("force-crimes", [path], actor=actor, at=at + timedelta(hours=n))
        assert not result.error, result.error
        results.append((result.read, result.accepted, result.quarantined, result.repeats))
    assert results == [(20, 19, 1, 0)] + [(20, 0, 1, 19)] * 3
    assert Event.objects.count() == 19


def test_a_packed_file_of_any_format_is_read(tmp_path: Path) -> None:
    for ending, write in WRITERS.items():
        write(tmp_path / f"force-crimes.{ending}", [ROW])
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as bundle:
        for ending in WRITERS:
            bundle.write(tmp_path / f"force-crimes.{ending}", f"2026/force-crimes.{ending}")
    found = formats.sources(tmp_path / "all.zip", CRIMES)
    assert sorted(s.name for s in found) == [
        "all.zip/2026/force-crimes.csv",
        "all.zip/2026/force-crimes.jsonl",
        "all.zip/2026/force-crimes.parquet",
        "all.zip/2026/force-crimes.xlsx/Crimes",
    ]
    for source in found:
        form = formats.look(source, CRIMES)
        assert sum(len(b.table) for b in formats.blocks(source, form)) == 1
    for ending in WRITERS:
        packed = tmp_path / f"packed-{ending}.gz"
        packed.write_bytes(gzip.compress((tmp_path / f"force-crimes.{ending}").read_bytes()))
        assert len(read(packed)[1]) == 1


# ---- Excel


def test_the_sheets_with_the_feeds_header_are_read_each_as_a_file(tmp_path: Path) -> None:
    """Two months on two sheets, a cover, a chart and a hidden list of codes, as a quarterly workbook has them."""
    path = tmp_path / "quarter.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Cover").write(0, 0, "Recorded crime, first quarter")
    put(book, book.add_worksheet("January"), [ROW])
    put(book, book.add_worksheet("February"), [ROW, ROW], header=4)
    put(book, hidden := book.add_worksheet("Codes"), [ROW])
    hidden.hide()
    book.add_chartsheet("Chart")
    book.close()
    january, february = formats.sources(path, CRIMES)
    assert (january.name, february.name) == ("quarter.xlsx/January", "quarter.xlsx/February")
    forms = [formats.look(s, CRIMES) for s in (january, february)]
    assert [f.header_line for f in forms] == [1, 5] and forms[0].sha256 != forms[1].sha256
    assert "hidden sheet, not read: Codes" in forms[0].notes
    (block,) = formats.blocks(february, forms[1])
    assert block.table["_line"].to_pylist() == [6, 7]


def test_a_header_of_merged_cells_over_two_rows_is_read(tmp_path: Path) -> None:
    """ "Occurred" over "From" and "To", "Outcome" merged downwards: as a person lays a table out."""
    path = tmp_path / "merged.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Crimes")
    sheet.merge_range(0, 0, 0, 8, "Crimes recorded in the district")
    start = HEADER.index("Occurred From")
    for column, name in enumerate(HEADER):
        if name.startswith("Occurred"):
            sheet.write(3, column, name.removeprefix("Occurred "))
        else:
            sheet.merge_range(2, column, 3, column, name)
    sheet.merge_range(2, start, 2, start + 1, "Occurred")
    for column, name in enumerate(HEADER):
        sheet.write(4, column, as_text(name, ROW[name]))
    book.close()
    form, (row,), _ = read(path)
    assert form.header_line == 4 and row["_line"] == 5
    assert {n: row[n] for n in HEADER} == {n: as_text(n, ROW[n]) for n in HEADER}


def test_what_a_workbook_hides_is_said(tmp_path: Path) -> None:
    path = tmp_path / "said.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Crimes")
    put(book, sheet, [ROW, ROW])
    sheet.write_formula(1, HEADER.index("Easting"), "=570000+900", None, 570900)
    sheet.write_formula(2, HEADER.index("Outcome"), "=NA()", None, "#N/A")
    sheet.merge_range(1, HEADER.index("Location"), 2, HEADER.index("Location"), "1 High Street", book.add_format())
    book.close()
    form, rows, _ = read(path)
    assert [n for n in form.notes if not n.startswith("sheet")] == [
        "merged cells among the rows (1): only the first cell of each holds the value",
        "formulas (2) are read as the values that Excel last calculated",
        "cells with an Excel error such as #N/A (1) are read as empty",
    ]
    assert [r["Easting"] for r in rows] == ["570900", "570900"]
    assert [r["Location"] for r in rows] == ["1 High Street", ""]


def altered(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """The workbook with the XML of its members changed."""
    with zipfile.ZipFile(path) as book:
        members = {name: change(name, book.read(name)) for name in book.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in members.items():
            book.writestr(name, content)


def sheet_xml(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, content: content.replace(old, new) if "worksheets/sheet" in name else content


REFUSED: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "never calculated": (
        lambda p: altered(p, sheet_xml(b"<v>570900</v>", b"<f>570000+900</f><v></v>")),
        "formulas that were never calculated", "E410"),
    "one cell in the far corner": (
        lambda p: altered(p, sheet_xml(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')),
        "reaches to row 1,048,576 and column 16,384", "E409"),
    "a sheet that unpacks without end": (
        lambda p: altered(p, sheet_xml(b"</sheetData>", b"</sheetData>" + b" " * (2 << 20))),
        "more than 1 MB when it is unpacked", "E409"),
    "half of it": (lambda p: p.write_bytes(p.read_bytes()[: len(p.read_bytes()) // 2]) and None, "damaged", ""),
    "no XML in it": (lambda p: altered(p, lambda name, content: b"<nonsense"), "cannot be read", "E407"),
    "a document of an old program": (lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000) and None,
        "cannot be read", "E407"),
    "another table": (lambda p: altered(p, lambda name, content: content.replace(b"Crime", b"Game")), "lacks a column", "E402"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_workbook_that_cannot_be_read_safely_is_refused_in_words(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "UNPACKED", 1 << 20)
    damage, said, id = REFUSED[name]
    path = tmp_path / "crimes.xlsx"
    write_xlsx(path, [ROW])
    damage(path)
    with pytest.raises(reading.Refused, match=said) as refusal:
        read(path)
    assert refusal.value.id.endswith(id)


def test_a_workbook_of_other_tables_names_its_sheets(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "other.xlsx")
    book.add_worksheet("Budget").write_row(0, 0, ["Year", "Pounds"])
    book.close()
    with pytest.raises(reading.Refused, match="sheets: Budget"):
        read(tmp_path / "other.xlsx")


def test_the_old_format_of_excel_is_read(tmp_path: Path) -> None:
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    sheet = book.add_sheet("Crimes")
    clock = xlwt.easyxf(num_format_str="DD/MM/YYYY HH:MM")
    for column, name in enumerate(HEADER):
        sheet.write(0, column, name)
        value = ROW[name]
        sheet.write(1, column, value, *([clock] if isinstance(value, date) else []))
    book.save(str(tmp_path / "crimes.xls"))
    form, (row,), _ = read(tmp_path / "crimes.xls")
    assert "an old Excel file (.xls): formulas are read as their last values" in form.notes
    assert {n: row[n] for n in HEADER} == {n: as_text(n, ROW[n]) for n in HEADER}


def test_an_old_workbook_with_a_damaged_length_is_refused_and_ends_nothing(tmp_path: Path) -> None:
    """Found by changing bytes at random: 1.9 thousand million rows, for which the library ends the whole process."""
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    book.add_sheet("Crimes").write(0, 0, "Crime Reference")
    book.save(str(tmp_path / "crimes.xls"))
    content = bytearray((tmp_path / "crimes.xls").read_bytes())
    last_row = content.index(b"\x00\x02\x0e\x00") + 8  # of the record DIMENSIONS: the row after the last
    content[last_row + 3] = 0x71
    (tmp_path / "crimes.xls").write_bytes(content)
    with pytest.raises(reading.Refused, match="the workbook cannot be read"):
        read(tmp_path / "crimes.xls")


# ---- Parquet


def test_a_parquet_file_with_a_list_in_a_cell_is_refused_in_words(tmp_path: Path) -> None:
    pq.write_table(pa.table({**{n: [""] for n in HEADER}, "Codes": [["a", "b"]]}), tmp_path / "crimes.parquet")
    with pytest.raises(reading.Refused, match="a column holds no plain values") as refusal:
        read(tmp_path / "crimes.parquet")
    assert "Codes (list" in str(refusal.value)


def test_instants_of_parquet_are_told_in_the_forces_own_time(tmp_path: Path) -> None:
    """Noon UTC is 1 pm in a British summer and noon in winter."""
    noon = [datetime(2018, 7, 1, 12), datetime(2018, 1, 1, 12)]
    table = pa.table({**{n: ["x", "x"] for n in HEADER}, "Recorded At": pa.array(noon, pa.timestamp("ms", tz="UTC"))})
    pq.write_table(table, tmp_path / "crimes.parquet")
    form, rows, _ = read(tmp_path / "crimes.parquet")
    assert [r["Recorded At"] for r in rows] == ["2018-07-01 13:00", "2018-01-01 12:00"]
    assert "instants written as local time (Europe/London): Recorded At" in form.notes


PARQUET_VALUES = [
    (pa.array([Decimal("12.50"), Decimal("12.00"), None], pa.decimal128(8, 2)), ["12.50", "12", ""]),
    (pa.array([0.1, float("nan"), 3.0], pa.float32()), ["0.1", "", "3"]),
    (pa.array([1e20, -0.5, 1234567.25], pa.float64()), ["1e+20", "-0.5", "1234567.25"]),
    (pa.array(["a", None, "a"]).dictionary_encode(), ["a", "", "a"]),
    (pa.array([time(9, 15), time(9, 15, 30), None], pa.time64("us")), ["09:15", "09:15:30", ""]),
    (pa.array([None, None, None], pa.null()), ["", "", ""]),
    (pa.array([True, False, None]), ["true", "false", ""]),
]


@pytest.mark.parametrize(("values", "expected"), PARQUET_VALUES, ids=lambda v: str(getattr(v, "type", "")))
def test_typed_values_of_parquet_become_the_text_of_a_csv(
    values: pa.Array, expected: list[str], tmp_path: Path
) -> None:
    pq.write_table(pa.table({**{n: ["x"] * 3 for n in HEADER}, "Offence": values}), tmp_path / "crimes.parquet")
    _, rows, _ = read(tmp_path / "crimes.parquet")
    assert [r["Offence"] for r in rows] == expected


def test_marks_that_the_store_cannot_keep_make_a_row_odd_in_every_format(tmp_path: Path) -> None:
    rows = [ROW, ROW | {"Location": "a\x00b"}, ROW | {"Location": "a\x1fb"}]
    for ending in ("jsonl", "parquet"):
        WRITERS[ending](tmp_path / f"crimes.{ending}", rows)
        _, found, odd = read(tmp_path / f"crimes.{ending}")
        assert [r["_line"] for r in found] == [1] and [(line, why) for line, _, why in odd] == [
            (2, reading.MARKED),
            (3, reading.MARKED),
        ]


def test_a_damaged_parquet_file_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "crimes.parquet"
    write_parquet(path, [ROW])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(reading.Refused, match="damaged") as refusal:
        read(path)
    assert refusal.value.id == "peelian.E407"


# ---- JSON lines

NO_ROWS = """
{"Crime Reference": "r1", "Location": ["a", "b"]}    a list stands where one value is expected: Location
{"Crime Reference": "r1", "Crime Reference": "r2"}   a key stands twice in an object
{"Crime Reference": "r1", "Easting": NaN}            NaN is no number
{"Crime Reference": "r1"                             not a JSON object: Expecting ',' delimiter at character
["r1"]                                               not a JSON object: every line is one object in { }
{"Location": "\\ud800"}                              half of a letter (a lone surrogate) stands in a cell
{"a.b": 1, "a": {"b": 2}}                            a key stands twice, once with a dot and once inside an object
"""


@pytest.mark.parametrize("case", NO_ROWS.strip().splitlines())
def test_a_line_that_is_no_object_is_told_with_its_line(case: str, tmp_path: Path) -> None:
    line, why = (part.strip() for part in case.split("   ", 1))
    write_jsonl(tmp_path / "crimes.jsonl", [ROW])
    with (tmp_path / "crimes.jsonl").open("a") as file:
        file.write("\n" + line + "\n" + json.dumps({"Crime Reference": "after"}) + "\n")
    _, rows, odd = read(tmp_path / "crimes.jsonl")
    assert [r["_line"] for r in rows] == [1, 4]
    assert [(n, cells) for n, cells, _ in odd] == [(3, [line])] and odd[0][2].startswith(why)


def test_objects_inside_objects_become_columns_with_a_dot(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "crimes.jsonl", [ROW | {"seen": {"by": "officer", "lit": None}}])
    form, (row,), _ = read(tmp_path / "crimes.jsonl")
    assert "column nobody expected, kept beside the row: seen.by" in form.notes
    assert (row["+seen.by"], row["+seen.lit"]) == ("officer", "")


def test_one_json_list_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "crimes.json").write_text(json.dumps([{"Crime Reference": "r1"}]))
    with pytest.raises(reading.Refused, match="one JSON list"):
        read(tmp_path / "crimes.json")


@pytest.mark.parametrize(
    ("number", "expected"), [("5e2", "500"), ("5.0", "5"), ("-0", "0"), ("1e999999999", "1e999999999")]
)
def test_a_number_keeps_its_digits(number: str, expected: str) -> None:
    assert typed.number_text(number) == expected


def test_the_workbook_read_last_is_let_go(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "crimes.xlsx", [ROW])
    read(tmp_path / "crimes.xlsx")
    assert excel._held == {}
