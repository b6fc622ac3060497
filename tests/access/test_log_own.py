"""Alerts that need to know who is who: own name, own postcode, a colleague (golden table)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from peelian.access.actor import Actor, record_act
from peelian.access.log import alerts
from peelian.access.models import Agency, Alert, RecordClass, User
from peelian.access.refs import ref_of
from peelian.identity.models import Known
from peelian.records.models import Batch

AT = datetime(2026, 11, 27, 9, tzinfo=UTC)

# Everybody is made up. key, role, surname, forenames, born, postcode
HELD = """
staff-ada   staff   malone    ada          1984-02-03  CM1 1AA
staff-bo    staff   quill     bo           1990-05-06  CM9 9ZZ
namesake    victim  malone    ada rose     1999-01-01  CM2 2BB
neighbour   suspect teasdale  grace        1970-01-01  CM1 1AA
colleague   witness quill     bo           1990-05-06  CM3 3CC
stranger    suspect vane      otto         1981-01-01  CM4 4DD
like-staff  caller  quill     bo           1971-01-01  CM4 4DD
"""
# what Ada Malone opens, and what is asked about it
GOLDEN = """
namesake    own-name     the record has her surname and first name
neighbour   own-address  the record has the postcode of her own staff record
colleague   colleague    name and date of birth of a member of staff
staff-ada   own-name     her own staff record; its postcode raises nothing more
stranger    -            nothing of hers
like-staff  -            a colleague's name with another date of birth
staff-bo    -            the staff record itself, as HR opens it
"""


@pytest.fixture
def held(db: None) -> Actor:
    force = Agency.objects.get_or_create(code="force", defaults={"name": "The force", "kind": "police"})[0]
    made = RecordClass.objects.create(code="test-police", source="t", category="t", handling="police", controller="c", regime="part3", onward="")  # fmt: skip
    batch = Batch.objects.create(digest="d" * 64, feed="force-people", file="f", record_class=made, by="t", purpose="records", known_from=AT)  # fmt: skip
    for line, row in enumerate(HELD.strip().splitlines()):
        name, role, surname, rest = row.split(maxsplit=3)
        forenames, born, postcode = rest[:-20].strip(), rest[-19:-9], rest[-7:]
        key = f"force-people/{name}"
        Known.objects.create(
            key=key, ref=ref_of(key), record_class=made, batch=batch, line=line, feed="force-people", reference="r", role=role,
            surname_key=surname, forenames_key=forenames, born_on=date.fromisoformat(born), postcode=postcode, known_from=AT,
        )  # fmt: skip
    user = User.objects.create(username="ada", first_name="Ada", last_name="Malone", agency=force)
    return Actor.of(user, "investigation")


@pytest.mark.parametrize("row", GOLDEN.strip().splitlines())
def test_what_is_asked_about(held: Actor, row: str) -> None:
    name, rule, why = row.split(maxsplit=2)
    record_act(held, "consultation", "person", at=AT, subjects=[f"force-people/{name}"])
    alerts.propose(at=AT.replace(hour=10))
    asked = [(a.rule, a.user, a.subject) for a in Alert.objects.all()]
    assert asked == ([] if rule == "-" else [(rule, "ada", ref_of(f"force-people/{name}"))]), why


def test_that_nothing_was_recorded_is_a_weak_sign_beside_an_alert_never_one_itself(held: Actor) -> None:
    record_act(held, "consultation", "person", at=AT, subjects=["force-people/namesake", "force-people/stranger"])
    alerts.propose(at=AT.replace(hour=10))
    assert Alert.objects.get().figures == {"weak signs": ["nothing was recorded of this person in the 30 days before"]}


def test_no_alert_names_anybody(held: Actor) -> None:
    """Law 12: reasons and figures hold no value from a record."""
    record_act(held, "consultation", "person", at=AT, subjects=[f"force-people/{row.split()[0]}" for row in HELD.strip().splitlines()])  # fmt: skip
    alerts.propose(at=AT.replace(hour=10))
    told = " ".join(f"{a.why} {a.figures}" for a in Alert.objects.all()).lower()
    assert not any(word in told for word in ("malone", "quill", "cm1", "1990"))
