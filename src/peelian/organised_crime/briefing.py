"""O6: what a team is told before its shift: a sheet per team and day, under handling rules, read or not read.

Question 4: frontline officers know their local groups. An entry rests on a released report whose grade lets patrols be told, and on no group
that is only put forward. Officers read the entry, never the report.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from peelian.core.clock import in_utc, london_day
from peelian.core.kinds import NEW, Act, Clock, Facts, Kind, Median, Owners, Part, Share, fact
from peelian.core.local import Local
from peelian.core.system import Choice, Find, Sheet, System

from .intelligence_rules import Grade, codes_of

POLICY = "force policy on briefing"
ACCEPT, CLIMB = (Local(f"briefing.{name}", POLICY) for name in ("accept_within", "climb_every"))
UNIT = ("intelligence-officer", "organised-crime")
LONGEST = timedelta(hours=24)


class Entry(Facts, private="restricted"):
    team: str = fact("For which team?", private="open", group="Shift")
    area: str = fact("District", private="open", group="Shift")
    shift_from: datetime = fact("Shift from", private="open", group="Shift")
    shift_until: datetime = fact("Shift until", private="open", group="Shift")
    officers: int = fact("How many officers are on this shift?", private="open", group="Shift")
    from_report: str = fact("On which intelligence report does it rest? (reference)", group="Entry")
    brief_group: str = fact("About which mapped group? (reference)", group="Entry")
    about: Literal["a group", "a person to look for", "a place", "a vehicle", "officer safety"] = fact(
        "What is it about?", private="open", group="Entry"
    )
    text: str = fact(
        "What officers are told", private="personal", group="Entry", hint="No more than the sanitised text says."
    )
    do_what: str = fact("What to look for, and whom to tell", group="Entry")
    handling_told: str = fact("Handling", group="Entry", hint="What officers may do with it, in words.")
    off_why: str = fact("Why is it taken off?", group="End")


class Reading(Facts, private="restricted"):
    seen_since: str = fact("Have you seen anything of it?", private="personal")


def report_may_be_told(case: Any) -> bool:
    """The report is released in sanitised text, still holds, and its grade lets officers on patrol be told."""
    held = case.case(case.from_report)
    if held is None or held.stage != "released":
        return False
    facts = held.facts
    grade = Grade(facts["source_grade"], facts["assessment"], facts["handling"], codes_of(facts.get("conditions")))
    return grade.overt(london_day(case.at))


def names_no_source(case: Any) -> bool:
    """The entry does not hold the reference of the source."""
    held = case.case(case.from_report)
    reference = held.facts.get("source_ref") if held else None
    return not reference or reference not in case.text


def group_is_mapped(case: Any) -> bool:
    """A group that is only put forward, or is closed, stands in no briefing."""
    ref = case.get("brief_group")
    held = case.case(ref) if ref else None
    return not ref or (held is not None and held.stage == "active")


def shift_is_one(case: Any) -> bool:
    """A shift ends after it begins, within a day."""
    return bool(timedelta() < case.shift_until - case.shift_from <= LONGEST)


def some_officers(case: Any) -> bool:
    """There is at least one officer on the shift."""
    return bool(case.officers > 0)


def not_twice(case: Any) -> bool:
    """You have marked it as read already."""
    return all(row.it.by != case.by.name for row in case.readings)


def to_end_of_shift(case: Any, start: datetime) -> Any:
    """It is read before the shift ends."""
    minutes = int((case.shift_until - start).total_seconds() // 60)
    return (
        f"{max(minutes, 1)} minutes",
        f"the shift ends at {in_utc(case.shift_until):%-d %B %Y %H:%M} UTC",
        POLICY,
        "local",
    )


def read_in_time(case: Any) -> int:
    """How many read it before the shift ended."""
    return len({row.it.by for row in case.readings if row.it.at <= case.shift_until})


def share_read(case: Any) -> float:
    """Of the officers on the shift the percentage who read it before it ended, 100 at most."""
    return float(min(100.0, 100 * read_in_time(case) / case.officers))


def who_read(case: Any) -> str:
    """How many read it in time, of how many."""
    return f"{read_in_time(case)} of {case.officers} read it before the shift ended"


ENTRY = Kind(
    name="briefing", title="Briefing entry", question="organised_crime", record_class="briefing",
    source="HMIC, PEEL effectiveness 2016: frontline officers' knowledge of local organised crime groups", facts=Entry,
    filters=("team", "about", "shift_from"), stages=("shown", "taken_off"), ends="taken_off",
    parts=(Part(name="readings", title="Read", facts=Reading),),
    acts=(
        Act(name="put_on", title="Put on the briefing", during=NEW, to="shown",
            asks=("team", "area", "shift_from", "shift_until", "officers", "from_report", "about", "text", "do_what", "handling_told"),
            maybe=("brief_group",), by=UNIT,
            guards=(report_may_be_told, names_no_source, group_is_mapped, shift_is_one, some_officers)),
        Act(name="mark_read", title="I have read it", during="shown", adds="readings", maybe=("seen_since",), guards=(not_twice,)),
        Act(name="take_off", title="Take off the briefing", during="shown", to="taken_off", asks=("off_why",), by=(*UNIT, "supervisor")),
    ),
    clocks=(
        Clock(name="read_in_shift", title="Read by somebody of the team before the shift ended", starts="shift_from", stops="mark_read",
              limit=to_end_of_shift, climbs=("supervisor", "inspector", "chief-officer"), climb_every=CLIMB),
    ),
    owners=Owners(accept_within=ACCEPT, climbs=("supervisor", "inspector", "superintendent", "chief-officer")),
    derives=(("read_by", who_read),),
    measures=(
        Median(name="share_read_in_shift", asks="What share of a team reads its briefing before the shift ends?", value=share_read, unit="percent", at="shift_until"),
        Share(name="everybody_read", asks="Of what share of entries did everybody on the shift read?", at="shift_until", hit=lambda c: share_read(c) >= 100),
        Share(name="saw_something", asks="What share of readings came back with something seen?", of="readings", hit=lambda r: bool(r.get("seen_since"))),
    ),
)  # fmt: skip
KINDS = (ENTRY,)


def _sheet(**told: Any) -> Any:
    from .briefing_sheet import sheet

    return sheet(**told)


def _teams(actor: Any, at: datetime) -> Any:
    from .briefing_sheet import teams

    return teams(actor, at)


def _days(actor: Any, at: datetime) -> Any:
    from .briefing_sheet import days

    return days(actor, at)


def _look(**told: Any) -> Any:
    from .briefing_sheet import look

    return look(**told)


SYSTEM = System(
    id="O6", name="frontline knows its local groups", question="organised_crime", kinds=KINDS,
    sheets=(Sheet("team", "Briefing of a team", _sheet, asks=(Choice("team", "Which team?", _teams), Choice("day", "Which day?", _days))),),
    finds=(Find("to-brief", "Released reports that no team has been told of", _look, kind=ENTRY.name, act="put_on", by=UNIT),),
    roles=("neighbourhood-officer", "control-room", "supervisor", "intelligence-officer"),
)  # fmt: skip
