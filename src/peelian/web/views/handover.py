"""Handing over: accept, refuse, support, and the end of a shift."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from peelian.access.actor import record_act
from peelian.casework import duty, store
from peelian.casework.uncovered import accept as accept_or_take
from peelian.core.errors import PeelianError
from peelian.core.kinds import Refused

from ..case_handover import Owned, shift_of
from ..case_offer import after, takers
from .work import tabs


def _told(request: HttpRequest, work: Callable[[], object], said: str) -> bool:
    """Do it and say so, or say why not."""
    try:
        work()
    except Refused as refused:
        messages.error(request, f"Not done: {'; '.join(refused.reasons)}.")
        return False
    messages.success(request, said)
    return True


@require_POST
def accept(request: HttpRequest, ref: str) -> HttpResponse:
    """Accept an offer: from now on it is the reader's."""
    _told(request, lambda: accept_or_take(ref, actor=request.actor, at=timezone.now()), "It is yours now.")
    return redirect("case", ref)


@require_POST
@sensitive_post_parameters()
def refuse(request: HttpRequest, ref: str) -> HttpResponse:
    """Refuse an offer, with the reason."""
    why = request.POST.get("reason", "").replace("\0", "")[:2000]
    done = _told(
        request, lambda: store.refuse(ref, actor=request.actor, at=timezone.now(), reason=why),
        "Refused. It goes back to whoever offered it, and climbs on.",
    )  # fmt: skip
    return redirect("work") if done else redirect("case", ref)


@require_POST
def support(request: HttpRequest, ref: str) -> HttpResponse:
    """Accept to support the owner."""
    _told(
        request,
        lambda: store.support(ref, actor=request.actor, at=timezone.now()),
        "You support its owner from now on.",
    )
    return redirect("case", ref)


@sensitive_post_parameters()
def hand_over(request: HttpRequest) -> HttpResponse:
    """Everything that the reader owns at the end of a shift. It does not finish while one case has nobody."""
    actor, at = request.actor, timezone.now()
    faults: dict[str, str] = {}
    shift = shift_of(actor, at)
    if request.method == "POST":
        faults = _offers(request, shift.owned)
        shift = shift_of(actor, timezone.now())
        if request.POST.get("do") == "finish" and not faults:
            left = [o for o in shift.open if not (o.keep and request.POST.get(f"keep-{o.line.case.ref}"))]
            if not left:
                if actor.agency.kind == "police":
                    duty.sign_off(actor=actor, at=timezone.now())
                messages.success(
                    request, "Handed over. You are off duty here; whatever nobody accepts climbs until somebody does."
                )
                return redirect("home")
            faults |= {
                o.line.case.ref: f"Nobody has it yet. {o.must or 'Offer it, or say that you keep it.'}" for o in left
            }
        elif not faults:
            messages.success(request, "Offered. Each stays yours until it is accepted.")
            return redirect("hand-over")
    record_act(
        actor, "consultation", "hand-over", at=at, detail={"cases": len(shift.owned)},
        subjects={o.line.case.subject_key for o in shift.owned if o.line.case.subject_key},
    )  # fmt: skip
    rows = [
        (o, faults.get(o.line.case.ref, ""), request.POST.get(f"to-{o.line.case.ref}", ""),
         request.POST.get(f"note-{o.line.case.ref}", ""), bool(request.POST.get(f"keep-{o.line.case.ref}")))
        for o in shift.owned
    ]  # fmt: skip
    told = {
        "section": "work", "queue": "hand-over", "rows": rows, "shift": shift, "tabs": tabs(actor, at),
        "takers": takers(actor, at, later=after(shift.ends, at)), "now_takers": takers(actor, at), "faults": faults,
        "to_give": len(shift.open),
    }  # fmt: skip
    return render(request, "peelian/hand_over.html", told, status=422 if faults else 200)


def _offers(request: HttpRequest, owned: list[Owned]) -> dict[str, str]:
    """Offer each case for which somebody was chosen; what the engine refuses, by case."""
    faults = {}
    for one in owned:
        ref = one.line.case.ref
        to = request.POST.get(f"to-{ref}", "").strip()
        if not to or to == one.state.offered_to:  # sent twice, it is offered once
            continue
        note = request.POST.get(f"note-{ref}", "").replace("\0", "")[:2000]
        try:
            store.offer(ref, to, actor=request.actor, at=timezone.now(), reason=note)
        except Refused as refused:
            faults[ref] = "; ".join(refused.reasons)
        except PeelianError as error:
            faults[ref] = error.summary
    return faults
