"""P7: who is a repeat or a vulnerable victim is found across police and council, by linked person and by place, as the reader may see."""

import csv
from datetime import UTC, date, datetime, timedelta

import pytest

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.agreements import load_agreements
from peelian.access.models import Agency, Change, Posting, User
from peelian.access.refs import ref_of
from peelian.casework import store
from peelian.core.kinds import Unset
from peelian.identity.models import Component, Known
from peelian.identity.things.projecting import project
from peelian.prevention.antisocial_behaviour_found import Reported, repeat_victims, together, vulnerable_victims
from peelian.records import landing
from peelian.records.feeds import FEEDS
from peelian.records.models import Mention, Quarantined

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
CALL = {
    "Channel": "101",
    "Grade": "3",
    "Opening Code": "ASB personal",
    "Easting": "570000",
    "Northing": "206000",
    "Area": "E01000001",
}
COMPLAINT = {
    "Category": "nuisance",
    "Behaviour": "loud music",
    "Easting": "570000",
    "Northing": "206000",
    "Area": "E01000001",
    "Status": "open",
}
CALLER = {"Role": "caller", "Forenames": "Robin", "Sex": "F", "Date of Birth": "1950-01-02"}

AGREED = """
[[agreement]]
code = "{feed}"
title = "{feed}"
party = "The councils"
feed = "{feed}"
purposes = ["prevention"]
basis = "Crime and Disorder Act 1998, section 115"
every = 3
due = 10
start = 2026-01-01
owner = "Head of analysis"
"""


def calls():
    for n, (day, hour, caller) in enumerate(
        [("01", 9, "Linked"), ("08", 10, "Linked"), *(("03", h, "Oncenight") for h in (1, 2, 3, 4)), ("05", 9, "Cared")]
    ):
        reference = f"EX-{n}"
        yield (
            CALL | {"Incident Reference": reference, "Created At": f"2026-10-{day} {hour:02}:00", "Location": f"{n} Way", "Postcode": "CM1 1AA"},
            CALLER | {"Mention Reference": f"{reference}-C", "Record Reference": reference, "Surname": caller},
        )  # fmt: skip


def complaints():
    yield COMPLAINT | {
        "Case Ref": "ASB/1",
        "Reported On": "2026-10-12",
        "Location": "99 Elsewhere Road",
        "Complainant Ref": "CP1",
        "Complainant Surname": "Linked",
    }
    for n, said in enumerate(("14 Mill Road", "14 MILL RD", "14 Mill Road, Anytown")):  # nobody gave a name
        yield COMPLAINT | {"Case Ref": f"ASB/2{n}", "Reported On": f"2026-10-1{n + 3}", "Location": said}


@pytest.fixture
def officer(db, tmp_path, settings):
    settings.HOME = tmp_path
    systems.load()
    force = Agency.objects.create(code="force", name="The force", kind="police")
    user = User.objects.create(username="pc", agency=force)
    Posting.objects.filter(user=user).delete()
    Posting.objects.create(
        user=user,
        roles=["neighbourhood-officer", "supervisor"],
        start=date(2020, 1, 1),
        by="t",
        at=AT - timedelta(days=900),
    )
    actor = Actor(user, force, "prevention", on=date(2026, 11, 1), reason="test")
    for feed, rows in (
        ("force-incidents", [c for c, _ in calls()]), ("force-people", [p for _, p in calls()]), ("council-asb", list(complaints())),
        ("adults-social-care", [{"Concern Ref": "AC-1", "Adult Ref": "AD-1", "Category": "self-neglect", "Raised On": "2026-09-01", "Surname": "Cared", "Forenames": "Robin", "Status": "open"}]),
    ):  # fmt: skip
        path = tmp_path / f"{feed}.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, [c.name for c in FEEDS[feed].columns], restval="")
            writer.writeheader()
            writer.writerows(rows)
        [result] = landing.ingest(feed, [path], actor=actor, at=AT, published=date(2026, 11, 1))
        assert not result.error, result.error
        assert not result.quarantined, (feed, list(Quarantined.objects.values_list("faults", flat=True)))
    (tmp_path / "agreed.toml").write_text(
        "".join(AGREED.format(feed=feed) for feed in ("council-asb", "adults-social-care"))
    )
    load_agreements(tmp_path / "agreed.toml", actor=actor, at=AT)
    project()
    links = {name: Component.objects.create(links=links) for name, links in (
        ("Linked", [["force-people/EX-0-C", "force-people/EX-1-C", 90], ["force-people/EX-1-C", "council-asb/ASB/1", 80]]),
        ("Oncenight", [[f"force-people/EX-{n}-C", f"force-people/EX-{n + 1}-C", 90] for n in (2, 3, 4)]),
        ("Cared", [["force-people/EX-6-C", "adults-social-care/AC-1", 80]]),
    )}  # fmt: skip
    for m in Mention.objects.select_related("batch"):
        key = f"{m.batch.feed}/{m.key}"
        own = {c: getattr(m, c) for c in ("record_class", "batch", "line", "reference", "role", "surname", "forenames", "sex", "born_on", "ethnicity",
                                          "phone", "address", "postcode", "known_from")}  # fmt: skip
        Known.objects.create(key=key, ref=ref_of(key), feed=m.batch.feed, component=links.get(m.surname), **own)
    return Actor(user, force, "prevention", on=date(2026, 11, 1), reason="test")  # who has seen nothing yet


def value(name, text):
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    Change.objects.create(
        uid=name,
        name=name,
        after=text,
        reason="t",
        proposed_by="a",
        proposed_at=long_ago,
        approved_by="b",
        approved_at=long_ago,
    )


def test_repeat_victims_by_person_and_by_place(officer):
    value("asb.repeat_reports", 3)
    value("asb.repeat_days", 92)

    found = repeat_victims(actor=officer, at=AT)

    person, place = sorted(found, key=lambda f: not f.subject)
    assert dict(person.numbers) == {"Reports": 3, "Days": 3, "Agencies told": 2}
    assert person.reason.startswith(
        "One person: 2 to police and 1 to the council, on 3 days from 1 October 2026 to 12 October 2026"
    )
    assert person.subject == person.given["victim"]
    assert dict(place.numbers) == {
        "Reports": 3,
        "Days": 3,
        "Agencies told": 1,
    }  # three spellings of one house; nobody gave a name
    assert "Linked" not in person.reason + person.key  # neither the reason nor the key names anybody
    assert all(key.replace("-", "").isalnum() for key in (person.key, place.key))

    again = {f.key for f in repeat_victims(actor=officer.for_one_look(), at=AT)}
    assert again == {person.key, place.key}

    # For a purpose that no agreement names, the council's complaints and social care leave no trace.
    other = Actor(officer.user, officer.agency, "crime-analysis", on=officer.on, reason="test")
    assert repeat_victims(actor=other, at=AT) == []
    assert vulnerable_victims(actor=other, at=AT) == []

    case = store.open_case(
        "asb_case",
        "report_asb",
        {"area": "east", **person.given},
        actor=officer,
        at=AT,
        origin=f"found:repeat:{person.key}",
    )
    assert (case.origin, case.subject) == (f"found:repeat:{person.key}", person.subject)

    # Somebody whom an agency cares for, at the first report.
    [cared] = vulnerable_victims(actor=officer, at=AT)
    assert cared.reason == "Known to adults' social care; reports: 1 to police, on 5 October 2026"


def test_until_the_force_has_set_its_test_nothing_is_called_a_repeat(db):
    with pytest.raises(Unset, match=r"asb\.repeat_reports"):
        repeat_victims(actor=None, at=AT)


def test_one_bad_night_is_one_day():
    night = [
        Reported(f"r{n}", "force-incidents", datetime(2026, 10, 3, 21 + n, tzinfo=UTC), "ASB nuisance", "", "")
        for n in range(2)
    ]
    [one] = together(night, {("force-incidents", r.reference): {"p"} for r in night})

    assert (len(one.reports), one.days) == (2, 1)  # 21:00 and 22:00 UTC are 22:00 and 23:00 in London in October
    later = [
        *night,
        Reported("r9", "force-incidents", datetime(2026, 10, 3, 23, 30, tzinfo=UTC), "ASB nuisance", "", ""),
    ]
    [two] = together(later, {("force-incidents", r.reference): {"p"} for r in later})
    assert two.days == 2  # half past midnight in London
