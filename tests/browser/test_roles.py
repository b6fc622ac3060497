"""Each role of the demonstration does its main task from its first page; its pages break no rule of accessibility, and no link is dead."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from peelian.demo import PASSWORD

from .conftest import Site, _wait

# role, account, purpose, and its main task: the link of its first page that begins it, and a word of what comes of it
ROLES = (
    ("analyst", "analyst", "crime-analysis", "Places where a problem recurs", "Places where a problem recurs"),
    ("control room", "control", "response", "Take a call", "^Call"),
    ("neighbourhood officer", "neighbourhood", "prevention", "Raise a local priority", "^Local priority"),
    ("investigator", "detective", "investigation", "Register a suspect", "^Outstanding suspect"),
    ("supervisor", "sergeant", "safeguarding", "Report a missing person", "^Missing person"),
    (
        "offender manager",
        "offender-manager",
        "offender-management",
        "Plan of visits, within capacity",
        "Visits to registered sex offenders",
    ),
    ("hub worker, police", "hub-manager", "safeguarding", "Refer", "referral"),
    ("hub worker, council", "social-worker", "safeguarding", "Refer", "referral"),
    ("intelligence officer", "intelligence", "intelligence", "Submit a report", "Intelligence report"),
    ("organised-crime coordinator", "coordinator", "intelligence", "Put a group forward", "group"),
    ("operations planner", "planner", "planning", "Plan an exercise", "^Exercise"),
    ("assurance lead", "assurance", "assurance", "Offer evidence", "^Evidence"),
    (
        "chief officer",
        "chief",
        "assurance",
        "The five questions, answered by the force itself",
        "not an inspection grade",
    ),
    ("data-protection officer", "dpo", "data-protection", "Register of algorithms", "algorithms"),
)

BRIEFLY = (
    "neighbourhood",
    "social-worker",
    "coordinator",
    "planner",
    "chief",
)  # who walk in the normal run; all do in the long one


@pytest.fixture(scope="module")
def site(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration, served."""
    home = Path(shutil.copytree(demo_home, tmp_path_factory.mktemp("roles") / "home"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = home / "server.log"
    program = str(Path(sys.executable).parent / "peelian")
    with log.open("w") as out:
        env = {**os.environ, "PEELIAN_HOME": str(home)}
        server = subprocess.Popen([program, "serve", "--port", str(port)], env=env, stdout=out, stderr=out)
    try:
        _wait(f"http://127.0.0.1:{port}/sign-in/", server)
        yield Site(f"http://127.0.0.1:{port}", home, home)
    finally:
        server.terminate()
        server.wait(20)
    assert "Traceback" not in log.read_text(), log.read_text()


def fill_in(page: object) -> None:
    """Answer what a form needs, as somebody in a hurry would: the first choice, a word, now."""
    for field in page.locator("form.case-form [required]").all():  # type: ignore[attr-defined]
        kind, tag = field.get_attribute("type") or "", field.evaluate("e => e.tagName")
        if kind == "radio":
            group = page.locator(f"form.case-form [name='{field.get_attribute('name')}']")  # type: ignore[attr-defined]
            if not group.evaluate_all("all => all.some(e => e.checked)"):
                group.first.check()
        elif tag == "SELECT":
            if not field.input_value():
                field.select_option(index=1)
        elif not field.input_value():
            later = re.search("until|expires|ends|runs|due|planned", field.get_attribute("name") or "")
            day = "2027-06-01" if later else "2026-11-20"
            words = {"date": day, "datetime-local": f"{day}T09:30", "number": "1"}
            field.fill(words.get(kind, "Seen and heard."))


def sign_in(page: object, account: str, purpose: str) -> None:
    """Sign in to the demonstration."""
    page.goto("/sign-in/")  # type: ignore[attr-defined]
    page.get_by_label("Name").fill(account)  # type: ignore[attr-defined]
    page.get_by_label("Password").fill(PASSWORD)  # type: ignore[attr-defined]
    page.locator(f"[name=purpose][value={purpose}]").check()  # type: ignore[attr-defined]
    reason = page.locator("[name=reason]")  # type: ignore[attr-defined]
    if reason.count():
        reason.fill("the day's work")
    page.get_by_role("button", name="Sign in").click()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("role", "account", "purpose", "begins", "ends"), ROLES, ids=[role for role, *_ in ROLES])
def test_a_role_does_its_main_task_from_its_first_page(page, accessible, role, account, purpose, begins, ends):
    sign_in(page, account, purpose)
    page.get_by_role("heading", name="Your systems").wait_for()
    accessible()
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=begins, exact=True).first.click()
    accessible()
    if page.locator("form.case-form").count():
        fill_in(page)
        with page.expect_navigation():
            page.locator("form.case-form button").first.click()
    elif page.get_by_role("button", name="Make it").count():
        with page.expect_navigation():
            page.get_by_role("button", name="Make it").first.click()
    page.get_by_role("heading", level=1).wait_for()
    told = page.locator("main").inner_text()
    assert page.locator(".faults").count() == 0, told
    assert re.search(ends, told, re.IGNORECASE | re.MULTILINE), told
    accessible()


class Links(HTMLParser):
    """The addresses that a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag == "a" and href and not href.startswith(("#", "mailto:")):
            self.found.append(href)


def shape(path: str, whole: bool) -> str:
    """Pages of one shape: references and days are left out; where not the whole site is walked, measures and forms are of one each."""
    told = re.sub(r"/(?=[^/]*\d)[A-Za-z0-9_-]{8,}(?=/|$)", "/…", urlsplit(path).path)
    return told if whole else re.sub(r"^/(measures|cases/new)/.+", r"/\1/…", told)


WALKS = [
    pytest.param(*row[:3], whole, id=f"{row[0]}, {'the whole site' if whole else 'a walk'}", marks=[pytest.mark.long] if whole or row[1] not in BRIEFLY else [])
    for row in ROLES for whole in (False, True)
]  # fmt: skip


@pytest.mark.parametrize(("role", "account", "purpose", "whole"), WALKS)
def test_no_link_that_a_role_meets_is_dead(site, role, account, purpose, whole):
    """Every shape of address that can be reached in two steps (three in the long run) is opened once; downloads are left to tests of their own."""
    with httpx.Client(base_url=site.address, follow_redirects=True, timeout=120) as client:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)', client.get("/sign-in/").text)[1]
        told = {
            "username": account,
            "password": PASSWORD,
            "purpose": purpose,
            "reason": "a walk",
            "csrfmiddlewaretoken": token,
        }
        first = client.post("/sign-in/", data=told, headers={"Referer": f"{site.address}/sign-in/"})
        assert "Your work" in first.text
        seen, dead, wave = {"/", "/sign-out/"}, {}, [("/", first)]
        for _ in range(3 if whole else 2):
            found = []
            for path, answer in wave:
                parser = Links()
                parser.feed(answer.text)
                for href in parser.found:
                    url = urljoin(f"{site.address}{path}", href)
                    if (
                        urlsplit(url).netloc != urlsplit(site.address).netloc
                        or shape(url, whole) in seen
                        or skipped(url)
                    ):
                        continue
                    seen.add(shape(url, whole))
                    given = client.get(url)
                    if given.status_code >= 400:
                        dead[url] = (path, given.status_code, given.text[-400:] if given.status_code >= 500 else "")
                    elif "text/html" in given.headers["Content-Type"]:
                        found.append((urlsplit(str(given.url)).path, given))
            wave = found
    assert dead == {}


def skipped(url: str) -> bool:
    """What takes long to make, or is no page: documents as files, and profiles asked for with their period."""
    told = urlsplit(url)
    return (
        told.path.endswith((".pdf", ".csv", ".txt", ".html", ".json"))
        or told.path.startswith("/api/")
        or "as=csv" in told.query
    )
