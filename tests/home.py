"""Loaded before all else (`-p tests.home`): tests run on a data folder of their own and never touch the user's.

A conftest is too late: Django reads its settings, and with them the folder's name, before any conftest is loaded.
"""

import atexit
import os
import shutil
import tempfile

os.environ["PEELIAN_HOME"] = tempfile.mkdtemp(prefix="peelian-test-")
atexit.register(shutil.rmtree, os.environ["PEELIAN_HOME"], ignore_errors=True)
