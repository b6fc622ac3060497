"""The one view of the API: its addresses are worked out when the first of them is asked for, and not with every command."""

from functools import lru_cache
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.openapi.docs import Swagger

from peelian.casework.kinds import KINDS

from .routes import build

ROOT = "/api/"


class _Docs(Swagger):
    """The page of the documentation, from the wheel: no host but this one is asked."""

    def get_openapi_url(self, api: NinjaAPI, path_params: dict[str, Any]) -> str:
        """Where the page finds what it shows."""
        return f"{ROOT}openapi.json"


@lru_cache(maxsize=2)
def of(kinds: tuple[str, ...]) -> tuple[NinjaAPI, Any]:
    """The API of these kinds, with its addresses."""
    made = build((KINDS[name] for name in kinds), namespace=f"api-{len(kinds)}-{hash(kinds)}")
    return made, URLResolver(RegexPattern(r"^"), made.urls[0])


@csrf_exempt  # whoever has a session is asked for the token by `auth.Session`; a key needs none
def api(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever stands below /api/."""
    page = rest.rstrip("/")
    if page in ("docs", "openapi.json") and request.actor is None:
        return redirect_to_login(request.get_full_path())  # for people who are signed in
    made, addresses = of(tuple(sorted(KINDS)))
    if page == "docs":
        return _Docs().render_page(request, made)
    if page == "openapi.json":
        return JsonResponse(made.get_openapi_schema(path_prefix=ROOT))
    try:
        found = addresses.resolve(rest)
    except Resolver404:
        raise Http404 from None
    answer: HttpResponse = found.func(request, *found.args, **found.kwargs)
    return answer


api.login_required = False
