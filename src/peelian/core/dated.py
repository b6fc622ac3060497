"""Values and decision tables of law and policy: dated data, each with its source and an evidence mark.

A changed rule adds a version; nobody edits an old one, because last year's decisions must still be explained. A look
says on which day (``on=``), and what it finds carries its source, its evidence and the version used. Files are checked
as a whole by :func:`check_all`, which an application calls when it starts: every fault is reported at once.

Three forms of a TOML file, and one of CSV (docs/reference/dated-data.md):

- a value: ``[[version]]`` with ``value``;
- bands of one number: ``input``, ``range``, and rows with ``from`` and ``below``;
- rows by key: ``[keys]`` with the words allowed, ``"*"`` for any;
- CSV, for two or more inputs: one row a line, columns ``in_force``, the inputs, what is given, ``source``, ``evidence``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from peelian.core.dated_cells import Cell, Kind
from peelian.core.dated_files import Fault, Row, Version, read_table
from peelian.core.domain import Domain
from peelian.core.errors import Faults, InvalidInput, PeelianError

STANDING = {
    "stored": "as its source states",
    "secondary": "from a secondary source",
    "general": "unverified; not a national standard",
    "design": "Peelian's own proposal; not a national standard",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a look found, and where it comes from.

    Attributes
    ----------
    values : mapping
        What the row gives, by name. Empty where the rule sets no limit; ``why_not`` then says why.
    source, evidence : str
        Where the value comes from, and how well that is known: ``stored``, ``secondary``, ``general`` or ``design``.
    version : date
        In force from this day.
    table : str
        Name of the table or value.
    row : int
        Line of a CSV file; otherwise number of the row in its version.
    why_not : str
        Why the row gives nothing, in the words of the file.
    """

    values: Mapping[str, Cell]
    source: str
    evidence: str
    version: date
    table: str
    row: int
    why_not: str = ""

    def __getitem__(self, name: str) -> Any:  # the declared type of the column is checked at start-up
        if self.why_not:
            raise InvalidInput(
                f'"{self.table}" gives nothing here',
                found=self.why_not,
                matters="there is no value to work with, and none may be made up",
                fix="ask why_not first",
                id="peelian.E115",
            )
        return self.values[name]

    @property
    def value(self) -> Any:
        """What a dated value is; ``found["review_days"]`` and the like for tables."""
        return self["value"]

    @property
    def standing(self) -> str:
        """How far the value may be relied on, in the words shown to users."""
        return STANDING[self.evidence]

    def __str__(self) -> str:
        return f"{self.table}, in force from {self.version:%-d %B %Y}: {self.source} ({self.standing})"


class Registry:
    """All tables and values declared, so that they can be checked together."""

    def __init__(self) -> None:
        self._tables: list[_Declared] = []

    def add(self, table: _Declared) -> None:
        """Take note of a declaration."""
        self._tables.append(table)

    @property
    def tables(self) -> tuple[_Declared, ...]:
        """Every table and value declared so far."""
        return tuple(self._tables)

    def check_all(self) -> int:
        """Read every file and return how many declarations were checked.

        Raises
        ------
        Faults
            All faults of all tables, in the order of declaration.
        """
        faults: list[PeelianError] = []
        first: dict[str, _Declared] = {}
        for table in self._tables:
            faults += table.faults
            other = first.setdefault(table.name, table)
            if other.path != table.path:
                faults.append(
                    PeelianError(
                        f'the name "{table.name}" is used by two tables',
                        where=f"{other.shown} and {table.shown}",
                        matters="an explanation that names it could mean either",
                        fix="rename one of them where it is declared",
                        id="peelian.E113",
                    )
                )
        if faults:
            raise Faults(faults)
        return len(self._tables)


REGISTRY = Registry()


def check_all() -> int:
    """Check every table and value declared in the modules imported so far; see :meth:`Registry.check_all`."""
    return REGISTRY.check_all()


class _Declared:
    """A named piece of dated data in a file; read once, when it is first needed."""

    def __init__(
        self,
        path: Path,
        name: str,
        gives: Mapping[str, Kind],
        inputs: Mapping[str, Domain] | None,
        registry: Registry,
    ) -> None:
        self.path, self.name, self.gives, self._given_inputs = (
            Path(path),
            name,
            dict(gives),
            inputs,
        )
        registry.add(self)

    @property
    def shown(self) -> str:
        """The file as messages name it: its folder in the package, and its name."""
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def first(self) -> bool:
        """Whether the first row that fits wins."""
        return False

    @property
    def word(self) -> str:
        """What messages call it."""
        return "decision table"

    @cached_property
    def _read(self) -> tuple[Mapping[str, Domain], list[Version], list[Fault]]:
        return read_table(
            self.path,
            self.name,
            gives=self.gives,
            inputs=self._given_inputs,
            first=self.first,
        )

    @cached_property
    def faults(self) -> list[PeelianError]:
        """Everything that is wrong with the file; empty if nothing is."""
        return [
            PeelianError(
                f'{self.word} "{self.name}" {fault.summary}',
                where=", ".join(part for part in (self.shown, fault.where) if part),
                found=fault.found,
                matters=fault.matters,
                fix=fault.fix,
                id=fault.id,
            )
            for fault in self._read[2]
        ]

    @property
    def inputs(self) -> Mapping[str, Domain]:
        """What must be stated in a look, and what each may be."""
        self._sound()
        return self._read[0]

    @property
    def versions(self) -> list[Version]:
        """All versions, oldest first."""
        self._sound()
        return self._read[1]

    @property
    def first_in_force(self) -> date:
        """Day from which the oldest version is in force."""
        return self.versions[0].in_force

    def version_on(self, on: date) -> Version:
        """Return the version in force on a day.

        Raises
        ------
        InvalidInput
            ``peelian.E111`` before the first version.
        Faults
            If the file is at fault.
        """
        for version in reversed(self.versions):
            if version.in_force <= on:
                return version
        raise InvalidInput(
            f'{self.word} "{self.name}" has no version on {on}',
            where=self.shown,
            found=f"the first version is in force from {self.first_in_force}",
            matters="a rule is never stretched back over a time before it was made",
            fix="check the date; if another rule was in force then, add it as a [[version]] with its source",
            id="peelian.E111",
        )

    def _found(self, version: Version, row: Row) -> Found:
        return Found(
            row.values,
            row.source,
            row.evidence,
            version.in_force,
            self.name,
            row.number,
            row.why_not,
        )

    def _sound(self) -> None:
        if self.faults:
            raise Faults(self.faults)


class Dated(_Declared):
    """One value of law or policy.

    Parameters
    ----------
    path : Path
        TOML file; the whole file is this value, or its section of this name is.
    name : str
        Name of the value, as explanations show it.
    kind : type
        ``int``, ``float``, ``str``, ``bool``, ``date`` or ``Period``.
    """

    def __init__(self, path: Path, name: str, kind: Kind, *, registry: Registry = REGISTRY) -> None:
        super().__init__(path, name, {"value": kind}, {}, registry)

    @property
    def word(self) -> str:
        """What messages call it."""
        return "dated value"

    def look(self, *, on: date) -> Found:
        """Return the value in force on a day, as ``found.value``; raises as :meth:`version_on`."""
        version = self.version_on(on)
        return self._found(version, version.rows[0])


class Table(_Declared):
    """A decision table: inputs to what is given, one version after another.

    Parameters
    ----------
    path : Path
        TOML or CSV file. A TOML file is this table, or its section of this name is.
    name : str
        Name of the table, as explanations show it.
    gives : mapping of str to type
        Columns that the table gives: ``int``, ``float``, ``str``, ``bool``, ``date`` or ``Period``.
    inputs : mapping of str to Span or Choice, optional
        For a CSV file: what each input may be. A TOML file says so itself.
    hit : {"one", "first"}
        Whether exactly one row must fit, or the first that fits wins.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        *,
        gives: Mapping[str, Kind],
        inputs: Mapping[str, Domain] | None = None,
        hit: Literal["one", "first"] = "one",
        registry: Registry = REGISTRY,
    ) -> None:
        self._hit = hit
        super().__init__(path, name, gives, inputs, registry)

    @property
    def first(self) -> bool:
        """Whether the first row that fits wins."""
        return self._hit == "first"

    def look(self, *, on: date, **inputs: object) -> Found:
        """Return the row for these inputs in the version in force on a day.

        Raises
        ------
        InvalidInput
            ``peelian.E111`` before the first version, ``peelian.E112`` if an input is missing, unknown or outside what
            the table covers. The message names the input, never its value.
        Faults
            If the file is at fault.
        """
        wrong = [f"{name} is not stated" for name in self.inputs if name not in inputs]
        wrong += [f"{name} is not an input" for name in inputs if name not in self.inputs]
        stated = ((name, domain) for name, domain in self.inputs.items() if name in inputs)
        wrong += [f"{name} is not {domain}" for name, domain in stated if not domain.holds(inputs[name])]
        if wrong:
            raise InvalidInput(
                f'decision table "{self.name}" cannot be looked up',
                where=self.shown,
                found="; ".join(wrong),
                matters="the table has no row for it, and a guess would look like a rule",
                fix="state each input, as the table knows it",
                id="peelian.E112",
            )
        version = self.version_on(on)
        row = next(row for row in version.rows if all(part.holds(inputs[name]) for name, part in row.box.items()))
        return self._found(version, row)
