"""What is said when the guard was given something that it cannot compare."""


class GuardError(ValueError):
    """Wrong input; the message is one sentence for the person who gave it."""
