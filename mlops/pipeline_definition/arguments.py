"""Each step's Arguments against botocore's model of the call, references included.

A reference is replaced by a value of the type that it will have, so that botocore's own validator
sees a whole request. Enumerations and patterns, which that validator leaves out, are judged here.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

from mlops.pipeline_definition.errors import Problem
from mlops.pipeline_definition.graph import shape_of
from mlops.pipeline_definition.service import CALLS, request
from mlops.pipeline_definition.structure import near
from mlops.pipeline_definition.walk import Placed, has_token, is_reference, steps

_TYPES = {"String": "string", "Integer": "integer", "Float": "float", "Boolean": "boolean"}
MOST_LISTED = 12
"""Enumerations with more values are not listed in a sentence."""
_NUMBERS = ("integer", "long", "float", "double")
_UNKNOWN = re.compile(r'Unknown parameter in (\S+): "([^"]+)", must be one of: (.*)')
_MISSING = re.compile(r'Missing required parameter in (\S+): "([^"]+)"')
_TYPE = re.compile(
    r"Invalid type for parameter (\S*), value: .*, type: <class '(\w+)'>, valid types: (.*)"
)
_RANGE = re.compile(r"Invalid (length|value|range) for parameter (\S*), value: (\S+), valid (.*)")


def arguments(step: Placed, definition: dict[str, Any]) -> Iterator[Problem]:
    """Yield what the call behind a step would refuse."""
    if step.type not in CALLS:
        return
    shape = request(step.type)
    types = {p.get("Name"): p for p in definition.get("Parameters", [])}
    found: list[Problem] = []
    filled = _Filler(step.name, types, found, _steps(definition)).fill(step.arguments, shape, "")
    yield from found
    name = CALLS[step.type][2]
    if name in filled:
        yield Problem(step.name, name, "SageMaker names the job itself; leave this key out")
    if name in shape.required_members:
        filled[name] = "name"
    report = ParamValidator().validate(filled, shape).generate_report()
    for line in report.splitlines():
        yield _sentence(step.name, line)


def _steps(definition: dict[str, Any]) -> dict[str, str]:
    return {step.name: step.type for step in steps(definition)}


class _Filler:
    """Replaces references by values of their type and notes those of a wrong type."""

    def __init__(
        self, step: str, parameters: dict[Any, Any], found: list[Problem], steps: dict[str, str]
    ) -> None:
        self.step = step
        self.parameters = parameters
        self.found = found
        self.steps = steps

    def fill(self, value: Any, shape: Shape, key: str) -> Any:
        if is_reference(value):
            return self._reference(value, shape, key)
        if isinstance(value, dict) and isinstance(shape, StructureShape):
            return {
                name: self.fill(item, shape.members[name], _join(key, name))
                if name in shape.members
                else item
                for name, item in value.items()
            }
        if isinstance(value, dict) and isinstance(shape, MapShape):
            return {name: self.fill(v, shape.value, _join(key, name)) for name, v in value.items()}
        if isinstance(value, list) and isinstance(shape, ListShape):
            return [self.fill(v, shape.member, f"{key}[{i}]") for i, v in enumerate(value)]
        if isinstance(value, str) and isinstance(shape, StringShape):
            if has_token(value):
                return _placeholder(shape)
            self._text(value, shape, key)
        return value

    def _text(self, value: str, shape: StringShape, key: str) -> None:
        pattern = shape.metadata.get("pattern")
        if shape.enum and value not in shape.enum:
            self._say(key, f"{value} was given; {_near_enum(value, shape)}")
        elif pattern and (compiled := _compiled(pattern)) and not compiled.fullmatch(value):
            self._say(key, f"{value} was given, the pattern {pattern} is allowed")

    def _reference(self, value: dict[str, Any], shape: Shape, key: str) -> Any:
        given = self._type(value)
        wanted = shape.type_name
        numeric = wanted in _NUMBERS
        fits = given in (None, wanted) or (numeric and given in _NUMBERS)
        if not fits:
            hint = "; wrap it in Std:Join" if wanted == "string" else ""
            self._say(
                key, f"a reference to a value of type {given} was given, {wanted} is allowed{hint}"
            )
        if isinstance(shape, StringShape):
            self._default(value, shape, key)
        return _placeholder(shape)

    def _default(self, value: dict[str, Any], shape: StringShape, key: str) -> None:
        """Judge what a parameter may be, as if it stood here itself."""
        path = str(value.get("Get", ""))
        parameter = self.parameters.get(path.removeprefix("Parameters."), {})
        for text in (parameter.get("DefaultValue"), *parameter.get("EnumValues", [])):
            if isinstance(text, str) and not has_token(text):
                self._text(text, shape, f"{key} (parameter {parameter['Name']})")

    def _type(self, value: dict[str, Any]) -> str | None:
        if "Std:Join" in value:
            return "string"
        path = str(value.get("Get", ""))
        kind, _, rest = path.partition(".")
        if kind == "Parameters" and rest in self.parameters:
            return _TYPES.get(self.parameters[rest].get("Type", ""))
        if kind == "Execution":
            return "string"
        if kind == "Steps":
            target, _, property_path = rest.partition(".")
            step_type = self.steps.get(target, "")
            if step_type in CALLS:
                found = shape_of(step_type, property_path)
                return None if isinstance(found, str) else str(found.type_name)
        return None

    def _say(self, key: str, what: str) -> None:
        self.found.append(Problem(self.step, f"Arguments.{key}", what))


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _near_enum(value: str, shape: StringShape) -> str:
    text = near(value, shape.enum)
    return (
        text
        if len(shape.enum) <= MOST_LISTED or "did you mean" in text
        else f"{shape.name} has no such value"
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:  # Java's \p{L} and the like, which Python does not know
        return None


def _placeholder(shape: Shape) -> Any:
    """Return the smallest value that a shape allows."""
    minimum = shape.metadata.get("min", 0)
    if isinstance(shape, StringShape):
        return shape.enum[0] if shape.enum else "x" * max(1, int(minimum))
    if isinstance(shape, ListShape):
        return [_placeholder(shape.member)] * max(1, int(minimum))
    if isinstance(shape, StructureShape):
        return {name: _placeholder(shape.members[name]) for name in shape.required_members}
    simple = {"integer": max(1, int(minimum)), "float": float(minimum), "boolean": True}
    simple |= {"long": simple["integer"], "double": simple["float"], "timestamp": 0}
    return simple.get(shape.type_name, {})


def _sentence(step: str, line: str) -> Problem:
    """Turn a line of botocore's report into one of ours."""
    if match := _UNKNOWN.fullmatch(line):
        return Problem(
            step, _key(match[1], match[2]), f"unknown key; {near(match[2], match[3].split(', '))}"
        )
    if match := _MISSING.fullmatch(line):
        return Problem(step, _key(match[1], match[2]), "this key is missing")
    if match := _TYPE.fullmatch(line):
        allowed = re.sub(r"<class '(\w+)'>", r"\1", match[3])
        return Problem(step, f"Arguments.{match[1]}", f"{match[2]} was given, {allowed} is allowed")
    if match := _RANGE.fullmatch(line):
        return Problem(
            step, f"Arguments.{match[2]}", f"{match[3]} was given, {match[4]} is allowed"
        )
    return Problem(step, "Arguments", line)


def _key(parent: str, name: str) -> str:
    return f"Arguments.{name}" if parent == "input" else f"Arguments.{parent}.{name}"
