"""What other agencies answer: they read what a question shows, and nothing else of the case."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from peelian.access.actor import record_act
from peelian.casework import store
from peelian.casework.kinds import kind_of
from peelian.casework.sight import asked_facts, asks_of
from peelian.core.kinds import words_of

from ..case_drafts import Place
from ..case_filling import Filling, fill
from ..case_form import FactsForm, answered, pairs
from .case_forms import read_facts, why


@sensitive_post_parameters()
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """The answer of the agency that was asked, which reads what the question shows and nothing else."""
    item = asks_of(request.actor).filter(ref=ref).select_related("case").first()
    if item is None:
        raise Http404
    kind, at = kind_of(item.case.kind), timezone.now()
    ask = kind.part_by_name[item.part]
    shown = {n: kind.about[n] for n in kind.about if n in ask.shows}
    read = read_facts(kind.about, asked_facts(item))
    record_act(request.actor, "consultation", "question to an agency", detail={"ask": item.ref}, at=at,
               subjects=[item.case.subject_key] if item.case.subject_key else ())  # fmt: skip
    about = {"beside": pairs(shown, read), "beside_title": "What you are asked about"}
    title = words_of(ask.name, ask.title)
    if item.state != "asked":
        told = read_facts(kind.item_about(item.part), {**item.facts, **item.private_facts})
        return render(request, "peelian/case_answered.html", {
            "section": "cases", "title": title, "item": item, "groups": pairs(kind.item_about(item.part), told), **about
        })  # fmt: skip

    def make(data: QueryDict | None) -> FactsForm:
        form = FactsForm(answered(kind, item.part, {}), data=data)
        if data is not None and data.get("decline"):
            for name in form.facts:
                form.fields[name].required = False
        form.add("decline", forms.BooleanField(label="My agency does not answer this", required=False))
        form.add("reason", why("Why not? (only where it does not answer)", needed=False))
        return form

    def save(form: FactsForm, seen: int) -> str:
        told = form.cleaned_data
        if told["decline"]:
            store.decline(ref, "", actor=request.actor, at=timezone.now(), reason=told["reason"])
        else:
            store.answer(ref, "", form.given(), actor=request.actor, at=timezone.now())
        return ""

    return fill(request, Filling(
        Place(kind.name, "answer", "", item.ref), kind, title, make, save, 0, "Your agency's answer is given.",
        {**about, "others_title": "Or", "button": "Answer"}, then="work",
    ))  # fmt: skip
