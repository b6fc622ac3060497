"""The force's own people as subjects: restricted at once, and routed to professional standards (law 15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from peelian.access.actor import Actor
from peelian.access.models import Restriction
from peelian.access.restrictions import restrict_staff_mentions
from peelian.records.feeds import FEEDS

from .models import Known

SUBJECT = (
    "suspect",
    "victim",
    "witness",
    "complainant",
    "detainee",
    "subject",
    "missing person",
    "offender",
    "wanted person",
)


def restrict_staff(parts: Iterable[Iterable[str]], actor: Actor, at: datetime) -> list[Restriction]:
    """Restrict the mentions of people who are also mentions of the force's staff.

    Parameters
    ----------
    parts : iterable of iterables of str
        The partition: of each person with more than one mention, the mentions' keys (`feed/key`). Those of one mention
        cannot be staff and subject.
    actor : Actor
        Who ran the linkage; the log names them.
    at : datetime

    Returns
    -------
    list of Restriction
        Those made now. A restriction stays when a link is undone: only professional standards lifts it.

    Notes
    -----
    Grey pairs join nothing, so a member of staff whose link waits in review is not restricted yet: the review shows it.
    Of a feed whose row is an event and its person at once (custody), the record is restricted with the mention.
    """
    wanted: list[tuple[str, str, str]] = []
    for part in parts:
        keys = list(part)
        if not any(key.startswith("force-hr/") for key in keys):
            continue
        for one in Known.objects.filter(key__in=keys, role__in=SUBJECT).values_list("key", "feed", "reference"):
            key, feed, reference = one
            wanted.append(("mention", feed, key.removeprefix(f"{feed}/")))
            if "event" in FEEDS[feed].becomes:
                wanted.append(("record", feed, reference))
    return restrict_staff_mentions(wanted, actor=actor, at=at)
