"""One synthesis per environment serves the whole session."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

ENVIRONMENTS = ("dev", "staging", "production")


@dataclass(frozen=True)
class Assembly:
    """The templates of one environment: `rooms["Network"]`, `rooms["Root"]`, `rooms["EdgeGlobal"]`."""

    outdir: Path
    environment: str

    @cached_property
    def rooms(self) -> dict[str, dict[str, Any]]:
        found = {}
        nested = re.compile(rf"iryo{self.environment}(\w+?)[0-9A-F]{{8}}\.nested\.template\.json")
        flat = re.compile(rf"iryo-{self.environment}-([a-z-]+)\.template\.json")
        for file in sorted(self.outdir.glob("*.template.json")):
            match, beside = nested.fullmatch(file.name), flat.fullmatch(file.name)
            name = match[1] if match else "Root"
            if beside:
                name = beside[1].title().replace("-", "")
            found[name] = json.loads(file.read_text())
        return found

    def resources(self, room: str, kind: str, **properties: Any) -> dict[str, dict[str, Any]]:
        """Resources of a type, by logical id, whose given properties have the given values."""
        return {
            name: resource
            for name, resource in self.rooms[room]["Resources"].items()
            if resource["Type"] == kind
            and all(resource["Properties"].get(k) == v for k, v in properties.items())
        }

    def resource(self, room: str, kind: str, **properties: Any) -> dict[str, Any]:
        """The properties of the only such resource."""
        found = self.resources(room, kind, **properties)
        assert len(found) == 1, f"{len(found)} resources {kind} in {room}: {sorted(found)}"
        properties_found: dict[str, Any] = next(iter(found.values()))["Properties"]
        return properties_found


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Assembly]:
    """Synthesise an environment at first use, without asking the gate."""
    made: dict[str, Assembly] = {}

    def synthesised(environment: str) -> Assembly:
        if environment not in made:
            from app import build_app
            from infra.config import load, path_of

            outdir = tmp_path_factory.mktemp(environment)
            build_app(load(path_of(environment)), outdir, validate=False).synth()
            made[environment] = Assembly(outdir, environment)
        return made[environment]

    return synthesised


@pytest.fixture(scope="session", params=ENVIRONMENTS)
def every(request: pytest.FixtureRequest, assembly: Callable[[str], Assembly]) -> Assembly:
    """Each environment in turn."""
    return assembly(request.param)
