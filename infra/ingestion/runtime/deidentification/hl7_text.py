"""HL7 v2 text: character sets (MSH-18), delimiters (MSH-1, MSH-2) and escape sequences."""

import re
from functools import lru_cache
from typing import NamedTuple

from .errors import Reason, Rejected
from .records import check_message

_ISO_2022 = "iso2022_jp_ext"
"""JIS X 0201 kana and JIS X 0212 as well as JIS X 0208."""

# HL7 table 0211, and the names that Japanese systems write in its place.
CHARSETS = {
    **dict.fromkeys(("UNICODE UTF-8", "UNICODE", "UTF-8", "UTF8"), "utf-8"),
    **dict.fromkeys(("ISO IR87", "ISO IR159", "JIS X 0202", "JAS2020"), _ISO_2022),
    **dict.fromkeys(("ISO-2022-JP", "ISO 2022-JP", "ISO2022JP"), _ISO_2022),
    **dict.fromkeys(("ISO IR14", "ISO IR13", "SHIFT_JIS", "SHIFT-JIS", "SJIS"), "cp932"),
    **dict.fromkeys(("MS932", "CP932", "WINDOWS-31J"), "cp932"),
    **dict.fromkeys(("EUC-JP", "EUCJP"), "euc_jp"),
    **{f"8859/{part}": f"iso8859_{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
    **dict.fromkeys(("ASCII", "ISO IR6", ""), "ascii"),
}


class Delimiters(NamedTuple):
    """Of fields, components, repetitions, escapes and subcomponents."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"


def decoded(message: bytes) -> tuple[str, str]:
    """Return a message's text and the codec it came in. Raises Rejected."""
    message = message.strip(b"\x0b\x1c").removeprefix(b"\xef\xbb\xbf")
    check_message(message)
    codec = _codec(message)
    try:
        text = message.decode(codec)
    except UnicodeDecodeError as error:
        raise Rejected(
            Reason.INVALID_ENCODING, f"byte {error.start} is not {codec}, which MSH-18 names"
        ) from None
    if "\0" in text:
        raise Rejected(Reason.INVALID_ENCODING, "the message holds NUL characters")
    return text, codec


def delimiters(header: str) -> Delimiters:
    """Read MSH-1 and MSH-2; what MSH-2 leaves out has its usual character."""
    field = header[3]
    given = header[4:].split(field, 1)[0][:4]
    return Delimiters(field, *given, *Delimiters()[len(given) + 1 :])


class Escapes:
    """Escape sequences for one set of delimiters and one codec."""

    def __init__(self, marks: Delimiters, codec: str) -> None:
        letters = {"F": marks.field, "S": marks.component, "T": marks.subcomponent}
        letters |= {"R": marks.repetition, "E": marks.escape}
        self._meaning = letters
        self._mark = marks.escape
        self._codec = codec
        mark = re.escape(marks.escape)
        self._sequence = re.compile(f"{mark}([^{mark}]{{1,200}}){mark}")
        self._table = str.maketrans(
            {char: f"{self._mark}{letter}{self._mark}" for letter, char in letters.items()}
            | {"\r": f"{self._mark}.br{self._mark}", "\n": f"{self._mark}.br{self._mark}"}
        )

    def undone(self, text: str) -> str:
        """Return the text that was meant."""
        return self._sequence.sub(self._meant, text) if self._mark in text else text

    def done(self, text: str) -> str:
        """Return the text with its delimiters escaped."""
        return text.translate(self._table)

    def _meant(self, match: re.Match[str]) -> str:
        sequence = match.group(1)
        if sequence in self._meaning:
            return self._meaning[sequence]
        if sequence.startswith("X"):
            try:
                return bytes.fromhex(sequence[1:]).decode(self._codec, "replace")
            except ValueError:
                return ""
        return " " if sequence.startswith(".") else ""


def _codec(message: bytes) -> str:
    field = message[3:4]
    header = message.replace(b"\n", b"\r").partition(b"\r")[0].split(field)
    named = header[17] if len(header) > 17 else b""  # noqa: PLR2004  MSH-18
    codec = _named(named, message[5:6])
    return _guessed(message) if codec == "ascii" else codec


@lru_cache(maxsize=64)
def _named(field: bytes, repetition: bytes) -> str:
    """Return the codec for MSH-18. Raises Rejected."""
    codecs = []
    for name in field.split(repetition):
        known = CHARSETS.get(name.decode("ascii", "replace").strip().upper())
        if known is None:
            raise Rejected(Reason.INVALID_ENCODING, "MSH-18 names an unknown character set")
        codecs.append(known)
    if _ISO_2022 in codecs:
        return _ISO_2022
    return next((codec for codec in codecs if codec != "ascii"), "ascii")


def _guessed(message: bytes) -> str:
    """Old interfaces leave MSH-18 empty and send what their system has."""
    if b"\x1b$" in message or b"\x1b(" in message:
        return _ISO_2022
    if message.isascii():
        return "ascii"
    for codec in ("utf-8", "cp932"):
        try:
            message.decode(codec)
        except UnicodeDecodeError:
            continue
        return codec
    raise Rejected(Reason.INVALID_ENCODING, "MSH-18 is empty and the bytes are no known set")
