"""May this person see this class of record, for this purpose? One policy, which decides and filters."""

from .engine import NO_RULE, Decision, Policy
from .standing import POLICY

__all__ = ["NO_RULE", "POLICY", "Decision", "Policy"]
