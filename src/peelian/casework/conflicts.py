"""Who may not be given a case since records name them in it. It says who, never why: that is for professional standards alone."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from peelian.identity.models import Known
from peelian.records.models import Relationship

from .duty_tables import StaffNumber
from .models import Case


def conflicted(case: Case, usernames: Collection[str]) -> frozenset[str]:
    """Those who are, or are related to, somebody whom the case or its record names.

    Parameters
    ----------
    case : Case
        Its subject, the record it came from, and every person whom its facts name count.
    usernames : collection of str
        Whom to look for.

    Notes
    -----
    It reads past every restriction, so what comes of it may be shown only as one of several reasons not to be available. People
    are compared by their whole linked component, denied pairs included: rather one too many.
    """
    numbers = dict(StaffNumber.objects.filter(user__in=list(usernames)).values_list("number", "user"))
    own = {f"force-hr/{number}": user for number, user in numbers.items()}
    if not own:
        return frozenset()
    people = _whole(_named(case))
    near = _whole({*people, *_related(people)})
    return frozenset(user for key, user in own.items() if key in near)


def _named(case: Case) -> set[str]:
    """Keys of the mentions that a case and its record name."""
    records = [r for r in (case.origin, case.subject_record.partition("/")[2]) if r]
    facts = [v for v in (*case.facts.values(), *case.private_facts.values()) if isinstance(v, str) and v]
    rows = Known.objects.filter(Q(reference__in=records) | Q(ref__in=[case.subject, *facts]))
    return {*rows.values_list("key", flat=True), *([case.subject_key] if case.subject_key else [])}


def _whole(keys: Collection[str]) -> set[str]:
    """The same, with every mention of the same people."""
    components = Known.objects.filter(key__in=list(keys)).exclude(component=None).values("component")
    return {*keys, *Known.objects.filter(component__in=components).values_list("key", flat=True)}


def _related(keys: Collection[str]) -> set[str]:
    """Keys of those whom a record calls related to one of them."""
    bare = [key.partition("/")[2] for key in keys]
    rows = Relationship.objects.filter(Q(mention__in=bare) | Q(to__in=bare)).values_list("batch__feed", "mention", "to")
    found = {(f"{feed}/{a}", f"{feed}/{b}") for feed, a, b in rows}
    return {end for pair in found if set(pair) & set(keys) for end in pair}
