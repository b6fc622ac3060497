"""The kinds of case, and the page of one case."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from peelian.access.actor import Actor, visible
from peelian.access.roles import ROLES
from peelian.casework import duty, store
from peelian.casework.kinds import KINDS, kind_of
from peelian.casework.sight import cases, who_is
from peelian.casework.uncovered import uncovered
from peelian.core.clock import LONDON
from peelian.core.kinds import Case, Kind, answers, contradicted, gap, must_answer, words_of
from peelian.identity.models import Known
from peelian.records.models import Area

from ..case_fields import in_words
from ..case_form import pairs, title_of
from ..case_page import asks_of, opens_of, stages_of, tables_of, ways_of
from ..case_words import Names, clock_line, journal_line, last_good
from .systems import sheets_of

REF = re.compile("[0-9a-f]{24}")


def kinds(request: HttpRequest) -> HttpResponse:
    """Every kind of case that runs here: what it is for, how many are open, and the forms that open one."""
    held = cases(request.actor).filter(closed=False)
    counts = {name: held.filter(kind=name).count() for name in KINDS}
    groups: dict[str, list[tuple[Kind, int, list[tuple[str, str]]]]] = {}
    who = who_is(request.actor, timezone.now())
    for kind in sorted(KINDS.values(), key=lambda k: k.title):
        opens = opens_of(kind, who)
        groups.setdefault(words_of(kind.question), []).append((kind, counts[kind.name], opens))
    return render(request, "peelian/cases.html", {"section": "cases", "groups": sorted(groups.items())})


def case(request: HttpRequest, ref: str) -> HttpResponse:
    """One case, or the case as it was known on a past day."""
    at, text = timezone.now(), request.GET.get("known", "")
    known = _end_of(text)
    found = store.load(ref, request.actor, at=known or at, known=known)
    row, state, kind, who, then = found.case, found.state, found.kind, found.who, known or at
    if not state.entries:
        raise Http404  # on that day nobody had opened it yet
    names = Names({e.by for e in state.entries} | {e.to for e in found.journal} | {row.owner, state.owner, state.offered_to,
                  state.offered_by, state.support.supporter if state.support else ""})  # fmt: skip
    tables = tables_of(found, asks_of(kind, state, who), names, then)
    lines = [clock_line(r, title_of(kind, r.clock), at=then) for r in found.runs if not r.item]
    counted = {e.seq for e in state.entries}
    told = {
        "section": "cases", "case": row, "kind": kind, "known": known, "known_text": text if known else "",
        "today": timezone.localdate(), "stage": words_of(state.stage), "area": _area(row.area),
        "decided": [(kind.about[n].question, in_words(v, kind.about[n])) for n, v in found.seen.items() if n in kind.decided],
        "running": sorted((x for x in lines if x.running and x.due), key=lambda x: x.due or then),
        "lines": sorted(lines, key=lambda x: (not x.running, x.due is None, x.due or then)),
        "choices": ways_of(kind, found.doors, found.proposals, tables), "tables": tables,
        "unasked": [] if known else [way for table in tables if table.ask and not table.rows for way in table.ways],
        **_known(found), "stages": stages_of(kind, state),
        "journal": [
            journal_line(e, kind, names, classes=found.classes, struck=e.seq not in counted, mends=known is None)
            for e in reversed(found.journal)
        ],
        "gap": gap(state, then, found.around), "contradicted": contradicted(state, then, found.around),
        "refs": _named_here(found, request.actor), "person_seen": _person_seen(row.subject, request.actor), "derived": _derived(found, then), **_beside(found, request.actor), "sheets": sheets_of(kind),
        "owner": names.of(state.owner), **_hands(found, names, then),
    }  # fmt: skip
    return render(request, "peelian/case.html", told)


def _derived(found: store.Loaded, at: datetime) -> list[tuple[str, str]]:
    """What the kind derives in words of what the reader may see, as far as it can be known."""
    if not found.classes >= {"open", "restricted", "personal", "special"}:
        return []  # a derived text may rest on any fact
    case = Case(found.state, at, found.who, around=found.around)
    told = [(name, case.get(name)) for name, _ in found.kind.derives]
    return [(words_of(name), value) for name, value in told if isinstance(value, str) and value]


def _known(found: store.Loaded) -> dict[str, Any]:
    """The fieldsets of which something is known, and those of which nothing is."""
    kind = found.kind
    told = pairs({n: a for n, a in kind.about.items() if a.private in found.classes}, found.seen)
    some = {name: rows for name, rows in told.items() if any(known for *_, known in rows)}
    none = {name: rows for name, rows in told.items() if name not in some}
    return {"groups": some, "unknown": none, "unknown_count": sum(map(len, none.values()))}


def _hands(found: store.Loaded, names: Names, at: datetime) -> dict[str, Any]:
    """Who holds a case, whom it is offered to, and what the reader may do about that."""
    told: dict[str, Any] = {}
    state, who = found.state, found.who
    answer = must_answer(state, at, found.around)
    mine = state.owner == who.name or state.owner in {f"team:{t}" for t in who.teams}
    told["may_offer"] = not state.closed and (mine or any(who.may((role,)) for role in state.kind.owners.climbs))
    if answer is not None:
        to_me = state.offered_to == who.name or state.offered_to in {f"team:{t}" for t in who.teams}
        told["may_accept"] = to_me or answers(who, answer)
        words = f"{names.of(answer.who)} must answer now: {answer.reason}."
        if answer.until is not None:
            words += f" It climbs on at {last_good(answer.until, at)}."
        told["offer"] = {
            "to": names.of(state.offered_to or state.owner), "at": state.offer_at, "by": names.of(state.offered_by) if state.offered_by else "",
            "words": words,
        }  # fmt: skip
    now = next((now for _, now in uncovered(at, [found.case])), None)
    if now is not None and now.step and not who.partner:
        told["may_accept"] = told.get("may_accept", False) or who.name in now.people
        people = ", ".join(map(names.of, now.people)) or "nobody on duty"
        words = f"{people} must act now: {now.reason}."
        words += f" Call out the {ROLES[now.call_out].lower()} on call." if now.call_out else ""
        words += f" It climbs on at {last_good(now.until, at)}." if now.until is not None else ""
        told.setdefault("offer", {"to": names.of(state.owner), "at": now.since, "by": ""})["words"] = words
        told["left"] = state.offer_at is None
    if state.support is not None:
        told["support"] = {
            "name": names.of(state.support.supporter), "until": state.support.until, "accepted": state.support.accepted_at,
            "mine": state.support.supporter == who.name and state.support.accepted_at is None,
        }  # fmt: skip
    if not state.owner.startswith("team:"):
        held = duty.span(state.owner, at)
        told["duty"] = f"On duty until {last_good(held[1], at)}." if held else "Not on duty now."
    return told


def _named_here(found: store.Loaded, actor: Actor) -> dict[str, str]:
    """Other cases that a fact or a row of this one names by its reference, and that the reader sees: what each is."""
    held = [*found.seen.values(), *(v for item in found.state.items.values() for v in found.seen_of(item.id).values())]
    wanted = {v for v in held if isinstance(v, str) and REF.fullmatch(v)}
    rows = cases(actor).filter(ref__in=wanted).values_list("ref", "kind") if wanted else ()
    return {ref: f"{kind_of(kind).title} {ref[:8]}" for ref, kind in rows}


def _person_seen(ref: str, actor: Actor) -> bool:
    """Whether the page of a person opens to the reader for this purpose."""
    return bool(ref) and visible(Known.objects.filter(ref=ref), actor).exists()


def _beside(found: store.Loaded, actor: Actor) -> dict[str, Any]:
    """The case that this one belongs to, those that belong to it, and the forms that open more of them."""
    row, kind = found.case, found.kind
    seen = cases(actor)
    parent = seen.filter(pk=row.parent_id).first() if row.parent_id else None
    children = [(c, kind_of(c.kind).title) for c in seen.filter(parent=row).order_by("pk")]
    kinds = [] if row.closed else [KINDS[name] for name in kind.children if name in KINDS]
    # Led by the kind: "Open from the call" beside "Record a crime" says of neither what it opens.
    opens = [
        (k.name, name, f"{k.title}: {words[:1].lower()}{words[1:]}")
        for k in kinds
        for name, words in opens_of(k, found.who)
    ]
    return {
        "parent": parent,
        "parent_title": kind_of(parent.kind).title if parent else "",
        "children": children,
        "opens": opens,
    }


def _area(code: str) -> str:
    return Area.objects.filter(code=code).values_list("name", flat=True).first() or code


def _end_of(day: str) -> datetime | None:
    """The last instant of a past day in London; None for today, a day to come and what is no day."""
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        return None
    return datetime.combine(asked, time.max, LONDON) if asked < timezone.localdate() else None
