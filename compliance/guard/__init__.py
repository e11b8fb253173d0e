"""The guard of stateful data: no change may replace, lose or weaken it unless that is declared."""

from compliance.guard.errors import GuardError
from compliance.guard.replacement import Replacement, ReplacementError, What, declare

__all__ = ["GuardError", "Replacement", "ReplacementError", "What", "declare"]
