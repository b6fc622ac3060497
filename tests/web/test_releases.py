"""Proposing, approving, refusing and downloading a shareable edition: who may do what."""

import io
import re
from collections.abc import Callable

import pytest
from django.test import Client
from pypdf import PdfReader

from peelian.access.models import Entry, Released, User
from peelian.records.models import Batch

from .conftest import crime

WISH = "theme=burglary&area=&from=2026-07-01&to=2026-09-30&feed="
COUNCIL = "Example Community Safety Partnership"


@pytest.fixture
def recorded(land: Callable[..., Batch], areas: None) -> None:
    """Sixty burglaries of the force's own over three months."""
    land("force-crimes", "crimes.csv", *[crime(f"EX/{n}", start=f"2026-0{7 + n % 3}-10 21:00") for n in range(60)])


@pytest.fixture
def colleague(analyst: User, signed_in: Callable[..., Client]) -> Client:
    """The browser of another of the force's people."""
    return signed_in(User.objects.create_user("ben", password="see-the-picture", agency=analyst.agency))


@pytest.fixture
def proposed(police: Client, recorded: None) -> str:
    """The address of an edition that the analyst proposed."""
    answer = police.post("/profiles/share/?" + WISH, {"recipient": COUNCIL})
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_a_profile_offers_to_share_it_to_police_alone(police: Client, council: Client, recorded: None) -> None:
    assert "Propose a shareable edition" in police.get("/profiles/read/?" + WISH).content.decode()
    assert "Propose a shareable edition" not in council.get("/profiles/").content.decode()
    assert "/releases/" not in council.get("/profiles/").content.decode()


def test_what_is_proposed_waits_and_nothing_has_left(police: Client, proposed: str) -> None:
    assert re.fullmatch(r"/releases/[0-9a-f]{12}/", proposed)
    page = police.get(proposed).content.decode()

    assert "60 burglaries were recorded" in page and COUNCIL in page
    assert "a release needs two people" in page and "edition.pdf" not in page
    assert not Entry.objects.filter(verb="disclosure").exists()
    for file in ("edition.pdf", "edition.html"):
        answer = police.get(proposed + file)
        assert answer.status_code == 400 and b"peelian.E515" in answer.content


def test_the_one_who_proposed_cannot_approve(police: Client, proposed: str) -> None:
    answer = police.post(proposed + "approve/")
    assert answer.status_code == 400 and b"peelian.E304" in answer.content
    assert Released.objects.get().number is None


def test_once_a_colleague_approved_it_is_downloaded_and_each_time_recorded(
    police: Client, colleague: Client, proposed: str
) -> None:
    assert "Is it right that" in colleague.get(proposed).content.decode()
    assert colleague.post(proposed + "approve/").status_code == 302
    as_pdf, as_html = police.get(proposed + "edition.pdf"), police.get(proposed + "edition.html")

    text = " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(as_pdf.content)).pages).split())
    assert "60 burglaries were recorded" in text and COUNCIL in text and "High Street" not in text
    assert "60 burglaries were recorded" in as_html.content.decode()
    assert "attachment" in as_pdf.headers["Content-Disposition"]
    log = Entry.objects.filter(verb="disclosure").order_by("pk")
    assert [(e.user, e.detail["recipients"]) for e in log] == [("ben", COUNCIL), ("ann", COUNCIL), ("ann", COUNCIL)]


def test_a_refusal_needs_a_reason_and_ends_it(police: Client, colleague: Client, proposed: str) -> None:
    colleague.post(proposed + "refuse/", {"reason": " "})
    assert Released.objects.get().refused_at is None
    colleague.post(proposed + "refuse/", {"reason": "Not for this meeting"})

    page = colleague.get(proposed).content.decode()
    assert "Not for this meeting" in page and ">Approve<" not in page
    assert b"peelian.E306" in colleague.post(proposed + "approve/").content
    assert police.get(proposed + "edition.pdf").status_code == 400


def test_one_s_own_proposal_can_be_taken_back(police: Client, proposed: str) -> None:
    assert "Take it back" in police.get(proposed).content.decode()
    police.post(proposed + "refuse/", {"reason": "Wrong period"})
    assert Released.objects.get().refused_by == "ann"


def test_a_proposal_overtaken_by_another_says_so(police: Client, colleague: Client, proposed: str) -> None:
    other = police.post("/profiles/share/?" + WISH.replace("2026-07", "2026-08"), {"recipient": COUNCIL})
    colleague.post(proposed + "approve/")
    page = colleague.get(other.headers["Location"]).content.decode()

    assert "another release was approved since" in page and ">Approve<" not in page
    assert b"peelian.E305" in colleague.post(other.headers["Location"] + "approve/").content


def test_a_partner_sees_and_does_nothing(council: Client, proposed: str) -> None:
    assert council.get("/releases/").status_code == 403
    assert council.get(proposed).status_code == council.get("/releases/000000000000/").status_code == 403
    for path in ("edition.pdf", "edition.html"):
        assert council.get(proposed + path).status_code == 403
    for path in (proposed + "approve/", proposed + "refuse/", "/profiles/share/?" + WISH):
        assert council.post(path, {"reason": "x", "recipient": "x"}).status_code == 403
    assert Released.objects.filter(number=None, refused_at=None).count() == 1


@pytest.mark.parametrize("name", ["000000000000", "0", "x-y"])
def test_an_edition_that_does_not_exist_is_not_found(police: Client, proposed: str, name: str) -> None:
    assert police.get(f"/releases/{name}/").status_code == 404


def test_nothing_is_decided_by_following_a_link(colleague: Client, proposed: str) -> None:
    for path in ("approve/", "refuse/"):
        assert colleague.get(proposed + path).status_code == 405


def test_the_list_shows_what_waits_and_what_went_to_whom(police: Client, colleague: Client, proposed: str) -> None:
    assert "waits" in police.get("/releases/").content.decode()
    colleague.post(proposed + "approve/")
    page = colleague.get("/releases/").content.decode()
    assert COUNCIL in page and "release 1" in page


@pytest.mark.parametrize(
    ("wish", "recipient", "id"),
    [(WISH, "", "E513"), (WISH.replace("07-01", "07-02"), COUNCIL, "E512"), ("theme=burglary", COUNCIL, "E000")],
)
def test_a_proposal_with_a_fault_is_told(police: Client, recorded: None, wish: str, recipient: str, id: str) -> None:
    answer = police.post("/profiles/share/?" + wish, {"recipient": recipient})
    assert answer.status_code == 400 and (id == "E000" or id in answer.content.decode())
    assert not Released.objects.exists()
