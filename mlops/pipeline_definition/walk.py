"""Ways through a definition's JSON: its steps, with branches, and the references they make."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Branch = tuple[tuple[str, str], ...]
"""The branches around a step, outermost first: (condition step, IfSteps or ElseSteps)."""

TOKEN = re.compile(r"\$\{Token\[[^\]]+\]\}")


@dataclass(frozen=True)
class Placed:
    """A step and where it stands."""

    json: dict[str, Any]
    branch: Branch

    @property
    def name(self) -> str:
        """The step's name, or where it stands when it has none."""
        name = self.json.get("Name")
        return name if isinstance(name, str) else "without a name"

    @property
    def type(self) -> str:
        """The step's type."""
        return str(self.json.get("Type"))

    @property
    def arguments(self) -> dict[str, Any]:
        """The step's arguments; empty when there are none."""
        arguments = self.json.get("Arguments")
        return arguments if isinstance(arguments, dict) else {}

    def own(self) -> dict[str, Any]:
        """Return the step without the steps inside its branches."""
        if self.type != "Condition":
            return self.json
        inner = {k: v for k, v in self.arguments.items() if k not in ("IfSteps", "ElseSteps")}
        return {**self.json, "Arguments": inner}


def steps(definition: dict[str, Any]) -> Iterator[Placed]:
    """Yield every step, those inside branches included."""
    yield from _steps(definition.get("Steps"), ())


def _steps(items: Any, branch: Branch) -> Iterator[Placed]:
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        placed = Placed(item, branch)
        yield placed
        if placed.type == "Condition":
            for side in ("IfSteps", "ElseSteps"):
                yield from _steps(placed.arguments.get(side), (*branch, (placed.name, side)))


def is_reference(value: Any) -> bool:
    """Tell whether a JSON value is filled in while the pipeline runs."""
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in REFERENCES


REFERENCES = ("Get", "Std:Join", "Std:JsonGet")


@dataclass(frozen=True)
class Use:
    """A `Get` and where it stands; `value_path` when it is the file of a Std:JsonGet."""

    key: str
    path: str
    value_path: Any = None


def uses(value: Any, key: str = "") -> Iterator[Use]:
    """Yield every Get inside a JSON value."""
    if isinstance(value, dict):
        if set(value) == {"Get"}:
            yield Use(key, str(value["Get"]))
            return
        if set(value) == {"Std:JsonGet"} and isinstance(value["Std:JsonGet"], dict):
            file = value["Std:JsonGet"].get("PropertyFile")
            if isinstance(file, dict) and set(file) == {"Get"}:
                path = value["Std:JsonGet"].get("Path", "")
                yield Use(key, str(file["Get"]), path)
                yield from uses(path, key)
                return
        for name, item in value.items():
            yield from uses(item, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from uses(item, f"{key}[{index}]")


def has_token(value: str) -> bool:
    """Tell whether part of a string is known only after deployment (a CDK token)."""
    return TOKEN.search(value) is not None
