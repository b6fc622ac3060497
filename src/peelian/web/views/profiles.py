"""Problem profiles: ask for one, read it, take it as a PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def ask(request: HttpRequest) -> HttpResponse:
    """The form that asks for a profile."""
    return render(request, "peelian/profiles.html", {"section": "profiles"})
