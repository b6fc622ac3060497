"""Both editions of a local profile, proposed by one person and issued by another on the same day, through the ledger of releases."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction

from peelian.access.actor import Actor, require_police
from peelian.access.release import Release, plan, threshold
from peelian.casework import store
from peelian.core.clock import london_day
from peelian.core.errors import PeelianError
from peelian.core.kinds import Case

from . import local_profile_rules as rules
from .local_profile_editions import content_of, digest, full_document, leaks, shareable_document, tables

if TYPE_CHECKING:
    from peelian.access.models import Released


def read(ref: str, actor: Actor, at: datetime) -> Case:
    """The profile as rules read it; the look is logged. Raises as `casework.store.load`."""
    held = store.load(ref, actor, at)
    return Case(held.state, at, held.who, around=held.around)


def propose_editions(ref: str, recipient: str, *, actor: Actor, at: datetime, rng: np.random.Generator) -> Released:
    """Plan the shareable edition against every earlier release, and put both editions before a second person.

    Parameters
    ----------
    ref : str
        Of the profile's case.
    recipient : str
        To whom the shareable edition goes.
    rng : numpy.random.Generator
        For the choice of what else to withhold; its seed must not be known outside.

    Raises
    ------
    Denied
        If the actor is not of the force, or may not see the profile.
    Refused
        In the words of what is still missing.
    PeelianError
        ``peelian.E750`` if words or numbers of limited data stand in the shareable edition; ``peelian.E303`` if earlier releases already narrow a count.
    """
    from peelian.access.release import ledger

    require_police(actor)
    case, day = read(ref, actor, at), london_day(at)
    content = content_of(case, edition=day, recipient=recipient, names=rules.names())
    planned = plan(tables(case), earlier=ledger.earlier(), rng=rng)
    shareable = shareable_document(content, planned.release)
    found = leaks(_untold(case), shareable.texts(), _free(case, content))
    if found:
        raise PeelianError(
            "limited data stand in the shareable edition", found=f"{len(found)} pieces of text or numbers from what must not leave the force",
            matters="what a partner gave under limits would leave the force", fix="word the summary, the actions and the dissent without them",
            id="peelian.E750",
        )  # fmt: skip
    with transaction.atomic():
        proposal: Released = ledger.propose(
            planned, title=f"{shareable.title}, {shareable.subtitle}"[:200], recipient=recipient, digest=digest(shareable), actor=actor, at=at,
            content=content | {"case": ref},
        )  # fmt: skip
        digests = {
            "recipient": recipient,
            "full_digest": digest(full_document(case, edition=day, names=rules.names())),
            "shareable_digest": digest(shareable),
        }
        store.do(ref, "propose_editions", digests, actor=actor, at=at)
    return proposal


def issue(ref: str, *, actor: Actor, at: datetime) -> Released:
    """Approve the release and issue both editions, of the same day, in one step or not at all.

    Raises
    ------
    Denied, Refused
        As `propose_editions`; also for whoever proposed them.
    PeelianError
        ``peelian.E304`` to ``peelian.E306`` as `peelian.access.release.ledger.approve`.
    """
    from peelian.access.models import Released
    from peelian.access.release import ledger

    require_police(actor)
    case = read(ref, actor, at)
    waiting = (
        Released.objects.filter(digest=case.shareable_digest, number=None, refused_at=None).order_by("-pk").first()
    )
    if waiting is None:
        raise PeelianError(
            "there is no such proposal of a release", fix="choose one that waits for approval", id="peelian.E306"
        )
    found: Released = ledger.approve(waiting.pk, actor=actor, at=at)
    return found


def _untold(case: Case) -> list[str]:
    """What partners wrote for the force: of all data, for where words may be told, those are others than these."""
    return [str(text) for row in rules.given(case) for text in (row.get("statement"), row.get("limit_words")) if text]


def _free(case: Case, content: dict[str, Any]) -> list[str]:
    """What may be told: the words that controllers allow, and what an empty edition says."""
    lists = dict.fromkeys(("statements", "levels", "actions", "dissent"), ())
    empty = shareable_document(content | {"summary": ""} | lists, Release((), threshold(), frozenset()))
    return [*(row.told for row in rules.given(case) if row.get("told")), *empty.texts()]
