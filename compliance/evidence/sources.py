"""Which line of Python makes a construct.

The stack traces that the CDK records hold no Python frame, so the line is found by the ids: a
construct path names, step by step, what each class makes of itself (`Queue(self, "Queue")`).
Where an id is made up at run time the way ends at the last line that is certain.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
_MADE = re.compile(r"(\w+)\(\s*self,\s*\"([^\"]+)\"")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    makes: str


def of(path: str, root: Path = ROOT) -> str:
    """Return `file.py:line` of what makes the construct, or its room's folder, or `app.py`."""
    parts = path.split("/")
    room = _folder(parts[1], root) if len(parts) > 1 else None
    if room is None:
        return "app.py"
    lines = _lines(room, root)
    found, maker = str(room.relative_to(root)), f"{parts[1]}Stack"
    for part in parts[2:]:
        line = lines.get((maker, part))
        if line is None:
            break
        found, maker = line.text, line.makes
    return found


@cache
def _folder(room: str, root: Path) -> Path | None:
    candidates = (root / "infra" / room.lower(), root / room.lower())
    return next((one for one in candidates if (one / "stack.py").is_file()), None)


@cache
def _lines(room: Path, root: Path) -> dict[tuple[str, str], _Line]:
    """Return the line of each (class, id of a construct it makes) that is there once."""
    found: dict[tuple[str, str], _Line] = {}
    twice = set()
    for file in sorted(room.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        classes = [(match.start(), match[1]) for match in _CLASS.finditer(text)]
        for match in _MADE.finditer(text):
            maker = next((name for at, name in reversed(classes) if at < match.start()), "")
            key = (maker, match[2])
            twice |= {key} & found.keys()
            line = text.count("\n", 0, match.start()) + 1
            found[key] = _Line(f"{file.relative_to(root)}:{line}", match[1])
    return {key: line for key, line in found.items() if key not in twice}
