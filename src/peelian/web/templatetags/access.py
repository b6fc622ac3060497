"""Which pages about access an actor may open."""

from __future__ import annotations

from django import template

from peelian.access.actor import Actor
from peelian.access.break_glass import REVIEWERS
from peelian.access.changes import WHO_DECIDES
from peelian.access.log.looks import OVERSEERS
from peelian.access.restrictions import WHO_RESTRICTS
from peelian.records.retention import WHO as RETAINERS
from peelian.web.views.access_own import POLICY_READERS

register = template.Library()

PAGES = (
    ("access", "My access", ()),
    ("access-break-glass", "Break-glass", ("police",)),
    ("access-glasses", "To review", (*REVIEWERS, *WHO_RESTRICTS)),
    ("access-restrictions", "Restricted", WHO_RESTRICTS),
    ("my-looks", "Looks", ()),
    ("access-users", "Accounts", ("administrator", "data-protection")),
    ("access-settings", "Settings", WHO_DECIDES),
    ("access-policy", "Policy", POLICY_READERS),
    ("retention", "Reviews and erasures", RETAINERS),
    ("governance", "Documents to sign", WHO_DECIDES),
    ("second-factor", "Second factor", ()),
)


@register.filter
def oversees(actor: Actor) -> bool:
    """Whether an actor may see who looked at whom."""
    return bool(actor.roles & set(OVERSEERS))


@register.filter
def access_pages(actor: Actor) -> list[tuple[str, str]]:
    """Name and words of the pages that open to an actor."""
    held = {*actor.roles, "police"} if actor.agency.kind == "police" else set()
    return [(name, words) for name, words, who in PAGES if not who or held & set(who)]
