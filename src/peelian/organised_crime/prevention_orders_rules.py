"""Whether an order's tests look met, how long it may last, and on which limb an application failed."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from peelian.core.clock import london_day
from peelian.core.dated import Found, Table
from peelian.core.kinds import No, Proposal
from peelian.core.local import Local
from peelian.core.period import Period

_FILE = Path(__file__).with_name("prevention_orders.toml")
TERMS = Table(
    _FILE, "order_terms", gives={"min_age": int, "min_months": int, "max_months": int, "breach": str, "law": str}
)
LIMBS = Table(_FILE, "reason_limbs", gives={"limb": str})
POLICY = "force policy on prevention orders, agreed with the prosecutor"
ACCEPT, DRAFT, ADVICE, APPLY, SERVE, CHECK, ACT = (
    Local(f"orders.{name}", POLICY)
    for name in ("accept_within", "draft_within", "prosecutor_within", "apply_within", "serve_within", "check_every", "act_on_breach_within")
)  # fmt: skip
ALERT = Local("orders.months_before_end", POLICY)
SERIOUS = ("SCPO", "interim SCPO")


def terms(case: Any, on: date) -> Found:
    """What the law says of this order on a day."""
    return TERMS.look(on=on, order=case.order)


def worth_seeking(case: Any) -> Proposal:
    """Propose to seek it where both tests of the Act look met; the two of an SCPO, where it is one."""
    found = terms(case, london_day(case.considered_at))
    if found.why_not:
        return Proposal("not_sought", found.why_not, found.source, version=found.version)
    if case.age < found["min_age"]:
        return Proposal(
            "not_sought", f"under {found['min_age']}, the age of this order", found.source, version=found.version
        )
    if case.order not in SERIOUS:
        return Proposal(
            "sought", f"{found['law']}: the tests of this order are for its lawyer", found.source, version=found.version
        )
    test_a = case.convicted if case.court == "Crown Court" else case.involved
    words = "convicted of a serious offence" if case.court == "Crown Court" else "involved in serious crime"
    if not test_a:
        return Proposal("not_sought", f"test A: not {words}", found.source, version=found.version)
    said = f"test A: {words}; test B: {'risk and protection stated' if case.risk and case.protects else 'not stated'}"
    return Proposal("sought", said, found.source, version=found.version)


def old_enough(case: Any) -> bool:
    """The person has the age from which the law allows this order."""
    found = terms(case, london_day(case.considered_at))
    return bool(found.why_not) or found.evidence != "stored" or case.age >= found["min_age"]


def precise(case: Any) -> bool:
    """At least one condition is written, each with why it is necessary and proportionate."""
    return bool(case.conditions)


def advised(case: Any) -> bool:
    """The prosecutor has answered."""
    return any(row.it.answered_at for row in case.prosecutor)


def term_lawful(case: Any) -> bool:
    """The order is no longer than its Act allows, and no shorter than its least; or it runs until further order, where the Act allows that."""
    found = terms(case, case.in_force_on)
    if found.why_not:
        return False
    if found.evidence != "stored":
        return True
    if case.get("further_order"):
        return not found["max_months"]
    return bool(found["min_months"] <= case.term_months <= (found["max_months"] or case.term_months))


def term_stated(case: Any) -> bool:
    """A number of months, or that it runs until further order: one of the two."""
    return bool(case.get("further_order")) != bool(case.get("term_months"))


def limb_of(case: Any) -> str:
    """The limb of the law that the main reason belongs to."""
    return str(LIMBS.look(on=london_day(case.at), code=case.code)["limb"])


def limb_of_row(case: Any) -> str:
    """The limb that a further reason belongs to."""
    return str(LIMBS.look(on=london_day(case.at), code=case.why_code)["limb"])


def until_it_ends(case: Any, start: datetime) -> Any:
    """How long the court made it: the first day counts, so five years from 1 June end with 31 May."""
    if case.get("further_order"):
        return No("until further order")
    found = terms(case, case.in_force_on)
    return (
        Period.beginning_with(months=case.term_months),
        "as the court ordered",
        found.source,
        found.evidence,
        found.version,
    )


def before_it_ends(case: Any, start: datetime) -> Any:
    """So many months before it ends it is looked at: vary, renew or let it run out."""
    if case.get("further_order"):
        return No("until further order")
    left = case.term_months - int(case.local(ALERT))
    return (
        (Period.beginning_with(months=left), "so many months before the end", POLICY, "local")
        if left > 0
        else No("too short for it")
    )


def warnings(case: Any) -> str:
    """What to look at before it goes on: a day that passed, a length whose law was not verified."""
    said = []
    if (
        case.get("sentence_on")
        and case.stage in ("considered", "drafting", "with_prosecutor")
        and london_day(case.at) >= case.sentence_on
    ):
        said.append("the day of sentence has come: an order on conviction is made when sentence is passed")
    if case.get("in_force_on"):
        found = terms(case, case.in_force_on)
        if not found.why_not and found.evidence != "stored":
            said.append(f"the length that {found['law']} allows was not verified")
    return "; ".join(said)


def days_before_sentence(case: Any) -> float | None:
    """Days from the prosecutor's getting it to the day of sentence; below zero where it came too late."""
    sent = case.times("send")
    return float((case.sentence_on - london_day(sent[0])).days) if sent and case.get("sentence_on") else None
