"""Casework as its users meet it: nothing typed is lost, nothing is saved twice, and no case is nobody's.

A server of the module's own, so that it can be killed while somebody types.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from .conftest import PASSWORD

PROGRAM = str(Path(sys.executable).parent / "peelian")
REFER = "/cases/new/hub_referral/refer/"
UNREACHED = re.compile("cannot be reached")


class Desk:
    """The server, and a browser window for each of its users."""

    def __init__(self, site, chromium):  # type: ignore[no-untyped-def]
        self.chromium = chromium
        self.env = {**os.environ, "PEELIAN_HOME": str(site.home)}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        for name in ("ida", "sam"):
            roles = ("--role", "hub-worker", "--role", "supervisor", "--team", "hub")
            done = subprocess.run(
                [PROGRAM, "users", "add", name, "--password", PASSWORD, *roles], env=self.env, check=False
            )
            assert done.returncode == 0
        self.start()

    def start(self):  # type: ignore[no-untyped-def]
        command = [PROGRAM, "serve", "--port", str(self.port)]
        self.server = subprocess.Popen(
            command, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        for _ in range(300):
            assert self.server.poll() is None
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/sign-in/"):
                    return
            except OSError:
                time.sleep(0.1)

    def kill(self):  # type: ignore[no-untyped-def]
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait(20)

    def window(self, name):  # type: ignore[no-untyped-def]
        context = self.chromium.new_context(
            base_url=f"http://127.0.0.1:{self.port}", locale="en-GB", timezone_id="Europe/London",
            viewport={"width": 1280, "height": 900},
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(20_000)
        sign_in(page, name)
        return page


def sign_in(page, name):  # type: ignore[no-untyped-def]
    page.goto("/sign-in/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Safeguarding a child").check()
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Your work").wait_for()


def accessible(page):  # type: ignore[no-untyped-def]
    from axe_playwright_python.sync_playwright import Axe

    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def kept_here(page):  # type: ignore[no-untyped-def]
    """What the browser holds of forms."""
    return page.evaluate(
        "Object.entries(localStorage).filter(([name]) => name.startsWith('peelian-draft')).map(([, text]) => text)"
    )


def state(page):  # type: ignore[no-untyped-def]
    return page.locator("#draft-state")


@pytest.fixture(scope="module")
def desk(site, chromium):  # type: ignore[no-untyped-def]
    made = Desk(site, chromium)
    yield made
    made.kill()


def fill_referral(page, name):  # type: ignore[no-untyped-def]
    page.locator("#f-received_at").fill("2026-11-20T09:30")
    page.locator("#f-person_name").fill(name)
    for field in page.locator("form.case-form select").all():
        if not field.input_value():
            field.select_option(index=1)
    for group in page.locator("form.case-form fieldset.field").all():
        if not group.locator("input[type=radio]:checked").count() and group.locator("input[type=radio]").count():
            group.locator("input[type=radio]").first.check()
    for field in ("authority", "sent_by", "from_agency"):
        box = page.locator(f"textarea#f-{field}")
        if box.count():
            box.fill("made up")


@pytest.fixture(scope="module")
def case(desk):  # type: ignore[no-untyped-def]
    """The address of a case, opened by its form while the network came and went."""
    page = desk.window("ida")
    page.goto(REFER)
    accessible(page)
    fill_referral(page, "Jo Made-Up")
    state(page).get_by_text("Draft kept").wait_for()
    assert kept_here(page) == [], "while the server answers, nothing is kept on the desk's computer"

    page.context.set_offline(True)
    page.locator("#f-concern").fill("An injury was seen")
    state(page).get_by_text(UNREACHED).wait_for()
    [text] = kept_here(page)
    assert "injury" not in text and "Made-Up" not in text
    page.get_by_role("button", name="Open the case").click()
    state(page).get_by_text(UNREACHED).wait_for()
    assert page.url.endswith(REFER), "the page stays, with everything in it"
    assert page.locator("#f-concern").input_value() == "An injury was seen"

    page.context.set_offline(False)
    state(page).get_by_text("Draft kept").wait_for()
    assert kept_here(page) == []
    page.get_by_role("button", name="Open the case").dblclick()
    page.get_by_text("What happened").wait_for()
    path = re.sub("https?://[^/]+", "", page.url)
    assert re.fullmatch(r"/cases/\w{24}/", path), page.locator("main").inner_text()
    assert "An injury was seen" in page.locator("main").inner_text()
    accessible(page)
    page.goto("/work/")
    assert page.get_by_role("link", name=re.compile("Safeguarding referral")).count() == 1, "opened once"
    accessible(page)
    page.context.close()
    return path


def test_what_is_typed_while_the_server_is_killed_comes_back_and_is_saved_once(desk, case):  # type: ignore[no-untyped-def]
    page = desk.window("ida")
    page.goto(f"{case}do/note/")
    page.locator("#f-own_words").fill("first words")
    state(page).get_by_text("Draft kept").wait_for()
    desk.kill()
    page.locator("#f-own_words").fill("first words, and more")
    state(page).get_by_text(UNREACHED).wait_for()
    again = page.context.new_page()  # the browser was closed, too
    page.close(run_before_unload=False)
    desk.start()
    again.goto(f"{case}do/note/")
    state(again).get_by_text("is back").wait_for()
    assert again.locator("#f-own_words").input_value() == "first words, and more"
    assert kept_here(again) == []
    again.get_by_role("button", name="Save").dblclick()
    again.get_by_text("What happened").wait_for()
    assert again.locator(".journal > li").filter(has_text="Add what was learnt").count() == 1
    again.context.close()


@pytest.mark.long
def test_what_is_typed_when_the_session_ends_goes_on_after_signing_in(desk, case):  # type: ignore[no-untyped-def]
    page = desk.window("ida")
    page.goto(f"{case}do/note/")
    page.context.clear_cookies()
    page.locator("#f-address").fill("1 Made-up Road")
    state(page).get_by_text("You are signed out").wait_for()
    other = page.context.new_page()
    sign_in(other, "sam")
    page.locator("#f-address").fill("1 Made-up Road, flat 2")
    state(page).get_by_text("You are signed out").wait_for()  # another's session saves nothing of hers
    other.context.clear_cookies()
    sign_in(other, "ida")
    state(page).get_by_text("Draft kept").wait_for()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("What happened").wait_for()
    assert "1 Made-up Road, flat 2" in page.locator("main").inner_text()
    page.context.close()


@pytest.mark.long
def test_two_editors_both_keep_what_they_typed(desk, case):  # type: ignore[no-untyped-def]
    ida, sam = desk.window("ida"), desk.window("sam")
    for page in (ida, sam):
        page.goto(f"{case}do/note/")
    ida.locator("#f-safe_contact").fill("only by letter")
    ida.get_by_role("button", name="Save").click()
    ida.get_by_text("What happened").wait_for()
    sam.locator("#f-safe_contact").fill("never by letter")
    sam.get_by_role("button", name="Save").click()
    sam.get_by_role("heading", name="Somebody changed this case while you were typing").wait_for()
    assert "only by letter" in sam.locator("main").inner_text()
    assert sam.locator("#f-safe_contact").input_value() == "never by letter"
    accessible(sam)
    sam.get_by_role("button", name="Save").click()
    sam.get_by_text("What happened").wait_for()
    assert "never by letter" in sam.locator("main").inner_text()
    for page in (ida, sam):
        page.context.close()


def test_a_shift_does_not_end_while_a_case_is_nobodys(desk, case):  # type: ignore[no-untyped-def]
    ida, sam = desk.window("ida"), desk.window("sam")
    ida.goto("/work/hand-over/")
    accessible(ida)
    ida.get_by_role("button", name="Finish my shift").click()
    ida.get_by_role("heading", name="Something needs you").wait_for()
    ida.get_by_label("Offer to").select_option("team:hub")
    ida.get_by_label("What must they know?").fill("the school calls at nine")
    ida.get_by_role("button", name="Finish my shift").click()
    ida.get_by_text("Handed over.").wait_for()
    assert "ou own 1 open case" in ida.locator("main").inner_text(), "it stays hers until it is accepted"
    sam.goto("/")
    sam.get_by_role("heading", name="Waits for your answer").wait_for()
    accessible(sam)
    sam.get_by_role("link", name=re.compile("Safeguarding referral")).first.click()
    assert "the school calls at nine" in sam.locator("main").inner_text()
    sam.get_by_role("button", name="Accept").click()
    sam.get_by_text("It is yours now.").wait_for()
    ida.goto("/work/")
    assert "You own no open case" in ida.locator("main").inner_text()
    for page in (ida, sam):
        page.context.close()
