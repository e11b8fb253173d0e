"""Properties by path: `A/B`, `A/*/B` for every element, `A[Name]/B` for the one with that name."""

import re
from collections.abc import Iterator
from typing import Any

from compliance.guard.expand import shown

_KEYED = re.compile(r"(\w+)\[(\w+)\]/(.+)")


def values(value: Any, path: str) -> Any:
    """Return what stands under a path (a list behind a `*`); None when there is nothing."""
    head, _, rest = path.partition("/")
    if head == "*":
        items = value if isinstance(value, list) else []
        return [values(item, rest) if rest else item for item in items] or None
    found = value.get(head) if isinstance(value, dict) else None
    return values(found, rest) if rest else found


def pairs(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the path and the values before and after; with `[Name]` for each element before."""
    keyed = _KEYED.fullmatch(path)
    if not keyed:
        yield path, values(before, path), values(after, path)
        return
    name, key, rest = keyed.groups()
    was, now = (_by(key, values(side, name)) for side in (before, after))
    for which, element in was.items():
        yield f"{name}[{which}]/{rest}", values(element, rest), values(now.get(which), rest)


def _by(key: str, elements: Any) -> dict[str, Any]:
    listed = elements if isinstance(elements, list) else []
    return {shown(one.get(key)): one for one in listed if isinstance(one, dict)}
