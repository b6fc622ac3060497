"""Sign in, state a purpose, sign out."""

from __future__ import annotations

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from peelian.web.forms import PurposeForm, SignInForm


class SignIn(LoginView):
    """The only page, beside its style sheet, that opens to everybody."""

    authentication_form = SignInForm
    template_name = "peelian/sign_in.html"

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """Open the session and keep the purpose in it."""
        response = super().form_valid(form)
        self.request.session["purpose"] = form.cleaned_data["purpose"]
        return response


def purpose(request: HttpRequest) -> HttpResponse:
    """State another purpose; what was looked at before keeps the purpose it was looked at for."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    after = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(after, allowed_hosts={request.get_host()}):
        after = resolve_url("home")
    form = PurposeForm(request.POST or None, initial={"purpose": request.session.get("purpose")})
    if request.method == "POST" and form.is_valid():
        request.session["purpose"] = form.cleaned_data["purpose"]
        return redirect(after)
    return render(request, "peelian/purpose.html", {"form": form, "next": after})


purpose.login_required = False
