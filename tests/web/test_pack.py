"""The pages of the intelligence pack: particulars never in an address, parts of the page while sources answer, partners kept out."""

import pytest
from tests.identity.made_people import AT, World
from tests.vulnerability.test_pack import CALL, RECORDS, located

from peelian.casework.models import Case
from peelian.demo_sources import serving
from peelian.identity.models import Issued, Pack, PackTime
from peelian.vulnerability.pack import asking, gathering, keeping, sources


@pytest.fixture
def world():
    world = World()
    world.mention(
        "Stone",
        "Sally",
        "1990-04-02",
        reference="I/1",
        phone="07700 900123",
        address="12 High Street",
        postcode="CM1 1AA",
        role="caller",
    )
    world.event("I/1", kind="incident", category="domestic-incident", offence="Domestic incident", domestic=True)
    located()
    return world


@pytest.fixture
def page(world, signed_in, monkeypatch):
    """A browser in which sources answer before the next page, so that no test waits."""
    with serving(RECORDS) as servers:
        sources.connect({name: {"url": one.url} for name, one in servers.items()})
        monkeypatch.setattr(
            gathering, "start", lambda pack, asked, actor: list(gathering.gather(pack, asked, actor=actor))
        )
        yield signed_in(world.ann, "response")
        asking.stop()


PARTICULARS = {"address": "12 High St", "postcode": "CM1 1AA", "phone": "07700 900123", "incident": "CAD/1"}


def test_a_pack_is_asked_for_and_read(page):
    asked = page.post("/pack/", PARTICULARS, follow=True)

    text = asked.content.decode()
    assert asked.status_code == 200 and "Domestic incident" in text and "I/1 (force-crimes)" in text
    address = asked.redirect_chain[0][0]
    assert address == f"/pack/{Pack.objects.get().ref}/" and "Stone" not in address
    assert "More may be held elsewhere" in text and "hx-get" not in text  # all have ended: the page asks no more


def test_without_particulars_it_says_what_to_give(page):
    assert b"Give an address, a telephone number or a name" in page.post("/pack/", {"address": " "}).content
    assert not Pack.objects.exists()


def test_the_open_page_asks_again_until_all_have_ended(page, world):
    made, ask = keeping.begin(CALL, actor=world.actor(), at=AT)
    Pack.objects.update(purpose="response")
    made.answers.update(late_at="2999-01-01T00:00:00+00:00")
    htmx = {"HTTP_HX_REQUEST": "true"}
    first = page.get(f"/pack/{made.ref}/")
    assert b"do not wait for them" in first.content and b'hx-trigger="every 500ms"' in first.content

    assert page.get(f"/pack/{made.ref}/?shown=1", **htmx).status_code == 204
    list(gathering.gather(made, ask, actor=world.actor()))
    last = page.get(f"/pack/{made.ref}/?shown=1", **htmx)
    assert last.status_code == 286 and b"<html" not in last.content


def test_times_are_logged_and_held_is_worked_out(page):
    page.post("/pack/", PARTICULARS)
    ref = Pack.objects.get().ref
    page.post(f"/pack/{ref}/time/", {"what": "graded", "grade": "immediate"})
    shown = page.post(f"/pack/{ref}/time/", {"what": "dispatched"}, follow=True)

    assert PackTime.objects.count() == 2 and b"Held for research: <b>no" in shown.content
    assert b"E473" in page.post(f"/pack/{ref}/time/", {"what": "held"}, follow=True).content


def test_the_pdf_is_issued_and_never_kept_by_the_browser(page):
    page.post("/pack/", PARTICULARS)
    ref = Pack.objects.get().ref
    made = page.post(f"/pack/{ref}/pack.pdf")

    assert (
        made.content.startswith(b"%PDF")
        and made["Cache-Control"] == "no-store"
        and "Stone" not in made["Content-Disposition"]
    )
    assert Issued.objects.filter(product="pack", ref=ref).exists()
    assert page.get(f"/pack/{ref}/pack.pdf").status_code == 405


def test_cues_come_from_the_body_and_nothing_is_kept(page):
    shown = page.post("/pack/cues/", {"words": "he has a knife"})
    assert b"A weapon is spoken of" in shown.content and b"You grade the call" in shown.content
    assert page.get("/pack/cues/").status_code in (404, 405)


def test_partners_see_no_pack_and_no_cue(page, world, signed_in):
    page.post("/pack/", PARTICULARS)
    ref = Pack.objects.get().ref
    partner = signed_in(world.pat, "safeguarding")
    for answer in (
        partner.get(f"/pack/{ref}/"),
        partner.get("/pack/"),
        partner.post("/pack/cues/", {"words": "knife"}),
        partner.post(f"/pack/{ref}/pack.pdf"),
    ):
        assert answer.status_code in (403, 404) and b"I/1" not in answer.content
    assert page.get("/pack/nosuchpack/").status_code == 404


def test_the_incident_opens_from_the_pack_and_its_times_follow(page, world):
    page.post("/pack/", PARTICULARS)
    ref = Pack.objects.get().ref
    opened = page.post(f"/pack/{ref}/incident/", {"area": "Example"})
    case = Case.objects.get(kind="domestic_abuse")
    assert opened.status_code == 302 and opened["Location"] == f"/cases/{case.ref}/"
    assert case.origin == "CAD/1" and "held_seconds" not in case.facts

    page.post(f"/pack/{ref}/time/", {"what": "graded", "grade": "immediate"})
    page.post(f"/pack/{ref}/time/", {"what": "dispatched"})
    case.refresh_from_db()
    assert case.facts["held_seconds"] == 0 and case.facts["call_grade"] == "immediate"
    assert page.post(f"/pack/{ref}/incident/", {"area": "Example"})["Location"] == f"/cases/{case.ref}/"  # once
    assert Case.objects.filter(kind="domestic_abuse").count() == 1
