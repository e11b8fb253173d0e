"""Synthetic people whose identifiers can be looked for afterwards. Deterministic by number."""

import random
import re
from dataclasses import dataclass

_SYLLABLES = (
    "ka",
    "ki",
    "ku",
    "sa",
    "shi",
    "so",
    "ta",
    "chi",
    "to",
    "na",
    "ni",
    "no",
    "ha",
    "mi",
    "mo",
)
_KANJI = "佐藤鈴木高橋渡辺伊東山本中村小林加賀吉田松井清水森岡近遠武内石坂上野原島崎浜"
_SHORTEST_DIGITS = 9
"""Numbers with fewer digits could stand in a record by chance once their hyphens are gone."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """What identifies a person. Dates are left to the engine's own tests: others may share them."""

    number: int
    family: str
    given: str
    kanji: str
    record_number: str
    insurance: str
    my_number: str
    social_security: str
    phone: str
    email: str
    street: str
    birth_date: str

    def identifiers(self) -> tuple[str, ...]:
        """Return every text that must not appear in anything that comes out."""
        given = (
            *(self.family, self.given, self.kanji, self.record_number, self.insurance),
            *(self.my_number, self.social_security, self.phone, self.email, self.street),
        )
        bare = (re.sub(r"\D", "", text) for text in (self.phone, self.social_security))
        return (*given, *(digits for digits in bare if len(digits) >= _SHORTEST_DIGITS))


def person(number: int) -> Person:
    """Make the person with this number: the same number gives the same person."""
    dice = random.Random(f"iryo-{number}")  # noqa: S311 (nothing secret)

    def word(length: int) -> str:
        return "".join(dice.choice(_SYLLABLES) for _ in range(length)).capitalize()

    def digits(count: int) -> str:
        return "".join(dice.choice("0123456789") for _ in range(count))

    family, given = word(5), word(4)
    year, month, day = dice.randint(1940, 2005), dice.randint(1, 12), dice.randint(1, 28)
    return Person(
        number=number,
        family=family,
        given=given,
        kanji="".join(dice.choice(_KANJI) for _ in range(5)),
        record_number=f"MRN{number:06d}{digits(4)}",
        insurance=f"INS{digits(8)}",
        my_number=_my_number(digits(11)),
        social_security=f"9{digits(2)}-{digits(2)}-{digits(4)}",
        phone=f"090-{digits(4)}-{digits(4)}",
        email=f"{given}.{family}@patients.example".lower(),
        street=f"{word(4)} {digits(2)}-{digits(2)}-{digits(1)}",
        birth_date=f"{year:04d}-{month:02d}-{day:02d}",
    )


def _my_number(eleven: str) -> str:
    """Add the check digit of an individual number (平成 26 年総務省令第 85 号, 5 条)."""
    total = sum(
        int(digit) * (place + 1 if place <= 6 else place - 5)  # noqa: PLR2004
        for place, digit in enumerate(reversed(eleven), start=1)
    )
    remainder = total % 11
    return f"{eleven}{0 if remainder <= 1 else 11 - remainder}"
