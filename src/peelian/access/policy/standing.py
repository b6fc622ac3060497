"""The policy in force: the files beside this one, read and checked once."""

from __future__ import annotations

from pathlib import Path

from .engine import Policy

POLICY = Policy.read(Path(__file__).parent)
