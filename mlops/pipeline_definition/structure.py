"""The outer form of a definition: version, parameters, step names and types."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from mlops.pipeline_definition.errors import Problem
from mlops.pipeline_definition.steps import JOB_FAULTS, STEP_FAULTS
from mlops.pipeline_definition.walk import Placed

NAME = re.compile(r"[A-Za-z0-9](-*[A-Za-z0-9]){0,63}")
DURATION = re.compile(r"P(?=\d|T\d)(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?")
PARAMETER_TYPES = {"String": str, "Integer": int, "Float": (int, float), "Boolean": bool}
STEP_KEYS = {"Name", "Type", "Arguments", "DependsOn", "DisplayName", "Description"}
_JOB = {"CacheConfig", "RetryPolicies", "PropertyFiles"}
_CHECK = {
    *_JOB,
    *("CheckType", "ModelPackageGroupName", "SkipCheck", "RegisterNewBaseline"),
    *("FailOnViolation", "SuppliedBaselineStatistics", "SuppliedBaselineConstraints"),
}
STEP_TYPES: dict[str, set[str]] = {
    "Processing": _JOB,
    "Training": _JOB,
    "Tuning": _JOB,
    "Transform": _JOB,
    "Model": {"RetryPolicies"},
    "RegisterModel": {"RetryPolicies"},
    "QualityCheck": _CHECK,
    "ClarifyCheck": _CHECK,
    "Lambda": {"CacheConfig", "FunctionArn", "OutputParameters"},
    "Callback": {"CacheConfig", "SqsQueueUrl", "OutputParameters"},
    "EMR": {"CacheConfig", "ClusterConfig"},
    "Condition": set(),
    "Fail": set(),
}
NEEDED = {
    "Lambda": ("FunctionArn",),
    "Callback": ("SqsQueueUrl",),
    "QualityCheck": ("CheckType",),
    "ClarifyCheck": ("CheckType",),
}
TOP = {"Version", "Metadata", "Parameters", "PipelineExperimentConfig", "Steps"}


def near(given: str, allowed: Iterable[str]) -> str:
    """Return "; did you mean X?" when one of the allowed is close, else what is allowed."""
    names = sorted(allowed)
    if match := difflib.get_close_matches(given, names, n=1):
        return f"did you mean {match[0]}?"
    return f"allowed are {', '.join(names)}" if names else "there are none"


def structure(definition: dict[str, Any], placed: list[Placed]) -> Iterator[Problem]:
    """Yield what is wrong before any reference is followed."""
    if definition.get("Version") != "2020-12-01":
        given = definition.get("Version")
        yield Problem("", "Version", f"{given!r} was given, 2020-12-01 is allowed")
    for key in definition.keys() - TOP:
        yield Problem("", key, f"unknown key; {near(key, TOP)}")
    if not isinstance(definition.get("Steps"), list) or not definition["Steps"]:
        yield Problem("", "Steps", "a list of at least one step is needed")
    yield from _parameters(definition.get("Parameters", []))
    for name, count in Counter(step.name for step in placed).items():
        if count > 1:
            yield Problem(name, "Name", f"{count} steps have this name; each needs its own")
    for step in placed:
        yield from _step(step)


def _parameters(declared: Any) -> Iterator[Problem]:
    names = Counter(p.get("Name") for p in declared)
    for name, count in names.items():
        if count > 1:
            yield Problem("", f"Parameters.{name}", f"declared {count} times; once is allowed")
    for parameter in declared:
        key = f"Parameters.{parameter.get('Name')}"
        kind = PARAMETER_TYPES.get(parameter.get("Type"))
        if kind is None:
            given = str(parameter.get("Type"))
            yield Problem("", key, f"type {given} was given; {near(given, PARAMETER_TYPES)}")
            continue
        default, allowed = parameter.get("DefaultValue"), parameter.get("EnumValues")
        if default is not None and not fits(default, parameter["Type"]):
            yield Problem("", key, f"default {default!r} is not of type {parameter['Type']}")
        elif default is not None and allowed and default not in allowed:
            yield Problem("", key, f"default {default!r} is not among {', '.join(allowed)}")


def fits(value: Any, parameter_type: str) -> bool:
    """Tell whether a value is of a parameter's type; True is no number."""
    if isinstance(value, bool):
        return parameter_type == "Boolean"
    return isinstance(value, PARAMETER_TYPES[parameter_type])  # type: ignore[arg-type]


def _step(step: Placed) -> Iterator[Problem]:
    if not isinstance(step.json.get("Name"), str) or not NAME.fullmatch(step.name):
        yield Problem(step.name, "Name", "1 to 64 letters, digits and hyphens are allowed")
    if step.type not in STEP_TYPES:
        yield Problem(
            step.name, "Type", f"{step.type} is no step type; {near(step.type, STEP_TYPES)}"
        )
        return
    allowed = STEP_KEYS | STEP_TYPES[step.type]
    for key in sorted(step.json.keys() - allowed):
        yield Problem(step.name, key, f"unknown key of a {step.type} step; {near(key, allowed)}")
    for key in NEEDED.get(step.type, ()):
        if key not in step.json:
            yield Problem(step.name, key, f"a {step.type} step needs this key")
    yield from _policies(step)
    if not isinstance(step.json.get("Arguments"), dict) and step.type not in ("Lambda", "Callback"):
        yield Problem(step.name, "Arguments", "an object is needed")
    if step.type == "Condition":
        yield from _condition(step)
    if step.type == "Fail" and "ErrorMessage" not in step.arguments:
        yield Problem(step.name, "Arguments.ErrorMessage", "a Fail step needs a reason")


def _policies(step: Placed) -> Iterator[Problem]:
    cache = step.json.get("CacheConfig")
    if cache is not None and not DURATION.fullmatch(str(cache.get("ExpireAfter", ""))):
        given = cache.get("ExpireAfter", "nothing")
        yield Problem(
            step.name,
            "CacheConfig.ExpireAfter",
            f"{given} was given, an ISO 8601 duration such as P30D or PT1H is allowed",
        )
    job = step.type not in ("Model", "RegisterModel")
    allowed = (*STEP_FAULTS, *(JOB_FAULTS if job else ()))
    for index, policy in enumerate(step.json.get("RetryPolicies", [])):
        for fault in policy.get("ExceptionType", []):
            if fault not in allowed:
                key = f"RetryPolicies[{index}].ExceptionType"
                yield Problem(step.name, key, f"{fault} was given; {near(fault, allowed)}")


def _condition(step: Placed) -> Iterator[Problem]:
    conditions = step.arguments.get("Conditions")
    if not isinstance(conditions, list) or not conditions:
        yield Problem(step.name, "Arguments.Conditions", "at least one condition is needed")
        return
    for key in sorted(step.arguments.keys() - {"Conditions", "IfSteps", "ElseSteps"}):
        yield Problem(step.name, f"Arguments.{key}", "unknown key; did you mean IfSteps?")
    for index, condition in enumerate(conditions):
        yield from _one_condition(step, condition, f"Arguments.Conditions[{index}]")


COMPARISONS = (*("Equals", "GreaterThan", "GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo"),)
CONDITION_KEYS = {
    **dict.fromkeys(COMPARISONS, ("LeftValue", "RightValue")),
    "In": ("QueryValue", "Values"),
    "Not": ("Expression",),
    "Or": ("Conditions",),
}


def _one_condition(step: Placed, condition: Any, key: str) -> Iterator[Problem]:
    kind = condition.get("Type") if isinstance(condition, dict) else None
    if kind not in CONDITION_KEYS:
        yield Problem(
            step.name, f"{key}.Type", f"{kind} was given; {near(str(kind), CONDITION_KEYS)}"
        )
        return
    for needed in CONDITION_KEYS[kind]:
        if needed not in condition:
            yield Problem(step.name, f"{key}.{needed}", f"a condition {kind} needs this key")
    if kind == "Not" and "Expression" in condition:
        yield from _one_condition(step, condition["Expression"], f"{key}.Expression")
    if kind == "Or":
        for index, inner in enumerate(condition.get("Conditions", [])):
            yield from _one_condition(step, inner, f"{key}.Conditions[{index}]")
