"""A small installation: open data and police-only crimes, a force, a council, and people of both."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from peelian.access.actor import Actor
from peelian.access.models import Agency, User
from peelian.records import landing
from peelian.records.models import Area, AreaValue, Batch

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
STREET = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context"
CRIMES = "Crime Reference,Recorded At,Reported At,Occurred From,Occurred To,HO Class,Offence,Crime Type,Location,Postcode,Easting,Northing,Area,Location Type,Domestic,Outcome,Outcome Date"


def street(
    *,
    month: str = "2026-09",
    id: str = "",
    lon: str = "0.4700",
    lat: str = "51.7300",
    area: str = "E01000001",
    kind: str = "Burglary",
) -> str:
    """One line of an open-data file."""
    return f"{id},{month},Example Police,Example Police,{lon},{lat},On or near High Street,{area},Example 001A,{kind},,"


def crime(
    reference: str, *, start: str = "2026-09-10 21:00", kind: str = "Burglary", x: str = "570000", y: str = "206000"
) -> str:
    """One line of the force's extract of crimes."""
    return f"{reference},2026-09-12 08:00,2026-09-11 08:00,{start},,028/01,Burglary in a dwelling,{kind},1 High Street,CM1 1AA,{x},{y},E01000001,dwelling,,,"


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, settings: Any, db: None) -> Path:
    """A data folder of the test's own, and static files as they lie in the source."""
    settings.HOME, settings.UPLOADS = tmp_path, tmp_path / "uploads"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.UPLOADS.mkdir()
    settings.STATIC_ROOT.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(settings.UPLOADS)
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tmp_path


@pytest.fixture
def analyst() -> User:
    """One of the force's own people."""
    force = Agency.objects.create(code="example", name="Example Police", kind="police")
    return User.objects.create_user("ann", password="see-the-picture", agency=force)


@pytest.fixture
def partner() -> User:
    """Someone of the council, who may see open data only."""
    council = Agency.objects.create(code="council", name="Example Council", kind="partner")
    return User.objects.create_user("pat", password="see-the-picture", agency=council)


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """A browser in which a person has signed in and stated a purpose."""

    def open_for(user: User, purpose: str = "crime-analysis") -> Client:
        client = Client()
        client.force_login(user)
        session = client.session
        session["purpose"] = purpose
        session.save()
        return client

    return open_for


@pytest.fixture
def police(analyst: User, signed_in: Callable[..., Client]) -> Client:
    """The analyst's browser."""
    return signed_in(analyst)


@pytest.fixture
def council(partner: User, signed_in: Callable[..., Client]) -> Client:
    """The partner's browser."""
    return signed_in(partner)


@pytest.fixture
def land(analyst: User, tmp_path: Path) -> Callable[..., Batch]:
    """Land lines as a file of a feed."""

    def land(feed: str, name: str, *lines: str) -> Batch:
        header = STREET if feed == "police-uk-street" else CRIMES
        path = tmp_path / name
        path.write_text("\n".join([header, *lines]) + "\n")
        [result] = landing.ingest(feed, [path], actor=Actor.of(analyst, "records"), at=AT, published=date(2026, 11, 1))
        assert not result.error, result.error
        return Batch.objects.get(digest=result.batch)

    return land


@pytest.fixture
def open_batch(land: Callable[..., Batch]) -> Batch:
    """Open data: three rows accepted, one with a fault in its month."""
    return land(
        "police-uk-street",
        "open.csv",
        street(),
        street(),
        street(kind="Drugs", lon="", lat="", area=""),
        street(month="2026-13"),
    )


@pytest.fixture
def police_batch(land: Callable[..., Batch]) -> Batch:
    """Police only: two crimes accepted, one with a fault in its type."""
    return land(
        "force-crimes",
        "secret-crimes.csv",
        crime("EX/1"),
        crime("EX/2", kind="Robbery"),
        crime("EX/3", kind="Burgalry"),
    )


@pytest.fixture
def areas() -> None:
    """One LSOA of 2,000 people in one district, as squares."""
    square = {"type": "Polygon", "coordinates": [[[0.4, 51.7], [0.5, 51.7], [0.5, 51.8], [0.4, 51.8], [0.4, 51.7]]]}
    Area.objects.create(code="E07000001", name="Example", kind="district", boundary=square, source="made up")
    Area.objects.create(
        code="E01000001", name="Example 001A", kind="lsoa", parent="E07000001", boundary=square, source="made up"
    )
    AreaValue.objects.create(area="E01000001", measure="population", year=2025, value=2000, source="made up")
