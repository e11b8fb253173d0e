"""Draw the rooms of a cloud assembly as Mermaid text.

`python -m compliance.diagram cdk.out` prints it; with a page after the folder, what stands between
the markers of that page is replaced.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from compliance.templates import Assembly, AssemblyError, Template

BEGIN, END = "<!-- diagram: begin -->", "<!-- diagram: end -->"
SERVICES_SHOWN = 6


class PageError(ValueError):
    """A page has no place for the diagram."""


def mermaid(assembly: Assembly) -> str:
    """Return a flowchart: a box a room with its resources by service, an arrow a hand-over.

    An arrow goes from the room that makes values to the room that takes them as parameters.
    """
    lines = ["flowchart LR"]
    for root in (template for template in assembly.templates if template.parent is None):
        rooms = sorted(root.children.values(), key=lambda room: room.path)
        lines.append(f'  subgraph {_name(root)}["{root.path}"]')
        lines += [f'    {_name(room)}["{_contents(room)}"]' for room in rooms]
        lines += [f"    {arrow}" for room in rooms for arrow in _arrows(root, room)]
        lines.append("  end")
    return "\n".join(lines) + "\n"


def replace(page: str, diagram: str) -> str:
    """Return a page with the diagram between its markers. Raises PageError without markers."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise PageError(f"has no lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n```mermaid\n{diagram}```\n{END}{after}"


def main(arguments: list[str]) -> int:
    """Print the diagram or write it into a page. Return 0, or 2 when there is nothing to draw."""
    if not 1 <= len(arguments) <= 2:  # noqa: PLR2004 (a folder and a page)
        sys.stderr.write("say: python -m compliance.diagram FOLDER [PAGE.md]\n")
        return 2
    folder, *pages = (Path(argument) for argument in arguments)
    try:
        diagram = mermaid(Assembly(folder))
        for page in pages:
            page.write_text(replace(page.read_text(), diagram))
    except AssemblyError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (PageError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        sys.stderr.write(f"{pages[0]}: {reason}\n")
        return 2
    if not pages:
        sys.stdout.write(diagram)
    return 0


def _name(template: Template) -> str:
    return template.path.rpartition("/")[2].replace("-", "_")


def _contents(room: Template) -> str:
    resources = room.section("Resources").values()
    services = Counter(resource["Type"].removeprefix("AWS::") for resource in resources)
    by_service: Counter[str] = Counter()
    for kind, count in services.items():
        by_service[kind.partition("::")[0]] += count
    shown = sorted(by_service.items(), key=lambda entry: (-entry[1], entry[0]))
    words = [f"{service} {count}" for service, count in shown[:SERVICES_SHOWN]]
    if others := sum(count for _, count in shown[SERVICES_SHOWN:]):
        words.append(f"others {others}")
    total = "1 resource" if len(resources) == 1 else f"{len(resources)} resources"
    return f"{_name(room)}: {total}<br/>" + "<br/>".join(words)


def _arrows(root: Template, room: Template) -> Iterator[str]:
    given = Counter(
        argument["Fn::GetAtt"][0]
        for argument in room.arguments.values()
        if isinstance(argument, dict) and "Fn::GetAtt" in argument
    )
    for maker, count in sorted(given.items()):
        if maker not in root.children:
            continue
        values = "1 value" if count == 1 else f"{count} values"
        yield f"{_name(root.children[maker])} -->|{values}| {_name(room)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
