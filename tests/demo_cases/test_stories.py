"""All stories of the demonstration together: the cases are what their journals say, and every page of every system opens on them."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from peelian import systems
from peelian.access.actor import Actor
from peelian.access.models import Clearance, Posting, User
from peelian.casework.models import Case
from peelian.casework.sight import cases
from peelian.casework.verify import verify
from peelian.demo_cases import YEAR, fill
from peelian.records.landing import ingest
from peelian.records.models import Area

HEAD = "Mention Reference,Record Reference,Role,Surname,Forenames,Sex,Date of Birth,Ethnicity,Phone,Address,Postcode,Markers,Related To,Relationship"
PURPOSES = {
    "analyst": "crime-analysis", "control": "response", "neighbourhood": "prevention", "detective": "investigation",
    "sergeant": "safeguarding", "inspector": "investigation", "superintendent": "safeguarding",
    "offender-manager": "offender-management", "hub-manager": "safeguarding", "social-worker": "safeguarding",
    "intelligence": "intelligence", "coordinator": "intelligence", "planner": "planning", "assurance": "assurance",
    "chief": "assurance", "dpo": "data-protection",
}  # fmt: skip


@pytest.fixture
def installation(tmp_path, settings):
    """A data folder of the test's own, and static files as they lie in the source."""
    settings.HOME, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return tmp_path


@pytest.fixture
def peopled(installation, force):
    """The force, with records of forty children and forty people over 70."""
    square = {"type": "Polygon", "coordinates": [[[0.4, 51.7], [0.5, 51.7], [0.5, 51.8], [0.4, 51.8], [0.4, 51.7]]]}
    Area.objects.update(boundary=square)
    lines = [
        f"M-{n:06d},C-2026-{n},victim,Reed{chr(97 + n % 26)}{chr(97 + n // 26)},{'Ada' if n % 2 else 'Barnaby'},{'FM'[n % 2 == 0]},"
        f"{2010 + n % 6 if n < 40 else 1930 + n % 10}-02-{1 + n % 28:02d},,,{n + 1} Heron Way,CM1 1AB,,,"
        for n in range(80)
    ]
    path = installation / "people.csv"
    path.write_text("\n".join([HEAD, *lines]) + "\n")
    operator = Actor.of(User.objects.get(username="operator"), "records")
    [landed] = ingest("force-people", [path], actor=operator, at=force, published=date(2026, 1, 1))
    assert (landed.error, landed.accepted) == ("", 80)
    return force


@pytest.fixture
def played(peopled):
    """The same force after its stories."""
    now = datetime.now(UTC)  # pages look at the present
    fill(now)
    return now


def test_people_are_posted_since_before_the_first_of_their_cases(force):
    """Who was posted on the day of the demonstration alone could not be handed what the story says they took the evening before."""
    began = (force - 3 * YEAR).date()
    assert not Posting.objects.filter(start__gt=began).exists()
    assert not Clearance.objects.filter(start__gt=began).exists()


@pytest.mark.long
@pytest.mark.parametrize("hour", [0, 6, 12, 23])
def test_the_stories_can_be_told_at_any_hour(peopled, hour):
    fill(peopled.replace(hour=hour, minute=3))
    assert Case.objects.count() > 200
    assert verify().ok


@pytest.mark.long
def test_every_page_of_every_system_opens_on_the_stories(played):
    assert Case.objects.count() > 200
    assert verify().ok
    opened, seen = {}, set()
    for account, purpose in PURPOSES.items():
        user = User.objects.select_related("agency").get(username=account)
        actor, client = Actor.of(user, purpose), Client(raise_request_exception=False)
        client.force_login(user)
        client.post("/purpose/", {"purpose": purpose, "reason": "a walk", "next": "/"})
        pages = ["/", "/work/", "/measures/", "/systems/", *(["/board/"] if user.agency.kind == "police" else [])]
        held = {case.kind: case.ref for case in cases(actor).order_by("pk")}
        pages += [f"/cases/{ref}/" for kind, ref in held.items() if kind not in seen]
        for system in systems.listed():
            pages.append(f"/systems/{system.id}/")
            if not actor.roles & set(system.roles):
                continue
            pages += [f"/systems/{system.id}/find/{find.name}/" for find in system.finds]
            for sheet in system.sheets:
                if sheet.kind:
                    pages += [f"/cases/{held[sheet.kind]}/sheet/{sheet.name}/"] if sheet.kind in held else []
                    continue
                choices = {choice.name: choice.choices(actor, played) for choice in sheet.asks}
                if all(choices.values()):
                    asked = "&".join(f"{name}={offered[0][0]}" for name, offered in choices.items())
                    pages.append(f"/systems/{system.id}/sheet/{sheet.name}/?{asked}")
        seen |= set(held)
        opened |= {(account, page): client.get(page).status_code for page in pages}
    # A find is its own role's, which a system's other roles may not ask for.
    dead = {k: code for k, code in opened.items() if code >= 400 and not (code == 404 and "/find/" in k[1])}
    assert dead == {}
    finds = {f"/systems/{s.id}/find/{f.name}/" for s in systems.listed() for f in s.finds}
    assert finds == {page for (_, page), code in opened.items() if code == 200 and "/find/" in page}
    assert seen == {case.kind for case in Case.objects.all()}
