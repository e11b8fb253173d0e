"""The resources of an assembly, with resolved properties, and who refers to whom."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from compliance.intrinsics import Reference, Resolver, Unknown
from compliance.templates import Assembly, Template


class IndeterminateError(Exception):
    """A rule met a value that nobody could resolve."""


class Resource:
    """One resource of a template."""

    def __init__(
        self, *, template: Template, logical_id: str, path: str, resolver: Resolver
    ) -> None:
        self.template = template
        self.logical_id = logical_id
        self.path = path
        self.body: dict[str, Any] = template.section("Resources")[logical_id]
        self.type: str = self.body.get("Type", "")
        self._resolver = resolver

    @cached_property
    def properties(self) -> dict[str, Any]:
        """The properties with every function resolved; `{}` when there are none."""
        resolved = self._resolver.resolve(self.body.get("Properties", {}), self.template)
        if not isinstance(resolved, dict):
            raise IndeterminateError(f"Properties: {resolved}")
        return resolved

    def get(self, *keys: str, default: Any = None) -> Any:
        """Return the property under the keys, or the default when there is none.

        Raises IndeterminateError when the property, or one above it, could not be resolved.
        """
        return dig(self.properties, *keys, default=default)

    def is_at(self, value: Any) -> bool:
        """Say whether a resolved value is this resource's Ref or one of its attributes."""
        return (
            isinstance(value, Reference)
            and value.file == self.template.file
            and value.logical_id == self.logical_id
        )


def dig(value: Any, *keys: str, default: Any = None) -> Any:
    """Return what is under the keys of a resolved value, or the default when there is none.

    Raises IndeterminateError when it, or something above it, could not be resolved.
    """
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return default
        value = known(value[key], ".".join(keys))
    return value


def known(value: Any, what: str) -> Any:
    """Return the value. Raises IndeterminateError when it is Unknown."""
    if isinstance(value, Unknown):
        raise IndeterminateError(f"{what}: {value.text} is known only when it is deployed")
    return value


class Resources:
    """All resources of an assembly."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.all = list(resources)
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        self._by_template: dict[Template, list[Resource]] = defaultdict(list)
        for resource in self.all:
            self._by_type[resource.type].append(resource)
            self._by_template[resource.template].append(resource)
        self._at = {(one.template.file, one.logical_id): one for one in self.all}

    @classmethod
    def of(cls, assembly: Assembly) -> "Resources":
        """Read the resources of every template of an assembly."""
        resolver = Resolver(assembly.templates)
        return cls(
            Resource(
                template=template,
                logical_id=logical_id,
                path=assembly.paths.get(
                    (template.file, logical_id), f"{template.path}/{logical_id}"
                ),
                resolver=resolver,
            )
            for template in assembly.templates
            for logical_id in template.section("Resources")
        )

    def of_type(self, *types: str) -> list[Resource]:
        """Return the resources of the given types."""
        return [resource for type_ in types for resource in self._by_type[type_]]

    def of_template(self, template: Template) -> list[Resource]:
        """Return the resources of a template."""
        return self._by_template[template]

    def at(self, value: Any) -> Resource | None:
        """Return the resource that a resolved value refers to, or None."""
        if isinstance(value, Reference):
            return self._at.get((value.file, value.logical_id))
        return None

    def referring(self, type_: str, key: str, resource: Resource) -> list[Resource]:
        """Return the resources of a type whose property `key` is, or lists, the given one."""
        found = []
        for candidate in self._by_type[type_]:
            value = candidate.properties.get(key)
            values = value if isinstance(value, list) else [value]
            if any(resource.is_at(one) for one in values):
                found.append(candidate)
        return found
