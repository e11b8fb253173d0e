"""What tests of the HPC room read from its template."""

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from hpc.room.proof import flattened

Body = dict[str, Any]


class Room:
    """The nested template of the room."""

    def __init__(self, template: Body) -> None:
        self.resources: dict[str, Body] = template["Resources"]

    def of(self, kind: str) -> dict[str, Body]:
        return {key: body for key, body in self.resources.items() if body["Type"] == kind}

    def properties(self, kind: str) -> list[Body]:
        return [body["Properties"] for body in self.of(kind).values()]

    def one(self, kind: str, part: str = "") -> Body:
        """The properties of the only resource of a type whose logical id has a part."""
        found = {key: body for key, body in self.of(kind).items() if part in key}
        assert len(found) == 1, f"{kind} {part}: {sorted(found)}"
        properties: Body = next(iter(found.values()))["Properties"]
        return properties

    def statements(self, part: str) -> list[Body]:
        """The statements of managed policies whose logical id has a part."""
        return [
            statement
            for key, body in self.of("AWS::IAM::ManagedPolicy").items()
            if part in key
            for statement in body["Properties"]["PolicyDocument"]["Statement"]
        ]

    @cached_property
    def gate(self) -> Body:
        return self.one("Custom::ClusterGate")

    def needs(self, logical_id: str) -> set[str]:
        """Everything that has to be there before a resource, however far away."""
        found: set[str] = set()
        waiting = [logical_id]
        while waiting:
            for name in set(named(self.resources[waiting.pop()])) & set(self.resources):
                if name not in found:
                    found.add(name)
                    waiting.append(name)
        return found


def named(value: Any) -> Iterator[str]:
    """Yield every logical id that a resource refers to."""
    if isinstance(value, list):
        for item in value:
            yield from named(item)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        match key, inner:
            case "Ref", str():
                yield inner
            case "Fn::GetAtt", [str(name), *_]:
                yield name
            case "DependsOn", str():
                yield inner
            case "DependsOn", list():
                yield from inner
            case _:
                yield from named(inner)


def plain(value: Any) -> Any:
    """A resolved value with functions written out as text."""
    return flattened(value)


def text(value: Any) -> str:
    return json.dumps(value)
