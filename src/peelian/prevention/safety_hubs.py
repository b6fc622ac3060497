"""P5: the community safety hub: agencies that sit together have one board of problems, and each sees its share of it.

Question 1. A task for another agency is a question to it, so that each sees what it is asked and nothing else, its answer is timed, and
what it changed can be counted. Who sits at the table is not counted: what was asked, answered and done is.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from peelian.core.clock import london_day
from peelian.core.kinds import (
    NEW,
    Act,
    Ask,
    Clock,
    Decision,
    Facts,
    Kind,
    Median,
    Outcome,
    Owners,
    Part,
    Proposal,
    Share,
    fact,
)
from peelian.core.local import Local
from peelian.core.system import Sheet, System

from .safety_hubs_board import board

PROTOCOL = "community safety hub protocol"
ACCEPT, TAKE_ON, ANSWER, REVIEW, TELL = (
    Local(f"safety_hub.{name}_within", PROTOCOL) for name in ("accept", "take_on", "answer", "review", "tell")
)
CLIMB = Local("safety_hub.climb_every", PROTOCOL)
LADDER = ("inspector", "superintendent", "chief-officer")
AGENCIES = Local("safety_hub.agencies_needed", PROTOCOL)
Agency = Literal[
    "police",
    "council",
    "housing",
    "fire",
    "health",
    "probation",
    "youth service",
    "substance misuse service",
    "school",
    "other",
]


class Problem(Facts, private="restricted"):
    """A problem that several agencies share."""

    raised_at: datetime = fact("When was it raised?", group="Problem")
    area: str = fact("District", group="Problem", private="open")
    neighbourhood: str = fact("Neighbourhood", group="Problem", private="open")
    raised_by: Agency = fact("Which agency raises it?", group="Problem")
    about: Literal["a person", "a family", "a place", "a group"] = fact(
        "What is it about?", group="Problem", private="open"
    )
    theme: Literal["anti-social behaviour", "hoarding or self-neglect", "cuckooing", "hate", "street drinking", "repeat caller", "rough sleeping", "young people",
                   "neighbours", "other"] = fact("Theme", group="Problem", private="open")  # fmt: skip
    problem: str = fact("What is the problem?", group="Problem", private="personal")
    location: str = fact("Where?", group="Problem", private="personal")
    person: str = fact("Person on record", group="Problem", private="personal", show="found")
    person_name: str = fact("Who is it about?", group="Problem", private="personal")
    health_note: str = fact("Health, as far as it matters here", group="Problem", private="special")
    police_note: str = fact("Police intelligence, not shared", group="Police only", private="source")
    asb_case: str = fact("ASB case (case reference)", group="Problem")
    involved: int = fact("How many agencies deal with it already?", group="Weight")
    repeated: bool = fact("Does it come back again and again?", group="Weight")
    at_risk: bool = fact("Is somebody at risk of harm?", group="Weight", private="special")
    consent: Literal["given", "not asked: it would add to the risk", "refused, overridden", "not about a person"] = (
        fact("Does the person agree that agencies share?", group="Sharing", private="personal")
    )
    basis: str = fact("On which legal basis is it shared?", group="Sharing")
    lead: Agency = fact("Which agency leads?", group="Decision")
    place_on_board: str = fact("Taken on?", group="Decision", show="decided")
    why_not: str = fact("Why not, and who deals with it?", group="Decision")
    reviewed: str = fact("What did the hub find, and what is next?", group="Review")
    ended: Literal["solved", "less harm", "no change", "worse", "dealt with elsewhere"] = fact(
        "What came of it?", group="End"
    )
    ended_on: date = fact("On which day?", group="End")
    what_worked: str = fact("What did it, and how is that known?", group="End")
    told_at: datetime = fact("When were those who raised it told?", group="End")


class Did(Facts, private="personal"):
    """What an agency says to what it was asked."""

    takes_it: bool = fact("Do you take this on?", private="restricted")
    finished_on: date = fact("By when, or on which day was it done?", private="restricted")
    did: str = fact("What have you done, or will you do?")
    needs: str = fact("What do you need from the others?", private="restricted")


class Meeting(Facts, private="restricted"):
    """The hub spoke of it."""

    met_on: date = fact("On which day?")
    agencies: str = fact("Which agencies took part?")
    agreed: str = fact("What was agreed?", private="personal")


def proposed(case: Any) -> Proposal:
    """Propose the board where one agency cannot do it alone: enough agencies, a risk of harm, or a problem that comes back."""
    needed = int(case.local(AGENCIES))
    why = [
        words for words, so in (
            (f"{case.involved} agencies deal with it ({needed} make a hub problem)", case.involved >= needed), ("somebody is at risk", case.at_risk),
            ("it comes back", case.repeated),
        ) if so
    ]  # fmt: skip
    source = "Local rule of the hub: agencies, risk, repetition; a person decides"
    if why:
        return Proposal("on the board", ", ".join(why), source)
    return Proposal("one agency", "one agency can deal with it", source)


def lawful(case: Any) -> bool:
    """Before anything is shared, it is written down whether the person agrees, and on which legal basis it is shared."""
    return bool(case.get("consent") and case.get("basis"))


def sent_on(case: Any) -> bool:
    """Where the hub does not take it on, it says why, and who deals with it."""
    return case.stage != "elsewhere" or bool(case.get("why_not"))


def asked_somebody(case: Any) -> bool:
    """At least one other agency was asked before the hub ends a problem."""
    return bool(case.task)


def those_told(case: Any) -> bool:
    """Those who raised it are told what came of it."""
    since = max(case.times("comes_back"), default=None)
    return bool(case.get("told_at")) and (since is None or case.told_at > since)


def waits_for(case: Any) -> str:
    """Which agencies have not answered; empty where none is waited for."""
    waiting = sorted({row.it.to for row in case.task if row.it.answered_at is None})
    return f"{len(waiting)} of {len(case.task)} tasks without an answer: {', '.join(waiting)}" if waiting else ""


def days_to_end(case: Any) -> float:
    """Days from the day on which it was raised to its end."""
    return float((case.ended_on - london_day(case.raised_at)).days)


def ended(case: Any) -> bool:
    """Whether it stands as ended: what came back has no result yet."""
    return case.stage in ("ended_here", "closed") and bool(case.get("ended"))


SHOWN = ("about", "theme", "area", "neighbourhood", "location", "problem", "person_name", "lead")
PROBLEM = Kind(
    name="hub_problem", title="Community safety hub problem", question="prevention", source="HMIC, PEEL effectiveness 2016: community safety hubs",
    facts=Problem, subject="person", filters=("theme", "lead", "neighbourhood"), locals=(AGENCIES,),
    shared={"partner": ("open", "restricted", "personal", "special")}, refers=True, stages=("raised", "on_board", "elsewhere", "ended_here", "closed"), ends="closed",
    asks=(Ask(name="task", title="Task for an agency", answer=Did, limit=ANSWER, purpose="prevention", shows=SHOWN, during="on_board", guards=(lawful,)),),
    parts=(Part(name="meetings", title="Meetings of the hub", facts=Meeting),),
    acts=(
        Act(name="raise_problem", title="Raise a problem", during=NEW, to="raised", asks=("raised_at", "area", "raised_by", "about", "theme", "problem"),
            maybe=("neighbourhood", "location", "person", "person_name", "health_note", "police_note", "asb_case", "involved", "repeated", "at_risk", "consent", "basis")),
        Act(name="note", title="Add what was learnt", during=("raised", "on_board"),
            maybe=("neighbourhood", "problem", "location", "person", "person_name", "health_note", "police_note", "asb_case", "involved", "repeated", "at_risk")),
        Act(name="set_sharing", title="Say on which basis it is shared", during=("raised", "on_board"), asks=("consent", "basis")),
        Act(name="set_lead", title="Say which agency leads", during="on_board", asks=("lead",)),
        Act(name="meet", title="The hub spoke of it", during="on_board", adds="meetings", asks=("met_on", "agencies", "agreed")),
        Act(name="review", title="Review", during="on_board", asks=("reviewed",)),
        Act(name="end_problem", title="End", during="on_board", to="ended_here", asks=("ended", "ended_on", "what_worked"), guards=(asked_somebody,)),
        Act(name="comes_back", title="It comes back", during="ended_here", to="on_board", asks=("problem",)),
        Act(name="tell_raiser", title="Tell those who raised it", during=("ended_here", "elsewhere"), asks=("told_at",), maybe=("why_not",), guards=(sent_on,)),
        Act(name="close", title="Close", during=("ended_here", "elsewhere"), to="closed", guards=(those_told,)),
    ),
    decisions=(
        Decision(name="decide_board", title="Place on the board", during="raised", policy=proposed, sets="place_on_board", maybe=("lead", "why_not"),
                 outcomes=(Outcome("one agency", to="elsewhere", title="One agency deals with it"),
                           Outcome("on the board", to="on_board", title="Put on the board"))),
    ),
    clocks=(
        Clock(name="decided", title="Taken on or sent on", starts="raised_at", stops="decide_board", limit=TAKE_ON),
        Clock(name="next_review", title="Next review", starts=("on_board", "review"), stops="review", moot="ended_here", limit=REVIEW,
              climbs=LADDER, climb_every=CLIMB),
        Clock(name="raiser_told", title="Those who raised it are told", starts=("ended_here", "elsewhere"), stops="told_at", moot="comes_back", limit=TELL),
    ),
    derives=(("waits_for", waits_for),),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    measures=(
        Share(name="from_partners", asks="What share of problems do partners raise?", hit=lambda c: c.raised_by != "police"),
        Share(name="less_harm", asks="In what share is the problem solved, or the harm less?", at="ended_on", where=ended,
              hit=lambda c: c.ended in ("solved", "less harm")),
        Share(name="taken_by_agencies", asks="What share of tasks do agencies take on?", of="task", where=lambda r: r.it.answered, hit=lambda r: bool(r.get("takes_it"))),
        Median(name="days_to_end", asks="How long does a problem stay on the board?", value=days_to_end, unit="days", at="ended_on", where=ended),
    ),
)  # fmt: skip
KINDS = (PROBLEM,)
SYSTEM = System(
    id="P5", name="community safety hubs", question="prevention", kinds=KINDS,
    sheets=(Sheet("board", "The board: problems, and what each agency was asked and answered", board),),
    roles=("neighbourhood-officer", "hub-worker", "supervisor"),
)  # fmt: skip
