"""The document tree as accessible HTML, in the look of the pages.

`article` is for a page that already has its head; `page` is a file that stands alone, with its style inside.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from importlib.resources import files

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from peelian.core.document import (
    Block,
    Column,
    Document,
    Figure,
    Finding,
    Note,
    Paragraph,
    Points,
    Section,
    Source,
    Table,
    Task,
)

from .drawing import svg
from .legible import visible

_DAY = Column("", "date")


def style() -> str:
    """What a document needs beyond look.css."""
    return (files("peelian.documents") / "document.css").read_text()


def page(document: Document) -> str:
    """A whole HTML file that needs no other file and no network."""
    look = (files("peelian") / "web/static/peelian/look.css").read_text()
    whole = format_html(
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><title>{} · {}</title>'
        '<style>{}</style></head>\n<body><a class="skip" href="#main">Skip to main content</a>'
        '<main id="main">{}</main></body></html>\n',
        visible(document.title),
        visible(document.subtitle),
        mark_safe(look + style()),
        article(document),
    )
    return str(whole)


def article(document: Document) -> SafeString:
    """The document as one `<article class="document">`, to stand inside a page.

    Characters that cannot be seen stand as their numbers (`peelian.documents.legible.visible`).
    """
    return mark_safe(visible(_article(document)))


def _article(document: Document) -> SafeString:
    names = {id(section): f"s-{number}" for number, section in enumerate(document.sections, 1)}
    return format_html(
        '<article class="document"><header><p class="marking"><span class="mark strong">{}</span></p><h1>{}</h1>'
        '<p class="subtitle">{}</p><dl class="pairs">{}<dt>Edition</dt><dd>{}</dd></dl></header>'
        '<nav class="contents noprint" aria-label="Contents"><ol>{}</ol></nav>{}'
        '<p class="marking"><span class="mark strong">{}</span></p></article>',
        document.marking,
        document.title,
        document.subtitle,
        format_html_join("", "<dt>{}</dt><dd>{}</dd>", document.meta),
        _DAY.show(document.edition),
        format_html_join("", '<li><a href="#{}">{}</a></li>', ((names[id(s)], s.title) for s in document.sections)),
        _join(
            format_html(
                '<section class="sheet" id="{}"><h2>{}</h2>{}</section>',
                names[id(s)],
                s.title,
                _blocks(document, s.blocks, 3),
            )
            for s in document.sections
        ),
        document.marking,
    )


def _join(parts: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(parts))


def _blocks(document: Document, blocks: Iterable[Block], level: int) -> SafeString:
    return _join(_block(document, block, level) for block in blocks)


def _block(document: Document, block: Block, level: int) -> SafeString:
    match block:
        case Paragraph(text=text):
            return format_html("<p>{}</p>", text)
        case Finding(id=id, text=text):
            return format_html('<p class="finding" id="{}">{}</p>', _name(id), text)
        case Note(text=text, title=title):
            return format_html('<div class="note" role="note"><p><b>{}.</b> {}</p></div>', title, text)
        case Points(items=items):
            return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((item,) for item in items)))
        case Task():
            return _task(document, block)
        case Table():
            return _table(block)
        case Figure():
            return _figure(block, level)
        case Section(title=title):
            return format_html("<h{}>{}</h{}>{}", level, title, level, _blocks(document, block.blocks, level + 1))


def _name(finding: str) -> str:
    return "finding-" + re.sub(r"[^A-Za-z0-9]+", "-", finding)


def _task(document: Document, task: Task) -> SafeString:
    why = format_html_join(
        "",
        '<li>{} <a class="small" href="#{}">finding</a></li>',
        ((document.finding(id).text, _name(id)) for id in task.findings),
    )
    return format_html(
        '<div class="proposal"><div class="small quiet">Proposed task</div><div class="what">{}</div><ul class="why">{}</ul>'
        '<dl class="pairs"><dt>Owner</dt><dd>{}</dd><dt>By</dt><dd>{}</dd><dt>Success</dt><dd>{}</dd></dl></div>',
        task.what,
        why,
        task.owner,
        _DAY.show(task.by),
        task.measure,
    )


def _figure(figure: Figure, level: int) -> SafeString:
    picture = base64.b64encode(svg(figure).encode()).decode()
    return format_html(
        '<figure><h{0}>{1}</h{0}><img src="data:image/svg+xml;base64,{2}" alt="{3}">'
        '<details><summary>Table: {4}</summary>{5}</details><figcaption class="small quiet">{6}</figcaption></figure>',
        level,
        figure.title,
        mark_safe(picture),
        figure.alt,
        figure.table.caption,
        _table(figure.table),
        _sources(figure.sources),
    )


def _table(table: Table) -> SafeString:
    heads = _join(
        format_html('<th scope="col"{}>{}</th>', mark_safe(' class="n"' if column.numeric else ""), column.heading)
        for column in table.columns
    )
    rows = _join(
        format_html("<tr>{}</tr>", _join(map(_cell, table.columns, row, range(len(row))))) for row in table.shown
    )
    notes = format_html('<p class="small quiet">{}</p>', table.note) if table.note else ""
    sources = format_html('<p class="small quiet">{}</p>', _sources(table.sources)) if table.sources else ""
    return format_html(
        '<div class="scroll" tabindex="0" role="region" aria-label="{0}"><table class="stack"><caption>{0}</caption>'
        "<thead><tr>{1}</tr></thead><tbody>{2}</tbody></table></div>{3}{4}",
        table.caption,
        heads,
        rows,
        notes,
        sources,
    )


def _cell(column: Column, text: str, position: int) -> SafeString:
    number = mark_safe(' class="n"' if column.numeric else "")
    if position == 0:
        return format_html('<th scope="row"{}>{}</th>', number, text)
    return format_html('<td{} data-h="{}">{}</td>', number, column.heading, text)


def _sources(sources: tuple[Source, ...]) -> SafeString:
    told = (format_html("{}, {}", s.label, s.detail) if s.detail else SafeString(escape(s.label)) for s in sources)
    return format_html("Source: {}.", mark_safe("; ".join(told)))
