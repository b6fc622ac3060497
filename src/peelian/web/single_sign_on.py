"""Single sign-on by OpenID Connect: the force's provider says who it is; which accounts there are is decided here."""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from peelian.access.log.entries import record_sign
from peelian.access.models import User
from peelian.web.sessions import opened

# Values of the claim `amr` (RFC 8176) that tell of more than a password.
FACTORS = {"mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "pop"}


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets in accounts that are here already, and makes none."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Tie the provider's subject to the open account of the same name, the first time; refuse everybody else."""
        if sociallogin.is_existing:
            return
        said = sociallogin.account.extra_data
        name = {**said.get("id_token", {}), **said.get("userinfo", {})}.get(settings.OIDC_CLAIM)
        user = User.objects.filter(username=name, is_active=True, agency__isnull=False).first() if name else None
        if user is None:
            record_sign("failed sign-in", "", at=timezone.now(), how="single sign-on")
            _refuse(request, 403)
        sociallogin.connect(request, user)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Accounts are made by an administrator."""
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **told: Any) -> NoReturn:
        """The provider refused, or did not answer as it should."""
        record_sign("failed sign-in", "", at=timezone.now(), how="single sign-on")
        _refuse(request, 401)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Opens the session as the sign-in page does."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by an administrator."""
        return False

    def post_login(self, request: HttpRequest, user: User, **told: Any) -> HttpResponse:
        """Note what the session needs; a second factor that the provider vouches for is not asked for again."""
        answer = super().post_login(request, user, **told)
        login = (told.get("signal_kwargs") or {}).get("sociallogin")
        given = login.account.extra_data.get("id_token", {}).get("amr", []) if login else []
        opened(request, "single sign-on", factor_given=bool(FACTORS & set(given)))
        return answer


def _refuse(request: HttpRequest, status: int) -> NoReturn:
    raise ImmediateHttpResponse(render(request, "peelian/not_known.html", {"name": settings.OIDC_NAME}, status=status))
