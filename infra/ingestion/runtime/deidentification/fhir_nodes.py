"""FHIR element tables compiled once into nodes: functions of a JSON value and a `Context`.

A walk visits what a record holds and keeps what a table names, so the unknown is never copied.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Self

from .policy import Action, Policy
from .references import References
from .values import Context, Value, Values

# Seconds in none of them: ages come in years, months, weeks or days.
PER_YEAR = {
    **dict.fromkeys(("a", "yr", "year", "years", "歳", "才", "年"), 1.0),
    **dict.fromkeys(("mo", "month", "months"), 12.0),
    **dict.fromkeys(("wk", "week", "weeks", "週"), 52.1775),
    **dict.fromkeys(("d", "day", "days", "日"), 365.2425),
}
_TEXT_OR_NOTHING = {str, type(None)}
_COMPARATORS = ("<", "<=", ">=", ">", "ad")
_OF_FEW_VALUES = ("code", "coding", "code_system", "boolean", "currency", "standard_url")
_NEVER_REDACTED = ("full_url", "request")


@dataclass(slots=True)
class Node:
    """What becomes of an element. `contextual`: it depends on the record as well as the element."""

    apply: Value
    """For the element's value, one or a list."""
    contextual: bool
    single: Value
    """For one value: `apply` without the question whether it is a list."""
    varied: bool = True
    """Whether the element has many values; codes and flags have few."""

    @classmethod
    def of(cls, single: Value, *, contextual: bool, varied: bool = True) -> Self:
        """Make the node of a function of one value."""
        return cls(each(single), contextual, single, varied)


Fields = dict[str, Node]


class Compiler:
    """Turns the element tables of a policy into nodes. `contained` handles resources inside."""

    def __init__(
        self, policy: Policy, values: Values, references: References, *, contained: Value
    ) -> None:
        self._policy = policy
        self._values = values
        self._types = policy.fhir["types"]
        self._compiled: dict[str, Node] = {}
        self.quantity = quantity(values)
        self._objects: dict[str, Value] = {
            "coding": coding(values),
            "quantity": self.quantity,
            "age": self.quantity,
            "reference": references.reference,
            "identifier": references.identifier,
            "full_url": references.full_url,
            "request": references.request,
        }
        self._contained = Node.of(contained, contextual=True)

    def fields(self, table: Mapping[str, Any]) -> Fields:
        """Compile a table of elements; those that are dropped have no node."""
        expanded = (pair for name, spec in table.items() for pair in _choices(name, spec))
        nodes = ((element, self._node(spec)) for element, spec in expanded)
        return {element: node for element, node in nodes if node}

    def _node(self, spec: Any) -> Node | None:
        if isinstance(spec, Mapping):
            return _object(self.fields(spec))
        if isinstance(spec, list):
            return _first_of([node for one in spec if (node := self._node(one))])
        if spec not in self._types:
            return self._leaf(self._policy.fhir["primitives"].get(spec, spec))
        if spec not in self._compiled:
            self._compile_type(spec)
        node = self._compiled[spec]
        return node if node.single is not _nothing else None

    def _compile_type(self, name: str) -> None:
        inside = self._types[name]
        if not isinstance(inside, Mapping):
            self._compiled[name] = self._leaf(inside) or Node.of(_nothing, contextual=False)
            return
        # Placed before it is filled: a type may hold itself (sections, questions).
        fields: Fields = {}
        node = self._compiled[name] = _object(fields)
        node.contextual = True
        fields.update(self.fields(inside))
        others = [field for field in fields.values() if field is not node]
        node.contextual = any(field.contextual for field in others)
        node.varied = any(field.varied for field in others) or len(others) < len(fields)
        if not fields:
            node.single = _nothing

    def _leaf(self, kind: str) -> Node | None:
        if kind == "resource":
            return self._contained
        action = self._policy.action(kind)
        if action is Action.REDACT and kind not in _NEVER_REDACTED:
            return None
        function = self._objects.get(kind) or self._values.of(kind)
        if function is None:
            return None
        contextual = Values.is_contextual(action)
        return Node.of(function, contextual=contextual, varied=kind not in _OF_FEW_VALUES)


def walk(fields: Fields, value: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Return what of an object the fields name, in the object's order."""
    kept = {}
    for key, inside in value.items():
        node = fields.get(key)
        if node is not None:
            result = node.apply(inside, context)
            if result is not None:
                kept[key] = result
    return kept


def each(function: Value) -> Value:
    """Apply a function to a value or to each of a list; what is dropped leaves no gap."""

    def apply(value: Any, context: Context) -> Any:
        if type(value) is not list:
            return function(value, context)
        kept = [item for one in value if (item := function(one, context)) is not None]
        return kept or None

    return apply


def coding(values: Values) -> Value:
    """Return what keeps a Coding whose system is known and whose code has the system's form."""
    text_of = values.of("coded_text")
    is_code = values.codes.is_code

    def keep(value: Any, context: Context) -> dict[str, Any] | None:
        if type(value) is not dict:
            return None
        system, code = value.get("system"), value.get("code")
        if type(system) is not str or type(code) is not str:
            return None
        # A system is a URI in FHIR; mnemonics (LN, L, 99LAB) are those of HL7 v2.
        if ":" not in system or not is_code(system, code):
            return None
        kept = {"system": system, "code": code}
        text = text_of(value.get("display"), context) if text_of else None
        return {**kept, "display": text} if text else kept

    return keep


def quantity(values: Values) -> Value:
    """Return what keeps a Quantity: a number and a unit, ages top-coded."""
    units = lru_cache(maxsize=4096)(partial(_units, values))
    number_of = values.number

    def keep(value: Any, _: Context) -> dict[str, Any] | None:
        if type(value) is not dict:
            return None
        get = value.get
        number = number_of(get("value"))
        unit, code, system = get("unit"), get("code"), get("system")
        if number is None or {type(unit), type(code), type(system)} - _TEXT_OR_NOTHING:
            return None
        kept, is_age = units(unit, code, system)
        if is_age:
            capped = capped_age(float(number), kept.get("code") or kept.get("unit"), values)
            number = number if capped is None else capped
        comparator = get("comparator")
        if comparator is not None and comparator in _COMPARATORS:
            return {"value": number, "comparator": comparator, **kept}
        return {"value": number, **kept}

    return keep


def _units(
    values: Values, unit: str | None, code: str | None, system: str | None
) -> tuple[dict[str, str], bool]:
    """Return what is kept of a unit, and whether a number of it may be an age."""
    kept = {}
    known = values.codes.unit
    if unit and (text := known(unit)):
        kept["unit"] = text
    if code and system == "http://unitsofmeasure.org" and (text := known(code)):
        kept |= {"system": system, "code": text}
    return kept, (kept.get("code") or kept.get("unit")) in PER_YEAR


def capped_age(number: float, unit: str | None, values: Values) -> float | int | None:
    """Return the top-coded number when it is an age above the oldest, in its unit, else None."""
    per_year = PER_YEAR.get(unit or "")
    if per_year is None:
        return None
    years = values.capped(number / per_year)
    return None if years == number / per_year else round(years * per_year)


def _choices(name: str, spec: Any) -> Iterator[tuple[str, Any]]:
    if not name.endswith("[x]"):
        yield name, spec
        return
    stem = name.removesuffix("[x]")
    for kind in spec:
        yield stem + kind[0].upper() + kind[1:], kind


def _object(fields: Fields) -> Node:
    def keep(value: Any, context: Context) -> dict[str, Any] | None:
        return walk(fields, value, context) or None if type(value) is dict else None

    return Node.of(
        keep,
        contextual=any(node.contextual for node in fields.values()),
        varied=any(node.varied for node in fields.values()),
    )


def _first_of(nodes: list[Node]) -> Node | None:
    def first(value: Any, context: Context) -> Any:
        results = (node.apply(value, context) for node in nodes)
        return next((result for result in results if result is not None), None)

    if not nodes:
        return None
    return Node.of(
        first,
        contextual=any(node.contextual for node in nodes),
        varied=any(node.varied for node in nodes),
    )


def _nothing(_value: Any, _context: Context) -> None:
    return None
