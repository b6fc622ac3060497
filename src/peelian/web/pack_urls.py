"""The addresses of the intelligence pack and of cues on a call."""

from __future__ import annotations

from django.urls import path

from .views import call_cues, pack

urlpatterns = [
    path("pack/", pack.ask, name="pack-ask"),
    path("pack/cues/", call_cues.cues, name="call-cues"),
    path("pack/<slug:ref>/", pack.page, name="pack"),
    path("pack/<slug:ref>/time/", pack.time, name="pack-time"),
    path("pack/<slug:ref>/incident/", pack.incident, name="pack-incident"),
    path("pack/<slug:ref>/pack.pdf", pack.as_pdf, name="pack-pdf"),
]
