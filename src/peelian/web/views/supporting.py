"""Support of a case's owner who is not qualified: contacts are noted, and another supporter is named."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from peelian.casework import allocation, store, support
from peelian.casework.models import SupportContact
from peelian.core.kinds import Refused

from ..case_fields import LondonTime
from ..case_words import Names


class ContactForm(forms.Form):
    """How the two spoke, and what was agreed."""

    channel = forms.ChoiceField(
        label="How did you speak?", choices=[*support.CHANNELS.items()], widget=forms.RadioSelect,
        error_messages={"required": "Choose how you spoke"},
    )  # fmt: skip
    when = LondonTime(label="When? (empty: now)", required=False)
    note = forms.CharField(
        label="What was agreed?", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what was agreed"},
    )  # fmt: skip

    def clean_when(self) -> Any:
        """A contact that has been."""
        told = self.cleaned_data["when"]
        if told is not None and told > timezone.now():
            raise forms.ValidationError("This lies in the future: note it when you have spoken")
        return told


class StandInForm(forms.Form):
    """Who supports the owner from now on, until when, and why."""

    supporter = forms.ChoiceField(
        label="Who supports the owner from now on?", help_text="Qualified and on duty now, the least loaded first. They must accept.",
        error_messages={"required": "Choose who supports the owner"},
    )  # fmt: skip
    until = LondonTime(label="When does the support end?", error_messages={"required": "Say when the support ends"})
    reason = forms.CharField(
        label="Why is somebody else needed?", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write why"},
    )  # fmt: skip


@sensitive_post_parameters()
def supporter(request: HttpRequest, ref: str) -> HttpResponse:
    """The support of a case: its contacts, for the two; another supporter, for those who may name one."""
    request.actor = request.actor.for_one_look()
    at, act = timezone.now(), request.POST.get("act", "")
    found = store.load(ref, request.actor, at=at)
    state, who, held = found.state, found.who, found.state.support
    if held is None or state.closed or who.partner:
        raise Http404
    told: dict[str, Any] = {}
    ladder = any(who.may((role,)) for role in state.kind.owners.climbs)
    if who.name in (held.supporter, held.officer):
        told["contact"] = ContactForm(request.POST if act == "contact" else None, prefix="contact")
    if ladder:
        told["stand_in"] = StandInForm(request.POST if act == "stand-in" else None, prefix="stand-in")
        people = allocation.supporters(ref, state.owner, actor=request.actor, at=at)
        told["stand_in"].fields["supporter"].choices = [("", "Choose")] + [
            (c.username, f"{c.name}, {c.open_cases} open") for c in people if c.username != held.supporter
        ]
        told["nobody"] = len(told["stand_in"].fields["supporter"].choices) == 1
    if act == "contact" and "contact" in told and told["contact"].is_valid():
        given = told["contact"].cleaned_data
        support.note_contact(
            ref, channel=given["channel"], note=given["note"], actor=request.actor, at=given["when"] or at, known=at
        )
        messages.success(request, "The contact is noted.")
        return redirect("case-supporter", ref)
    if act == "stand-in" and ladder and told["stand_in"].is_valid():
        given = told["stand_in"].cleaned_data
        try:
            store.support(ref, actor=request.actor, at=timezone.now(), **given)
        except Refused as refused:
            for name, why in (refused.fields or {"": "; ".join(refused.reasons)}).items():
                told["stand_in"].add_error(name or None, f"{why[:1].upper()}{why[1:]}.")
        else:
            messages.success(request, "Named. They must accept; until then nobody supports the owner.")
            return redirect("case", ref)
    if told:
        told["contacts"] = SupportContact.objects.filter(case=found.case, officer=held.officer).order_by("-at")
    names = Names({held.officer, held.supporter, *(c.by for c in told.get("contacts", ()))})
    told |= {
        "section": "cases", "case": found.case, "kind": found.kind, "officer": names.of(held.officer), "supporter": names.of(held.supporter),
        "held": held, "rows": [(c.at, support.CHANNELS.get(c.channel, c.channel), c.note, names.of(c.by)) for c in told.get("contacts", ())],
        "form": next((told[n] for n in ("contact", "stand_in") if n in told and told[n].errors), None), "private": not told,
    }  # fmt: skip
    return render(request, "peelian/supporter.html", told, status=422 if told["form"] is not None else 200)
