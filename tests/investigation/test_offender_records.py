"""What the extracts name and no register holds, what happened since reactive management began, and whose history weighs most."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.identity.made_people import World

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import RecordClass
from peelian.access.refs import ref_of
from peelian.casework import store
from peelian.investigation import offender_records, offender_sheets, suspect_records
from peelian.investigation.suspect_records import offence_of
from peelian.records.feeds import FEEDS
from peelian.records.landing import ingest

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
OFFENDERS = (
    "Cohort Reference,Status,Marking,Cohort,Start Date,End Date,End Reason,Risk Level,Risk Tool,Assessed On,MAPPA Level,Manager,Licence Expiry,"
    "Surname,Forenames,Sex,Date of Birth,Ethnicity,Phone,Address,Postcode,Markers\n"
    "OM/1,live,OFFICIAL,RSO,2024-01-01,,,low,RM2000,2025-01-01,1,S101,,Marsh,Ann,F,1980-01-02,,,,,\n"
    "OM/2,live,OFFICIAL,RSO,2024-01-01,,,very high,RM2000,2025-01-01,3,S101,,Reed,Ben,M,1975-03-04,,,,,\n"
    "OM/3,live,OFFICIAL,RSO,2024-01-01,2025-01-01,order ended,,,,,S101,,Over,Cat,F,1970-05-06,,,,,\n"
    "OM/4,live,OFFICIAL,IOM,2024-01-01,,,high,OGRS4,2025-01-01,,S101,,Pool,Dan,M,1990-05-06,,,,,\n"
)  # fmt: skip
WANTED = (
    "PNC Reference,Report Type,Circulated At,Offence,Force Reference,Cancelled At,Cancel Reason,Surname,Forenames,Sex,Date of Birth,Ethnicity,Phone,"
    "Address,Postcode,Markers\n"
    "PW/1/26,wanted,2026-11-01 10:00,Robbery of personal property,CR/1,,,Marsh,Ann,F,1980-01-02,,07700900001,1 High Street,AB1 2CD,\n"
    "PW/2/26,wanted,2026-10-01 10:00,Common assault,CR/2,,,Reed,Ben,M,1975-03-04,,,,,\n"
    "PW/3/26,wanted,2026-09-01 10:00,Theft,CR/3,2026-09-04 10:00,arrested,Pool,Dan,M,1990-05-06,,,,,\n"
    "PW/4/26,missing,2026-11-01 10:00,,CR/4,,,Over,Cat,F,1970-05-06,,,,,\n"
)  # fmt: skip


@pytest.fixture
def force(db, tmp_path, settings):
    settings.HOME = tmp_path
    systems.load()
    world = World()
    operator = world.actor()
    for name, text in (("force-offenders", OFFENDERS), ("pnc-wanted", WANTED)):
        path = tmp_path / f"2026-10-{name}.csv"
        path.write_text(text)
        (result,) = ingest(name, [path], actor=operator, at=AT, published=date(2026, 10, 31))
        assert not result.error
        assert result.quarantined == 0
    assert RecordClass.objects.filter(code=FEEDS["pnc-wanted"].record_class.code).exists()
    return Actor(operator.user, operator.agency, "offender-management", on=AT.date(), reason="test")


def found(rows):
    return [one.subject for one in rows]


def ref(feed, key):
    return ref_of(f"{feed}/{key}")


def test_who_is_on_the_extract_and_not_registered_the_gravest_first(force):
    look = offender_records.not_registered("RSO", "sex_offender")
    assert found(look(actor=force, at=AT)) == [ref("force-offenders", "OM/2"), ref("force-offenders", "OM/1")]

    (first, _) = look(actor=force, at=AT)
    given = {**first.given, "area": "east", "disposal": "caution", "relevant_on": date(2025, 1, 1)}
    store.open_case("sex_offender", "register", given, actor=force, at=AT)

    assert found(look(actor=force, at=AT)) == [ref("force-offenders", "OM/1")]
    assert found(offender_records.not_registered("MAPPA", "mappa")(actor=force, at=AT))[0] == ref(
        "force-offenders", "OM/2"
    )
    assert found(offender_records.not_registered("IOM", "managed_offender")(actor=force, at=AT)) == [
        ref("force-offenders", "OM/4")
    ]


def test_who_is_circulated_and_on_no_register_the_longest_first(force):
    rows = suspect_records.not_on_register(actor=force, at=AT)
    assert found(rows) == [ref("pnc-wanted", "PW/2/26"), ref("pnc-wanted", "PW/1/26")]
    assert (rows[1].given["offence"], rows[1].given["crime"]) == ("robbery or burglary", "CR/1")

    given = {**rows[1].given, "area": "east", "da": False}
    case = store.open_case("outstanding_suspect", "register", given, actor=force, at=AT)

    assert found(suspect_records.not_on_register(actor=force, at=AT)) == [ref("pnc-wanted", "PW/2/26")]
    told = " ".join(suspect_records.differences(actor=force, at=AT).texts())
    assert f"{case.ref}" in told
    assert "circulated on the PNC, and not noted here" in told
    assert "CR/1" in " ".join(suspect_records.to_circulate(actor=force, at=AT).texts())


def test_the_sheets_say_what_is_missing_and_never_make_it_up(force):
    """No value is set, nobody is on the roster, and no mention is linked: each sheet says so."""
    told = " ".join(offender_sheets.visits(actor=force, at=AT).texts())
    assert "visits_per_duty" in told
    given = {
        "wanted_at": AT - timedelta(days=1),
        "area": "east",
        "wanted_for": "suspect",
        "offence": "theft",
        "da": False,
    }
    case = store.open_case("outstanding_suspect", "register", given, actor=force, at=AT)

    said = " ".join(suspect_records.where(actor=force, at=AT, case=store.load(case.ref, force, at=AT)).texts())

    assert "does not say who it is" in said


@pytest.mark.parametrize(
    ("title", "word"),
    [("Rape of a female aged 16 or over", "sexual"), ("Possession of a firearm", "firearms"), ("Burglary - residential", "robbery or burglary"),
     ("Supply of a class A drug", "drugs"), ("Harassment", "violence"), ("Theft from the person", "theft"), ("Perjury", "other")],
)  # fmt: skip
def test_offence_titles_in_the_registers_words(title, word):
    assert offence_of(title) == word
