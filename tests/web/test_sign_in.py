"""Nobody sees anything without an account, an agency and a purpose."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from typer.testing import CliRunner

from peelian.access.log.entries import SIGNS
from peelian.access.models import Entry, User
from peelian.access.people import end_sessions
from peelian.cli import app
from peelian.web.urls import urlpatterns

OPEN = {"sign-in", "sign-out", "purpose", "second-factor", "api"}  # the API asks for itself: test_api.py


def address(pattern: URLPattern) -> str:
    """The pattern's address with some value for each of its parts."""
    values = {
        name: 2 if type(c).__name__ == "IntConverter" else "abc" for name, c in pattern.pattern.converters.items()
    }
    return reverse(pattern.name, kwargs=values)


PATTERNS = [one for entry in urlpatterns for one in (entry.url_patterns if isinstance(entry, URLResolver) else [entry])]
CLOSED = [address(pattern) for pattern in PATTERNS if pattern.name not in OPEN]


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


RIGHT = {"username": "ann", "password": "see-the-picture", "purpose": "records"}


def signs() -> list[tuple[str, str, dict[str, str]]]:
    """What the log says of sign-ins, oldest first."""
    return list(Entry.objects.filter(verb__in=SIGNS).order_by("pk").values_list("verb", "user", "detail"))


def test_signing_in_failing_and_leaving_are_logged_and_what_is_no_name_is_not_kept(
    client: Client, analyst: User
) -> None:
    client.post(reverse("sign-in"), {**RIGHT, "password": "wrong"})
    client.post(reverse("sign-in"), {**RIGHT, "username": "my-secret-password"})
    client.post(reverse("sign-in"), RIGHT)
    client.post(reverse("sign-out"))

    assert signs() == [
        ("failed sign-in", "ann", {"by": "password"}),
        ("failed sign-in", "", {"by": "password"}),
        ("sign-in", "ann", {"by": "password"}),
        ("sign-out", "ann", {}),
    ]


@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_five_wrong_passwords_close_sign_in_from_that_place_only(client: Client, analyst: User, name: str) -> None:
    for _ in range(5):
        answer = client.post(reverse("sign-in"), {**RIGHT, "username": name, "password": "wrong"})
    assert answer.status_code == 429
    assert "closed for 15 minutes" in answer.content.decode()

    here = client.post(reverse("sign-in"), {**RIGHT, "username": name})
    assert here.status_code == 429 and "_auth_user_id" not in client.session
    # Whoever knows a colleague's name cannot lock them out of the control room.
    there = client.post(reverse("sign-in"), RIGHT, REMOTE_ADDR="198.51.100.7")
    assert there.status_code == 302


def test_after_a_quarter_of_an_hour_sign_in_opens_again(client: Client, analyst: User) -> None:
    for _ in range(5):
        client.post(reverse("sign-in"), {**RIGHT, "password": "wrong"})
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))

    assert client.post(reverse("sign-in"), RIGHT).status_code == 302


def codes(user: User) -> TOTPDevice:
    """A second factor set up for `user`."""
    return TOTPDevice.objects.create(user=user, confirmed=True, name="authenticator")


def code_of(device: TOTPDevice, *, later: int = 0) -> str:
    """What an authenticator shows now, or so many steps of 30 seconds later."""
    return f"{totp(device.bin_key, drift=later):06d}"


def test_no_page_opens_before_the_second_factor(client: Client, analyst: User) -> None:
    device = codes(analyst)
    client.post(reverse("sign-in"), RIGHT)
    answer = client.get("/records/")
    assert answer.headers["Location"] == "/second-factor/?next=/records/"
    assert signs() == []

    assert "not right" in client.post(reverse("second-factor"), {"code": "000000"}).content.decode()
    device.refresh_from_db()
    device.throttle_reset()
    before = client.session.session_key
    given = client.post(reverse("second-factor"), {"code": code_of(device), "next": "/records/"})
    assert given.headers["Location"] == "/records/"
    assert client.session.session_key != before
    assert client.get("/records/").status_code == 200
    assert [(verb, told["by"]) for verb, _, told in signs()] == [
        ("failed sign-in", "second factor"),
        ("sign-in", "password and second factor"),
    ]


def test_a_code_opens_once(client: Client, analyst: User) -> None:
    device = codes(analyst)
    code = code_of(device)
    for opens in (True, False):
        client.post(reverse("sign-in"), RIGHT)
        client.post(reverse("second-factor"), {"code": code})
        assert (client.get("/").status_code == 200) is opens
        client.post(reverse("sign-out"))


def test_wrong_codes_in_a_row_make_wait(client: Client, analyst: User) -> None:
    device = codes(analyst)
    client.post(reverse("sign-in"), RIGHT)
    for _ in range(3):
        answer = client.post(reverse("second-factor"), {"code": "000000"})
    assert "Too many wrong codes" in answer.content.decode()
    client.post(reverse("second-factor"), {"code": code_of(device)})
    assert client.get("/").status_code == 302


def test_where_it_is_required_a_new_account_sets_it_up_and_gets_recovery_codes(
    client: Client, analyst: User, settings: Any
) -> None:
    settings.SECOND_FACTOR = "required"
    client.post(reverse("sign-in"), RIGHT)
    page = client.get(reverse("second-factor")).content.decode()
    device = TOTPDevice.objects.get(user=analyst)
    assert not device.confirmed and "<svg" in page
    assert client.get("/").headers["Location"] == "/second-factor/?next=/"

    page = client.post(reverse("second-factor"), {"code": code_of(device)}).content.decode()
    given = re.findall(r"<li><code>([a-z2-7]{8})</code>", page)
    assert len(set(given)) == 10
    assert client.get("/").status_code == 200

    # The authenticator is lost: each recovery code opens once.
    for code, opens in ((given[0].upper(), True), (given[0], False)):
        client.post(reverse("sign-out"))
        client.post(reverse("sign-in"), RIGHT)
        client.post(reverse("second-factor"), {"code": code})
        assert (client.get("/").status_code == 200) is opens


def test_an_idle_session_ends_and_says_so(client: Client, analyst: User) -> None:
    client.post(reverse("sign-in"), RIGHT)
    session = client.session
    session["seen"] -= 29 * 60
    session.save()
    assert client.get("/").status_code == 200
    session = client.session
    session["seen"] -= 31 * 60
    session.save()

    answer = client.get("/records/", follow=True)
    assert "nothing was done here for 30 minutes" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_fourth_session_ends_the_first(analyst: User) -> None:
    windows = [Client() for _ in range(4)]
    for n, window in enumerate(windows):
        window.post(reverse("sign-in"), RIGHT)
        session = window.session
        session["started"] = n
        session.save()
    windows[3].post(reverse("sign-in"), RIGHT)

    assert [window.get("/").status_code for window in windows] == [302, 200, 200, 200]


def test_ending_all_sessions_of_an_account_leaves_the_others(client: Client, analyst: User, partner: User) -> None:
    client.force_login(partner)
    mine = Client()
    mine.post(reverse("sign-in"), RIGHT)

    assert end_sessions(analyst) == 1
    assert mine.get("/").status_code == 302
    assert "_auth_user_id" in client.session


def test_every_page_carries_the_headers_that_close_it(police: Client) -> None:
    for answer in (police.get("/"), police.get("/no-such-page/"), Client().get(reverse("sign-in"))):
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]  # so default-src holds for scripts
        assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "geolocation=()" in answer.headers["Permissions-Policy"]


def test_beyond_loopback_cookies_are_for_tls_and_a_second_factor_is_required(tmp_path: Path) -> None:
    env = {**os.environ, "PEELIAN_HOME": str(tmp_path), "PEELIAN_HOSTS": "peelian.example.police.invalid"}
    env.pop("PEELIAN_SECOND_FACTOR", None)
    told = "from django.conf import settings as s; print(s.SECOND_FACTOR, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME)"
    ran = subprocess.run([sys.executable, "-c", told], env={**env, "DJANGO_SETTINGS_MODULE": "peelian.settings"}, text=True, capture_output=True, check=True)  # fmt: skip
    assert ran.stdout.split() == ["required", "True", "True", "__Host-session"]
    checked = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING", "--settings", "peelian.settings"],
        env=env, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr


def test_an_administrator_opens_sign_in_and_takes_off_a_lost_factor(client: Client, analyst: User) -> None:
    for _ in range(5):
        client.post(reverse("sign-in"), {**RIGHT, "password": "wrong"})
    codes(analyst)
    by_command = CliRunner()
    told = by_command.invoke(app, ["users", "unlock", "ann"])
    assert told.output == "ann may try again\n"
    assert by_command.invoke(app, ["users", "reset-factor", "ann"]).output == "ann: taken off; 0 sessions ended\n"

    client.post(reverse("sign-in"), RIGHT)
    assert client.get("/").status_code == 200
