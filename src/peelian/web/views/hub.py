"""The safeguarding hub: refer to it, look for earlier referrals, and what joining it cost and changed for each agency."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from peelian.access.models import Agency
from peelian.casework.sight import asks_of, cases, seen_facts
from peelian.core.clock import plain_day, start_of_day
from peelian.core.errors import InvalidInput
from peelian.core.kinds import Act
from peelian.vulnerability.hub_joining import joining
from peelian.vulnerability.referrals.form import Sent
from peelian.vulnerability.referrals.receiving import note_earlier, receive
from peelian.vulnerability.safeguarding_hub import HUB

from ..case_drafts import Place
from ..case_filling import Filling, fill
from ..case_form import FactsForm, asked
from ..case_words import due_words

SHOWN = 50
YEAR = timedelta(days=365)
STAGES = ("incoming", "received", "returned", "triaged")


def hub(request: HttpRequest) -> HttpResponse:
    """What waits at the hub, and each agency's account of a year or of the days asked for."""
    actor, now, today = request.actor, timezone.now(), timezone.localdate()
    since, until, fault = _days(request, today)
    waiting = cases(actor).filter(kind=HUB.name, stage__in=STAGES).order_by("due_order", "pk")
    rows = [(case, seen_facts(case, actor), due_words(case.next_due, now)) for case in waiting[:SHOWN]]
    shown = "from" in request.GET and not fault  # folds every referral of those days: only when asked
    account = (
        joining(actor=actor, since=start_of_day(since), until=start_of_day(until + timedelta(days=1)), at=now)
        if shown
        else []
    )
    table = [one.row() for one in account]
    lines = [(what, [row[what] for row in table]) for what in (table[0] if table else {}) if what != "agency"]
    return render(request, "peelian/hub.html", {
        "section": "cases", "rows": rows, "more": waiting.count() - len(rows), "account": lines, "names": [row["agency"] for row in table],
        "since": since, "until": until, "fault": fault, "shown": shown, "police": actor.agency.kind == "police",
        "asked": asks_of(actor).filter(case__kind=HUB.name, answered_at=None).order_by("at")[:SHOWN],
        "titles": {a.name: a.title for a in HUB.asks},
    })  # fmt: skip


def _days(request: HttpRequest, today: date) -> tuple[date, date, str]:
    try:
        since = date.fromisoformat(request.GET.get("from") or (today - YEAR).isoformat())
        until = date.fromisoformat(request.GET.get("until") or today.isoformat())
        if plain_day(since) > plain_day(until):
            raise ValueError
    except (ValueError, InvalidInput):
        return today - YEAR, today, "Choose a first day and a last day that is not before it"
    return since, until, ""


@sensitive_post_parameters()
def refer(request: HttpRequest) -> HttpResponse:
    """The form of a referral; the authority that is chosen leads the case, whoever refers."""
    actor, act = request.actor, HUB.act_by_name["refer"]
    assert isinstance(act, Act)
    own = () if actor.agency.kind == "police" else ("officer_note",)
    left = {"received_at", "from_agency", "message", "message_id", "subject", "earlier", *own}

    def make(data: QueryDict | None) -> FactsForm:
        form = FactsForm([each for each in asked(HUB, act, {}, {}) if each.about.name not in left], data=data)
        partners = Agency.objects.filter(kind="partner").order_by("name").values_list("code", "name")
        form.fields["authority"] = forms.ChoiceField(
            label=HUB.about["authority"].question, choices=[("", "Choose"), *partners], help_text="It decides, and leads the case.",
            error_messages={"required": "Choose the authority that decides"},
        )  # fmt: skip
        return form

    def save(form: FactsForm, seen: int) -> str:
        facts = {n: v for n, v in form.given().items() if v is not None} | {"from_agency": actor.agency.code}
        return receive(Sent(facts), actor=actor, at=timezone.now()).ref

    return fill(request, Filling(
        Place(HUB.name, "refer"), HUB, "Refer a child or an adult at risk", make, save,
        said="The hub has your referral. You will be told what is decided.", told={"button": "Send the referral"},
        then="" if actor.agency.kind == "police" else reverse("hub"),
    ))  # fmt: skip


@require_POST
def earlier(request: HttpRequest, ref: str) -> HttpResponse:
    """Look for other referrals about the same person within twelve months, and keep on the case which they are."""
    found = note_earlier(ref, actor=request.actor, at=timezone.now())
    said: Any = (
        f"{len(found)} earlier, kept on the case."
        if found
        else "None in the twelve months before that you may see; more may be held."
    )
    messages.success(request, said)
    return redirect("case", ref)
