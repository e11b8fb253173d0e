"""FHIR references, identifiers and Bundle addresses, rewritten so that they still fit."""

import re
from collections.abc import Mapping
from typing import Any

from .policy import Action, Policy
from .pseudonyms import Pseudonyms
from .values import Context

BASE = "https://deidentified.invalid"
"""Takes the place of a server's address in fullUrl (.invalid: RFC 2606), so that Bundle's relative
references still resolve against it."""

_ID = r"[A-Za-z0-9\-.]{1,64}"
_LITERAL = re.compile(
    rf"(?:https?://[^\s?#]*/)?([A-Z][A-Za-z]{{2,40}})/({_ID})(?:/_history/{_ID})?"
)
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"}


class References:
    """Rewrites whatever names a resource. `types` are the resource types that may be named."""

    def __init__(self, policy: Policy, pseudonyms: Pseudonyms, types: frozenset[str]) -> None:
        self._pseudonyms = pseudonyms
        self._types = types
        self._identifier_types = policy.identifier_types
        self._keep_reference = policy.action("reference") is not Action.REDACT
        self._keep_identifier = policy.action("identifier") is not Action.REDACT

    def id_of(self, reference: Any) -> str | None:
        """Return the id that a Reference holds, None when it holds none that can be followed."""
        literal = reference.get("reference") if isinstance(reference, dict) else None
        if isinstance(literal, str):
            return id_in(literal)
        identifier = reference.get("identifier") if isinstance(reference, dict) else None
        value = identifier.get("value") if isinstance(identifier, dict) else None
        return value if isinstance(value, str) else None

    def reference(self, value: Any, _: Context) -> dict[str, Any] | None:
        """Rewrite a Reference; its display is a name more often than not, and goes."""
        if type(value) is not dict or not self._keep_reference:
            return None
        literal = value.get("reference")
        if len(value) == 1 and type(literal) is str:
            rewritten = self.literal(literal)
            return {"reference": rewritten} if rewritten else None
        kept: dict[str, Any] = {}
        if type(literal) is str:
            rewritten = self.literal(literal)
            if rewritten:
                kept["reference"] = rewritten
        if type(value.get("type")) is str and value["type"] in self._types:
            kept["type"] = value["type"]
        identifier = self.identifier(value.get("identifier"), _)
        if identifier:
            kept["identifier"] = identifier
        return kept or None

    def identifier(self, value: Any, _: Context) -> dict[str, Any] | None:
        """Rewrite an Identifier of an allowed type; its system often is an address, and goes."""
        if type(value) is not dict or not self._keep_identifier:
            return None
        kinds = _type_codes(value.get("type"))
        number = value.get("value")
        if any(kind not in self._identifier_types for kind in kinds or [""]):
            return None
        made = self._pseudonyms.pseudonym(number) if type(number) is str else None
        if made is None:
            return None
        kept: dict[str, Any] = {"value": made}
        if kinds:
            system = "http://terminology.hl7.org/CodeSystem/v2-0203"
            kept["type"] = {"coding": [{"system": system, "code": kind} for kind in kinds]}
        return kept

    def full_url(self, value: Any, _: Context) -> str | None:
        """Rewrite an entry's fullUrl."""
        if type(value) is not str:
            return None
        rewritten = self.literal(value)
        if rewritten is None or rewritten.startswith(("urn:", "#")):
            return rewritten
        return f"{BASE}/{rewritten}"

    def request(self, value: Any, _: Context) -> dict[str, str] | None:
        """Rewrite an entry's request: conditions hold identifiers, and go."""
        if type(value) is not dict or value.get("method") not in _METHODS:
            return None
        url = value.get("url")
        if type(url) is not str:
            return None
        kind = url.partition("?")[0].partition("/")[0]
        rewritten = self.literal(url) or (kind if kind in self._types else None)
        return {"method": value["method"], "url": rewritten} if rewritten else None

    def literal(self, text: str) -> str | None:
        """Rewrite a literal reference, None when it cannot be followed or is a condition."""
        kind, _, identity = text.partition("/")
        if kind not in self._types or "/" in identity or "?" in identity or "#" in identity:
            return self._long_literal(text)
        made = self._pseudonyms.pseudonym(identity)
        return f"{kind}/{made}" if made else None

    def _long_literal(self, text: str) -> str | None:
        match = _LITERAL.fullmatch(text)
        if match:
            start, identity = f"{match.group(1)}/", match.group(2)
            made = self._pseudonyms.pseudonym(identity) if match.group(1) in self._types else None
        elif text.startswith(("urn:uuid:", "urn:oid:")):
            start, made = "urn:uuid:", self._pseudonyms.uuid(text.split(":", 2)[2])
        elif text == "#":
            return text
        else:
            start = "#"
            made = self._pseudonyms.pseudonym(text[1:]) if text.startswith("#") else None
        return start + made if made else None


def id_in(literal: str) -> str | None:
    """Return the id in a literal reference: the last part of a path or URN."""
    match = _LITERAL.fullmatch(literal)
    if match:
        return match.group(2)
    if literal.startswith(("urn:uuid:", "urn:oid:")):
        return literal.split(":", 2)[2]
    return literal[1:] or None if literal.startswith("#") else None


def _type_codes(concept: Any) -> list[str]:
    """Return the codes of an Identifier's type; one that cannot be read is of no allowed type."""
    if concept is None:
        return []
    codings = concept.get("coding") if isinstance(concept, Mapping) else None
    if not isinstance(codings, list) or not codings:
        return ["?"]
    codes = [coding.get("code") if isinstance(coding, dict) else None for coding in codings]
    return [code if isinstance(code, str) else "?" for code in codes]
