"""Read dated data from TOML and CSV, and find everything that is wrong with it.

Reading never stops at the first fault: the person who mends the file wants the whole list.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from peelian.core.dated_cells import WORDS, Cell, Kind, allowed, part_of, span, typed
from peelian.core.domain import Box, Choice, Domain, Span, cover

EVIDENCE = ("stored", "secondary", "general", "design")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a file."""

    id: str
    summary: str
    where: str = ""
    found: str = ""
    matters: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it covers, what it gives, and where that comes from."""

    number: int
    box: Box
    values: Mapping[str, Cell]
    source: str
    evidence: str
    why_not: str = ""


@dataclass(slots=True)
class Version:
    """The rows in force from one day."""

    in_force: date
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class _Raw:
    """A version as it stands in the file."""

    in_force: object
    rows: list[tuple[int, dict[str, Any]]]


def read_table(
    path: Path,
    name: str,
    *,
    gives: Mapping[str, Kind],
    inputs: Mapping[str, Domain] | None,
    first: bool,
) -> tuple[Mapping[str, Domain], list[Version], list[Fault]]:
    """Read one table and check it.

    Parameters
    ----------
    path : Path
        TOML or CSV file.
    name : str
        Section to read, if the TOML file has several.
    gives : mapping
        Columns that the table gives, and their type.
    inputs : mapping, optional
        For CSV, and for a value (none), what each input may be.
    first : bool
        Whether the first row that fits wins.

    Returns
    -------
    inputs, versions, faults
        If there are faults, inputs and versions are not fit for use.
    """
    reader = _Reader(path.suffix == ".csv", gives, first)
    try:
        if reader.is_csv:
            domains, raw = reader.csv(path, inputs or {})
        else:
            with path.open("rb") as file:
                domains, raw = reader.toml(tomllib.load(file), name, is_value=inputs is not None)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        reader.fault("E101", "cannot be read", found=reason or "", fix="mend or restore the file")
        return {}, [], reader.faults
    versions = reader.versions(raw, domains)
    if not reader.faults:
        for version in versions:
            reader.check_cover(version, domains)
    return domains, versions, reader.faults


class _Reader:
    def __init__(self, is_csv: bool, gives: Mapping[str, Kind], first: bool) -> None:
        self.is_csv, self.gives, self.first = is_csv, gives, first
        self.is_bands = False
        self.faults: list[Fault] = []

    def fault(
        self,
        id: str,
        summary: str,
        *,
        where: str = "",
        found: str = "",
        matters: str = "",
        fix: str = "",
    ) -> None:
        self.faults.append(Fault(f"peelian.{id}", summary, where, found, matters, fix))

    # -- the forms of a file ---------------------------------------------------------------------------------------

    def toml(self, content: dict[str, Any], name: str, *, is_value: bool) -> tuple[dict[str, Domain], list[_Raw]]:
        table = content if "version" in content else content.get(name)
        versions = table.get("version") if isinstance(table, dict) else None
        if not isinstance(table, dict) or not isinstance(versions, list) or not versions:
            self.fault(
                "E102",
                "is not in the file" if table is None else "has no version",
                found="neither [[version]] nor a section of this name" if table is None else "no [[version]]",
                fix=f"add [[version]], or [[{name}.version]] if the file holds several",
            )
            return {}, []
        domains: dict[str, Domain] = {} if is_value else self._toml_inputs(table)
        extra = table.keys() - {"version"} - (set() if is_value else {"input", "range", "keys"})
        self._unknown(extra, "above the versions")
        return domains, [self._toml_version(v, i, is_value) for i, v in enumerate(versions, 1)]

    def _toml_inputs(self, table: dict[str, Any]) -> dict[str, Domain]:
        match table:
            case {
                "input": str(name),
                "range": [int() | float() as low, int() | float() as below],
            } if low < below:
                self.is_bands = True
                return {name: Span(low, below)}
            case {"keys": dict(keys)} if keys and all(_is_words(words) for words in keys.values()):
                return {name: Choice(tuple(words)) for name, words in keys.items()}
        self.fault(
            "E102",
            "does not say what its input is",
            found="neither input with range = [from, below], nor [keys] with lists of words",
            matters="nobody can tell whether the rows cover everything",
            fix='write input = "..." and range = [0, 101], or [keys] with the words that are allowed',
        )
        return {}

    def _toml_version(self, version: dict[str, Any], number: int, is_value: bool) -> _Raw:
        shared = {k: version[k] for k in ("source", "evidence") if k in version}
        if is_value:
            return _Raw(
                version.get("in_force"),
                [(number, {k: v for k, v in version.items() if k != "in_force"})],
            )
        self._unknown(
            version.keys() - {"in_force", "source", "evidence", "rows"},
            f"version {number}",
        )
        rows = version.get("rows")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.fault(
                "E102",
                "has a version without rows",
                where=f"version {number}",
                fix="write rows = [ { ... }, ]",
            )
            rows = []
        return _Raw(
            version.get("in_force"),
            [(i, shared | row) for i, row in enumerate(rows, 1)],
        )

    def csv(self, path: Path, inputs: Mapping[str, Domain]) -> tuple[Mapping[str, Domain], list[_Raw]]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="cells beyond the last column", strict=True)
            lines = [
                (
                    reader.line_num,
                    {k: v.strip() if isinstance(v, str) else v for k, v in line.items()},
                )
                for line in reader
            ]
        needed = {"in_force", *inputs, "source", "evidence"} | self.gives.keys()
        missing = needed - set(reader.fieldnames or ())
        if missing:
            self.fault(
                "E109",
                "lacks a column",
                where="line 1",
                found="no column " + ", ".join(sorted(missing)),
                fix="add it to the header and to each line",
            )
            return inputs, []
        raw: list[_Raw] = []
        for number, line in lines:
            stated = line.pop("in_force")
            in_force: object = typed(stated, date, from_text=True)
            row = {k: v for k, v in line.items() if v not in ("", None)}
            if raw and raw[-1].in_force == (in_force or stated):
                raw[-1].rows.append((number, row))
            else:
                raw.append(_Raw(in_force or stated, [(number, row)]))
        return inputs, raw

    # -- versions and rows -----------------------------------------------------------------------------------------

    def versions(self, raw: list[_Raw], domains: Mapping[str, Domain]) -> list[Version]:
        found: list[Version] = []
        for number, version in enumerate(raw, 1):
            day = version.in_force
            where = f"line {version.rows[0][0]}" if self.is_csv else f"version {number}"
            if not isinstance(day, date) or isinstance(day, datetime):
                self.fault(
                    "E110",
                    "has a version without a date",
                    where=where,
                    found="in_force is not a date",
                    fix="write in_force = YYYY-MM-DD",
                )
                continue
            if found and day <= found[-1].in_force:
                self.fault(
                    "E107",
                    "has versions out of order",
                    where=where,
                    found=f"in force from {day}, after one in force from {found[-1].in_force}",
                    matters="it would not be clear which rule held on a day",
                    fix="put the versions in order of date, one a date",
                )
                continue
            found.append(Version(day, [self._row(n, row, domains, day) for n, row in version.rows]))
        return found

    def _row(self, number: int, row: dict[str, Any], domains: Mapping[str, Domain], day: date) -> Row:
        where = self._where([number], day)
        boxes = {"from", "below"} if self.is_bands else set(domains)
        self._unknown(row.keys() - boxes - self.gives.keys() - {"source", "evidence", "no"}, where)
        source, evidence, why_not = (row.get(k) for k in ("source", "evidence", "no"))
        if not isinstance(source, str) or not source.strip():
            self.fault(
                "E103",
                "has no source",
                where=where,
                matters="a value without a source cannot be explained or checked",
                fix="write the document and section that it comes from",
            )
        if evidence not in EVIDENCE:
            self.fault(
                "E103",
                "has no evidence mark",
                where=where,
                found="nothing" if evidence is None else f'"{evidence}"',
                matters="nobody could tell law from opinion",
                fix="write one of " + ", ".join(EVIDENCE),
            )
        values: dict[str, Cell] = {}
        if why_not is None:
            values = {name: self._value(row, name, kind, where) for name, kind in self.gives.items()}
        elif given := sorted(row.keys() & self.gives.keys()):
            self.fault(
                "E110",
                "has a row that gives and refuses",
                where=where,
                found=f"no, and {', '.join(given)}",
                fix="keep one of the two",
            )
        return Row(
            number,
            self._box(row, domains, where),
            values,
            str(source),
            str(evidence),
            str(why_not or ""),
        )

    def _value(self, row: dict[str, Any], name: str, kind: Kind, where: str) -> Cell:
        if name not in row:
            self.fault(
                "E109",
                "has an empty cell",
                where=where,
                found=f"no {name}",
                matters="what the row gives would be a guess",
                fix=f'write {name}, or no = "why there is none"',
            )
            return None
        value = typed(row[name], kind, from_text=self.is_csv)
        if value is None:
            self.fault(
                "E110",
                "has a cell that cannot be read",
                where=where,
                found=f'{name} is "{row[name]}"',
                fix=f"write {WORDS[kind]}",
            )
        return value

    def _box(self, row: dict[str, Any], domains: Mapping[str, Domain], where: str) -> Box:
        box: dict[str, Span | Choice] = {}
        for name, domain in domains.items():
            if self.is_bands:
                part: Span | Choice | None = span(row.get("from"), row.get("below"), domain)
                shown = f"from {row.get('from')} below {row.get('below')}"
            else:
                cell = row.get(name, "*" if self.is_csv else None)
                if cell == "*":
                    continue
                part, shown = (
                    part_of(cell, domain),
                    f'{name} is "{cell}"' if cell is not None else f"no {name}",
                )
            if part is None:
                self.fault(
                    "E110",
                    "has a cell that cannot be read",
                    where=where,
                    found=shown,
                    matters="the row would never be found, or be found too often",
                    fix=f"write {allowed(domain, self.is_bands)}",
                )
            else:
                box[name] = part
        return box

    # -- what the rows cover ---------------------------------------------------------------------------------------

    def check_cover(self, version: Version, domains: Mapping[str, Domain]) -> None:
        rows, day = version.rows, version.in_force
        found = cover(domains, [row.box for row in rows], first=self.first)
        gives = " or ".join(self.gives).replace("_", " ")
        for gap in found.gaps:
            near = [r.number for r in rows if self.is_bands and _touches(r.box, gap)]
            self.fault(
                "E104",
                "has a gap",
                where=self._where(near, day),
                found=self._gap_found(rows, gap) if self.is_bands else f"no row for {_words(gap)}",
                matters=f"{_words(gap)} would have no {gives}",
                fix="add a row for it, or widen a row beside it",
            )
        for earlier, later, box in found.overlaps:
            self.fault(
                "E105",
                "has an overlap",
                where=self._where([rows[earlier].number, rows[later].number], day),
                found=f"both rows cover {_words(box)}",
                matters=f"it would have two answers for {gives}",
                fix="make one of the rows narrower",
            )
        for hidden in found.unreachable:
            self.fault(
                "E106",
                "has a row that is never reached",
                where=self._where([rows[hidden].number], day),
                found="the rows above it cover all that it covers",
                matters="somebody meant it to apply, and it never does",
                fix="move it up, or take it out",
            )

    def _gap_found(self, rows: list[Row], gap: Box) -> str:
        (hole,) = gap.values()
        said = []
        for row in rows:
            (part,) = row.box.values()
            if isinstance(part, Span) and isinstance(hole, Span):
                if part.below == hole.low:
                    said.append(f"row {row.number} stops below {part.below:g}")
                if part.low == hole.below:
                    said.append(f"row {row.number} starts at {part.low:g}")
        return " and ".join(said) or "no row at all"

    def _where(self, numbers: Iterable[int], day: date) -> str:
        shown = [str(n) for n in numbers]
        kind = ("line" if self.is_csv else "row") + "s" * (len(shown) > 1)
        rows = f"{kind} {' and '.join(shown)}, " if shown else ""
        return f"{rows}in force from {day}"

    def _unknown(self, names: Iterable[str], where: str) -> None:
        if names := sorted(names):
            self.fault(
                "E108",
                "has an unknown column",
                where=where,
                found=", ".join(names),
                matters="what it says would be passed over",
                fix="correct the spelling, or declare the column in the module",
            )


def _is_words(words: object) -> bool:
    return isinstance(words, list) and bool(words) and all(isinstance(w, str) and w != "*" for w in words)


def _touches(box: Box, gap: Box) -> bool:
    return any(
        isinstance(part, Span)
        and isinstance(hole := gap[name], Span)
        and (part.below == hole.low or part.low == hole.below)
        for name, part in box.items()
    )


def _words(box: Box) -> str:
    said = []
    for name, part in box.items():
        shown = " or ".join(part.words) if isinstance(part, Choice) else f"{part.low:g} up to {part.below:g}"
        said.append(f"{name.replace('_', ' ')} {shown}")
    return ", ".join(said) or "any input"
