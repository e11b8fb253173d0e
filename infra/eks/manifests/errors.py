"""What can be wrong with manifests as a whole."""

from collections.abc import Iterable


class ManifestError(ValueError):
    """Manifests that may not be deployed; `sentences` says why, one each."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = list(sentences)
        super().__init__("\n".join(self.sentences))


class SchemaError(ManifestError):
    """There are no schemas to check with."""
