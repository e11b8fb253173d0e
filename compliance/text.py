"""What is shown to people in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A text in English and in Japanese."""

    en: str
    ja: str
