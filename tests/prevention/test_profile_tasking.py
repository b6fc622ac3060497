"""P6: a profile of crime is laid before tasking; what the hospital alone knows stands first, and falls when its feed is withdrawn."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import Agency, Posting, User
from peelian.casework import store
from peelian.core.errors import InvalidInput
from peelian.core.kinds import Case
from peelian.prevention.profile.partners import LAID, counted
from peelian.prevention.profile.scope import Held
from peelian.prevention.profile.tasked import last_tasked, tasked_blocks
from peelian.prevention.profile_tasking import lay
from peelian.prevention.themes import THEMES, Partner, Selection
from peelian.vulnerability.tasking import take_back

from .conftest import LSOAS, records, scope_of

AREAS, AT = list(LSOAS), datetime(2026, 1, 2, 9, tzinfo=UTC)
ASSAULTS = Partner(
    "ae-assaults", Selection(categories=("assault-injury",)), "assaults that are treated and never reported"
)


@pytest.fixture(scope="module")
def scope():
    """Police know of 40, 35, 30 ... 10; the emergency department of 60 in a place of which police know nothing, and two in another."""
    rng = np.random.default_rng(1)
    police = pl.concat([records(rng, 40 - 5 * n, area=AREAS[n], category="violent-crime") for n in range(7)])
    theirs = pl.concat(
        [records(rng, n, area=area, category="assault-injury") for area, n in ((AREAS[20], 60), (AREAS[25], 2))]
    )
    held = Held(ASSAULTS, "Assaults told in the emergency departments", theirs)
    return scope_of(police, police, theme=replace(THEMES["violent-crime"], partners=(ASSAULTS,)), partners=(held,))


def supervisor():
    """Somebody who analyses and decides."""
    force = Agency.objects.create(code="force", name="The force", kind="police")
    user = User.objects.create(username="analyst", agency=force)
    Posting.objects.filter(user=user).delete()
    Posting.objects.create(
        user=user, roles=["analyst", "inspector"], start=date(2020, 1, 1), by="t", at=AT - timedelta(days=900)
    )
    return Actor(user, force, "safeguarding", on=AT.date(), reason="test")


def test_each_row_is_what_one_source_alone_adds(scope):
    rows = counted(scope)

    assert rows[0] == (LSOAS[AREAS[20]].name, "ae-assaults", 60)
    assert rows[1] == (LSOAS[AREAS[0]].name, "police", 40)
    assert len({what for what, _, _ in rows}) <= LAID
    assert LSOAS[AREAS[25]].name not in [what for what, _, _ in rows]  # two assaults could point at a person
    gone = replace(scope, partners=(replace(scope.partners[0], since=date(2026, 1, 1)),))
    assert {source for _, source, _ in counted(gone)} == {"police"}


def test_it_is_laid_before_tasking_and_withdrawing_the_feed_reverses_it(scope, db):
    systems.load()
    actor = supervisor()

    case = lay("violence, Anyshire", "2025", counted(scope), actor=actor, at=AT)

    told = Case(store.load(case.ref, actor, AT).state, AT)
    assert (told.first, told.first_by_police) == (LSOAS[AREAS[20]].name, LSOAS[AREAS[0]].name)
    assert take_back("ae-assaults", reason="the hospitals objected", actor=actor, at=AT + timedelta(days=1)) == [
        case.ref
    ]
    assert Case(store.load(case.ref, actor, AT).state, AT).first == LSOAS[AREAS[0]].name


def test_an_empty_list_is_not_laid_before_tasking():
    with pytest.raises(InvalidInput, match="no place"):
        lay("violence", "2025", [], actor=None, at=AT)


def test_the_next_edition_tells_what_became_of_it(scope, db):
    systems.load()
    actor = supervisor()
    case = lay("violent crime, Anyshire", "2025", counted(scope), actor=actor, at=AT)
    later = AT + timedelta(days=40)
    assert last_tasked(actor, "violent crime, Anyshire", on=AT.date()) is None  # an earlier edition could not know
    store.decide(
        case.ref,
        "task",
        "as_ranked",
        {"plan": "Two officers at closing time"},
        actor=actor,
        at=AT + timedelta(hours=1),
        reason="as it stands",
    )

    told = last_tasked(actor, "violent crime, Anyshire", on=later.date())

    assert (told.first, told.plan, told.result) == (LSOAS[AREAS[20]].name, "Two officers at closing time", "")
    (table, _) = tasked_blocks(replace(scope, tasked=told))
    said = dict(table.shown)
    assert said["State"] == "Decided, no result yet"
    assert said["What came of it"] == "not said yet"
    assert last_tasked(actor, "burglary, Anyshire", on=later.date()) is None
