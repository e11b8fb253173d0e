"""Check a resource's properties against the official CloudFormation resource schema.

The schemas are the ones that cfn-lint ships. CloudFormation coerces scalars (a boolean may come
as "true", a number as text), so they are accepted here too. Property values never appear in a
message, as they may be secrets; names and allowed values do.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

Schema = dict[str, Any]
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_INTEGER = re.compile(r"-?\d+(\.0+)?")
_CONTAINERS: dict[str, type] = {"object": dict, "array": list}
_SCALARS = {"boolean": re.compile("true|false", re.I), "integer": _INTEGER, "number": _NUMBER}
# CloudFormation handles these itself, or their properties belong to somebody else.
_UNCHECKED = ("AWS::CloudFormation::", "AWS::CDK::", "Custom::")


class UnknownTypeError(LookupError):
    """The resource type does not exist in the region."""


@cache
def schema_of(resource_type: str, region: str) -> Schema:
    """Return the official schema of a resource type. Raises UnknownTypeError when there is none."""
    from cfnlint.schema import ResourceNotFoundError  # noqa: PLC0415 (0.7 s; only the launcher pays)
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # noqa: PLC0415

    try:
        found: Schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, resource_type).schema
    except ResourceNotFoundError as error:
        raise UnknownTypeError(f"Unrecognized resource type: {resource_type}") from error
    return found


def failures(resource_type: str, properties: dict[str, Any], region: str) -> list[str]:
    """Return what CloudFormation would object to, each naming the property; none when it fits."""
    if resource_type.startswith(_UNCHECKED):
        return []
    schema = schema_of(resource_type, region)
    found = list(_Checker(schema).check(properties, schema, "#"))
    read_only = {path.removeprefix("/properties/") for path in schema.get("readOnlyProperties", [])}
    found += [
        f"#: read-only key [{key}] is not permitted" for key in properties if key in read_only
    ]
    return found


class _Checker:
    """Walks a value and its schema side by side, yielding a sentence per breach."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._keywords: dict[str, Callable[[Any, Schema, str], Iterator[str]]] = {
            "type": self._type,
            "enum": self._enum,
            "pattern": self._pattern,
            "minLength": self._length,
            "maxLength": self._length,
            "minimum": self._bounds,
            "maximum": self._bounds,
            "properties": self._object,
            "required": self._required,
            "items": self._array,
            "minItems": self._array_size,
            "maxItems": self._array_size,
            "allOf": self._all_of,
            "anyOf": self._any_of,
            "oneOf": self._any_of,
        }

    def check(self, value: Any, schema: Any, path: str) -> Iterator[str]:
        """Yield the breaches of `schema` by `value`, found at `path`."""
        if not isinstance(schema, dict):
            return
        if "$ref" in schema:
            yield from self.check(value, self._resolve(schema["$ref"]), path)
            return
        wrong_type = list(self._type(value, schema, path))
        if wrong_type:
            yield from wrong_type
            return
        done = set()
        for keyword in schema:
            check = self._keywords.get(keyword)
            if check and check not in done:
                done.add(check)
                yield from check(value, schema, path)

    def _resolve(self, reference: str) -> Any:
        found: Any = self._root
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return found

    def _type(self, value: Any, schema: Schema, path: str) -> Iterator[str]:
        wanted = schema.get("type")
        if wanted is None:
            return
        names = wanted if isinstance(wanted, list) else [wanted]
        if not any(_is_a(value, name) for name in names):
            yield f"{path}: expected type: {' or '.join(names)}, found: {_kind(value)}"

    def _enum(self, value: Any, schema: Schema, path: str) -> Iterator[str]:
        if _text(value) not in [_text(allowed) for allowed in schema["enum"]]:
            allowed = ", ".join(str(one) for one in schema["enum"])
            yield f"{path}: failed validation constraint for keyword [enum]; allowed are {allowed}"

    def _pattern(self, value: Any, schema: Schema, path: str) -> Iterator[str]:
        pattern = _compile(schema["pattern"])
        if pattern and not isinstance(value, dict | list) and not pattern.search(_text(value)):
            yield (
                f"{path}: failed validation constraint for keyword [pattern]; "
                f"wanted is {schema['pattern']}"
            )

    def _length(self, value: Any, schema: Schema, path: str) -> Iterator[str]:
        if isinstance(value, str):
            yield from _between(len(value), schema, "minLength", "maxLength", path)

    def _bounds(self, value: Any, schema: Schema, path: str) -> Iterator[str]:
        if not isinstance(value, dict | list | bool) and _NUMBER.fullmatch(_text(value)):
            yield from _between(float(value), schema, "minimum", "maximum", path)

    def _array_size(self, value: Any, schema: Schema, path: str) -> Iterator[str]:
        if isinstance(value, list):
            yield from _between(len(value), schema, "minItems", "maxItems", path)

    def _array(self, value: Any, schema: Schema, path: str) -> Iterator[str]:
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.check(item, schema["items"], f"{path}/{index}")

    def _object(self, value: Any, schema: Schema, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            return
        known = schema["properties"]
        patterns = {_compile(key): sub for key, sub in schema.get("patternProperties", {}).items()}
        for key, item in value.items():
            matching = [sub for pattern, sub in patterns.items() if pattern and pattern.search(key)]
            if key in known:
                yield from self.check(item, known[key], f"{path}/{key}")
            elif matching:
                yield from self.check(item, matching[0], f"{path}/{key}")
            elif schema.get("additionalProperties") is False:
                yield f"{path}: extraneous key [{key}] is not permitted"

    def _required(self, value: Any, schema: Schema, path: str) -> Iterator[str]:
        if isinstance(value, dict):
            for key in schema["required"]:
                if key not in value:
                    yield f"{path}: required key [{key}] not found"

    def _all_of(self, value: Any, schema: Schema, path: str) -> Iterator[str]:
        for part in schema["allOf"]:
            yield from self.check(value, part, path)

    def _any_of(self, value: Any, schema: Schema, path: str) -> Iterator[str]:
        for keyword in ("anyOf", "oneOf"):
            tried = [list(self.check(value, part, path)) for part in schema.get(keyword, [])]
            if tried and all(tried):
                yield from min(tried, key=len)


def _between(size: float, schema: Schema, low: str, high: str, path: str) -> Iterator[str]:
    for keyword, outside in (
        (low, low in schema and size < schema[low]),
        (high, high in schema and size > schema[high]),
    ):
        if outside:
            yield f"{path}: failed validation constraint for keyword [{keyword}] {schema[keyword]}"


def _is_a(value: Any, name: str) -> bool:
    if name in _CONTAINERS:
        return isinstance(value, _CONTAINERS[name])
    if isinstance(value, dict | list):
        return False
    return name not in _SCALARS or bool(_SCALARS[name].fullmatch(_text(value)))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kind(value: Any) -> str:
    return {dict: "object", list: "array", bool: "boolean", str: "string"}.get(
        type(value), type(value).__name__
    )


@cache
def _compile(pattern: str) -> re.Pattern[str] | None:
    """Return the pattern, or None where its dialect (ECMA 262) is none of Python's."""
    try:
        return re.compile(pattern)
    except re.error:
        return None
