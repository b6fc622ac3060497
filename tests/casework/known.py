"""Mentions as the search holds them, without the loading and linking that makes them."""

from datetime import UTC, datetime

from peelian.access.models import RecordClass
from peelian.access.refs import ref_of
from peelian.identity.models import Component, Known
from peelian.records.models import Batch

AT = datetime(2026, 1, 1, tzinfo=UTC)


def known(key: str, *, component: int | None = None) -> Known:
    """One mention of a made-up person; mentions of one component are joined."""
    code, _ = RecordClass.objects.get_or_create(
        code="people", defaults={"source": "force", "category": "crime", "handling": "police", "regime": "part3"}
    )
    batch, _ = Batch.objects.get_or_create(
        digest="x" * 64,
        defaults={"feed": "force-crimes", "record_class": code, "known_from": AT, "state": Batch.LANDED},
    )
    joined = None if component is None else Component.objects.get_or_create(pk=component, defaults={"links": []})[0]
    feed, _, reference = key.partition("/")
    return Known.objects.create(
        key=key, ref=ref_of(key), component=joined, record_class=code, batch=batch, line=Known.objects.count() + 1, feed=feed,
        reference=reference, role="victim", surname="Made", forenames="Up", known_from=AT,
    )  # fmt: skip
