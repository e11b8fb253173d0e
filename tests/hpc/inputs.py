"""Makes whole files out of good.toml and the small changes of wrong/."""

import json
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from hpc.cluster_config import cluster_config
from hpc.load import load_environment
from hpc.placeholders import surroundings

HERE = Path(__file__).parent
GOOD = HERE / "good.toml"
WRONG = sorted((HERE / "wrong").glob("*.*"))


def merged(base: Any, change: Any) -> Any:
    """Lay a change over a base: tables by key, lists by index; null takes a key away."""
    if isinstance(base, dict) and isinstance(change, dict):
        result = dict(base)
        for key, value in change.items():
            if value is None:
                result.pop(key, None)
            else:
                result[key] = merged(base.get(key), value)
        return result
    if isinstance(base, list) and isinstance(change, list) and change:
        if not all(isinstance(item, dict) for item in change):
            return change
        longer = base[len(change) :]
        padded = base + [{}] * (len(change) - len(base))
        pairs = zip(padded, change, strict=False)
        return [merged(old, new) for old, new in pairs] + longer
    return without_nulls(change)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return value


@lru_cache(maxsize=1)
def good_yaml() -> dict[str, Any]:
    """The ParallelCluster configuration of good.toml."""
    config, hpc = load_environment(GOOD)
    cluster = hpc.clusters[0]
    return cluster_config(cluster, surroundings(config, cluster))


def whole(change: Path, folder: Path) -> tuple[Path, str]:
    """Write the whole wrong file; return it and what must be answered."""
    text = change.read_text(encoding="utf-8")
    expected = text.splitlines()[0].removeprefix("# ")
    file = folder / change.name
    if change.suffix == ".toml":
        raw = merged(tomllib.loads(GOOD.read_text(encoding="utf-8")), tomllib.loads(text))
        file.write_text(toml(raw), encoding="utf-8")
    else:
        file.write_text(yaml.safe_dump(merged(good_yaml(), yaml.safe_load(text))), encoding="utf-8")
    return file, expected


def toml(table: dict[str, Any]) -> str:
    """Write a table in one-line TOML; JSON's scalars and lists are TOML's."""

    def inline(value: Any) -> str:
        if isinstance(value, dict):
            inner = ", ".join(f"{key} = {inline(each)}" for key, each in value.items())
            return "{" + inner + "}"
        if isinstance(value, list):
            return "[" + ", ".join(inline(each) for each in value) + "]"
        return json.dumps(value)

    return "\n".join(f"{key} = {inline(value)}" for key, value in table.items()) + "\n"
