"""The classes of data, which every room's settings may name."""

from enum import StrEnum


class DataClass(StrEnum):
    """The three classes of requirements 3.1.1."""

    CONFIDENTIAL = "confidential"
    IMPORTANT = "important"
    GENERAL = "general"

    def may_see(self, other: "DataClass") -> bool:
        """Tell whether what handles this class may also handle the other."""
        ranks = (DataClass.GENERAL, DataClass.IMPORTANT, DataClass.CONFIDENTIAL)
        return ranks.index(other) <= ranks.index(self)
