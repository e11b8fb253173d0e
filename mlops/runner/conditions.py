"""Conditions, decided."""

import operator
from collections.abc import Callable
from typing import Any

from mlops.runner.errors import StepFailedError
from mlops.runner.resolve import Resolver

ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}


def holds(condition: dict[str, Any], resolver: Resolver) -> bool:
    """Decide a condition; raises StepFailedError when two values cannot be compared."""
    kind = condition["Type"]
    if kind == "Not":
        return not holds(condition["Expression"], resolver)
    if kind == "Or":
        return any(holds(inner, resolver) for inner in condition["Conditions"])
    if kind == "In":
        return resolver.resolve(condition["QueryValue"]) in resolver.resolve(condition["Values"])
    left = resolver.resolve(condition["LeftValue"])
    right = resolver.resolve(condition["RightValue"])
    if kind == "Equals":
        return bool(left == right)
    if not (_is_number(left) and _is_number(right)):
        raise StepFailedError(f"{left!r} and {right!r} cannot be compared by {kind}")
    return ORDER[kind](left, right)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
