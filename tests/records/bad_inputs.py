"""Bad files by name: each is made by a small function, with what has to come of it.

Every case's rows carry its own name, so that no two cases repeat each other's rows.
"""

from __future__ import annotations

import codecs
import gzip
import io
import os
import random
import socket
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Make = Callable[[Path, "Writer"], Any]  # bytes of a file, or None where it made the path itself


@dataclass(frozen=True)
class Writer:
    """Good rows of a feed in one case's own words."""

    case: str
    csv_of: Callable[..., bytes]
    plain: dict[str, dict[str, str]]

    def __call__(self, feed: str, *rows: dict[str, str], **how: Any) -> bytes:
        """A file of these rows; a row is right but for the cells given."""
        return self.csv_of(feed, [self.own(feed, n) | row for n, row in enumerate(rows)], **how)

    def own(self, feed: str, n: int) -> dict[str, str]:
        """Cells that make row `n` of this case unlike any other."""
        key = f"{self.case}/{n:03}"
        return {
            "police-uk-street": {"Location": f"On or near {key}"},
            "force-crimes": {"Crime Reference": key},
            "force-people": {"Mention Reference": key},
        }[feed]

    def crimes(self, *rows: dict[str, str], **how: Any) -> bytes:
        """Recorded crimes."""
        return self("force-crimes", *rows, **how)

    def street(self, *rows: dict[str, str], **how: Any) -> bytes:
        """Rows of police.uk."""
        return self("police-uk-street", *rows, **how)

    def people(self, *rows: dict[str, str], **how: Any) -> bytes:
        """People in the force's records."""
        return self("force-people", *rows, **how)


@dataclass(frozen=True)
class Case:
    """A bad input and what must come of it: refused in these words, or so many rows accepted, quarantined, repeated, with a note."""

    name: str
    feed: str
    make: Make
    refused: str = ""
    accepted: int = 0
    repeats: int = 0
    waits: Sequence[str] = ()  # the faulty column of each quarantined row, in order of lines
    note: str = ""
    file: str = ""
    silent: bool = field(default=False)  # no note at all

    @property
    def path(self) -> str:
        """The file's name; the case's own without one."""
        return self.file or f"{self.name.replace(' ', '-')}.csv"


CASES: list[Case] = []


def case(
    name: str, make: Make, *, feed: str = "force-crimes", refused: str = "", accepted: int = 0, repeats: int = 0,
    waits: Sequence[str] = (), note: str = "", file: str = "",
) -> None:  # fmt: skip
    """Add a case to the table."""
    CASES.append(Case(name, feed, make, refused, accepted, repeats, waits, note, file))


def zipped(**members: bytes) -> bytes:
    """A zip of members; two underscores stand for a slash."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, raw in members.items():
            file.writestr(zipfile.ZipInfo(name), raw, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def locked(w: Writer) -> bytes:
    """A zip with the flag of encryption set by hand: the standard library cannot write a locked one."""
    raw = bytearray(zipped(**{"crimes.csv": w.crimes({})}))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def long_list(w: Writer) -> bytes:
    """A zip whose list of members says that it takes 64 MB."""
    raw = bytearray(zipped(**{"crimes.csv": w.crimes({})}))
    end = raw.rindex(b"PK\x05\x06")
    raw[end + 12 : end + 16] = (64 << 20).to_bytes(4, "little")
    return bytes(raw)


def pipe(path: Path, w: Writer) -> None:
    os.mkfifo(path)


def listening(path: Path, w: Writer) -> None:
    """A socket: its name stays when it is closed. The path may be longer than a socket's can be, so it is made beside."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(path.name)
    finally:
        os.chdir(here)


def replaced(raw: bytes, *pairs: tuple[bytes, bytes]) -> bytes:
    """`raw` with each pair's first word put for its second; every one must be there."""
    for old, new in pairs:
        assert old in raw, old
        raw = raw.replace(old, new)
    return raw


def header_and_rows(raw: bytes) -> tuple[bytes, list[bytes]]:
    header, *rows = raw.splitlines(keepends=True)
    return header, rows


# ---- what is no file, or no table

case("a folder", lambda p, w: p.mkdir(), refused="a folder")
case("a pipe", pipe, refused="a pipe")
case("a socket", listening, refused="a socket", file="s.csv")
case("a device", lambda p, w: p.symlink_to("/dev/zero"), refused="a device")
case("a link to itself", lambda p, w: p.symlink_to(p), refused="a link that leads to no file")
case("a link to nowhere", lambda p, w: p.symlink_to(p.with_name("gone")), refused="a link that leads to no file")
case("a file that is not there", lambda p, w: None, refused="no such file")
case("an empty file", lambda p, w: b"", refused="the file is empty")
case("a file of blank lines", lambda p, w: b"\r\n \r\n\r\n", refused="the file is empty")
case("a file of one byte", lambda p, w: b"x", refused="not this feed's header")
case("a header alone", lambda p, w: w.crimes(), accepted=0)
case("a PDF", lambda p, w: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", refused="a PDF document")
case("a picture", lambda p, w: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200), refused="a picture")
case("a database", lambda p, w: b"SQLite format 3\x00" + bytes(4_000), refused="a database (SQLite)")
case("a program", lambda p, w: b"\x7fELF\x02\x01\x01" + bytes(4_000), refused="a program")
case("a 7z archive", lambda p, w: b"7z\xbc\xaf\x27\x1c" + bytes(200), refused="an archive (7-Zip)")
case(
    "a page that asks for a log-in",
    lambda p, w: b"\n<!DOCTYPE html><html><title>Sign in</title></html>",
    refused="a web page",
)
case("XML", lambda p, w: codecs.BOM_UTF8 + b'<?xml version="1.0"?><crimes/>', refused="a web page or XML")
case("noise", lambda p, w: random.Random(1).randbytes(5_000).replace(b"\x00", b"\x01"), refused="cannot be told")
case("a CSV named xlsx", lambda p, w: w.crimes({}), accepted=1, file="named.xlsx")
case("a CSV named zip", lambda p, w: w.crimes({}), accepted=1, file="named.zip")
case("a CSV named gz", lambda p, w: w.crimes({}), accepted=1, file="named.csv.gz")
case("another feed's file", lambda p, w: w.people({}), refused="the header lacks a column")

# ---- packed files

case("a zip bomb", lambda p, w: zipped(**{"crimes.csv": bytes(300 << 20)}), refused="peelian.E417", file="bomb.zip")
case("a gzip bomb of good rows", lambda p, w: gzip.compress(w.crimes({}), 9) + gzip.compress(w.crimes({}).splitlines(True)[1] * 10_000, 9) * 150, refused="peelian.E417", file="bomb.csv.gz")  # fmt: skip
case("a zip in a zip", lambda p, w: zipped(**{"inner.zip": zipped(**{"crimes.csv": w.crimes({})})}), refused="unpack it and give the packed files", file="outer.zip")  # fmt: skip
case(
    "a zip with a path upwards",
    lambda p, w: zipped(**{"../../etc/crimes.csv": w.crimes({})}),
    accepted=1,
    file="up.zip",
)
case(
    "a zip with an absolute path", lambda p, w: zipped(**{"/etc/crimes.csv": w.crimes({})}), accepted=1, file="root.zip"
)
case(
    "a zip with a name that clears the screen",
    lambda p, w: zipped(**{"\x1b[2Jcrimes.csv": w.crimes({})}),
    accepted=1,
    file="clear.zip",
)
case("a locked zip", lambda p, w: locked(w), refused="locked by a password", file="locked.zip")
case(
    "half a zip",
    lambda p, w: zipped(**{"crimes.csv": w.crimes({})})[:-30],
    refused="damaged or cut short",
    file="half.zip",
)
case("an empty zip", lambda p, w: zipped(), refused="an empty zip", file="empty.zip")
case("a zip of pictures", lambda p, w: zipped(**{"a.png": b"x"}), refused="named like", file="pictures.zip")
case("a zip that lists too much", lambda p, w: long_list(w), refused="more files than can be read", file="list.zip")
case("a police.uk zip with the files of other feeds", lambda p, w: zipped(**{"2018-01/2018-01-x-street.csv": w.street({}), "2018-01/2018-01-x-outcomes.csv": b"a", "2018-01/notes.csv": b"b"}), feed="police-uk-street", accepted=1, note="left in the zip: 1 file", file="months.zip")  # fmt: skip
case(
    "half a gzip",
    lambda p, w: gzip.compress(w.crimes(*[{}] * 900))[:-200],
    refused="cut short or damaged",
    file="half.csv.gz",
)
case(
    "a gzip with rubbish behind",
    lambda p, w: gzip.compress(w.crimes({})) + b"rubbish",
    refused="cut short or damaged",
    file="behind.csv.gz",
)
case(
    "a gzip in a gzip",
    lambda p, w: gzip.compress(gzip.compress(w.crimes(*[{}] * 300))),
    refused="peelian.E4",
    file="twice.csv.gz",
)
case(
    "a gzip with a wrong checksum",
    lambda p, w: gzip.compress(w.crimes({}))[:-8] + bytes(8),
    refused="cut short or damaged",
    file="sum.csv.gz",
)

# ---- encodings and letters

case("UTF-16 with its mark", lambda p, w: w.crimes({}).decode().encode("utf-16"), accepted=1, note="read as utf-16")
case(
    "UTF-16 without its mark",
    lambda p, w: w.crimes({"Offence": "Café"}).decode().encode("utf-16-le"),
    accepted=1,
    note="read as utf-16-le",
)
case(
    "UTF-16 the other way round",
    lambda p, w: w.crimes({}).decode().encode("utf-16-be"),
    accepted=1,
    note="read as utf-16-be",
)
case("UTF-32 without its mark", lambda p, w: w.crimes({}).decode().encode("utf-32-le"), refused="the file is not text")
case(
    "UTF-7",
    lambda p, w: w.crimes({"Offence": "Café"}).decode().encode("utf-7").replace(b"+AC8-", b"/").replace(b"+AF8-", b"_"),
    accepted=1,
)
case("EBCDIC", lambda p, w: w.crimes(*[{}] * 9).decode().encode("cp037"), refused="peelian.E402")
case(
    "two encodings",
    lambda p, w: w.crimes({"Offence": "Łódź Łódź Łódź"}) + w.crimes({"Offence": "Café"}).decode().encode("cp1252"),
    refused="another encoding",
)
case("half a letter at the end", lambda p, w: w.crimes({}) + "€".encode()[:2], refused="cut short or damaged")
case(
    "overlong UTF-8",
    lambda p, w: replaced(w.crimes({"Offence": "a@b"}), (b"@", b"\xc0\xaf")),
    accepted=1,
    note="read as cp1252",
)
case(
    "a lone surrogate",
    lambda p, w: replaced(w.crimes({"Offence": "a@b"}), (b"@", b"\xed\xa0\x80")),
    accepted=1,
    note="read as cp1252",
)
case(
    "letters with marks that combine",
    lambda p, w: w.people({"Surname": "Zoe\u0308 N\u0303u\u0301n\u0303ez"}),
    feed="force-people",
    accepted=1,
)
case(
    "text that runs the other way",
    lambda p, w: w.people({"Surname": "Smith\u202enhoj"}),
    feed="force-people",
    accepted=1,
    note="1 character that turn",
)
case(
    "spaces without width in a cell",
    lambda p, w: w.people({"Surname": "Smi\u200bth"}),
    feed="force-people",
    accepted=1,
    note="or hide",
)
case(
    "spaces without width in the header",
    lambda p, w: replaced(w.crimes({}), (b"HO Class", "HO\u200b Class\u00a0".encode())),
    accepted=1,
)
case("zero bytes in a cell", lambda p, w: w.crimes({"Offence": "a\x00b"}, {}), accepted=1, waits=["(whole row)"])
case("zero bytes at the end", lambda p, w: w.crimes({}) + bytes(4_000), accepted=1, waits=["(whole row)"])
case(
    "an end-of-file mark of DOS",
    lambda p, w: w.crimes({}) + b"\x1a",
    accepted=1,
    waits=["(whole row)"],
    note="no line end",
)
case("commands to the screen", lambda p, w: w.crimes({"Offence": "\x1b]0;owned\x07\x1b[2J"}), accepted=1)

# ---- delimiters, quotes and lines

case("Excel's first line sep", lambda p, w: b"sep=;\r\n" + w.crimes({}, delimiter=";"), accepted=1)
case("Excel's first line sep in quotes", lambda p, w: b'"sep=,"\r\n' + w.crimes({}), accepted=1)
case(
    "semicolons and decimal commas",
    lambda p, w: w.crimes({"Easting": "570900,5"}, {}, delimiter=";"),
    accepted=1,
    waits=["Easting"],
)
case("tabs", lambda p, w: w.crimes({}, delimiter="\t"), accepted=1)
case("pipes", lambda p, w: w.crimes({}, delimiter="|"), accepted=1)
case("a header with commas and rows with semicolons", lambda p, w: w.crimes() + b"".join(header_and_rows(w.crimes(*[{}] * 6, delimiter=";"))[1]), waits=["(whole row)"] * 6, note="another delimiter")  # fmt: skip
case(
    "a quote that is not closed",
    lambda p, w: w.crimes({}) + b'"open,b\r\n' + header_and_rows(w.crimes({}, {}))[1][1],
    accepted=2,
    waits=["(whole row)"],
)
case("a quote inside a cell", lambda p, w: replaced(w.crimes({"Offence": "a@b"}), (b"@", b'"')), accepted=1)
case(
    "text after a quote",
    lambda p, w: replaced(w.crimes({"Offence": "a@b"}, {}), (b"a@b", b'"a"b')),
    accepted=1,
    waits=["(whole row)"],
)
case("quotes in the header", lambda p, w: replaced(w.crimes({}), (b"Offence", b'"Offence"')), accepted=1)
case("line breaks in the header", lambda p, w: replaced(w.crimes({}), (b"Crime Reference", b'"Crime\r\nReference"'), (b"Outcome Date", b'"Outcome\nDate"')), accepted=1)  # fmt: skip
case("line breaks in a cell", lambda p, w: w.crimes({"Location": "1 High Street\r\nChelmsford"}, {}), accepted=2)
case("returns alone", lambda p, w: w.crimes({}, {}, lineterminator="\r"), accepted=2)
case("mixed line ends", lambda p, w: replaced(w.crimes({}, {}, {}, lineterminator="\n"), (b"/001", b"/001")).replace(b"\n", b"\r\n", 2).replace(b"\n", b"\r", 1), accepted=3)  # fmt: skip
case("no line end at the end", lambda p, w: w.crimes({}).rstrip(), accepted=1, note="no line end")
case("half a file", lambda p, w: w.crimes({}, {}, {})[:-60], accepted=2, waits=["(whole row)"], note="cut short")
case("blank lines between", lambda p, w: w.crimes({}, {}).replace(b"\r\n", b"\r\n\r\n"), accepted=2)
case(
    "a footer of SQL Server",
    lambda p, w: w.crimes({}) + b"\r\n(1 rows affected)\r\n",
    accepted=1,
    waits=["(whole row)"],
)
case(
    "a total at the end",
    lambda p, w: w.crimes({}) + b"Total,1" + b"," * 15 + b"\r\n",
    accepted=1,
    waits=["Recorded At"],
)
case("the header again in the middle", lambda p, w: w.crimes({}) + header_and_rows(w.crimes())[0] + header_and_rows(w.crimes({}, {}))[1][1], accepted=2, waits=["Crime Reference"])  # fmt: skip
case(
    "two files set one after the other",
    lambda p, w: w.crimes({}) + codecs.BOM_UTF8 + w.crimes({}, {}),
    accepted=2,
    repeats=1,
    waits=["Crime Reference"],
)
case("two headers", lambda p, w: header_and_rows(w.crimes())[0] + w.crimes({}), accepted=1, waits=["Crime Reference"])
case("no header", lambda p, w: b"".join(header_and_rows(w.crimes({}, {}))[1]), refused="without a header no column")
case(
    "a title above the header",
    lambda p, w: b"Crimes of January\r\nmade by hand\r\n" + w.crimes({}),
    refused="the header stands on line 3",
)
case(
    "a header that runs into the first row",
    lambda p, w: w.people({}, {}).replace(b"\r\n", b",", 1),
    feed="force-people",
    waits=["(whole row)"],
    note="(column 15)",
)

# ---- columns

HEAD = ["Crime Reference", "Recorded At", "Crime Type", "Easting", "Northing"]
case(
    "columns in another order", lambda p, w: w.crimes({}, header=[*reversed(list(w.plain["force-crimes"]))]), accepted=1
)
case("a column twice", lambda p, w: replaced(w.crimes({}), (b"Offence", b"Crime Type")), refused="names a column twice")
case("columns that nobody expected", lambda p, w: w.crimes({}, header=[*w.plain["force-crimes"], "Beat", "beat", "Beat (column 18)"]), accepted=1, note="column nobody expected")  # fmt: skip
case("a column less", lambda p, w: w.crimes({}, header=HEAD), refused="the header lacks a column")
case(
    "a million columns",
    lambda p, w: header_and_rows(w.crimes())[0].rstrip() + b",x" * 1_000_000 + b"\r\n",
    refused="the header is longer than",
)
case(
    "ten thousand columns without names",
    lambda p, w: header_and_rows(w.crimes())[0].rstrip() + b"," * 10_000 + b"\r\n",
    refused="more columns than any table",
)
case(
    "a row of a million cells",
    lambda p, w: w.crimes({}) + b"," * 1_000_000 + b"\r\n",
    accepted=1,
    waits=["(whole row)"],
)
case(
    "a header with a zero byte",
    lambda p, w: w.crimes({}, header=[*w.plain["force-crimes"], "Be\x00at"]),
    accepted=1,
    note="Be\N{REPLACEMENT CHARACTER}at",
)
case("easting and northing exchanged", lambda p, w: w.crimes(*[{"Easting": "206800", "Northing": "570900"}] * 6), accepted=6, note="6 points lie outside the loaded area")  # fmt: skip
case("from and to exchanged", lambda p, w: w.crimes({"Occurred From": "2018-01-05 07:00", "Occurred To": "2018-01-04 20:00"}), waits=["Occurred From and Occurred To"])  # fmt: skip
case("whole columns exchanged", lambda p, w: w.crimes(*[{"Crime Type": "1 High Street", "Location": "Burglary"}] * 6), waits=["Crime Type"] * 6, note="Are columns exchanged")  # fmt: skip

# ---- dates and times

BAD_TIMES = {
    "29 February of a common year": "2017-02-29 10:00", "29 February 1900": "1900-02-29 10:00", "31 April": "2017-04-31 10:00", "the year nought": "0000-01-01 10:00",
    "the year 9999": "9999-12-31 23:59", "a leap second": "2016-12-31 23:59:60", "24 o'clock": "2018-01-04 24:00", "a year of two digits": "05/01/18 10:00",
    "days first": "05/01/2018 10:00", "months first": "01/13/2018 10:00", "a number of days as Excel counts": "43105.4167", "ISO with Z": "2018-01-05T10:00:00Z",
    "an offset": "2018-01-05 10:00+01:00", "seconds since 1970": "1515146400", "a month in words": "5 Jan 2018 10:00", "tomorrow": "2026-11-02 10:00", "a word": "infinity",
}  # fmt: skip
for _name, _time in BAD_TIMES.items():
    case(_name, lambda p, w, t=_time: w.crimes({"Reported At": t}, {}), accepted=1, waits=["Reported At"])  # type: ignore[misc]
case(
    "an hour that the clocks passed over",
    lambda p, w: w.crimes({"Reported At": "2017-03-26 01:30"}),
    accepted=1,
    note="the clocks pass over in March",
)
case("an hour that came twice", lambda p, w: w.crimes({"Reported At": "2017-10-29 01:30"}), accepted=1)

# ---- numbers and places

BAD_NUMBERS = {
    "a number too large": "1e309", "not a number": "NaN", "infinity": "inf", "minus nought": "-0", "a hexadecimal": "0x8B614", "thousands with commas": "570,900",
    "thousands with hard spaces": "570\u00a0900", "wide digits": "５７０９００", "Arabic digits": "٥٧٠٩٠٠", "a nought": "0", "a longitude in metres' place": "0.469277",
    "a northing in easting's place": "1206800",
}  # fmt: skip
for _name, _number in BAD_NUMBERS.items():
    case(_name, lambda p, w, n=_number: w.crimes({"Easting": n}, {}), accepted=1, waits=["Easting"])  # type: ignore[misc]
case("half a point", lambda p, w: w.crimes({"Northing": ""}), waits=["Easting and Northing"])
case("points in the sea", lambda p, w: w.crimes({}, {"Easting": "690000", "Northing": "400000"}), accepted=2, note="1 point lies outside the loaded area (Essex), 1 of them more than 20 km")  # fmt: skip
case(
    "longitude and latitude exchanged",
    lambda p, w: w.street({"Longitude": "51.7354", "Latitude": "0.469277"}),
    feed="police-uk-street",
    waits=["Longitude"],
)
case(
    "noughts for a point",
    lambda p, w: w.street({"Longitude": "0", "Latitude": "0"}),
    feed="police-uk-street",
    waits=["Latitude"],
)
case(
    "Northern Ireland",
    lambda p, w: w.street({"Longitude": "-5.93", "Latitude": "54.6"}),
    feed="police-uk-street",
    accepted=1,
    note="outside the loaded area (Essex), 1 of them more than 20 km",
)
case(
    "a point west of the grid",
    lambda p, w: w.street({"Longitude": "-9.4", "Latitude": "54.0"}),
    feed="police-uk-street",
    accepted=1,
    note="on no map of the National Grid",
)
case(
    "Northern Ireland on the Irish grid",
    lambda p, w: w.crimes({"Easting": "333800", "Northing": "374200"}),
    accepted=1,
    note="outside the loaded area (Essex), 1 of them",
)

# ---- references and words

case(
    "a reference that Excel mangled", lambda p, w: w.crimes({"Crime Reference": "1.23E+11"}), waits=["Crime Reference"]
)
case("a reference without its noughts", lambda p, w: w.crimes({"Crime Reference": "4201000"}), accepted=1)
case("a reference of 81 letters", lambda p, w: w.crimes({"Crime Reference": "9" * 81}), waits=["Crime Reference"])
case("a reference with other content", lambda p, w: w.crimes({"Crime Reference": "twice-other"}, {"Crime Reference": "twice-other", "Outcome": "1"}), accepted=2, note="with other content")  # fmt: skip
case(
    "a reference and all its cells again",
    lambda p, w: w.crimes({"Crime Reference": "twice-same"}, {"Crime Reference": "twice-same"}),
    accepted=1,
    repeats=1,
)
case("a cell of 70,000 letters", lambda p, w: w.crimes({"Offence": "x" * 70_000}, {}), accepted=1, waits=["Offence"])
case("SQL in a cell", lambda p, w: w.crimes({"Offence": "'); DROP TABLE records_batch; --"}), accepted=1)
case(
    "HTML in a cell",
    lambda p, w: w.crimes({"Offence": "<script>alert(1)</script>", "Outcome": "<b>"}),
    waits=["Outcome"],
)
case(
    "formulas in cells",
    lambda p, w: w.crimes({"Offence": "=cmd|' /C calc'!A0", "Outcome": "@SUM(1+1)", "Location": "+HYPERLINK(1)"}),
    waits=["Outcome"],
)

# ---- names of files

case("a name with a line break", lambda p, w: w.crimes({}), accepted=1, file="a\nb.csv")
case("a name with a smile", lambda p, w: w.crimes({}), accepted=1, file="crimes 🙂.csv")
case("a name of 255 bytes", lambda p, w: w.crimes({}), accepted=1, file="n" * 251 + ".csv")
case("a name that is not UTF-8", lambda p, w: w.crimes({}), accepted=1, file=os.fsdecode(b"caf\xe9.csv"))
case("a name like an option", lambda p, w: w.crimes({}), accepted=1, file="--published.csv")
case("a name that runs the other way", lambda p, w: w.crimes({}), accepted=1, file="crimes\u202evsc.exe")
