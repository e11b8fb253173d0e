"""What CloudFormation's functions come to, as far as the templates say.

A parameter of a nested template is what its parent hands down, an attribute `Outputs.X` of a nested
stack what the child hands up; so a key made in one room is recognised in another. What only a
deployment can know is `Unknown`: whoever must decide on it is indeterminate.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.templates import Template

NO_VALUE = "AWS::NoValue"


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource of the assembly: its Ref (attribute `Ref`) or one of its attributes."""

    file: str
    logical_id: str
    attribute: str

    def __str__(self) -> str:
        return f"${{{self.logical_id}.{self.attribute}}}"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the templates do not tell; `text` says which."""

    text: str

    def __str__(self) -> str:
        return f"${{{self.text}}}"


class _Absent:
    """What AWS::NoValue leaves behind."""


_ABSENT = _Absent()


class Resolver:
    """Resolves values of the templates of one assembly."""

    def __init__(self, templates: list[Template]) -> None:
        self._templates = {template.file: template for template in templates}
        self._parameters: dict[tuple[str, str], Any] = {}
        self._functions: Mapping[str, Callable[[Any, Template], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._attribute,
            "Fn::Join": self._join,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::FindInMap": self._find_in_map,
        }

    def resolve(self, value: Any, template: Template) -> Any:
        """Return a value with every function replaced by what it comes to."""
        if isinstance(value, list):
            items = [self.resolve(item, template) for item in value]
            return [item for item in items if item is not _ABSENT]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            if function := self._functions.get(name):
                return function(argument, template)
            if name.startswith("Fn::") or name == "Condition":
                return Unknown(name)
        members = {key: self.resolve(member, template) for key, member in value.items()}
        return {key: member for key, member in members.items() if member is not _ABSENT}

    def _ref(self, name: str, template: Template) -> Any:
        if name == NO_VALUE:
            return _ABSENT
        if name.startswith("AWS::"):
            return f"${{{name}}}"
        if name in template.section("Parameters"):
            return self._parameter(name, template)
        if name in template.section("Resources"):
            return Reference(template.file, name, "Ref")
        return Unknown(f"Ref {name}")

    def _parameter(self, name: str, template: Template) -> Any:
        known = (template.file, name)
        if known not in self._parameters:
            # Set before it is resolved: siblings that hand each other parameters would never end.
            self._parameters[known] = Unknown(f"parameter {name}")
            self._parameters[known] = self._argument(name, template)
        return self._parameters[known]

    def _argument(self, name: str, template: Template) -> Any:
        if template.parent and name in template.arguments:
            return self.resolve(template.arguments[name], template.parent)
        parameter = template.section("Parameters")[name]
        if "Default" in parameter and not parameter["Type"].startswith("AWS::SSM::"):
            return parameter["Default"]
        return Unknown(f"parameter {name}")

    def _attribute(self, argument: Any, template: Template) -> Any:
        logical_id, _, attribute = (
            argument.partition(".")
            if isinstance(argument, str)
            else (argument[0], ".", self.resolve(argument[1], template))
        )
        if not isinstance(attribute, str):
            return Unknown(f"GetAtt {logical_id}")
        child = template.children.get(logical_id)
        if child and attribute.startswith("Outputs."):
            output = child.section("Outputs").get(attribute.removeprefix("Outputs."))
            if output is None:
                return Unknown(f"GetAtt {logical_id}.{attribute}")
            return self.resolve(output["Value"], child)
        if logical_id in template.section("Resources"):
            return Reference(template.file, logical_id, attribute)
        return Unknown(f"GetAtt {logical_id}.{attribute}")

    def _join(self, argument: Any, template: Template) -> Any:
        separator, parts = argument[0], self.resolve(argument[1], template)
        if not isinstance(parts, list):
            return Unknown("Fn::Join")
        if len(parts) == 1:
            return parts[0]
        return separator.join(str(part) for part in parts)

    def _sub(self, argument: Any, template: Template) -> Any:
        text, given = (argument, {}) if isinstance(argument, str) else argument
        for name, value in given.items():
            text = text.replace(f"${{{name}}}", str(self.resolve(value, template)))
        return text

    def _if(self, argument: Any, template: Template) -> Any:
        branches = [self.resolve(branch, template) for branch in argument[1:]]
        same = len(branches) == 2 and branches[0] == branches[1]  # noqa: PLR2004 (then and else)
        return branches[0] if same else Unknown(f"condition {argument[0]}")

    def _select(self, argument: Any, template: Template) -> Any:
        index, items = argument[0], self.resolve(argument[1], template)
        try:
            return items[int(index)] if isinstance(items, list) else Unknown("Fn::Select")
        except (ValueError, TypeError, IndexError):
            return Unknown("Fn::Select")

    def _split(self, argument: Any, template: Template) -> Any:
        text = self.resolve(argument[1], template)
        if not isinstance(text, str) or "${" in text:
            return Unknown("Fn::Split")
        return text.split(argument[0])

    def _find_in_map(self, argument: Any, template: Template) -> Any:
        found: Any = template.section("Mappings")
        for key in self.resolve(argument[:3], template):
            if not isinstance(key, str) or not isinstance(found, dict) or key not in found:
                return Unknown("Fn::FindInMap")
            found = found[key]
        return found
