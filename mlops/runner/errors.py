"""What goes wrong in a run."""


class RunError(ValueError):
    """A run cannot be started: a wrong parameter, no data, a step type that needs AWS."""


class StepFailedError(Exception):
    """A step failed; `fault` is SageMaker's name for it when a retry may help."""

    def __init__(self, reason: str, *, fault: str | None = None) -> None:
        self.reason = reason
        self.fault = fault
        super().__init__(reason)
