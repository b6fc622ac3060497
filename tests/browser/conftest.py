"""A real server over a data folder of its own, and a real browser that may ask no other host."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

PASSWORD = "a-made-up-password-7"
HEADER = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context"


@dataclass(frozen=True)
class Site:
    """Where the server answers, and the folder with files to load."""

    address: str
    files: Path
    home: Path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def street(n: int, *, month: str = "2026-09", kind: str = "Burglary", area: str = "E01000001") -> str:
    """One line of open data; places spread over a town."""
    return f",{month},Example Police,Example Police,{0.42 + n % 20 * 0.004:.4f},{51.71 + n // 20 % 12 * 0.003:.4f},On or near High Street,{area},Example 001A,{kind},,"


def boundaries(path: Path, *areas: tuple[dict[str, str], float, float]) -> None:
    """Areas as squares between two longitudes."""
    features = [
        {
            "type": "Feature",
            "properties": told,
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[west, 51.70], [east, 51.70], [east, 51.76], [west, 51.76], [west, 51.70]]],
            },
        }
        for told, west, east in areas
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def write_files(folder: Path) -> None:
    """Areas, files that land with one row in quarantine, and one that is refused."""
    district = {"LAD13CD": "E07000001", "LAD13NM": "Example"}
    boundaries(folder / "district.geojson", (district, 0.40, 0.52))
    boundaries(
        folder / "lsoa.geojson",
        ({"LSOA11CD": "E01000001", "LSOA11NM": "Example 001A", **district}, 0.40, 0.46),
        ({"LSOA11CD": "E01000002", "LSOA11NM": "Example 001B", **district}, 0.46, 0.52),
    )
    (folder / "population2025.csv").write_text("lsoa11_code,total_population\nE01000001,2000\nE01000002,1500\n")
    for name, first in (("street.csv", 4), ("earlier.csv", 7)):
        _write_street(folder / name, first)
    (folder / "other.csv").write_text("name,colour\na,b\n")


def _write_street(path: Path, first: int) -> None:
    """240 good rows over three months and, on line 242, one with a misspelt crime type."""
    lines = [
        street(n, month=f"2026-0{first + n % 3}", kind="Burglary" if n % 3 else "Drugs", area=f"E0100000{1 + n % 2}")
        for n in range(240)
    ]
    wrong = street(1, month=f"2026-0{first}", kind="Burgalry")
    path.write_text("\n".join([HEADER, *lines, wrong]) + "\n")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, started_home: Path) -> Iterator[Site]:
    """The product as a user starts it: accounts and areas by command, pages by its own server."""
    folder = tmp_path_factory.mktemp("files")
    home = Path(shutil.copytree(started_home, tmp_path_factory.mktemp("home") / "data"))
    write_files(folder)
    env = {**os.environ, "PEELIAN_HOME": str(home)}
    program = str(Path(sys.executable).parent / "peelian")

    def run(*command: str) -> None:
        done = subprocess.run([program, *command], env=env, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr + done.stdout

    run("areas", "load", *(str(folder / name) for name in ("lsoa.geojson", "district.geojson", "population2025.csv")))
    run("users", "add", "ann", "--password", PASSWORD)
    run("users", "add", "pat", "--password", PASSWORD, "--agency", "council", "--agency-name", "Example Council")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = home / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen([program, "serve", "--port", str(port)], env=env, stdout=out, stderr=out)
    try:
        _wait(f"http://127.0.0.1:{port}/sign-in/", server)
        yield Site(f"http://127.0.0.1:{port}", folder, home)
    finally:
        server.terminate()
        server.wait(20)
    assert "Traceback" not in log.read_text(), log.read_text()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(1_200):  # two minutes: a loaded machine is no fault of the code
        assert server.poll() is None, "the server ended"
        try:
            with urlopen(address):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not answer")


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """The machine's own Chromium; the tests are skipped where there is none.

    For a module, no longer: Playwright leaves an event loop running, in which Django refuses the tests of other modules.
    """
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(site: Site, chromium: object) -> Iterator[object]:
    """A window that fails the test when a page asks another host, or its scripts fail."""
    context = chromium.new_context(base_url=site.address, locale="en-GB", viewport={"width": 1280, "height": 900})  # type: ignore[attr-defined]
    window, faults = context.new_page(), []
    window.on(
        "request",
        lambda r: (
            urlsplit(r.url).scheme in ("http", "https", "ws", "wss")
            and urlsplit(r.url).hostname != "127.0.0.1"
            and faults.append(r.url)
        ),
    )
    window.on("pageerror", lambda error: faults.append(str(error)))
    window.on("console", lambda message: message.type == "error" and faults.append(message.text))
    yield window
    context.close()
    assert faults == []


@pytest.fixture
def sign_in(page: object) -> Callable[..., None]:
    """Sign in by the form."""

    def sign_in(name: str = "ann", purpose: str = "Crime and problem analysis") -> None:
        page.goto("/sign-in/")  # type: ignore[attr-defined]
        page.get_by_label("Name").fill(name)  # type: ignore[attr-defined]
        page.get_by_label("Password").fill(PASSWORD)  # type: ignore[attr-defined]
        page.get_by_label(purpose).check()  # type: ignore[attr-defined]
        page.get_by_role("button", name="Sign in").click()  # type: ignore[attr-defined]

    return sign_in


@pytest.fixture
def accessible(page: object) -> Callable[[], None]:
    """Fail with axe's words where the page breaks WCAG 2.2 AA, or is wider than the window."""
    from axe_playwright_python.sync_playwright import Axe

    def check() -> None:
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()

    return check


@pytest.fixture(scope="module")
def loaded(site: Site, chromium: object) -> None:
    """Records for the pages that need some: the street file, loaded by a person once."""
    context = chromium.new_context(base_url=site.address)  # type: ignore[attr-defined]
    window = context.new_page()
    window.goto("/sign-in/?next=/records/load/")
    window.get_by_label("Name").fill("ann")
    window.get_by_label("Password").fill(PASSWORD)
    window.get_by_label("Keeping records right").check()
    window.get_by_role("button", name="Sign in").click()
    window.get_by_label("police.uk street").check()
    window.get_by_label("Files").set_input_files(site.files / "earlier.csv")
    window.get_by_role("button", name="Read the files").click()
    window.get_by_role("heading", name="Read", exact=True).wait_for()
    context.close()
