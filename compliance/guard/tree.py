"""One side of a comparison: root stacks with their nested stacks, and every resource's address.

An address is the same on both sides, wherever the templates come from: the name of the root stack
and the logical ids that lead to the resource. A template's `file` is the address of its stack.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from compliance.guard.errors import GuardError
from compliance.templates import STACK_TYPE, Template

_ASSET = re.compile(r"(?:[0-9a-f]{64}|/asset)\.json")
_HOLDER = re.compile(r"(.+)NestedStack\1NestedStackResource[0-9A-F]{8}")
PATH = "aws:cdk:path"


@dataclass(frozen=True, slots=True)
class Located:
    """A resource where it is."""

    template: Template
    logical_id: str
    path: str
    """The construct path; empty where nothing tells it."""

    @property
    def body(self) -> dict[str, Any]:
        """The resource as the template has it."""
        found: dict[str, Any] = self.template.section("Resources")[self.logical_id]
        return found

    @property
    def type(self) -> str:
        """The resource type."""
        return str(self.body.get("Type", ""))

    @property
    def address(self) -> str:
        """Where it is, in full."""
        return f"{self.template.file}/{self.logical_id}"

    @property
    def root(self) -> str:
        """The name of the root stack."""
        return self.template.file.partition("/")[0]

    @property
    def short(self) -> str:
        """Where it is below the root stack, as people write it: `Data/TableA1B2C3D4`."""
        return shortened(self.address).partition("/")[2]


@dataclass(frozen=True)
class Side:
    """What is compared: `name` is what people are told; `roots` are templates by stack name."""

    name: str
    roots: Mapping[str, Template]
    paths: Mapping[tuple[str, str], str] = field(default_factory=dict)
    partial: bool = False
    """Whether there may be other root stacks that this side does not show."""

    @cached_property
    def templates(self) -> dict[str, Template]:
        """Every template by the address of its stack."""
        return {one.file: one for root in self.roots.values() for one in _below(root)}

    @cached_property
    def resources(self) -> dict[str, Located]:
        """Every resource by its address."""
        found = (
            Located(template, logical_id, self._path(template, logical_id, body))
            for template in self.templates.values()
            for logical_id, body in template.section("Resources").items()
        )
        return {one.address: one for one in found}

    def _path(self, template: Template, logical_id: str, body: dict[str, Any]) -> str:
        known = self.paths.get((template.file, logical_id))
        return known or str(body.get("Metadata", {}).get(PATH, ""))


def grown(
    body: dict[str, Any], address: str, parent: Template | None = None, holder: str = ""
) -> Template:
    """Return a template at an address, hung under its parent. Raises GuardError on a wrong shape.

    Only what the guard reads is filled in; size and SHA-256 are those of no file.
    """
    resources = body.get("Resources") if isinstance(body, dict) else None
    if not isinstance(resources, dict) or not all(isinstance(r, dict) for r in resources.values()):
        raise GuardError(f"{shortened(address)}: this is no template, it has no Resources")
    made = Template(
        file=address,
        path=shortened(address),
        size=0,
        sha256="",
        body=body,
        parent=parent,
        holder=holder,
    )
    if parent:
        parent.children[holder] = made
    return made


def holders(template: Template) -> Iterator[str]:
    """Yield the logical ids of the nested stacks whose templates are ours.

    One whose template is somewhere on the web (a vendor's) is a resource like any other.
    """
    for logical_id, body in template.section("Resources").items():
        address = json.dumps(body.get("Properties", {}).get("TemplateURL"))
        if body.get("Type") == STACK_TYPE and _ASSET.search(address):
            yield logical_id


def room(holder: str) -> str:
    """Return the construct id behind a nested stack's logical id, or that id itself."""
    found = _HOLDER.fullmatch(holder)
    return found[1] if found else holder


def shortened(address: str) -> str:
    """Return an address with the construct ids of its nested stacks."""
    return "/".join(room(part) for part in address.split("/"))


def _below(template: Template) -> Iterator[Template]:
    yield template
    for child in template.children.values():
        yield from _below(child)
