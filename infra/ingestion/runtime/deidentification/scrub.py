"""Free text without what the record itself names and without what looks like an identifier.

This finds what is known or has a form. It does not find a name that the record names nowhere and
that no title or suffix marks: drop texts (the default) where that must not happen.
"""

import re
import unicodedata
from collections.abc import Iterable

from .dates import ERA, Written, read
from .japanese import digits, folded

REMOVED = "[removed]"
_BLANKS = re.compile(r"[\s・,，、.．]+")
_MINIMUM_ANYWHERE = 4
_MINIMUM_DIGITS = 4
_SEPARATED = r"[\s\-‐‑–−ー－.()（）/]*"

_NAME = r"[一-龥々ぁ-んァ-ヶー]{1,8}(?:[ 　・][一-龥々ぁ-んァ-ヶー]{1,8})?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+",
        r"(?:https?|ftp)://\S+|www\.\S+|\b[\w-]+\.(?:com|org|net|jp|co\.jp|go\.jp)\b\S*",
        r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7}\b",
        r"\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b",
        r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b",
        ERA.pattern,
        r"\d{4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?(?:[ t]?\d{1,2}:\d{2}(?::\d{2})?)?",
        r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}月\d{1,2}日",
        r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:,? \d{4})?",
        r"\b\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?: \d{4})?",
        r"(?:9\d|1[0-4]\d)\s*(?:歳|才|years?|y/?o|yrs?)|\baged? (?:9\d|1[0-4]\d)\b",
        # plates: 品川 300 あ 12-34
        r"[一-龥]{1,4}\s?\d{2,3}\s?[ぁ-ん]\s?\d{1,2}[-・ー]?\d{2}",
        r"〒?\s?\d{3}-\d{4}",
        # numbers with separators of six digits or more, and numbers joined to letters
        r"[+(（]?\d(?:[\s\-‐‑–−ー－.()（）/]?\d){5,}",
        r"\b(?=\w*\d{3})(?=\w*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*\b",
        r"\b(?:mr|mrs|ms|dr|prof)\.? [a-z][\w'-]*(?: [A-Z][\w'-]*)?",
        _NAME + r"(?:様|さん|さま|殿|氏|先生|医師|看護師|君|ちゃん)",
        r"[一-龥]{2,3}[都道府県]?[一-龥ぁ-んァ-ヶ]{1,8}[市区町村郡][一-龥ぁ-んァ-ヶ0-9\-丁目番地号]*",
    )
)


class Scrubber:
    """Removes from texts what `known` holds (names, numbers, addresses, dates of a record).

    Texts come out in NFKC: full-width digits and half-width kana are found in either writing.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = _known_pattern(known)

    def scrub(self, text: str) -> str:
        """Return the text with each find replaced by a mark."""
        text = unicodedata.normalize("NFKC", text)
        if self._known:
            text = _replace_folded(self._known, text)
        for pattern in _PATTERNS:
            text = pattern.sub(REMOVED, text)
        return text


def _replace_folded(pattern: re.Pattern[str], text: str) -> str:
    """Find in the folded text, replace in the text: folding NFKC text keeps every length."""
    same = folded(text)
    if len(same) != len(text):
        return pattern.sub(REMOVED, same)
    kept, end = [], 0
    for match in pattern.finditer(same):
        kept += [text[end : match.start()], REMOVED]
        end = match.end()
    return "".join(kept) + text[end:]


def _known_pattern(known: Iterable[str]) -> re.Pattern[str] | None:
    writings = {writing for value in known for writing in _writings(value)}
    if not writings:
        return None
    longest_first = sorted(writings, key=lambda item: (-len(item), item))
    return re.compile("|".join(longest_first), re.IGNORECASE)


def _writings(value: str) -> Iterable[str]:
    """Yield patterns for the ways to write a value: in parts, joined, as a number, as a date."""
    text = folded(value).strip()
    parts = [part for part in _BLANKS.split(text) if part]
    if len(parts) > 1:
        yield r"[\s・,、.]*".join(re.escape(part) for part in parts)
    for part in parts:
        yield from _word(part)
    number = digits(text)
    if len(number) >= _MINIMUM_DIGITS:
        yield _SEPARATED.join(number)
    written = read(value)
    if written and written.month and written.day:
        yield from _date_writings(written)


def _word(word: str) -> Iterable[str]:
    if not word.isascii() or len(word) >= _MINIMUM_ANYWHERE:
        yield re.escape(word)
    elif len(word) > 1:
        yield rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])"


def _date_writings(written: Written) -> Iterable[str]:
    year, month, day = written[:3]
    yield rf"{year}\D{{0,2}}0?{month}\D{{0,2}}0?{day}(?!\d)"
    yield rf"0?{month}[/.-]0?{day}[/.-](?:{year}|{int(year) % 100:02})(?!\d)"
    yield rf"0?{day}[/.-]0?{month}[/.-](?:{year}|{int(year) % 100:02})(?!\d)"
