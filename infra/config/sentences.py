"""One sentence for each mistake that pydantic finds: key, what was given, what is allowed."""

import difflib
from collections.abc import Mapping
from types import NoneType
from typing import Any, cast, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Location = tuple[str | int, ...]
WRONG_KEY = "[key]"
"""What pydantic adds to the place of a table's key that is not allowed."""


def sentence(  # noqa: PLR0911 (one return a kind of mistake)
    error: Mapping[str, Any], *, root: type[BaseModel]
) -> str:
    """Return the sentence of one of `ValidationError.errors()` of the model `root`."""
    location: Location = error["loc"]
    key = key_of(location)
    given = error.get("input")
    context: Mapping[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            allowed = sorted(_model_at(root, location).model_fields)
            near = difflib.get_close_matches(str(location[-1]), allowed, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            return f"{key}: unknown key; {hint}allowed here are {', '.join(allowed)}"
        case "missing":
            return f"{key}: required key is missing"
        case "value_error":
            return f"{key}: {given!r}: {context['error']}"
        case "literal_error" | "enum":
            return f"{key}: {given!r} is not allowed; {_nearest(given, context)}"
        case "string_pattern_mismatch":
            about = (_field_at(root, location).description or "").rstrip(".")
            pattern = context["pattern"]
            rule = f"{about} (pattern {pattern})" if about else f"the pattern is {pattern}"
            return f"{key}: {given!r} is not allowed: {rule}"
        case "greater_than_equal":
            return f"{key}: {given!r} is too small; at least {context['ge']} is allowed"
        case "less_than_equal":
            return f"{key}: {given!r} is too large; at most {context['le']} is allowed"
        case "too_long":
            most = context["max_length"]
            return f"{key}: {context['actual_length']} are too many; {most} are allowed"
        case "too_short":
            return f"{key}: at least {context['min_length']} is required"
        case _:
            message = str(error["msg"])
            return f"{key}: {given!r}: {message[0].lower()}{message[1:]}"


def key_of(location: Location) -> str:
    """Return a place in a file as people write it: hpc.clusters[0].name."""
    key = ""
    for part in location:
        if part != WRONG_KEY:
            key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
    return key


def _nearest(given: Any, context: Mapping[str, Any]) -> str:
    """Write out the allowed values, and the one that is nearest to what was given."""
    expected = str(context["expected"])
    values = [part.strip("' ") for part in expected.replace(" or ", ",").split(",")]
    near = difflib.get_close_matches(str(given), values, n=1, cutoff=0.4)
    if isinstance(given, int | float) and all(value.isdigit() for value in values):
        near = [min(values, key=lambda value: abs(int(value) - given))]
    hint = f"the nearest allowed is {near[0]}, of " if near else "allowed are "
    return hint + ", ".join(values)


def _model_at(root: type[BaseModel], location: Location) -> type[BaseModel]:
    """Return the model that a key stands in."""
    kind: Any = root
    for part in location[:-1]:
        kind = _below(kind, part)
    return cast(type[BaseModel], kind)


def _field_at(root: type[BaseModel], location: Location) -> FieldInfo:
    """Return the field that a value belongs to: its own, or that of the list or table around it."""
    for end in reversed(range(len(location))):
        fields = getattr(_model_at(root, location[: end + 1]), "model_fields", {})
        if found := fields.get(location[end]):
            return cast(FieldInfo, found)
    raise AssertionError("every place in a file starts with a key of the root")


def _below(kind: Any, part: str | int) -> Any:
    """Return the type of what stands under a key of a model, a table or a list."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        kind = kind.model_fields[str(part)].annotation
    else:
        kind = next(one for one in reversed(get_args(kind)) if one is not ...)
    if NoneType in get_args(kind):
        kind = next(one for one in get_args(kind) if one is not NoneType)
    return kind
