"""Who is on duty, who could take a case, the teams that protect the vulnerable, and an officer who is not supported."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from peelian.access.actor import Denied, record_act, require_police, require_role
from peelian.casework import allocation, duty, roster, store, support
from peelian.casework.cover import RANKS
from peelian.core.errors import PeelianError
from peelian.core.kinds import Refused
from peelian.vulnerability.workforce import say_unsupported
from peelian.vulnerability.workforce_measures import WHO, by_team, raise_demand, training_needs
from peelian.vulnerability.workforce_picture import picture

from ..case_fields import LondonTime

WINDOWS = ((28, "four weeks"), (91, "three months"), (365, "a year"))


class OnForm(forms.Form):
    """Until when somebody is on duty."""

    until = LondonTime(label="I am on duty until")


class ConcernForm(forms.Form):
    """What support is missing."""

    concern = forms.CharField(
        label="What support is missing?", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="In your own words. An inspector on duty reads it now; it stands in no file of yours.",
    )  # fmt: skip
    about = forms.CharField(
        label="Which case? (its reference; empty if it is about all of your work)", required=False, max_length=24
    )
    reached = forms.ChoiceField(
        label="Whom did you reach before?", choices=[("nobody", "Nobody"), ("supporter", "My supporter"), ("supervisor", "My supervisor")],
        widget=forms.RadioSelect, initial="nobody",
    )  # fmt: skip


class TakeForm(forms.Form):
    """To whom a case is offered, and who supports them."""

    to = forms.ChoiceField(label="Offer it to", widget=forms.RadioSelect)
    supporter = forms.ChoiceField(
        label="Supporter, where whoever takes it is not qualified",
        required=False,
        help_text="Qualified and on duty now; they must accept.",
    )
    until = LondonTime(label="The support ends", required=False)
    reason = forms.CharField(
        label="Why? (needed with a supporter)",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def on_duty(request: HttpRequest) -> HttpResponse:
    """The force's teams with who is on duty; signing on and off."""
    require_police(request.actor)
    at = timezone.now()
    form = OnForm(request.POST if request.POST.get("act") == "on" else None)
    if request.method == "POST":
        if request.POST.get("act") == "off":
            gone = duty.sign_off(actor=request.actor, at=at)
            messages.success(
                request,
                "You are off duty. What you own is still yours: hand it over." if gone else "You were not on duty.",
            )
            return redirect("hand-over" if gone else "duty")
        if form.is_valid():
            try:
                duty.sign_on(until=form.cleaned_data["until"], actor=request.actor, at=at)
            except PeelianError as error:
                form.add_error("until", f"{error.summary.capitalize()}: {error.fix}.")
            else:
                messages.success(request, "You are on duty: what nobody has in hand may come to you.")
                return redirect("duty")
    record_act(request.actor, "consultation", "duty", at=at)
    rows = [
        (team.name if team else "Of no team", people, [p for p in people if p.roles & set(RANKS)])
        for team, people in duty.teams_on(at)
    ]
    told = {
        "section": "work", "rows": rows, "form": form, "mine": duty.span(request.actor.user.username, at), "at": at,
        "late": roster.waiting(), "total": len({p.username for _, people, _ in rows for p in people}),
    }  # fmt: skip
    return render(request, "peelian/duty.html", told)


@sensitive_post_parameters()
def who_could(request: HttpRequest, ref: str) -> HttpResponse:
    """Who could take a case, ranked, with reasons; and offering it to one of them."""
    at, team = timezone.now(), request.GET.get("team", "")
    found = allocation.candidates(ref, actor=request.actor, at=at, team=team)
    form = TakeForm(request.POST or None, initial={"to": found.first.username if found.first else ""})
    form.fields["to"].choices = [(c.username, c.name) for c in found.ranked]
    beside = [
        c for c in (*found.ranked, *found.others) if c.qualified and c.next_duty is not None and c.next_duty <= at
    ]
    form.fields["supporter"].choices = [("", "Nobody")] + [
        (c.username, f"{c.name}, {c.open_cases} open") for c in beside
    ]
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            store.offer(
                ref, told["to"], actor=request.actor, at=timezone.now(), reason=told["reason"], supporter=told["supporter"], until=told["until"],
            )  # fmt: skip
        except Refused as refused:
            for name, why in (refused.fields or {"": "; ".join(refused.reasons)}).items():
                form.add_error(name if name in form.fields else None, f"{why[0].upper()}{why[1:]}.")
        else:
            messages.success(request, "Offered. The owner stays the owner until it is accepted.")
            return redirect("case", ref)
    return render(
        request, "peelian/who_could.html", {"section": "cases", "ref": ref, "found": found, "form": form, "team": team}
    )


@sensitive_post_parameters()
def not_supported(request: HttpRequest) -> HttpResponse:
    """An officer says that they are not supported: it goes to an inspector on duty, by name."""
    require_police(request.actor)
    form = ConcernForm(request.POST or None, initial={"about": request.GET.get("about", ""), "reached": "nobody"})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            case = say_unsupported(
                told["concern"], actor=request.actor, at=timezone.now(), about=told["about"], reached=told["reached"]
            )
        except Refused as refused:
            form.add_error(None, "; ".join(refused.reasons))
        else:
            messages.success(
                request, "It is with an inspector now. If nobody takes it, it climbs; you see here who must answer."
            )
            return redirect("case", case.ref)
    return render(request, "peelian/not_supported.html", {"section": "work", "form": form})


def teams(request: HttpRequest) -> HttpResponse:
    """Skills, currency, hands, load and need of the protection teams; overrides and what they add up to."""
    actor, at, today = request.actor, timezone.now(), timezone.localdate()
    require_role(actor, *WHO)
    days = next((d for d, _ in WINDOWS if str(d) == request.GET.get("days")), 91)
    start, end = today - timedelta(days=days), today + timedelta(days=1)
    needs = training_needs(actor, start=start, end=end, at=at)
    if request.method == "POST":
        return _raise(request, needs)
    told: dict[str, Any] = {
        "section": "measures", "days": days, "windows": WINDOWS, "start": start, "on": today, "needs": needs,
        "holds": by_team(actor, start=start, end=end, at=at), "overrides": support.overrides(actor, at),
        "gaps": {gap.case.ref: gap for gap in support.gaps(at)},
    }  # fmt: skip
    try:
        told["picture"] = picture(actor, on=today)
    except Denied as denied:
        told["no_picture"] = f"{denied.summary.capitalize()}: {denied.fix}."
    told["picked"] = request.GET.get("team", "")
    return render(request, "peelian/workforce.html", told)


def _raise(request: HttpRequest, needs: list[Any]) -> HttpResponse:
    chosen = next((n for n in needs if f"{n.team}/{n.lacks}" == request.POST.get("need")), None)
    try:
        if chosen is None:
            raise Refused("the numbers have changed: look again")
        case = raise_demand(chosen, actor=request.actor, at=timezone.now())
    except Refused as refused:
        messages.error(request, f"Not done: {'; '.join(refused.reasons)}.")
        return redirect("workforce")
    messages.success(request, "Raised. A superintendent is asked to answer it.")
    return redirect("case", case.ref)
