"""The demonstration's casework: some weeks of a made-up force at work, with queues that are full and some things late.

Every entry goes through `casework.store` as if a person had made it at that hour, so nothing here can be what the engine refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.changes import SETTINGS, approved, decide, propose
from peelian.access.models import User
from peelian.access.refs import ref_of
from peelian.casework import store
from peelian.casework.models import Case
from peelian.records.models import Mention

# What the made-up force has set for itself. They are nobody's standard; what stands in no line here stays unset, as in a real start.
VALUES: Mapping[str, str] = {
    "missing.review_profile": "by_level",
    "missing.handover_every": "8 hours",
    "missing.grade_within": "1 hour",
    "missing.accept_within": "15 minutes",
    "missing.prevention_interview_within": "24 hours",
    "missing.send_to_ukmpu_within": "72 hours",
    "missing.send_to_ukmpu_within_high": "24 hours",
    "hub.triage_profile": "common",
    "hub.opens": "09:00",
    "hub.closes": "17:00",
    "hub.screen_within": "4 working hours",
    "hub.answer_within": "1 working day after",
    "hub.strategy_within": "24 hours",
    "hub.conference_within": "15 working days after",
    "hub.core_group_within": "10 working days after",
    "hub.feedback_within": "3 working days after",
    "hub.accept_within": "2 hours",
}
YEAR = timedelta(days=365)


class Play:
    """People of the demo act on cases, so many hours ago."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.users = {u.username: u for u in User.objects.select_related("agency")}

    def actor(self, name: str) -> Actor:
        """Somebody, safeguarding."""
        return Actor.of(self.users[name], "safeguarding")

    def ago(self, hours: float) -> datetime:
        """The instant so many hours ago, to the minute."""
        return (self.now - timedelta(hours=hours)).replace(second=0, microsecond=0)

    def open(self, by: str, hours: float, kind: str, act: str, given: Mapping[str, Any], **more: Any) -> str:
        """Open a case; its ref."""
        return store.open_case(kind, act, given, actor=self.actor(by), at=self.ago(hours), **more).ref

    def do(
        self, by: str, hours: float, ref: str, act: str, given: Mapping[str, Any] | None = None, **more: Any
    ) -> None:
        """Do an act."""
        store.do(ref, act, given or {}, actor=self.actor(by), at=self.ago(hours), **more)

    def decide(
        self, by: str, hours: float, ref: str, name: str, outcome: str, given: Mapping[str, Any] | None = None, why: str = "seen so"
    ) -> None:  # fmt: skip
        """Take a decision."""
        store.decide(ref, name, outcome, given or {}, actor=self.actor(by), at=self.ago(hours), reason=why)

    def hand(self, by: str, to: str, hours: float, ref: str, *, accepted: float | None) -> None:
        """Offer a case, and accept it so many hours ago; never, where it lies unanswered."""
        store.offer(ref, to, actor=self.actor(by), at=self.ago(hours), reason="allocated")
        if accepted is not None:
            store.accept(ref, actor=self.actor(to), at=self.ago(accepted))


def set_values(by: str, second: str, at: datetime) -> None:
    """Set the force's own values by two people, where they are not set."""
    systems.load()
    one, two = (Actor.of(User.objects.select_related("agency").get(username=n), "administration") for n in (by, second))
    for name, text in VALUES.items():
        if name in SETTINGS and approved(name) is None:
            uid = propose(name, text, reason="the made-up force's own value", actor=one, at=at).uid
            decide(uid, approve=True, actor=two, at=at)


def fill(now: datetime | None = None) -> int:
    """Play the weeks, once; returns the number of cases that are there."""
    now = now or datetime.now(UTC)
    set_values("sergeant", "administrator", now - YEAR)
    if not Case.objects.exists():
        play = Play(now)
        for story in (_missing, _hub):
            story(play)
    return Case.objects.count()


def people(young: bool, count: int) -> list[Mention]:
    """Made-up people whose records are held: under 18, or over 70."""
    found = Mention.objects.filter(batch__feed="force-people", born_on__isnull=False).select_related("batch")
    found = found.filter(born_on__gte="2009-01-01") if young else found.filter(born_on__lte="1948-01-01")
    picked: dict[tuple[str, str], Mention] = {}
    for mention in found.order_by("key", "pk")[: count * 6]:
        picked.setdefault((mention.surname, mention.forenames), mention)
    return list(picked.values())[:count]


def _who(mention: Mention) -> dict[str, Any]:
    return {
        "name": f"{mention.forenames} {mention.surname}",
        "born_on": mention.born_on.isoformat(),
        "sex": mention.sex if mention.sex in ("F", "M") else None,
        "subject": ref_of(f"{mention.batch.feed}/{mention.key}"),
    }


DISTRICTS = ("Aldmoor", "Brackwater", "Caldershore")


def _missing(play: Play) -> None:
    """Children and old people: found, being looked for, and one whom nobody has accepted."""
    children, old = people(True, 8), people(False, 3)
    last: dict[str, Any] = {"age_standing": "known"}
    for n, child in enumerate(children[:5]):  # found, some days ago
        hours = 60.0 + 70 * n
        ref = play.open("control", hours, "missing_person", "report", {
            "reported_at": play.ago(hours), "area": DISTRICTS[n % 3], "why_worried": "Not back at the time agreed; phone is off.",
            "missing_from": "children's home" if n % 2 else "home", "looked_after": bool(n % 2), "exploitation": "yes" if n == 3 else "no",
            "self_harm": "no", "crime_feared": "no", "last_seen_at": play.ago(hours + 2), **last, **_who(child),
        })  # fmt: skip
        play.decide("sergeant", hours - 0.7, ref, "grade", "medium")
        play.do("sergeant", hours - 7, ref, "supervisor_review", {
            "considered": "Friends, hospital, last known places.", "next_steps": "Phone data asked for; carers ring round."})  # fmt: skip
        play.do("sergeant", hours - 12, ref, "find", {
            "returned_at": play.ago(hours - 12), "found_by": "carers" if n % 2 else "returned", "well_being": "safe and well",
            "found_where": "At a friend's."})  # fmt: skip
        play.do("sergeant", hours - 14 - 8 * n, ref, "prevention_interview", {
            "harm": "None told.", "where_been": "With an older friend, whom they would not name."})  # fmt: skip
        if n in (1, 4):
            play.do("sergeant", hours - 30, ref, "hold_return_interview", {
                "interviewed_at": play.ago(hours - 30), "interviewer": "A charity's worker", "independent": True})  # fmt: skip
    now = ((children[5], 5.0, "high", True), (children[6], 2.5, "medium", True), (children[7], 0.8, "", False))
    for child, hours, level, owned in now:
        ref = play.open("control", hours, "missing_person", "report", {
            "reported_at": play.ago(hours), "area": DISTRICTS[0], "missing_from": "children's home", "looked_after": True,
            "why_worried": "Left with a bag after a phone call; seen getting into a car.", "exploitation": "yes",
            "cse_risk": "high", "crime_feared": "yes" if level == "high" else "not known", "last_seen_at": play.ago(hours + 1), **last, **_who(child),
        })  # fmt: skip
        if level:
            play.decide("sergeant", hours - 0.3, ref, "grade", level)
        play.hand("control", "inspector", hours - 0.4, ref, accepted=hours - 0.5 if owned else None)
    for n, person in enumerate(old):
        hours = 3.0 + 40 * n
        ref = play.open("control", hours, "missing_person", "report", {
            "reported_at": play.ago(hours), "area": DISTRICTS[n % 3], "missing_from": "care home" if n else "home", "dementia": True,
            "frailty": "yes", "why_worried": "Went out for the paper and did not come back.", "last_seen_at": play.ago(hours + 1), **last, **_who(person),
        })  # fmt: skip
        play.decide("sergeant", hours - 0.2, ref, "grade", "high")
        if n:
            play.do("sergeant", hours - 3, ref, "find", {
                "returned_at": play.ago(hours - 3), "found_by": "police", "well_being": "safe and well"})  # fmt: skip


def _hub(play: Play) -> None:
    """Referrals at every stage: some asked about, one whose agency is silent, one decided late."""
    children = people(True, 20)[8:]
    for n, child in enumerate(children):
        hours = 4.0 + 14 * n
        hurt = n % 4 == 0
        ref = play.open("hub-manager", hours, "hub_referral", "refer", {
            "received_at": play.ago(hours), "authority": "council", "from_agency": ("school", "nhs", "police")[n % 3],
            "sent_by": "The safeguarding lead; by telephone.", "about": "child", "person_name": f"{child.forenames} {child.surname}",
            "born_on": child.born_on.isoformat(), "concern": "Bruises seen; says that home is loud at night." if hurt else "Tired, hungry, often late.",
            "injury": hurt, "violence_at_home": n % 2 == 0, "agreed": ("agreed", "not safe to ask")[n % 2],
            "basis": "A child may be at risk of harm" if n % 2 else None, "safe_contact": "Through the school",
        }, agency="council")  # fmt: skip
        if n < 2:
            continue
        play.decide("hub-manager", hours - 1, ref, "triage", "red" if hurt else ("amber", "green")[n % 2])
