"""What is said to a person who handed over something that is no report."""


class ReportError(ValueError):
    """A report cannot be made or read: its message is one sentence that says why."""
