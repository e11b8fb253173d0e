"""Who is allowed what: the statements of every policy in the templates, by who holds them.

An identity policy is held by the roles, users and groups it is attached to, so that a new policy on
an old role shows as more for that role. Any other policy is held by the resource it stands on.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from compliance.intrinsics import Reference
from compliance.resources import IndeterminateError, Resource, Resources

HOLDERS = ("Roles", "Users", "Groups")


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Grant:
    """One statement with every value as text; `condition` is JSON, "" without one."""

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    principals: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    """Which of Action, Resource and Principal are written as Not..., so mean all but those."""
    condition: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the members that are not what they are by default."""
        return {key: value for key, value in asdict(self).items() if value}


def read(data: dict[str, Any]) -> Grant:
    """Return the grant that a report carries."""
    members: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in data.items()
    }
    return Grant(**members)


def of(resources: Resources) -> dict[str, list[Grant]]:
    """Return the grants of an assembly by the construct path of their holder, in a stable order."""
    found: dict[str, set[Grant]] = defaultdict(set)
    for resource in resources.all:
        try:
            properties = resource.properties
        except IndeterminateError:
            continue
        for holder, grant in _of(resource, properties, resources):
            found[holder].add(grant)
    return {holder: sorted(found[holder]) for holder in sorted(found)}


def _of(
    resource: Resource, properties: dict[str, Any], resources: Resources
) -> Iterator[tuple[str, Grant]]:
    text = _Text(resources)
    if resource.type == "AWS::Lambda::Permission":
        yield _permission(resource, properties, text)
        return
    holders = [text.path(one) or resource.path for key in HOLDERS for one in _many(properties, key)]
    for document in _documents(properties):
        for holder in holders or [resource.path]:
            for raw in _many(document, "Statement"):
                if isinstance(raw, dict):
                    yield holder, _grant(raw, text)
    for arn in _many(properties, "ManagedPolicyArns"):
        yield resource.path, Grant(effect="Allow", actions=(f"managed policy {text.of(arn)}",))
    if boundary := properties.get("PermissionsBoundary"):
        yield resource.path, Grant(effect="Deny", actions=(f"beyond boundary {text.of(boundary)}",))


def _documents(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    inline = [one.get("PolicyDocument") for one in _many(properties, "Policies") if _is(one)]
    for value in (*properties.values(), *inline):
        if _is(value) and "Statement" in value:
            yield value


def _grant(raw: dict[str, Any], text: "_Text") -> Grant:
    principal = raw.get("Principal", raw.get("NotPrincipal", {}))
    principals = (
        [f"{kind} {text.of(one)}" for kind in principal for one in _many(principal, kind)]
        if isinstance(principal, dict)
        else [text.of(principal)]
    )
    condition = raw.get("Condition")
    return Grant(
        effect=str(raw.get("Effect", "")),
        actions=text.all(raw, "Action", "NotAction"),
        resources=text.all(raw, "Resource", "NotResource") or ("*",),
        principals=tuple(sorted(principals)),
        excludes=tuple(k for k in ("Action", "Resource", "Principal") if f"Not{k}" in raw),
        condition=json.dumps(condition, sort_keys=True, default=text.of) if condition else "",
    )


def _permission(resource: Resource, properties: dict[str, Any], text: "_Text") -> tuple[str, Grant]:
    narrowing = ("SourceArn", "SourceAccount", "PrincipalOrgID", "FunctionUrlAuthType")
    condition = {key: text.of(properties[key]) for key in narrowing if key in properties}
    function = properties.get("FunctionName")
    return text.path(function) or resource.path, Grant(
        effect="Allow",
        actions=(text.of(properties.get("Action", "")),),
        principals=(text.of(properties.get("Principal", "")),),
        condition=json.dumps(condition, sort_keys=True) if condition else "",
    )


class _Text:
    """Values as text; a resource of the assembly is its construct path, not its logical id."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def of(self, value: Any) -> str:
        """Return the value as text."""
        if isinstance(value, Reference):
            return f"${{{self.path(value) or value.logical_id}.{value.attribute}}}"
        if isinstance(value, (dict, list)):
            return json.dumps(value, sort_keys=True, default=self.of)
        return str(value)

    def all(self, raw: dict[str, Any], *keys: str) -> tuple[str, ...]:
        """Return the values under the first key that is there, ordered, as text."""
        key = next((key for key in keys if key in raw), "")
        return tuple(sorted(self.of(one) for one in _many(raw, key)))

    def path(self, value: Any) -> str:
        """Return the construct path of the resource that a value refers to, or ""."""
        found = self._resources.at(value)
        return found.path if found else ""


def _many(raw: dict[str, Any], key: str) -> Iterable[Any]:
    value = raw.get(key, [])
    return value if isinstance(value, list) else [value]


def _is(value: Any) -> bool:
    return isinstance(value, dict)
