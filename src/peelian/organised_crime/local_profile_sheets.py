"""Both editions of a local profile on its case's page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peelian.core.clock import london_day
from peelian.core.document import Document, Note, Section
from peelian.core.kinds import Case

from .local_profile_editions import full_document, shareable_document
from .local_profile_rules import names


def full_sheet(*, actor: Any, at: datetime, case: Any, **given: Any) -> Document:
    """The full edition: of the day of issue where it is issued, else as it stands now."""
    read = Case(case.state, at, case.who, around=case.around)
    return full_document(read, edition=read.get("issued_on") or london_day(at), names=names())


def shareable_sheet(*, actor: Any, at: datetime, case: Any, **given: Any) -> Document:
    """The shareable edition as it was proposed, from the ledger of releases; before that, how to get there."""
    from peelian.access.models import Released
    from peelian.access.release import Release

    digest = case.state.facts.get("shareable_digest")
    found = Released.objects.filter(digest=digest).order_by("-number", "-pk").first() if digest else None
    if found is None or found.refused_at is not None:
        words = Note(
            "No shareable edition is proposed. It is planned on the page Local profiles, once partners own their actions and a threat is estimated."
        )
        return Document(
            title=f"Serious and organised crime local profile: {case.state.facts.get('area', '')}", subtitle="shareable edition", marking="OFFICIAL-SENSITIVE",
            edition=london_day(at), sections=(Section("Not yet", (words,)),),
        )  # fmt: skip
    return shareable_document(found.content, Release.from_json(found.plan))
