"""The review queue: records side by side, why they may be one person, and what the reader says of it."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from peelian.access.actor import record_act
from peelian.core.errors import PeelianError
from peelian.identity import review
from peelian.identity.decisions import decisions_visible, issued_apart, undo
from peelian.identity.typed import match_typed

from ..listing import PER_PAGE


class RecordForm(forms.Form):
    """A record of a person, as a referral or a caller states it."""

    surname = forms.CharField(required=False, max_length=120)
    forenames = forms.CharField(required=False, max_length=160)
    born_on = forms.DateField(
        label="Date of birth",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write the date as 2001-12-31"},
    )
    sex = forms.ChoiceField(required=False, choices=[("", "Not stated"), ("F", "Female"), ("M", "Male")])
    phone = forms.CharField(label="Telephone", required=False, max_length=40)
    address = forms.CharField(required=False, max_length=255)
    postcode = forms.CharField(required=False, max_length=10)
    reason = forms.CharField(label="Reason (kept with the record of this look)", required=False, max_length=300)

    def clean_born_on(self) -> date | None:
        """Nobody is born tomorrow."""
        day: date | None = self.cleaned_data["born_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("The date lies in the future")
        return day


@sensitive_post_parameters()
def match(request: HttpRequest) -> HttpResponse:
    """Whom a typed record may be of. What was typed is sent in the body, so that no address or log ever holds it."""
    form = RecordForm(request.POST or None, auto_id="%s")
    told = {"section": "people", "form": form}
    if request.method == "POST" and form.is_valid():
        record = {name: value for name, value in form.cleaned_data.items() if name != "reason"}
        try:
            found = match_typed(record, actor=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"])
        except PeelianError as error:
            form.add_error(None, f"{error.summary[:1].upper()}{error.summary[1:]}: {error.fix}.")
        else:
            told["found"] = [
                (p, review.odds(p.weight), [(r, f"{r.weight / 1000:+.1f}") for r in p.reasons]) for p in found
            ]
            told["asked"] = True
    return render(request, "peelian/match.html", told)


def queue(request: HttpRequest) -> HttpResponse:
    """What waits, decisions and re-cuts first."""
    asked = request.GET.get("page", "1")
    start = (max(1, int(asked)) - 1) * PER_PAGE if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    found = review.waiting(request.actor, at=timezone.now(), start=start, limit=PER_PAGE)
    page = Paginator(range(found.total), PER_PAGE).get_page(start // PER_PAGE + 1)
    return render(
        request,
        "peelian/review.html",
        {
            "section": "people",
            "works": review.together(found.works, request.actor),
            "total": found.total,
            "listing": {"page": page},
        },
    )


def work(request: HttpRequest, uid: str) -> HttpResponse:
    """One piece of work; 404 alike for what is not there, what is done and what the reader may not see."""
    one = review.work(uid, actor=request.actor, at=timezone.now())
    if one is None:
        raise Http404
    told = {
        "section": "people",
        "work": one,
        "answers": review.ANSWERS[one.kind],
        "fields": review.side_by_side(one.mentions),
    }
    if one.kind == "grey":
        told["reasons"] = [(r, f"{r.weight / 1000:+.1f}") for r in review.reasons(one.mentions)]
        told["odds"] = review.odds(one.review.weight)
    elif one.kind == "set-aside":
        told["old"], told["newer"] = review.set_aside(one)
    else:
        told["groups"] = review.groups(one)
        told["issued"] = issued_apart([m.key for m in one.mentions], actor=request.actor)
    return render(request, "peelian/review_work.html", told)


@require_POST
def answer(request: HttpRequest, uid: str) -> HttpResponse:
    """What the reader says; then the queue again."""
    try:
        review.answer(
            uid,
            request.POST.get("answer", ""),
            actor=request.actor,
            reason=request.POST.get("reason", "").replace("\0", ""),
            at=timezone.now(),
        )
    except PeelianError as error:
        messages.error(request, f"{error.summary[:1].upper()}{error.summary[1:]}: {error.fix}.")
        return redirect("review-work", uid) if error.id == "peelian.E610" else redirect("review")
    messages.success(request, "Your answer is kept. It can be undone.")
    return redirect("review")


def decisions(request: HttpRequest) -> HttpResponse:
    """What people decided about who is who, newest first."""
    page = Paginator(decisions_visible(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    keys = {m.key for taken in page for m in taken.mentions}
    record_act(request.actor, "consultation", "identity decisions", at=timezone.now(), subjects=keys)
    return render(request, "peelian/decisions.html", {"section": "people", "listing": {"page": page}})


@require_POST
def undone(request: HttpRequest, uid: str) -> HttpResponse:
    """Undo a decision, and list what was issued on what is apart now."""
    reason = request.POST.get("reason", "").replace("\0", "")
    try:
        done = undo(uid, actor=request.actor, reason=reason, at=timezone.now())
    except PeelianError as error:
        messages.error(request, f"{error.summary[:1].upper()}{error.summary[1:]}: {error.fix}.")
        return redirect("decisions")
    return render(request, "peelian/undone.html", {"section": "people", "issued": done.issued})
