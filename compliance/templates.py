"""The templates of a cloud assembly as a tree, with the construct path of every resource.

Nested templates are assets, not stacks, of an assembly: they are found through the asset
manifests. Everything is read from disk, so what is judged is what would be deployed.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from compliance import external
from compliance.waivers import METADATA, Waiver, read

STACK_TYPE = "AWS::CloudFormation::Stack"
SUFFIX = ".template.json"
ACKNOWLEDGED = "aws:cdk:acknowledged-rules"
_ASSET = re.compile(r"([0-9a-f]{64})\.json")


class AssemblyError(RuntimeError):
    """A cloud assembly cannot be judged: a file is missing or not what it should be."""


@dataclass(eq=False, kw_only=True)
class Template:
    """One `*.template.json`; `parent` and `holder` say which template and resource nest it.

    `external` has the addresses of nested templates that are a supplier's, by logical id.
    """

    file: str
    path: str
    size: int
    sha256: str
    body: dict[str, Any]
    parent: "Template | None" = None
    holder: str = ""
    children: dict[str, "Template"] = field(default_factory=dict)
    external: dict[str, str] = field(default_factory=dict)

    def section(self, name: str) -> dict[str, Any]:
        """Return a section such as Resources, Parameters, Outputs; empty when absent."""
        found: dict[str, Any] = self.body.get(name, {})
        return found

    @property
    def arguments(self) -> dict[str, Any]:
        """What the parent hands to the parameters of this template, unresolved."""
        if self.parent is None:
            return {}
        properties = self.parent.section("Resources")[self.holder].get("Properties", {})
        found: dict[str, Any] = properties.get("Parameters", {})
        return found


@dataclass(frozen=True, slots=True)
class RecordedWaiver:
    """A waiver and the construct path it stands on."""

    path: str
    waiver: Waiver


class Assembly:
    """The templates under a cloud assembly's folder.

    Raises AssemblyError when a file that the manifest names is missing or broken.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.templates: list[Template] = []
        self.metadata: dict[str, list[dict[str, Any]]] = {}
        manifest = self._json("manifest.json")
        artifacts = manifest.get("artifacts", {})
        assets = self._assets(artifacts)
        stacks = {
            name: artifact
            for name, artifact in artifacts.items()
            if artifact["type"] == "aws:cloudformation:stack"
        }
        for artifact in stacks.values():
            self.metadata |= artifact.get("metadata", {})
            if extra := artifact.get("additionalMetadataFile"):
                self.metadata |= self._json(extra)
        for artifact in stacks.values():
            self._load(artifact["properties"]["templateFile"], assets)

    @cached_property
    def paths(self) -> Mapping[tuple[str, str], str]:
        """The construct path of each (template file, logical id)."""
        found = {}
        for path, entries in self.metadata.items():
            for entry in entries:
                if entry["type"] == "aws:cdk:logicalId":
                    found[self._file_of(path), entry["data"]] = path.lstrip("/")
        return found

    @property
    def waivers(self) -> list[RecordedWaiver]:
        """The waivers that constructs carry. Raises WaiverError on one that is none."""
        return [
            RecordedWaiver(path, read(entry["data"])) for path, entry in self._entries(METADATA)
        ]

    @property
    def acknowledged(self) -> list[tuple[str, str]]:
        """The construct paths and rule ids of CDK acknowledgements, which hide findings of nag."""
        return [
            (path, rule) for path, entry in self._entries(ACKNOWLEDGED) for rule in entry["data"]
        ]

    def on_disk(self) -> dict[str, str]:
        """Return the SHA-256 of every template file in the folder, whoever wrote it.

        What is inside an asset (a function's code) is no template of this assembly.
        """
        files = (
            (str(file.relative_to(self.folder)), file)
            for file in sorted(self.folder.rglob(f"*{SUFFIX}"))
        )
        return {
            name: hashlib.sha256(file.read_bytes()).hexdigest()
            for name, file in files
            if not name.startswith("asset.")
        }

    def _entries(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for path, entries in self.metadata.items():
            for entry in entries:
                if entry["type"] == kind:
                    yield path.lstrip("/"), entry

    def _load(
        self, file: str, assets: dict[str, str], parent: Template | None = None, holder: str = ""
    ) -> None:
        content = self._bytes(file)
        template = Template(
            file=file,
            path=self._stack_paths.get(file, file),
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            body=self._parsed(file, content),
            parent=parent,
            holder=holder,
        )
        self.templates.append(template)
        if parent:
            parent.children[holder] = template
        for logical_id, resource in template.section("Resources").items():
            if resource.get("Type") != STACK_TYPE:
                continue
            address = json.dumps(resource.get("Properties", {}).get("TemplateURL"))
            nested = assets.get(match[1]) if (match := _ASSET.search(address)) else None
            supplier = external.address(resource.get("Properties", {}).get("TemplateURL"))
            if nested is None and supplier in external.allowed():
                template.external[logical_id] = supplier
                continue
            if nested is None:
                raise AssemblyError(
                    f"{self.folder / file}: the template of nested stack {logical_id} is not an "
                    "asset of this assembly nor listed in compliance/external.toml, so nobody can "
                    "judge it"
                )
            self._load(nested, assets, template, logical_id)

    def _assets(self, artifacts: dict[str, Any]) -> dict[str, str]:
        return {
            digest: asset["source"]["path"]
            for artifact in artifacts.values()
            if artifact["type"] == "cdk:asset-manifest"
            for digest, asset in self._json(artifact["properties"]["file"])["files"].items()
            if asset["source"].get("path", "").endswith(SUFFIX)
        }

    @cached_property
    def _stack_paths(self) -> dict[str, str]:
        return {entry["data"]: path for path, entry in self._entries("aws:cdk:templateFile")}

    @cached_property
    def _files(self) -> dict[str, str]:
        return {path: file for file, path in self._stack_paths.items()}

    def _file_of(self, path: str) -> str:
        """Return the template that a construct is in: that of the nearest stack above it."""
        parts = path.lstrip("/").split("/")
        for end in range(len(parts), 0, -1):
            if file := self._files.get("/".join(parts[:end])):
                return file
        return ""

    def _json(self, file: str) -> dict[str, Any]:
        return self._parsed(file, self._bytes(file))

    def _bytes(self, file: str) -> bytes:
        try:
            return (self.folder / file).read_bytes()
        except OSError as error:
            raise AssemblyError(
                f"{self.folder / file}: cannot be read ({error.strerror})"
            ) from None

    def _parsed(self, file: str, content: bytes) -> dict[str, Any]:
        try:
            parsed = orjson.loads(content)
        except ValueError as error:
            raise AssemblyError(f"{self.folder / file}: is not JSON ({error})") from None
        if not isinstance(parsed, dict):
            raise AssemblyError(f"{self.folder / file}: is not a JSON object")
        return parsed
