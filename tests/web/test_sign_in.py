"""Nobody sees anything without an account, an agency and a purpose."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from peelian.access.models import User
from peelian.web.urls import urlpatterns

OPEN = {"sign-in", "sign-out", "purpose"}


def address(pattern: URLPattern) -> str:
    """The pattern's address with some value for each of its parts."""
    values = {
        name: 2 if type(c).__name__ == "IntConverter" else "abc" for name, c in pattern.pattern.converters.items()
    }
    return reverse(pattern.name, kwargs=values)


CLOSED = [address(pattern) for pattern in urlpatterns if pattern.name not in OPEN]


@pytest.mark.parametrize("path", CLOSED)
def test_every_page_sends_a_stranger_to_sign_in(path: str, client: Client) -> None:
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("path", CLOSED)
def test_every_page_asks_for_a_purpose_first(path: str, client: Client, analyst: User) -> None:
    client.force_login(analyst)

    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("purpose"))


def test_signing_in_needs_a_purpose(client: Client, analyst: User) -> None:
    answer = client.post(reverse("sign-in"), {"username": "ann", "password": "see-the-picture"})

    assert answer.status_code == 200
    assert b"Choose a purpose" in answer.content
    assert "_auth_user_id" not in client.session


def test_signing_in_leads_to_the_page_that_was_asked_for(client: Client, analyst: User) -> None:
    told = {"username": "ann", "password": "see-the-picture", "purpose": "records", "next": "/records/"}
    answer = client.post(reverse("sign-in"), told, follow=True)

    assert answer.redirect_chain == [("/records/", 302)]
    assert b"Keeping records right" in answer.content


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(client: Client, analyst: User) -> None:
    told = [
        client.post(reverse("sign-in"), {"username": name, "password": "wrong", "purpose": "records"})
        for name in ("ann", "nobody")
    ]
    shown = [re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in told]

    assert "The name or the password is not right" in shown[0]
    assert shown[0] == shown[1]


def test_an_account_without_an_agency_does_not_open(client: Client) -> None:
    User.objects.create_user("lost", password="see-the-picture")
    answer = client.post(reverse("sign-in"), {"username": "lost", "password": "see-the-picture", "purpose": "records"})

    assert b"give the account an agency" in answer.content
    assert client.get("/").status_code == 302


def test_an_account_closed_while_signed_in_sees_nothing_more(police: Client, analyst: User) -> None:
    assert police.get("/").status_code == 200
    analyst.is_active = False
    analyst.save()
    assert police.get("/").status_code == 302


def test_the_purpose_can_be_changed_and_leads_back(police: Client) -> None:
    answer = police.post(reverse("purpose"), {"purpose": "prevention", "next": "/map/"})

    assert answer.headers["Location"] == "/map/"
    assert b"Preventing crime" in police.get("/").content


def test_the_purpose_page_leads_to_no_other_site(police: Client) -> None:
    answer = police.post(reverse("purpose"), {"purpose": "prevention", "next": "https://elsewhere.example/"})

    assert answer.headers["Location"] == reverse("home")


def test_signing_out_closes_every_page(police: Client) -> None:
    police.post(reverse("sign-out"))

    assert police.get("/").status_code == 302


def test_an_old_form_is_told_in_plain_words(analyst: User, signed_in: Callable[..., Client]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(analyst)
    answer = strict.post(reverse("purpose"), {"purpose": "records"})

    assert answer.status_code == 403
    assert b"grown too old" in answer.content


def test_an_unknown_address_is_told_in_plain_words(police: Client) -> None:
    answer = police.get("/no-such-page/")

    assert answer.status_code == 404
    assert b"nothing here for you to see" in answer.content
