"""Works-when 3: a record that a reader may not see leaves no trace in any page, count, export or answer of the site.

Every address of the site is asked for, by GET and by POST, as an ordinary officer and as a partner: without the record, with
it, with another version of it, and without it again. All answers are the same, byte for byte, after `PUBLISHED` is taken out.
Clock and random source stand still; what a visit itself writes is rolled back. Times are compared in benchmarks/no_trace.py.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from peelian.access.actor import Actor
from peelian.access.models import Posting, User
from peelian.access.refs import ref_of
from peelian.access.restrictions import STAFF
from peelian.access.tables import Grant, Restriction
from peelian.identity.models import Component, Known, Seen
from peelian.identity.standardise import plain, sound
from peelian.records import landing
from peelian.records.models import Batch, Event, Mention, Quarantined
from peelian.systems import listed

from ..identity.made_people import World
from .conftest import crime, street

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
# What differs between two visits whatever is held: the list that is published with this test's claim.
PUBLISHED = {
    "CSRF token": rb'(name="csrfmiddlewaretoken" value=")[^"]*',
    "CSRF token of a form that stayed open": rb'("mark": ")[^"]*',
    "number of a form": rb'(name="form" value=")[^"]*',
    "CSRF token of a request by script": rb"(X-CSRFToken&quot;: &quot;)[^&]*",
}
HEADERS = ("Set-Cookie", "Date", "Expires")  # the session's cookie, and the moment of the answer
# By POST these begin a process or a session, and answer nothing of what is held.
NOT_POSTED = {"sign-out", "sign-in", "load", "load-stop", "replay"}

CUSTODY = (
    "Custody Reference,Status,Crime Reference,Offence,HO Class,Station,Arrested At,Arrived At,Authorised At,Necessity,Released At,"
    "Disposal,Bail Date,Surname,Forenames,Sex,Date of Birth,Ethnicity,Phone,Address,Postcode"
)


Answer = tuple[int, dict[str, str], bytes]


class Fixed(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return NOW.astimezone(tz) if tz else NOW.replace(tzinfo=None)


@pytest.fixture(autouse=True)
def still(monkeypatch: Any) -> None:
    """Clock and random source stand still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    for module in ("peelian.access.actor", "peelian.access.sight", "django.template.defaulttags"):
        monkeypatch.setattr(f"{module}.datetime", Fixed)
    monkeypatch.setattr("django_otp.util.urandom", bytes)
    monkeypatch.setattr(np.random, "default_rng", lambda *_: np.random.Generator(np.random.PCG64(1)))


@pytest.fixture
def world(installation: Path) -> World:
    """A force and a council; people whom both, or one, may see."""
    made = World()
    Posting.objects.filter(user__in=[made.ann, made.pat], by="test").delete()
    return made


@pytest.fixture
def analyst(world: World) -> User:
    """Who lands files: not the reader."""
    return User.objects.create_user("lander", agency=world.force)


@pytest.fixture
def site(world: World, land: Callable[..., Batch], areas: None) -> World:
    """Open data, the force's crimes, people of both, rows in quarantine."""
    land(
        "police-uk-street",
        "open.csv",
        *[street(lon=f"{0.41 + 0.002 * n:.4f}") for n in range(30)],
        street(month="2026-13"),
    )
    land(
        "force-crimes",
        "crimes.csv",
        *[crime(f"EX/{n}", x=str(570000 + 20 * n)) for n in range(12)],
        crime("EX/90", kind="?"),
    )
    for open in (True, False):
        one = world.mention(
            "Marlow", "Jonas", "1980-05-01", open=open, phone="07700 900123", address="4 Dock Road", postcode="CM1 1AA"
        )
        two = world.mention("Marlow", "Jon", "1980-05-01", open=open, phone="07700 900123")
        world.join(one, two)
        world.event(one.reference, open=open)
    return world


@pytest.fixture(params=["officer", "partner"])
def reader(request: Any, site: World, signed_in: Callable[..., Client]) -> Client:
    """The browser of somebody who may not see the record."""
    return signed_in(site.ann if request.param == "officer" else site.pat, "prevention")


# ---- the record that may not be seen


class Hidden:
    """A row of custody, its person, what the person has, and a faulty row beside it; and the links to people who are seen."""

    def __init__(self, site: World, land_as: User, folder: Path) -> None:
        self.site, self.land_as, self.folder, self.n = site, land_as, folder, 0

    def land(self, surname: str, published: date) -> Batch:
        """One version of the record, as a file."""
        self.n += 1
        path = self.folder / f"custody-{self.n}.csv"
        row = (
            f"CU/1,live,EX/1,Burglary,028/01,Exton,2026-09-11 09:00,2026-09-11 09:30,2026-09-11 09:40,,,,,{surname},Jonas,M,1980-05-01,,"
            "07700 900123,4 Dock Road,CM1 1AA"
        )
        path.write_text("\n".join([CUSTODY, row, row.replace("CU/1", "CU/2").replace("live", "alive")]) + "\n")
        [result] = landing.ingest(
            "force-custody", [path], actor=Actor.of(self.land_as, "records"), at=NOW, published=published
        )
        assert not result.error, result.error
        return Batch.objects.get(digest=result.batch)

    def insert(self) -> None:
        """The record comes, and is linked to people whom the reader sees."""
        batch = self.land("Marlow", date(2026, 11, 1))
        self.known = self.project(batch, "Marlow")
        linked(self.known)

    def project(self, batch: Batch, surname: str) -> Known:
        """What `peelian link` makes of it."""
        key = "force-custody/CU/1"
        held, _ = Known.objects.update_or_create(
            key=key, ref=ref_of(key),
            defaults={
                "record_class": batch.record_class, "batch": batch, "line": 2, "feed": "force-custody", "reference": "CU/1", "role": "detainee",
                "surname": surname, "forenames": "Jonas", "born_on": date(1980, 5, 1), "phone": "07700 900123", "address": "4 Dock Road",
                "postcode": "CM1 1AA", "sex": "M", "ethnicity": "", "surname_key": plain(surname), "forenames_key": "jonas",
                "sounds": sound(plain(surname)), "known_from": NOW,
            },
        )  # fmt: skip
        Seen.objects.filter(key=key).delete()
        for own in Seen.objects.filter(key__in=Known.objects.exclude(pk=held.pk).values("key")):
            own.pk, own.key, own.feed, own.reference = None, key, held.feed, held.reference
            own.record_class, own.batch, own.line = held.record_class, batch, 2
            own.save()
        return held

    def change(self) -> None:
        """Another version of it, with another name."""
        self.project(self.land("Thackeray", date(2026, 11, 8)), "Thackeray")

    def delete(self) -> None:
        """It goes, with all that it said."""
        for table in (Known, Seen):
            table.objects.filter(feed="force-custody").delete()
        for component in Component.objects.all():
            component.links = [link for link in component.links if "force-custody/CU/1" not in link]
            component.save()
        for table in (Event, Mention, Quarantined):
            table.objects.filter(batch__feed="force-custody").delete()


# ---- asking the whole site


def addresses() -> Iterator[tuple[str, str, list[str]]]:
    """Name, route and parameters of every address of the site."""

    def walk(patterns: Any, before: str = "") -> Iterator[tuple[str, str, list[str]]]:
        for one in patterns:
            route = before + str(one.pattern)
            if isinstance(one, URLPattern):
                yield one.name, route, re.findall(r"<(?:\w+:)?(\w+)>", route)
            else:
                yield from walk(one.url_patterns, route)

    return walk(get_resolver("peelian.web.urls").url_patterns)


QUERIES = {
    "vulnerability": ["", "?from=2026-07-01&to=2026-11-30"],
    "consistency": ["", "?from=2026-07-01&to=2026-11-30"],
    "batches": ["", "?q=cust", "?feed=force-custody", "?as=csv"],
    "quarantine": ["", "?as=csv", "?feed=force-custody", "?state=to-mend"],
    "map-counts": ["", "?feed=force-custody", "?kind=district"],
    "map-points": ["", "?feed=force-custody"],
    "map-table": ["", "?as=csv", "?month=2026-09"],
    "map-hot-spots": ["?category=burglary"],
    "map-risk-zones": ["?category=burglary", "?category=burglary&feed=force-custody"],
    "profile": ["?theme=burglary&area=&from=2026-07-01&to=2026-09-30&feed="],
    "profile-pdf": ["?theme=burglary&area=&from=2026-07-01&to=2026-09-30&feed="],
    "profiles": ["", "?ask=yes&theme=burglary&from=2026-07-01&to=2026-09-30"],
    "emerging": ["", "?ask=yes&to=2026-09-30"],
    "forecasts": ["", "?ask=yes"],
    "series": ["", "?ask=yes&category=burglary"],
    "looks-of": ["", "?ref={known}"],
    "thing": ["", "?as=csv"],
}  # fmt: skip
POSTS = {
    "people": [
        {"words": w}
        for w in ("Marlow", "Thackeray Jonas", "Marlo 1980", "07700 900123", "4 Dock Road", "CU/1", "CM1 1AA")
    ],
    "purpose": [{"purpose": "prevention"}],
}


@pytest.fixture
def answers(site: World) -> Callable[..., dict[str, Answer]]:
    """Every answer of the site to one reader, by address and what was sent.

    Without `posts` (the quick run), of forms only searches are sent, and what a page shows is not asked for as PDF too.
    """
    seen = [k.ref for k in Known.objects.all()]
    things = sorted({s.ref for s in Seen.objects.all()})
    batches = [b.digest[:16] for b in Batch.objects.all()]
    values = {
        "digest": [*batches, "0" * 16], "line": ["2", "32", "14"], "feed": ["police-uk-street", "force-crimes", "force-custody"],
        "ref": [*seen, ref_of("force-custody/CU/1"), *things], "uid": ["0" * 24], "kind": ["lsoa", "hub_referral"], "name": [ref_of("restriction/1"), "refer"],
        "act": ["lift", "approve"], "slug": ["dpia", "x"], "load": ["0" * 16], "item": ["looks-2"], "seq": ["1"],
        "rest": ["cases/hub_referral/"], "form": ["dash", "txt"],
        "id": [s.id for s in listed()], "sheet": ["x"],
    }  # fmt: skip

    def ask(client: Client, *, posts: bool) -> dict[str, Answer]:
        found = {}
        for name, route, parameters in addresses():
            if name.endswith("-pdf") and not posts:
                continue
            for path in paths(route, parameters, values):
                for query in QUERIES.get(name, [""]):
                    url = "/" + path + query.replace("{known}", seen[0])
                    found[f"GET {url}"] = one(client.get, url)
                for sent in POSTS.get(name, [{}] if posts and name not in NOT_POSTED else []):
                    found[f"POST /{path} {sent}"] = one(client.post, f"/{path}", sent)
        return found

    return ask


def paths(route: str, parameters: list[str], values: dict[str, list[str]]) -> list[str]:
    """The route with each of the values in place of its parameters; KeyError for one that this test gives no value."""
    if (
        route.startswith("systems/<slug:id>/") and len(parameters) > 1
    ):  # what each system declares, not every name with every system
        told = [(s.id, each.name) for s in listed() for each in (s.finds if "find" in parameters else s.sheets)]
        return [
            re.sub(r"<\w+:form>", "txt", re.sub(r"<\w+:(?:find|sheet)>", name, route.replace("<slug:id>", id)))
            for id, name in told
        ]
    made = [route]
    for name in parameters:
        made = [re.sub(rf"<(?:\w+:)?{name}>", value, path, count=1) for path in made for value in values[name]]
    return made


def one(ask: Callable[..., Any], url: str, *sent: Any) -> Answer:
    """One answer without what is published; what it wrote is undone, and the random source begins anew."""
    random.seed(1)
    with transaction.atomic():
        answer = ask(url, *sent)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    for pattern in PUBLISHED.values():
        body = re.sub(pattern, rb"\1", body)
    return answer.status_code, {k: v for k, v in answer.headers.items() if k not in HEADERS}, body


def differing(one: dict[str, Any], two: dict[str, Any]) -> list[str]:
    """Addresses whose answers are not the same."""
    return sorted(key for key in one.keys() | two.keys() if one.get(key) != two.get(key))


def restricted(site: World) -> None:
    """Of classes that the officer sees: a crime, and a person in a record, restricted to professional standards."""
    for kind, feed, key in (("record", "force-crimes", "EX/77"), ("mention", "force-people", "M00077")):
        held = Restriction.objects.create(
            kind=kind, feed=feed, key=key, rule=STAFF, reason="x", owner="x", by="x", at=NOW
        )
        Grant.objects.create(
            restriction=held, role="professional-standards", reason="x", start=date(2026, 1, 1), by="x", at=NOW
        )
    site.lines = 76
    known = site.mention("Marlow", "Jonas", "1980-05-01", reference="EX/1", phone="07700 900123")
    assert known.key == "force-people/M00077"
    linked(known)
    site.event("EX/77")


def linked(known: Known) -> None:
    """Link a mention to people whom the reader sees."""
    component = Component.objects.order_by("pk").last()
    assert component is not None
    component.links = [*component.links, [component.links[0][0], known.key, 30_000]]
    component.save()
    Known.objects.filter(pk=known.pk).update(component=component)


def test_what_is_shut_or_restricted_leaves_no_trace(
    reader: Client, site: World, analyst: User, tmp_path: Path, answers: Any
) -> None:
    """Custody is shut to a neighbourhood officer and to a partner; a crime and a person are restricted to others."""
    without = answers(reader, posts=False)
    assert len(without) > 100 and sum(status == 200 for status, _, _ in without.values()) > 40
    Hidden(site, analyst, tmp_path).insert()
    restricted(site)
    assert differing(without, answers(reader, posts=False)) == []


@pytest.mark.long
def test_no_change_of_a_hidden_record_leaves_a_trace(
    reader: Client, site: World, analyst: User, tmp_path: Path, answers: Any
) -> None:
    """Inserted, changed and deleted, and every form sent too."""
    hidden = Hidden(site, analyst, tmp_path)
    without = answers(reader, posts=True)
    for step in (hidden.insert, hidden.change, lambda: restricted(site), hidden.delete):
        step()
        assert differing(without, answers(reader, posts=True)) == [], step


def test_the_comparison_sees_a_record_that_is_open(
    signed_in: Any, site: World, analyst: User, tmp_path: Path, answers: Any
) -> None:
    """For somebody who may see custody the same step changes pages: the tests above could fail."""
    Posting.objects.filter(user=site.ann).update(roles=["investigator", "data-protection"])
    reader = signed_in(site.ann, "investigation")
    asked = ["/", "/records/?as=csv", "/records/quarantine/?as=csv", "/access/"]
    without = {url: one(reader.get, url) for url in asked}
    Hidden(site, analyst, tmp_path).insert()
    assert differing(without, {url: one(reader.get, url) for url in asked}) == sorted(asked)
