"""P4: community policing: people are asked, a priority is taken on or not, acted on, measured, and the public is told what came of it.

Question 1. "You said, we did" is a document made from what stands in the cases, so that it cannot say more than was done. Beside it:
how many neighbourhood hours were planned, delivered and taken away for other work, and the tasks of community support officers.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from peelian.analysis.rates import share_interval
from peelian.core.clock import london_day
from peelian.core.kinds import (
    NEW,
    Act,
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
from peelian.core.system import Choice, Sheet, System

from .local_priorities_hours import HOURS_KIND, PCSO
from .local_priorities_roster import roster
from .local_priorities_sheets import hours, neighbourhoods, you_said

POLICY = "neighbourhood policing policy"
ACCEPT, ANSWER, TELL, RESULT, TASK = (
    Local(f"priorities.{name}_within", POLICY) for name in ("accept", "answer", "tell", "result", "task")
)
VOICES = Local("priorities.voices", POLICY)
CLIMB = Local("priorities.climb_every", POLICY)
LADDER = ("inspector", "superintendent", "chief-officer")
Theme = Literal[
    "anti-social behaviour",
    "burglary",
    "violence",
    "drugs",
    "roads",
    "vehicle crime",
    "public space",
    "young people",
    "other",
]
How = Literal[
    "public meeting",
    "survey",
    "street briefing",
    "door to door",
    "online",
    "community group",
    "councillor",
    "school or college",
]


class Priority(Facts, private="restricted"):
    """What people of a neighbourhood want to be dealt with."""

    raised_on: date = fact("On which day was it raised?", group="What was said", private="open")
    area: str = fact("District", group="What was said", private="open")
    neighbourhood: str = fact("Neighbourhood", group="What was said", private="open")
    theme: Theme = fact("What is it about?", group="What was said", private="open")
    you_said: str = fact(
        "You said", group="What was said", private="open", hint="In words that can be published: no name, no address."
    )
    place: str = fact("Where?", group="What was said")
    repeated: bool = fact("Does it come back again and again?", group="Weight")
    harm: Literal["none", "some", "grave", "not known"] = fact("How much harm does it do?", group="Weight")
    recorded: int = fact("How many incidents of it were recorded in the last 3 months?", group="Weight")
    answer: str = fact("Is it a priority?", group="Decision", private="open", show="decided")
    why_not: str = fact("Why is it not taken on, and who else can help?", group="Decision", private="open")
    before: int = fact("Incidents in the three months before", group="Result", private="open")
    after: int = fact("Incidents in the three months after", group="Result", private="open")
    residents_say: Literal["better", "no change", "worse", "not asked"] = fact(
        "What do people there say?", group="Result", private="open"
    )
    result: str = fact("What came of it?", group="Result", private="open", show="decided")
    measured_on: date = fact("On which day was that measured?", group="Result", private="open")
    we_did: str = fact(
        "We did", group="Told", private="open", hint="In words that can be published: no name, no address."
    )
    told_at: datetime = fact("When was the public told?", group="Told", private="open")
    told_by: Literal["meeting", "letter", "social media", "website", "notice board", "door to door"] = fact(
        "How?", group="Told", private="open"
    )


class Voice(Facts, private="restricted"):
    """Somebody was asked, or said it by themselves."""

    heard_on: date = fact("On which day?")
    how: How = fact("How?")
    people: int = fact("How many people were heard?")
    seldom_heard: bool = fact("Were they people whom police seldom hear?")
    said: str = fact("What did they say?", private="personal")


class Action(Facts, private="restricted"):
    """What somebody does about it."""

    action: str = fact("What is done?", private="open")
    done_by: Literal[
        "neighbourhood team",
        "community support officer",
        "council",
        "housing",
        "school",
        "fire service",
        "residents",
        "other",
    ] = fact("By whom?")
    agreed_at: datetime = fact("When was it agreed?")
    done_at: datetime = fact("When was it done?")
    came_of_it: str = fact("What came of it?")


def weigh(case: Any) -> Proposal:
    """Propose a priority where enough people asked for it, where it comes back, or where the harm is grave."""
    needed = int(case.local(VOICES))
    heard = sum(v.people for v in case.voices)
    why = [
        words for words, so in (
            (f"{heard} people asked for it ({needed} make a priority here)", heard >= needed), ("it comes back", case.get("repeated")),
            ("grave harm", case.harm == "grave"),
        ) if so
    ]  # fmt: skip
    source = "Local rule: voices, repetition, harm; a person decides"
    rests = tuple(v.it.id for v in case.voices)
    if why:
        return Proposal("adopt", ", ".join(why), source, rests)
    return Proposal(
        "not now",
        f"{heard} people asked for it, {needed} make a priority here; no grave harm, not repeated",
        source,
        rests,
    )


def result_of(case: Any) -> Proposal:
    """Propose what came of it from the counts before and after: better or worse only where it is more than chance explains."""
    before, after = int(case.before), int(case.after)
    source = "Two equal spells of three months; exact binomial interval (Clopper and Pearson, 1934); no comparison area, so it may be the season"
    if before + after == 0:
        return Proposal("cannot tell", "none recorded before or after", source)
    low, high = (float(x[0]) for x in share_interval([after], [before + after])[1:])
    told = f"{before} before, {after} after; of all of them {100 * low:.0f}% to {100 * high:.0f}% fall after, and half would if nothing changed"
    return Proposal("better" if high < 0.5 else "worse" if low > 0.5 else "cannot tell", told, source)


def somebody_heard(case: Any) -> bool:
    """Who was heard, and how, is written down first."""
    return bool(case.voices)


def reason_given(case: Any) -> bool:
    """People are told why it is not taken on, and who else can help."""
    return case.stage != "answered_no" or bool(case.get("why_not"))


def something_done(case: Any) -> bool:
    """At least one action is done before a result is stated."""
    return any(a.get("done_at") for a in case.actions)


def days_to_tell(case: Any) -> float:
    """Days from the day it was raised to the day the public was told."""
    return float((london_day(case.told_at) - case.raised_on).days)


def publicly_told(case: Any) -> bool:
    """The public is told of the last result, not of one before it went on."""
    since = max(case.times("go_on"), default=None)
    return bool(case.get("told_at")) and (since is None or case.told_at > since)


def measured(case: Any) -> bool:
    """Whether it has a result: what goes on has none yet."""
    return case.stage in ("measured", "closed") and bool(case.get("result"))


PRIORITY = Kind(
    name="local_priority", title="Local priority", question="prevention", source="HMIC, PEEL effectiveness 2016: gathering information and acting on priorities",
    facts=Priority, filters=("neighbourhood", "theme", "answer", "result"), locals=(VOICES,),
    stages=("raised", "adopted", "measured", "answered_no", "closed"), ends="closed",
    parts=(
        Part(name="voices", title="Who was heard", facts=Voice),
        Part(name="actions", title="Actions", facts=Action, clocks=(
            Clock(name="action_done", title="Action done", starts="agreed_at", stops="done_at", limit=TASK),)),
    ),
    acts=(
        Act(name="raise_priority", title="Raise a local priority", during=NEW, to="raised", asks=("raised_on", "area", "neighbourhood", "theme", "you_said"),
            maybe=("place", "repeated", "harm", "recorded")),
        Act(name="hear", title="Somebody was heard", during=("raised", "adopted"), adds="voices", asks=("heard_on", "how", "people", "seldom_heard"), maybe=("said",)),
        Act(name="note", title="Add what was learnt", during=("raised", "adopted"), maybe=("place", "repeated", "harm", "recorded", "you_said")),
        Act(name="agree_action", title="Agree an action", during="adopted", adds="actions", asks=("action", "done_by", "agreed_at")),
        Act(name="do_action", title="An action is done", on="actions", asks=("done_at", "came_of_it")),
        Act(name="go_on", title="It is not solved: go on", during="measured", to="adopted"),
        Act(name="tell_public", title="Tell the public", during=("measured", "answered_no"), asks=("we_did", "told_at", "told_by"), maybe=("why_not",),
            guards=(reason_given,)),
        Act(name="close", title="Close", during=("measured", "answered_no"), to="closed", needs=("told_at",), guards=(publicly_told,)),
    ),
    decisions=(
        Decision(name="take_on", title="Priority or not", during="raised", policy=weigh, sets="answer", guards=(somebody_heard,), maybe=("why_not",),
                 by="supervisor", outcomes=(Outcome("not now", to="answered_no", title="Not now"), Outcome("adopt", to="adopted", title="Take it on"))),
        Decision(name="measure", title="Result", during="adopted", to="measured", policy=result_of, sets="result", asks=("measured_on", "residents_say"),
                 maybe=("before", "after"), guards=(something_done,), outcomes=(Outcome("worse"), Outcome("cannot tell"), Outcome("better"))),
    ),
    clocks=(
        Clock(name="answered", title="People have an answer", starts="raised_on", stops="take_on", limit=ANSWER, climbs=LADDER, climb_every=CLIMB),
        Clock(name="result_known", title="Result measured", starts="adopted", stops="measured", limit=RESULT),
        Clock(name="public_told", title="Public told", starts=("measured", "answered_no"), stops="told_at", moot="go_on", limit=TELL,
              climbs=LADDER, climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    measures=(
        Share(name="told", asks="Of priorities with a result, for what share was the public told?", at="measured_on", where=measured,
              hit=publicly_told),
        Share(name="better", asks="For what share did it get better?", at="measured_on", where=measured, hit=lambda c: c.result == "better"),
        Share(name="seldom_heard", asks="What share of consultations reaches people whom police seldom hear?", of="voices", hit=lambda r: r.seldom_heard),
        Median(name="days_to_tell", asks="How long from what people said to what they were told?", value=days_to_tell, unit="days", at="told_at",
               where=lambda c: bool(c.get("told_at"))),
    ),
)  # fmt: skip

KINDS = (PRIORITY, HOURS_KIND, PCSO)
SYSTEM = System(
    id="P4", name="community policing: gather information, act on priorities", question="prevention", kinds=KINDS,
    sheets=(
        Sheet("you-said", "You said, we did", you_said, asks=(Choice("area", "Which neighbourhood?", neighbourhoods),)),
        Sheet("hours", "Neighbourhood hours planned, delivered and taken away", hours),
        Sheet("roster", "Neighbourhood duties, as the roster has them", roster),
    ),
    roles=("neighbourhood-officer", "supervisor", "inspector"),
)  # fmt: skip
