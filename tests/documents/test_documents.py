"""HTML and PDF of one tree say the same; no text of a record can act as markup."""

import base64
import html
import io
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from peelian.core.document import (
    Column,
    Document,
    Estimate,
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
from peelian.documents.html import article, page
from peelian.documents.legible import _PRINTED, _is_printed, printable, visible
from peelian.documents.pdf import pdf

SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"values": [{"month": "January", "crimes": 3}, {"month": "February", "crimes": 4}]},
    "mark": "bar",
    "encoding": {"x": {"field": "month", "type": "nominal"}, "y": {"field": "crimes", "type": "quantitative"}},
}
TABLE = Table(
    "Crimes by month",
    (Column("Month"), Column("Crimes", "number"), Column("Rate", "number", "per 1,000", 1)),
    (("January", 3, Estimate(1.2, 0.9, 1.5)), ("February", "fewer than 5", None)),
    note="Rates use the people who live there.",
)


def document(text="Plain prose.", **changes):
    parts = {
        "title": "Burglary in Essex",
        "subtitle": "January to July 2018",
        "marking": "OFFICIAL",
        "edition": date(2026, 11, 23),
        "meta": (("Asked by", "Superintendent"),),
        "sections": (
            Section("Summary", (Finding("f", "Burglary fell by 5%."), Paragraph(text))),
            Section(
                "Detail",
                (
                    Section(
                        "By month", (Figure("It fell", SPEC, "Bars: 3, then 4", TABLE, (Source("Batch", "1a2b"),)),)
                    ),
                    Note("No times are known.", "Limit"),
                    Points(("one point", "another point")),
                    Task("Visit victims", "Inspector, Southend", date(2027, 1, 1), ("f",), "Fewer repeats"),
                ),
            ),
        ),
    }
    return Document(**{**parts, **changes})


def text_of_html(markup):
    return html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<style>.*?</style>", "", markup)))


def text_of_pdf(data):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def squeezed(text):
    """Without white space: line ends of a PDF do not count, nor do ligatures."""
    return re.sub(r"\s", "", text)


def test_every_text_of_the_tree_stands_in_both():
    held = document()
    in_html, in_pdf = squeezed(text_of_html(page(held))), squeezed(text_of_pdf(pdf(held)))
    assert [t for t in held.texts() if squeezed(t) not in in_html] == []
    assert [t for t in held.texts() if squeezed(t) not in in_pdf] == []


def test_the_page_stands_alone():
    """No address of another host is asked for: no link, script, image or style that leaves the file."""
    asked = re.findall(r'(?:src|href)="([^"]*)"|url\(([^)]*)\)', page(document()))
    assert all(a.startswith(("#", "data:")) for a in (first or second for first, second in asked))
    assert "<script" not in page(document())


def structure(data):
    """Every element of the PDF's structure tree, as (role, text alternative)."""
    root = PdfReader(io.BytesIO(data)).trailer["/Root"]["/StructTreeRoot"]
    found, waiting = [], [root]
    while waiting:
        element = waiting.pop()
        element = element.get_object() if hasattr(element, "get_object") else element
        if isinstance(element, list):
            waiting += element
        elif isinstance(element, dict):
            found.append((element.get("/S"), element.get("/Alt")))
            waiting += [element["/K"]] if "/K" in element else []
    return found


def test_the_pdf_is_tagged_and_says_its_figures_in_words():
    data = pdf(document())
    root = PdfReader(io.BytesIO(data)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en-GB"
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_object().get_data()
    assert ("/Figure", "Bars: 3, then 4") in structure(data)
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L"} <= {role for role, _ in structure(data)}


def test_the_html_says_its_figures_in_words():
    picture = re.search(r'<img src="data:image/svg\+xml;base64,([^"]*)" alt="Bars: 3, then 4">', page(document()))
    assert "January" in base64.b64decode(picture[1]).decode()


def test_finished_svg_is_taken_as_it_is():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50"><rect width="9" height="9"/></svg>'
    figure = Figure("A square", svg, "A square", TABLE, (Source("Batch"),))
    held = document(sections=(Section("Only", (figure,)),))
    assert base64.b64encode(svg.encode()).decode() in page(held)
    assert ("/Figure", "A square") in structure(pdf(held))


def test_the_same_document_gives_the_same_bytes():
    assert pdf(document()) == pdf(document())


def test_every_character_counted_as_printable_is_drawn():
    """The PDF/UA check of Typst refuses a character that none of its own fonts draws; here it draws them all."""
    characters = "".join(chr(n) for part in _PRINTED for n in part if _is_printed(chr(n)))
    assert len(characters) > 1400
    held = document(characters)
    assert pdf(
        Document(
            held.title,
            held.subtitle,
            held.marking,
            held.edition,
            (),
            (Section(characters, (Finding("f", characters), Paragraph(characters))),),
        )
    )


@pytest.mark.parametrize(
    ("text", "in_pdf", "in_html"),
    [
        ("O\u2019Neil, Zo\u00eb", "O\u2019Neil, Zo\u00eb", "O\u2019Neil, Zo\u00eb"),
        ("Zoe\u0308", "Zo\u00eb", "Zoe\u0308"),
        ("\u6f22\u5b57", "[U+6F22][U+5B57]", "\u6f22\u5b57"),
        ("a\u202eb", "a[U+202E]b", "a[U+202E]b"),
        ("a\x00b", "a[U+0000]b", "a[U+0000]b"),
        ("a\ud800b", "a[U+D800]b", "a[U+D800]b"),
        ("a\n  b", "a b", "a\n  b"),
    ],
)
def test_no_character_vanishes(text, in_pdf, in_html):
    assert (printable(text), visible(text)) == (in_pdf, in_html)


@pytest.mark.parametrize(
    "text",
    [
        '#panic("x")',
        "$x$",
        "*b* _i_",
        "<label>",
        "@ref",
        "\\u{41}",
        "// gone",
        "= H",
        "`raw`",
        "\"a\" -- 'b'...",
        "~",
        "[x]",
        "</p><script>alert(1)</script>",
        "&amp;",
        "https://a.b",
    ],
)
def test_markup_is_text(text):
    held = document(text)
    assert squeezed(text) in squeezed(text_of_pdf(pdf(held)))
    assert squeezed(text) in squeezed(text_of_html(article(held)))
    assert "<script" not in article(held)


MARKUP = st.text(st.sampled_from(list("#$*_`<>@=-+/\\\"'~[]{}()&;: \nab1")), min_size=1)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_any_text_compiles(text):
    """Characters of any script, controls and lone surrogates too."""
    held = document(text, title=text, subtitle=text, meta=((text, text),))
    assert pdf(held).startswith(b"%PDF")
    assert visible(text) in text_of_html(article(held))


@settings(max_examples=40, deadline=None)
@given(MARKUP.filter(lambda text: text.strip()))
def test_any_mark_of_typst_or_html_arrives_as_it_was(text):
    held = document(sections=(Section("Only", (Paragraph(text),)),))
    assert squeezed(text) in squeezed(text_of_pdf(pdf(held)))
    assert text in text_of_html(article(held))
