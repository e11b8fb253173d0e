"""Single values by kind and action: one small function each, the same for every format.

A value function takes text, a number or a boolean, and a `Context`; it returns what is kept.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from . import dates
from .codes import Codes
from .japanese import postal_prefix
from .policy import Action, Policy
from .pseudonyms import Pseudonyms
from .scrub import Scrubber


@dataclass(slots=True)
class Context:
    """What the values of one record share."""

    offset: int | None = None
    """The patient's date offset in days; None when there is no patient."""
    scrubber: Scrubber | None = None


Value = Callable[[Any, Context], Any]

_TIME = re.compile(r"\d{2}:?\d{2}(?::?\d{2}(?:\.\d{1,6})?)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d{0,11})(?:\.\d{1,10})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_STANDARD_URL = re.compile(r"[A-Za-z0-9:/._|-]{1,200}", re.ASCII)
_SAMPLE = r"(?:[+-]?\d{1,7}(?:\.\d{1,6})?|[EUL])"
_SAMPLES = re.compile(rf"{_SAMPLE}(?: {_SAMPLE})+", re.ASCII)
_US_ZIP = re.compile(r"(\d{3})(?:\d{2}(?:-?\d{4})?)?", re.ASCII)
_LONGEST_DISPLAY = 250


class Values:
    """Builds the value functions of a policy. `today` decides which years tell an old age."""

    def __init__(self, policy: Policy, pseudonyms: Pseudonyms, *, today: date) -> None:
        self._policy = policy
        self.pseudonyms = pseudonyms
        self._largest = policy.largest_number
        self.codes = Codes(policy.codes)
        self._oldest_year = None if policy.oldest_age is None else today.year - policy.oldest_age
        """Born or dated before it means older than oldest_age this year."""

    def of(self, kind: str) -> Value | None:
        """Return the function of a kind, None when it is dropped."""
        action = self._policy.action(kind)
        if action is Action.REDACT:
            return None
        return self._keep(kind) if action is Action.KEEP else self.doing(action)

    def doing(self, action: Action) -> Value:
        """Return the function of an action that changes a value."""
        makers: dict[Action, Value] = {
            Action.PSEUDONYM: self._pseudonym,
            Action.DATE_SHIFT: self._shifted,
            Action.YEAR_ONLY: self._year,
            Action.GENERALISE: self._span,
            Action.ZIP3: self._zip3,
            Action.TOP_CODE: self._top_coded,
            Action.SCRUB: self._scrubbed,
        }
        return makers[action]

    @staticmethod
    def is_contextual(action: Action) -> bool:
        """Tell whether the result depends on more than the value."""
        return action in (Action.DATE_SHIFT, Action.SCRUB)

    def capped(self, age: float) -> float:
        """Return an age in years, top-coded where the policy asks for it."""
        oldest = self._policy.oldest_age
        if self._policy.action("age") is Action.KEEP or oldest is None or age <= oldest:
            return age
        return oldest + 1

    def number(self, value: Any) -> int | float | None:
        """Return a number that may be a measurement: not so long that it is a person's number."""
        measured = type(value) in (int, float) and -self._largest <= value <= self._largest
        return value if measured else None

    def number_text(self, value: Any, _: Context) -> Any:
        """Return a number, in JSON or as text."""
        if type(value) is str:
            match = _NUMBER.fullmatch(value)
            return value if match and self.number(float(value)) is not None else None
        return self.number(value)

    def _keep(self, kind: str) -> Value:
        codes = self.codes
        checked: dict[str, Value] = {
            "code": _member(codes.words),
            "country": _member(codes.countries),
            "state": _member(codes.states),
            "currency": _member(codes.currencies),
            "boolean": lambda value, _: value if type(value) is bool else None,
            "number": self.number_text,
            "age": self.number_text,
            "unit": lambda value, _: codes.unit(value) if type(value) is str else None,
            "time": _form(_TIME),
            "sampled_data": _form(_SAMPLES),
            "coded_text": lambda value, _: (
                value if type(value) is str and len(value) <= _LONGEST_DISPLAY else None
            ),
            "standard_url": self._standard_url,
            "code_system": lambda value, _: (
                value if type(value) is str and codes.pattern(value) else None
            ),
            "date": _date,
            "birth_date": _date,
        }
        return checked.get(kind, _scalar)

    def _standard_url(self, value: Any, _: Context) -> Any:
        known = type(value) is str and value.startswith(self.codes.url_prefixes)
        return value if known and _STANDARD_URL.fullmatch(value) else None

    def _pseudonym(self, value: Any, _: Context) -> str | None:
        return self.pseudonyms.pseudonym(value) if type(value) is str else None

    def _shifted(self, value: Any, context: Context) -> str | None:
        if type(value) is not str or context.offset is None:
            return None
        return dates.shift(value, context.offset)

    def _year(self, value: Any, _: Context) -> str | None:
        year = dates.year_of(value) if type(value) is str else None
        if year is None or (self._oldest_year is not None and year < self._oldest_year):
            return None
        return f"{year:04}"

    def _span(self, value: Any, context: Context) -> str | None:
        year = self._year(value, context)
        span = self._policy.generalise_years
        return f"{int(year) // span * span:04}" if year else None

    def _zip3(self, value: Any, _: Context) -> str | None:
        if type(value) is not str:
            return None
        japanese = postal_prefix(value)
        if japanese:
            return japanese if self._policy.japanese_postal else None
        match = _US_ZIP.fullmatch(unicodedata.normalize("NFKC", value).strip())
        if not match:
            return None
        return "000" if match.group(1) in self._policy.zip3_restricted else match.group(1)

    def _top_coded(self, value: Any, context: Context) -> Any:
        number = self.number_text(value, context)
        if number is None:
            return None
        capped = self.capped(float(number))
        if capped == float(number):
            return value
        return str(int(capped)) if type(value) is str else int(capped)

    def _scrubbed(self, value: Any, context: Context) -> str | None:
        if type(value) is not str or context.scrubber is None:
            return None
        return context.scrubber.scrub(value)


def _member(known: frozenset[str]) -> Value:
    return lambda value, _: value if type(value) is str and value in known else None


def _form(pattern: re.Pattern[str]) -> Value:
    return lambda value, _: value if type(value) is str and pattern.fullmatch(value) else None


def _scalar(value: Any, _: Context) -> Any:
    return value if type(value) in (str, int, float, bool) else None


def _date(value: Any, _: Context) -> Any:
    return value if type(value) is str and dates.read(value) else None
