"""A cloud assembly (a cdk.out folder) as a side of a comparison."""

import json
from dataclasses import dataclass
from pathlib import Path

from compliance.guard.errors import GuardError
from compliance.guard.tree import Side, grown
from compliance.templates import SUFFIX, Assembly, AssemblyError, Template

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a root stack is deployed to; account and region are empty when it does not say."""

    stack: str
    account: str
    region: str


def from_assembly(folder: Path) -> Side:
    """Read the templates of a cloud assembly. Raises GuardError when it is broken."""
    try:
        assembly = Assembly(folder)
    except AssemblyError as error:
        raise GuardError(str(error)) from None
    except (KeyError, TypeError, AttributeError) as error:
        raise GuardError(f"{folder / MANIFEST}: is no cloud assembly ({error!r})") from None
    if not assembly.templates:
        raise GuardError(f"{folder}: this cloud assembly has no stack")
    paths = {}
    roots = {}
    moved: dict[str, Template] = {}
    for old in assembly.templates:  # parents come before what they nest
        parent = moved[old.parent.file] if old.parent else None
        address = f"{parent.file}/{old.holder}" if parent else old.file.removesuffix(SUFFIX)
        new = moved[old.file] = grown(old.body, address, parent, old.holder)
        if parent is None:
            roots[address] = new
        for logical_id in new.section("Resources"):
            if path := assembly.paths.get((old.file, logical_id)):
                paths[address, logical_id] = path
    return Side(str(folder), roots, paths, partial=True)


def targets(folder: Path) -> list[Target]:
    """Return where the root stacks of a cloud assembly go. Raises GuardError as above."""
    manifest = json.loads((folder / MANIFEST).read_bytes())
    found = []
    for name, artifact in manifest["artifacts"].items():
        if artifact["type"] == "aws:cloudformation:stack":
            place = artifact.get("environment", "").removeprefix("aws://")
            account, _, region = place.partition("/")
            known = [one if "unknown" not in one else "" for one in (account, region)]
            found.append(Target(name, *known))
    return found
