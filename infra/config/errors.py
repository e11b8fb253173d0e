"""What is said when an environment file is wrong."""

from pathlib import Path


class ConfigError(ValueError):
    """An environment file cannot be used.

    `sentences` holds one sentence a mistake; each names the file, the key, what was given and
    what is allowed, so that it can be printed as it is.
    """

    def __init__(self, file: Path | str, mistakes: list[str]) -> None:
        self.file = str(file)
        self.sentences = [f"{file}: {mistake}" for mistake in mistakes]
        super().__init__("\n".join(self.sentences))


class DescriptionError(ValueError):
    """What a file describes cannot be deployed; `mistakes` are sentences without its name."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


class NotJudgedError(RuntimeError):
    """Whatever must judge an environment file is not there or gave no answer."""
