"""S3: help given to other forces and asked of them: request, offer, deployment, objective met or not, welfare, cost, return.

Question: specialist capabilities. Words of the tiers are those of APP Mobilisation: regional through the regional information and
co-ordination centre, national through the National Police Coordination Centre. A refusal and an offer of fewer say why.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from peelian.core.clock import london_day
from peelian.core.kinds import NEW, Act, Clock, Facts, Kind, Median, Owners, Part, Share, fact
from peelian.core.local import Local
from peelian.core.system import Sheet, System

from .aid_balance import balance
from .choosing import of_kind
from .threats import Threat
from .working_hours import LONGEST, REST, SECONDMENT, until

POLICY = "force policy on mutual aid"
ACCEPT, ANSWER, WELFARE, COST, CLIMB = (
    Local(f"mutual_aid.{name}", POLICY)
    for name in ("accept_within", "answer_within", "welfare_every", "cost_within", "climb_every")
)
LADDER = ("inspector", "superintendent", "chief-officer")
THROUGH = {
    "force to force": "the two forces",
    "regional": "the regional information and co-ordination centre (RICC)",
    "national": "the National Police Coordination Centre (NPoCC)",
}


class Aid(Facts, private="restricted"):
    area: str = fact("District", private="open", group="Request", hint="Leave it empty for the whole force.")
    direction: Literal["given", "asked for"] = fact("Do we give help or ask for it?", group="Request")
    tier: Literal["force to force", "regional", "national"] = fact("At which tier?", group="Request")
    basis: Literal[
        "Police Act 1996, s.24", "Police Act 1996, s.98", "Police Act 1996, s.26", "collaboration agreement"
    ] = fact(
        "On what basis?", group="Request", hint="s.24 aid between forces; s.98 across a border in the UK; s.26 abroad."
    )
    other_force: str = fact("Which force?", group="Request")
    centre_reference: str = fact("Reference of the coordination centre", group="Request")
    threat: Threat = fact("For which threat?", group="Request")
    what: str = fact("What is wanted?", group="Request", hint="Skills, ranks, vehicles.")
    number_wanted: int = fact("How many people?", group="Request")
    asked_at: datetime = fact("When was it asked?", group="Request")
    needed_at: datetime = fact("By when are they needed there?", group="Request", ahead=True)
    until_at: datetime = fact("Until when?", group="Request", ahead=True)
    mobilisation: str = fact("For which mobilisation? (case reference)", group="Request")
    offered_number: int = fact("How many people are offered?", group="Offer")
    why_fewer: str = fact("Why fewer than wanted?", group="Offer")
    terms: str = fact("What is agreed on hours, rest, beds, food and who commands?", group="Offer")
    why_refused: str = fact("Why is it refused?", group="Offer")
    deployed_at: datetime = fact("When were they there?", group="Deployment")
    deployed_number: int = fact("How many people came?", group="Deployment")
    returned_at: datetime = fact("When were they back?", group="Return")
    cost_pounds: float = fact("What did it cost? (pounds)", group="Cost")
    cost_agreed: Literal["paid", "agreed, not yet paid", "borne by us", "disputed"] = fact(
        "How does the cost stand?", group="Cost"
    )
    lesson: str = fact("What is to be learnt? (case reference of the lesson)", group="Return")
    why_stood_down: str = fact("Why was it stood down?", group="Return")


class Aim(Facts, private="restricted"):
    aim: str = fact("What are they there to do?")
    result: Literal["met", "partly met", "not met"] = fact("Was it met?")
    shown_by: str = fact("What shows it?")


class Welfare(Facts, private="restricted"):
    checked_at: datetime = fact("When?")
    longest_duty: float = fact("The longest duty since the last check, in hours")
    shortest_rest: float = fact("The shortest rest between duties, in hours")
    hurt: int = fact("How many were hurt or fell ill?")
    found: str = fact("What was found: beds, food, fatigue?", hint="No names.")


def fewer_says_why(case: Any) -> bool:
    """An offer of fewer than were wanted says why."""
    return case.offered_number >= case.number_wanted or bool(case.get("why_fewer"))


def times_in_order(case: Any) -> bool:
    """What is asked is needed after it is asked, and ends after it is needed."""
    return bool(case.asked_at <= case.needed_at < case.until_at)


def aims_known(case: Any) -> bool:
    """What they are there to do is written down before they are sent."""
    return bool(case.aims)


def aims_scored(case: Any) -> bool:
    """Every objective is scored as met, partly met or not met."""
    return all(row.get("result") for row in case.aims)


def welfare_seen(case: Any) -> bool:
    """Hours and welfare were checked at least once while they were away."""
    return bool(case.welfare)


def warnings(case: Any) -> tuple[str, ...]:
    """What breaks the rules on hours, by the last check."""
    if not case.welfare:
        return ()
    last, said = case.welfare[-1], []
    if last.shortest_rest < case.local(REST):
        said.append(
            f"rest of {last.shortest_rest:g} hours is less than {case.local(REST):g}: compensatory rest is owed"
        )
    if last.longest_duty > case.local(LONGEST):
        said.append(f"a duty of {last.longest_duty:g} hours is longer than {case.local(LONGEST):g}")
    return tuple(said)


def through(case: Any) -> str:
    """Through whom a request of this tier goes."""
    return THROUGH[case.tier]


def _secondment(case: Any, start: datetime) -> Any:
    found = SECONDMENT.look(on=london_day(start))
    return found.value, "longer is a secondment", found.source, found.evidence, found.version


def hours_away(case: Any) -> float | None:
    """Hours from the deployment to the return."""
    if case.get("returned_at") is None or case.get("deployed_at") is None:
        return None
    return float((case.returned_at - case.deployed_at).total_seconds() / 3600)


def cost_a_day(case: Any) -> float | None:
    """Pounds for one person and day."""
    away = hours_away(case)
    return (
        case.cost_pounds / case.deployed_number / away * 24
        if away and case.get("cost_pounds") and case.deployed_number
        else None
    )


BEFORE = ("asked", "offered")
AID = Kind(
    name="mutual_aid", title="Mutual aid", question="specialist", source="Police Act 1996, s.24; APP Mobilisation, College of Policing",
    facts=Aid, stages=("asked", "offered", "deployed", "returned", "settled", "refused", "stood_down"), ends=("settled", "refused", "stood_down"),
    filters=("direction", "tier", "other_force", "threat", "needed_at"), locals=(REST, LONGEST),
    parts=(Part(name="aims", title="Objectives", facts=Aim), Part(name="welfare", title="Hours and welfare", facts=Welfare)),
    acts=(
        Act(name="request", title="Record a request", during=NEW, to="asked",
            asks=("direction", "tier", "basis", "other_force", "threat", "what", "number_wanted", "asked_at", "needed_at", "until_at"),
            maybe=("area", "centre_reference", "mobilisation"), guards=(times_in_order,),
            offers=(("mobilisation", of_kind("mobilisation", "what_for", stages=("asked", "proposed", "called"))),)),
        Act(name="set_aim", title="Say what they are there to do", during=(*BEFORE, "deployed"), adds="aims", asks=("aim",)),
        Act(name="offer_people", title="Offer", during="asked", to="offered", asks=("offered_number",), maybe=("why_fewer", "terms", "centre_reference"),
            by="inspector", guards=(fewer_says_why,)),
        Act(name="refuse_request", title="Refuse", during="asked", to="refused", asks=("why_refused",), by="superintendent"),
        Act(name="deploy", title="They are there", during="offered", to="deployed", asks=("deployed_at", "deployed_number"), maybe=("terms",),
            needs=("terms",), guards=(aims_known,)),
        Act(name="check_welfare", title="Check hours and welfare", during="deployed", adds="welfare",
            asks=("checked_at", "longest_duty", "shortest_rest", "hurt"), maybe=("found",)),
        Act(name="score_aim", title="Score an objective", during=("deployed", "returned"), on="aims", asks=("result",), maybe=("shown_by",)),
        Act(name="extend", title="Stay longer", during="deployed", asks=("until_at",), by="superintendent", guards=(times_in_order,)),
        Act(name="come_back", title="They are back", during="deployed", to="returned", asks=("returned_at",), guards=(welfare_seen,)),
        Act(name="settle", title="Settle and close", during="returned", to="settled", asks=("cost_pounds", "cost_agreed"), maybe=("lesson",), by="supervisor", offers=(("lesson", of_kind("lesson", "statement")),),
            guards=(aims_scored,)),
        Act(name="stand_down", title="Stand down", during=BEFORE, to="stood_down", asks=("why_stood_down",)),
    ),
    clocks=(
        Clock(name="aid_answered", title="Request answered", starts="asked_at", stops=("offer_people", "refuse_request"), limit=ANSWER, climbs=LADDER, climb_every=CLIMB),
        Clock(name="there_in_time", title="There in time", starts="offer_people", stops="deployed_at", limit=until("needed_at", "needed there by then"), climbs=LADDER, climb_every=CLIMB),
        Clock(name="welfare_due", title="Hours and welfare checked", starts=("deploy", "check_welfare"), stops="check_welfare", moot="returned", limit=WELFARE, climbs=LADDER, climb_every=CLIMB),
        Clock(name="back_due", title="Back", starts="deploy", stops="returned", limit=until("until_at", "wanted until then"), climbs=LADDER, climb_every=CLIMB),
        Clock(name="secondment", title="Becomes a secondment", starts="deploy", stops="returned", limit=_secondment, duty=False),
        Clock(name="cost_due", title="Cost settled", starts="returned_at", stops="settled", limit=COST, climbs=LADDER, climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=LADDER),
    derives=(("through", through), ("warnings", warnings)),
    measures=(
        Share(name="aims_met", asks="What share of the objectives of deployments is met?", of="aims", hit=lambda r: r.result == "met"),
        Share(name="delivered", asks="What share of requests gets as many as were wanted?", where=lambda c: c.get("deployed_number") is not None,
              hit=lambda c: c.deployed_number >= c.number_wanted),
        Share(name="requests_refused", asks="What share of requests is refused?", hit=lambda c: c.stage == "refused", where=lambda c: c.stage not in ("asked", "stood_down")),
        Share(name="rested", asks="At what share of checks had everybody the rest that the law gives?", of="welfare",
              hit=lambda r: r.shortest_rest >= REST.default.look(on=london_day(r.checked_at)).value),  # type: ignore[union-attr]
        Median(name="cost_a_day", asks="What does one person cost a day?", value=cost_a_day, unit="pounds", at="returned_at",
               where=lambda c: c.get("returned_at") is not None),
    ),
)  # fmt: skip
KINDS = (AID,)
SYSTEM = System(
    id="S3", name="regional deployments", question="specialist", kinds=KINDS, roles=("planner", "inspector"),
    sheets=(Sheet("balance", "Mutual aid given and asked for", balance),),
)  # fmt: skip
