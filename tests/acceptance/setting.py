"""What every acceptance test stands on: values that a force set long ago, and people in their roles."""

from datetime import UTC, datetime

from peelian.access.actor import Actor
from peelian.access.models import Change, Posting, User

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def settled(values):
    """The force's own values, each set by two people long before the test begins."""
    for name, value in values.items():
        Change.objects.create(
            uid=name, name=name, after=str(value), reason="t", proposed_by="a", proposed_at=LONG_AGO, approved_by="b", approved_at=LONG_AGO
        )  # fmt: skip


def posted(name, agency, *roles, purpose, on):
    """Somebody in these roles and no other, who looks for a purpose."""
    user = User.objects.create_user(name, agency=agency)
    Posting.objects.filter(user=user).delete()
    Posting.objects.create(user=user, roles=list(roles), start=LONG_AGO.date(), by="t", at=LONG_AGO)
    return Actor(user, agency, purpose, on=on, reason="test")
