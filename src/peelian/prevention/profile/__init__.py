"""The parts of a problem profile, one question each."""
