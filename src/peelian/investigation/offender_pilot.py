"""I7: a pilot of reactive management: two arms by lot, a boundary that can stop it, audit visits in both, a dated decision by a chief officer.

Question 2, area for improvement of 2016: the pilot is reviewed as soon as possible. The policy proposes; a chief officer decides. A pilot
that did not cross its boundary is never called safe, and one with too few outcomes cannot be called viable.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from peelian.core.clock import london_day, start_of_day
from peelian.core.kinds import NEW, Act, Clock, Decision, Facts, Kind, Outcome, Owners, Part, Proposal, Share, fact
from peelian.core.local import Local
from peelian.core.period import Period

from . import pilot_reading as read
from .pilot_reading import Reading

PLAN = read.PLAN
ACCEPT, COUNT, STOP, RETURN, AUDIT = (
    Local(f"pilot.{n}_within", PLAN) for n in ("accept", "count", "stop", "return", "audit")
)
CLIMB = Local("pilot.climb_every", PLAN)
LADDER = ("superintendent", "chief-officer")


class Pilot(Facts, private="restricted"):
    title: str = fact("What is tried?", private="open", group="Plan")
    question: str = fact("What is to be found out?", group="Plan")
    compared: str = fact("What is the usual arm?", group="Plan", hint="Visits as the plan of each person says.")
    outcomes: str = fact(
        "Which outcomes count?",
        group="Plan",
        hint="Those that need no police contact to be seen, and what audit visits find.",
    )
    seed: str = fact(
        "Number drawn before the first member is named",
        group="Plan",
        hint="Of a public draw; it fixes every lot and cannot be changed.",
    )
    expected: int = fact("Outcomes expected in both arms together by the review", group="Plan")
    review_on: date = fact("When is it decided on, at the latest?", private="open", group="Plan")
    ethics: str = fact("Who signed it off (ethics, data protection), and when?", group="Plan")
    stopped_because: str = fact("Why is it suspended?", group="End")
    decision: str = fact("Decision", private="open", show="decided", group="End")
    decided_why: str = fact("On what grounds?", group="End")
    returned_on: date = fact("On which day were all back in active management?", group="End", ahead=False)


class Member(Facts, private="personal"):
    person: str = fact("Whose case? (reference)", private="special")
    joined_at: datetime = fact("When did they join?", private="restricted")
    arm: Literal["reactive", "usual"] = fact("Arm", private="restricted", show="worked out")
    left_at: datetime = fact("When did they leave it?", private="restricted")
    left_because: Literal["trigger", "moved away", "in custody", "dead", "duty ended"] = fact(
        "Why?", private="restricted"
    )


class Count(Facts, private="restricted"):
    figures: Reading = fact("What the members' cases say", show="worked out")


class Audits(Facts, private="restricted"):
    drawn_at: datetime = fact("When was it drawn?")
    to_visit: list[str] = fact("Whom to visit (references)", private="special", show="worked out")
    made_on: date = fact("When were all of them visited?", ahead=False)


def planned(case: Any) -> str:
    """What the pilot could show, were harm to rise as much as is not accepted."""
    from peelian.analysis.sequential import chance_to_cross

    ratio, alpha = float(case.local(read.RATIO)), float(case.local(read.ALPHA))
    chance = chance_to_cross(case.expected, at_risk=0.5, ratio=ratio, alpha=alpha)
    asked = float(case.local(read.POWER))
    words = f"{case.expected} outcomes would show a rise to {ratio:g} times with a chance of {chance:.0%} (false alarm at most {alpha:.0%})"
    return words if chance >= asked else f"{words}: less than the {asked:.0%} asked, so it cannot come out as viable"


def signed_off(case: Any) -> bool:
    """Ethics and data protection have signed it off, and the number for the lots is drawn, before it begins."""
    return bool(case.ethics and case.seed)


def not_named_yet(case: Any) -> bool:
    """Nobody is a member twice."""
    return case.person not in [m.person for m in case.members if m.it.id != case.item.it.id]


def lists_visited(case: Any) -> bool:
    """Everybody drawn is visited since, or has left the pilot: their own cases hold the audit visits."""
    gone = {m.person for m in case.members if m.get("left_at")}
    for ref in set(case.to_visit) - gone:
        other = case.case(ref)
        made = [] if other is None else [read.visited_by(item) for item in other.live("visits")]
        if not any(when is not None and when >= case.drawn_at for when in made):
            return False
    return True


def all_active(case: Any) -> bool:
    """Everybody of the pilot is back in active management: nobody's own case stands at reactive."""
    if case.stage not in ("suspended", "stopped"):
        return True
    states = [case.case(m.person) for m in case.members if m.arm == read.REACTIVE]
    return all(state is not None and state.stage != "reactive" for state in states)


def proposal(case: Any) -> Proposal:
    """Stop where the boundary is crossed; viable only where harm as great as is not accepted is excluded; else it goes on."""
    source = "Rules of the pilot's plan; HMIC, Essex 2016: review the pilot as soon as possible"
    said, words = read.last_of(case), read.verdict(case)
    if said is None:
        return Proposal("go_on", words, source)
    if read.crossed(case):
        return Proposal("stop", words, source)
    enough = read.powered(case) and read.excluded(case) and read.audited(case) and not said.unread
    return Proposal("viable" if enough else "go_on", words, source)


def until_review(case: Any, start: datetime) -> Any:
    """The day that the plan sets for the decision."""
    begun = london_day(start)
    return (
        Period.after(days=max(1, (case.review_on - begun).days)),
        "the day that the plan sets",
        "plan of the pilot",
        "local",
    )


def reviewed_soon(case: Any) -> bool:
    """The review lies ahead when the pilot begins."""
    return bool(case.at < start_of_day(case.review_on))


PILOT = Kind(
    name="offender_pilot", title="Pilot of reactive management", question="investigation", source="HMIC, Essex 2016: the pilot is reviewed as soon as possible",
    facts=Pilot, record_class="offenders", filters=("review_on", "decision"), locals=(read.RATIO, read.ALPHA, read.POWER, read.AUDITS),
    stages=("planned", "running", "suspended", "stopped", "adopted", "closed"), ends=("adopted", "closed"),
    parts=(
        Part(name="members", title="Members", facts=Member, order=(("joined_at", "left_at"),)),
        Part(name="readings", title="Counts", facts=Count),
        Part(name="audits", title="Random audit visits", facts=Audits, order=(("drawn_at", "made_on"),), clocks=(
            Clock(name="audits_made", title="Audit visits made", starts="drawn_at", stops="made_on", limit=AUDIT),)),
    ),
    acts=(
        Act(name="plan_pilot", title="Plan a pilot of reactive management", during=NEW, to="planned", asks=("title", "question", "compared", "outcomes", "seed", "expected", "review_on"),
            maybe=("ethics",), by="inspector"),
        Act(name="sign_off", title="Signed off", during="planned", asks=("ethics",), by="superintendent"),
        Act(name="begin", title="Begin", during="planned", to="running", by="superintendent", guards=(signed_off, reviewed_soon)),
        Act(name="enrol", title="Add a member; the lot gives the arm", during=("planned", "running"), adds="members", asks=("person", "joined_at"),
            works_out=("arm", read.arm_by_lot), guards=(not_named_yet, read.not_crossed)),
        Act(name="leave", title="A member leaves", during=("running", "suspended"), on="members", asks=("left_at", "left_because")),
        Act(name="count_again", title="Count from the members' cases", during=("running", "suspended"), adds="readings", works_out=("figures", read.count)),
        Act(name="draw_audits", title="Draw audit visits by lot", during="running", adds="audits", asks=("drawn_at",), works_out=("to_visit", read.audit_list)),
        Act(name="audits_done", title="All of them are visited", on="audits", during=("running", "suspended"), asks=("made_on",), guards=(lists_visited,)),
        Act(name="suspend", title="Suspend at once", during="running", to="suspended", asks=("stopped_because",), by="inspector"),
        Act(name="confirm_returned", title="All are back in active management", during="stopped", to="closed", asks=("returned_on",), by="inspector",
            guards=(all_active,)),
    ),
    decisions=(
        Decision(name="decide_pilot", title="Decide on the pilot", during=("running", "suspended"), policy=proposal, sets="decision", by="chief-officer",
                 asks=("decided_why",), guards=(read.counted,), outcomes=(
                     Outcome("viable", to="adopted", title="It is a viable approach", guards=(read.not_crossed, read.powered, read.excluded, read.audited)),
                     Outcome("go_on", to="running", title="It goes on", guards=(read.not_crossed,)),
                     Outcome("stop", to="stopped", title="It stops"))),
    ),
    clocks=(
        Clock(name="counted_in_time", title="Counted again", starts=("begin", "count_again"), stops="count_again", moot="stopped", limit=COUNT,
              climbs=LADDER, climb_every=CLIMB),
        Clock(name="stop_decided", title="Boundary crossed: suspended or stopped", starts="count_again", stops=("suspended", "stopped", "adopted"), limit=STOP,
              when=read.crossed, climbs=LADDER, climb_every=CLIMB),
        Clock(name="reviewed", title="Decided on", starts="begin", stops=("stopped", "adopted"), limit=until_review,
              climbs=LADDER, climb_every=CLIMB),
        Clock(name="returned", title="All back in active management", starts=("suspended", "stopped"), stops="confirm_returned", moot="running", limit=RETURN,
              climbs=LADDER, climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER),
    derives=(("verdict", read.verdict), ("needs_contact", read.contact_words), ("could_show", planned)),
    measures=(
        Share(name="boundary_kept", asks="Of counts, what share finds the boundary not crossed? (This does not say that a pilot is safe.)", of="readings",
              hit=lambda r: r.figures.crossed_on is None),
    ),
)  # fmt: skip
