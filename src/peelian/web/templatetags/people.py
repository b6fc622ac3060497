"""Words of the person page: the rows that say a thing, of which a page has hundreds."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from peelian.identity.person import Said

from .look import feed_words, num, when

register = template.Library()
SHOWN = 3  # rows of one thing before the others are folded away


@register.filter
def said(rows: Sequence[Said]) -> SafeString:
    """Who says a thing: each row with its batch, line, date and class; beyond `SHOWN`, behind a click."""
    shown, others = [_row(s) for s in rows[:SHOWN]], [_row(s) for s in rows[SHOWN:]]
    told = _lines(shown)
    if others:
        told += format_html("<details><summary>all {} rows</summary>{}</details>", num(len(rows)), _lines(others))
    return told


def _lines(rows: list[SafeString]) -> SafeString:
    return format_html_join(SafeString("<br>"), "{}", ((row,) for row in rows))


def _row(s: Said) -> SafeString:
    if not s.batch:
        return format_html(
            '<span class="said-by">Sanitised: who said it is not told <span class="quiet">held from {}</span></span>',
            when(s.known_from),
        )
    return format_html(
        '<span class="said-by"><a href="{}">{}, line {}</a> <span class="quiet">held from {}; <a href="#class-{}">{}</a></span></span>',
        reverse("batch", args=[s.batch[:16]]),
        feed_words(s.feed),
        num(s.line),
        when(s.known_from),
        s.record_class,
        s.record_class,
    )
