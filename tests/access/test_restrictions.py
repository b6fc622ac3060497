"""Rows restricted to some: tables and lake agree for every reader; staff who are subjects are restricted at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peelian.access.actor import Actor, Denied
from peelian.access.models import Agency, Clearance, Entry, Grant, Posting, Restriction, Subject, Team, User
from peelian.access.refs import ref_of
from peelian.access.restrictions import STAFF, grant, lift, own, restrict
from peelian.core.errors import PeelianError
from peelian.identity.models import Known
from peelian.identity.staff import restrict_staff
from peelian.records import landing, query
from peelian.records.models import Batch, Event, Marker, Mention, Place, Relationship

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PEOPLE = "Mention Reference,Record Reference,Role,Surname,Forenames,Sex,Date of Birth,Ethnicity,Phone,Address,Postcode,Markers,Related To,Relationship"
CUSTODY = (
    "Custody Reference,Status,Crime Reference,Offence,HO Class,Station,Arrested At,Arrived At,Authorised At,Necessity,Released At,"
    "Disposal,Bail Date,Surname,Forenames,Sex,Date of Birth,Ethnicity,Phone,Address,Postcode"
)


@pytest.fixture
def land(tmp_path: Path, settings: Any, db: None) -> Callable[..., None]:
    """Land lines of a feed."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    agency, _ = Agency.objects.get_or_create(code="force", defaults={"name": "The force", "kind": "police"})
    lander = Actor.of(User.objects.create(username="lander", agency=agency), "records")

    def land(feed: str, header: str, *lines: str) -> None:
        path = tmp_path / f"{feed}.csv"
        path.write_text("\n".join([header, *lines]) + "\n")
        [result] = landing.ingest(feed, [path], actor=lander, at=NOW, published=date(2026, 11, 1))
        assert not result.error and not result.quarantined, result

    return land


@pytest.fixture
def held(land: Callable[..., None]) -> None:
    """Four people in two crimes, each with an address and a marker and one related to the next; three custody records."""
    land(
        "force-people", PEOPLE,
        *[
            f"PX{n},EX/{n // 2},victim,Marlow,Jo{n},F,1980-05-01,,,{n} Dock Road,CM1 1AA,weapons,{f'PX{n + 1}' if n % 2 == 0 else ''},"
            f"{'sister' if n % 2 == 0 else ''}"
            for n in range(4)
        ],
    )  # fmt: skip
    land(
        "force-custody", CUSTODY,
        *[
            f"CU/{n},live,EX/{n},Burglary,028/01,Exton,2026-09-11 09:00,2026-09-11 09:30,2026-09-11 09:40,,,,,Thackeray,Sam,M,1990-01-0{n + 1},,,"
            f"{n} Mill Lane,CM1 1AA"
            for n in range(3)
        ],
    )  # fmt: skip


def investigator(name: str, *, team: Team | None = None, role: str = "investigator") -> Actor:
    """Somebody of the force in one role."""
    force = Agency.objects.get(code="force")
    user = User.objects.create(username=name, agency=force)
    Posting.objects.filter(user=user).delete()
    Clearance.objects.filter(user=user).delete()
    Posting.objects.create(user=user, roles=[role], team=team, start=date(2020, 1, 1), by="x", at=NOW)
    return Actor.of(user, "investigation")


MENTIONS = [f"PX{n}" for n in range(4)]
RECORDS = [f"EX/{n}" for n in range(2)]
CUSTODIES = [f"CU/{n}" for n in range(3)]
WHO = st.sampled_from(["ann", "bob", "team", "nobody"])
ONE = st.one_of(
    st.tuples(st.just("mention"), st.just("force-people"), st.sampled_from(MENTIONS)),
    st.tuples(st.just("record"), st.just("force-people"), st.sampled_from(RECORDS)),
    st.tuples(st.sampled_from(["mention", "record"]), st.just("force-custody"), st.sampled_from(CUSTODIES)),
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(restricted=st.dictionaries(ONE, st.sets(WHO), max_size=5))
def test_tables_and_lake_hide_the_same_rows_as_an_oracle(held: None, restricted: dict[Any, set[str]]) -> None:
    """Works-when 3, for restrictions and grants: whoever is not named sees the row nowhere, and so does no count."""
    with transaction.atomic():
        team = Team.objects.create(code="t", name="T", agency=Agency.objects.get(code="force"))
        readers = {"ann": investigator("ann"), "bob": investigator("bob", team=team)}
        for (kind, feed, key), who in restricted.items():
            one = Restriction.objects.create(
                kind=kind, feed=feed, key=key, rule="named", reason="x", owner="x", by="x", at=NOW
            )
            since: dict[str, Any] = {"restriction": one, "reason": "x", "start": date(2020, 1, 1), "by": "x", "at": NOW}
            for name in who & set(readers):
                Grant.objects.create(user=readers[name].user, **since)
            if "team" in who:
                Grant.objects.create(team=team, **since)
        for name, reader in readers.items():
            granted = {name} | ({"team"} if name == "bob" else set())
            shut = {one for one, who in restricted.items() if not who & granted}
            people = {
                f"PX{n}" for n in range(4)
                if not {("mention", "force-people", f"PX{n}"), ("record", "force-people", f"EX/{n // 2}")} & shut
            }  # fmt: skip
            custody = {
                f"CU/{n}"
                for n in range(3)
                if not {(k, "force-custody", f"CU/{n}") for k in ("mention", "record")} & shut
            }
            assert set(query.mentions(reader)["key"]) == people | custody
            assert set(query.current(Mention.objects.all(), reader).values_list("key", flat=True)) == people | custody
            assert set(query.events(reader)["reference"]) == custody
            assert set(query.current(Event.objects.all(), reader).values_list("reference", flat=True)) == custody
            assert set(query.cells(reader, "force-people")["Mention Reference"]) == people
            assert set(query.cells(reader, "force-custody")["Custody Reference"]) == custody
            assert set(query.current(Marker.objects.all(), reader).values_list("mention", flat=True)) == people
            assert query.current(Place.objects.all(), reader).count() == len(people) + len(custody)
            related = query.current(Relationship.objects.all(), reader).values_list("mention", "to")
            assert set(related) == {(f"PX{n}", f"PX{n + 1}") for n in (0, 2) if {f"PX{n}", f"PX{n + 1}"} <= people}
        transaction.set_rollback(True)


def test_who_restricts_sees_it_and_lets_others_for_some_days(held: None) -> None:
    boss, ann = investigator("boss", role="supervisor"), investigator("ann")
    one = restrict("mention", "force-people", "PX0", reason="Covert", actor=boss, at=NOW)
    assert restrict("mention", "force-people", "PX0", reason="Covert", actor=boss, at=NOW) == one
    assert "PX0" in set(query.mentions(boss)["key"]) and "PX0" not in set(query.mentions(ann)["key"])
    with pytest.raises(Denied):
        restrict("mention", "force-people", "PX1", reason="x", actor=ann, at=NOW)
    grant(one, user=ann.user, reason="Works on it", start=date(2026, 11, 1), until=ann.on, actor=boss, at=NOW)
    assert "PX0" not in set(query.mentions(ann)["key"])  # `until` is the first day without it
    Grant.objects.update(until=None)
    assert "PX0" in set(query.mentions(ann)["key"]) and list(own(ann)) == [one]
    other = investigator("other", role="supervisor")
    for act in (
        lambda: lift(one, reason="x", actor=other, at=NOW),
        lambda: grant(one, user=other.user, reason="x", start=ann.on, actor=other, at=NOW),
    ):
        with pytest.raises(Denied):
            act()
    with pytest.raises(PeelianError, match=r"peelian\.E317"):
        grant(one, reason="x", start=ann.on, actor=boss, at=NOW)
    lift(one, reason="Over", actor=boss, at=NOW)
    assert "PX0" in set(query.mentions(other)["key"])
    assert set(Subject.objects.values_list("ref", flat=True)) == {ref_of("force-people/PX0")}


def known(key: str, role: str, reference: str) -> None:
    """A row of the projection."""
    feed = key.split("/")[0]
    batch = Batch.objects.filter(feed="force-people").get()
    Known.objects.create(
        key=key, ref=ref_of(key), record_class=batch.record_class, batch=batch, line=2, feed=feed, reference=reference, role=role,
        known_from=NOW, **dict.fromkeys(
            ("surname", "forenames", "sex", "ethnicity", "phone", "address", "postcode", "surname_key", "forenames_key", "sounds"), ""
        ),
    )  # fmt: skip


def test_staff_who_are_subjects_are_restricted_and_routed(held: None) -> None:
    """Law 15. A member of staff is a victim in one record and in custody; a namesake is neither."""
    known("force-hr/S1", "staff", "")
    for key, role, reference in (
        ("force-people/PX0", "victim", "EX/0"), ("force-custody/CU/1", "detainee", "CU/1"), ("force-people/PX3", "suspect", "EX/1"), ("force-people/PX2", "caller", "EX/1"),
    ):  # fmt: skip
        known(key, role, reference)
    admin = investigator("admin", role="administrator")
    parts = [
        ["force-hr/S1", "force-people/PX0", "force-custody/CU/1", "force-people/PX2"],
        ["force-people/PX3", "force-people/PX1"],
    ]
    made = restrict_staff(parts, admin, NOW)
    assert {(r.kind, r.feed, r.key) for r in made} == {
        ("mention", "force-people", "PX0"), ("mention", "force-custody", "CU/1"), ("record", "force-custody", "CU/1"),
    }  # fmt: skip
    assert {r.rule for r in made} == {STAFF} and {r.owner for r in made} == {"Professional standards"}
    ann = investigator("ann")
    assert set(query.mentions(ann)["key"]) == {"PX1", "PX2", "PX3", "CU/0", "CU/2"}
    standards = investigator("psd", role="professional-standards")
    looking = Actor(standards.user, standards.agency, "professional-standards")
    assert set(query.mentions(looking)["key"]) == {*MENTIONS, *CUSTODIES}
    assert restrict_staff(parts, admin, NOW) == []  # once
    assert Entry.objects.filter(what="restriction of a member of staff").count() == 3
    one = Restriction.objects.get(kind="mention", key="PX0")
    lift(one, reason="A namesake", actor=looking, at=NOW)
    assert restrict_staff(parts, admin, NOW) == []  # what professional standards lifted stays lifted
    assert "PX0" in set(query.mentions(ann)["key"])
