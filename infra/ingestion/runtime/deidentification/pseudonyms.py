"""Keyed pseudonyms and date offsets: HMAC-SHA256 (RFC 2104) of the identifier's value.

The value alone is hashed, never its type or source, so that a patient number has the same
pseudonym in a FHIR resource, an HL7 v2 message and a CSV cell.
"""

import hashlib
import unicodedata
from binascii import hexlify
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from .errors import PolicyError
from .japanese import MY_NUMBER_LENGTHS, is_my_number

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

MINIMUM_KEY_BYTES = 32
"""As long as the digest: RFC 2104, section 3, discourages shorter keys."""
_BACKSLASH = b"\\"[0]
_BLOCK = 64
_BYTES = 16
"""Of the digest: 128 bits, the length of a UUID."""
_REMEMBERED = 65_536
_MAYBE_NONE = frozenset((0, *MY_NUMBER_LENGTHS))


class Pseudonyms:
    """Turns identifiers into pseudonyms and patients into date offsets.

    `domain` separates releases: two domains give unrelated pseudonyms for one identifier.
    `shift_days` is the largest date offset, in days either way; an offset is never zero.
    Raises PolicyError on a key of less than 32 bytes.
    """

    def __init__(self, key: bytes, *, domain: str, shift_days: int) -> None:
        if len(key) < MINIMUM_KEY_BYTES:
            raise PolicyError(
                f"the pseudonym key has {len(key)} bytes; at least {MINIMUM_KEY_BYTES} are needed"
            )
        self._inner, self._outer = _padded(key, f"pseudonym\0{domain}\0")
        self._offset_inner, self._offset_outer = _padded(key, f"offset\0{domain}\0")
        self._shift_days = shift_days
        self.known: dict[bytes, bytes] = {}
        """Pseudonyms made before, by identifier; emptied when it has grown.

        None with a backslash is among them, so that the inside of a JSON text may be looked up.
        """
        self.offset = lru_cache(maxsize=_REMEMBERED)(self._offset)

    def pseudonym(self, value: str) -> str | None:
        """Return 32 hexadecimal digits: a valid FHIR id, and a UUID without its hyphens.

        None for a マイナンバー: a code made from an 個人番号 is one itself (番号法 第2条第8項).
        """
        made = self.of_bytes(_normalised(value))
        return made.decode() if made else None

    def of_bytes(self, value: bytes) -> bytes | None:
        """Return the pseudonym of an identifier that is ASCII, or normalised already."""
        known = self.known.get(value)
        if known is not None:
            return known
        made = self.of_plain(value)
        if _BACKSLASH in value:
            self.known.pop(value, None)
        return made

    def of_plain(self, value: bytes) -> bytes | None:
        """Make the pseudonym of an identifier that is not in `known` and has no backslash."""
        stripped = value.strip()
        if len(stripped) in _MAYBE_NONE and (
            not stripped or is_my_number(stripped.decode("utf-8", "replace"))
        ):
            return None
        inner = self._inner()
        inner.update(stripped)
        outer = self._outer()
        outer.update(inner.digest())
        made = hexlify(outer.digest()[:_BYTES])
        known = self.known
        if len(known) >= _REMEMBERED:
            known.clear()
        known[value] = made
        return made

    def uuid(self, value: str) -> str | None:
        """Return the pseudonym in the form that urn:uuid asks for."""
        made = self.pseudonym(value)
        if made is None:
            return None
        return f"{made[:8]}-{made[8:12]}-{made[12:16]}-{made[16:20]}-{made[20:]}"

    def _offset(self, patient: str) -> int:
        """Return the patient's date offset in days, from -shift_days to shift_days without 0."""
        inner = self._offset_inner()
        inner.update(_normalised(patient))
        outer = self._offset_outer()
        outer.update(inner.digest())
        drawn = int.from_bytes(outer.digest()[:8]) % (2 * self._shift_days)
        days = drawn - self._shift_days
        return days if days < 0 else days + 1


def _normalised(value: str) -> bytes:
    if value.isascii():
        return value.strip().encode()
    # Full-width digits and letters are the same number; lone surrogates cannot be UTF-8.
    return unicodedata.normalize("NFKC", value).strip().encode("utf-8", "surrogatepass")


def _padded(key: bytes, prefix: str) -> "tuple[Callable[[], Hash], Callable[[], Hash]]":
    """Return what begins the inner hash (with a prefix) and the outer hash of HMAC-SHA256.

    Both blocks are hashed once; `hmac.digest` would start anew for every message and take twice
    as long.
    """
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    padded = key.ljust(_BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + prefix.encode())
    return inner.copy, hashlib.sha256(bytes(byte ^ 0x5C for byte in padded)).copy
