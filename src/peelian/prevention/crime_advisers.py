"""P8, its second half: a crime-prevention adviser goes where the next repeat is likely, and what is taken up is counted.

The risk after an offence is highest in the first days and near by; a visit after it has passed prevents less. Advice that nobody
follows prevents nothing, so each piece is looked at again.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from peelian.core.clock import london_day
from peelian.core.kinds import NEW, Act, Clock, Facts, Kind, No, Owners, Part, Share, fact
from peelian.core.local import Local
from peelian.core.period import Period

from .problem_solving_facts import Technique

POLICY = "force policy on crime-prevention advice"
ACCEPT, VISIT, CHECK = (Local(f"advisers.{name}", POLICY) for name in ("accept_within", "visit_within", "check_within"))


class Visit(Facts, private="restricted"):
    area: str = fact("District", private="open", group="Why")
    problem: Literal[
        "burglary", "vehicle crime", "robbery", "criminal damage", "shoplifting", "anti-social behaviour", "other"
    ] = fact("After what?", private="open", group="Why")
    place: str = fact("Which place?", private="personal", group="Why")
    easting: float = fact("Easting", private="personal", group="Why", show="found")
    northing: float = fact("Northing", private="personal", group="Why", show="found")
    risk_reason: str = fact("Why is the next one likely here?", group="Why")
    likely_until: date = fact("Until which day is the risk raised?", private="open", group="Why")
    crime: str = fact("Crime reference", group="Why")
    who_asked: Literal["found by the system", "officer", "victim", "partner", "plan"] = fact(
        "Who asked?", private="open", group="Why"
    )
    visited_on: date = fact("Visited on which day?", private="open", group="Visit")
    result: Literal["seen", "nobody in", "did not want it"] = fact("What came of it?", private="open", group="Visit")
    checked_on: date = fact("Looked at again on which day?", private="open", group="Result")
    happened_again: bool = fact("Did it happen again while the risk was raised?", private="open", group="Result")
    why_not: str = fact("Why is nobody sent?", group="Result")


class Advice(Facts, private="restricted"):
    technique: Technique = fact("Which technique?", private="open")
    advice: str = fact("What was advised?")
    taken_up: Literal["done", "in part", "not done", "cannot pay", "landlord does not"] = fact(
        "Was it taken up?", private="open"
    )


def while_it_lasts(case: Any, start: datetime) -> Any:
    """As soon as the force has set, but never later than the last day on which the risk is raised."""
    allowed, last = Period.parse(str(case.local(VISIT))), case.likely_until
    first = london_day(start)
    if last < first:
        return No("the risk had passed when it was opened")
    left = Period.after(days=max(1, (last - first).days))
    shorter = min((allowed, left), key=lambda period: period.due(start))
    return (
        shorter,
        "the force's own limit" if shorter is allowed else "the last day on which the risk is raised",
        POLICY,
        "local",
    )


def advice_followed(case: Any) -> bool:
    """Each piece of advice says whether it was taken up."""
    return all(row.get("taken_up") for row in case.advice_given)


def was_seen(case: Any) -> bool:
    """Advice is noted of a visit at which somebody was seen."""
    return bool(case.result == "seen")


ADVISER_VISIT = Kind(
    name="adviser_visit", title="Crime-prevention adviser's visit", question="prevention",
    source="Repeat and near-repeat victimisation: the risk is highest in the first days, and near by", facts=Visit,
    filters=("problem", "result", "who_asked", "happened_again"), locals=(VISIT,), shared={"partner": ("open", "restricted", "personal")},
    stages=("sent", "visited", "closed", "not_sent"), ends=("closed", "not_sent"),
    parts=(Part(name="advice_given", title="Advice", facts=Advice),),
    acts=(
        Act(name="send_adviser", title="Send an adviser", during=NEW, to="sent", asks=("area", "problem", "place", "risk_reason", "likely_until", "who_asked"),
            maybe=("crime", "easting", "northing")),
        Act(name="try_visit", title="Nobody in, or not wanted", during="sent", asks=("visited_on", "result")),
        Act(name="visit", title="Visit", during="sent", to="visited", asks=("visited_on", "result"), guards=(was_seen,)),
        Act(name="advise", title="Give advice", during="visited", adds="advice_given", asks=("technique", "advice")),
        Act(name="look_again", title="Was advice taken up?", during="visited", on="advice_given", asks=("taken_up",)),
        Act(name="close", title="Close", during="visited", to="closed", asks=("checked_on", "happened_again"), guards=(advice_followed,)),
        Act(name="leave", title="Nobody is sent", during="sent", to="not_sent", asks=("why_not",), by="supervisor"),
    ),
    clocks=(
        Clock(name="visited_in", title="Visited while the risk is raised", starts="send_adviser", stops="visit", limit=while_it_lasts),
        Clock(name="looked_again", title="Advice looked at again", starts="visit", stops="close", limit=CHECK),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent")),
    measures=(
        Share(name="taken_up", asks="What share of advice is taken up?", of="advice_given", where=lambda r: bool(r.get("taken_up")), hit=lambda r: r.taken_up == "done"),
        Share(name="again", asks="Where an adviser was, does it happen again while the risk is raised?", where=lambda c: c.get("happened_again") is not None,
              hit=lambda c: c.happened_again),
    ),
)  # fmt: skip
