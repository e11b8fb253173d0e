"""One measured figure."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A measurement, what it is held against, and what was promised.

    `value` and `limit` are in `unit`; `at_least` says on which side of the limit is good.
    `baseline` names what a ratio was measured against in the same run.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    baseline: str = ""

    @property
    def good(self) -> bool | None:
        """Whether the promise is kept; None where nothing was promised."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit
