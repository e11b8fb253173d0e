"""The longest chain of a deployment: what waits for what, read from the templates.

`python -m compliance.chain cdk.out` prints it. CloudFormation makes what does not wait for each
other at the same time, so this chain, not their number, bounds how long a deployment takes.
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from compliance.cycles import dependencies
from compliance.templates import Assembly, AssemblyError, Template

Node = tuple[str, str]
"""A template's file and a logical id in it."""
Waits = dict[Node, frozenset[Node]]


def waits_of(templates: Iterable[Template]) -> Waits:
    """Return what each resource waits for.

    A nested stack is handed all its parameters at once, so everything in it waits for whatever the
    stack waits for; the stack is done when everything in it is.
    """
    found: dict[Node, set[Node]] = {}
    listed = list(templates)
    for template in listed:
        for name, needed in dependencies(template).items():
            found[template.file, name] = {(template.file, one) for one in needed} - {
                (template.file, name)
            }
    for template in listed:
        before = _before(template, found)
        for name in template.section("Resources"):
            found[template.file, name] |= before
    for template in listed:
        if template.parent:
            inside = {(template.file, name) for name in template.section("Resources")}
            found[template.parent.file, template.holder] |= inside
    return {node: frozenset(targets) for node, targets in found.items()}


def longest(waits: Mapping[Node, frozenset[Node]]) -> list[Node]:
    """Return the longest chain, the first to be made first."""
    chains: dict[Node, tuple[Node, ...]] = {}

    def chain(node: Node) -> tuple[Node, ...]:
        if node not in chains:
            before: tuple[Node, ...] = max(map(chain, sorted(waits[node])), key=len, default=())
            chains[node] = (*before, node)
        return chains[node]

    longest_one: tuple[Node, ...] = max(map(chain, sorted(waits)), key=len, default=())
    return list(longest_one)


def reached(waits: Mapping[Node, frozenset[Node]], start: Node) -> set[Node]:
    """Return everything that a resource waits for, directly or not."""
    seen: set[Node] = set()
    ends = [start]
    while ends:
        fresh = waits[ends.pop()] - seen
        seen |= fresh
        ends += fresh
    return seen


def _before(template: Template, found: Mapping[Node, set[Node]]) -> set[Node]:
    """Return what a template's stack, and the stacks around it, wait for."""
    if template.parent is None:
        return set()
    own = found[template.parent.file, template.holder]
    return own | _before(template.parent, found)


def main(folder: str) -> int:
    """Print the longest chain of an assembly, a resource a line. Return 2 when there is none."""
    try:
        assembly = Assembly(Path(folder))
    except AssemblyError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    resources = {one.file: one.section("Resources") for one in assembly.templates}
    for number, (file, name) in enumerate(longest(waits_of(assembly.templates)), start=1):
        path = assembly.paths.get((file, name), name)
        sys.stdout.write(f"{number:3}  {resources[file][name]['Type']:40} {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
