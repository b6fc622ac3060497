"""Forecasts and series candidates: ask, read, take as a PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe

from peelian.access.actor import Actor, record_act
from peelian.core.clock import plain_day
from peelian.core.document import Document, Figure
from peelian.core.errors import PeelianError
from peelian.documents import drawing, html
from peelian.documents.pdf import pdf
from peelian.prevention.forecasts import forecast
from peelian.prevention.series import series
from peelian.prevention.themes import THEMES
from peelian.records.areas import areas

from ..map_data import Asked, feeds_of
from ..words import feed_words

SEED = 1  # the same question on the same day gives the same document, on the page and as PDF
_AHEAD = {
    f"{n}-{by}": f"The next {f'{n} {by}s' if n > 1 else by}" for by, n in (("month", 1), ("month", 3), ("week", 1), ("week", 4))
}  # fmt: skip


class _AskForm(forms.Form):
    """What about, where, and from which records."""

    def __init__(self, actor: Actor, themes: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [*areas("force"), *areas("district")]
        feeds = feeds_of(actor)
        self.fields["theme"] = forms.ChoiceField(
            label="What about?",
            choices=[("", "Choose"), *((slug, THEMES[slug].title) for slug in themes)],
            error_messages={
                "required": "Choose what it is about",
                "invalid_choice": "Choose one of the kinds listed",
            },
        )
        self.fields["area"] = forms.ChoiceField(
            label="Where?",
            required=False,
            choices=[("", "Everywhere the force records"), *((place.code, place.name) for place in places)],
            error_messages={"invalid_choice": "Choose one of the areas listed"},
        )
        if len(feeds) > 1:
            self.fields["feed"] = forms.ChoiceField(
                label="From which records?",
                required=False,
                choices=[("", "The most detailed that hold them"), *((feed, feed_words(feed)) for feed in feeds)],
                error_messages={"invalid_choice": "Choose one of the records listed"},
            )


class ForecastForm(_AskForm):
    """A forecast: how far ahead, and for which places."""

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, [slug for slug, theme in THEMES.items() if not theme.police_generated], *args, **kwargs)
        self.fields[
            "theme"
        ].help_text = "Drugs and weapon possession are not offered: police activity itself makes those records, and patrol that followed them would make more."
        for name, label, choices in (
            ("ahead", "How far ahead?", _AHEAD),
            ("places", "For which places?", {"lsoa": "LSOAs, of about 1,500 people", "cell": "Squares of 500 m"}),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=list(choices.items()),
                error_messages={"required": "Choose one", "invalid_choice": "Choose one of those listed"},
            )

    def document(self, actor: Actor, *, on: date) -> Document:
        """The forecast asked for."""
        told = self.cleaned_data
        ahead, by = told["ahead"].split("-")
        return forecast(
            actor, told["theme"], area=told["area"], on=on, horizon=int(ahead), rng=np.random.default_rng(SEED), by=by,
            places=told["places"], feed=told.get("feed") or None,
        )  # fmt: skip


class SeriesForm(_AskForm):
    """Series candidates: of which days."""

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, list(THEMES), *args, **kwargs)
        for name, label in (("from", "First day"), ("to", "Last day")):
            self.fields[name] = forms.DateField(
                label=label,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                error_messages={
                    "required": f"Enter the {label.lower()}",
                    "invalid": f"Enter the {label.lower()} as a date",
                },
            )

    def clean(self) -> dict[str, Any]:
        """A period runs forward."""
        told = super().clean() or {}
        if told.get("from") and told.get("to") and told["from"] > told["to"]:
            self.add_error("to", "The last day lies before the first")
        return told

    def document(self, actor: Actor, *, on: date) -> Document:
        """The candidates asked for."""
        told = self.cleaned_data
        return series(
            actor, told["theme"], area=told["area"], start=plain_day(told["from"]), end=plain_day(told["to"]), on=on,
            rng=np.random.default_rng(SEED), feed=told.get("feed") or None,
        )  # fmt: skip


@dataclass(frozen=True)
class _Page:
    """One of the two pages; `name` is that of its address, with ``-pdf`` that of its PDF."""

    name: str
    title: str
    about: str
    button: str
    form: Callable[..., ForecastForm | SeriesForm]


_FORECAST = _Page(
    "forecasts",
    "Forecasts",
    "How much to expect where. Before anything else it says whether it would have been better than last year's counts, whom it would have "
    "watched, and how far to trust it. It is of places, never of a person.",
    "Make the forecast",
    ForecastForm,
)
_SERIES = _Page(
    "series",
    "Series",
    "Offences so near in place and time, and so alike, that they may belong together: candidates for an analyst to read, no proof, and of no "
    "person.",
    "Look for series",
    SeriesForm,
)


def forecasts(request: HttpRequest) -> HttpResponse:
    """The form, or the forecast with its card."""
    return _answer(request, _FORECAST, {})


def series_page(request: HttpRequest) -> HttpResponse:
    """The form, or the candidates."""
    asked = Asked.of(request.actor, {}, on=timezone.localdate())
    return _answer(request, _SERIES, {"from": asked.start.isoformat(), "to": asked.end.isoformat()})


def forecast_pdf(request: HttpRequest) -> HttpResponse:
    """The same forecast as an accessible PDF."""
    return _pdf(request, _FORECAST)


def series_pdf(request: HttpRequest) -> HttpResponse:
    """The same candidates as an accessible PDF."""
    return _pdf(request, _SERIES)


def _answer(request: HttpRequest, page: _Page, initial: dict[str, str]) -> HttpResponse:
    form = page.form(request.actor, request.GET if "ask" in request.GET else None, initial=initial)
    told: dict[str, Any] = {"section": "profiles", "page": page, "form": form, "held": bool(feeds_of(request.actor))}
    if form.is_valid():
        document = _document(request, page, form, {})
        figures = [block for block in document.blocks() if isinstance(block, Figure)]
        told |= {
            "document": document,
            "article": html.article(document),
            "style": mark_safe(html.style()),
            "charts": {
                "specs": [dict(f.drawing) if isinstance(f.drawing, Mapping) else None for f in figures],
                "config": drawing.config(),
            },
            "here": page.name,
            "pdf": f"{page.name}-pdf",
            "wish": urlencode({"ask": "yes", **_plain(form)}),
        }
    return render(request, "peelian/forecasts.html", told)


def _pdf(request: HttpRequest, page: _Page) -> HttpResponse:
    form = page.form(request.actor, request.GET)
    if not form.is_valid():
        raise PeelianError("the address is not whole", fix=f"ask again from the page {page.title}")
    return HttpResponse(
        pdf(_document(request, page, form, {"as": "pdf"})),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{page.name}.pdf"'},
    )


def _document(request: HttpRequest, page: _Page, form: ForecastForm | SeriesForm, detail: dict[str, str]) -> Document:
    document = form.document(request.actor, on=timezone.localdate())
    record_act(request.actor, "consultation", page.name, detail={**_plain(form), **detail})
    return document


def _plain(form: forms.Form) -> dict[str, str]:
    return {name: str(value) for name, value in form.cleaned_data.items()}
