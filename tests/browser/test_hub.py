"""V7 and V8 as their users: a school nurse refers, the hub asks, social care answers, the authority decides; a MARAC has its papers."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from .conftest import PASSWORD

# In one process: each command of its own would take as long as a test. The values are this test's, not a standard's.
SETUP = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peelian.settings")
import django
django.setup()
from datetime import UTC, date, datetime
from peelian.access.models import Agency, Change, Posting, Team, User
long_ago, force = datetime(2020, 1, 1, tzinfo=UTC), Agency.objects.get(kind="police")
def partner(code, name):
    return Agency.objects.get_or_create(code=code, defaults={"name": name, "kind": "partner"})[0]
team = Team.objects.get_or_create(code="hub", defaults={"name": "Safeguarding hub", "agency": force})[0]
for name, agency, role, where in (("hana", force, "hub-manager", team), ("soc", partner("east", "East County Council"), "hub-worker", None),
                                  ("nell", partner("nhs", "Example NHS"), "hub-worker", None)):
    user = User.objects.create_user(name, password=PASSWORD, agency=agency)
    Posting.objects.create(user=user, team=where, roles=[role], start=date(2020, 1, 1), by="test", at=long_ago)
values = {
    "hub.desk": "hub", "hub.accept_within": "1 hour", "hub.answer_within": "6 hours", "hub.triage_profile": "surrey", "hub.opens": "09:00",
    "hub.closes": "17:00", "hub.screen_within": "1 hour", "hub.strategy_within": "24 hours", "hub.feedback_within": "3 working days after",
    "marac.visible_high_risk": 14, "marac.events_12_months": 3, "marac.repeat_rule": "newer", "marac.accept_within": "1 hour",
    "marac.answer_within": "5 working days after", "marac.decide_within": "2 working days after", "marac.hear_within": "28 days after",
    "marac.idva_within": "48 hours", "marac.minutes_within": "2 working days after",
}
for name, value in values.items():
    Change.objects.create(uid=name, name=name, after=value, reason="t", proposed_by="a", proposed_at=long_ago, approved_by="b", approved_at=long_ago)
"""


@pytest.fixture(scope="module")
def posted_hub(site):  # type: ignore[no-untyped-def]
    env = {**os.environ, "PEELIAN_HOME": str(site.home)}
    script = f"PASSWORD = {PASSWORD!r}\n{SETUP}"
    done = subprocess.run([sys.executable, "-c", script], env=env, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def someone(chromium, site, posted_hub):  # type: ignore[no-untyped-def]
    """A window for each person, signed in for safeguarding."""
    contexts = []

    def open_for(name):  # type: ignore[no-untyped-def]
        context = chromium.new_context(base_url=site.address, locale="en-GB", viewport={"width": 1280, "height": 900})
        contexts.append(context)
        window = context.new_page()
        window.goto("/sign-in/")
        window.get_by_label("Name").fill(name)
        window.get_by_label("Password").fill(PASSWORD)
        window.get_by_label("Safeguarding a child").check()
        window.get_by_role("button", name="Sign in").click()
        window.get_by_text("Purpose:").wait_for()
        return window

    yield open_for
    for context in contexts:
        context.close()


def sound(window):  # type: ignore[no-untyped-def]
    """No fault of accessibility, and no wider than a phone."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(window, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    window.set_viewport_size({"width": 360, "height": 800})
    assert window.evaluate("document.documentElement.scrollWidth") <= 360
    window.set_viewport_size({"width": 1280, "height": 900})


def choose(window, question, answer):  # type: ignore[no-untyped-def]
    window.get_by_role("group", name=question).get_by_role("radio", name=answer, exact=True).check()


def send(window, button, then):  # type: ignore[no-untyped-def]
    window.get_by_role("button", name=button, exact=True).click()
    window.get_by_text(then).first.wait_for()


def test_a_referral_from_a_partner_to_the_authoritys_decision(someone):  # type: ignore[no-untyped-def]
    nurse = someone("nell")
    nurse.goto("/cases/")
    nurse.get_by_role("link", name="safeguarding hub").click()
    nurse.get_by_role("link", name="Refer a child or an adult").click()
    nurse.get_by_label("Upper-tier authority").select_option("east")
    nurse.get_by_label("Who refers").fill("Nell, school nurse")
    choose(nurse, "Is this about a child", "Child")
    nurse.get_by_label("Name", exact=True).fill("Ada Sample")
    nurse.get_by_label("What is the concern").fill("Tired, and afraid to go home")
    choose(nurse, "Is there an injury", "No")
    choose(nurse, "Is there violence at home", "Yes")
    choose(nurse, "Does the person, or a parent, agree", "Not safe to ask")
    nurse.get_by_label("Why may this be shared").fill("a child at risk of significant harm")
    sound(nurse)
    send(nurse, "Send the referral", "The hub has your referral")
    assert nurse.get_by_text("Ada Sample").count() == 0  # who refers does not see the case

    hub = someone("hana")
    hub.goto("/hub/")
    sound(hub)
    hub.get_by_role("link", name="Ada Sample").click()
    hub.get_by_role("button", name="Accept", exact=True).click()
    hub.get_by_role("link", name="Accept and give a colour").click()
    choose(hub, "What do you decide", "Amber")
    send(hub, "Decide", "The authority decides")
    for what, agency in (("Children's social care", "east"), ("Police", "force"), ("Health", "nhs")):
        hub.get_by_role("link", name=f"Ask: {what}").click()
        hub.get_by_label("Which agency is asked?").select_option(agency)
        send(hub, "Ask them", "asked.")
    address = hub.url

    social = someone("soc")
    social.goto("/hub/")
    social.get_by_role("link", name="Answer as children's social care").click()
    assert "afraid to go home" in social.inner_text("main") and "Nell" not in social.inner_text("main")
    choose(social, "Is the person known to you", "Yes")
    social.get_by_label("What matters for safety").fill("open case, last seen in May")
    social.get_by_label("About how many minutes").fill("6")
    send(social, "Answer", "answer is given")

    hub.goto(address)
    hub.get_by_role("link", name="The authority decides").click()
    said = hub.inner_text("main")
    assert "Children's social care: known" in said and "Health: UNKNOWN" in said and "Police: UNKNOWN" in said
    choose(hub, "What do you decide", "Strategy discussion")
    hub.get_by_label("Who decided for the authority").fill("duty team manager")
    send(hub, "Decide", "Strategy discussion held")
    hub.goto("/hub/")
    hub.get_by_role("button", name="Show", exact=True).click()
    assert "East County Council" in hub.get_by_role("region", name="What joining cost").inner_text()


@pytest.mark.long
def test_a_marac_case_is_heard_and_has_its_papers(someone):  # type: ignore[no-untyped-def]
    runs_it = someone("hana")
    runs_it.goto("/cases/new/marac/refer/")
    day = datetime.now(UTC).date()
    runs_it.locator("#f-referred_at_0, #f-referred_at").first.wait_for()
    for field in runs_it.locator("input[name^=referred_at]").all():
        kind = field.get_attribute("type")
        field.fill({"date": day.isoformat(), "time": "00:05"}.get(str(kind), f"{day.isoformat()}T00:05"))
    area = runs_it.locator("[name=area]")
    if area.evaluate("e => e.tagName") == "SELECT":
        area.select_option(index=1)
    else:
        area.fill("East")
    runs_it.get_by_label("Referring agency").fill("force")
    runs_it.get_by_label("What kind of agency refers").select_option("police")
    runs_it.get_by_label("Who refers").fill("the officer in the case")
    runs_it.get_by_label("Victim's name").fill("Bea Sample")
    runs_it.get_by_label("How many answers of the risk checklist are yes").fill("15")
    choose(runs_it, "Does the victim agree", "Given")
    send(runs_it, "Open the case", "Opened.")
    runs_it.get_by_role("link", name="Is it heard?").click()
    assert "visible high risk: 15 yes" in runs_it.inner_text("main")
    choose(runs_it, "What do you decide", "Hear it")
    send(runs_it, "Decide", "Put on an agenda")
    runs_it.get_by_role("link", name="Put on an agenda").click()
    runs_it.locator("input[name=meeting_on]").fill(day.isoformat())
    runs_it.locator("main form button").last.click()
    runs_it.get_by_text("saved.").first.wait_for()

    runs_it.goto("/marac/")
    sound(runs_it)
    runs_it.get_by_role("link", name=re.compile("^Agenda")).first.click()
    runs_it.get_by_role("heading", name="MARAC agenda").first.wait_for()
    assert "Bea Sample" in runs_it.inner_text("main") and "never at the home" in runs_it.inner_text("main")
    sound(runs_it)
    with runs_it.expect_download() as paper:
        runs_it.get_by_role("link", name="PDF").click()
    assert paper.value.suggested_filename == f"marac-agenda-{day.isoformat()}.pdf"
    assert "Bea" not in runs_it.url and "Bea" not in paper.value.suggested_filename
