"""What somebody is on a day: the roles of the postings that hold, the vetting and training held, the teams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from .models import Clearance, Posting, User
from .roles import IMPLIED


@dataclass(frozen=True, slots=True)
class Standing:
    """One account on one day.

    Attributes
    ----------
    roles, vetting, training, teams : frozenset of str
        Names and codes; all empty for an account without a posting.
    """

    roles: frozenset[str]
    vetting: frozenset[str]
    training: frozenset[str]
    teams: frozenset[str]


def holding(rows: QuerySet[Any], on: date) -> QuerySet[Any]:
    """Of dated rows, those that hold on a day."""
    return rows.filter(start__lte=on).filter(Q(until=None) | Q(until__gt=on))


def standing(user: User, on: date) -> Standing:
    """What `user` is on a day. A training without a posting counts for nothing, so it is not told."""
    posts = list(holding(Posting.objects.filter(user=user), on).values_list("roles", "team"))
    cleared = list(holding(Clearance.objects.filter(user=user), on).values_list("kind", "name")) if posts else []
    return Standing(
        roles=frozenset(held for roles, _ in posts for role in roles for held in (role, *IMPLIED.get(role, ()))),
        vetting=frozenset(name for kind, name in cleared if kind == "vetting"),
        training=frozenset(name for kind, name in cleared if kind == "training"),
        teams=frozenset(team for _, team in posts if team),
    )
