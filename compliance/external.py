"""Which templates of suppliers may be nested: those that external.toml lists, to the letter."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ALLOWED = Path(__file__).parent / "external.toml"


@cache
def allowed(file: Path = ALLOWED) -> frozenset[str]:
    """Return the addresses, with pseudo parameters as `${AWS::Region}`."""
    return frozenset(tomllib.loads(file.read_text(encoding="utf-8"))["templates"])


def address(value: Any) -> str:
    """Return a template's address as text; pseudo parameters stay, anything else is `${?}`."""
    match value:
        case str():
            return value
        case {"Ref": str(name)} if name.startswith("AWS::"):
            return f"${{{name}}}"
        case {"Fn::Sub": str(text)}:
            return text
        case {"Fn::Join": ["", list(parts)]}:
            return "".join(address(part) for part in parts)
    return "${?}"
