"""Strict reading: every record is told once, with the physical line where it starts, whatever way it is read."""

from __future__ import annotations

import codecs
import gzip
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from peelian.records import reading
from peelian.records.feeds import FEEDS

FEED = FEEDS["force-people"]
HEADER = [c.name for c in FEED.columns]
WIDTH = 3


def form(delimiter: str = ",", header_line: int = 1, encoding: str = "utf-8", size: int = 0) -> reading.Form:
    names = tuple(str(i) for i in range(WIDTH))
    return reading.Form("0" * 64, size, encoding, delimiter, header_line, names, names)


def told(path: Path, shape: reading.Form) -> tuple[list[tuple[int, list[str]]], list[int]]:
    """What the reader tells: rows with their lines, and the lines of what is no row."""
    rows: list[tuple[int, list[str]]] = []
    odd: list[int] = []
    for block in reading.blocks(reading.Source(path), shape):
        columns = [block.table.column(i).to_pylist() for i in range(block.table.num_columns)]
        rows += [(line, list(cells)) for line, *cells in zip(*columns, strict=True)]
        odd += [line for line, _, _ in block.odd]
    return rows, odd


def physical_lines(text: str) -> list[str]:
    """Lines with their ends: a return, a line feed, or both."""
    lines, start, at = [], 0, 0
    while at < len(text):
        if text[at] in "\r\n":
            at += 2 if text[at : at + 2] == "\r\n" else 1
            lines.append(text[start:at])
            start = at
        else:
            at += 1
    return lines + ([text[start:]] if start < len(text) else [])


def split(record: str, delimiter: str) -> list[str] | None:
    """The cells of one record by the grammar of RFC 4180, one letter at a time; None where a quote is not closed.

    ValueError where text stands after a closing quote. A quote inside a cell that does not begin with one is text.
    """
    cells, cell, at, quoted = [], "", 0, False
    while True:
        if not quoted and cell == "" and record[at : at + 1] == '"' and (at == 0 or record[at - 1] == delimiter):
            quoted, at = True, at + 1
            while True:
                if at >= len(record):
                    return None
                if record[at] == '"' and record[at + 1 : at + 2] == '"':
                    cell, at = cell + '"', at + 2
                elif record[at] == '"':
                    at += 1
                    break
                else:
                    cell, at = cell + record[at], at + 1
            if at < len(record) and record[at] not in delimiter + "\r\n":
                raise ValueError
        if at >= len(record) or record[at] in "\r\n":
            return [*cells, cell]
        if record[at] == delimiter:
            cells, cell, quoted = [*cells, cell], "", False
        else:
            cell += record[at]
        at += 1


def oracle(text: str, delimiter: str = ",") -> tuple[list[tuple[int, list[str]]], list[int]]:
    """The same as `told`, by the grammar: blank lines are no records; an open quote runs on for at most 200 lines."""
    lines = physical_lines(text)
    rows: list[tuple[int, list[str]]] = []
    odd: list[int] = []
    at = 1  # the header is line 1
    while at < len(lines):
        if not lines[at].strip("\r\n"):
            at += 1
            continue
        cells, taken = None, 0
        try:
            while cells is None and taken < reading.LONGEST_RECORD and at + taken < len(lines):
                taken += 1
                cells = split("".join(lines[at : at + taken]), delimiter)
        except ValueError:
            cells = None
        if cells is None:
            odd.append(at + 1)
            taken = 1
        elif len(cells) != WIDTH or any(mark in cell for cell in cells for mark in "\x00\x1f"):
            odd.append(at + 1)
        else:
            rows.append((at + 1, cells))
        at += taken
    return rows, odd


PIECES = st.sampled_from(
    [
        "a",
        "bc",
        "é",
        "1",
        " ",
        ",",
        ",",
        '"',
        '"',
        '""',
        '"x"',
        '"a,b"',
        '"a\nb"',
        '"a\r\nb"',
        "\r\n",
        "\n",
        "\r",
        "\n\n",
    ]
)
ROW = st.lists(
    st.sampled_from(["", "a", "é b", '"q"', '"a,b"', '"a""b"', '"two\nlines"', '"two\r\nlines"']),
    min_size=1,
    max_size=4,
)
MESS = st.lists(PIECES, max_size=40).map("".join)
NEAT = st.tuples(st.lists(ROW.map(",".join), max_size=12), st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\n\r\n"])).map(
    lambda told: told[1].join(told[0])
)


@settings(max_examples=600, deadline=None)
@given(text=st.one_of(MESS, NEAT, st.tuples(NEAT, MESS, NEAT).map("\n".join)), block=st.integers(1, 64))
@example(text='a,b,c\n"a\nb",c,d\n\n"x', block=7)
@example(text='a,"",c\n"",,""\n"""a""",b,c', block=1_000)
@example(text='a,",x,y"z\n', block=1_000)
@example(text='a,b"c,d\n', block=1_000)
@example(text="a,b,c\x1f\na,b\x00,c\na,b,c", block=1_000)
@example(text="a,b,c\r\rd,e,f\r", block=5)
@example(text="\ufeffa,b,c\n", block=1_000)
def test_every_record_is_told_once_with_its_line(
    tmp_path_factory: pytest.TempPathFactory, text: str, block: int
) -> None:
    """Against the grammar, letter by letter, however the bytes are cut into stretches."""
    path = tmp_path_factory.getbasetemp() / "generated.csv"
    text = "0,1,2\n" + text
    path.write_bytes(text.encode())
    whole, reading.BLOCK = reading.BLOCK, block
    try:
        found = told(path, form())
    finally:
        reading.BLOCK = whole
    assert found == oracle(text)


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(MESS, NEAT))
def test_the_fast_way_and_the_slow_way_tell_the_same(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "both.csv"
    path.write_bytes(b"0,1,2\n" + text.encode())
    fast = told(path, form())
    clean, reading._clean = reading._clean, lambda stretch, delimiter: False
    try:
        assert told(path, form()) == fast
    finally:
        reading._clean = clean


def test_a_plain_file_goes_the_fast_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quoted places with commas, and line ends of Windows, are no reason to go slow."""
    path = tmp_path / "plain.csv"
    path.write_bytes(b"0,1,2\r\n" + b'1,"2 High Street, Chelmsford","a ""b"""\r\n' * 1_000)

    def never(*_: Any) -> Any:
        raise AssertionError("the slow way was taken")

    monkeypatch.setattr(reading, "_one_by_one", never)
    rows, odd = told(path, form())
    assert (len(rows), odd, rows[-1]) == (1_000, [], (1_001, ["1", "2 High Street, Chelmsford", 'a "b"']))


def test_a_stray_quote_costs_one_line(tmp_path: Path) -> None:
    """An open quote must not swallow the rest of the file."""
    path = tmp_path / "stray.csv"
    path.write_bytes(b'0,1,2\n"open,b,c\n' + b"a,b,c\n" * 500)
    rows, odd = told(path, form())
    assert (len(rows), odd) == (500, [2])


def test_a_quote_may_run_over_the_end_of_a_stretch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BLOCK", 32)
    path = tmp_path / "long.csv"
    path.write_bytes(b"0,1,2\n" + b'a,"b\n' + b"more\n" * 50 + b'end",c\n' + b"x,y,z\n")
    rows, odd = told(path, form())
    assert [line for line, _ in rows] == [2, 54]
    assert (rows[0][1][1].count("\n"), odd) == (51, [])


# ---- how a file is written down


def written(feed: str, csv_of: Callable[..., bytes], **how: Any) -> bytes:
    rng = random.Random(7)
    rows = [
        {"Mention Reference": f"42/{n}", "Surname": rng.choice(["O'Made-Up", "Müller", "Ĺ"][:2])} for n in range(40)
    ]
    return csv_of(feed, rows, **how)


def read(path: Path) -> list[list[str]]:
    shape = reading.look(reading.Source(path), FEED)
    rows = []
    for block in reading.blocks(reading.Source(path), shape):
        assert not block.odd
        rows += [list(r.values())[1:] for r in block.table.to_pylist()]
    return rows


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_common_encodings_and_delimiters_give_the_same_rows(
    tmp_path: Path, csv_of: Callable[..., bytes], encoding: str, delimiter: str
) -> None:
    plain = tmp_path / "plain.csv"
    plain.write_bytes(written("force-people", csv_of))
    text = written("force-people", csv_of, delimiter=delimiter).decode()
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
    other = tmp_path / "other.csv"
    other.write_bytes(mark + text.encode(encoding))
    assert read(other) == read(plain)
    assert any("Müller" in row for row in read(plain))


def test_one_accent_in_a_long_file_is_read_right(tmp_path: Path, csv_of: Callable[..., bytes]) -> None:
    """Left to choose, a library takes "Straße" for a Baltic code page; British systems write Windows-1252."""
    path = tmp_path / "one.csv"
    rows = [{"Mention Reference": f"42/{n}"} for n in range(3_000)]
    for name in ("Müller Straße", "Café", "Zoë", "O’Made – £5", "Señor"):
        rows[2_500]["Surname"] = name
        path.write_bytes(csv_of("force-people", rows).decode().encode("cp1252"))
        assert read(path)[2_500][3] == name
        assert "read as cp1252" in reading.look(reading.Source(path), FEED).notes


def test_gzip_and_zip_give_the_same_rows(tmp_path: Path, csv_of: Callable[..., bytes]) -> None:
    raw = written("force-people", csv_of)
    plain, packed, bundle = tmp_path / "p.csv", tmp_path / "p.csv.gz", tmp_path / "p.zip"
    plain.write_bytes(raw)
    packed.write_bytes(gzip.compress(raw))
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("2018-02/force-people.csv", raw)
        file.writestr("2018-01/people.csv", raw)
        file.writestr("2018-01/readme.txt", "nothing")
        file.writestr("2018-01/crimes.csv", "another feed")
        file.writestr("__MACOSX/2018-01/._people.csv", b"\x00\x05")
    assert read(packed) == read(plain)
    members = reading.sources(bundle, FEED)
    assert [m.name for m in members] == ["p.zip/2018-01/people.csv", "p.zip/2018-02/force-people.csv"]
    digests = {reading.look(s, FEED).sha256 for s in [*members, reading.Source(plain), reading.Source(packed)]}
    assert len(digests) == 1  # a batch is known by its decompressed bytes


def test_blank_lines_before_the_header_count(tmp_path: Path, csv_of: Callable[..., bytes]) -> None:
    path = tmp_path / "blank.csv"
    path.write_bytes(b"\r\n  \r\n" + written("force-people", csv_of))
    shape = reading.look(reading.Source(path), FEED)
    assert shape.header_line == 3
    block = next(iter(reading.blocks(reading.Source(path), shape)))
    assert block.table.column("_line")[0].as_py() == 4


# ---- headers


STREET = FEEDS["police-uk-street"]
NOW = [c.name for c in STREET.columns if c.name not in ("Easting", "Northing")]
# The publisher's two older headers (docs/reference/schema.md): no Crime ID, no Last outcome.
OLDER = ["Month", "Reported by", "Falls within", "Easting", "Northing", "Location", "Crime type", "Context"]
HEADERS = {
    "now": NOW,
    "snake case": [c.lower().replace(" ", "_") for c in NOW],
    "upper case": [c.upper() for c in NOW],
    "older, metres": OLDER,
    "older, degrees": [{"Easting": "Longitude", "Northing": "Latitude"}.get(c, c) for c in OLDER],
    "no context": NOW[:-1],
    "another order": NOW[::-1],
}


def looked(tmp_path: Path, header: list[str], rows: int = 1) -> reading.Form:
    path = tmp_path / "street.csv"
    path.write_text(",".join(header) + "\n" + (",".join("x" for _ in header) + "\n") * rows)
    return reading.look(reading.Source(path), STREET)


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_every_header_that_was_ever_published_is_known(tmp_path: Path, header: list[str]) -> None:
    shape = looked(tmp_path, header)
    assert all(shape.columns)
    assert shape.notes == ()


def test_a_column_nobody_expected_is_reported(tmp_path: Path) -> None:
    assert looked(tmp_path, [*NOW, "Beat"]).notes == ("column nobody expected, kept beside the row: Beat",)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ([*NOW, "Month"], ["names a column twice", "Month"]),
        ([*NOW, "crime_id"], ["names a column twice", "Crime ID"]),
        ([c for c in NOW if c != "Month"], ["line 1 (the header)", "add: Month"]),
        ([c for c in NOW if c != "Latitude"], ["Longitude and Latitude or Easting and Northing"]),
        ([*NOW, "Easting", "Northing"], ["(not both)"]),
        (["a", "b"], ["not this feed's header", "line 1 (the header)"]),
        (HEADER, ["not this feed's header"]),
    ],
)
def test_a_header_that_is_not_the_feeds_is_refused(tmp_path: Path, header: list[str], said: list[str]) -> None:
    with pytest.raises(reading.Refused) as refusal:
        looked(tmp_path, header)
    assert all(words in str(refusal.value) for words in said), str(refusal.value)


def test_a_missing_column_is_told_with_the_headers_own_line(tmp_path: Path) -> None:
    path = tmp_path / "street.csv"
    path.write_text("\n\n" + ",".join(c for c in NOW if c != "Crime type") + "\n")
    with pytest.raises(reading.Refused, match=r"street.csv, line 3 \(the header\)"):
        reading.look(reading.Source(path), STREET)


# ---- what is refused


def damaged_zip() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("people.csv", "a,b\n" * 5_000)
    return held.getvalue()


def broken_inside() -> bytes:
    whole = bytearray(damaged_zip())
    whole[60] ^= 0xFF
    return bytes(whole)


LINE = (",".join(HEADER) + "\n").encode()
REFUSED = {
    "empty": (b"", "the file is empty"),
    "blank": (b"\n  \n\r\n", "the file is empty"),
    "a mark alone": (codecs.BOM_UTF8, "the file is empty"),
    "a mark of UTF-16 alone": (codecs.BOM_UTF16_LE, "the file is empty"),
    "gzip cut short": (gzip.compress(LINE * 5_000)[:-100], "cut short or damaged"),
    "gzip with a wrong checksum": (gzip.compress(LINE * 5_000)[:-8] + b"\x00" * 8, "cut short or damaged"),
    "gzip of nothing": (gzip.compress(b""), "the file is empty"),
    "zip cut short": (damaged_zip()[:-30], "the zip is damaged or cut short"),
    "zip broken inside": (broken_inside(), "cut short or damaged"),
    "UTF-32 without a mark": (LINE.decode().encode("utf-32-le"), "the file is not text"),
    "noise": (random.Random(1).randbytes(5_000).replace(b"\x00", b"\x01"), "the encoding of the file cannot be told"),
    "a database": (b"SQLite format 3\x00" + bytes(2_000), "the file is not text"),
    "a character cut in two": (LINE + "Müller €".encode()[:-1], "cut short or damaged"),
    "two encodings": (LINE + "Müller,Łódź,".encode() + "Müller\n".encode("cp1252"), "of another encoding"),
    "a byte that is nothing": (LINE + b"\x81\xe9" * 20_000, "cannot be told"),
}


@pytest.mark.parametrize(("raw", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(raw)
    with pytest.raises(reading.Refused, match=said):
        for source in reading.sources(path, FEED):
            shape = reading.look(source, FEED)
            list(reading.blocks(source, shape))


def test_a_zip_of_another_feed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a-stop-and-search.csv", "a")
        file.writestr("b-outcomes.csv", "a")
    with pytest.raises(reading.Refused, match="holds no file of this feed"):
        reading.sources(path, STREET)


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST_LINE", 1 << 16)
    monkeypatch.setattr(reading, "BLOCK", 1 << 15)
    path = tmp_path / "people.csv"
    path.write_bytes(LINE + b"x" * (1 << 18))
    with pytest.raises(reading.Refused, match="a line is longer than"):
        list(reading.blocks(reading.Source(path), reading.look(reading.Source(path), FEED)))
