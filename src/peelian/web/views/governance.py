"""Documents to review and sign: drawn up from the declarations, signed by two people, open again when the declarations change."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from peelian.access import changes
from peelian.access.actor import record_act, require_role
from peelian.core.document import Document
from peelian.documents import html
from peelian.documents.governance import KINDS, Kind, digest, signature
from peelian.documents.pdf import pdf


def documents(request: HttpRequest) -> HttpResponse:
    """Every document and how it stands."""
    require_role(request.actor, *changes.WHO_DECIDES)
    today = timezone.localdate()
    rows = [(kind, signature(kind, kind.build(today))) for kind in KINDS.values()]
    return render(request, "peelian/governance.html", {"section": "access", "rows": rows})


def document(request: HttpRequest, slug: str) -> HttpResponse:
    """One document, with what can be done with it."""
    kind, built = _built(request, slug, "page")
    given = {
        "section": "access", "kind": kind, "document": built, "article": html.article(built), "style": mark_safe(html.style()),
        "signature": signature(kind, built), "digest": digest(built),
    }  # fmt: skip
    return render(request, "peelian/governance_document.html", given)


def as_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a PDF."""
    _, built = _built(request, slug, "pdf")
    name = {"Content-Disposition": f'attachment; filename="{slug}.pdf"'}
    return HttpResponse(pdf(built), content_type="application/pdf", headers=name)


@require_POST
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """The first signature, on the edition that was read."""
    kind, _ = _built(request, slug, "signed")
    note = request.POST.get("note", "").strip()
    changes.propose(
        f"signed.{slug}", request.POST.get("digest", ""), reason=note, actor=request.actor, at=timezone.now()
    )
    messages.success(request, f"You signed. The {kind.title.lower()} waits for a second person.")
    return redirect("governance-document", slug)


@require_POST
def decide(request: HttpRequest, slug: str) -> HttpResponse:
    """The second signature, or a refusal."""
    _built(request, slug, "decided")
    agreed = request.POST.get("answer") == "sign"
    note = request.POST.get("note", "").strip()
    changes.decide(request.POST.get("change", ""), approve=agreed, note=note, actor=request.actor, at=timezone.now())
    messages.success(request, "Signed by two people." if agreed else "Sent back unsigned.")
    return redirect("governance-document", slug)


def _built(request: HttpRequest, slug: str, how: str) -> tuple[Kind, Document]:
    require_role(request.actor, *changes.WHO_DECIDES)
    kind = KINDS.get(slug)
    if kind is None:
        raise Http404
    record_act(request.actor, "consultation", f"document: {slug}", detail={"as": how})
    return kind, kind.build(timezone.localdate())
