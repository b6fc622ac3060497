"""What a control-room operator does: types a call, reads the first facts at once, and sees the rest come and the gaps named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from peelian.demo_sources import serving

HOME = {
    "surname": "Stone",
    "forenames": "Dean",
    "born_on": "1986-09-30",
    "address": "12 High Street",
    "postcode": "CM1 1AA",
}


def held(field, record, words):
    return {"field": field, "record": record, "kind": field, "words": words, "when": "2026-11-01", "until": "", **HOME}


RECORDS = {
    "warrants": [held("warrant", "WR/1", "Warrant not executed: failed to appear")],
    "firearms": [held("weapons-held", "FL/1", "Shotguns are kept at this address")],
    "orders": [held("order", "OR/1", "Not to go near 12 High Street")],
    "childrens-social-care": [held("child-at-risk", "CS/1", "A child here has a protection plan")],
    "probation": [],
    "adults-social-care": [],
    "other-force": [],
}


@pytest.fixture
def servers(site):
    """The other systems, where the site's installation finds them: one is dead, one slow."""
    env = {**os.environ, "PEELIAN_HOME": str(site.home)}
    program = str(Path(sys.executable).parent / "peelian")
    command = ["users", "add", "cat", "--password", "a-made-up-password-7", "--role", "control-room"]
    done = subprocess.run([program, *command], env=env, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    with serving(RECORDS) as running:
        running["orders"].status = 0
        running["childrens-social-care"].delay = 1.0
        places = site.home / "pack-sources.toml"
        places.write_text("".join(f'[{name}]\nurl = "{one.url}"\n' for name, one in running.items()))
        yield running
        places.unlink()


def test_a_pack_fills_while_the_page_is_open(site, page, sign_in, accessible, servers):
    sign_in("cat", "Answering a call for help")
    page.goto("/pack/")
    page.get_by_label("Words as they are spoken").type("he has a knife and the baby is upstairs")
    page.get_by_text("A weapon is spoken of").wait_for()
    accessible()

    page.get_by_label("Address").fill("12 High Street")
    page.get_by_label("Postcode").fill("CM1 1AA")
    page.get_by_label("People, one a line").fill("Dean Stone 30/09/1986")
    page.get_by_role("button", name="Look").click()
    page.get_by_role("heading", name="Intelligence pack").wait_for()
    assert "Stone" not in page.url and "High" not in page.url

    page.get_by_text("Shotguns are kept at this address").first.wait_for()
    page.get_by_text("A child here has a protection plan").first.wait_for()
    page.locator(".unknown", has_text="Protection orders").wait_for()
    page.locator("#pack .sum", has_text="8 of 9 sources answered").wait_for()
    assert page.get_by_text("OR/1").count() == 0
    accessible()
    page.set_viewport_size({"width": 360, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.get_by_label("What happened").select_option("graded")
    page.get_by_role("button", name="Log the time").click()
    page.get_by_label("What happened").select_option("dispatched")
    page.get_by_role("button", name="Log the time").click()
    assert "no; dispatch came" in page.get_by_text("Held for research:").inner_text()
    with page.expect_download() as issued:
        page.get_by_role("button", name="Issue as PDF").click()
    assert Path(issued.value.path()).read_bytes().startswith(b"%PDF")
