"""Every word of the report, in English and Japanese."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def page() -> dict[str, tuple[str, str]]:
    """Return the words of the page by key: (English, Japanese)."""
    return {key: (en, ja) for key, (en, ja) in _read("page.toml").items()}


@cache
def nag() -> dict[str, tuple[str, str]]:
    """Return what each rule of cdk-nag's packs asks for, by id without the pack."""
    return {key: (en, ja) for key, (en, ja) in _read("nag.toml").items()}


@cache
def gate() -> dict[str, tuple[str, str]]:
    """Return title and remedy in Japanese of what the gate itself asks for."""
    return {key: (title, remedy) for key, (title, remedy) in _read("gate.toml").items()}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
