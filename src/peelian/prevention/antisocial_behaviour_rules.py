"""Rules of anti-social behaviour: the risk proposed, who reviews when, what a power needs, and the threshold of a case review.

Nothing here refuses a victim: a threshold that is not reached by the count is shown with the other grounds, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from peelian.core.clock import london_day
from peelian.core.dated import Dated, Table
from peelian.core.kinds import No, Proposal, Unset
from peelian.core.local import Local
from peelian.core.period import Period

from .antisocial_behaviour_facts import SIGNS

_FILE = Path(__file__).with_name("antisocial_behaviour.toml")
REVIEWS = Table(_FILE, "asb_reviews", gives={"limit": Period})
START = Table(_FILE, "asb_start", gives={"grade": str})
POWERS = Table(_FILE, "asb_powers", gives={"age": int, "term": str, "rank": str, "needs": str})
MOST = Dated(_FILE, "asb_review_complaints", int)
POLICY, PROCEDURE = "force policy on anti-social behaviour", "ASB case review procedure"
MEDIUM, HIGH = (Local(f"asb.signs_{grade}", POLICY) for grade in ("medium", "high"))
REPEATED, WITHIN = Local("asb.repeat_reports", POLICY), Local("asb.repeat_days", POLICY)
NEEDED = Local("asb_review.complaints", PROCEDURE)
COMPLAINED = Local(
    "asb_review.complained_within", PROCEDURE, default=Dated(_FILE, "asb_review_complained_within", Period)
)
APPLIED = Local("asb_review.applied_within", PROCEDURE, default=Dated(_FILE, "asb_review_applied_within", Period))
OTHER = Local("asb_review.other_grounds", PROCEDURE, words=("meet the threshold", "are weighed by a person"))
ORDER = ("standard", "medium", "high")
RANK = ("constable", "sergeant", "inspector", "superintendent")


def risk_of(case: Any) -> Proposal:
    """Count the signs of risk. What is not known counts as if it were so until somebody asks; the numbers are the force's own."""
    answers = {sign: getattr(case, sign) for sign in SIGNS}
    yes = [words for sign, words in SIGNS.items() if answers[sign] == "yes"]
    open_ = [words for sign, words in SIGNS.items() if answers[sign] == "not known"]
    medium, high = int(case.local(MEDIUM)), int(case.local(HIGH))

    def graded(signs: int) -> str:
        return "high" if signs >= high else "medium" if signs >= medium else "standard"

    start = START.look(on=london_day(case.reported_at), kind=case.kind_of_behaviour)
    worst = graded(len(yes) + len(open_))
    reason = f"{len(yes)} of {len(SIGNS)} signs" + (f": {', '.join(yes)}" if yes else "")
    if worst != graded(len(yes)):
        reason += f"; {len(open_)} not known, taken as so until asked ({', '.join(open_)})"
    reason += f"; a case of {case.kind_of_behaviour} behaviour would start at {start['grade']} in one borough's list"
    return Proposal(
        worst, reason, f"signs counted against the force's own {medium} and {high}; made by us as an example"
    )


def reviewed_by(rank: str) -> Any:
    """How soon somebody of a rank reviews a case, by its risk."""

    def limit_of(case: Any, start: datetime) -> Any:
        found = REVIEWS.look(on=london_day(start), rank=rank, grade=case.risk)
        if found.why_not:
            return No(found.why_not)
        return found["limit"], f"risk {case.risk}", found.source, found.evidence, found.version

    return limit_of


def power_term(case: Any, start: datetime) -> Any:
    """How long the power may last at most."""
    found = POWERS.look(on=london_day(start), power=case.power)
    if not found["term"]:
        return No("no term is set for it")
    return (
        found["term"],
        f"a {case.power} lasts {found['term'].removesuffix(' after')} at most",
        found.source,
        found.evidence,
        found.version,
    )


def power_warnings(case: Any) -> str:
    """What the rules of the powers used seem to ask, and the case does not show. Unverified: a lawyer is asked, nothing is refused."""
    told = []
    before: set[str] = set()
    for row in sorted(case.used_powers, key=lambda r: r.used_at):
        rule = POWERS.look(on=london_day(row.used_at), power=row.power)
        age = row.get("age")
        if age is not None and age < rule["age"]:
            told.append(f"{row.power}: from the age of {rule['age']}")
        if rule["rank"] and row.authorised_by in RANK and RANK.index(row.authorised_by) < RANK.index(rule["rank"]):
            told.append(f"{row.power}: authorised by an {rule['rank']} or above")
        if rule["needs"].endswith(" first") and rule["needs"].removeprefix("a ").removesuffix(" first") not in before:
            told.append(f"{row.power}: needs {rule['needs']}")
        before.add(row.power)
    return "; ".join(dict.fromkeys(told))


def repeats(case: Any) -> int:
    """How many reports lie within the force's own days of the last one."""
    days = sorted((r.complained_on for r in case.reports), reverse=True)
    return sum(days[0] - day <= timedelta(days=int(case.local(WITHIN))) for day in days) if days else 0


def repeat_victim(case: Any) -> str:
    """That this is a repeat victim by the force's own test; empty where it is not."""
    count, needed, days = repeats(case), int(case.local(REPEATED)), case.local(WITHIN)
    return f"{count} reports in {days} days; {needed} make a repeat victim" if count >= needed else ""


@dataclass(frozen=True)
class Threshold:
    """Which complaints qualify.

    Attributes
    ----------
    qualifying : tuple of str
        Ids of the complaints that do.
    others : tuple of (str, str)
        The rest, each with the reason.
    needed : int
        How many are needed: the local number, never more than the statute's.
    """

    qualifying: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    needed: int
    source: str

    @property
    def reached(self) -> bool:
        """Whether the count alone meets it."""
        return len(self.qualifying) >= self.needed


def threshold(
    complaints: Iterable[tuple[str, date, date, bool]], *, applied_on: date, needed: int, complained_within: Period, applied_within: Period
) -> Threshold:  # fmt: skip
    """Count the complaints that qualify for an ASB case review.

    Parameters
    ----------
    complaints : iterable of (id, behaviour on, complained on, same problem and victim)
    needed : int
        The local number; where it is above the statute's, the statute's counts.
    complained_within, applied_within : Period
        From the behaviour to the complaint, and from the complaint to the application. A month ends on the corresponding day,
        or on the last day of a month that has no such day: a month after 31 January is the last day of February.

    References
    ----------
    Anti-social Behaviour, Crime and Policing Act 2014, s.104.

    Examples
    --------
    >>> told = [("a", date(2026, 3, 1), date(2026, 3, 5), True), ("b", date(2026, 3, 10), date(2026, 4, 9), True), ("c", date(2026, 4, 20), date(2026, 4, 25), True)]
    >>> threshold(told, applied_on=date(2026, 6, 1), needed=3, complained_within=Period.after(months=1), applied_within=Period.after(months=6)).reached
    True
    """
    most = MOST.look(on=applied_on)
    good, rest = [], []
    for id, behaviour, complained, same in complaints:
        why = (
            "about another problem or victim" if not same
            else "complained of before it happened" if complained < behaviour
            else f"complained of later than {_words(complained_within)} it happened" if complained > complained_within.last_day(behaviour)
            else "complained of after the application" if complained > applied_on
            else f"applied for later than {_words(applied_within)} the complaint" if applied_on > applied_within.last_day(complained)
            else ""
        )  # fmt: skip
        if why:
            rest.append((id, why))
        else:
            good.append(id)
    return Threshold(tuple(good), tuple(rest), min(needed, most.value), most.source)


def _words(period: Period) -> str:
    text = str(period)
    return text if text.endswith("after") else f"{text} after"


def _period(said: Any) -> Period:
    return said if isinstance(said, Period) else Period.parse(str(said))


def threshold_of(case: Any) -> Threshold:
    """The count of this application's complaints."""
    return threshold(
        ((c.it.id, c.behaviour_on, c.complained_on, c.same_problem) for c in case.complaints), applied_on=case.applied_on,
        needed=int(case.local(NEEDED)), complained_within=_period(case.local(COMPLAINED)), applied_within=_period(case.local(APPLIED)),
    )  # fmt: skip


def counted(case: Any) -> str:
    """Which complaints count and which do not, in words."""
    try:
        found = threshold_of(case)
    except Unset as unset:
        return unset.summary
    told = f"{len(found.qualifying)} of {len(case.complaints)} complaints qualify, {found.needed} are needed"
    return "; ".join([told, *(f"one does not: {why}" for _, why in found.others)])


def review_threshold(case: Any) -> Proposal:
    """Propose whether the threshold is met: by the count, else by persistence, harm or a response that was not enough."""
    found = threshold_of(case)
    count = counted(case)
    if found.reached:
        return Proposal("met", count, found.source, found.qualifying)
    grounds = (
        ("it goes on and on", case.persistent),
        ("harm, or the potential for it", case.harmful),
        ("the response was not enough", case.poor_response),
    )
    so = [words for words, said in grounds if said == "yes"]
    unknown = [words for words, said in grounds if said == "not known"]
    if (so or unknown) and case.local(OTHER) == "meet the threshold":
        why = f"by {', '.join(so)}" if so else f"not known yet, and never taken as no: {', '.join(unknown)}"
        return Proposal(
            "met",
            f"{count}; {why}",
            "2014 Act, s.104: persistence, harm and the adequacy of the response",
            found.qualifying,
        )
    if so or unknown:
        raise Unset("threshold", f"{count}; a person weighs whether it is met by: {', '.join(so + unknown)}")
    return Proposal("not met", f"{count}; no other ground is shown", found.source, found.qualifying)
