"""Settings of the property tests here."""

from hypothesis import settings

# A time limit in a test fails on a busy machine; speed is measured in benchmarks/.
settings.register_profile("without time limit", deadline=None)
settings.load_profile("without time limit")
