"""The demonstration: a county that does not exist, its records read as any others, and some people who may sign in."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from django.contrib.auth.hashers import make_password

from peelian.access.actor import Actor
from peelian.access.agreements import load_agreements
from peelian.access.models import Agency, User
from peelian.access.people import clear, join, user_named
from peelian.core.errors import PeelianError
from peelian.county import make
from peelian.identity.link import LinkResult, link
from peelian.records import areas
from peelian.records.landing import Result, ingest
from peelian.records.models import Batch
from peelian.records.setup import FORCE, OPERATOR

PASSWORD = "made-up-county"
# name, agency, roles, what they are
USERS = (
    ("analyst", FORCE, ("analyst",), "an analyst of the force"),
    ("sergeant", FORCE, ("neighbourhood-officer", "supervisor"), "a neighbourhood sergeant"),
    ("control", FORCE, ("control-room",), "a control-room operator"),
    ("detective", FORCE, ("investigator",), "a detective of the protection team"),
    ("inspector", FORCE, ("inspector",), "the duty inspector"),
    ("superintendent", FORCE, ("superintendent",), "the superintendent of public protection"),
    ("hub-manager", FORCE, ("hub-manager",), "who runs the safeguarding hub"),
    ("social-worker", "council", ("hub-worker", "hub-manager"), "a social worker of the county council in the hub"),
    ("nurse", "nhs", ("hub-worker",), "a safeguarding nurse of the health trust"),
    ("neighbourhood", FORCE, ("neighbourhood-officer",), "a neighbourhood officer"),
    ("offender-manager", FORCE, ("offender-manager",), "a manager of sexual and violent offenders"),
    ("intelligence", FORCE, ("intelligence-officer",), "an intelligence officer"),
    ("coordinator", FORCE, ("organised-crime", "investigator"), "the organised-crime coordinator"),
    ("planner", FORCE, ("planner",), "an operations planner"),
    ("assurance", FORCE, ("assurance",), "the assurance lead"),
    ("chief", FORCE, ("chief-officer",), "the chief officer"),
    ("administrator", FORCE, ("administrator",), "who keeps accounts, and sees no records"),
    ("dpo", FORCE, ("data-protection",), "the data-protection officer, who sees the looks"),
    ("partner", "council", ("hub-worker",), "a council's community-safety officer, who sees open data only"),
)
POSTED = timedelta(days=4 * 365)  # since before the first of the cases that are played
CLEARED = {
    "intelligence": (("vetting", "mv"), ("training", "intelligence-handling")),
    "coordinator": (("vetting", "mv"), ("training", "intelligence-handling")),
    "offender-manager": (("training", "offender-management"),),
}

Progress = Callable[[int, int, str], None]


def prepare(home: Path, *, people: int, seed: int, progress: Progress) -> list[Result]:
    """Make the county, read its areas and feeds, add the demo's users; what is there already is used again.

    Raises
    ------
    PeelianError
        If the data folder holds records that are not the demo's: made-up and real records are never mixed.
    """
    mark = home / "made-up"
    if not mark.exists() and Batch.objects.exists():
        raise PeelianError(
            "the data folder holds real records",
            where=str(home),
            matters="a made-up county must not be mixed with them",
            fix="run the demo with PEELIAN_HOME set to an empty folder",
        )
    mark.write_text("This folder holds the demo's made-up county.\n")
    folder = home / f"county-{people}-{seed}"
    if not (folder / "complete").exists():
        make(folder, people=people, seed=seed, progress=progress)
        (folder / "complete").touch()
    actor = Actor.of(User.objects.select_related("agency").get(username=OPERATOR), "administration")
    at = datetime.now(UTC)
    _users(actor, at)
    areas.load(sorted((folder / "areas").glob("*")), actor=actor, at=at, progress=progress)
    results: list[Result] = []
    load_agreements(folder / "agreements.toml", actor=actor, at=at)
    with (folder / "editions.csv").open() as told:
        editions = list(csv.DictReader(told))
    for n, edition in enumerate(editions, start=1):
        day = date.fromisoformat(edition["published"])
        results += ingest(
            edition["feed"], [folder / edition["file"]], actor=actor, at=at + timedelta(seconds=n), published=day
        )
        progress(n, len(editions), "reading the feeds")
    return results


def link_people(*, progress: Progress) -> tuple[LinkResult, float]:
    """Work out who is who among the records of people; what came of it, and the seconds that it took."""
    actor = Actor.of(User.objects.select_related("agency").get(username=OPERATOR), "records")
    started = perf_counter()
    linked = link(actor=actor, at=datetime.now(UTC), progress=progress)
    return linked, perf_counter() - started


def _users(actor: Actor, at: datetime) -> None:
    for code, words in (
        ("council", "The county council"),
        ("nhs", "The health trust"),
        ("school", "The county's schools"),
    ):
        Agency.objects.get_or_create(code=code, defaults={"name": words, "kind": "partner"})
    hashed = make_password(PASSWORD)  # once: it takes half a second each
    start = actor.on - POSTED
    for name, agency, roles, _ in USERS:
        if not User.objects.filter(username=name).exists():
            join(
                name, password=None, agency=Agency.objects.get(code=agency), roles=roles, start=start, actor=actor, at=at
            )  # fmt: skip
            User.objects.filter(username=name).update(password=hashed)
            for kind, what in CLEARED.get(name, ()):
                clear(user_named(name), kind, what, start=start, until=None, actor=actor, at=at)
