"""Lists of the site: sorted, paged and exported in one way."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

PER_PAGE = 50


@dataclass(frozen=True)
class Listing:
    """One page of a list, the order it stands in and the rows it has in all."""

    page: Page[Any]
    sort: str
    rows: Any

    @property
    def total(self) -> int:
        """How many rows the whole list has."""
        return self.page.paginator.count


def listing(request: HttpRequest, rows: QuerySet[Any], columns: Mapping[str, str], *, first: str) -> Listing:
    """The page of `rows` that the address asks for.

    Parameters
    ----------
    columns : mapping of str to str
        Names a reader may sort by, with the field each stands for.
    first : str
        The order without a wish, as a name with or without a leading minus.
    """
    sort = request.GET.get("sort", first)
    if sort.lstrip("-") not in columns:
        sort = first
    rows = rows.order_by(("-" if sort.startswith("-") else "") + columns[sort.lstrip("-")], "pk")
    return Listing(Paginator(rows, PER_PAGE).get_page(request.GET.get("page")), sort, rows)


def csv_text(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """The rows as the text of a CSV file that a spreadsheet may open."""
    text = io.StringIO(newline="")
    written = csv.writer(text)
    written.writerow(header)
    written.writerows([_harmless(value) for value in row] for row in rows)
    return text.getvalue()


class _Echo:
    def write(self, line: str) -> str:
        return line


def _harmless(value: Any) -> Any:
    """A spreadsheet runs a cell that begins so (a Japanese one also at the wide letters); an apostrophe keeps it text."""
    return f"'{value}" if isinstance(value, str) and value[:1] and value[0] in "=+-@\t\r\n＝＋－＠" else value


def csv_response(name: str, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """The rows as a CSV file to save, sent while it is made."""
    write = csv.writer(_Echo()).writerow

    def lines() -> Iterator[str]:
        yield write(header)
        for row in rows:
            yield write([_harmless(value) for value in row])

    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
