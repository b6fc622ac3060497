"""Who asks: somebody signed in, with the purpose stated there, or another system with its key and a Purpose header."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie

from peelian.access.actor import Actor
from peelian.access.tokens import bearer


class Session(APIKeyCookie):
    """A signed-in browser; a request that changes something carries the CSRF token."""

    param_name = "sessionid"

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """The actor that every page has."""
        return request.actor  # type: ignore[no-any-return]


class Key(HttpBearer):
    """``Authorization: Bearer ...`` with a ``Purpose`` header."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Whom the key speaks for."""
        request.actor = bearer(token, request.headers.get("Purpose", ""), at=datetime.now(UTC))
        return request.actor
