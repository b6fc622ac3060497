"""The forms of casework: open a case, do an act, take a decision, ask and answer, correct and strike, offer."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from peelian.access.actor import Actor
from peelian.access.models import Agency
from peelian.casework import store
from peelian.casework.entries import as_entry
from peelian.casework.kinds import KINDS
from peelian.casework.reading import around_for
from peelian.casework.sight import who_is
from peelian.core.kinds import NEW, Act, Ask, Case, Decision, State, fold, many, words_of

from ..case_drafts import Place
from ..case_filling import Filling, fill
from ..case_form import Asked, FactsForm, answered, asked, pairs, title_of
from ..case_offer import add_takers, ranked, taken, takers
from ..case_page import proposal_of
from ..opening import opening

WHY = {"rows": 2, "class": "grows"}


def why(label: str, *, hint: str = "", needed: bool = True) -> forms.CharField:
    """A field for a reason."""
    return forms.CharField(
        label=label, required=needed, max_length=2000, widget=forms.Textarea(attrs=WHY), help_text=hint,
        error_messages={"required": "Write why"},
    )  # fmt: skip


def _beside(act: Act | Decision, case: Case, actor: Actor, at: datetime) -> dict[str, Any]:
    """What an act has read beside its form; looked up when the page is drawn, and not when what was typed is saved."""
    if act.beside is None:
        return {}
    title, look = act.beside
    return {"look_title": title, "look": cache(lambda: look(case, actor=actor, at=at))}


@sensitive_post_parameters()
def new(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """The form of an act that opens a case."""
    declared = KINDS.get(kind.replace("-", "_"))
    act = declared.act_by_name.get(name) if declared else None
    if declared is None or not isinstance(act, Act) or NEW not in many(act.during):
        raise Http404
    actor, at = request.actor, timezone.now()
    begun = opening(request.GET.get("from", ""), declared, actor, at, fill=request.method == "GET")
    blank = Case(State(declared), at, who_is(actor, at), around=around_for(declared, actor))

    def make(data: QueryDict | None) -> FactsForm:
        form = FactsForm(asked(declared, act, {}, {}), area=declared.area, data=data)
        if data is None:
            form.begin({**(act.fills(blank, actor=actor, at=at) if act.fills else {}), **begun.given})
        form.offer(act, blank, actor=actor, at=at)
        if not begun.origin:
            form.add("origin", forms.CharField(
                label="Reference in the force's own system (may be left empty)", required=False, max_length=80,
                help_text="Of the incident or the crime, so that nobody keys twice.",
            ))  # fmt: skip
        add_takers(form, takers(actor, timezone.now()), first="I own it", label="Who owns it first?")
        return form

    def save(form: FactsForm, seen: int) -> str:
        given = form.given()
        case = store.open_case(
            declared.name, act.name, given, actor=actor, at=timezone.now(),
            subject=str(given.get(declared.subject) or "") if declared.subject else "",
            agency="" if actor.agency.kind == "police" else actor.agency.code,
            origin=begun.origin or form.cleaned_data["origin"], to=taken(form), parent=begun.parent.ref if begun.parent else "",
        )  # fmt: skip
        return case.ref

    title = words_of(act.name, act.title)
    return fill(request, Filling(
        Place(declared.name, act.name, item=begun.token), declared, f"{declared.title}: {title[:1].lower()}{title[1:]}", make, save,
        said="Opened.", told={
            "button": "Open the case", "others_title": "The case itself", "why": begun.why, "parent": begun.parent,
            **_beside(act, Case(State(declared, facts=dict(begun.given)), at, blank.by), actor, at),
        },
    ))  # fmt: skip


@sensitive_post_parameters()
def do(request: HttpRequest, ref: str, name: str, item: str = "") -> HttpResponse:
    """The form of an act or a decision, or of a question to another agency."""
    request.actor = request.actor.for_one_look()  # the reading and the act of one form are one look
    found = store.load(ref, request.actor, at=timezone.now())
    kind, state = found.kind, found.state
    act = kind.act_by_name.get(name) or kind.part_by_name.get(name)
    row = state.items.get(item)
    if isinstance(act, Ask):
        return _ask(request, found, act)
    if not isinstance(act, Act | Decision) or NEW in many(act.during) or bool(act.on) != (row is not None):
        raise Http404
    held, of_row = _as_shown(request, found, item)
    facts = asked(kind, act, held, of_row)
    proposed = found.proposals.get(name)
    read = Case(state, timezone.now(), found.who, item=row, around=found.around)

    def make(data: QueryDict | None) -> FactsForm:
        form = FactsForm(facts, area=kind.area, data=data)
        if data is None and act.fills:
            form.begin(act.fills(read, actor=request.actor, at=read.at))
        form.offer(act, read, actor=request.actor, at=read.at)
        if isinstance(act, Decision):
            _add_outcomes(form, act, proposed)
        return form

    def save(form: FactsForm, seen: int) -> str:
        told = {"actor": request.actor, "at": timezone.now(), "item": item, "seen": seen}
        if isinstance(act, Decision):
            chosen = form.cleaned_data
            store.decide(ref, name, chosen["outcome"], form.given(), reason=chosen["reason"], **told)
        else:
            store.do(ref, name, form.given(), **told)
        return ref

    told: dict[str, Any] = {"beside": pairs(kind.about, found.seen, all_of_them=False), "beside_title": "What is known"}
    told |= _beside(act, read, request.actor, read.at)
    if isinstance(act, Decision):
        told |= {"others_title": "What do you decide?", "button": "Decide"}
        if proposed is not None:
            told["proposal"] = proposal_of(act, proposed)
    if row is not None:
        told |= {
            "beside": pairs(kind.item_about(row.part), found.seen_of(item), all_of_them=False),
            "beside_title": title_of(kind, row.part),
        }
    title = words_of(act.name, act.title)
    return fill(
        request,
        Filling(Place(kind.name, name, ref, item), kind, title, make, save, state.seq, f"{title}: saved.", told),
    )


def _as_shown(request: HttpRequest, found: store.Loaded, item: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts of the case and of a row as the form showed them: of a form that is sent, as they stood when it was opened, so that
    what others wrote since is not taken for what its writer emptied."""
    seen, state = request.POST.get("seen", ""), found.state
    if seen.isdecimal() and int(seen) < state.seq:
        state = fold(found.kind, [as_entry(row) for row in found.journal if row.seq <= int(seen)])
    held = {n: v for n, v in state.facts.items() if found.kind.about[n].private in found.classes}
    row = state.items.get(item)
    about = found.kind.item_about(row.part) if row else {}
    return held, {n: v for n, v in row.facts.items() if about[n].private in found.classes} if row else {}


def _add_outcomes(form: FactsForm, decision: Decision, proposed: Any) -> None:
    shut = proposed.shut if proposed is not None else {}
    words = {o.name: words_of(o.name, o.title) for o in decision.outcomes}
    closed = "; ".join(f"{words[name]}: {', '.join(reasons)}" for name, reasons in shut.items())
    form.add("outcome", forms.ChoiceField(
        label="What do you decide?", choices=[(n, w) for n, w in words.items() if n not in shut], widget=forms.RadioSelect,
        help_text=f"Not open: {closed}." if closed else "", error_messages={"required": "Choose what you decide"},
    ))  # fmt: skip
    form.add("reason", why(
        "Why?", hint="Needed where you decide otherwise than the rule proposes, or it proposes nothing.", needed=False
    ))  # fmt: skip


def _ask(request: HttpRequest, found: store.Loaded, ask: Ask) -> HttpResponse:
    kind, ref = found.kind, found.case.ref
    shown = {n: kind.about[n] for n in ask.shows}

    def make(data: QueryDict | None) -> FactsForm:
        form = FactsForm((), data=data)
        partners = Agency.objects.order_by("name")  # the own agency too: its records are looked up by another desk
        form.add("agency", forms.ChoiceField(
            label="Which agency is asked?", choices=[("", "Choose"), *((a.code, a.name) for a in partners)],
            error_messages={"required": "Choose an agency"},
        ))  # fmt: skip
        return form

    def save(form: FactsForm, seen: int) -> str:
        store.ask(ref, ask.name, form.cleaned_data["agency"], actor=request.actor, at=timezone.now())
        return ref

    told = {
        "beside": pairs(shown, found.state.facts), "beside_title": "What they will read, and nothing else",
        "others_title": "Ask", "button": "Ask them",
    }  # fmt: skip
    title = words_of(ask.name, ask.title)
    return fill(request, Filling(
        Place(kind.name, ask.name, ref), kind, title, make, save, found.state.seq, f"{title}: asked.", told
    ))  # fmt: skip


@sensitive_post_parameters()
def correct(request: HttpRequest, ref: str, seq: int) -> HttpResponse:
    """Correct what an entry says; the entry stays as it was written."""
    found = store.load(ref, request.actor, at=timezone.now())
    kind, entry = found.kind, next((e for e in found.state.entries if e.seq == seq), None)
    if entry is None or entry.verb not in ("act", "decide", "answer"):
        raise Http404
    if entry.verb == "answer":
        facts = answered(kind, entry.name, read_facts(kind.item_about(entry.name), entry.given))
    else:
        act = kind.act_by_name[entry.name]
        about = {**kind.about, **(kind.item_about(act.adds or act.on) if act.adds or act.on else {})}
        held = read_facts(about, entry.given)
        facts = [each for each in asked(kind, act, held, held) if each.about.private in found.classes]

    def make(data: QueryDict | None) -> FactsForm:
        form = FactsForm([Asked(each.about, False, each.held) for each in facts], area=kind.area, data=data)
        form.add("reason", why("Why is it corrected, and how do you know?"))
        return form

    def save(form: FactsForm, seen: int) -> str:
        store.correct(
            ref, seq, form.given(), actor=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"]
        )
        return ref

    return fill(request, Filling(
        Place(kind.name, "correct", ref, str(seq)), kind, f"Correct entry {seq}", make, save, found.state.seq, "Corrected.",
        {"others_title": "Reason", "button": "Correct it"},
    ))  # fmt: skip


@sensitive_post_parameters()
def strike(request: HttpRequest, ref: str, seq: int) -> HttpResponse:
    """Strike an entry that was made in error: it counts no more, and stays to be read."""
    found = store.load(ref, request.actor, at=timezone.now())
    kind = found.kind
    if not any(e.seq == seq for e in found.state.entries):
        raise Http404

    def make(data: QueryDict | None) -> FactsForm:
        form = FactsForm((), data=data)
        form.add("reason", why("Why is it struck out?"))
        return form

    def save(form: FactsForm, seen: int) -> str:
        store.strike(ref, seq, actor=request.actor, at=timezone.now(), reason=form.cleaned_data["reason"])
        return ref

    return fill(request, Filling(
        Place(kind.name, "strike", ref, str(seq)), kind, f"Strike out entry {seq}", make, save, found.state.seq,
        "Struck out. It stays in the journal to be read.", {"others_title": "Reason", "button": "Strike it out"},
    ))  # fmt: skip


@sensitive_post_parameters()
def offer(request: HttpRequest, ref: str) -> HttpResponse:
    """Offer a case to somebody; the owner stays the owner until it is accepted."""
    found = store.load(ref, request.actor, at=timezone.now())
    kind, at = found.kind, timezone.now()
    if request.actor.agency.kind == "police":
        people, fit, others = ranked(ref, request.actor, at)
    else:
        people, fit, others = takers(request.actor, at), [], []

    def make(data: QueryDict | None) -> FactsForm:
        form = FactsForm((), data=data)
        add_takers(form, people, label="To whom?", support=fit if kind.owners.qualified is not None else None)
        return form

    def save(form: FactsForm, seen: int) -> str:
        told = form.cleaned_data
        store.offer(
            ref, taken(form), actor=request.actor, at=timezone.now(), reason=told["reason"],
            supporter=told.get("supporter", ""), until=told.get("until"),
        )  # fmt: skip
        return ref

    return fill(request, Filling(
        Place(kind.name, "offer", ref), kind, "Offer this case", make, save, found.state.seq,
        "Offered. It stays yours until it is accepted.", {"others_title": "Offer", "button": "Offer it", "not_these": others},
    ))  # fmt: skip


def read_facts(about: Any, given: Any) -> dict[str, Any]:
    """Facts from their JSON forms to the types declared."""
    return {n: about[n].adapter.validate_python(v) for n, v in given.items() if n in about and v is not None}
