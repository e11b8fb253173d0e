"""What a run knows of its steps, in memory and as run.json."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """As SageMaker names them; NOT_EXECUTED are branches not taken and steps after a failure."""

    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    NOT_EXECUTED = "NotExecuted"


@dataclass(kw_only=True)
class StepResult:
    """A step that has ended."""

    name: str
    type: str
    status: Status
    seconds: float = 0.0
    started: float = 0.0
    """Seconds since the run began."""
    attempts: int = 0
    cached: bool = False
    reason: str | None = None
    outcome: str | None = None
    """What a condition decided, or what was registered."""
    properties: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(kw_only=True)
class RunResult:
    """A run that has ended: Succeeded, or Failed with a reason."""

    status: Status
    reason: str | None
    seconds: float
    parameters: dict[str, Any]
    steps: dict[str, StepResult]

    def to_json(self) -> dict[str, Any]:
        """Return the result as run.json holds it."""
        return asdict(self)
