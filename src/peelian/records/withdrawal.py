"""Taking a whole feed back: its owner no longer shares it, so nothing of it is current until it is restored."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from peelian.access.actor import Actor, record_act, require_police
from peelian.core.clock import in_utc
from peelian.core.errors import PeelianError

from .feeds import feed_named
from .models import Withdrawal


def withdraw(feed: str, *, reason: str, actor: Actor, at: datetime) -> Withdrawal:
    """Stop using a feed from `at` on; what was known on an earlier day stays answerable.

    Raises
    ------
    PeelianError
        If there is no such feed, no reason is given, or it is withdrawn already.
    """
    require_police(actor)
    name = feed_named(feed).name
    if not reason.strip():
        raise PeelianError(
            "a reason is needed", matters="the next reader must see why the feed is not used", fix="say why"
        )
    with transaction.atomic():
        if Withdrawal.objects.filter(feed=name, restored_at=None).exists():
            raise PeelianError("the feed is withdrawn already", found=name, fix="restore it first", id="peelian.E429")
        held = Withdrawal.objects.create(
            feed=name, since=in_utc(at), reason=reason.strip()[:300], by=actor.user.username
        )
        record_act(actor, "alteration", f"feed {name} withdrawn", detail={"reason": held.reason}, at=held.since)
    return held


def restore(feed: str, *, actor: Actor, at: datetime) -> Withdrawal:
    """Use a withdrawn feed again from `at` on.

    Raises
    ------
    PeelianError
        If there is no such feed, or it is not withdrawn.
    """
    require_police(actor)
    name = feed_named(feed).name
    with transaction.atomic():
        held = Withdrawal.objects.filter(feed=name, restored_at=None).first()
        if held is None:
            raise PeelianError(
                "the feed is not withdrawn", found=name, fix="see `peelian feeds` for those that are", id="peelian.E429"
            )
        held.restored_at, held.restored_by = in_utc(at), actor.user.username
        held.save()
        record_act(actor, "alteration", f"feed {name} restored", at=held.restored_at)
    return held
