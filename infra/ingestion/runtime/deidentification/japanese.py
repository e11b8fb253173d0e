"""Japanese numbers and writings: マイナンバー, postal codes, kana and full-width forms."""

import re
import unicodedata

_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_POSTAL = re.compile(r"〒?\s*(\d{3})-?(\d{4})")
MY_NUMBER_LENGTHS = range(12, 25)
"""Characters that 12 digits take, with a separator after each at most."""
_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def folded(text: str) -> str:
    """Return one writing for all: NFKC (widths), katakana, lower case."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).translate(_HIRAGANA_TO_KATAKANA).lower()


def digits(text: str) -> str:
    """Return the digits of a number however it is spaced, hyphenated or widened."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(character for character in text if "0" <= character <= "9")


def is_my_number(text: str) -> bool:
    """Tell whether a text is 12 digits whose last is the check digit of an 個人番号.

    平成26年総務省令第85号 第5条: 11 less the remainder by 11 of the weighted sum, 0 when that
    remainder is 0 or 1.
    """
    if len(text) not in MY_NUMBER_LENGTHS:
        return False
    number = digits(text)
    if len(number) != 12:  # noqa: PLR2004  the length of an 個人番号
        return False
    remainder = sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=False)) % 11
    return int(number[11]) == (0 if remainder <= 1 else 11 - remainder)


def postal_prefix(text: str) -> str | None:
    """Return the first three digits of a 郵便番号 (NNN-NNNN), None when it is none."""
    match = _POSTAL.fullmatch(unicodedata.normalize("NFKC", text).replace("‐", "-").strip())
    return match.group(1) if match else None
