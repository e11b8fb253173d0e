"""References filled in: parameters, the run itself, what finished steps have, property files."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlops.pipeline_definition.structure import near
from mlops.runner.errors import RunError, StepFailedError

_PART = re.compile(r"\.?([A-Za-z0-9_]+)|\[(\d+)\]|\['([^']+)'\]")


@dataclass
class Resolver:
    """Everything that references can lead to."""

    parameters: dict[str, Any]
    execution: dict[str, str]
    properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[tuple[str, str], Path] = field(default_factory=dict)

    def resolve(self, value: Any) -> Any:
        """Return a JSON value with every reference replaced. Raises StepFailedError."""
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"Get"}:
            return self._get(str(value["Get"]))
        if set(value) == {"Std:Join"}:
            join = value["Std:Join"]
            return str(join["On"]).join(_text(self.resolve(item)) for item in join["Values"])
        if set(value) == {"Std:JsonGet"}:
            return self._json(value["Std:JsonGet"])
        return {key: self.resolve(item) for key, item in value.items()}

    def _get(self, path: str) -> Any:
        kind, _, rest = path.partition(".")
        if kind == "Parameters":
            return self.parameters[rest]
        if kind == "Execution":
            return self.execution[path]
        step, _, inside = rest.partition(".")
        return follow(self.properties.get(step, {}), inside, f"Steps.{step}")

    def _json(self, look_up: dict[str, Any]) -> Any:
        _, step, _, name = str(look_up["PropertyFile"]["Get"]).split(".", 3)
        file = self.files.get((step, name))
        if file is None or not file.is_file():
            raise StepFailedError(f"property file {name} of step {step}: it was not written")
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            raise StepFailedError(f"property file {name} of step {step}: not JSON") from None
        return follow(document, str(self.resolve(look_up["Path"])), f"property file {name}")


def follow(value: Any, path: str, where: str) -> Any:
    """Return what a dotted path leads to; raises StepFailedError when it leads nowhere."""
    position, here = 0, value
    while position < len(path):
        part = _PART.match(path, position)
        if part is None:
            raise StepFailedError(f"{where}: there is no {path}")
        position = part.end()
        try:
            if part[2]:
                here = here[int(part[2])]
            elif isinstance(here, list):
                here = _named(here, part[3])
            else:
                here = here[part[1] or part[3]]
        except (KeyError, IndexError, TypeError):
            raise StepFailedError(f"{where}: there is no {path}") from None
    return here


def _named(items: list[Any], name: str) -> Any:
    """Return the item whose name key (OutputName, ChannelName and so on) has a value."""
    for item in items:
        if isinstance(item, dict) and any(
            k.endswith("Name") and v == name for k, v in item.items()
        ):
            return item
    raise KeyError(name)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def parameters_of(definition: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    """Return the value of each parameter; raises RunError naming one that is wrong."""
    declared = {p["Name"]: p for p in definition.get("Parameters", [])}
    for name in given:
        if name not in declared:
            raise RunError(f"parameter {name}: there is none; {near(name, declared)}")
    values = {}
    for name, parameter in declared.items():
        value = (
            _typed(name, given[name], parameter) if name in given else parameter.get("DefaultValue")
        )
        if value is None:
            raise RunError(f"parameter {name}: it has no default; give --param {name}=…")
        values[name] = value
    return values


_READ: dict[str, Callable[[str], Any]] = {
    "String": str,
    "Integer": int,
    "Float": float,
    "Boolean": lambda text: {"true": True, "false": False}[text.lower()],
}


def _typed(name: str, text: str, parameter: dict[str, Any]) -> Any:
    kind = parameter["Type"]
    try:
        value = _READ[kind](text)
    except (ValueError, KeyError):
        raise RunError(f"parameter {name}: {text!r} was given, {kind} is allowed") from None
    allowed = parameter.get("EnumValues", [])
    if allowed and value not in allowed:
        raise RunError(f"parameter {name}: {text!r} was given, {', '.join(allowed)} is allowed")
    return value
