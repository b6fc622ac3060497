"""Sign in, state a purpose, sign out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from peelian.web.forms import PurposeForm, SignInForm
from peelian.web.sessions import opened


class SignIn(LoginView):
    """The only page, beside its style sheet, that opens to everybody."""

    authentication_form = SignInForm
    template_name = "peelian/sign_in.html"
    extra_context = {"single_sign_on": settings.OIDC_NAME if settings.OIDC_ISSUER else ""}

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """Open the session and keep the purpose in it."""
        response = super().form_valid(form)
        self.request.session["purpose"] = form.cleaned_data["purpose"]
        self.request.session["reason"] = form.cleaned_data["reason"]
        opened(self.request, "password")
        return response


def locked(request: HttpRequest, original: HttpResponse, credentials: object = None) -> HttpResponse:
    """After too many wrong passwords: the same page for a name that exists and one that does not."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(
        request, "peelian/locked.html", {"tries": settings.AXES_FAILURE_LIMIT, "minutes": minutes}, status=429
    )


def purpose(request: HttpRequest) -> HttpResponse:
    """State another purpose; what was looked at before keeps the purpose it was looked at for."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    after = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(after, allowed_hosts={request.get_host()}):
        after = resolve_url("home")
    held = {name: request.session.get(name) for name in ("purpose", "reason")}
    form = PurposeForm(request.POST or None, user=request.user, initial=held)
    if request.method == "POST" and form.is_valid():
        request.session["purpose"] = form.cleaned_data["purpose"]
        request.session["reason"] = form.cleaned_data.get("reason", "")
        return redirect(after)
    return render(request, "peelian/purpose.html", {"form": form, "next": after})


purpose.login_required = False
