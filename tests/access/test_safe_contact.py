"""Law 14: a person's safe-contact rule blocks every letter, text, call and visit that would break it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.access.actor import Actor
from peelian.access.models import Agency, Agreement, Entry, RecordClass, Subject, User
from peelian.access.onward import OnwardLimit, limits, may_disclose, may_export
from peelian.access.refs import ref_of
from peelian.access.safe_contact import CHANNELS, lift_rule, may_contact, set_rule
from peelian.core.errors import PeelianError
from peelian.records.feeds import FEEDS

KEY, OTHER = "force-people/M1", "force-custody/C9"
AT = datetime(2026, 6, 1, 9, tzinfo=UTC)  # 10:00 in London


@pytest.fixture
def actor(db: None) -> Actor:
    """One of the force."""
    agency = Agency.objects.create(code="force", name="The force", kind="police")
    return Actor.of(User.objects.create(username="a", agency=agency), "safeguarding")


GOLDEN = """
voicemail  -          voicemail  blocked  the rule's own channel
voicemail  -          letter     check    nothing is known of letters
any        -          letter     blocked  any is every channel
any        -          visit      blocked  any is every channel
call       9-12       call       allowed  10:00 in London lies in the hours; 09:00 UTC would not be asked
call       11-15      call       blocked  before the hours
call       9-10       call       blocked  the last hour does not count
call       22-11      call       allowed  over midnight
call       22-6       call       blocked  over midnight, and it is day
any        via        text       blocked  only through the professional
"""


@pytest.mark.parametrize("row", GOLDEN.strip().splitlines())
def test_what_a_rule_blocks(actor: Actor, row: str) -> None:
    channel, how, asked, expected, why = row.split(maxsplit=4)
    hours = tuple(int(h) for h in how.split("-")) if how[0].isdigit() else None
    set_rule(KEY, channel, hours=hours, only_via="IDVA" if how == "via" else "", reason="said so", actor=actor, at=AT)
    found = may_contact([OTHER, KEY], asked, AT)
    told = "blocked" if not found.allowed else "check" if found.check else "allowed"
    assert told == expected, why


def test_where_nothing_is_recorded_a_person_asks_first(actor: Actor) -> None:
    """Silence is never safety, and never a wall either: statutory notices still go, once somebody has asked."""
    for channel in CHANNELS:
        assert (may_contact([KEY], channel, AT).allowed, may_contact([KEY], channel, AT).check) == (True, True)
    for keys, channel in (([], "letter"), ([KEY], "pigeon")):
        with pytest.raises(ValueError):
            may_contact(keys, channel, AT)


def test_a_rule_ends_on_its_day_or_when_it_is_lifted(actor: Actor) -> None:
    set_rule(KEY, "letter", until=date(2026, 6, 2), reason="moves then", actor=actor, at=AT)
    rule = set_rule(KEY, "text", reason="phone is shared", actor=actor, at=AT)
    assert not may_contact([KEY], "letter", AT).allowed
    assert may_contact([KEY], "letter", datetime(2026, 6, 1, 23, 30, tzinfo=UTC)).allowed  # 2 June in London
    lift_rule(rule, reason="own phone now", actor=actor, at=AT)
    assert may_contact([KEY], "text", AT).allowed
    assert [e.what for e in Entry.objects.order_by("pk")] == ["safe-contact rule"] * 2 + ["safe-contact rule lifted"]
    assert set(Subject.objects.values_list("ref", flat=True)) == {ref_of(KEY)}


@pytest.mark.django_db
@given(
    rules=st.lists(st.tuples(st.sampled_from((*CHANNELS, "any")), st.integers(0, 2)), max_size=5),
    hour=st.integers(0, 23),
)
def test_one_more_rule_never_allows_more(rules: Any, hour: int) -> None:
    """For every set of rules and every channel: what was blocked stays blocked when a rule is added."""
    from django.db import transaction

    at = datetime(2026, 6, 1, hour, tzinfo=UTC)
    with transaction.atomic():
        agency = Agency.objects.create(code="f", name="F", kind="police")
        actor = Actor.of(User.objects.create(username="u", agency=agency), "safeguarding")
        before = {c: may_contact([KEY], c, at).allowed for c in CHANNELS}
        for channel, kind in rules:
            set_rule(
                KEY,
                channel,
                hours=(8, 18) if kind == 1 else None,
                only_via="x" if kind == 2 else "",
                reason="r",
                actor=actor,
                at=at,
            )
            after = {c: may_contact([KEY], c, at).allowed for c in CHANNELS}
            assert all(before[c] or not after[c] for c in CHANNELS)
            before = after
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": "pigeon"},
        {"reason": " "},
        {"hours": (9, 9)},
        {"hours": (9, 24)},
        {"hours": (9, 12), "only_via": "x"},
    ],
)
def test_a_rule_that_says_nothing_is_refused(actor: Actor, wrong: dict[str, Any]) -> None:
    with pytest.raises(PeelianError, match=r"peelian\.E322"):
        set_rule(KEY, actor=actor, at=AT, **{"channel": "call", "reason": "r", **wrong})


# ---- passing on


@pytest.fixture
def classes(db: None) -> dict[str, str]:
    """Classes by feed."""
    for name in ("force-crimes", "hmrc-intelligence", "police-uk-street", "council-asb"):
        own = FEEDS[name].record_class
        RecordClass.objects.create(
            code=own.code, source=own.source, category=own.category, handling=own.handling, controller=own.controller,
            regime=own.regime, onward=own.onward,
        )  # fmt: skip
    return {feed.name: feed.record_class.code for feed in FEEDS.values()}


def test_a_file_leaves_out_no_one_by_silence(actor: Actor, classes: dict[str, str]) -> None:
    """HMRC: nothing onward without its written consent (Commissioners for Revenue and Customs Act 2005, s.18)."""
    may_export(actor, [classes["force-crimes"], classes["council-asb"], classes["police-uk-street"]])
    with pytest.raises(OnwardLimit, match="Nothing onward without HMRC"):
        may_export(actor, [classes["force-crimes"], classes["hmrc-intelligence"]])
    hmrc = Agency.objects.create(code="hmrc", name="HMRC", kind="partner", sources=["hmrc"])
    may_export(Actor(actor.user, hmrc, "intelligence"), [classes["hmrc-intelligence"]])  # its own
    assert ("The Chief Constable", "Police only; further sharing under an agreement") in limits(classes.values())


def test_records_go_to_another_agency_under_an_agreement_alone(actor: Actor, classes: dict[str, str]) -> None:
    council = Agency.objects.create(code="council", name="The council", kind="partner", sources=["council"])
    crime = classes["force-crimes"]
    may_disclose(actor, [classes["police-uk-street"], classes["council-asb"]], council)  # open data, and its own
    with pytest.raises(OnwardLimit):
        may_disclose(actor, [crime], council)
    Agreement.objects.create(
        code="x", title="x", party="x", feed="force-crimes", purposes=["safeguarding"], basis="x", every=1, due=1, start=date(2025, 1, 1),
        owner="x", to=["council"],
    )  # fmt: skip
    may_disclose(actor, [crime], council)
    with pytest.raises(OnwardLimit):
        may_disclose(Actor(actor.user, actor.agency, "prevention"), [crime], council)
