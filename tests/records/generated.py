"""Files that nobody would think of, made by spoiling good ones: input number N is always the same bytes."""

from __future__ import annotations

import csv
import gzip
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from peelian.records.feeds.declare import Feed

TOKEN = "Zqxvway"  # stands in personal cells: no message may show it
NASTY = [
    "", " ", "\x00", "\x1f", "\x1b[31m", "\t", "=cmd|' /C calc'!A0", "+44 20", "@SUM(1)", "-0", "1e309", "nan", "inf", "0x1F", "1,234.5", "1.23E+11",
    "２０２６", "٣", "\u202egnp", "\u200b", "\ufeff", "é", "e\u0301", "Ω≈ç", "💥", "'", '"', '""', 'a"b', "a\nb", "a\r\nb", "\r", "\n", ",", ";", "|", "\\", "\\n",
    "%s", "{}", "{0}", "NULL", "N/A", "None", "0", "-1", "0000-00-00 00:00", "9999-12-31 23:59", "2018-02-29 00:00", "2018-03-25 01:30", "2018-06-30 23:59:60",
    "24:00", "43101", "1514764800", "05/01/2018 10:00", "x" * 300, "y" * 20_000, "<script>alert(1)</script>", "'; DROP TABLE records_batch; --", "(12 rows affected)",
    "Total", "infinity", "epoch", "2018-01-05T10:00:00Z", "2018-01-05 10:00+01", "\u00a012", "\ufffd", "\U0010ffff", "\u2028", "\x85", "SECRET",
]  # fmt: skip
ENCODINGS = [
    *["utf-8"] * 20, "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp1252", "latin-1", "utf-7", "cp037", "cp437", "shift_jis",
    "gb18030",
]  # fmt: skip
Rows = list[list[str]]


@dataclass(frozen=True)
class Made:
    """One generated file for a feed."""

    number: int
    feed: Feed
    name: str
    raw: bytes


def made(number: int, feeds: dict[str, Feed], plain: dict[str, dict[str, str]]) -> Made:
    """Generated input number `number`, for the feeds that `plain` has a good row of."""
    rng = random.Random(number)
    feed = feeds[rng.choice(sorted(plain.keys() & feeds.keys()))]
    rows = _good(feed, plain[feed.name], rng)
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3, 6))):
        rng.choice(ON_ROWS)(rows, rng)
    raw = _written(rows, rng)
    if rng.random() < 0.4:
        for _ in range(rng.choice((1, 1, 2, 5))):
            raw = rng.choice(ON_BYTES)(raw, rng)
    if rng.random() < 0.03:
        raw = rng.randbytes(rng.randrange(2_000))
    name, raw = _packed(feed, raw, rng)
    return Made(number, feed, name, raw)


def _good(feed: Feed, plain: dict[str, str], rng: random.Random) -> Rows:
    """A header and some rows that are right, with marked words in personal columns."""
    names = [c.name for c in feed.columns if c.name in plain or not c.optional]
    rows = [names]
    for n in range(rng.choice((0, 1, 2, 5, 12, 30))):
        row = [plain.get(name, "") for name in names]
        for at, name in enumerate(names):
            if name == feed.id and row[at]:
                row[at] = (row[at] + f"-{n}")[-80:]
            elif feed.column(name).personal and rng.random() < 0.5:
                row[at] = f"{TOKEN} {n}"
        rows.append(row)
    return rows


def _cells(rows: Rows, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 3, 20))):
        row = rng.choice(rows)
        if row:
            row[rng.randrange(len(row))] = rng.choice(NASTY)


def _letters(rows: Rows, rng: random.Random) -> None:
    row = rng.choice(rows)
    if row:
        row[rng.randrange(len(row))] = "".join(
            chr(rng.choice((rng.randrange(32, 127), rng.randrange(0xD800), rng.randrange(0xE000, 0x110000))))
            for _ in range(rng.randrange(40))
        )


def _swapped_cells(rows: Rows, rng: random.Random) -> None:
    row = rng.choice(rows)
    if len(row) > 1:
        a, b = rng.sample(range(len(row)), 2)
        row[a], row[b] = row[b], row[a]


def _swapped_columns(rows: Rows, rng: random.Random) -> None:
    width = min(map(len, rows))
    if width > 1:
        a, b = rng.sample(range(width), 2)
        for row in rows if rng.random() < 0.5 else rows[1:]:
            row[a], row[b] = row[b], row[a]


def _column_out(rows: Rows, rng: random.Random) -> None:
    at = rng.randrange(max(len(rows[0]), 1))
    for row in rows if rng.random() < 0.7 else rows[1:]:
        del row[at : at + 1]


def _columns_in(rows: Rows, rng: random.Random) -> None:
    at, n = rng.randrange(len(rows[0]) + 1), rng.choice((1, 1, 2, 30, 1_200))
    for row in rows if rng.random() < 0.7 else rows[:1]:
        row[at:at] = [
            rng.choice((rng.choice(NASTY), "", rng.choice(rows[0]) if rows[0] else "", "Beat")) for _ in range(n)
        ]


def _row_shape(rows: Rows, rng: random.Random) -> None:
    at = rng.randrange(len(rows))
    rng.choice((
        lambda: rows[at].extend([rng.choice(NASTY)] * rng.randrange(1, 4)),
        lambda: rows[at].pop() if rows[at] else None,
        lambda: rows.insert(at, []),
        lambda: rows.insert(at, [rng.choice(NASTY)]),
        lambda: rows.insert(at, list(rows[0])),
        lambda: rows.append(["(30 rows affected)"]),
        lambda: rows[at].extend(rows.pop(at + 1)) if at + 1 < len(rows) else None,
        lambda: rows.append(list(rows[at])),
        lambda: rng.shuffle(rows),
        lambda: rows.insert(0, [rng.choice(("sep=;", "sep=,", "Report of today", "", "\ufeff"))]),
        lambda: rows.pop(0) if len(rows) > 1 else None,
    ))()  # fmt: skip


ON_ROWS: list[Callable[[Rows, random.Random], None]] = [
    _cells, _cells, _cells, _letters, _swapped_cells, _swapped_columns, _column_out, _columns_in, _row_shape, _row_shape, _row_shape,
]  # fmt: skip


def _written(rows: Rows, rng: random.Random) -> bytes:
    text = io.StringIO()
    how = {
        "delimiter": rng.choice((",", ",", ",", ",", ";", "\t", "|")),
        "lineterminator": rng.choice(("\r\n", "\r\n", "\n", "\n", "\r", "\n\n", "\n\r")),
        "quoting": rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    }
    if rng.random() < 0.1:  # nothing is quoted: delimiters and quotes in cells spoil the row
        whole = how["lineterminator"].join(how["delimiter"].join(row) for row in rows)
    else:
        csv.writer(text, **how).writerows(rows)
        whole = text.getvalue()
    if rng.random() < 0.1:
        whole = whole.rstrip("\r\n")
    return whole.encode(
        rng.choice(ENCODINGS),
        errors=rng.choice(("ignore", "replace", "surrogatepass", "ignore")) if whole.isascii() else "ignore",
    )


def _at(raw: bytes, rng: random.Random) -> int:
    # The header is where most decisions fall: half of the faults are put near the beginning.
    return rng.randrange(min(len(raw), 400) + 1) if rng.random() < 0.5 else rng.randrange(len(raw) + 1)


def _flip(raw: bytes, rng: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(rng.choice((1, 1, 4, 50)) if raw else 0):
        changed[min(_at(raw, rng), len(raw) - 1)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _put(raw: bytes, rng: random.Random) -> bytes:
    at = _at(raw, rng)
    piece = rng.choice((
        b'"', b'""', b"\x00", b"\x00" * 50, b"\n", b"\r", b"\r\n\r\n", b",", b";", b"\t", b"\x1f", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc0\xaf", b"\xed\xa0\x80",
        b"\xe2\x80\xae", b"\x81", b"\xe9", b"\x1a", b"\x1b[2J", b"PK\x03\x04", b"\x1f\x8b", b"%PDF", b"<html>", b"sep=;\n", b"x" * 70_000, b"," * 2_000, b'"\n' * 300,
    ))  # fmt: skip
    return raw[:at] + piece + raw[at:]


def _out(raw: bytes, rng: random.Random) -> bytes:
    at = _at(raw, rng)
    return raw[:at] + raw[at + rng.choice((1, 1, 10, 500)) :]


def _cut(raw: bytes, rng: random.Random) -> bytes:
    return raw[: rng.randrange(len(raw) + 1)]


def _again(raw: bytes, rng: random.Random) -> bytes:
    a, b = sorted((_at(raw, rng), _at(raw, rng)))
    at = _at(raw, rng)
    return raw[:at] + raw[a:b] + raw[at:]


def _lines(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(
        lines if rng.random() < 0.7 else [line.rstrip(b"\r\n") if rng.random() < 0.3 else line for line in lines]
    )


def _first_break_out(raw: bytes, rng: random.Random) -> bytes:
    """The header runs on into the first row: what follows it looks like names of columns."""
    return raw.replace(b"\r\n", rng.choice((b"", b",", b";")), 1) if b"\r\n" in raw else raw.replace(b"\n", b",", 1)


ON_BYTES = [_flip, _flip, _put, _put, _put, _out, _cut, _again, _lines, _first_break_out]


def _packed(feed: Feed, raw: bytes, rng: random.Random) -> tuple[str, bytes]:
    stem = feed.members.replace("*", "x").rsplit(".", 1)[0]
    kind = rng.random()
    if kind < 0.85:
        return rng.choice(
            (
                f"{stem}.csv",
                f"{stem}.csv",
                f"{stem}.txt",
                f"{stem}.zip",
                f"{stem}.xlsx",
                f"{stem}.jsonl",
                f"{stem}.parquet",
            )
        ), raw
    if kind < 0.92:
        packed = gzip.compress(raw, mtime=0)
        packed += rng.choice((b"", b"", b"\x00" * 9, b"rubbish", packed))
    else:
        held = io.BytesIO()
        with zipfile.ZipFile(
            held, "w", rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
        ) as file:
            for member in [
                f"{stem}.csv",
                *rng.sample(
                    ["a/b.csv", "../../up.csv", "/etc/x.csv", "y-outcomes.csv", "inner.zip", "ü\x1b.csv", "d/"],
                    rng.randrange(3),
                ),
            ]:
                file.writestr(zipfile.ZipInfo(member), raw, file.compression)
        packed = held.getvalue()
    if rng.random() < 0.5:
        packed = rng.choice((_flip, _flip, _cut, _out, _put, _again))(packed, rng)
    return f"{stem}.{rng.choice(('csv', 'zip', 'gz'))}", packed
