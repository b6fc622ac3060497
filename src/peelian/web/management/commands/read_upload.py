"""The process of one load of files; started by the site."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from peelian.web import loads


class Command(BaseCommand):
    """Run by `peelian.web.loads.start`, which hands it the load's lock."""

    help = "Read the files of one load. Started by the site, not by hand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The id of the load."""
        parser.add_argument("load")

    def handle(self, *args: Any, load: str, **options: Any) -> None:
        """Read them."""
        loads.work(load)
