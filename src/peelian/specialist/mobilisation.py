"""S1: can we fill it by 22:00? What is required, who is proposed, called and there, and every gap by name.

Question: specialist capabilities; the threats are those of the Strategic Policing Requirement in force. The sheet of a case works out who
may be called within rest and minimum cover, and how likely it is enough; a person records that answer, calls, and counts who came.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from peelian.core.kinds import NEW, Act, Clock, Facts, Kind, Median, Owners, Part, Share, fact
from peelian.core.local import Local
from peelian.core.system import Sheet, System
from peelian.records.feeds.workforce import ACCREDITATIONS, RANKS, VEHICLES

from . import mobilisation_sheet as sheet
from .choosing import of_kind
from .five_cs import filled_whole, five_cs
from .mobilisation_asked import answer_form, call_form, numbers
from .mobilisation_means import LOCALS, UNIT
from .threats import Threat, threat_in_force
from .working_hours import until

POLICY = "force mobilisation plan"
ACCEPT, ANSWER, CLIMB = (
    Local(f"mobilisation.{name}", POLICY) for name in ("accept_within", "answer_within", "climb_every")
)
LADDER = ("inspector", "superintendent", "chief-officer")


class Requirement(Facts, private="restricted"):
    area: str = fact(
        "District where they are needed", private="open", group="Requirement", hint="Its station is where they muster."
    )
    threat: Threat = fact("For which threat?", group="Requirement")
    what_for: str = fact("What for?", group="Requirement")
    asked_at: datetime = fact("When was it asked?", group="Requirement")
    needed_at: datetime = fact("By when must it be filled?", group="Requirement", ahead=True)
    until_at: datetime = fact("Until when are they wanted?", group="Requirement", ahead=True)
    plan: str = fact("By which plan? (case reference)", group="Requirement")
    probability: float = fact(
        "Probability that it is filled in time, 0 to 1", group="Answer", hint="From the sheet of this case."
    )
    probability_low: float = fact("Its lower end", group="Answer")
    probability_high: float = fact("Its upper end", group="Answer")
    shortfall: str = fact("What is likely to be short?", group="Answer")
    filled_at: datetime = fact("When was it filled, or taken as it was?", group="Muster")
    stood_down_at: datetime = fact("When were they stood down?", group="End")
    rest_owed: str = fact("Who is owed rest, and when is it given?", group="End", hint="Teams, no names.")


class Line(Facts, private="restricted"):
    number: int = fact("How many?")
    skill: Literal[ACCREDITATIONS] = fact("Qualification")  # type: ignore[valid-type]
    rank: Literal[RANKS] = fact("Rank")  # type: ignore[valid-type]
    vehicle: Literal[VEHICLES] = fact("Or vehicles")  # type: ignore[valid-type]


class Calls(Facts, private="restricted"):
    for_line: int = fact("Line", hint="1 is the first.")
    called_at: datetime = fact("Called at")
    called_numbers: str = fact(
        "Numbers called", private="personal", hint="Staff or fleet numbers with commas between them, from the sheet."
    )
    came: int = fact("Came")
    came_at: datetime = fact("There by")


class Gap(Facts, private="restricted"):
    gap_line: int = fact("Line", hint="1 is the first.")
    missing: int = fact("Missing")
    done_about_it: Literal[
        "mutual aid is asked for", "another skill serves", "they come later", "the commander accepts it"
    ] = fact("What is done about it?")
    aid: str = fact("Request for mutual aid (case reference)")


def one_sort(case: Any) -> bool:
    """A line asks for people by qualification or rank, or for vehicles, and for one at least."""
    people = bool(case.get("skill") or case.get("rank"))
    return bool(case.number > 0 and people != bool(case.get("vehicle")))


def times_in_order(case: Any) -> bool:
    """What is asked is needed after it is asked, and ends after it is needed."""
    return bool(case.asked_at < case.needed_at < case.until_at)


def a_probability(case: Any) -> bool:
    """A probability lies from 0 to 1, within its interval."""
    return bool(0 <= case.probability_low <= case.probability <= case.probability_high <= 1)


def has_lines(case: Any) -> bool:
    """What is required is written down line by line first."""
    return bool(case.lines)


def called_for_a_line(case: Any) -> bool:
    """The line is one of this requirement's."""
    return bool(1 <= case.for_line <= len(case.lines))


def gap_of_a_line(case: Any) -> bool:
    """The line is one of this requirement's."""
    return bool(1 <= case.gap_line <= len(case.lines))


def nobody_twice(case: Any) -> bool:
    """Nobody is called twice for one requirement."""
    wanted = numbers(case.called_numbers)
    held = [n for row in case.calls for n in numbers(row.called_numbers)]
    return bool(wanted) and len(set(wanted)) == len(wanted) and not set(wanted) & set(held)


def short_by_line(case: Any) -> list[int]:
    """How many are missing on each line, by who came."""
    came = [0] * len(case.lines)
    for row in case.calls:
        came[row.for_line - 1] += row.get("came") or 0
    return [max(line.number - here, 0) for line, here in zip(case.lines, came, strict=True)]


def filled_or_named(case: Any) -> bool:
    """Every line is filled, or what is missing of it is named as a gap with what is done about it."""
    named = [0] * len(case.lines)
    for row in case.gaps:
        named[row.gap_line - 1] += row.missing
    return all(gap >= short for gap, short in zip(named, short_by_line(case), strict=True))


def bound(case: Any) -> int:
    """How many are called and not yet stood down."""
    return sum(len(numbers(row.called_numbers)) for row in case.calls) if case.stage in ("called", "filled") else 0


def minutes_to_fill(case: Any) -> float | None:
    """Minutes from the request until it was filled."""
    return None if case.get("filled_at") is None else float((case.filled_at - case.asked_at).total_seconds() / 60)


MOBILISATION = Kind(
    name="mobilisation", title="Mobilisation", question="specialist", source="Strategic Policing Requirement, Home Office; APP Mobilisation, College of Policing",
    facts=Requirement, stages=("asked", "proposed", "called", "filled", "stood_down"), ends="stood_down", filters=("threat", "needed_at"), children=("mutual_aid",), locals=(*LOCALS, *UNIT.values()),
    parts=(Part(name="lines", title="What is required", facts=Line), Part(name="calls", title="Who is called", facts=Calls),
           Part(name="gaps", title="Gaps", facts=Gap)),
    acts=(
        Act(name="require", title="Record a requirement", during=NEW, to="asked", asks=("area", "threat", "what_for", "asked_at", "needed_at", "until_at"),
            maybe=("plan",), guards=(threat_in_force, times_in_order), offers=(("plan", of_kind("police_plan", "title", stages=("in_force",))),)),
        Act(name="add_requirement", title="Add a line", during=("asked", "proposed"), adds="lines", asks=("number",), maybe=("skill", "rank", "vehicle"),
            guards=(one_sort,)),
        Act(name="record_answer", title="Record the answer", during=("asked", "proposed"), to="proposed",
            asks=("probability", "probability_low", "probability_high"), maybe=("shortfall",), guards=(has_lines, a_probability), fills=answer_form),
        Act(name="call", title="Call", during=("proposed", "called"), to="called", adds="calls", asks=("for_line", "called_at", "called_numbers"),
            guards=(called_for_a_line, nobody_twice), fills=call_form),
        Act(name="count_in", title="Count who came", during="called", on="calls", asks=("came", "came_at")),
        Act(name="name_gap", title="Name a gap", during=("proposed", "called"), adds="gaps", asks=("gap_line", "missing", "done_about_it"), maybe=("aid",), offers=(("aid", of_kind("mutual_aid", "what", "other_force")),),
            guards=(gap_of_a_line,)),
        Act(name="fill", title="Filled, or taken as it is", during="called", to="filled", asks=("filled_at",), by="supervisor", guards=(filled_or_named,)),
        Act(name="stand_down", title="Stand down", during=("asked", "proposed", "called", "filled"), to="stood_down", asks=("stood_down_at",),
            maybe=("rest_owed",), by="supervisor"),
    ),
    clocks=(
        Clock(name="answer_due", title="Answered: can it be filled?", starts="asked_at", stops="record_answer", limit=ANSWER, climbs=LADDER, climb_every=CLIMB),
        Clock(name="filled_due", title="Filled", starts="asked_at", stops="filled_at", limit=until("needed_at", "needed by then"), climbs=LADDER, climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER),
    derives=(("missing_now", short_by_line), ("bound", bound)),
    measures=(
        Share(name="filled_whole", asks="What share of mobilisations is filled in time without a gap?", at="asked_at", hit=filled_whole,
              where=lambda c: c.get("filled_at") is not None),
        Share(name="sure_and_filled", asks="Of those answered with a probability of 0.9 or more, what share was filled in time?", at="asked_at", hit=filled_whole,
              where=lambda c: c.get("filled_at") is not None and (c.get("probability") or 0) >= 0.9),
        Median(name="minutes_to_fill", asks="How long does it take to fill a requirement?", value=minutes_to_fill, unit="minutes", at="asked_at",
               where=lambda c: c.get("filled_at") is not None),
    ),
)  # fmt: skip
KINDS = (MOBILISATION,)
SYSTEM = System(
    id="S1", name="plans to mobilise for the Strategic Policing Requirement", question="specialist", kinds=KINDS, roles=("planner", "inspector"),
    sheets=(
        Sheet("can-we-fill-it", "Can we fill it in time?", sheet.can_we_fill_it, kind="mobilisation"),
        Sheet("readiness", "Readiness: police support units now, in 1, 4 and 8 hours", sheet.readiness),
        Sheet("five-cs", "The five Cs of the Strategic Policing Requirement by threat", five_cs),
    ),
)  # fmt: skip
