"""Where this installation keeps its data: PEELIAN_HOME, or the user's data folder."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The data folder, made on first use and readable by its owner alone."""
    path = Path(os.environ.get("PEELIAN_HOME") or platformdirs.user_data_dir("peelian"))
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
