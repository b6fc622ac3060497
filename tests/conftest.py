"""What every test may use. Tests run on a data folder of their own and never touch the user's."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

# Before Django reads its settings: a folder for this test process alone.
_HOME = tempfile.mkdtemp(prefix="peelian-test-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["PEELIAN_HOME"] = _HOME


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the repository; a test that needs it is skipped where it is absent."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the folder of real data (../shared) is not here")
    return folder
