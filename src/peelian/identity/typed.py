"""A record typed in, matched while the user waits: whom it may be of, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from peelian.access.actor import Actor, record_act
from peelian.core.errors import PeelianError

from . import training
from .models import HiddenHit, Known
from .persons import Person, known, persons_of
from .reasons import Match, Reason, score_one
from .search import ALERTS, left_out
from .settling import model_used

FIELDS = ("surname", "forenames", "sex", "born_on", "phone", "address", "postcode")
MOST = 20


@dataclass(frozen=True)
class Proposal:
    """Somebody whom a typed record may be of: the best of the person's mentions, what it weighs, and why."""

    person: Person
    mention: Known
    weight: int
    link: bool  # at or above the threshold from which linkage joins
    reasons: tuple[Reason, ...]


def match_typed(record: Mapping[str, Any], *, actor: Actor, at: datetime, reason: str = "") -> list[Proposal]:
    """Whom a typed record may be of, the likeliest first; a person decides, nothing is joined.

    Parameters
    ----------
    record : mapping
        Some of `FIELDS`; `born_on` a date.
    actor : Actor
        Only mentions that this actor may see are proposed and folded into persons.
    at : datetime
        The instant of the look, which is logged with everybody shown.
    reason : str, optional
        Why, in the user's words.

    Returns
    -------
    list of Proposal
        At most `MOST`, each person once, with the weights that linkage gives the same record in a file.

    Raises
    ------
    PeelianError
        ``peelian.E615`` where no model is in use yet; ``peelian.E616`` where nothing was typed.
    """
    told = {name: record[name] for name in FIELDS if record.get(name)}
    if not told:
        raise PeelianError(
            "nothing was typed to match by", fix="type a name, or a date of birth and a postcode", id="peelian.E616"
        )
    used = model_used()
    if used is None:
        raise PeelianError("people have not been linked yet", fix="run: peelian link", id="peelian.E615")
    model = training.load(used.pk)
    best: dict[str, Proposal] = {}
    matches = {m.key: m for m in score_one(model, told, known(actor))}
    held = {m.key: m for m in known(actor).filter(key__in=list(matches))}
    for person in persons_of(held.values(), actor=actor):
        match = max((matches[k] for k in person.keys if k in matches), key=lambda m: (m.weight, m.key))
        best[person.ref] = Proposal(person, held[match.key], match.weight, match.weight >= used.upper, match.reasons)
    found = sorted(best.values(), key=lambda p: (-p.weight, p.person.ref))[:MOST]
    met = _met([m for m in score_one(model, told, left_out(Known.objects, actor)) if m.weight >= used.upper])
    with transaction.atomic():
        detail = {"asked by": sorted(told), "shown": len(found)}
        subjects = [p.mention.key for p in found]
        record_act(
            actor, "consultation", "typed record matched", detail=detail, at=at, subjects=subjects, reason=reason
        )
        for m in met:
            HiddenHit.objects.create(
                at=at, record_class_id=m.record_class_id, ref=m.ref, by=actor.user.username, agency=actor.agency.code,
                purpose=actor.purpose,
            )  # fmt: skip
    return found


def _met(matches: list[Match]) -> list[Known]:
    """Hidden mentions that the record is surely of: their owners are told, the searcher is not."""
    return list(Known.objects.filter(key__in=[m.key for m in matches[:ALERTS]]).order_by("key"))
