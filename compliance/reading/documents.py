"""Documents inside a property: JSON or YAML as text, with the references of a template in it.

A reference that only a deployment fills in has become `${...}` in the text; it stays so in the
values of the document.
"""

import json
import re
from functools import lru_cache
from typing import Any

from compliance.resources import IndeterminateError, known

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_MARKED = re.compile(r"<<([^<>]*)>>")
UNRESOLVED = "${"


def parsed(value: Any, what: str) -> Any:
    """Return the document that a resolved property is or holds as text.

    Raises IndeterminateError when nobody can know it before it is deployed, ValueError when it is
    neither JSON nor YAML.
    """
    known(value, what)
    return _parse(value, what) if isinstance(value, str) else value


@lru_cache(maxsize=256)
def _parse(text: str, what: str) -> Any:
    if _REFERENCE.fullmatch(text.strip()):
        raise IndeterminateError(f"{what}: {text} is known only when it is deployed")
    try:
        return json.loads(text)
    except ValueError:
        return _yaml(text, what)


def _yaml(text: str, what: str) -> Any:
    import yaml  # type: ignore[import-untyped] # noqa: PLC0415 (slow; most hold no YAML)

    try:
        # A brace ends a plain value of YAML; the marks do not.
        return _unmark(yaml.safe_load(_REFERENCE.sub(r"<<\1>>", text)))
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise ValueError(f"{what} is neither JSON nor YAML ({problem})") from None


def _unmark(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unmark(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_unmark(member) for member in value]
    return _MARKED.sub(r"${\1}", value) if isinstance(value, str) else value
