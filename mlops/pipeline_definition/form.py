"""The types of a definition's outer form: what must be text, a list or an object.

Judged first of all, so that the other checks can rely on it whatever a file holds.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mlops.pipeline_definition.errors import Problem
from mlops.pipeline_definition.walk import REFERENCES

TEXT, NUMBER, YES_NO, ANY = "text", "a number", "true or false", "anything"
Form = Any
"""A word above, a list of one form, or an object of forms; keys that it does not name are free."""

_CONDITION: dict[str, Form] = {"Type": TEXT, "Values": [ANY]}
_CONDITION["Conditions"] = [_CONDITION]
_STEP: dict[str, Form] = {
    "Name": TEXT,
    "Type": TEXT,
    "Description": TEXT,
    "DisplayName": TEXT,
    "Arguments": {"Conditions": [_CONDITION]},
    "DependsOn": [TEXT],
    "PropertyFiles": [{"PropertyFileName": TEXT, "OutputName": TEXT, "FilePath": TEXT}],
    "CacheConfig": {"Enabled": YES_NO, "ExpireAfter": TEXT},
    "RetryPolicies": [
        {
            "ExceptionType": [TEXT],
            "IntervalSeconds": NUMBER,
            "BackoffRate": NUMBER,
            "MaxAttempts": NUMBER,
        }
    ],
    "OutputParameters": [{"OutputName": TEXT, "OutputType": TEXT}],
    "CheckType": TEXT,
    "FunctionArn": ANY,
}
_STEP["Arguments"] |= {"IfSteps": [_STEP], "ElseSteps": [_STEP]}
FORM: dict[str, Form] = {
    "Version": TEXT,
    "Metadata": {},
    "Parameters": [{"Name": TEXT, "Type": TEXT, "DefaultValue": ANY, "EnumValues": [ANY]}],
    "PipelineExperimentConfig": {},
    "Steps": [_STEP],
}
_NEEDED = {"PropertyFileName", "OutputName", "FilePath", "ExceptionType"}
_TYPES: Mapping[str, tuple[type, ...]] = {
    TEXT: (str,),
    NUMBER: (int, float),
    YES_NO: (bool,),
    ANY: (object,),
}


def form(definition: dict[str, Any]) -> Iterator[Problem]:
    """Yield what has a wrong type, and references that are malformed."""
    yield from _judge(definition, FORM, "")
    yield from _references(definition, "")


def _judge(value: Any, wanted: Form, key: str) -> Iterator[Problem]:
    if isinstance(wanted, dict):
        if not isinstance(value, dict):
            yield _wrong(key, value, "an object")
            return
        for name in sorted(_NEEDED & wanted.keys() - value.keys()):
            yield Problem("", f"{key}.{name}", "this key is missing")
        for name, inner in wanted.items():
            if name in value:
                yield from _judge(value[name], inner, f"{key}.{name}" if key else name)
    elif isinstance(wanted, list):
        if not isinstance(value, list):
            yield _wrong(key, value, "a list")
            return
        for index, item in enumerate(value):
            yield from _judge(item, wanted[0], f"{key}[{index}]")
    elif not isinstance(value, _TYPES[wanted]) or (wanted == NUMBER and isinstance(value, bool)):
        yield _wrong(key, value, wanted)


def _wrong(key: str, value: Any, allowed: str) -> Problem:
    return Problem("", key, f"{type(value).__name__} was given, {allowed} is allowed")


def _references(value: Any, key: str) -> Iterator[Problem]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _references(item, f"{key}[{index}]")
    if not isinstance(value, dict):
        return
    if len(value) == 1 and (name := next(iter(value))) in REFERENCES:
        inner = value[name]
        if not _well_formed(name, inner):
            yield Problem("", f"{key}.{name}", f"malformed; {_FORMS[name]} is allowed")
            return
    for name, item in value.items():
        yield from _references(item, f"{key}.{name}" if key else name)


_FORMS = {
    "Get": "a path such as Parameters.Name",
    "Std:Join": "an object of On (text) and Values (a list)",
    "Std:JsonGet": "an object of PropertyFile (a Get) and Path",
}


def _well_formed(name: str, inner: Any) -> bool:
    if name == "Get":
        return isinstance(inner, str)
    if not isinstance(inner, dict):
        return False
    if name == "Std:Join":
        return isinstance(inner.get("On"), str) and isinstance(inner.get("Values"), list)
    file = inner.get("PropertyFile")
    return (
        isinstance(file, dict)
        and isinstance(file.get("Get"), str)
        and isinstance(inner.get("Path"), str | dict)
    )
