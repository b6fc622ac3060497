"""Checklists of a case: choose one, fill it in item by item, read what was filled in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from peelian.casework import store
from peelian.core.errors import PeelianError
from peelian.core.kinds import Act
from peelian.vulnerability.checklists import Checklist, forms, version_of
from peelian.vulnerability.checklists.filled import FILL, FILLED, Answer, given, read

from ..case_drafts import Place
from ..case_filling import Filling, fill
from ..case_words import Names
from ..checklist_form import ChecklistForm


def choose(request: HttpRequest, ref: str) -> HttpResponse:
    """The checklists in force today."""
    found, _ = _found(request, ref)
    told = {
        "section": "cases",
        "case": found.case,
        "kind": found.kind,
        "forms": forms(on=timezone.localdate()).values(),
    }
    return render(request, "peelian/checklist_choose.html", told)


@sensitive_post_parameters()
def fill_in(request: HttpRequest, ref: str, form: str) -> HttpResponse:
    """A checklist as a form; saved, it stands on the case with its version and its count."""
    request.actor = request.actor.for_one_look()  # the reading and the act of one form are one look
    found, act = _found(request, ref)
    chosen = forms(on=timezone.localdate()).get(form)
    if chosen is None:
        raise Http404

    def make(data: QueryDict | None) -> ChecklistForm:
        return ChecklistForm(chosen, data=data)

    def save(filled: ChecklistForm, seen: int) -> str:
        store.do(ref, FILL, given(act, chosen, filled.answers()), actor=request.actor, at=timezone.now(), seen=seen)
        return ref

    told = {
        "beside": {"What to know of it": about(chosen)},
        "beside_title": "This checklist",
        "button": "Record the checklist",
    }
    said = f"{chosen.title}: recorded. Its count grades nobody."
    return fill(request, Filling(
        Place(found.kind.name, FILL, ref, form), found.kind, chosen.title, make, save, found.state.seq, said, told
    ))  # fmt: skip


def sheet(request: HttpRequest, ref: str, item: str) -> HttpResponse:
    """One checklist as it was filled in, by the version that it was filled in by; it prints as it stands."""
    found = store.load(ref, request.actor, at=timezone.now())
    row = found.state.items.get(item)
    if row is None or row.part != FILLED.name or FILLED.name not in found.kind.part_by_name:
        raise Http404
    held = found.seen_of(item)
    if "item_answers" not in held:
        raise Http404
    form = version_of(held["checklist"], held["checklist_version"])
    if form is None:
        raise PeelianError(
            "this version of the checklist is not held here", where=f"{held['checklist']}, version {held['checklist_version']}",
            fix="load that version again with `peelian checklists load`", id="peelian.E477",
        )  # fmt: skip
    answers = read(held["item_answers"])
    told = {
        "section": "cases", "case": found.case, "kind": found.kind, "form": form, "row": row, "by": Names({row.by}).of(row.by), "held": held,
        "lines": [(one, answers.get(one.no, Answer("not asked"))) for one in form.item], "leads": sorted({one.leads_to for one in form.item
            if one.leads_to and answers.get(one.no, Answer("")).said in form.counts}),
    }  # fmt: skip
    return render(request, "peelian/checklist.html", told)


def about(form: Checklist) -> list[tuple[str, str, bool]]:
    """What a reader must know of a form before filling it in."""
    text = (
        "Themes only: your force has not loaded its licensed text"
        if form.themes_only
        else f"Licensed text: {form.licence}"
    )
    return [("Version", form.version, True), ("Text", text, True), ("Source", form.source, True),
            ("Counts", f"Answers of {' or '.join(form.counts)}. What is not known is never taken as no. The count grades nobody.", True)]  # fmt: skip


def _found(request: HttpRequest, ref: str) -> tuple[store.Loaded, Act]:
    found = store.load(ref, request.actor, at=timezone.now())
    act = found.kind.act_by_name.get(FILL)
    if not isinstance(act, Act):
        raise Http404
    return found, act
