"""Dates as records write them: ISO 8601 (FHIR), HL7 v2, slashes, Japanese and 和暦 (eras).

A date is shifted or cut to its year and written in the form it came in; an era date is written as
ISO. What is no date gives None, and is dropped by the caller.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

# 一 to 九十九 as era years, months and days are written; 元 is an era's first year.
_KANJI_DIGITS = {k: n for n, k in enumerate("〇一二三四五六七八九")} | {"元": 1}
_ERAS = {
    # the Gregorian year before each era's first; also as a letter, a character, a number
    **dict.fromkeys(("明治", "明", "M", "1"), 1867),
    **dict.fromkeys(("大正", "大", "T", "2"), 1911),
    **dict.fromkeys(("昭和", "昭", "S", "3"), 1925),
    **dict.fromkeys(("平成", "平", "H", "4"), 1988),
    **dict.fromkeys(("令和", "令", "R", "5"), 2018),
}
_PLAUSIBLE = range(1800, 2200)
"""A year outside is rather part of some number: of a telephone, for example."""
_NUMBER = r"[0-9〇一二三四五六七八九十元]{1,3}"
_ZONE = r"(?:Z|[+-]\d{2}:?\d{2})?"
_ISO = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})([T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?" + _ZONE + r")?)?)?",
    re.ASCII,
)
_HL7 = re.compile(
    r"(\d{4})(?:(\d{2})(?:(\d{2})((?:\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,4})?)?)?)?(?:[+-]\d{4})?))?)?",
    re.ASCII,
)
_SLASHES = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})( \d{1,2}:\d{2}(?::\d{2})?)?", re.ASCII)
_JAPANESE = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?", re.ASCII)
ERA = re.compile(
    rf"(明治|大正|昭和|平成|令和|[明大昭平令MTSHRmtshr])\.?\s*({_NUMBER})\s*[年.\-/]\s*"
    rf"(?:({_NUMBER})\s*[月.\-/]\s*(?:({_NUMBER})\s*日?)?)?"
)
_ERA_DIGITS = re.compile(r"([MTSHRmtshr1-5])(\d{2})(\d{2})(\d{2})")


class Written(NamedTuple):
    """A date taken apart: absent month or day is None; `form` writes it again."""

    year: int
    month: int | None
    day: int | None
    form: str
    rest: str


@lru_cache(maxsize=16_384)
def read(value: str) -> Written | None:
    """Read a date in any of the forms; None when it is none or not in the calendar."""
    if not value.isascii():
        value = unicodedata.normalize("NFKC", value)
    value = value.strip()
    for pattern, form in _FORMS:
        match = pattern.fullmatch(value)
        if match:
            year, month, day, *rest = match.groups()
            return _checked(int(year), month, day, form, (rest[0] or "") if rest else "")
    return _read_era(value)


def shift(value: str, days: int) -> str | None:
    """Move a date by whole days: time of day, zone and precision stay as they are."""
    written = read(value)
    if written is None:
        return None
    # A month or a year alone is moved from its middle, so that it errs by half of it at most.
    start = date(written.year, written.month or 7, written.day or (15 if written.month else 1))
    try:
        moved = start + timedelta(days=days)
    except OverflowError:
        return None
    return _write(
        Written(
            moved.year,
            moved.month if written.month else None,
            moved.day if written.day else None,
            written.form,
            written.rest,
        )
    )


def year_of(value: str) -> int | None:
    """Return the Gregorian year."""
    written = read(value)
    return written.year if written else None


def _checked(year: int, month: str | None, day: str | None, form: str, rest: str) -> Written | None:
    if year not in _PLAUSIBLE:
        return None
    months = int(month) if month else None
    days = int(day) if day else None
    try:
        date(year, months or 1, days or 1)
    except ValueError:
        return None
    return Written(year, months, days, form, rest)


def _read_era(value: str) -> Written | None:
    match = ERA.fullmatch(value) or _ERA_DIGITS.fullmatch(value)
    if not match:
        return None
    era, year, month, day = match.groups()
    number = _number(year)
    if not number:
        return None
    return _checked(
        _ERAS[era.upper()] + number,
        str(_number(month)) if month else None,
        str(_number(day)) if day else None,
        "iso",
        "",
    )


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, units = text.rpartition("十")
    value = _KANJI_DIGITS.get(units, 0) if units else 0
    return value + (_KANJI_DIGITS.get(tens, 1) * 10 if ten else 0)


def _write_iso(written: Written) -> str:
    return "-".join(
        f"{part:02}" if index else f"{part:04}"
        for index, part in enumerate(written[:3])
        if isinstance(part, int)
    )


def _write_hl7(written: Written) -> str:
    return _write_iso(written).replace("-", "")


def _write_slashes(written: Written) -> str:
    return _write_iso(written).replace("-", "/")


def _write_japanese(written: Written) -> str:
    text = f"{written.year}年"
    if written.month:
        text += f"{written.month}月"
    return text + (f"{written.day}日" if written.day else "")


_FORMS = ((_ISO, "iso"), (_HL7, "hl7"), (_SLASHES, "slashes"), (_JAPANESE, "japanese"))
_WRITERS: dict[str, Callable[[Written], str]] = {
    "iso": _write_iso,
    "hl7": _write_hl7,
    "slashes": _write_slashes,
    "japanese": _write_japanese,
}


def _write(written: Written) -> str:
    return _WRITERS[written.form](written) + written.rest
