"""Which way of examining a device is lawful and reaches what is needed; and by when a result must be there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from peelian.core.clock import london_day
from peelian.core.dated import Dated, Table
from peelian.core.kinds import No, Proposal, Unset
from peelian.core.local import Local
from peelian.core.period import Period

FILE = Path(__file__).with_name("digital_media.toml")
METHODS = Table(FILE, "device_methods", gives={"method": str})
BASIS = Table(FILE, "lawful_basis", gives={"agreement": str, "words": str})
CODE = Dated(FILE, "forensic_code", bool)
POLICY = "force policy on digital evidence"
STAFFED = Local(
    "digital.staffed_within", POLICY
)  # a place whose next trained operator comes later is not called staffed
IDLE_DEVICES, IDLE_MONTHS = (Local(f"digital.idle_{what}", POLICY) for what in ("devices", "months"))
WAYS = ("investigator", "kiosk", "laboratory")  # from the least to the most intrusive


def held(kind: str, asked: Local, at: datetime) -> Any:
    """A force's own value for a sheet or a find; None while it is not set."""
    from peelian.casework.kinds import kind_of
    from peelian.casework.local_values import around_of

    try:
        return around_of(kind_of(kind)).local(asked, at)[0]
    except Unset:
        return None


def way(case: Any) -> Proposal:
    """The least intrusive way that reaches what is needed. A more intrusive one needs a reason."""
    found = METHODS.look(on=london_day(case.at), needed=case.needed, device=case.device)
    return Proposal(
        found["method"],
        f"{case.needed}, from a {case.device}",
        f"{found.source} ({found.standing})",
        version=found.version,
    )


def reaches(method: str, facts: Any, on: Any) -> bool:
    """Whether a method gets at what is needed: the one of the table, or a more thorough one."""
    least = METHODS.look(on=on, needed=facts["needed"], device=facts["device"])["method"]
    return WAYS.index(method) >= WAYS.index(least)


def lawful_basis(case: Any) -> bool:
    """The examination is lawful: a power or a warrant; or, for a victim's or witness's device, agreement in writing with less intrusive ways weighed."""
    found = BASIS.look(on=london_day(case.at), basis=case.basis)
    return found["agreement"] == "no" or bool(case.agreed_in_writing and case.alternatives)


def shown_with_consent(case: Any) -> bool:
    """An investigator records only what the owner shows: it is their own device, and they agreed."""
    return case.basis == "given by a victim or witness" and bool(case.agreed_in_writing)


def gets_there(method: str) -> Any:
    """A guard for an outcome: the method gets at what is needed."""

    def reaches_it(case: Any) -> bool:
        return reaches(method, {"needed": case.needed, "device": case.device}, london_day(case.at))

    reaches_it.__doc__ = f"The {method} gets at what is needed from such a device."
    return reaches_it


def _place(case: Any) -> Any:
    """What the register says of the place named; None where there is no such open place that the reader may see."""
    other = case.case(case.route)
    return None if other is None or other.kind.name != "digital_route" or other.closed else other


def route_fits(case: Any) -> bool:
    """The route is an open place of the register, of the way decided on, that does what is needed and is declared under the Code in force."""
    place = _place(case)
    if place is None:
        return False
    facts = place.facts
    code = CODE.look(on=london_day(case.at)).value
    declared = facts.get("way") == "investigator" or not code or bool(facts.get("declared"))
    return bool(facts.get("way") == case.method and case.needed in (facts.get("does") or ()) and declared)


def place_name(case: Any) -> str:
    """The name of the place, from the register."""
    place = _place(case)
    return str(place.facts.get("place_name") or "") if place else ""


def before_bail(case: Any, start: datetime) -> Any:
    """By the last day of bail, so that nobody's bail is extended because a device waits."""
    days = (case.bail_ends_on - london_day(start)).days + 1
    if days < 1:
        return No("bail had ended before the device came")
    return (
        Period.beginning_with(days=days),
        "the last day of bail",
        "Police and Criminal Evidence Act 1984, Part 4: diligently and without delay",
        "stored",
        "",
    )


def bailed(case: Any) -> bool:
    """Nobody is known to be on bail."""
    return case.get("bail_ends_on") is not None


def kiosk_fit(case: Any) -> bool:
    """Whether a kiosk is the way that the table proposes."""
    return bool(way(case).outcome == "kiosk")


def to_result(case: Any) -> Any:
    """From seizure to result."""
    return case.result_at - case.seized_at


def sample_taken(case: Any) -> bool:
    """Officers of the team, drawn at random, were asked to name their route, and how many did is recorded."""
    return bool(0 <= case.named_it <= case.sampled and case.sampled > 0)
