"""A1: the five questions judged: the program proposes by limiting rules, two people judge blind, one decides. No inspection grade.

The figures on which a judgement rests are written into its case when it is opened, with the cases behind them, so that it can be explained
later. Each assessor's grade stands in a case of its own, as who said it: its owner reads it, and no other assessor.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from peelian.core.kinds import NEW, Act, Clock, Decision, Facts, Kind, Outcome, Owners, Proposal, Share, fact
from peelian.core.local import Local
from peelian.core.system import Choice, Find, Sheet, System

from .agreement import Agreement, agreement
from .evidence import ACCEPT, EVIDENCE, KEY, POLICY
from .judgement_rules import COUNTED, NOT_STATED, RULES, Findings, Limits, judge
from .reality_test import REALITY

TITLE = "Self-assessment, not an inspection grade"
JUDGE = Local("assurance.judge_within", POLICY)
KNOWN, WEAK, UNEVEN, FLOOR = (
    Local(f"assurance.{name}", POLICY) for name in ("known_share", "weak_systems", "uneven_systems", "in_time_floor")
)
GRADE = Literal["inadequate", "requires improvement", "good", "outstanding"]
SOURCE = "Limiting rules of the self-assessment; Peelian's proposal"


class Given(Facts, private="restricted"):
    question: KEY = fact("Which question?", private="open")
    cycle: str = fact("By the questions of which cycle?", private="open")
    own_grade: GRADE = fact("Your grade", private="source")
    why: str = fact("What does it rest on?", private="source")


def sees_no_other(case: Any, who: Any) -> str:
    """An assessor must not be able to read the other's grade: supervising ranks and intelligence officers can."""
    shut = {"supervisor", "intelligence-officer"} & set(who.roles)
    return f"a {' and '.join(sorted(shut))} could read the other's grade, so would not judge blind" if shut else ""


ASSESSMENT = Kind(
    name="assessment", title="Blind assessment", question="assurance", source=SOURCE, facts=Given, filters=("question",),
    stages=("judging", "given"), ends="given",
    acts=(
        Act(name="begin_assessment", title="Begin a blind assessment", during=NEW, to="judging", asks=("question", "cycle")),
        Act(name="give_grade", title="Give your grade", during="judging", to="given", asks=("own_grade", "why")),
    ),
    clocks=(Clock(name="given_in_time", title="Grade given", starts="begin_assessment", stops="give_grade", limit=JUDGE),),
    owners=Owners(accept_within=ACCEPT, climbs=("assurance",), qualified=sees_no_other),
)  # fmt: skip


class Judged(Facts, private="restricted"):
    question: KEY = fact("Which question?", private="open", group="What")
    cycle: str = fact("By the questions of which cycle?", private="open", group="What")
    as_of: date = fact("Evidence as known on", private="open", group="What")
    systems: int = fact("Systems that answer it", private="open", group="Evidence")
    systems_known: int = fact("Systems of which evidence is current", private="open", group="Evidence")
    cause_of_concern: int = fact("Open causes of concern", private="open", group="Evidence")
    came_back: int = fact("Areas for improvement that came back", private="open", group="Evidence")
    overdue: int = fact("Areas for improvement past their date", private="open", group="Evidence")
    weak: int = fact("Weak systems", private="open", group="Evidence")
    uneven: int = fact("Systems whose areas differ", private="open", group="Evidence")
    rests_on: str = fact("What these rest on", hint="Measure or case, one a line.", group="Evidence")
    grade: str = fact("Grade", show="decided")
    said: str = fact("What is said in the self-assessment?", group="Decision")
    next_step: str = fact("What is done about it, by whom and when?", group="Decision")


def limits_of(case: Any) -> Limits:
    """The limits: caps as in force on the day, and the force's own numbers; Unset while they are not set."""
    return limits(case.local, case.as_of)


def limits(local: Any, on: date) -> Limits:
    """The limits, from a function that gives local values."""
    caps = {rule: str(RULES.look(on=on, rule=rule)["cap"]) for rule in COUNTED}
    return Limits(float(local(KNOWN)), int(local(WEAK)), int(local(UNEVEN)), caps)


def propose(case: Any) -> Proposal:
    """The grade that the limiting rules leave; where too little is known, that no grade is stated."""
    held = Findings(case.systems, case.systems_known, *(getattr(case, rule) for rule in COUNTED))
    told = judge(held, limits_of(case))
    reason = "; ".join(limited.reason for limited in told.limits) or "nothing limits it"
    if told.grade == NOT_STATED:
        reason += f"; at most {told.at_most}"
    return Proposal(told.grade.replace(" ", "_"), reason, SOURCE)


def two_blind(case: Any) -> bool:
    """Two people have judged first, each without sight of the other's grade."""
    return len(pair(case.children(ASSESSMENT.name))) == 2


def neither_judged(case: Any) -> bool:
    """Whoever decides has not been one of the two assessors."""
    return case.by.name not in {state.owner for state in case.children(ASSESSMENT.name)}


def pair(states: Any) -> list[str]:
    """The grades of the first two assessors who are two people; fewer while they are not in."""
    given = {state.owner: str(state.facts["own_grade"]) for state in states if state.stage == "given"}
    return list(given.values())[:2]


def assessors(case: Any) -> str:
    """How the two blind assessors stand: nothing of a grade before both are in."""
    found = pair(case.children(ASSESSMENT.name))
    if len(found) < 2:
        return f"{len(found)} of 2 are in"
    return f"both {found[0]}" if found[0] == found[1] else f"{found[0]} and {found[1]}"


def agree(states: Any) -> Agreement:
    """Agreement over all pairs of assessors: `states` holds the assessments of each judgement."""
    pairs = [tuple(found) for each in states if len(found := pair(each)) == 2]
    return agreement((one, other) for one, other in pairs)


JUDGEMENT = Kind(
    name="judgement", title="Judgement of a question", question="assurance", source="The inspection's questions, answered by the force itself",
    facts=Judged, filters=("question", "cycle", "grade"), stages=("evidence_held", "judged", "withdrawn"), ends=("judged", "withdrawn"),
    children=(ASSESSMENT.name,), locals=(KNOWN, WEAK, UNEVEN, FLOOR),
    acts=(
        Act(name="open_judgement", title="Open a judgement", during=NEW, to="evidence_held",
            asks=("question", "cycle", "as_of", "systems", "systems_known", *COUNTED), maybe=("rests_on",)),
        Act(name="drop", title="Withdraw", during="evidence_held", to="withdrawn", asks=("said",)),
    ),
    decisions=(
        Decision(name="judge_it", title=TITLE, during="evidence_held", to="judged", policy=propose, sets="grade", asks=("said",), maybe=("next_step",),
                 by=("assurance", "superintendent"), guards=(two_blind, neither_judged),
                 outcomes=(Outcome("not_stated", title="Not stated"), Outcome("inadequate"), Outcome("requires_improvement"), Outcome("good"),
                           Outcome("outstanding", by="chief-officer"))),
    ),
    clocks=(Clock(name="judged_in_time", title="Judged", starts="open_judgement", stops="judge_it", limit=JUDGE),),
    derives=(("assessors", assessors),),
    owners=Owners(accept_within=ACCEPT, climbs=("assurance", "superintendent", "chief-officer")),
    measures=(
        Share(name="evidence_current", asks="What share of judgements rests on evidence of half the systems?", at="as_of", where=lambda c: c.stage != "withdrawn",
              hit=lambda c: 2 * c.systems_known >= c.systems),
    ),
)  # fmt: skip
KINDS = (EVIDENCE, REALITY, ASSESSMENT, JUDGEMENT)


def _published(name: str) -> Any:
    """A function of `self_assessment`, which reads this module: it is imported when it is asked."""

    def ask(*args: Any, **given: Any) -> Any:
        from . import self_assessment

        return getattr(self_assessment, name)(*args, **given)

    ask.__doc__ = f"See `self_assessment.{name}`."
    return ask


SYSTEM = System(
    id="A1",
    name="the five questions, judged",
    question="assurance",
    kinds=KINDS,
    sheets=(
        Sheet(
            "self-assessment",
            "The five questions, answered by the force itself",
            _published("sheet"),
            asks=(Choice("without", "Which system is switched off?", _published("systems")),),
        ),
        Sheet("assessors", "Two blind assessors: how far they agree", _published("assessors")),
    ),
    finds=(
        Find(
            "to-judge",
            "Questions to judge, as the evidence stands",
            _published("to_judge"),
            "judgement",
            "open_judgement",
            by=("assurance", "supervisor"),
        ),
    ),
    roles=("assurance", "superintendent", "chief-officer"),
)
