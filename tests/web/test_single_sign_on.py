"""Single sign-on against a real OpenID Connect provider (django-allauth's own, in a process of its own) on loopback."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

PROGRAM = str(Path(sys.executable).parent / "peelian")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server ended"
        try:
            requests.get(address, timeout=30)
            return
        except requests.RequestException:
            time.sleep(0.1)
    pytest.fail("the server did not answer")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, started_home: Path) -> Iterator[str]:
    """A Peelian with the account `ann`, and the provider that it trusts, which knows `mallory` too."""
    folder = tmp_path_factory.mktemp("provider")
    home = shutil.copytree(started_home, tmp_path_factory.mktemp("home") / "data")
    ours, theirs = free_port(), free_port()
    callback = f"http://127.0.0.1:{ours}/sso/force/login/callback/"
    script = Path(__file__).with_name("oidc_provider.py")
    env = {
        **os.environ,
        "PEELIAN_HOME": str(home),
        "PEELIAN_OIDC_ISSUER": f"http://127.0.0.1:{theirs}",
        "PEELIAN_OIDC_SECRET": "kept between the two",
        "PEELIAN_OIDC_NAME": "Example Police",
    }
    env.pop("DJANGO_SETTINGS_MODULE", None)
    told = [sys.executable, str(script), str(theirs), str(folder), callback, "ann", "mallory"]
    provider = subprocess.Popen(told)
    made = subprocess.run([PROGRAM, "users", "add", "ann", "--password", "see-the-picture"], env=env, capture_output=True, text=True, check=False)  # fmt: skip
    server = subprocess.Popen([PROGRAM, "serve", "--port", str(ours)], env=env, stdout=subprocess.DEVNULL)
    try:
        assert made.returncode == 0, made.stderr
        wait(f"http://127.0.0.1:{theirs}/.well-known/openid-configuration", provider)
        wait(f"http://127.0.0.1:{ours}/sign-in/", server)
        yield f"http://127.0.0.1:{ours}"
    finally:
        for process in (server, provider):
            process.terminate()
            process.wait(20)


def token(page: requests.Response) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def by_the_provider(browser: requests.Session, address: str, username: str) -> requests.Response:
    """Follow Peelian's button to the provider, sign in there, and come back."""
    page = browser.get(f"{address}/sign-in/")
    assert "Sign in with Example Police" in page.text
    there = browser.post(f"{address}/sso/force/login/?next=/records/", {"csrfmiddlewaretoken": token(page)})
    assert urlsplit(there.url).port != urlsplit(address).port
    assert urlsplit(there.url).path == "/accounts/login/"
    told = {"csrfmiddlewaretoken": token(there), "login": username, "password": "the-force-knows-me"}
    return browser.post(there.url, told)


def test_an_account_that_is_here_signs_in_and_states_its_purpose(address: str) -> None:
    browser = requests.Session()
    back = by_the_provider(browser, address, "ann")
    assert back.url == f"{address}/purpose/?next=/records/"
    browser.post(back.url, {"csrfmiddlewaretoken": token(back), "purpose": "records", "next": "/records/"})
    assert browser.get(f"{address}/records/").status_code == 200
    # allauth's own pages for accounts are shut.
    assert browser.get(f"{address}/sso/account_signup/").url == f"{address}/sign-in/"
    assert browser.get(f"{address}/accounts/signup/").status_code == 404


def test_somebody_whom_the_provider_knows_and_peelian_does_not_is_refused(address: str) -> None:
    browser = requests.Session()
    answer = by_the_provider(browser, address, "mallory")
    assert answer.status_code == 403
    assert "You are not signed in" in answer.text
    assert urlsplit(browser.get(f"{address}/records/").url).path == "/sign-in/"


def test_an_answer_that_the_provider_did_not_give_is_refused(address: str) -> None:
    forged = requests.get(f"{address}/sso/force/login/callback/?code=made-up&state=made-up", timeout=60)
    assert forged.status_code == 401
    assert "You are not signed in" in forged.text
