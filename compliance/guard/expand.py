"""Values of templates with parameters followed to where they come from.

Two values are the same when what they expand to is. Unlike compliance.intrinsics, which says what
a value comes to, this loses nothing: functions that only a deployment can answer stay as they are,
and every resource that a value depends on can be told.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from compliance.intrinsics import NO_VALUE, Reference
from compliance.templates import Template

_ASSET_HASH = re.compile(r"[0-9a-f]{64}(?=\.(?:json|zip))")
_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
_LONGEST = 160


class _Absent:
    """What AWS::NoValue leaves behind."""


_ABSENT = _Absent()


class Expander:
    """Expands the values of one side's templates."""

    def __init__(self) -> None:
        self._open: set[tuple[str, str]] = set()
        self._functions = {
            "Ref": self._ref,
            "Fn::GetAtt": self._attribute,
            "Fn::Join": self._join,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
        }

    def properties(self, template: Template, logical_id: str) -> dict[str, Any]:
        """Return the properties of a resource; `{}` when there are none."""
        found = self.expand(template.section("Resources")[logical_id].get("Properties"), template)
        return found if isinstance(found, dict) else {}

    def expand(self, value: Any, template: Template) -> Any:
        """Return a value in which every reference is one to a resource.

        Hashes of assets are masked: they change with every build and lose no data.
        """
        if isinstance(value, str):
            return _ASSET_HASH.sub("asset", value)
        if isinstance(value, list):
            items = [self.expand(item, template) for item in value]
            return [item for item in items if item is not _ABSENT]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            if function := self._functions.get(name):
                return function(argument, template)
        members = {key: self.expand(member, template) for key, member in value.items()}
        return {key: member for key, member in members.items() if member is not _ABSENT}

    def _ref(self, name: Any, template: Template) -> Any:
        if name == NO_VALUE:
            return _ABSENT
        if name in template.section("Resources"):
            return Reference(template.file, name, "Ref")
        parameter = template.section("Parameters").get(name)
        here = (template.file, str(name))
        if parameter is None or here in self._open:
            return {"Ref": name}
        self._open.add(here)  # siblings that hand each other parameters would never end
        try:
            if template.parent and name in template.arguments:
                return self.expand(template.arguments[name], template.parent)
            return parameter.get("Default", {"Ref": name})
        finally:
            self._open.discard(here)

    def _attribute(self, argument: Any, template: Template) -> Any:
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        logical_id, attribute = parts[0], parts[-1]
        child = template.children.get(logical_id)
        if child and isinstance(attribute, str) and attribute.startswith("Outputs."):
            output = child.section("Outputs").get(attribute.removeprefix("Outputs."))
            if output is not None:
                return self.expand(output.get("Value"), child)
        if logical_id in template.section("Resources"):
            return Reference(template.file, logical_id, shown(self.expand(attribute, template)))
        return {"Fn::GetAtt": argument}

    def _join(self, argument: Any, template: Template) -> Any:
        separator, parts = argument[0], self.expand(argument[1], template)
        if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
            return separator.join(parts)
        return {"Fn::Join": [separator, parts]}

    def _sub(self, argument: Any, template: Template) -> Any:
        text, given = (argument, {}) if isinstance(argument, str) else argument
        # Texts and names take turns; CDK writes the same as a Join without separator.
        pieces = enumerate(_VARIABLE.split(text))
        parts = [
            _variable(piece, given) if at % 2 else piece.replace("${!", "${")
            for at, piece in pieces
        ]
        return self._join(["", [part for part in parts if part != ""]], template)

    def _if(self, argument: Any, template: Template) -> Any:
        condition = self.condition(argument[0], template)
        return {"Fn::If": [condition, *self.expand(argument[1:], template)]}

    def condition(self, name: Any, template: Template) -> Any:
        """Return the expression behind a condition's name; None without a name."""
        return self.expand(template.section("Conditions").get(name, name), template)


def _variable(name: str, given: dict[str, Any]) -> Any:
    """Return what `${name}` stands for in a Sub."""
    if name in given:
        return given[name]
    return {"Fn::GetAtt": name} if "." in name else {"Ref": name}


def references(value: Any) -> Iterator[Reference]:
    """Yield the resources that an expanded value depends on."""
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def shown(value: Any) -> str:
    """Return an expanded value as people read it, shortened where it is long."""
    if value is None:
        return "not set"
    if isinstance(value, (str, Reference)):
        text = str(value)
    else:
        text = json.dumps(value, default=str, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
