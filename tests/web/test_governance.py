"""Documents drawn up from the declarations: complete, signed by two, and open again when a declaration changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from peelian.access.models import Entry, Posting, User
from peelian.access.purposes import DECLARED
from peelian.core.document import Document, Table
from peelian.documents.governance import KINDS, digest
from peelian.documents.pdf import pdf
from peelian.records.feeds import FEEDS

ON = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def words(document: Document) -> str:
    """Everything the document says."""
    said = []
    for block in document.blocks():
        if isinstance(block, Table):
            said += [block.caption, *(str(cell) for row in block.rows for cell in row)]
        else:
            said.append(str(block))
    return "\n".join(said)


def test_the_impact_assessment_names_every_source_purpose_and_rule() -> None:
    said = words(KINDS["data-protection"].build(ON))
    for feed in FEEDS.values():
        assert feed.title in said and feed.record_class.onward in said
    for purpose in DECLARED.values():
        assert purpose.words in said
    assert "F03-intelligence" in said


def test_the_policy_document_names_where_ethnicity_and_health_stand() -> None:
    table = next(b for b in KINDS["appropriate-policy"].build(ON).blocks() if isinstance(b, Table))
    told = {(row[0], row[1]) for row in table.rows}
    for feed in FEEDS.values():
        if any(c.name == "Ethnicity" for c in feed.columns):
            assert (feed.title, "race or ethnic origin") in told
    assert (FEEDS["health"].title, "health") in told


def test_the_equality_assessment_claims_no_measure_without_a_model() -> None:
    assert "No linkage model is in use" in words(KINDS["equality"].build(ON))


def test_the_agreement_has_a_part_for_each_partner_and_none_for_the_force() -> None:
    titles = {section.title for section in KINDS["sharing-agreement"].build(ON).sections}
    partners = {f.title for f in FEEDS.values() if f.record_class.handling != "open" and not f.record_class.controller.startswith("The Chief Constable")}  # fmt: skip
    assert titles == partners | {"For every agreement"}


@pytest.mark.parametrize("slug", KINDS)
def test_each_can_be_printed_as_an_accessible_pdf(slug: str) -> None:
    assert pdf(KINDS[slug].build(ON)).startswith(b"%PDF")


def test_the_day_does_not_change_the_edition_and_a_declaration_does(monkeypatch: pytest.MonkeyPatch) -> None:
    build = KINDS["data-protection"].build
    before = digest(build(ON))
    assert digest(build(date(2026, 12, 1))) == before
    feed = FEEDS["ambulance"]
    wider = replace(feed, record_class=replace(feed.record_class, onward="Anybody"))
    monkeypatch.setitem(FEEDS, "ambulance", wider)
    assert digest(build(ON)) != before


@pytest.fixture
def officer(analyst: User, signed_in: Callable[..., Client]) -> Callable[..., Client]:
    """Sign in somebody of the force who may sign documents."""

    def made(name: str, role: str = "data-protection", purpose: str = "administration") -> Client:
        user = User.objects.create_user(name, password="see-the-picture", agency=analyst.agency)
        Posting.objects.filter(user=user).delete()
        Posting.objects.create(user=user, roles=[role], start=date(2026, 1, 1), by="test", at=AT)
        return signed_in(user, purpose)

    return made


def test_two_people_sign_and_one_alone_cannot(officer: Callable[..., Client]) -> None:
    first, second = officer("dpo"), officer("deputy")
    page = first.get(reverse("governance-document", args=["equality"])).content.decode()
    [own] = re.findall(r'name="digest" value="([0-9a-f]{64})"', page)
    first.post(reverse("governance-propose", args=["equality"]), {"digest": own, "note": "read, figures added"})
    page = first.get(reverse("governance-document", args=["equality"])).content.decode()
    [change] = re.findall(r'name="change" value="([0-9a-f]+)"', page)

    alone = first.post(reverse("governance-decide", args=["equality"]), {"change": change, "answer": "sign"})
    assert alone.status_code == 400 and "two people" in alone.content.decode()
    second.post(reverse("governance-decide", args=["equality"]), {"change": change, "answer": "sign"})
    assert "deputy" in second.get(reverse("governance-document", args=["equality"])).content.decode()
    assert "Signed on" in first.get(reverse("governance")).content.decode()
    assert Entry.objects.filter(what="document: equality", user="dpo").exists()


def test_who_may_not_sign_sees_none_of_it(officer: Callable[..., Client], council: Client) -> None:
    for client in (officer("pc", "neighbourhood-officer", "prevention"), council):
        for name in ("governance-document", "governance-pdf"):
            assert client.get(reverse(name, args=["equality"])).status_code == 403
        assert client.get(reverse("governance")).status_code == 403
