"""Files of a case: attached, sent as a download, taken off."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from peelian.casework import attachments
from peelian.core.errors import PeelianError

SAID = {
    attachments.CLEAN: "Attached, and no virus was found.",
    attachments.INFECTED: "A virus was found in it. It is kept as evidence, nobody can open it; tell your information-security officer.",
    attachments.NOT_SCANNED: "Attached. Nobody scanned it for viruses.",
}  # fmt: skip


@require_POST
def attach(request: HttpRequest, ref: str) -> HttpResponse:
    """Attach one file to a case."""
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, "Choose a file.")
        return _back(ref)
    try:
        one = attachments.attach(
            ref, file.file, title=request.POST.get("title", ""), actor=request.actor, at=timezone.now()
        )
    except PeelianError as error:
        if error.id not in ("peelian.E491", "peelian.E492"):
            raise
        messages.error(request, f"Not attached: {error.summary}. {error.fix[:1].upper()}{error.fix[1:]}.")
        return _back(ref)
    say = messages.error if one.scanned == attachments.INFECTED else messages.success
    say(request, SAID[one.scanned])
    return _back(ref)


def attachment(request: HttpRequest, name: str) -> FileResponse:
    """One file as a download; never shown inside a page."""
    found = attachments.opened(name, actor=request.actor, at=timezone.now())
    return FileResponse(
        found.path.open("rb"), as_attachment=True, filename=found.name, content_type=found.kind,
        headers={"X-Content-Type-Options": "nosniff"},
    )  # fmt: skip


@require_POST
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Take a file off a case's page, with a reason."""
    ref = attachments.found(name, request.actor).case.ref
    attachments.remove(name, reason=request.POST.get("reason", ""), actor=request.actor, at=timezone.now())
    messages.success(request, "Taken off the page. A disclosure still lists it, with your reason.")
    return _back(ref)


def _back(ref: str) -> HttpResponse:
    return redirect(reverse("case", args=[ref]) + "#files")
