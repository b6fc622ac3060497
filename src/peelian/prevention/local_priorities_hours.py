"""Neighbourhood hours planned, delivered and taken away, and the tasks of community support officers (P4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from peelian.core.kinds import NEW, Act, Clock, Count, Facts, Kind, Median, Owners, Part, Share, fact
from peelian.core.local import Local

POLICY = "neighbourhood policing policy"
ACCEPT, TASK, HOURS = (Local(f"priorities.{name}_within", POLICY) for name in ("accept", "task", "hours"))
MOST_TAKEN = Local("priorities.most_abstracted", POLICY)


class Hours(Facts, private="restricted"):
    """Neighbourhood hours of one team in one month."""

    area: str = fact("District", private="open", group="Plan")
    neighbourhood: str = fact("Neighbourhood", private="open", group="Plan")
    starts_on: date = fact("First day of the month", private="open", group="Plan")
    planned: int = fact("Hours planned for the neighbourhood", private="open", group="Plan", least=1)
    officers: int = fact("Officers and community support officers of the team", private="open", group="Plan")
    delivered: int = fact("Hours spent in the neighbourhood", private="open", group="Month")
    explained: str = fact("Why were hours taken away, and what follows?", group="Month")


class Taken(Facts, private="restricted"):
    """Hours for which somebody was taken away."""

    taken_on: date = fact("On which day?")
    hours: float = fact("How many hours?")
    taken_for: Literal[
        "response",
        "custody or hospital watch",
        "event or protest",
        "major incident",
        "prisoner escort",
        "training",
        "court",
        "scene guard",
    ] = fact("For what?")
    decided_by: Literal["control room", "response sergeant", "duty inspector", "resourcing"] = fact("Who decided it?")


def taken(case: Any) -> float:
    """Hours taken away."""
    return float(sum(row.hours for row in case.abstractions))


def taken_share(case: Any) -> float:
    """Of the hours planned, how many percent were taken away."""
    return 100 * taken(case) / float(case.planned)


def too_many(case: Any) -> str:
    """That more was taken away than the force allows itself; empty where it was not."""
    share, most = taken_share(case), float(case.local(MOST_TAKEN))
    return f"{share:.0f}% taken away, the force allows itself {most:g}%" if share > most else ""


def explained_if_many(case: Any) -> bool:
    """Where more is taken away than the force allows itself, it is explained, with what follows."""
    return taken_share(case) <= float(case.local(MOST_TAKEN)) or bool(case.get("explained"))


HOURS_KIND = Kind(
    name="neighbourhood_hours", title="Neighbourhood hours of a month", question="prevention",
    source="HMIC, PEEL effectiveness 2016: officers taken away from neighbourhood work", facts=Hours, filters=("neighbourhood", "starts_on"), locals=(MOST_TAKEN,),
    stages=("planned_ahead", "reported", "closed"), ends="closed", parts=(Part(name="abstractions", title="Hours taken away", facts=Taken),),
    acts=(
        Act(name="plan_hours", title="Plan a month's hours", during=NEW, to="planned_ahead", asks=("area", "neighbourhood", "starts_on", "planned"), maybe=("officers",)),
        Act(name="abstract", title="Somebody is taken away", during="planned_ahead", adds="abstractions", asks=("taken_on", "hours", "taken_for", "decided_by")),
        Act(name="report_month", title="Report the month", during="planned_ahead", to="reported", asks=("delivered",), maybe=("explained",)),
        Act(name="explain", title="Explain", during="reported", asks=("explained",)),
        Act(name="sign_off", title="Sign off", during="reported", to="closed", by="inspector", guards=(explained_if_many,)),
    ),
    decisions=(),
    clocks=(Clock(name="month_reported", title="Month reported", starts="starts_on", stops="report_month", limit=HOURS),),
    derives=(("too_many_taken", too_many),),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    measures=(
        Median(name="abstracted", asks="What share of planned neighbourhood hours was taken away?", value=taken_share, unit="%", at="starts_on",
               where=lambda c: bool(c.get("planned"))),
        Share(name="within_limit", asks="In what share of months did neighbourhoods keep the hours that the force allows?", at="starts_on",
              where=lambda c: bool(c.get("planned") and c.get("delivered")), hit=lambda c: taken_share(c) <= float(c.local(MOST_TAKEN))),
        Count(name="for_response", asks="How often was somebody taken away to response?", of="abstractions", where=lambda r: r.taken_for == "response",
              per="neighbourhood officers"),
    ),
)  # fmt: skip


class Task(Facts, private="restricted"):
    """A task of a community support officer."""

    set_at: datetime = fact("When was it set?", group="Task")
    area: str = fact("District", private="open", group="Task")
    neighbourhood: str = fact("Neighbourhood", private="open", group="Task")
    task: Literal[
        "patrol of a place",
        "visit to a victim",
        "leaflets or survey",
        "school or group visit",
        "street briefing",
        "reassurance after a crime",
        "other",
    ] = fact("What is to be done?", group="Task")
    details: str = fact("Where, and what matters?", private="personal", group="Task")
    priority: str = fact("Local priority (case reference)", group="Task")
    visited_at: datetime = fact("When was it done?", group="Result")
    learnt: str = fact("What was seen or said?", private="personal", group="Result")
    why_not_done: Literal["taken away for other work", "nobody there", "not needed any more", "not safe alone"] = fact(
        "Why not?", group="Result"
    )


PCSO = Kind(
    name="pcso_task", title="Community support officer's task", question="prevention", source="neighbourhood policing policy of the force", facts=Task,
    filters=("neighbourhood", "task"), stages=("to_do", "done", "not_done"), ends=("done", "not_done"),
    acts=(
        Act(name="set_task", title="Set a task", during=NEW, to="to_do", asks=("set_at", "area", "neighbourhood", "task"), maybe=("details", "priority")),
        Act(name="report_task", title="Done", during="to_do", to="done", asks=("visited_at", "learnt")),
        Act(name="drop_task", title="Not done", during="to_do", to="not_done", asks=("why_not_done",)),
    ),
    clocks=(Clock(name="task_done", title="Task done", starts="set_at", stops=("done", "not_done"), limit=TASK),),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector")),
    measures=(
        Share(name="carried_out", asks="What share of tasks is carried out?", where=lambda c: c.stage in ("done", "not_done"), hit=lambda c: c.stage == "done"),
        Share(name="for_priorities", asks="What share of tasks serves a local priority?", hit=lambda c: bool(c.get("priority"))),
    ),
)  # fmt: skip
