"""Every kind's addresses: list, read, act, decide, ask, answer, offer. Access and log are the store's, as for the pages."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router, Status

from peelian.access.actor import Denied, record_act
from peelian.casework import queues, store
from peelian.casework.models import Case
from peelian.casework.sight import asks_of, cases, seen_facts
from peelian.core.errors import PeelianError
from peelian.core.kinds import NEW, Act, Ask, Conflict, Decision, Kind, Refused, about_of, many, words_of

from . import shapes
from .auth import Key, Session

FAULTS: dict[Any, Any] = {frozenset({400, 403, 409, 422}): shapes.Fault}
MOST = 200


def build(kinds: Iterable[Kind], *, namespace: str = "api") -> NinjaAPI:
    """The API of these kinds."""
    api = NinjaAPI(
        title="Peelian", version="1", urls_namespace=namespace, auth=[Key(), Session()], docs_url=None, openapi_url=None,
        description="Cases of every kind: the same acts, rules, access and log as the pages. Times are ISO 8601 with their zone.",
    )  # fmt: skip
    _faults(api)
    for kind in sorted(kinds, key=lambda one: one.name):
        api.add_router(f"cases/{kind.name}/", _kind(kind))
    api.add_router("asked/", _asked())
    return api


def now() -> datetime:
    """The instant of a request."""
    return datetime.now(UTC)


def _kind(kind: Kind) -> Router:
    router = Router(tags=[kind.title])

    def listed(
        request: HttpRequest, stage: str = "", area: str = "", closed: bool = False, after: str = "", limit: int = 50
    ) -> Any:
        rows = queues.filtered(cases(request.actor).filter(closed=closed), kind.name, stage=stage)
        rows = (rows.filter(area=area) if area else rows).order_by("due_order", "pk")
        page = queues.page(rows, after, max(1, min(limit, MOST)))
        record_act(
            request.actor, "consultation", "case list (API)", at=now(), detail={"kind": kind.name, "cases": len(page.rows)},
            subjects={c.subject_key for c in page.rows if c.subject_key},
        )  # fmt: skip
        return {"cases": [_brief(c, request) for c in page.rows], "next": page.next}

    def read(request: HttpRequest, ref: str) -> Any:
        return _case(request, kind, ref)

    def offer(request: HttpRequest, ref: str, body: shapes.Offer) -> Any:
        _of(request, kind, ref)
        told = body.model_dump()
        return _written(store.offer(ref, told.pop("to"), actor=request.actor, at=now(), **told))

    def accept(request: HttpRequest, ref: str) -> Any:
        _of(request, kind, ref)
        return _written(store.accept(ref, actor=request.actor, at=now()))

    def refuse(request: HttpRequest, ref: str, body: shapes.Reason) -> Any:
        _of(request, kind, ref)
        return _written(store.refuse(ref, actor=request.actor, at=now(), reason=body.reason))

    def add(method: str, path: str, view: Callable[..., Any], reply: Any, words: str, code: int = 200) -> None:
        name = f"{kind.name}_{path.replace('{ref}', 'case').strip('/').replace('/', '_') or 'list'}_{method}"
        getattr(router, method)(path, response={code: reply, **FAULTS}, summary=words, operation_id=name)(view)

    router.get("", response=shapes.Listed, summary=f"Cases: {kind.title}", operation_id=f"{kind.name}_list")(listed)
    add("get", "{ref}/", read, shapes.case_of(kind), "One case, with its clocks, what can be done, and its journal")
    add("post", "{ref}/offer/", offer, shapes.Written, "Offer the case")
    add("post", "{ref}/accept/", accept, shapes.Written, "Accept an offer")
    add("post", "{ref}/refuse/", refuse, shapes.Written, "Refuse an offer")
    for act in kind.acts:
        words = words_of(act.name, act.title)
        if NEW in many(act.during):
            add("post", f"acts/{act.name}/", _opens(kind, act), shapes.Written, f"Open: {words}", 201)
        if set(many(act.during)) != {NEW}:
            add("post", f"{{ref}}/acts/{act.name}/", _does(kind, act), shapes.Written, words)
    for decision in kind.decisions:
        words = f"Decide: {words_of(decision.name, decision.title)}"
        if NEW not in many(decision.during):
            add("post", f"{{ref}}/decisions/{decision.name}/", _decides(kind, decision), shapes.Written, words)
    for ask in kind.asks:
        words = words_of(ask.name, ask.title)
        add("post", f"{{ref}}/asks/{ask.name}/", _asks(kind, ask), shapes.Written, f"Ask an agency: {words}")
        router.post(
            f"answers/{ask.name}/{{asked}}/", response={200: shapes.Asked, **FAULTS}, summary=f"Answer for your agency: {words}",
            operation_id=f"{kind.name}_{ask.name}_answer",
        )(_answers(kind, ask))  # fmt: skip
    return router


def _opens(kind: Kind, act: Act) -> Callable[..., Any]:
    body_type, about = shapes.act_of(kind, act), about_of(kind, act)

    def view(request: HttpRequest, body: body_type) -> Any:  # type: ignore[valid-type]
        told, at = _beside(body), now()
        case = store.open_case(
            kind.name, act.name, shapes.given_in(body, about), actor=request.actor, at=told["at"] or at, known=at,
            to=body.to, origin=body.origin, reason=told["reason"],
        )  # fmt: skip
        return Status(201, _written(case))

    return view


def _does(kind: Kind, act: Act) -> Callable[..., Any]:
    body_type, about = shapes.act_of(kind, act), about_of(kind, act)

    def view(request: HttpRequest, ref: str, body: body_type) -> Any:  # type: ignore[valid-type]
        _of(request, kind, ref)
        told, at = _beside(body), now()
        case = store.do(
            ref, act.name, shapes.given_in(body, about), actor=request.actor, at=told["at"] or at, known=at,
            item=getattr(body, "item", ""), reason=told["reason"], seen=told["seen"],
        )  # fmt: skip
        return _written(case)

    return view


def _decides(kind: Kind, decision: Decision) -> Callable[..., Any]:
    body_type, about = shapes.decision_of(kind, decision), about_of(kind, decision)

    def view(request: HttpRequest, ref: str, body: body_type) -> Any:  # type: ignore[valid-type]
        _of(request, kind, ref)
        told, at = _beside(body), now()
        case = store.decide(
            ref, decision.name, body.outcome, shapes.given_in(body, about), actor=request.actor, at=told["at"] or at, known=at,
            reason=told["reason"], seen=told["seen"],
        )  # fmt: skip
        return _written(case)

    return view


def _asks(kind: Kind, ask: Ask) -> Callable[..., Any]:
    def view(request: HttpRequest, ref: str, body: shapes.ToAgency) -> Any:
        _of(request, kind, ref)
        return _written(store.ask(ref, ask.name, body.agency, actor=request.actor, at=now(), reason=body.reason))

    return view


def _answers(kind: Kind, ask: Ask) -> Callable[..., Any]:
    body_type, about = shapes.answer_of(kind, ask), kind.item_about(ask.name)

    def view(request: HttpRequest, asked: str, body: body_type) -> Any:  # type: ignore[valid-type]
        told, at = _beside(body), now()
        item, _ = store.load_ask(asked, request.actor, at)
        if (item.case.kind, item.part) != (kind.name, ask.name):
            raise _no_question()
        store.answer(
            asked,
            "",
            shapes.given_in(body, about),
            actor=request.actor,
            at=told["at"] or at,
            known=at,
            reason=told["reason"],
        )
        return _question(*store.load_ask(asked, request.actor, at))

    return view


def _asked() -> Router:
    router = Router(tags=["Questions to your agency"])

    def listed(request: HttpRequest) -> Any:
        rows = list(asks_of(request.actor).filter(state="asked").select_related("case").order_by("at", "pk")[:MOST])
        record_act(request.actor, "consultation", "questions to an agency (API)", at=now(), detail={"asked": len(rows)})
        return [_question(item, queues.asked_facts(item)) for item in rows]

    def read(request: HttpRequest, asked: str) -> Any:
        return _question(*store.load_ask(asked, request.actor, now()))

    def decline(request: HttpRequest, asked: str, body: shapes.Reason) -> Any:
        store.decline(asked, "", actor=request.actor, at=now(), reason=body.reason)
        return _question(*store.load_ask(asked, request.actor, now()))

    router.get("", response=list[shapes.Asked], summary="What your agency was asked and has not answered")(listed)
    router.get("{asked}/", response={200: shapes.Asked, **FAULTS}, summary="One question, with what it shows")(read)
    router.post(
        "{asked}/decline/",
        response={200: shapes.Asked, **FAULTS},
        summary="Say that your agency does not answer, and why",
    )(decline)
    return router


def _no_question() -> Denied:
    return Denied("there is no such question to your agency", fix="check the reference, and the purpose you stated")


def _of(request: HttpRequest, kind: Kind, ref: str) -> None:
    """A case of another kind reads as none: each address is of its own kind."""
    if not cases(request.actor).filter(ref=ref, kind=kind.name).exists():
        raise Denied(
            "there is no such case here that you may see", fix="check the reference, and the purpose you stated"
        )


def _beside(body: Any) -> dict[str, Any]:
    return {"reason": body.reason, "at": body.at, "seen": body.seen}


def _brief(case: Case, request: HttpRequest) -> dict[str, Any]:
    names = shapes.Brief.model_fields
    told = {name: getattr(case, name) for name in names if name != "facts"}
    return {**told, "facts": {n: v for n, v in seen_facts(case, request.actor).items() if n in case.facts}}


def _case(request: HttpRequest, kind: Kind, ref: str) -> dict[str, Any]:
    _of(request, kind, ref)
    found = store.load(ref, request.actor, now())
    case, classes = found.case, found.classes
    runs = [{name: getattr(run, name) for name in shapes.Clock.model_fields} for run in found.runs]
    doors = [{"name": d.name, "title": d.title, "open": d.open, "why": list(d.why)} for d in found.doors]
    proposals = [
        {"decision": name, "outcome": p.proposal.outcome, "reason": p.proposal.reason, "source": p.proposal.source}
        for name, p in found.proposals.items()
        if p.proposal is not None
    ]
    items = [
        {
            "part": row.part, "item": row.id, "at": row.at, "agency": row.to, "facts": found.seen_of(row.id),
            "state": "withdrawn" if row.withdrawn else "answered" if row.answered else "declined" if row.declined else "asked" if row.to else "",
        }
        for row in found.state.items.values()
    ]  # fmt: skip
    journal = [{name: getattr(e, name) for name in shapes.Line.model_fields} for e in found.journal]
    if "restricted" not in classes:  # another agency reads what was shared with it, and not who did what and why
        proposals, journal = [], []
    told = {name: getattr(case, name) for name in shapes.Brief.model_fields if name != "facts"}
    return {
        **told,
        "facts": found.seen,
        "clocks": runs,
        "doors": doors,
        "proposals": proposals,
        "items": items,
        "journal": journal,
    }


def _question(item: Any, shown: dict[str, Any]) -> dict[str, Any]:
    return {
        "ref": item.ref,
        "kind": item.case.kind,
        "asks": item.part,
        "at": item.at,
        "state": item.state,
        "shown": shown,
    }


def _written(case: Case) -> dict[str, Any]:
    return {"ref": case.ref, "stage": case.stage, "seq": case.seq, "owner": case.owner}


def _faults(api: NinjaAPI) -> None:
    def told(request: HttpRequest, error: PeelianError) -> HttpResponse:
        status = (
            409
            if isinstance(error, Conflict)
            else 422
            if isinstance(error, Refused)
            else 403
            if isinstance(error, Denied)
            else 400
        )
        fault = {"id": error.id, "summary": error.summary, "fix": error.fix}
        if isinstance(error, Refused):
            fault |= {"reasons": list(error.reasons), "fields": error.fields}
        if isinstance(error, Conflict):
            fault |= {"changed": sorted(error.changed)}
        return api.create_response(request, fault, status=status)

    api.add_exception_handler(PeelianError, told)
