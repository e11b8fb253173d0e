"""Profiles and catalogues: read from TOML, checked, and handed to the formats.

A catalogue says what kind of information an element or field holds; a profile says what is done
with each kind. Whatever has no kind, or whose kind has no action, is dropped.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from .errors import PolicyError

HERE = Path(__file__).parent
PROFILES = HERE / "profiles"


class Action(StrEnum):
    """What is done with a kind of information."""

    KEEP = "keep"
    """As it is, when it has the form of its kind; dropped otherwise."""
    REDACT = "redact"
    """Dropped; named so that a reader sees that it was thought of."""
    PSEUDONYM = "pseudonym"
    """Keyed HMAC-SHA256 of the value."""
    DATE_SHIFT = "date_shift"
    """Moved by the patient's offset; dropped when the patient is not known."""
    YEAR_ONLY = "year_only"
    """The year; dropped when it tells an age above oldest_age."""
    GENERALISE = "generalise"
    """The first year of a span of years; dropped when it tells an age above oldest_age."""
    ZIP3 = "zip3"
    """The first three digits of a ZIP code (000 where few live) or of a 郵便番号."""
    TOP_CODE = "top_code"
    """Ages above oldest_age become oldest_age + 1."""
    SCRUB = "scrub"
    """Text without what the record itself names and without what looks like an identifier."""


_DATES = {Action.KEEP, Action.REDACT, Action.DATE_SHIFT, Action.YEAR_ONLY, Action.GENERALISE}
_PSEUDONYMS = {Action.KEEP, Action.REDACT, Action.PSEUDONYM}
_KEPT = {Action.KEEP, Action.REDACT}
_TEXTS = {Action.KEEP, Action.REDACT, Action.SCRUB}

KINDS: Mapping[str, set[Action]] = {
    **dict.fromkeys(("name", "address_line", "city", "geocode", "location"), _KEPT),
    **dict.fromkeys(("phone", "email", "url", "ip_address"), _KEPT),
    **dict.fromkeys(("national_id", "insurance_id", "account", "licence"), _PSEUDONYMS),
    **dict.fromkeys(("vehicle_id", "device_id"), _PSEUDONYMS),
    **dict.fromkeys(("attachment", "sampled_data", "narrative", "coded_text"), _KEPT),
    **dict.fromkeys(("id", "patient_id", "reference", "identifier", "system"), _PSEUDONYMS),
    **dict.fromkeys(("date", "birth_date"), _DATES),
    **dict.fromkeys(("code", "coding", "code_system", "boolean", "number", "quantity"), _KEPT),
    **dict.fromkeys(("unit", "currency", "standard_url", "time"), _KEPT),
    **dict.fromkeys(("state", "country"), _KEPT),
    "postal": {Action.KEEP, Action.REDACT, Action.ZIP3},
    "age": {Action.KEEP, Action.REDACT, Action.TOP_CODE},
    "free_text": _TEXTS,
}
"""Every kind of information, and the actions that make sense for it."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A profile with the catalogues it works on."""

    name: str
    actions: Mapping[str, Action]
    fhir: Mapping[str, Any]
    hl7v2: Mapping[str, Any]
    codes: Mapping[str, Any]
    oldest_age: int | None
    """Ages above are one category; None: ages are kept."""
    shift_days: int
    generalise_years: int
    identifier_types: frozenset[str]
    domain: str
    largest_number: int
    zip3_restricted: frozenset[str]
    label: Mapping[str, str]
    """Coding that marks a FHIR resource as de-identified; empty: no mark."""
    japanese_postal: bool
    """Whether a 郵便番号 leaves its first three digits."""

    def action(self, kind: str) -> Action:
        """Return the action of a kind; without one it is redacted."""
        return self.actions.get(kind, Action.REDACT)


@lru_cache(maxsize=16)
def load_policy(profile: str) -> Policy:
    """Read a profile by name, or from the path of a TOML file of one's own.

    Raises PolicyError with a sentence when it does not exist or says something unknown.
    """
    own = profile.endswith(".toml")
    path = Path(profile) if own else PROFILES / f"{profile}.toml"
    if not path.is_file() or not (own or profile.isidentifier()):
        known = ", ".join(sorted(file.stem for file in PROFILES.glob("*.toml")))
        raise PolicyError(f"profile {profile!r}: not known; there are {known}")
    return policy_from(_read(path), source=path.name)


def policy_from(profile: Mapping[str, Any], *, source: str) -> Policy:
    """Check a profile that was read from `source` and lay it over the catalogues.

    Its tables `fhir`, `hl7v2` and `codes` add to or replace entries of the catalogues of that name.
    Raises PolicyError.
    """
    dates = profile.get("dates", {})
    postal = profile.get("postal", {})
    restricted = postal.get("restricted", {})
    policy = Policy(
        name=str(profile.get("name", source)),
        actions=_actions(profile.get("actions", {}), source),
        fhir=_merged(catalogue("fhir"), profile.get("fhir", {})),
        hl7v2=_merged(catalogue("hl7v2"), profile.get("hl7v2", {})),
        codes=_merged(catalogue("codes"), profile.get("codes", {})),
        oldest_age=dates.get("oldest_age"),
        shift_days=dates.get("shift_days", 365),
        generalise_years=dates.get("years", 5),
        identifier_types=frozenset(profile.get("identifiers", {}).get("types", [])),
        domain=profile.get("pseudonyms", {}).get("domain", ""),
        largest_number=profile.get("numbers", {}).get("largest", 99_999_999),
        zip3_restricted=frozenset(prefix for year in restricted.values() for prefix in year),
        label=profile.get("label", {}),
        japanese_postal=postal.get("japanese", "redact") == "first_three",
    )
    if policy.shift_days < 1 or policy.generalise_years < 1:
        raise PolicyError(f"{source}: dates.shift_days and dates.years must be 1 or more")
    return policy


@lru_cache(maxsize=8)
def catalogue(name: str) -> Mapping[str, Any]:
    """Return a catalogue of this package by name: fhir, hl7v2 or codes."""
    return _read(HERE / "catalogue" / f"{name}.toml")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{path}: {error}") from error


def _actions(given: Mapping[str, str], source: str) -> Mapping[str, Action]:
    actions = {}
    for kind, action in given.items():
        if kind not in KINDS:
            raise PolicyError(
                f"{source}: actions.{kind}: unknown kind; there are {', '.join(sorted(KINDS))}"
            )
        if action not in KINDS[kind]:
            allowed = ", ".join(sorted(KINDS[kind]))
            raise PolicyError(f"{source}: actions.{kind}: {action!r}; allowed are {allowed}")
        actions[kind] = Action(action)
    return actions


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> Mapping[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        nested = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(old, value) if nested and old is not None else value
    return merged
