"""What must be so before a local profile is proposed and issued."""

from __future__ import annotations

from typing import Any

from peelian.core.clock import london_day
from peelian.core.kinds import Case
from peelian.core.local import Local

from .local_profile_facts import LEVELS, SHARED

POLICY = "arrangement for the serious and organised crime local profile"
SOURCE = "Serious and organised crime local profiles: a guide, Home Office, 2014, refreshed 2025"
ACCEPT, ISSUE, ANSWER, RELEASE, AGAIN, REFRESH, TAKE, CLIMB = (
    Local(f"local_profile.{name}_within", POLICY) for name in ("accept", "issue", "answer", "release", "estimate_again", "refresh", "take_on", "climb")
)  # fmt: skip


def given(case: Any) -> list[Any]:
    """What partners gave: as answers to the question, or otherwise."""
    return [*case.contributions, *(row for row in case.partner_data if row.it.answered_at and not row.it.declined)]


def giver(row: Any) -> str:
    """Which agency gave it."""
    return str(row.it.to or row.get("from_agency") or "not known")


def names() -> dict[str, str]:
    """The names of agencies by code."""
    from peelian.access.models import Agency

    return dict(Agency.objects.values_list("code", "name"))


def limit_stated(case: Any) -> bool:
    """What may be told is stated for shareable data, and for no other."""
    return bool(case.get("told")) is bool(case.handling == SHARED)


def partners_gave(case: Any) -> bool:
    """At least one partner has given data: a profile on police data alone is no local profile."""
    return bool(given(case))


def threats_estimated(case: Any) -> bool:
    """At least one threat is estimated, with what it rests on."""
    return bool(case.threats)


def actions(case: Any) -> list[Case]:
    """The actions proposed from this profile."""
    return [Case(state, case.at, around=case.around) for state in case.children("profile_action")]


def actions_owned(case: Any) -> bool:
    """Every action is accepted or declined by the agency that is to own it, and at least one is accepted."""
    stages = [one.stage for one in actions(case)]
    return bool({"accepted", "done"} & set(stages)) and "proposed" not in stages


def planned(case: Any) -> bool:
    """The editions are planned against every earlier release and proposed on the page Local profiles: it fills in what is asked here."""
    from peelian.access.models import Released

    waiting = Released.objects.filter(digest=case.shareable_digest, number=None, refused_at=None)
    return bool(waiting.filter(proposed_by=case.by.name).exists())


def approved(case: Any) -> bool:
    """Both editions are issued by approving the shareable one, on the page Shareable editions: it is one step."""
    from peelian.access.models import Released

    found = Released.objects.filter(digest=case.shareable_digest, approved_by=case.by.name).first()
    return found is not None and london_day(found.approved_at) == london_day(case.at)


def of_one_day(case: Any) -> bool:
    """Both editions are of today and read as they did when they were proposed; else take the proposal back and propose both again."""
    from .local_profile_editions import digest, full_document

    return bool(digest(full_document(case, edition=london_day(case.at), names=names())) == case.full_digest)


def another_person(case: Any) -> bool:
    """Two people release: whoever proposed the editions does not issue them."""
    return bool(case.by.name not in case.hands("propose_editions"))


def estimated_again(case: Any) -> bool:
    """Every threat is estimated again before the profile is closed."""
    return all(row.get("level_after") for row in case.threats)


def lower(row: Any) -> bool:
    """Whether a threat is lower than it was."""
    return bool(LEVELS.index(row.level_after) < LEVELS.index(row.level))


def taken(case: Any) -> bool:
    """The agency has said that it takes the action on."""
    return any(row.get("takes") for row in case.take_on if row.it.answered_at)


def turned_down(case: Any) -> bool:
    """The agency has said that it does not take the action on."""
    return any(row.it.declined or row.get("takes") is False for row in case.take_on if row.it.answered_at)


def today(case: Any) -> Any:
    """The day on which both are issued."""
    return london_day(case.at)
