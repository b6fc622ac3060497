"""Rules of an investigation: bail by the law in force on the day of arrest, what each outcome type asks, who may own it alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from peelian.casework.qualification import Required, required_level
from peelian.core.clock import london_day
from peelian.core.dated import Table
from peelian.core.kinds import No, Outcome, Proposal
from peelian.core.period import Period

FILE = Path(__file__).with_name("crime_investigation.toml")
BAIL = Table(FILE, "bail_limits", gives={"limit": Period})
POWER = Table(FILE, "bail_power", gives={"may": bool})
COURT = Table(FILE, "bail_court", gives={"limit": Period, "exceptional": Period})
TYPES = Table(
    FILE,
    "outcome_types",
    gives={"words": str, "group": str, "class": str, "suspect": str, "victim": str, "ground": str},
)
RANK = {"custody officer": "supervisor", "inspector": "inspector", "superintendent": "superintendent",
        "assistant chief constable": "chief-officer", "court": "inspector"}  # fmt: skip
DPP = "Police and Criminal Evidence Act 1984, section 47ZL (general knowledge)"
ORDER = (("born_on", "identified_at"), ("born_on", "arrested_on"), ("identified_at", "cleared_at"))
NAMES = tuple(f"type_{n}" for n in range(1, 23))


# -- who may own it ---------------------------------------------------------------------------------------------------------


def needs(case: Any) -> Required:
    """The level and strands that the offence with its signs asks for."""
    return required_level(case.offence, case.get("features") or (), on=london_day(case.at))


def asks_for(case: Any) -> str:
    """Which investigator it asks for, where that is more than PIP 1."""
    required = needs(case)
    return required.words if required.level > 1 or required.strands else ""


def another(case: Any) -> bool:
    """Whoever reviews does not own the case."""
    return bool(case.by.name != case.state.owner)


# -- plan and lines ---------------------------------------------------------------------------------------------------------


def by_the_plan(case: Any, start: datetime) -> Any:
    """By the day that the plan names for this line."""
    days = (case.due_on - london_day(start)).days + 1
    if days < 1:
        return No("the plan names a day before it was set")
    return Period.beginning_with(days=days), "the plan's own day", "investigation plan", "local", ""


def lines_finished(case: Any) -> bool:
    """Every line of enquiry is finished, or dropped with the reason."""
    return all(line.get("done_at") for line in case.lines)


def screening(case: Any) -> Proposal:
    """Investigate wherever there is somebody or something to follow, and wherever somebody needs protection."""
    why = [words for words, so in (
        ("a suspect is identified", bool(case.suspects)), ("there is a line of enquiry", bool(case.get("lines_known"))),
        ("domestic abuse", bool(case.get("domestic"))), (f"asks for {needs(case).words}", needs(case).level > 1),
        ("signs of serious and complex crime", bool(case.get("features"))),
    ) if so]  # fmt: skip
    if not why:
        assert not case.lines_known  # unset: the proposal waits until somebody has looked for a line
    return Proposal("investigate" if why else "file", ", ".join(why) or "no suspect, no line of enquiry, nobody who needs protection",
                    "Screening; Peelian's proposal for a local policy (design)")  # fmt: skip


def said_why(case: Any) -> bool:
    """Where it is not investigated further, it is written why: the victim is told the reason."""
    return case.screening != "file" or bool(case.not_further)


# -- bail -------------------------------------------------------------------------------------------------------------------


def bail_start(case: Any) -> date:
    """The bail start date: the day after the day of the arrest."""
    day: date = case.arrested_on
    return day + timedelta(days=1)


def bail_limit(case: Any, start: datetime) -> Any:
    """How long the bail runs by law, in the version in force on the day of the arrest; a court names its own day.

    Where no figure is held (other agencies before 28 October 2022, and all bail before 3 April 2017), a day that was entered holds.
    """
    found = BAIL.look(on=case.arrested_on, case=case.bail_case, authority=case.authority)
    if found.why_not and case.get("court_until") is not None:
        days = (case.court_until - case.bail_from).days + 1
        court = case.authority == "court"
        why = "the day that the court named" if court else f"the day entered; {found.why_not}"
        return Period.beginning_with(days=days), why, found.source, found.evidence if court else "local", found.version
    if found.why_not:
        return No(f"{found.why_not} ({found.source})")
    why = f"{case.bail_case} case, given by {case.authority}; begins with the day after the arrest"
    return found["limit"], why, found.source, found.evidence, found.version


def ranked(case: Any) -> bool:
    """Bail is given by the rank that the law names: a custody officer, an inspector, a superintendent, an assistant chief constable; an inspector records what a court gave."""
    return bool(case.by.may((RANK[case.authority],)))


def lawful(case: Any) -> bool:
    """The law in force on the day of the arrest lets this authority give bail in such a case; where a court gives it, the day is named."""
    found = POWER.look(on=case.arrested_on, case=case.bail_case, authority=case.authority)
    return bool(found["may"]) and (case.authority != "court" or bool(case.get("court_until")))


def day_ahead(case: Any) -> bool:
    """The day until which bail is given does not lie before the bail starts, the day after the arrest."""
    return case.get("court_until") is None or bool(case.court_until >= bail_start(case))


def after_arrest(case: Any) -> bool:
    """They are released after they were arrested."""
    return case.get("arrested_on") is None or london_day(case.released_at) >= case.arrested_on


def came_back(case: Any) -> bool:
    """The file comes back after it was sent."""
    return bool(case.back_at >= case.sent_to_cps_at)


def court_may(case: Any) -> bool:
    """A court gives bail up to 12 months from its start, 18 where the case is exceptional (18 and 24 for other agencies and designated cases); after that 3 months at a time, 6 where exceptional."""
    if case.authority != "court" or case.arrested_on < COURT.first_in_force:
        return True
    last = case.item.get("court_until") if case.item.get("authority") == "court" else None
    found = COURT.look(on=case.arrested_on, case=case.bail_case, step="again" if last else "first")
    most = found["exceptional" if case.get("exceptional") else "limit"]
    return bool(case.court_until <= most.last_day(last or bail_start(case)))


def conditions_met(case: Any) -> bool:
    """Conditions A to D of the Act are met: suspicion, time needed, diligence, and bail necessary and proportionate."""
    return bool(case.suspect_guilt and case.time_needed and case.is_diligent and case.necessary)


def devices_waiting(case: Any) -> int:
    """How many devices of this investigation have no result yet."""
    return sum(not state.facts.get("result_at") and not state.closed for state in case.children("device"))


def protected(case: Any) -> bool:
    """In a case of domestic abuse a supervisor decides that bail, with its conditions, gives way to release under investigation."""
    return not case.get("domestic") or bool(case.by.may(("supervisor",)))


def on_bail(case: Any) -> bool:
    """They are on bail."""
    return case.get("bail_from") is not None


# -- outcomes ---------------------------------------------------------------------------------------------------------------


def age_on(born: date, day: date) -> int:
    """Whole years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _ages(case: Any, day: date) -> list[int]:
    return [age_on(s.born_on, day) for s in case.suspects]


def _ages_then(case: Any) -> list[int]:
    """How old the suspects were when it happened; by the day of the report, where the day itself is not known."""
    return _ages(case, case.get("happened_on") or london_day(case.reported_at))


def _ages_now(case: Any) -> list[int]:
    """How old they are when it is dealt with: a caution is for a youth or an adult by that day."""
    return _ages(case, london_day(case.at))


GROUNDS: dict[str, Callable[[Any], bool]] = {
    "none": lambda case: True,
    "charged": lambda case: any(s.get("charged_at") for s in case.suspects),
    "under 10": lambda case: any(age < 10 for age in _ages_then(case)),
    "under 18": lambda case: any(10 <= age < 18 for age in _ages_now(case)),
    "18 or over": lambda case: any(age >= 18 for age in _ages_now(case)),
    "fraud": lambda case: case.offence == "fraud",
}


def ground_met(case: Any, ground: str) -> bool:
    """Whether what an outcome type rests on is recorded: worked out from the suspects where it can be, else stated."""
    rule = GROUNDS.get(ground)
    return rule(case) if rule else case.get("ground") == ground


def _guard(number: int) -> Callable[[Any], bool]:
    row = TYPES.look(on=date(2026, 1, 1), type=str(number))

    def fits(case: Any) -> bool:
        if row["suspect"] != "any" and (row["suspect"] == "yes") != bool(case.suspects):
            return False
        if row["victim"] != "any" and case.victim_supports != row["victim"]:
            return False
        return ground_met(case, row["ground"])

    asks = [f"a suspect is {'' if row['suspect'] == 'yes' else 'not '}identified"] if row["suspect"] != "any" else []
    asks += (
        [f"the victim {'supports' if row['victim'] == 'yes' else 'does not support'} it"]
        if row["victim"] != "any"
        else []
    )
    asks += [row["ground"]] if row["ground"] != "none" else []
    fits.__doc__ = f"Type {number} is for cases in which {', and '.join(asks)}."
    fits.__name__ = f"type_{number}_fits"
    return fits


def evidence_weighed(case: Any) -> bool:
    """In a case of domestic abuse, going on without the victim's support was weighed before it ends for want of it."""
    return not case.domestic or bool(case.get("evidence_led"))


def outcomes() -> tuple[Outcome, ...]:
    """Types 1 to 22, each with what it asks. Type 0 is no outcome but that none is assigned yet."""
    made = []
    for number, name in enumerate(NAMES, start=1):
        row = TYPES.look(on=date(2026, 1, 1), type=str(number))
        guards: list[Callable[[Any], bool]] = [_guard(number)]
        guards += [evidence_weighed] if number in (14, 16) else []
        guards += [lines_finished] if number in (14, 15, 16, 18, 21) else []
        made.append(Outcome(name, guards=tuple(guards), source=row.source, title=f"{number} {row['words']}"))
    return tuple(made)


def ending(case: Any) -> Proposal | None:
    """What the record points to: a charge first, then why the evidence falls short. Nothing while lines are open."""
    source = "Home Office outcome types"
    if GROUNDS["charged"](case):
        return Proposal("type_1", "a suspect is charged", source)
    if not lines_finished(case):
        return None
    if not case.suspects:
        victim = case.victim_supports
        if victim == "no":
            return Proposal("type_14", "no suspect identified, and the victim does not support it", source)
        return Proposal("type_18", "every line is finished and no suspect is identified", source)
    if case.victim_supports == "no":
        return Proposal("type_16", "a suspect is identified; the victim does not support it", source)
    return Proposal("type_15", "a suspect is identified and the victim supports it, and nobody is charged", source)


# -- quality ----------------------------------------------------------------------------------------------------------------


def not_theirs(case: Any) -> bool:
    """Whoever checks did not work on the investigation."""
    other = case.case(case.investigation)
    return other is None or case.by.name not in {e.by for e in other.entries} | {other.owner}
