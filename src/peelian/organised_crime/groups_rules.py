"""O1: who may be held as a member, what the open matrix allows, and which tier is proposed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from peelian.core.clock import london_day
from peelian.core.dated import Dated, Table
from peelian.core.kinds import Proposal
from peelian.core.local import Local

from .assertions import BESIDE, MEMBER, PRINCIPAL, Assertion, Picture, picture

PATH = Path(__file__).with_name("groups.toml")
LEAST_PERSONS = Dated(PATH, "group_least_persons", int)
LEAST_YEARS = Dated(PATH, "group_least_years", int)
MATRIX = Table(PATH, "risk_matrix", gives={"low": float, "high": float})
POLICY = "force policy on organised crime groups"
WHICH_MATRIX = Local("groups.risk_matrix", POLICY, words=("open",))
TOP_AT, MIDDLE_AT = Local("groups.top_tier_from", POLICY), Local("groups.middle_tier_from", POLICY)
RESCORE = {tier: Local(f"groups.rescore_{tier}", POLICY) for tier in ("low", "middle", "top")}
GONE = ("withdrawn", "deleted")  # stages of a report that holds no more


def report_gone(case: Any, ref: str | None) -> bool:
    """Whether the report that an assertion rests on is known to hold no more."""
    held = case.case(ref) if ref else None
    return bool(held and (held.stage in GONE or held.facts.get("assessment") == "E"))


def assertions_of(case: Any, *, without: Iterable[str] = (), report: str = "") -> list[Assertion]:
    """The assertions of a group that stand: not withdrawn, nor resting on a report that is.

    Parameters
    ----------
    without : iterable of str
        Ids to be left out.
    report : str
        Leave out all that rest on this report.
    """
    left_out, gone = set(without), dict[str, bool]()
    found = []
    for row in (*case.assertions, *case.weighings):
        ref = row.get("report") or ""
        if ref not in gone:
            gone[ref] = report_gone(case, ref)
        if row.it.id in left_out or gone[ref] or (report and ref == report):
            continue
        found.append(assertion_of(case.state.facts.get("group_name", ""), row.it.id, row.it.facts))
    return found


def assertion_of(group: str, id: str, facts: Any) -> Assertion:
    """An assertion, from the facts of its row."""
    return Assertion(
        id=id, group=group, about=facts["says_of"], grade=facts["grade_given"], true_from=facts["true_from"],
        person=facts.get("person") or "", value=facts.get("value"), report=facts.get("report") or "", source=facts.get("source_id") or "",
    )  # fmt: skip


def picture_of(case: Any, **left_out: Any) -> Picture:
    """What stands of a group now."""
    return picture(assertions_of(case, **left_out), london_day(case.at))


def who_belongs(case: Any) -> str:
    """How many belong, how firmly, and how many stand beside the group."""
    found = picture_of(case).members.values()
    firm = sum(m.level == "firm" for m in found)
    beside = {row.person for row in case.assertions if row.says_of in BESIDE}
    return f"{len(found)} members ({firm} firm, {len(found) - firm} reported); {len(beside)} beside the group, who are no members"


def open_risk(case: Any) -> str:
    """The open risk score with its parts, or what is missing; `Unset` while no matrix is chosen."""
    matrix, found = case.local(WHICH_MATRIX), picture_of(case)
    if found.risk is None:
        return "not known: nothing is asserted of " + ", ".join(found.missing)
    r = found.risk
    return f"{r.score:.1f} by the {matrix} matrix (harm {r.harm:g} times likelihood {r.likelihood:.1f}); confidence {r.confidence}"


def is_a_group(case: Any) -> Proposal:
    """Propose to map a group where the test of the Serious Crime Act is met; else say what is not met."""
    day = london_day(case.at)
    least, years = LEAST_PERSONS.look(on=day), LEAST_YEARS.look(on=day)
    members = picture_of(case).members
    lacks = [
        words for words, so in (
            (f"{len(members)} of at least {least.value} persons", len(members) >= least.value),
            (f"offences of {case.offence_years} years, not {years.value} or more", case.offence_years >= years.value),
            ("no gain or benefit", case.for_gain), ("no common purpose", case.joint_purpose),
        ) if not so
    ]  # fmt: skip
    rests = tuple(dict.fromkeys(id for m in members.values() for id in m.rests_on))
    if lacks:
        return Proposal("not_a_group", "; ".join(lacks), least.source, rests, least.version)
    return Proposal(
        "map",
        f"{len(members)} persons, {case.offence_years} years, for gain, with a common purpose",
        least.source,
        rests,
        least.version,
    )


def which_tier(case: Any) -> Proposal | None:
    """Propose a tier from the open risk score and the force's own thresholds; without a score, nothing."""
    top, middle, risk = case.local(TOP_AT), case.local(MIDDLE_AT), picture_of(case).risk
    if risk is None:
        return None
    tier = "top" if risk.score >= top else "middle" if risk.score >= middle else "low"
    return Proposal(
        tier, f"open risk {risk.score:.1f}; top from {top:g}, middle from {middle:g}", POLICY, risk.rests_on
    )


def rescore_limit(case: Any, start: datetime) -> Any:
    """When a group is scored again: on the day that its official score names, and at the latest as its tier says."""
    tier = case.tier
    value, since, source, evidence = case.around.local(RESCORE[tier], start, first=True)
    named = case.get("next_review_on")
    scored = case.get("scored_on")
    if named is not None and scored is not None and named > london_day(start):
        days = (named - london_day(start)).days
        return (
            f"{days} days after",
            "the next review that the official score names",
            case.get("official_tool") or "",
            "stored",
            scored,
        )
    return value, f"tier {tier}", source, evidence, since and london_day(since)


def grade_fits(case: Any) -> bool:
    """A grade is source and assessment, such as 2B."""
    return re.fullmatch("[123][A-E]", case.grade_given) is not None


def within_matrix(case: Any) -> bool:
    """A number lies within the bounds of its field; the trend is 0.8, 1 or 1.2."""
    bounds = MATRIX.look(on=london_day(case.at), matrix="open", field=case.says_of)
    within = bounds["low"] <= case.value <= bounds["high"]
    return bool(within and (case.says_of != "trend" or case.value in (0.8, 1.0, 1.2)))


def no_child_or_victim(case: Any) -> bool:
    """A child, a victim, or somebody with signs of being exploited is recorded as such, never as a member; no more does a victim's own
    device make anybody one."""
    if case.says_of not in (MEMBER, PRINCIPAL):
        return True
    beside = any(row.says_of in BESIDE and row.person == case.person for row in case.assertions)
    return bool(case.all_checked and not beside)


def not_a_victims_device(case: Any) -> bool:
    """What a victim's own device told is used in that victim's case alone."""
    return bool(case.no_victims_device)


def report_holds(case: Any) -> bool:
    """The report that it rests on still holds, and is not suspected to be false."""
    return not report_gone(case, case.get("report"))


def another_decides(case: Any) -> bool:
    """Whoever decides did not propose the group."""
    return case.by.name not in case.hands("put_forward")


def archived_because(case: Any) -> bool:
    """A group is archived as merged only with the reference of the other, another group that you may see."""
    if case.archived_why != "merged":
        return True
    other = case.case(case.get("merged_into") or "")
    return bool(other and other.kind.name == case.state.kind.name and other.entries[:1] != case.state.entries[:1])
