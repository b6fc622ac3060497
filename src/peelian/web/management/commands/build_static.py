"""Take the browser's libraries out of the installed wheels and gather every static file."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import vl_convert
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

EMBED = "window.vegaEmbed = vegaEmbed;"


class Command(BaseCommand):
    """Nothing is fetched: Vega comes from vl-convert, Leaflet from django-leaflet, htmx from django-htmx."""

    help = "Write Vega and Leaflet beside our own static files and collect all of them. Run again after an upgrade."

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, then collect; a bundle of the same version is kept."""
        _vega(settings.BUILT / "vendor")
        _leaflet(settings.BUILT / "vendor" / "leaflet")
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        if options["verbosity"]:
            self.stdout.write("static files are ready")


def _vega(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    script, stamp = folder / "vega.js", folder / "vega.version"
    if script.exists() and stamp.exists() and stamp.read_text() == version("vl-convert-python"):
        return
    script.write_text(vl_convert.javascript_bundle(EMBED))
    stamp.write_text(version("vl-convert-python"))


def _leaflet(folder: Path) -> None:
    # Found, not imported: the package reads Django's settings on import and wants to be an app.
    spec = find_spec("leaflet")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("django-leaflet is not installed")
    source = Path(spec.submodule_search_locations[0]) / "static" / "leaflet"
    (folder / "images").mkdir(parents=True, exist_ok=True)
    # leaflet.js names its source map; the store of static files refuses a name that leads nowhere.
    for name in (
        "leaflet.js",
        "leaflet.js.map",
        "leaflet.css",
        "images/layers.png",
        "images/layers-2x.png",
        "images/marker-icon.png",
    ):
        shutil.copy(source / name, folder / name)
