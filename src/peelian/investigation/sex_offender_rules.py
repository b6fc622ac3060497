"""Rules of I7: how long notification lasts, what is due when, who may be managed reactively, and what an outcome needs to be seen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from peelian.core.clock import london_day, start_of_day
from peelian.core.dated import Table
from peelian.core.kinds import Case, No, Proposal, Unset, Who
from peelian.core.local import Local
from peelian.core.period import Period

FILE = Path(__file__).with_name("sex_offenders.toml")
PERIOD = Table(FILE, "notification_period", gives={"limit": Period})
WITHIN = Table(FILE, "notify_within", gives={"limit": Period})
AGAIN = Table(FILE, "notify_again", gives={"limit": Period})
REVIEW = Table(FILE, "review_right", gives={"limit": Period})
MINIMUM = Table(FILE, "visit_minimum", gives={"limit": Period})
SEEN = Table(FILE, "outcome_seen", gives={"contact": bool})
POLICY = "force policy on sexual and violent offenders"
VISITS = Local("sex_offenders.visit_profile", POLICY, words=("plan", "plan, else older minimum"))
YEARS_OUT = Local("sex_offenders.reactive_after_years", POLICY)
ACT = date(2004, 5, 1)  # Part 2 of the Act; whoever came under the Act of 1997 is carried over (s.81)
ADULT = 18
TRAINED = "offender manager"
INDETERMINATE, SHORT, LONG = "30 months or more, or indeterminate", 6, 30
LEVELS = ("low", "medium", "high", "very high")


def years_old(born: date, on: date) -> int:
    """Age in whole years on a day.

    Examples
    --------
    >>> years_old(date(2008, 2, 29), date(2026, 2, 28))
    17
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age_of(case: Any) -> str:
    """Adult, or under 18, on the relevant date."""
    return "adult" if years_old(case.born_on, case.relevant_on) >= ADULT else "under 18"


def disposal_of(case: Any) -> str:
    """The row of the statute's table: imprisonment by its length, other disposals by name."""
    if case.disposal == "life, or imprisonment for public protection":
        return INDETERMINATE
    if case.disposal != "imprisonment":
        return str(case.disposal)
    months, days = case.sentence_months, case.get("sentence_days") or 0
    if months >= LONG:
        return INDETERMINATE
    return "6 months or less" if (months, days > 0) <= (SHORT, False) else "over 6 and under 30 months"


def lasts(case: Any, start: datetime) -> Any:
    """How long notification lasts, from the relevant date: section 82, by disposal and age on that day."""
    disposal = disposal_of(case)
    if disposal == "conditional discharge":
        days = (case.discharge_ends_on - case.relevant_on).days + 1
        if days < 1:
            raise Unset("discharge_ends_on", "Last day of the conditional discharge, which lies after it began")
        return (
            Period.beginning_with(days=days),
            "as long as the conditional discharge",
            "Sexual Offences Act 2003, s.82",
            "stored",
            ACT,
        )
    age = age_of(case)
    found = PERIOD.look(on=max(london_day(start), ACT), disposal=disposal, age=age)
    if found.why_not:
        return No(f"{found.why_not}: {disposal} ({found.source})")
    return found["limit"], f"{disposal}, {age} on the relevant date", found.source, found.evidence, found.version


def until(case: Any) -> str:
    """How long notification lasts, in words: the last day, or that it is indefinite, with the rule."""
    said = lasts(case, start_of_day(case.relevant_on))
    if isinstance(said, No):
        return said.why
    last = said[0].last_day(case.relevant_on)
    return f"last day {last.day} {last:%B %Y}: {said[0]} {case.relevant_on.day} {case.relevant_on:%B %Y}, {said[1]} ({said[2]})"


def indefinite(case: Any) -> bool:
    """The duty is indefinite."""
    return isinstance(lasts(case, start_of_day(case.relevant_on)), No)


def may_ask(case: Any, start: datetime) -> Any:
    """When a review of an indefinite duty may be asked for: 15 years after the first notification (8 where under 18), 8 after a refusal."""
    if not indefinite(case):
        return No("the duty ends by itself")
    step = "again" if case.times("review_duty") else "first"
    found = REVIEW.look(on=max(london_day(start), REVIEW.first_in_force), step=step, age=age_of(case))
    return found["limit"], f"{step}, {age_of(case)} on the relevant date", found.source, found.evidence, found.version


def notify_again(case: Any, start: datetime) -> Any:
    """When to notify again: a year after the last notification; weekly without a sole or main residence."""
    found = AGAIN.look(on=max(london_day(start), ACT), residence=case.residence)
    words = "a sole or main residence" if case.residence == "yes" else "no sole or main residence"
    return found["limit"], words, found.source, found.evidence, found.version


def within(case: Any, start: datetime) -> Any:
    """How soon this is notified."""
    found = WITHIN.look(on=max(london_day(start), ACT), what=case.what)
    return (
        No(f"{found.why_not} ({found.source})")
        if found.why_not
        else (found["limit"], case.what, found.source, found.evidence, found.version)
    )


def next_assessment(case: Any, start: datetime) -> Any:
    """The next assessment falls due on the day that the assessor set."""
    days = (case.assess_next_on - london_day(start)).days
    return Period.after(days=max(1, days)), "the day that the assessor set", "Licensed tool and force policy", "local"


def visit_every(case: Any, start: datetime) -> Any:
    """How often somebody is visited: as the plan says; without one, by the older minimum where the force uses it."""
    weeks = case.get("visit_weeks")
    if weeks:
        return (
            Period.after(weeks=weeks),
            "the plan's own frequency",
            "APP Managing sexual offenders, College of Policing",
            "stored",
        )
    if case.local(VISITS) == "plan":
        return case.visit_weeks  # not known yet: the plan is to say it
    found = MINIMUM.look(on=london_day(start), level=case.level)
    return found["limit"], f"no frequency in a plan; level {case.level}", found.source, found.evidence, found.version


def managed_actively(case: Any) -> bool:
    """In reactive management nobody is visited as a plan says: random audit visits do not begin one."""
    return case.stage != "reactive"


def needs_contact(known_by: str, on: date) -> bool:
    """Whether an outcome known in this way is seen only where police visit."""
    return bool(SEEN.look(on=on, known_by=known_by)["contact"])


def level_as_assessed(case: Any) -> Proposal | None:
    """Propose the result of the newest assessment that is held; nothing is calculated here."""
    if not case.assessments:
        return None
    newest = max(case.assessments, key=lambda row: (row.assessed_on, LEVELS.index(row.result)))
    return Proposal(
        newest.result,
        f"{newest.tool} of {newest.assessed_on:%-d %B %Y}",
        "Result of a licensed tool, entered by its trained assessor",
        (newest.it.id,),
    )


def weigh(case: Any) -> None:
    """Propose nothing: the statute names what is weighed (s.91D), not what it comes to."""


def a_change(case: Any) -> bool:
    """Travel abroad, and what was not notified, are noted by the other act: they do not put off the yearly notification."""
    return case.what not in ("travel abroad", "first notification")


def manage(case: Any) -> Proposal:
    """Propose reactive management only where every condition of the force's entry test holds; else active."""
    why = not_reactive(case)
    source = "HMICFRS glossary: reactive management; entry test of the force"
    if why:
        return Proposal("active", "; ".join(why), source)
    return Proposal("reactive", "low risk as assessed, long in the community, no breach, no intelligence", source)


def not_reactive(case: Any) -> list[str]:
    """What speaks against reactive management, in words; empty where the entry test is met."""
    year, since = timedelta(days=365), case.get("back_at") or case.get("first_notified_at")
    years = case.local(YEARS_OUT)
    out = None if since is None else (case.at - since) / year
    recent = [e for e in case.events if case.at - e.happened_at <= years * year]
    return [
        words for words, so in (
            (f"level {case.get('level') or 'not assessed'}", case.get("level") != "low"),
            (f"less than {years} years in the community, or not known how long", out is None or out < years),
            ("a breach, an offence or intelligence in that time", bool(recent)),
            ("no assessment is held", not case.assessments),
            ("the person is in no pilot", not case.get("pilot")),
        ) if so
    ]  # fmt: skip


def low_enough(case: Any) -> bool:
    """Somebody at high or very high risk, or not assessed, is managed actively."""
    return case.level in ("low", "medium")


def in_running_pilot(case: Any) -> bool:
    """The pilot named is running: nobody is managed reactively outside one."""
    pilot = case.case(case.pilot)
    return pilot is not None and pilot.kind.name == "offender_pilot" and pilot.stage == "running"


def boundary_kept(case: Any) -> bool:
    """Nobody more is managed reactively once the boundary of the pilot is crossed."""
    pilot = case.case(case.pilot)
    if pilot is None or pilot.kind.name != "offender_pilot":
        return True  # refused as not running
    readings = Case(pilot, case.at).readings
    return not readings or readings[-1].figures.crossed_on is None


def is_over(case: Any) -> bool:
    """The period is over on the day, or another reason ends the duty."""
    if case.ended_because != "period over":
        return True
    said = lasts(case, start_of_day(case.relevant_on))
    return not isinstance(said, No) and london_day(case.at) > said[0].last_day(case.relevant_on)


def may_be_asked(case: Any) -> bool:
    """A review of an indefinite duty may not be asked for yet (s.91B)."""
    start = max([*case.times("review_duty"), case.first_notified_at])
    said = may_ask(case, start)
    return not isinstance(said, No) and case.at >= start_of_day(said[0].last_day(london_day(start)))


def active_again(case: Any) -> bool:
    """The person's own case stands at active management (or they are held) before the trigger is closed."""
    other = case.case(case.about)
    return other is not None and other.stage != "reactive"


def trained(case: Any, who: Who) -> str:
    """Whoever owns it alone is accredited for managing sexual and violent offenders."""
    return "" if TRAINED in who.skills else f"lacks {TRAINED}"


def policy_words(case: Any) -> str:
    """Which systems hold the person too; empty where none does."""
    named = [
        words
        for words, ref in (("integrated offender management", case.get("iom")), ("MAPPA", case.get("mappa")))
        if ref
    ]
    return ", ".join(named)
