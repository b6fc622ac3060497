"""Emerging problems: ask for a look, read what it raised, take it as a PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe

from peelian.access.actor import record_act
from peelian.core.document import Document, Figure
from peelian.core.errors import PeelianError
from peelian.documents import drawing, html
from peelian.documents.pdf import pdf
from peelian.prevention.emerging import MONTHS, emerging
from peelian.prevention.emerging_document import document_of
from peelian.records.areas import areas

SEED = 1  # the same question on the same day gives the same document, on the page and as PDF
YEARS = {"24": "Two years", "36": "Three years", "60": "Five years"}


class EmergingForm(forms.Form):
    """Where to look, and how far back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [*areas("force"), *areas("district")]
        self.fields["area"] = forms.ChoiceField(
            label="Where?",
            required=False,
            help_text="A rise is measured against the rest of the area that is chosen here.",
            choices=[("", "Everywhere the force records"), *((place.code, place.name) for place in places)],
            error_messages={"invalid_choice": "Choose one of the areas listed"},
        )
        self.fields["months"] = forms.ChoiceField(
            label="How far back?",
            initial=str(MONTHS),
            help_text="The last months are compared with the same months of these years, as far as they are held.",
            choices=list(YEARS.items()),
            error_messages={"required": "Choose how far back", "invalid_choice": "Choose one of the spans listed"},
        )


def look(request: HttpRequest) -> HttpResponse:
    """The form, or what the look raised; its pictures answer to the pointer where the browser runs our scripts."""
    form = EmergingForm(request.GET if "ask" in request.GET else None)
    if not form.is_valid():
        return render(request, "peelian/emerging.html", {"section": "profiles", "form": form})
    document = _document(request, form.cleaned_data)
    figures = [block for block in document.blocks() if isinstance(block, Figure)]
    specs = [dict(f.drawing) if isinstance(f.drawing, Mapping) else None for f in figures]
    return render(
        request,
        "peelian/emerging.html",
        {
            "section": "profiles",
            "document": document,
            "article": html.article(document),
            "style": mark_safe(html.style()),
            "charts": {"specs": specs, "config": drawing.config()},
            "wish": urlencode({"ask": "yes", **form.cleaned_data}),
        },
    )


def as_pdf(request: HttpRequest) -> HttpResponse:
    """The same as an accessible PDF."""
    form = EmergingForm(request.GET)
    if not form.is_valid():
        raise PeelianError("the address of this look is not whole", fix="ask again from the page of emerging problems")
    return HttpResponse(
        pdf(_document(request, form.cleaned_data)),
        content_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="emerging-problems.pdf"'},
    )


def _document(request: HttpRequest, wish: Mapping[str, str]) -> Document:
    found = emerging(
        request.actor,
        on=timezone.localdate(),
        rng=np.random.default_rng(SEED),
        area=wish["area"],
        months=int(wish["months"]),
    )
    record_act(
        request.actor,
        "consultation",
        "emerging problems",
        detail={"area": found.area, "months": int(wish["months"]), "level": found.level, "found": len(found.problems)},
    )
    return document_of(found)
