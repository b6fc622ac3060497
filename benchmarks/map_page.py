"""How long the map page's frames take while 100,000 records are panned, against 100 ms and against Leaflet's own markers.

Run: python benchmarks/map_page.py [--quick]

A made-up month of 100,000 open-data rows is read in, served by `peelian serve` and drawn in headless Chromium without a
graphics card. One hand drags the map to and fro; the time between two frames is what the hand feels. Then 100,000 of
Leaflet's circle markers on its own canvas stand for what the page would be without a layer of ours. --quick: 10,000.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, sleep
from urllib.request import urlopen

import numpy as np
from playwright.sync_api import sync_playwright

LIMIT = 100  # milliseconds
HEADER = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context"
PORT = 8790
PASSWORD = "a-made-up-password-7"
WATCH = """() => {
  window.frames_ = []; let last = performance.now(); window.watching = true;
  const step = (now) => { window.frames_.push(now - last); last = now; if (window.watching) requestAnimationFrame(step); };
  requestAnimationFrame(step);
}"""
MARKERS = """() => {
  const layer = crimeMap.layers.points, scale = 256, renderer = L.canvas({ padding: 0.35 });
  layer.remove();
  for (let i = 0; i < layer.x.length; i++) {
    const lat = Math.atan(Math.sinh(Math.PI * (1 - 2 * layer.y[i] / 256))) * 180 / Math.PI;
    L.circleMarker([lat, layer.x[i] / scale * 360 - 180], { renderer, radius: 3, weight: 1 }).addTo(crimeMap.map);
  }
}"""


def write(folder, number, rng):
    """A month of records: half spread over a county, half in fifty towns; with a grid of 400 areas."""
    towns = rng.uniform([0.05, 51.48], [1.2, 52.05], (50, 2))
    near = towns[rng.integers(0, 50, number // 2)] + rng.normal(0, 0.012, (number // 2, 2))
    spread = rng.uniform([0.02, 51.46], [1.25, 52.08], (number - number // 2, 2))
    rows = [
        f",2026-10,Example Police,Example Police,{x:.6f},{y:.6f},On or near A Road,,,Burglary,,"
        for x, y in np.concatenate([near, spread])
    ]
    (folder / "a-street.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    features = []
    for n in range(400):
        x, y = 0.02 + n % 20 * 0.0615, 51.46 + n // 20 * 0.031
        ring = [[x, y], [x + 0.0615, y], [x + 0.0615, y + 0.031], [x, y + 0.031], [x, y]]
        told = {"LSOA11CD": f"E01{n:06}", "LSOA11NM": f"Example {n:03}A", "LAD13CD": "E07000001", "LAD13NM": "Example"}
        features.append({"type": "Feature", "properties": told, "geometry": {"type": "Polygon", "coordinates": [ring]}})
    (folder / "lsoa.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def drag(page):
    """Milliseconds between frames while the map is dragged three times to and fro."""
    box = page.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(WATCH)
    for _ in range(3):
        page.mouse.move(x, y)
        page.mouse.down()
        for step in [*range(0, 480, 16), *range(480, -480, -16), *range(-480, 0, 16)]:
            page.mouse.move(x + step, y + step / 3)
        page.mouse.up()
        page.wait_for_timeout(400)
    page.evaluate("() => { window.watching = false; }")
    return np.array(page.evaluate("() => window.frames_"))


def show(name, frames):
    print(
        f"  {name:<28} median {np.median(frames):6.1f} ms   95 % under {np.quantile(frames, 0.95):6.1f} ms   longest {frames.max():7.1f} ms"
    )


def main(number):
    env_home = tempfile.TemporaryDirectory()
    folder = Path(env_home.name)
    env = {**os.environ, "PEELIAN_HOME": str(folder / "home")}
    peelian = str(Path(sys.executable).parent / "peelian")
    write(folder, number, np.random.default_rng(1))
    for command in (
        ["areas", "load", str(folder / "lsoa.geojson")],
        ["ingest", "police-uk-street", str(folder / "a-street.csv")],
        ["users", "add", "ann", "--password", PASSWORD],
    ):
        subprocess.run([peelian, *command], env=env, check=True, capture_output=True)
    server = subprocess.Popen([peelian, "serve", "--port", str(PORT)], env=env, stdout=subprocess.PIPE, text=True)
    try:
        address = next(word for word in server.stdout.readline().split() if word.startswith("http"))
        for _ in range(100):
            try:
                urlopen(address).close()
                break
            except OSError:
                sleep(0.1)
        with sync_playwright() as play:
            browser = play.chromium.launch(
                executable_path="/usr/bin/chromium",
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 900})
            page.goto("sign-in/?next=/map/")
            page.get_by_label("Name").fill("ann")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_label("Crime and problem analysis").check()
            started = perf_counter()
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_selector("html[data-map=ready]", state="attached")
            opened = perf_counter() - started
            show("no points", drag(page))
            started = perf_counter()
            page.get_by_role("checkbox", name="Points").check()
            page.locator("#map-state", has_text="drawn as points").wait_for()
            drawn = perf_counter() - started
            one = page.evaluate(
                "() => { const t = performance.now(); for (let i = 0; i < 10; i++) crimeMap.layers.points._update();"
                " return (performance.now() - t) / 10; }"
            )
            frames = drag(page)
            show(f"{number:,} points, peelian", frames)
            page.evaluate("() => { crimeMap.map.setZoom(crimeMap.map.getZoom() + 3, { animate: false }); }")
            closer = drag(page)
            show("  the same, zoomed in", closer)
            page.evaluate("() => { crimeMap.map.setZoom(crimeMap.map.getZoom() - 3, { animate: false }); }")
            page.wait_for_timeout(500)
            page.evaluate(MARKERS)
            peer = drag(page)
            show(f"{number:,} Leaflet markers", peer)
            browser.close()
        print(f"  page opened in {opened:.2f} s; points fetched and drawn in {drawn:.2f} s; one drawing {one:.1f} ms")
        longest = max(frames.max(), closer.max())
        verdict = "holds" if longest < LIMIT else "is missed"
        print(f"  limit of {LIMIT} ms {verdict}; longest frame of Leaflet's markers / ours: {peer.max() / longest:.1f}")
    finally:
        server.terminate()
        server.wait(20)
        env_home.cleanup()


if __name__ == "__main__":
    main(10_000 if "--quick" in sys.argv else 100_000)
