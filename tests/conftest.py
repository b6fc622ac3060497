"""What every test may use."""

from pathlib import Path

import pytest
from hypothesis import settings

# A loaded machine is no fault of the code; time limits stand in benchmarks/.
settings.register_profile("peelian", deadline=None)
settings.load_profile("peelian")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the repository; a test that needs it is skipped where it is absent."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the folder of real data (../shared) is not here")
    return folder
