"""The systems of the report: what each is for, its work, what it finds, its sheets, its rules; drawn from its declaration alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from peelian import systems
from peelian.access.actor import Actor, record_act
from peelian.access.roles import ROLES
from peelian.assurance.board import of_system
from peelian.casework import measures, queues, store
from peelian.casework.kinds import kind_of
from peelian.casework.local_values import around_of
from peelian.casework.models import Case
from peelian.casework.sight import cases, who_is
from peelian.core.document import Document
from peelian.core.errors import InvalidInput
from peelian.core.kinds import Clock, Kind, Unset, many, words_of
from peelian.core.kinds.words import Limit
from peelian.core.local import Local
from peelian.core.system import QUESTIONS, Find, Found, Sheet, System
from peelian.documents import html
from peelian.documents.pdf import pdf
from peelian.documents.text import text

from ..case_page import opens_of
from ..opening import origin_of, token_of
from .board import names_of


def index(request: HttpRequest) -> HttpResponse:
    """The 42 systems by question."""
    held = systems.listed()
    groups = [(words, [s for s in held if s.question == question]) for question, words in QUESTIONS.items()]
    return render(request, "peelian/systems.html", {"section": "systems", "groups": [g for g in groups if g[1]]})


def system(request: HttpRequest, id: str) -> HttpResponse:
    """One system."""
    found, at, actor = _system(id), timezone.now(), request.actor.for_one_look()
    who, own = (
        who_is(actor, at),
        bool(actor.roles & set(found.roles)),
    )  # whoever does other work reads its rules and measures
    told = {
        "section": "systems", "system": found, "question": QUESTIONS[found.question],
        "kinds": [_kind(kind, actor, at) for kind in found.kinds],
        "finds": [f for f in found.finds if own and who.may(f.by)],
        "sheets": [(s, [(c, c.choices(actor, at)) for c in s.asks]) for s in found.sheets if own and not s.kind],
        "case_sheets": [s for s in found.sheets if s.kind], "pages": pages_of(found, actor) if own else [],
        "whose": "" if own else ", ".join(ROLES[role].lower() for role in found.roles),
        **_measures(found, actor, at),
    }  # fmt: skip
    return render(request, "peelian/system.html", told)


def _measures(found: System, actor: Actor, at: datetime) -> dict[str, Any]:
    """The measures of each kind: with their state for the force's own people; which there are is no secret."""
    if actor.agency.kind != "police":
        return {"measures": [(kind, list(measures.measures_of(kind).values())) for kind in found.kinds]}
    part = of_system(found, actor, at)
    record_act(actor, "consultation", "measures of a system", at=at, detail={"system": found.id})
    lines = [(kind, [line for line in part.lines if line.kind == kind.name]) for kind in found.kinds]
    return {"lines": [row for row in lines if row[1]], "names": names_of([part])}


def sheet(request: HttpRequest, id: str, sheet: str, form: str = "html") -> HttpResponse:
    """A document of the system, made when it is asked for."""
    found, at = _system(id), timezone.now()
    declared = _named(found.sheets, sheet, kind="")
    given = {}
    for choice in declared.asks:
        value = request.GET.get(choice.name, "")[:120]
        if value not in {v for v, _ in choice.choices(request.actor, at)}:
            raise InvalidInput(
                "the sheet cannot be made yet", found=f"no answer to: {choice.question}",
                fix="choose one on the page of the system", id="peelian.E484",
            )  # fmt: skip
        given[choice.name] = value
    document = declared.build(actor=request.actor, at=at, **given)
    record_act(request.actor, "consultation", "sheet", at=at, detail={"system": found.id, "sheet": sheet, "as": form})
    back = (reverse("system", args=[found.id]), f"{found.id} {found.name}")
    return _shown(request, document, form, f"{found.id}-{sheet}", back)


def case_sheet(request: HttpRequest, ref: str, sheet: str, form: str = "html") -> HttpResponse:
    """A document of one case."""
    at = timezone.now()
    case = store.load(ref, request.actor, at=at)
    declared = _named(sheets_of(case.kind), sheet, kind=case.kind.name)
    document = declared.build(actor=request.actor, at=at, case=case)
    record_act(
        request.actor, "consultation", "sheet", at=at, detail={"case": ref, "sheet": sheet, "as": form},
        subjects=[case.case.subject_key] if case.case.subject_key else (),
    )  # fmt: skip
    return _shown(request, document, form, sheet, (reverse("case", args=[ref]), case.kind.title))


def find(request: HttpRequest, id: str, find: str) -> HttpResponse:
    """What a system finds in the records, each with its reason and the form that opens a case of it."""
    found, at, actor = _system(id), timezone.now(), request.actor
    declared = next((f for f in found.finds if f.name == find), None)
    if declared is None or not who_is(actor, at).may(declared.by):
        raise Http404
    rows, unset = [], ""
    try:
        rows = list(declared.look(actor=actor, at=at))
    except Unset as wanted:
        unset = wanted.summary
    record_act(
        actor,
        "consultation",
        "found in the records",
        at=at,
        detail={"system": found.id, "find": find, "found": len(rows)},
    )
    kind = kind_of(declared.kind)
    held = opened(declared, rows, actor)
    lines = [(row, token_of(found, declared, row), held.get(origin_of(declared, row.key))) for row in rows]
    told = {
        "section": "systems", "system": found, "find": declared, "unset": unset, "kind": kind, "lines": [x for x in lines if x[2] is None],
        "open": [x for x in lines if x[2] is not None], "act": declared.act, "heads": [words for words, _ in rows[0].numbers] if rows else [],
    }  # fmt: skip
    return render(request, "peelian/find.html", told)


def opened(find: Find, rows: list[Found], actor: Actor) -> dict[str, Case]:
    """The cases that were opened from what was found, by origin; of those that the reader sees."""
    wanted = [origin_of(find, row.key) for row in rows]
    held: dict[str, Case] = {}
    for n in range(0, len(wanted), 500):
        for case in cases(actor).filter(kind=find.kind, origin__in=wanted[n : n + 500]).order_by("pk"):
            held[case.origin] = case
    return held


def sheets_of(kind: Kind) -> list[Sheet]:
    """The sheets that the page of a case offers."""
    return [s for each in systems.listed() for s in each.sheets if s.kind == kind.name]


def _system(id: str) -> System:
    try:
        return systems.system_of(id)
    except InvalidInput as error:
        raise Http404 from error


def _named(sheets: Any, name: str, *, kind: str) -> Sheet:
    found = next((s for s in sheets if s.name == name and s.kind == kind), None)
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, document: Document, form: str, name: str, back: tuple[str, str]) -> HttpResponse:
    if form == "html":
        told = {"section": "systems", "article": html.article(document), "style": mark_safe(html.style()), "document": document,
                "back": back, "wish": request.GET.urlencode()}  # fmt: skip
        return render(request, "peelian/sheet.html", told)
    if form not in ("pdf", "txt"):
        raise Http404
    body, kind = (pdf(document), "application/pdf") if form == "pdf" else (text(document), "text/plain; charset=utf-8")
    return HttpResponse(
        body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    )


def pages_of(system: System, actor: Actor) -> list[tuple[str, str]]:
    """Address and words of the system's own pages that open to a reader."""
    mine = actor.roles if actor.agency.kind == "police" else frozenset()
    return [(reverse(name), words) for name, words, *roles in system.pages if not roles or mine & set(roles)]


def _kind(kind: Kind, actor: Actor, at: datetime) -> dict[str, Any]:
    """What stands on the page of a system about one kind of case."""
    held, ends = cases(actor).filter(kind=kind.name), many(kind.ends)
    who, around = who_is(actor, at), around_of(kind)
    return {
        "kind": kind, "stages": [(s, words_of(s), queues.up_to(held.filter(stage=s))) for s in kind.stages if s not in ends],
        "late": queues.up_to(held.filter(closed=False, due_order__lte=at)), "closed": queues.up_to(held.filter(stage__in=ends)),
        "opens": opens_of(kind, who),
        "clocks": [_clock(c, part, around, at) for c, part in _clocks(kind)],
        "decisions": [(words_of(d.name, d.title), (d.policy.__doc__ or "").strip().split("\n")[0]) for d in kind.decisions],
        "unset": sorted(name for name, local in kind.all_locals.items() if not _set(local, around, at)),
    }  # fmt: skip


def _clocks(kind: Kind) -> Iterator[tuple[Clock, str]]:
    yield from ((c, "") for c in kind.clocks)
    yield from ((c, words_of(p.name, p.title)) for p in kind.parts for c in p.clocks)


def _set(local: Local, around: Any, at: datetime) -> bool:
    try:
        around.local(local, at)
    except Unset:
        return False
    return True


def _clock(clock: Clock, part: str, around: Any, at: datetime) -> tuple[str, str, str]:
    """A clock's title, its limit and where that stands, in words."""
    limit, title = (
        clock.limit,
        f"{part}: {words_of(clock.name, clock.title).lower()}" if part else words_of(clock.name, clock.title),
    )
    if isinstance(limit, str):
        return title, limit, clock.source
    if isinstance(limit, Local):
        try:
            return title, str(around.local(limit, at)[0]), clock.source or limit.source
        except Unset:
            return title, "not set yet", limit.source
    if isinstance(limit, Limit):
        return (
            title,
            "by " + ", ".join(words_of(key).lower() for key in limit.keys),
            clock.source or f"table “{limit.table.name}”",
        )
    return title, "by the rule", clock.source or (limit.__doc__ or "").strip().split("\n")[0]
