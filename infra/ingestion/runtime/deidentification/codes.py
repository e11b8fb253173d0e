"""Known sets: code systems and their codes, words of FHIR's `code`, units, places, addresses."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_ANNOTATION = re.compile(r"\{[^{}]*\}")
_LONGEST_UNIT = 40
_LONGEST_CODE = 64


class Codes:
    """Answers whether a value belongs to a known set of catalogue/codes.toml."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self.words = frozenset(catalogue["words"].split())
        self.countries = frozenset(catalogue["countries"].split())
        self.states = frozenset(catalogue["states"].split())
        self.currencies = frozenset(catalogue["currencies"].split())
        self.url_prefixes = tuple(catalogue["standard_urls"]["prefixes"])
        self._units = _unit_pattern(catalogue)
        self._systems = catalogue["systems"]
        self._begin = tuple(key[:-1] for key in self._systems if key.endswith("*"))
        self.pattern = lru_cache(maxsize=1024)(self._pattern)
        self.is_code = lru_cache(maxsize=16_384)(self._is_code)
        self.unit = lru_cache(maxsize=1024)(self._checked_unit)

    def _is_code(self, system: str, code: str) -> bool:
        """Tell whether the system is known and the code has the system's form."""
        if len(code) > _LONGEST_CODE:
            return False
        pattern = self.pattern(system)
        if pattern == "unit":
            return self.unit(code) == code
        return pattern is not None and re.fullmatch(pattern, code, re.ASCII) is not None

    def _checked_unit(self, text: str) -> str | None:
        """Return a unit without annotations, None when it is none."""
        if len(text) > _LONGEST_UNIT:
            return None
        bare = _ANNOTATION.sub("", text)
        return (bare or "1") if self._units.fullmatch(bare) else None

    def _pattern(self, system: str) -> str | None:
        exact = self._systems.get(system)
        if exact is not None or not system.startswith(self._begin):
            return None if exact is None else str(exact)
        # 99239 is a ZIP code rather than the mnemonic of a local system (99zzz).
        if system.isdigit() or not re.fullmatch(r"[A-Za-z0-9:/._-]{1,120}", system):
            return None
        longest = max((key for key in self._begin if system.startswith(key)), key=len)
        return str(self._systems[f"{longest}*"])


def _unit_pattern(catalogue: Mapping[str, Any]) -> re.Pattern[str]:
    """Match a unit: atoms with prefix and exponent, joined by points and slashes.

    Digits alone are only 1, 10 and 100: a longer number may be somebody's.
    """
    longest_first = sorted(catalogue["units"].split(), key=len, reverse=True)
    atoms = "|".join(re.escape(atom) for atom in longest_first)
    prefixes = "|".join(catalogue["prefixes"].split())
    term = rf"(?:{prefixes})?(?:{atoms})[+-]?\d{{0,2}}"
    factor = rf"(?:(?:\d{{1,2}}\s?)?{term}|x?10[*^]?[+-]?\d|10[*^][+-]?\d\d|100?|1)"
    return re.compile(rf"/?\s?(?:{factor}(?:\s?[./*]\s?{factor}){{0,4}})?")
