"""Finding a person, and all that is held of one."""

from __future__ import annotations

from datetime import date, datetime, time

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from peelian.access.safe_contact import CHANNELS
from peelian.core.clock import LONDON
from peelian.identity import contact
from peelian.identity.person import picture
from peelian.identity.query_words import MOST_WORDS
from peelian.identity.search import ELSEWHERE, search

REASON = "search-reason"  # of the session: a person opened from a search was looked at for the same reason


@sensitive_post_parameters()
def find(request: HttpRequest) -> HttpResponse:
    """One box. The words are sent in the body of the request, so that no address, history or log ever holds them."""
    request.actor = request.actor.for_one_look()
    told = {"section": "people", "elsewhere": ELSEWHERE, "most": MOST_WORDS, "on": "", "words": ""}
    told["reason"] = request.session.get(REASON, "")
    if request.method == "POST":
        told["words"] = request.POST.get("words", "").strip()[:MOST_WORDS]
        told["on"] = request.POST.get("on", "")
        told["reason"] = _line(request.POST.get("reason", ""))
        if told["reason"] != request.session.get(REASON, ""):
            request.session[REASON] = told["reason"]
        told["missing"] = not told["words"]
        if told["words"]:
            told["result"] = search(
                told["words"],
                actor=request.actor,
                at=timezone.now(),
                known_on=_end_of(told["on"]),
                reason=told["reason"],
            )
    return render(request, "peelian/people.html", told)


def person(request: HttpRequest, ref: str) -> HttpResponse:
    """One person; 404 alike for whom nobody knows and whom the reader may not see."""
    request.actor = request.actor.for_one_look()
    on = request.GET.get("on", "")
    found = picture(
        ref,
        actor=request.actor,
        at=timezone.now(),
        known_on=_end_of(on),
        reason=request.session.get(REASON, ""),
    )
    if found is None:
        raise Http404
    told = {"section": "people", "p": found, "on": on if _end_of(on) else "", "today": timezone.localdate()}
    told["ways"] = contact.ways(contact.everyone_joined(ref, request.actor), at=timezone.now())
    told["contact_unknown"], told["channels"] = contact.UNKNOWN, CHANNELS
    return render(request, "peelian/person.html", told)


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:300]


def _end_of(day: str) -> datetime | None:
    """The last instant of a past day in London; None for today, a day to come and what is no day."""
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        return None
    return datetime.combine(asked, time.max, LONDON) if asked < timezone.localdate() else None


@require_POST
def safe_contact(request: HttpRequest, ref: str) -> HttpResponse:
    """Record how this person must not be contacted."""
    first, last = request.POST.get("from", ""), request.POST.get("to", "")
    hours = (int(first), int(last)) if first.isdecimal() and last.isdecimal() else None
    contact.record(
        ref, request.POST.get("channel", ""), only_via=request.POST.get("only_via", "").strip()[:200], hours=hours,
        reason=_line(request.POST.get("reason", "")), actor=request.actor, at=timezone.now(),
    )  # fmt: skip
    messages.success(request, "Recorded. Whoever sends anything from here is stopped by it.")
    return redirect("person", ref)
