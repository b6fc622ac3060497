"""The document tree: what a profile or a sheet says, before anyone decides how it looks.

One tree gives the HTML page and the PDF (`peelian.documents`), so the two cannot differ. All text is plain: nothing in it
is markup. A node that could mislead is refused when it is made: a picture without words, a table row with a cell too
many, a task that rests on no finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from .errors import InvalidInput

NOT_KNOWN = "not known"


def _refuse_empty(what: str, **texts: str) -> None:
    for name, text in texts.items():
        if not text.strip():
            raise InvalidInput(
                f"{what} has no {name.replace('_', ' ')}",
                matters="a reader could not tell what is shown",
                fix=f"state its {name.replace('_', ' ')}",
                id="peelian.E130",
            )


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; it is never shown without it."""

    value: float
    low: float
    high: float

    def show(self, decimals: int = 1) -> str:
        """As words: ``4.2 (3.9 to 4.6)``."""
        return f"{self.value:,.{decimals}f} ({self.low:,.{decimals}f} to {self.high:,.{decimals}f})"


Cell: TypeAlias = str | int | float | date | Estimate | None
Kind: TypeAlias = Literal["text", "number", "percent", "date"]


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, what its cells are, their unit and decimals.

    A ``percent`` cell holds a fraction (0.25 shows as 25%). A text in a column of numbers says why there is no number
    ("fewer than 5"); a missing value shows as "not known".
    """

    label: str
    kind: Kind = "text"
    unit: str = ""
    decimals: int = 0

    @property
    def heading(self) -> str:
        """The label with its unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def numeric(self) -> bool:
        """True where cells are set to the right."""
        return self.kind in ("number", "percent")

    def show(self, cell: Cell) -> str:
        """The text of one cell."""
        match cell:
            case None:
                return NOT_KNOWN
            case str():
                return cell
            case datetime():
                return f"{cell.day} {cell:%B %Y %H:%M}"
            case date():
                return f"{cell.day} {cell:%B %Y}"
            case Estimate():
                if self.kind == "percent":
                    low, high = 100 * cell.low, 100 * cell.high
                    return (
                        f"{100 * cell.value:.{self.decimals}f}% ({low:.{self.decimals}f} to {high:.{self.decimals}f})"
                    )
                return cell.show(self.decimals)
            case _ if self.kind == "percent":
                return f"{100 * cell:.{self.decimals}f}%"
            case _:
                return f"{cell:,.{self.decimals}f}"


@dataclass(frozen=True)
class Source:
    """Where figures come from: a batch of records, a published table, a method."""

    label: str
    detail: str = ""

    def __post_init__(self) -> None:
        _refuse_empty("a source", label=self.label)


@dataclass(frozen=True)
class Table:
    """Rows under typed columns, with a caption that says what they are."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        _refuse_empty("a table", caption=self.caption)
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                raise InvalidInput(
                    "a row of a table does not fit its columns",
                    where=f'table "{self.caption}", row {number}',
                    found=f"{len(row)} cells under {len(self.columns)} columns",
                    id="peelian.E131",
                )

    @property
    def shown(self) -> tuple[tuple[str, ...], ...]:
        """Each row as the texts of its cells."""
        return tuple(
            tuple(column.show(cell) for column, cell in zip(self.columns, row, strict=True)) for row in self.rows
        )


@dataclass(frozen=True)
class Figure:
    """A drawing with its title (a finding), its text alternative, its table and the sources it was drawn from.

    `drawing` is a Vega-Lite specification (a mapping) or finished SVG (text). `alt` says in words what the drawing
    shows; without it the figure is refused, because a reader who cannot see would be told less.
    """

    title: str
    drawing: Mapping[str, Any] | str
    alt: str
    table: Table
    sources: tuple[Source, ...]

    def __post_init__(self) -> None:
        _refuse_empty("a figure", title=self.title, text_alternative=self.alt)
        if not self.sources:
            raise InvalidInput("a figure has no source", where=f'figure "{self.title}"', id="peelian.E132")


@dataclass(frozen=True)
class Paragraph:
    """Plain prose."""

    text: str

    def __post_init__(self) -> None:
        _refuse_empty("a paragraph", text=self.text)


@dataclass(frozen=True)
class Finding:
    """A key sentence. `id` is what a task names as its reason."""

    id: str
    text: str

    def __post_init__(self) -> None:
        _refuse_empty("a finding", id=self.id, text=self.text)


@dataclass(frozen=True)
class Note:
    """A limit of what is said: what is not known, what is left out, how a figure must not be read."""

    text: str
    title: str = "Take care"

    def __post_init__(self) -> None:
        _refuse_empty("a note", title=self.title, text=self.text)


@dataclass(frozen=True)
class Points:
    """A list of short texts."""

    items: tuple[str, ...]

    def __post_init__(self) -> None:
        for item in self.items:
            _refuse_empty("a point of a list", text=item)


@dataclass(frozen=True)
class Task:
    """A recommendation: what is proposed, to which role, by when, resting on which findings, and how success will show."""

    what: str
    owner: str
    by: date
    findings: tuple[str, ...]
    measure: str

    def __post_init__(self) -> None:
        _refuse_empty("a task", wording=self.what, owner=self.owner, measure=self.measure)
        if not self.findings:
            raise InvalidInput("a task rests on no finding", where=f'task "{self.what}"', id="peelian.E133")


Block: TypeAlias = "Paragraph | Finding | Note | Points | Table | Figure | Task | Section"


@dataclass(frozen=True)
class Section:
    """A titled part of a document; a section inside a section is a sub-section."""

    title: str
    blocks: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        _refuse_empty("a section", title=self.title)


@dataclass(frozen=True)
class Document:
    """A whole document.

    Parameters
    ----------
    title, subtitle : str
        What it is about; of where and when.
    marking : str
        Protective marking, shown on every page.
    edition : date
        The day on which what it says was known.
    meta : tuple of (str, str)
        Pairs of label and text for the head of the first page.
    sections : tuple of Section
    facts : mapping, optional
        What other parts of the program may read of it; it is printed nowhere.

    Raises
    ------
    InvalidInput
        If two findings have one id, or a task rests on a finding that is not in the document.
    """

    title: str
    subtitle: str
    marking: str
    edition: date
    meta: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = field(default=())
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _refuse_empty("a document", title=self.title, marking=self.marking)
        findings = [block.id for block in self.blocks() if isinstance(block, Finding)]
        twice = sorted({id for id in findings if findings.count(id) > 1})
        if twice:
            raise InvalidInput("two findings have one id", found=", ".join(twice), id="peelian.E134")
        for task in self.blocks():
            if isinstance(task, Task) and (lost := [id for id in task.findings if id not in findings]):
                raise InvalidInput(
                    "a task rests on a finding that is not in the document",
                    where=f'task "{task.what}"',
                    found=", ".join(lost),
                    id="peelian.E135",
                )

    def blocks(self) -> Iterator[Block]:
        """Every block of every section, in the order of reading; sections before what they hold."""
        return _walk(self.sections)

    def finding(self, id: str) -> Finding:
        """The finding with this id."""
        return next(block for block in self.blocks() if isinstance(block, Finding) and block.id == id)

    def texts(self) -> Iterator[str]:
        """Every text that is printed in any rendering, in the order of reading; a figure's `alt` stands beside it."""
        yield from (self.title, self.subtitle, self.marking, Column("", "date").show(self.edition))
        yield from (text for pair in self.meta for text in pair)
        for block in self.blocks():
            yield from _texts(block)


def _walk(blocks: tuple[Block, ...] | tuple[Section, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Section):
            yield from _walk(block.blocks)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Section(title=title):
            yield title
        case Paragraph(text=text) | Finding(text=text):
            yield text
        case Note(text=text, title=title):
            yield from (title, text)
        case Points(items=items):
            yield from items
        case Task():
            yield from (block.what, block.owner, Column("", "date").show(block.by), block.measure)
        case Figure():
            yield block.title
            yield from _texts(block.table)
            yield from _source_texts(block.sources)
        case Table():
            yield block.caption
            yield from (column.heading for column in block.columns)
            yield from (text for row in block.shown for text in row)
            yield from (text for text in (block.note,) if text)
            yield from _source_texts(block.sources)


def _source_texts(sources: tuple[Source, ...]) -> Iterator[str]:
    yield from (text for source in sources for text in (source.label, source.detail) if text)
