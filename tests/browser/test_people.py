"""What an officer does who looks for somebody: states a purpose, searches, opens the person, and is refused without learning more."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

COLUMNS = "Mention Reference,Record Reference,Role,Surname,Forenames,Sex,Date of Birth,Ethnicity,Phone,Address,Postcode,Markers,Related To,Relationship"
ROWS = (
    "M-1,EX/1,victim,Smith,John Paul,M,1985-03-12,W1,07700 900123,12 High Street,CM1 1AA,weapons,,",
    "M-2,EX/2,witness,Smyth,Jon,M,1985-03-12,W1,07700 900123,12 High St,CM1 1AA,,,",
    "M-3,EX/1,suspect,Archer,Thomas,M,1979-01-31,W1,07700 900456,3 Mill Road,CM1 2BB,,M-1,neighbour",
)


def others(number: int) -> list[str]:
    """Two mentions each of made-up people: from fewer, linking would learn nothing."""
    heads, tails = ("Ash", "Brad", "Cald", "Den", "Eld", "Farn", "Gold"), ("bourne", "combe", "cott", "croft", "field")
    first = ("Mary", "David", "Susan", "Peter", "Anna", "James", "Sarah", "Robert", "Emma", "William", "Olivia")
    rows = []
    for n in range(number):
        name = f"{heads[n % 7]}{tails[n % 5]},{first[n % 11]} {first[n % 9]}"
        born = f"{1950 + n % 47}-{1 + n % 12:02}-{1 + n % 28:02}"
        for turn in range(2):
            stated = f"{name},,{born},W1,07700 9{n:05},{1 + n % 90} Oak Road,CM{1 + n % 9} {n % 10}AA,,,"
            rows.append(f"O-{n}-{turn},EX/{1000 + 2 * n + turn},victim,{stated}")
    return rows


@pytest.fixture(scope="module")
def people(site, tmp_path_factory):  # type: ignore[no-untyped-def]
    """Mentions, read in and linked by command."""
    path = tmp_path_factory.mktemp("people") / "people.csv"
    path.write_text("\n".join([COLUMNS, *ROWS, *others(400)]) + "\n")
    env = {**os.environ, "PEELIAN_HOME": str(site.home)}
    program = str(Path(sys.executable).parent / "peelian")
    for command in (["ingest", "force-people", str(path)], ["link"]):
        done = subprocess.run([program, *command], env=env, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr + done.stdout


def test_an_officer_finds_a_person_and_opens_them(page, people, sign_in, accessible):  # type: ignore[no-untyped-def]
    sign_in(purpose="Preventing crime and anti-social behaviour")
    page.get_by_role("link", name="Find", exact=True).click()
    accessible()
    box = page.get_by_label("Name, date of birth or age")
    box.fill("jon smith 12/3/85")
    page.get_by_label("Reason").fill("report of a theft")
    box.press("Enter")
    page.get_by_role("heading", name="who may be meant").wait_for()
    assert "smith" not in page.url.lower()
    accessible()
    page.get_by_role("link", name=re.compile("SM[IY]TH, Jo")).first.click()
    page.get_by_role("heading", name=re.compile("SM[IY]TH, Jo"), level=1).wait_for()
    accessible()
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 900})
    node = page.locator(".network a", has=page.locator(".step1")).first
    node.focus()
    node.press("Enter")
    page.get_by_role("heading", name="ARCHER, Thomas", level=1).wait_for()


def test_who_may_not_see_a_person_learns_nothing(page, people, sign_in):  # type: ignore[no-untyped-def]
    sign_in(purpose="Preventing crime and anti-social behaviour")
    page.goto("/people/")
    page.get_by_label("Name, date of birth or age").fill("archer")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="ARCHER, Thomas").click()
    address = page.url
    page.get_by_role("button", name="Sign out").click()
    sign_in("pat", purpose="Preventing crime and anti-social behaviour")
    ref = address.rstrip("/").rpartition("/")[2]
    hidden, nobody = page.request.get(address), page.request.get(address.replace(ref, "a" * 24))
    assert hidden.status == nobody.status == 404
    varies = re.compile(r'value="[A-Za-z0-9]{64}"|Printed from Peelian [^<]* by ')
    assert varies.sub("", hidden.text()).replace(ref, "") == varies.sub("", nobody.text()).replace("a" * 24, "")
    page.goto("/people/")
    page.get_by_label("Name, date of birth or age").fill("archer")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("heading", name="Nobody found").wait_for()
