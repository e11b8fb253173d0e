"""Resources of a template, nested stacks foremost, must not need each other in a circle.

CloudFormation refuses such a template. Sibling stacks get into one when a producer learns of its
consumer: a key policy that names a role, a security group that names another room's.
"""

import re
from collections.abc import Iterator
from typing import Any

from compliance.engine import Case
from compliance.templates import STACK_TYPE, Template
from compliance.verdicts import Row, Verdict

RULE = "IRYO-TEMPLATE-CYCLES"
Graph = dict[str, set[str]]
_SUBSTITUTED = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")


def dependencies(template: Template) -> Graph:
    """Return what each resource of a template needs, by logical id."""
    resources = template.section("Resources")
    return {
        logical_id: {name for name in _names(resource) if name in resources}
        for logical_id, resource in resources.items()
    }


def _names(value: Any) -> Iterator[str]:
    """Yield what a resource may refer to, in whichever way."""
    if isinstance(value, list):
        for item in value:
            yield from _names(item)
    elif isinstance(value, dict):
        for key, member in value.items():
            if key == "Ref" and isinstance(member, str):
                yield member
            elif key == "Fn::GetAtt":
                yield member[0] if isinstance(member, list) else member.partition(".")[0]
            elif key == "DependsOn":
                # Containers of a task have one of their own, which names no resources.
                names = [member] if isinstance(member, str) else member
                yield from (name for name in names if isinstance(name, str))
            elif key == "Fn::Sub":
                yield from _SUBSTITUTED.findall(member if isinstance(member, str) else member[0])
                yield from _names(member)
            else:
                yield from _names(member)


def cycle(graph: Graph) -> list[str]:
    """Return the members of a circle in order, the first again at the end; none: empty."""
    done: set[str] = set()
    way: list[str] = []

    def visit(node: str) -> list[str]:
        if node in way:
            return [*way[way.index(node) :], node]
        if node in done:
            return []
        way.append(node)
        for needed in sorted(graph[node]):
            if found := visit(needed):
                return found
        way.pop()
        done.add(node)
        return []

    for node in sorted(graph):
        if found := visit(node):
            return found
    return []


def longest_chain(graph: Graph, counted: set[str]) -> list[str]:
    """Return the longest chain of counted nodes in a graph without circles, first needed first."""
    chains: dict[str, list[str]] = {}

    def chain(node: str) -> list[str]:
        if node not in chains:
            before = max((chain(needed) for needed in sorted(graph[node])), key=len, default=[])
            chains[node] = [*before, node] if node in counted else before
        return chains[node]

    return max((chain(node) for node in sorted(graph)), key=len, default=[])


class Cycles:
    """The circle check as an engine."""

    name = "Templates"

    def judge(self, case: Case) -> Iterator[Row]:
        """Yield a verdict for each template; a pass tells the longest chain of nested stacks."""
        for template in case.assembly.templates:
            graph = dependencies(template)
            circle = cycle(graph)
            order = circle or longest_chain(graph, set(template.children))
            named = " -> ".join(_short(template, node) for node in order)
            yield Row(
                engine=self.name,
                rule=RULE,
                verdict=Verdict.FAIL if circle else Verdict.PASS,
                path=template.path,
                resource_type=STACK_TYPE,
                template=template.file,
                message=f"resources need each other in a circle: {named}" if circle else named,
                remedy="Let the consumer take an identity policy; the producer must not know it.",
            )


def _short(template: Template, logical_id: str) -> str:
    """Name a nested stack as its construct is named, anything else by its logical id."""
    child = template.children.get(logical_id)
    return child.path.rpartition("/")[2] if child else logical_id
