"""One sentence for each mistake that pydantic finds: key, what was given, what is allowed."""

import difflib
import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

Location = tuple[str | int, ...]


def sentence(  # noqa: PLR0911 (one return a kind of mistake)
    error: Mapping[str, Any], *, root: type[BaseModel], prefix: str = ""
) -> str:
    """Return the sentence of one of `ValidationError.errors()`.

    `root` is the model that was validated, `prefix` the key under which it stands in the file.
    """
    location: Location = error["loc"]
    key = _key(prefix, location)
    given = error.get("input")
    context: Mapping[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            allowed = sorted(_model_at(root, location[:-1]).model_fields)
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
            return f"{key}: {given!r} is not allowed: the pattern is {context['pattern']}"
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


def _key(prefix: str, location: Location) -> str:
    key = prefix
    for part in location:
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


def _model_at(model: type[BaseModel], location: Location) -> type[BaseModel]:
    """Follow keys and indexes down to the table that holds the last one."""
    for part in location:
        if isinstance(part, str):
            model = _inner(model.model_fields[part].annotation)
    return model


def _inner(annotation: Any) -> Any:
    """Return the model inside `Model | None`, `tuple[Model, ...]` or `Annotated[...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, types.UnionType, tuple):
        for part in get_args(annotation):
            if (found := _inner(part)) is not None:
                return found
    return None
