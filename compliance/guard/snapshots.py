"""Template snapshots as a side of a comparison: `test_template[dev-Data].json` and the like."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compliance.guard.errors import GuardError
from compliance.guard.tree import Side, grown, holders, room
from compliance.templates import Template

FOLDER = Path("tests/templates/__snapshots__")
"""Where the snapshots are, from the root of the checkout."""
STACK = "iryo-{environment}"
"""The name of an environment's root stack, as app.py gives it."""
ROOT = "Root"
_NAME = re.compile(r"test_template\[(?P<environment>.+)-(?P<room>[A-Za-z0-9]+)\]\.json")


def from_folder(folder: Path, name: str) -> Side:
    """Read the snapshots under a folder. Raises GuardError when they are broken or incomplete."""
    files = sorted(file for file in folder.rglob("*.json") if _NAME.fullmatch(file.name))
    try:
        return from_files(name, {file.name: file.read_bytes() for file in files})
    except OSError as error:
        raise GuardError(f"{error.filename}: cannot be read ({error.strerror})") from None


def from_files(name: str, files: Mapping[str, bytes]) -> Side:
    """Put the contents of snapshot files together as trees of stacks.

    Raises GuardError when there is none, or one is broken or missing.
    """
    environments: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for file, content in files.items():
        if found := _NAME.fullmatch(file):
            environments[found["environment"]][found["room"]] = _parsed(f"{name}: {file}", content)
    if not environments:
        raise GuardError(f"{name}: there is no template snapshot (test_template[dev-Root].json)")
    roots = {}
    for environment, rooms in environments.items():
        stack = STACK.format(environment=environment)
        if ROOT not in rooms:
            raise GuardError(f"{name}: the snapshot of the root stack of {environment} is missing")
        roots[stack] = grown(rooms.pop(ROOT), stack)
        _nest(name, roots[stack], rooms, "")
        # What no stack nests is a stack of its own.
        roots |= {f"{stack}-{one}": grown(body, f"{stack}-{one}") for one, body in rooms.items()}
    return Side(name, roots)


def _nest(name: str, parent: Template, rooms: dict[str, dict[str, Any]], prefix: str) -> None:
    for holder in holders(parent):
        wanted = f"{prefix}{room(holder)}"
        if wanted not in rooms:
            raise GuardError(
                f"{name}: the snapshot of {parent.path}/{room(holder)} is missing; "
                "make snapshots writes it"
            )
        child = grown(rooms.pop(wanted), f"{parent.file}/{holder}", parent, holder)
        _nest(name, child, rooms, wanted)


def _parsed(what: str, content: bytes) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = json.loads(content)
    except ValueError as error:
        raise GuardError(f"{what}: is not JSON ({error})") from None
    return parsed
