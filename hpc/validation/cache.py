"""Verdicts by content: an unchanged configuration is not asked about again.

The key covers everything that could change the answer: the configuration, where it goes, the code
of the rules, the vendor's locked packages and the data of the instance types.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from hpc import instances
from hpc.validation.findings import Finding, Level

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "hpc-verdicts"


def key_of(content: Mapping[str, Any]) -> str:
    """Return the key of what is to be judged."""
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(f"{_judges()}\n{text}".encode()).hexdigest()


@lru_cache(maxsize=1)
def _judges() -> str:
    """Return a hash of everything that judges."""
    digest = hashlib.sha256(instances.SOURCE.encode())
    files = [*Path(__file__).parent.rglob("*.py"), ROOT / "hpc" / "instances.py"]
    for file in sorted([*files, ROOT / "requirements" / "pcluster.txt"]):
        if file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()


def read(key: str) -> list[Finding] | None:
    """Return a verdict; None when there is none that can be read."""
    try:
        entries = json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))
        return [
            Finding(
                path=tuple(entry["path"]),
                message=entry["message"],
                source=entry["source"],
                level=Level(entry["level"]),
            )
            for entry in entries
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(key: str, findings: list[Finding]) -> None:
    """Keep a verdict, whole or not at all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(finding) for finding in findings])
    handle, name = tempfile.mkstemp(dir=FOLDER, prefix=".", suffix=".json")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(FOLDER / f"{key}.json")
