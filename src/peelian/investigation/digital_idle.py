"""Teams that never use a kiosk, by the devices recorded; and kiosks that nobody uses, by their log. Teams and places, never an officer."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from peelian.core.clock import in_utc, london_day
from peelian.core.system import Found

from .digital_routes import BACK, declared, kiosk_log, moment
from .digital_rules import IDLE_DEVICES, IDLE_MONTHS, METHODS, held

if TYPE_CHECKING:
    from peelian.access.actor import Actor

REPORT = "HMIC, Essex 2016: kiosks were there, and officers did not know it"


def idle_teams(*, actor: Actor, at: datetime) -> list[Found]:
    """Teams that had devices fit for a kiosk and sent none to one; then kiosks in whose log nothing stands.

    From how many devices in how many months a team is named is the force's own; no team is while that is not set.
    """
    from peelian.casework.sight import cases

    actor = actor.for_one_look()
    kiosks = [
        p for p in cases(actor).filter(kind="digital_route", closed=False).order_by("ref") if p.facts["way"] == "kiosk"
    ]
    fewest, months = (held("route_prompt", asked, at) for asked in (IDLE_DEVICES, IDLE_MONTHS))
    if fewest is None or months is None:
        return _idle_places(kiosks, actor, at)
    since = in_utc(at) - timedelta(days=30 * int(months))
    rows = (
        cases(actor)
        .filter(kind="device", opened_at__gte=since, opened_at__lte=in_utc(at))
        .values_list("facts", flat=True)
    )
    fit: dict[tuple[str, str], list[str]] = defaultdict(list)
    for facts in rows:
        least = METHODS.look(on=london_day(at), needed=facts["needed"], device=facts["device"])["method"]
        if facts.get("team") and least == "kiosk":
            fit[facts["team"], str(facts.get("area") or "")].append(facts.get("method") or "")
    named = sorted(fit.items(), key=lambda each: (-len(each[1]), each[0]))
    found = [
        _team(team, area, ways, kiosks, at, int(months))
        for (team, area), ways in named
        if len(ways) >= int(fewest) and "kiosk" not in ways
    ]
    return [*found, *_idle_places(kiosks, actor, at)]


def _team(team: str, area: str, ways: Sequence[str], kiosks: Sequence[Any], at: datetime, months: int) -> Found:
    lawful = [p.facts for p in kiosks if declared(p.facts, london_day(at))]
    nearest = next((facts["place_name"] for facts in lawful if facts.get("area") == area), "")
    return Found(
        f"{_slug(team)}-{_quarter(at)}",
        f"{team}: {len(ways)} devices fit for a kiosk in {months} months, none sent to one" + (f"; {nearest} stands in the district" if nearest else ""),
        {"team": team, "area": area, "devices": len(ways), "used": 0, "months": months} | ({"nearest": nearest} if nearest else {}),
        source=f"{REPORT}; from how many devices a team is named: {IDLE_DEVICES.source}", evidence="local",
        numbers=(("devices fit for a kiosk, or examined elsewhere", len(ways)), ("sent to it", 0)),
    )  # fmt: skip


def _idle_places(kiosks: Sequence[Any], actor: Actor, at: datetime) -> list[Found]:
    """Kiosks of the register in whose log nothing was booked in 120 days in which others were booked; none where the log is older."""
    named = [p for p in kiosks if p.facts.get("in_log_as")]
    rows = kiosk_log(actor) if named else []
    used = Counter(site for site, booked, _ in rows if in_utc(at) - BACK <= moment(booked) <= in_utc(at))
    elsewhere = used.total()
    return [
        Found(
            f"{_slug(p.facts['in_log_as'])}-kiosk-{_quarter(at)}",
            f"{p.facts['place_name']}: nothing in its log for {BACK.days} days, while other kiosks examined {elsewhere}",
            {"team": f"teams near {p.facts['place_name']}", "area": p.facts["area"], "devices": elsewhere, "used": 0, "months": 4, "nearest": p.facts["place_name"]},
            source=REPORT, evidence="stored",
            numbers=(("devices fit for a kiosk, or examined elsewhere", elsewhere), ("sent to it", 0)),
        )
        for p in named if elsewhere and not used[p.facts["in_log_as"]]
    ]  # fmt: skip


def _slug(words: str) -> str:
    return re.sub("[^a-z0-9]+", "-", words.lower()).strip("-")[:30]


def _quarter(at: datetime) -> str:
    day = london_day(at)
    return f"{day.year}q{(day.month + 2) // 3}"
