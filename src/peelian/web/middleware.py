"""Headers of every page, and the actor without whom no page opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from peelian.access.actor import Actor, Denied
from peelian.core.errors import PeelianError
from peelian.web.sessions import FACTOR, NEEDED

# A form may lead on to the provider of single sign-on.
FORMS = ("'self'", *([f"{urlsplit(settings.OIDC_ISSUER).scheme}://{urlsplit(settings.OIDC_ISSUER).netloc}"] if settings.OIDC_ISSUER else []))  # fmt: skip
# No script but our own files; inline style only because Vega draws with it.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    f"object-src 'none'; base-uri 'none'; form-action {' '.join(FORMS)}; frame-ancestors 'none'"
)
Next = Callable[[HttpRequest], HttpResponseBase]


class HeadersMiddleware:
    """Close the page to other hosts, keep it out of caches, and show the times of London."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(ZoneInfo(settings.LONDON)):
            response = self.get_response(request)
            if response.status_code == 405 and request.method == "GET":
                response = _only_sent(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def _only_sent(request: HttpRequest) -> HttpResponse:
    """The page of an address that only takes what is sent: whoever was signed out before pressing a button is led there."""
    found = request.resolver_match
    ref = found.kwargs.get("ref", "") if found and found.route.startswith("cases/<slug:ref>/") else ""
    return render(request, "405.html", {"ref": ref}, status=405)


class SessionMiddleware:
    """End a session that lay idle."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "_auth_user_id" in request.session:
            now = int(timezone.now().timestamp())
            if now - request.session.get("seen", now) > settings.IDLE_MINUTES * 60:
                logout(request)
                messages.info(
                    request, f"You were signed out, since nothing was done here for {settings.IDLE_MINUTES} minutes."
                )
            elif now - request.session.get("seen", 0) > 60:  # not a write for every page
                request.session["seen"] = now
        return self.get_response(request)


class ActorMiddleware:
    """Give every view `request.actor`; without one, only views marked `login_not_required` open."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = None
        purpose = request.session.get("purpose")
        if purpose and request.session.get(FACTOR) != NEEDED and request.user.is_authenticated:
            try:
                actor = Actor.of(request.user, purpose, reason=request.session.get("reason", ""))
                # A page that only shows asks policy once; one that changes something asks each time.
                request.actor = actor.for_one_look() if request.method in ("GET", "HEAD") else actor
            except Denied:
                del request.session["purpose"]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Send whoever has not signed in, or has stated no purpose, to do that first."""
        if request.actor or not getattr(view, "login_required", True):
            return None
        if request.user.is_authenticated and request.session.get(FACTOR) == NEEDED:
            return redirect_to_login(request.get_full_path(), reverse("second-factor"))
        if request.user.is_authenticated and request.user.agency_id:
            return redirect_to_login(request.get_full_path(), reverse("purpose"))
        return redirect_to_login(request.get_full_path())

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Tell a fault that a person can act on as a page; leave the others to Django."""
        if isinstance(error, Denied):
            return render(request, "403.html", {"fault": error}, status=403)
        if isinstance(error, PeelianError):
            return render(request, "peelian/fault.html", {"fault": error}, status=400)
        return None
