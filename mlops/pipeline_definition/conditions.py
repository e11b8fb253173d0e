"""Conditions of a Condition step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mlops.pipeline_definition.references import Json, encode

Comparison = Literal[
    "Equals", "GreaterThan", "GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo"
]


@dataclass(frozen=True)
class Compare:
    """Compare two values, for example `Compare(auc, "GreaterThanOrEqualTo", 0.99)`."""

    left: Any
    comparison: Comparison
    right: Any

    def to_json(self) -> Json:
        """Return the condition as the definition writes it."""
        return {
            "Type": self.comparison,
            "LeftValue": encode(self.left),
            "RightValue": encode(self.right),
        }


@dataclass(frozen=True)
class OneOf:
    """True when the value is among the given ones."""

    value: Any
    values: Sequence[Any]

    def to_json(self) -> Json:
        """Return the condition as the definition writes it."""
        return {"Type": "In", "QueryValue": encode(self.value), "Values": encode(self.values)}


@dataclass(frozen=True)
class Not:
    """The opposite of a condition."""

    condition: "Condition"

    def to_json(self) -> Json:
        """Return the condition as the definition writes it."""
        return {"Type": "Not", "Expression": encode(self.condition)}


@dataclass(frozen=True)
class Or:
    """True when any of the conditions is; a Condition step already joins its own by and."""

    conditions: Sequence["Condition"]

    def to_json(self) -> Json:
        """Return the condition as the definition writes it."""
        return {"Type": "Or", "Conditions": encode(self.conditions)}


Condition = Compare | OneOf | Not | Or
