"""HL7 v2 field tables compiled into functions of a field's text."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from .fhir_nodes import PER_YEAR, capped_age
from .hl7_text import CHARSETS, Delimiters, Escapes
from .policy import Action, Policy
from .values import Context, Value, Values

Field = Callable[[str, Context], str]
"""Takes a field with its repetitions and returns what is kept of it, "" for nothing."""

Components = Callable[[list[str], Context], list[str]]
"""Takes the components of one repetition, escapes undone, and returns what is kept of each."""

_MESSAGE_TYPE = (r"[A-Z]{3}", r"[A-Z]\d\d", r"[A-Z]{3}(?:_[A-Z]\d\d)?")
_FORMS = {
    "event": re.compile(r"[A-Z]\d\d", re.ASCII),
    "set_id": re.compile(r"\d{1,4}", re.ASCII),
    "sub_id": re.compile(r"[0-9.]{1,6}", re.ASCII),
    "flag": re.compile(r"[A-Z]{1,2}", re.ASCII),
}
_COMPARED = re.compile(r"(?:[<>]=?|≦|≧|<>)?\s?[+-]?\d{1,7}(?:\.\d{1,6})?", re.ASCII)
_RANGE = re.compile(rf"{_COMPARED.pattern}(?:\s?[-~〜～]\s?\d{{1,7}}(?:\.\d{{1,6}})?)?", re.ASCII)
_NULL = '""'


class FieldCompiler:
    """Compiles the catalogue's datatypes for one set of delimiters and one codec."""

    def __init__(self, policy: Policy, values: Values, marks: Delimiters, escapes: Escapes) -> None:
        self._policy = policy
        self._values = values
        self._marks = marks
        self._escapes = escapes
        self._types = policy.hl7v2["types"]
        self._words = frozenset(policy.hl7v2["results"]["words"].split())

    def field(self, spec: Any) -> tuple[Field, bool] | None:
        """Return a field's function and whether it depends on the record; None: dropped."""
        made = self._components(spec)
        if made is None:
            return None
        function, contextual = made
        repetition, component = self._marks.repetition, self._marks.component
        undone, done = self._escapes.undone, self._escapes.done

        def keep(text: str, context: Context) -> str:
            kept = []
            for one in text.split(repetition):
                parts = [undone(part) for part in one.split(component)]
                found = [part and done(part) for part in function(parts, context)]
                kept.append(component.join(found).rstrip(component))
            return repetition.join(kept).rstrip(repetition)

        return keep, contextual

    def _components(self, spec: Any) -> tuple[Components, bool] | None:
        if isinstance(spec, list):
            return _leaf(_member(frozenset(spec))), False
        inside = self._types.get(spec, spec)
        if isinstance(inside, Mapping):
            return self._structure(inside)
        special: dict[str, Components] = {
            "coded": self._coded,
            "identifier": self._identifier,
            "message_type": _message_type,
            "structured_number": self._structured_number,
            "unit_coded": self._unit,
        }
        if inside in special:
            action = self._policy.action(_KIND_OF.get(inside, inside))
            return None if action is Action.REDACT else (special[inside], False)
        value = self._value(inside)
        contextual = Values.is_contextual(self._policy.action(_KIND_OF.get(inside, inside)))
        return (_leaf(value), contextual) if value else None

    def _structure(self, table: Mapping[str, Any]) -> tuple[Components, bool] | None:
        made = {int(place): self._components(spec) for place, spec in table.items()}
        parts = {place: function for place, function in made.items() if function}
        if not parts:
            return None
        subcomponent = self._marks.subcomponent

        def keep(components: list[str], context: Context) -> list[str]:
            kept = [""] * len(components)
            for place, (function, _) in parts.items():
                if place <= len(components) and components[place - 1]:
                    inside = components[place - 1].split(subcomponent)
                    kept[place - 1] = "".join(function(inside, context)[:1])
            return kept

        return keep, any(contextual for _, contextual in parts.values())

    def _value(self, kind: str) -> Value | None:
        if kind in _FORMS:
            return _matching(_FORMS[kind])
        if kind == "charset":
            return _member(frozenset(CHARSETS))
        if kind == "reference_range":
            return _either(_matching(_RANGE), _member(self._words))
        if kind == "number_or_text":
            return _either(_matching(_COMPARED), _member(self._words), self._values.of("free_text"))
        return self._values.of(kind)

    def _coded(self, components: list[str], context: Context) -> list[str]:
        kept = [""] * 6
        text_of = self._values.of("coded_text")
        padded = components + [""] * 6
        for start in (0, 3):
            code, text, system = padded[start : start + 3]
            if code == _NULL:
                return [_NULL]
            if code and self._values.codes.is_code(system, code):
                shown = text_of(text, context) if text_of and text else None
                kept[start : start + 3] = [code, shown or "", system]
        return kept

    def _identifier(self, components: list[str], _: Context) -> list[str]:
        number = components[0].strip()
        kind = components[4] if len(components) > 4 else ""  # noqa: PLR2004  CX.5
        allowed = kind in self._policy.identifier_types
        if not number or number == _NULL or not allowed:
            return [""]
        made = self._values.pseudonyms.pseudonym(number)
        return [made, "", "", "", kind] if made else [""]

    def _structured_number(self, components: list[str], context: Context) -> list[str]:
        padded = (components + [""] * 4)[:4]
        kept = [
            padded[0] if padded[0] in ("<", ">", "<=", ">=", "=", "<>") else "",
            self._values.number_text(padded[1], context) or "",
            padded[2] if padded[2] in ("-", "+", "/", ".", ":") else "",
            self._values.number_text(padded[3], context) or "",
        ]
        return kept if kept[1] else [""]

    def _unit(self, components: list[str], _: Context) -> list[str]:
        unit = self._values.codes.unit(components[0]) if components[0] else None
        system = components[2] if len(components) > 2 else ""  # noqa: PLR2004  CWE.3
        if not unit:
            return [""]
        return [unit, "", system] if system in ("UCUM", "ISO+", "L") else [unit]


_KIND_OF = {
    "coded": "coding",
    "unit_coded": "unit",
    "structured_number": "number",
    "number_or_text": "free_text",
    "message_type": "code",
}


def capped(number: str, unit: str, values: Values) -> str:
    """Return a result's number, top-coded when its unit makes it an age."""
    if unit not in PER_YEAR:
        return number
    try:
        age = capped_age(float(number), unit, values)
    except ValueError:
        return number
    return number if age is None else str(age)


def _leaf(value: Value) -> Components:
    def keep(components: list[str], context: Context) -> list[str]:
        first = components[0]
        if not first or first == _NULL:
            return [first]
        kept = value(first, context)
        return ["" if kept is None else str(kept)]

    return keep


def _member(known: frozenset[str]) -> Value:
    return lambda value, _: value if value in known else None


def _matching(pattern: re.Pattern[str]) -> Value:
    return lambda value, _: value if pattern.fullmatch(value) else None


def _either(*functions: Value | None) -> Value:
    def first(value: Any, context: Context) -> Any:
        results = (function(value, context) for function in functions if function)
        return next((result for result in results if result is not None), None)

    return first


def _message_type(components: list[str], _: Context) -> list[str]:
    pairs = zip(components, _MESSAGE_TYPE, strict=False)
    return [part if re.fullmatch(form, part) else "" for part, form in pairs]
