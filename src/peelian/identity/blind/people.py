"""People as a CSV file states them, standardised to the words that are encoded. No Django: a partner runs this alone."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from anyascii import anyascii

from peelian.core.errors import Faults, PeelianError

TITLES = {"mr", "mrs", "ms", "miss", "dr", "sir", "dame", "rev"}
POSTCODE = re.compile(r"([A-Z]{1,2})(\d[A-Z\d]?)(\d)([A-Z]{2})")
DATES = (re.compile(r"(\d{4})-(\d\d?)-(\d\d?)$"), re.compile(r"(\d\d?)[/.](\d\d?)[/.](\d{4})$"))


@dataclass(frozen=True)
class People:
    """People to encode: the sender's own references, and each field standardised ("" where nothing is known)."""

    references: list[str]
    fields: Mapping[str, list[str]]
    left_out: Mapping[str, int]  # why, and how many

    def __len__(self) -> int:
        return len(self.references)


def name(said: str) -> str:
    """Small Latin letters, words apart, titles gone.

    >>> name("Mrs  O'Brien-Łuk")
    'obrien luk'
    """
    words = re.sub(r"[^a-z]+", " ", re.sub(r"['’`]", "", anyascii(said).lower())).split()
    return " ".join(w for w in words if w not in TITLES)


def day(said: str) -> str:
    """A date as YYYY-MM-DD from that or DD/MM/YYYY; "" for what is no day.

    >>> day("3/12/1984"), day("1984-13-01")
    ('1984-12-03', '')
    """
    for order, pattern in zip((slice(None), slice(None, None, -1)), DATES, strict=True):
        if found := pattern.match(said.strip()[:10]):
            year, month, of_month = map(int, found.groups()[order])
            try:
                return date(year, month, of_month).isoformat()
            except ValueError:
                return ""
    return ""


def sex(said: str) -> str:
    """m or f; "" for all else."""
    return first if (first := said.strip().lower()[:1]) in ("m", "f") else ""


def postcode(said: str) -> str:
    """A full postcode, its four parts apart; "" for what is none.

    >>> postcode("cm12ab")
    'CM 1 2 AB'
    """
    found = POSTCODE.fullmatch(re.sub(r"\s", "", said).upper())
    return " ".join(found.groups()) if found else ""


STANDARD: Mapping[str, Callable[[str], str]] = {
    "surname": name,
    "forenames": name,
    "born_on": day,
    "sex": sex,
    "postcode": postcode,
}


def read_people(path: Path, fields: Iterable[str]) -> People:
    """Read the people of a CSV file in UTF-8 with columns `reference` and each of `fields`; others are not looked at.

    A row without a surname, a forename, and a date of birth or postcode is left out and counted: such encodings hit strangers.

    Raises
    ------
    PeelianError
        If the file is no such table or holds no person.
    Faults
        With every row that is too short or long, or whose reference is empty or used twice; nothing is encoded then.
    """
    wanted = ["reference", *fields]
    rows, lines = _rows(path, wanted)
    times = Counter(row[0] for row in rows)
    faults = [
        PeelianError(
            "a row has no reference of its own",
            where=f"{path.name}, line {line}",
            found="one that another row has" if row[0] else "none",
            matters="a hit could not be traced back to one record",
            fix="give each row a reference of its own",
            id="peelian.E667",
        )
        for row, line in zip(rows, lines, strict=True)
        if not row[0] or times[row[0]] > 1
    ]
    if faults:
        raise Faults(faults)
    words = " or ".join(w for f, w in (("born_on", "date of birth"), ("postcode", "postcode")) if f in wanted)
    kept: list[list[str]] = []
    left: Counter[str] = Counter()
    for row in rows:
        person = [row[0], *(STANDARD[f](cell) for f, cell in zip(wanted[1:], row[1:], strict=True))]
        known = {f for f, cell in zip(wanted, person, strict=True) if cell}
        if not {"surname", "forenames"} <= known:
            left["no name"] += 1
        elif not known & {"born_on", "postcode"}:
            left[f"no {words}"] += 1
        else:
            kept.append(person)
    if not kept:
        raise PeelianError(
            "no person of the file can be encoded",
            where=path.name,
            found=", ".join(f"{n} rows with {why}" for why, n in left.items()) or "no row",
            fix=f"each row needs surname, forenames and {words} (1984-12-03 or 03/12/1984)",
            id="peelian.E668",
        )
    columns = list(zip(*kept, strict=True))
    return People(list(columns[0]), dict(zip(wanted[1:], map(list, columns[1:]), strict=True)), left)


def _rows(path: Path, wanted: list[str]) -> tuple[list[list[str]], list[int]]:
    """The wanted cells of each row, and the line on which it ends."""
    rows, lines, faults = [], [], []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [cell.strip().lower() for cell in next(reader, [])]
            if sorted(h for h in header if h in wanted) != sorted(wanted):
                lacking = [w for w in wanted if w not in header]
                raise PeelianError(
                    "the columns are not those that the key encodes",
                    where=f"{path.name}, line 1",
                    found=f"without {', '.join(lacking)}" if lacking else "a column twice",
                    fix=f"give a table with the columns {', '.join(wanted)}, each once",
                    id="peelian.E666",
                )
            places = [header.index(w) for w in wanted]
            for row in reader:
                if len(row) == len(header):
                    rows.append([row[n].strip() for n in places])
                    lines.append(reader.line_num)
                elif row:
                    faults.append(
                        PeelianError(
                            "a row has too few or too many cells",
                            where=f"{path.name}, line {reader.line_num}",
                            found=f"{len(row)} cells under {len(header)} columns",
                            fix="mend the row, or export the file again",
                            id="peelian.E667",
                        )
                    )
    except (UnicodeDecodeError, csv.Error) as error:
        raise PeelianError(
            "the file cannot be read as a table of text",
            where=path.name,
            found="a character that is not UTF-8"
            if isinstance(error, UnicodeDecodeError)
            else "an open quotation mark",
            fix="export it as CSV in UTF-8",
            id="peelian.E666",
        ) from None
    if faults:
        raise Faults(faults)
    return rows, lines
