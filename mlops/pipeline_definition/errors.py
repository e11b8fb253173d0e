"""What is said when a pipeline definition is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One mistake: the step (or "pipeline"), the key in it, and what is wrong and allowed."""

    step: str
    key: str
    what: str

    def __str__(self) -> str:
        """Return the sentence."""
        place = f"step {self.step}" if self.step else "pipeline"
        return f"{place}: {self.key}: {self.what}" if self.key else f"{place}: {self.what}"


class DefinitionError(ValueError):
    """A pipeline definition cannot be used; `sentences` has one for each mistake."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        self.sentences = [f"{name}: {problem}" for problem in problems]
        super().__init__("\n".join(self.sentences))
