"""The demonstration's casework: some weeks of a made-up force at work, with queues that are full and some things late.

Every entry goes through `casework.store` as if a person had made it at that hour, so nothing here can be what the engine refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.changes import SETTINGS, approved, decide, propose
from peelian.access.models import User
from peelian.access.refs import ref_of
from peelian.casework import store
from peelian.casework.duty import sign_on
from peelian.casework.models import Case
from peelian.records.models import Mention
from peelian.records.setup import FORCE

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
    "marac.accept_within": "24 hours",
    "marac.answer_within": "5 working days after",
    "marac.decide_within": "2 working days after",
    "marac.hear_within": "30 days after",
    "marac.idva_within": "2 working days after",
    "marac.minutes_within": "5 working days after",
    "marac.visible_high_risk": "14",
    "marac.events_12_months": "3",
    "marac.repeat_rule": "newer",
    "suspects.profile": "by_grade",
    "suspects.accept_within": "12 hours",
    "suspects.grade_within": "4 hours",
    "suspects.find_within": "28 days after",
    "domestic_abuse.accept_within": "30 minutes",
    "domestic_abuse.grade_within": "4 hours",
    "domestic_abuse.notify_within": "24 hours",
    "domestic_abuse.review_within": "48 hours",
    "notice.accept_within": "4 hours",
    "notice.submit_within": "12 hours",
    "notice.triage_within": "24 hours",
    "notice.route_within": "24 hours",
    "notice.answer_within": "5 working days after",
    "notice.feedback_within": "5 working days after",
    "notice.concerns_to_refer": "3",
    "held_ahead.accept_within": "48 hours",
    "held_ahead.review_every": "6 months after",
    "hub.dispute_within": "24 hours",
    "hub.first_review_within": "3 months after",
    "hub.later_review_within": "6 months after",
    "tasking.accept_within": "24 hours",
    "tasking.decide_within": "14 days after",
    "tasking.report_within": "28 days after",
    "consistency.accept_within": "48 hours",
    "consistency.answer_within": "14 days after",
    "consistency.follow_within": "6 months after",
    "workforce.accept_within": "24 hours",
    "workforce.concern_within": "24 hours",
    "workforce.demand_within": "28 days after",
}
ON_DUTY = ("control", "sergeant", "detective", "inspector", "superintendent", "hub-manager")
YEAR = timedelta(days=365)


class Play:
    """People of the demo act on cases, so many hours ago."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def actor(self, name: str) -> Actor:
        """Somebody, safeguarding."""
        return Actor.of(User.objects.select_related("agency").get(username=name), "safeguarding")

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
    play = Play(now)
    for name in ON_DUTY:  # the shift that the reader walks in on
        sign_on(until=now + timedelta(hours=11), actor=play.actor(name), at=play.ago(12))
    if not Case.objects.exists():
        for story in (_missing, _hub, _marac, _suspects):
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

        if n < 3:
            continue
        for name, agency in (("social_care", "council"), ("police", FORCE), ("health", "nhs")):
            store.ask(ref, name, agency, actor=play.actor("hub-manager"), at=play.ago(hours - 1.5))
        for function, by, held in (
            ("police", "hub-manager", hurt),
            ("social_care", "social-worker", n % 3 == 0),
            ("health", "nurse", n % 2 == 1),
        ):
            if (function, n) in (("health", 5), ("health", 8)):
                continue  # an agency that stays silent
            item = store.load(ref, play.actor("hub-manager")).state.live(function)[0]
            store.answer(ref, item.id, {
                "held": held, "what": "Seen before; see the plan." if held else "Nothing held.", "minutes": 12 + n, "asked_family": n == 4
            }, actor=play.actor(by), at=play.ago(hours - 2 - n / 4))  # fmt: skip
        if n < 5:
            continue
        late = 30 if n == 9 else 3.5
        play.decide(
            "social-worker",
            hours - late,
            ref,
            "respond",
            "strategy" if hurt else "assessment",
            {"decided_by": "Team manager"},
        )
        play.do(
            "hub-manager", hours - late - 2, ref, "tell_referrer", {"told_referrer": "What was decided, and who leads."}
        )
        if hurt:
            play.do("social-worker", hours - late - 5, ref, "hold_strategy", {
                "held_at": play.ago(hours - late - 5), "present": "Social care, police, health", "harm_suspected": True})  # fmt: skip
            play.decide("social-worker", hours - late - 6, ref, "decide_threshold", "section_47")
        play.do(
            "social-worker",
            hours - late - 7,
            ref,
            "make_plan",
            {"lead_worker": "A social worker of the county council"},
        )
        play.do("social-worker", hours - late - 8, ref, "start_support", {
            "support": "Family support at home", "support_from": "council", "supported_at": play.ago(hours - late - 8)})  # fmt: skip


def _marac(play: Play) -> None:
    """Victims at high risk: one to be decided, one to be listed, three on the next agenda, two heard."""
    women = [m for m in people(False, 16) if m.sex == "F"][:7]
    meeting = (play.now + timedelta(days=6)).date().isoformat()
    for n, victim in enumerate(women):
        hours = 20.0 + 60 * n
        ref = play.open("hub-manager", hours, "marac", "refer", {
            "referred_at": play.ago(hours), "area": DISTRICTS[0], "from_agency": "police" if n % 2 else "health trust",
            "referred_by": "police" if n % 2 else "health", "sent_by": "By the secure form.", "consent": "given" if n % 3 else "not safe to ask",
            "victim_name": f"{victim.forenames} {victim.surname}", "victim_born_on": victim.born_on.isoformat(), "children_at_home": n % 3,
            "yes_count": (16, 9, 14, 5, 17, 15, 14)[n], "events_12m": (1, 3, 0, 1, 4, 2, 3)[n], "police_grade": "high" if n % 2 else "medium",
            "judgement": n == 3, "judgement_why": "Separation, control and strangulation together." if n == 3 else None,
            "override_basis": "Public interest: serious harm is likely" if n % 3 == 0 else None,
            "override_why": "She cannot be asked while he is at home." if n % 3 == 0 else None, "safe_contact": "Through the health visitor",
        })  # fmt: skip
        if n == 0:
            continue
        play.decide("hub-manager", hours - 10, ref, "decide_threshold", "hear")
        if n == 1:
            continue
        heard = n >= 5
        play.do("hub-manager", hours - 14, ref, "list_case", {
            "meeting_on": play.ago(hours - 100).date().isoformat() if heard else meeting})  # fmt: skip
        store.ask(ref, "research", "nhs", actor=play.actor("hub-manager"), at=play.ago(hours - 15))
        if heard:
            play.do("hub-manager", hours - 100, ref, "hear", {
                "heard_at": play.ago(hours - 100), "attended": "Police, health, housing, adviser.", "risk_summary": "High: contact goes on."})  # fmt: skip
            play.do("hub-manager", hours - 101, ref, "agree_action", {
                "action": "Change the locks and fit a camera.", "done_by": "council", "within": "5 working days", "agreed_at": play.ago(hours - 100)})  # fmt: skip


def _suspects(play: Play) -> None:
    """A register in which one district circulates late, or never: what the page of differences is for."""
    rng = Random(1)
    offences = ("violence", "violence", "sexual", "robbery or burglary", "theft", "other")
    for n in range(48):
        area = DISTRICTS[n % 3]
        hours = 24.0 * rng.uniform(1, 118)
        da = rng.random() < 0.35
        ref = play.open("detective", hours, "outstanding_suspect", "register", {
            "wanted_at": play.ago(hours), "area": area, "wanted_for": "suspect", "offence": rng.choice(offences), "da": da,
            "da_grade": rng.choice(("standard", "medium", "high")) if da else None, "crime": f"WX/{26000 + n}/26"})  # fmt: skip
        play.decide(
            "sergeant", hours - rng.uniform(0.2, 3), ref, "grade_it", rng.choice(("green", "amber", "amber", "red"))
        )
        slow = area == DISTRICTS[2]
        if rng.random() > (0.6 if slow else 0.05):
            at = hours - min(rng.uniform(3.5, 60.0 if slow else 12.0), hours - 0.1)
            play.do("detective", at, ref, "circulate", {"circulated_at": play.ago(at)})
        days = rng.expovariate(1 / (40.0 if slow else 12.0))
        if days * 24 < hours - 6:
            at = hours - max(days * 24, 5)
            play.do(
                "detective",
                at,
                ref,
                "attempt",
                {"tried_at": play.ago(at), "place": "Home address", "result": "arrested"},
            )
            play.do("detective", at - 0.5, ref, "close_found", {"closed_as": "arrested", "ended_at": play.ago(at)})
