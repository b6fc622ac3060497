"""One way for every form of casework: show it with what was begun, save it once, keep everything typed when it is refused."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from peelian.casework.models import Draft
from peelian.casework.sight import cases
from peelian.core.errors import PeelianError
from peelian.core.kinds import Conflict, Kind, Refused, words_of

from . import case_drafts
from .case_drafts import Place, SavedAlready
from .case_fields import in_words
from .case_form import FactsForm

ANEW = "new"  # asks for an empty form, while what was begun before stays kept


@dataclass
class Filling:
    """A form to fill in.

    Attributes
    ----------
    make : callable
        From what was typed (None: nothing yet) to the form.
    save : callable
        From the form and the entry that was seen to the reference of the case: the act itself.
    seen : int
        The last entry of the case now.
    said : str
        What the reader is told once it is saved.
    """

    place: Place
    kind: Kind
    title: str
    make: Callable[[QueryDict | None], FactsForm]
    save: Callable[[FactsForm, int], str]
    seen: int = 0
    said: str = "Saved."
    told: Mapping[str, Any] | None = None
    then: str = ""  # the page that follows, where it is not the case's


def fill(request: HttpRequest, filling: Filling) -> HttpResponse:
    """The form; after a save, the page of the case."""
    return _sent(request, filling) if request.method == "POST" else _shown(request, filling)


def _shown(request: HttpRequest, filling: Filling) -> HttpResponse:
    user = request.actor.user.username
    draft = case_drafts.begun(user, filling.place)
    others = [d for d in case_drafts.waiting(user) if _place(d) == filling.place and d.uid != draft.uid]
    asked = request.GET.get("draft")
    wanted = case_drafts.fresh(user) if asked == ANEW else next((d for d in others if d.uid == asked), None)
    if wanted is not None:
        draft, others = wanted, [d for d in (draft, *others) if d is not wanted and d.pk]
    form = filling.make(case_drafts.as_post(draft) if draft.pk else None)
    form._errors = ErrorDict()  # nothing was sent yet: what is missing is no fault so far
    told = {"restored": draft if draft.pk else None, "other_drafts": others}
    return _page(request, filling, form, draft, draft.seen if draft.pk else filling.seen, told)


def _sent(request: HttpRequest, filling: Filling) -> HttpResponse:
    user, at, posted = request.actor.user.username, timezone.now(), request.POST
    uid, place = case_drafts.read_mark(posted.get("form", ""), user)
    if place != filling.place:
        raise PeelianError("this form belongs to another case", fix="open it again from its case", id="peelian.E517")
    form, told = filling.make(posted), {}
    seen = int(posted["seen"]) if posted.get("seen", "").isdecimal() else filling.seen
    if form.is_valid():
        try:
            ref, repeated = case_drafts.save_once(posted, lambda: filling.save(form, seen), user=user, at=at)
        except Conflict as conflict:
            told, seen = _changes(conflict, filling, form), filling.seen
            form.add_error(None, "Somebody changed this case while you were typing. Nothing is saved yet")
        except SavedAlready as saved:
            form.add_error(None, f"{saved.summary[:1].upper()}{saved.summary[1:]}: {saved.fix}")
            uid = ""
        except Refused as refused:
            form.blame(refused.fields, refused.reasons)
        else:
            messages.success(request, "This was saved before, once." if repeated else filling.said)
            if not filling.then and not cases(request.actor).filter(ref=ref).exists():
                messages.info(request, "It went to those who work on such cases. You do not see it from here on.")
                return redirect("work")
            return redirect(filling.then) if filling.then else redirect("case", ref)
    if not uid:  # what is saved again would be a form of its own
        posted = posted.copy()
        posted["form"] = case_drafts.mark(secrets.token_hex(12), user, place)
    draft, _ = case_drafts.note(posted, user=user, at=at)
    return _page(request, filling, form, draft, seen, told, status=422)


def _page(
    request: HttpRequest, filling: Filling, form: FactsForm, draft: Draft, seen: int, told: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:  # fmt: skip
    user = request.actor.user.username
    return render(
        request, "peelian/case_form.html",
        {
            "section": "cases", "place": filling.place, "kind": filling.kind, "title": filling.title, "form": form,
            "draft": draft, "seen": seen, "behind": bool(draft.pk and seen < filling.seen),
            "mark": case_drafts.mark(draft.uid, user, filling.place), "store": case_drafts.store_of(user, filling.place),
            "writer": case_drafts.store_of(user), "key": case_drafts.key_of(user), **(filling.told or {}), **told,
        },
        status=status,
    )  # fmt: skip


def _place(draft: Draft) -> Place:
    return Place(draft.kind, draft.act, draft.case.ref if draft.case else "", draft.item)


def _changes(conflict: Conflict, filling: Filling, form: FactsForm) -> dict[str, Any]:
    rows = []
    for name, now in conflict.changed.items():
        about = form.facts[name].about if name in form.facts else filling.kind.about.get(name)
        if name == "stage":
            rows.append(("Stage", words_of(str(now)), ""))
        else:
            yours = in_words(conflict.typed[name], about) if name in conflict.typed else ""
            rows.append((about.question if about else words_of(name), in_words(now, about), yours))
    return {"changed": rows, "changed_by": ", ".join(conflict.by)}
