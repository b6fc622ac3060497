"""Four investigators of a team and a kind of case that asks for qualification, for tests of allocation, support and workforce."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.casework.world import AT, HOUR, people

from peelian.access.actor import Actor
from peelian.access.models import Posting, Team, User
from peelian.casework import duty, store
from peelian.casework.kinds import register
from peelian.casework.models import Accreditation, Duty
from peelian.casework.qualification import Required, fits, required_level
from peelian.core.kinds import NEW, Act, Facts, Kind, Owners, fact

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ON = date(2026, 11, 23)


class Crime(Facts, private="restricted"):
    offence: str = fact("Offence")
    features: list[str] = fact("What about it?")
    area: str = fact("District", private="open")
    who: str = fact("Who did it?", private="personal")


def needs(case: Any) -> Required:
    return required_level(case.offence, case.get("features") or (), on=ON)


CRIME = register(
    Kind(
        name="made_up_crime", title="Made-up crime", question="vulnerability", source="made up",
        facts=Crime, stages=("open", "closed"), ends="closed",
        acts=(
            Act(name="record", during=NEW, to="open", asks=("offence", "area"), maybe=("features", "who")),
            Act(name="write", maybe=("features", "who")),
            Act(name="finish", to="closed"),
        ),
        owners=Owners(accept_within="1 hour", climbs=("supervisor", "inspector"), qualified=fits(needs)),
        subject="who",
    )
)  # fmt: skip


def investigators() -> dict[str, Actor]:
    """An actor for each of the force: dan and eve are qualified, fay holds PIP 1, gil nothing; ann, bob and ana are not posted."""
    found = people()
    for name, skills in (
        ("dan", ("PIP 2", "child abuse investigator")), ("eve", ("PIP 2", "child abuse investigator")), ("fay", ("PIP 1",)), ("gil", ()),
    ):  # fmt: skip
        user = User.objects.create(username=name, agency=found["sue"].agency)
        Posting.objects.create(
            user=user, team=Team.objects.get(code="hub"), roles=["investigator"], start=date(2026, 1, 1), by="x", at=AT
        )
        found[name] = Actor(user, found["sue"].agency, "safeguarding", on=AT.date())
        for skill in skills:
            Accreditation.objects.create(
                user=name, name=skill, start=date(2025, 1, 1), until=date(2026, 12, 10), reference=f"{name} {skill}"
            )
    Posting.objects.filter(user__username__in=["ann", "bob", "ana"]).delete()  # nobody but these may own
    return found


def on(name: str, start: datetime = AT - HOUR, hours: float = 8) -> None:
    Duty.objects.create(user=name, start=start, end=start + hours * HOUR, source=duty.ROSTER, at=AT)


def serious(force: dict[str, Actor], by: str = "sue", **facts: Any) -> str:
    """A case that asks for PIP 2 and a child abuse investigator."""
    told = {"offence": "child abuse", "features": ["child"], "area": "north", **facts}
    return store.open_case("made_up_crime", "record", told, actor=force[by], at=AT - HOUR, to="team:hub").ref


def supported(force: dict[str, Actor], officer: str = "fay", supporter: str = "dan", days: int = 7) -> str:
    ref = serious(force)
    store.offer(
        ref,
        officer,
        actor=force["sue"],
        at=AT,
        reason="nobody qualified is free",
        supporter=supporter,
        until=AT + days * DAY,
    )
    store.accept(ref, actor=force[officer], at=AT)
    return ref
