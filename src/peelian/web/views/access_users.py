"""Accounts: a list, one account's postings, and joiners, movers and leavers."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from peelian.access.actor import require_role
from peelian.access.models import User
from peelian.access.people import accounts, clear, history, join, leave, move
from peelian.access.refs import ref_of
from peelian.access.roles import ROLES
from peelian.access.standing import standing
from peelian.core.errors import PeelianError
from peelian.web.access_forms import ClearanceForm, JoinForm, PostingForm


def users(request: HttpRequest) -> HttpResponse:
    """Every account with what it is today; the form for a joiner."""
    actor, today = request.actor, timezone.localdate()
    require_role(actor, "administrator", "data-protection")
    may = "administrator" in actor.roles
    form = JoinForm(request.POST or None, initial={"start": today, "agency": actor.agency}) if may else None
    if request.method == "POST":
        require_role(actor, "administrator")
        assert form is not None
        if form.is_valid():
            told = form.cleaned_data
            try:
                made = join(
                    told["name"], password=told["password"], agency=told["agency"], roles=told["roles"], team=told["team"],
                    start=told["start"], actor=actor, at=timezone.now(),
                )  # fmt: skip
            except PeelianError as error:
                _refuse(form, error)
            else:
                messages.success(request, f"{made.username} may sign in for {told['agency']}.")
                return redirect("access-user", ref(made))
    rows = [(account, ref(account.user)) for account in accounts(actor, on=today, at=timezone.now())]
    return render(request, "peelian/access_users.html", {"section": "access", "rows": rows, "form": form})


def user(request: HttpRequest, name: str) -> HttpResponse:
    """One account: what it is today, what it was, and the forms for a mover and a clearance."""
    actor, today = request.actor, timezone.localdate()
    require_role(actor, "administrator", "data-protection")
    found = _found(name)
    act = request.POST.get("act")
    may = "administrator" in actor.roles and found.is_active
    now = standing(found, today)
    posting = PostingForm(
        request.POST if act == "move" else None,
        prefix="move",
        initial={"start": today, "roles": sorted(now.roles), "team": "".join(sorted(now.teams)[:1])},
    )
    clearance = ClearanceForm(request.POST if act == "clear" else None, prefix="clear", initial={"start": today})
    form = {"move": posting, "clear": clearance}.get(act or "")
    if form is not None and form.is_valid():
        told, at = form.cleaned_data, timezone.now()
        try:
            if act == "move":
                move(found, roles=told["roles"], team=told["team"], start=told["start"], actor=actor, at=at)
                messages.success(request, f"Posted from {told['start'].day} {told['start']:%B %Y}.")
            else:
                kind, _, what = told["what"].partition(":")
                clear(found, kind, what, start=told["start"], until=told["until"], actor=actor, at=at)
                messages.success(request, "Noted.")
        except PeelianError as error:
            _refuse(form, error)
        else:
            return redirect("access-user", name)
    told = {
        "section": "access", "account": found, "now": now, "roles": [ROLES[r] for r in ROLES if r in now.roles], "name": name,
        "history": history(found, actor=actor, at=timezone.now()), "move": posting, "clear": clearance, "may": may,
        "own": found == actor.user,
    }  # fmt: skip
    return render(request, "peelian/access_user.html", told)


@require_POST
def left(request: HttpRequest, name: str) -> HttpResponse:
    """Close an account."""
    require_role(request.actor, "administrator")
    found = _found(name)
    leave(found, on=timezone.localdate(), actor=request.actor, at=timezone.now())
    messages.success(request, f"{found.username} has left: the account is closed and signed out everywhere.")
    return redirect("access-users")


def ref(user: User) -> str:
    """What addresses call an account: a name of a person stands in none (law 12)."""
    return ref_of(f"account/{user.username}")


def _found(name: str) -> User:
    for one in User.objects.select_related("agency"):
        if ref(one) == name:
            return one
    raise Http404


def _refuse(form: forms.Form, error: PeelianError) -> None:
    form.add_error(None, ": ".join(filter(None, [error.summary.capitalize(), error.found or error.fix])) + ".")
