"""HTML in two languages. Whatever comes from a template or a framework is escaped here."""

from html import escape

from compliance.evidence import wording
from compliance.text import Text


def escaped(text: str) -> str:
    """Return text as it may stand in HTML, inside of quotes too."""
    return escape(text, quote=True)


def both(key: str, **values: object) -> str:
    """Return the words of the page under a key in both languages; style shows one of them."""
    english, japanese = wording.page()[key]
    return two(english.format(**values), japanese.format(**values))


def two(english: str, japanese: str) -> str:
    """Return both texts, each marked with its language."""
    return (
        f'<span class="w" lang="en">{escaped(english)}</span>'
        f'<span class="w" lang="ja">{escaped(japanese)}</span>'
    )


def text(given: Text) -> str:
    """Return a text of a framework in both languages."""
    return two(given.en, given.ja)


def name_of(verdict: str) -> str:
    """Return a verdict's name as a class and an icon have it."""
    return verdict.replace(" ", "-")


def icon(verdict: str) -> str:
    """Return the icon of a verdict; its meaning always stands beside it in words."""
    name = name_of(verdict)
    return f'<svg class="icon {name}" aria-hidden="true"><use href="#i-{name}"/></svg>'
