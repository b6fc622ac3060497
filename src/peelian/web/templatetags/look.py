"""Words of the templates: numbers, times, links that sort, and the marks of a page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from peelian.access.actor import PURPOSES, Actor, allowed_classes
from peelian.access.models import RecordClass
from peelian.casework.queues import MOST
from peelian.web.words import AREA_KINDS, category_words, feed_words

register = template.Library()


@register.filter
def num(value: float | int | None) -> str:
    """A number as people write it: 115,065."""
    return "" if value is None else f"{value:,}"


@register.filter
def so_far(count: int, words: str = "") -> str:
    """The length of a list, which is counted to 1,000 and no further, with its noun: "1,000+ cases"."""
    number = f"{MOST:,}+" if count > MOST else f"{count:,}"
    one, _, many = words.partition(",")
    return f"{number} {one if count == 1 else many}" if words else number


@register.filter
def plural(count: int, words: str) -> str:
    """The count with its noun: ``{{ 2|plural:"row,rows" }}`` is "2 rows"."""
    one, many = words.split(",")
    return f"{count:,} {one if count == 1 else many}"


@register.filter
def when(at: datetime | date | None) -> str | SafeString:
    """A time as people say it, London time, with the exact one in its attributes."""
    if at is None:
        return ""
    if not isinstance(at, datetime):
        return format_html('<time datetime="{}">{}</time>', at.isoformat(), f"{at.day} {at:%b %Y}")
    local = timezone.localtime(at)
    days = (timezone.localdate() - local.date()).days
    day = {0: "today", 1: "yesterday"}.get(days, f"{local.day} {local:%b %Y}")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(timespec="seconds"),
        f"{local.day} {local:%B %Y, %H:%M:%S %Z}",
        f"{day} {local:%H:%M}",
    )


@register.filter
def cell(row: dict[str, Any], key: str) -> Any:
    """The value of a mapping under a key known only when the page is made."""
    return row.get(key, "")


@register.simple_tag(takes_context=True)
def sort_th(context: dict[str, Any], key: str, label: str, css: str = "") -> SafeString:
    """A column header that sorts its list; it says which way the list stands."""
    listing = context["listing"]
    query: QueryDict = context["request"].GET.copy()
    query.pop("page", None)
    down = listing.sort == key
    query["sort"] = f"-{key}" if down else key
    state = "ascending" if down else "descending" if listing.sort == f"-{key}" else "none"
    mark = {"ascending": " ↑", "descending": " ↓", "none": ""}[state]
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a href="?{}">{}{}</a></th>',
        css,
        state,
        query.urlencode(),
        label,
        mark,
    )


@register.filter
def purpose_words(actor: Actor) -> str:
    """What an actor's purpose is called."""
    return PURPOSES[actor.purpose]


@register.filter
def may_find(actor: Actor) -> bool:
    """Whether an actor may see any record of people, so that the search is of use."""
    return RecordClass.objects.filter(code__in=allowed_classes(actor)).exclude(regime="none").exists()


register.filter("feed", feed_words)
register.filter("category", category_words)


@register.filter
def area_kind(kind: str) -> str:
    """What areas of a kind are called."""
    return AREA_KINDS.get(kind, kind)


@register.filter
def month(text: str) -> str:
    """2018-03 as March 2018."""
    return f"{date.fromisoformat(text + '-01'):%B %Y}"
