"""What a person does: sign in, load, see quarantine, mend, replay, look at the map, read a profile."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import Site

PAGES = [
    "/", "/records/", "/records/?q=nothing-like-it", "/records/load/", "/records/quarantine/", "/map/", "/profiles/",
    "/profiles/read/?theme=burglary&area=&from=2026-07-01&to=2026-09-30", "/purpose/",
]  # fmt: skip


def ready(page: Any, path: str) -> None:
    """Open a page and wait until its scripts have drawn."""
    page.goto(path)
    if path.startswith("/map"):
        page.wait_for_selector("html[data-map=ready]", state="attached")
    if path.startswith("/profiles/read"):
        page.wait_for_selector(".chart svg")


def test_the_main_job(page: Any, site: Site, sign_in: Callable[..., None], accessible: Callable[[], None]) -> None:
    accessible_at_sign_in(page, accessible)
    sign_in(purpose="Keeping records right")
    expect(page.get_by_role("heading", name="Your work")).to_be_visible()
    accessible()

    # load two files, of which one is refused
    page.get_by_role("link", name="Load a file").first.click()
    page.get_by_label("police.uk street").check()
    page.get_by_label("Files").set_input_files([site.files / "street.csv", site.files / "other.csv"])
    page.get_by_role("button", name="Read the files").click()
    page.get_by_role("heading", name="Read", exact=True).wait_for()
    expect(page.get_by_role("row", name="street.csv")).to_contain_text("241")
    expect(page.get_by_role("row", name="other.csv")).to_contain_text("refused")
    accessible()

    # the batch adds up
    page.get_by_role("link", name="street.csv").click()
    expect(page.get_by_text("Every row is accounted for")).to_be_visible()
    accessible()

    # quarantine: see, mend, read again
    page.get_by_role("link", name="1", exact=True).first.click()
    page.get_by_role("link", name="street.csv, line 242").click()
    expect(page.get_by_text("Burgalry").first).to_be_visible()
    accessible()
    page.get_by_label("Crime type").fill("Burglary")
    page.get_by_label("Why, and how do you know?").fill("misspelt by the clerk, who confirmed it")
    page.get_by_role("button", name="Keep this mend").click()
    expect(page.get_by_text("The mend is kept and the row passes")).to_be_visible()
    accessible()
    page.get_by_role("button", name="again").click()
    page.get_by_role("heading", name="Read", exact=True).wait_for()
    expect(page.get_by_role("row", name="mended rows of street.csv")).to_contain_text("1")
    page.goto("/records/quarantine/?state=replayed")
    page.get_by_role("link", name="street.csv, line 242").click()
    expect(page.get_by_text("has been read again")).to_be_visible()
    accessible()

    # the map, by keyboard
    page.get_by_role("link", name="Map").click()
    page.get_by_label("From").fill("2026-04-01")
    page.get_by_label("to", exact=True).fill("2026-06-30")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_selector("html[data-map=ready]", state="attached")
    expect(page.locator("#finding")).to_contain_text("April 2026 to 30 June 2026: 241 records")
    page.get_by_role("checkbox", name="Points").check()
    expect(page.locator("#map-state")).to_contain_text("records are drawn as points")
    page.get_by_label("Time").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#finding")).to_contain_text("April 2026")
    expect(page.get_by_role("heading", name="April 2026").last).to_be_visible()
    page.get_by_role("checkbox", name="Risk zones").click()
    expect(page.locator("#map-state")).to_contain_text("choose a category")
    accessible()

    # a profile
    page.get_by_role("link", name="Profiles").click()
    page.get_by_label("What about?").select_option("Burglary")
    page.get_by_role("button", name="Make the profile").click()
    expect(page.get_by_role("heading", name="Problem profile: burglary")).to_be_visible()
    page.wait_for_selector(".chart svg")
    accessible()
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def accessible_at_sign_in(page: Any, accessible: Callable[[], None]) -> None:
    """The sign-in page, empty and with faults."""
    page.goto("/sign-in/")
    accessible()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter your name")
    accessible()


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("width", [1280, 640, 360], ids=["desk", "200 per cent", "telephone"])
def test_every_page_is_accessible_and_fits(
    page: Any, sign_in: Callable[..., None], accessible: Callable[[], None], width: int
) -> None:
    """A window of 640 pixels is what 200 % zoom leaves of 1,280 (WCAG 2.2, 1.4.4 and 1.4.10)."""
    page.set_viewport_size({"width": width, "height": 800})
    sign_in()
    faults: list[str] = []
    page.goto("/records/?q=earlier")
    batch = page.get_by_role("link", name="earlier.csv").get_attribute("href")
    page.goto("/records/quarantine/")
    row = page.get_by_role("link", name="earlier.csv, line 242").get_attribute("href")
    for path in [*PAGES, batch, row]:
        ready(page, path)
        accessible()
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(path)
    assert faults == [], "wider than the window"


@pytest.mark.usefixtures("loaded")
def test_the_keyboard_alone_reaches_the_main_part(page: Any, sign_in: Callable[..., None]) -> None:
    sign_in()
    page.goto("/records/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.usefixtures("loaded")
def test_every_step_of_the_keyboard_can_be_seen(page: Any, sign_in: Callable[..., None]) -> None:
    """WCAG 2.2, 2.4.7: whatever has the focus shows an outline."""
    sign_in()
    page.goto("/map/")
    page.wait_for_selector("html[data-map=ready]", state="attached")
    for _ in range(25):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement); return [document.activeElement.outerHTML.slice(0, 80), s.outlineStyle, s.outlineWidth]; })()"
        )
        assert shown[1] != "none" and shown[2] != "0px", shown[0]


@pytest.mark.usefixtures("loaded")
def test_a_click_on_a_point_tells_what_is_there(page: Any, sign_in: Callable[..., None]) -> None:
    sign_in()
    page.goto("/map/?from=2026-07-01")
    page.wait_for_selector("html[data-map=ready]", state="attached")
    page.get_by_role("checkbox", name="Points").check()
    expect(page.locator("#map-state")).to_contain_text("drawn as points")
    at = page.evaluate("(() => { const p = crimeMap.map.latLngToContainerPoint([51.71, 0.42]); return [p.x, p.y]; })()")
    page.locator("#map").click(position={"x": at[0], "y": at[1]})
    expect(page.locator(".leaflet-popup-content")).to_contain_text("1 record here")
    expect(page.locator(".leaflet-popup-content")).to_contain_text("Drugs: 1")


@pytest.mark.usefixtures("loaded")
def test_the_points_are_drawn_where_the_map_says(page: Any, sign_in: Callable[..., None]) -> None:
    """The canvas has ink at a record's place, none far from all, and follows a pan and a month without records."""
    ink = """([lat, lon]) => {
      const canvas = document.querySelector('.leaflet-points-pane canvas'), p = crimeMap.map.latLngToContainerPoint([lat, lon]);
      const box = canvas.getBoundingClientRect(), map = document.getElementById('map').getBoundingClientRect();
      const scale = canvas.width / box.width;
      const [x, y] = [(p.x + map.left - box.left) * scale, (p.y + map.top - box.top) * scale];
      return canvas.getContext('2d').getImageData(x - 2, y - 2, 5, 5).data.some((v, i) => i % 4 === 3 && v > 0);
    }"""
    sign_in()
    page.goto("/map/")
    page.wait_for_selector("html[data-map=ready]", state="attached")
    page.get_by_role("checkbox", name="Points").check()
    expect(page.locator("#map-state")).to_contain_text("drawn as points")
    assert page.evaluate(ink, [51.71, 0.42]) and not page.evaluate(ink, [51.755, 0.51])
    page.evaluate("crimeMap.map.panBy([150, 90], { animate: false })")
    assert page.evaluate(ink, [51.71, 0.42]) and not page.evaluate(ink, [51.755, 0.51])
    page.evaluate("crimeMap.map.setZoom(crimeMap.map.getZoom() + 1, { animate: false })")
    assert page.evaluate(ink, [51.71, 0.42]) and not page.evaluate(ink, [51.712, 0.422])


@pytest.mark.usefixtures("loaded")
def test_a_partner_loads_nothing_and_mends_nothing(
    page: Any, sign_in: Callable[..., None], accessible: Callable[[], None]
) -> None:
    sign_in("pat")
    expect(page.get_by_text("You see open data and what is shared with you")).to_be_visible()
    expect(page.get_by_role("link", name="Load")).to_have_count(0)
    page.goto("/records/quarantine/")
    page.get_by_role("link", name="earlier.csv, line 242").click()
    accessible()
    expect(page.get_by_role("button", name="Keep this mend")).to_have_count(0)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("path", PAGES)
def test_every_page_prints_without_its_controls(page: Any, sign_in: Callable[..., None], path: str) -> None:
    sign_in()
    ready(page, path)
    page.emulate_media(media="print")
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator("button:visible")).to_have_count(0)
    expect(page.locator("h1").first).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
