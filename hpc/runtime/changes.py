"""What an update of a cluster's configuration would do, key by key.

ParallelCluster refuses most changes while nodes run and some for ever, half an hour into the
deployment. Its schema says so of every key (`update_policies.json`, written by
`hpc/validation/vendor_side/update_policies.py`); here it is read before anything starts.
"""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

KeyPath = tuple[str | int, ...]
TABLE = Path(__file__).parent / "update_policies.json"


class Effect(StrEnum):
    """What must happen before a change, mildest first."""

    ONLINE = "online"
    """Nothing; new nodes have it, or idle ones are exchanged."""
    DRAIN = "drain"
    """Jobs end and all compute nodes stop first."""
    LOGIN = "login"
    """The login pools must be at count 0 first."""
    REFUSED = "refused"
    """Only a new cluster has it."""


class Change(NamedTuple):
    """One key whose value differs; a whole queue or storage that comes or goes is one change."""

    path: KeyPath
    old: Any
    new: Any
    effect: Effect


EFFECTS = {
    "IGNORED": Effect.ONLINE,
    "SUPPORTED": Effect.ONLINE,
    "SUPPORTED_UNLESS_ADC": Effect.ONLINE,
    # With QueueUpdateStrategy DRAIN, which every configuration of ours has.
    "QUEUE_UPDATE_STRATEGY": Effect.ONLINE,
    "RESIZE_UPDATE_STRATEGY_ON_REMOVE": Effect.DRAIN,
    "COMPUTE_FLEET_STOP_ON_REMOVE": Effect.DRAIN,
    "COMPUTE_FLEET_STOP": Effect.DRAIN,
    "MANAGED_PLACEMENT_GROUP": Effect.DRAIN,
    "MANAGED_FSX": Effect.DRAIN,
    "SHARED_STORAGE_UPDATE_POLICY": Effect.DRAIN,
    "LOGIN_NODES_POOLS_UPDATE_POLICY": Effect.LOGIN,
    "LOGIN_NODES_STOP": Effect.LOGIN,
    "LOGIN_NODES_POOL_STOP": Effect.LOGIN,
    "COMPUTE_AND_LOGIN_NODES_STOP": Effect.LOGIN,
}
ADDING_IS_FREE = (
    "RESIZE_UPDATE_STRATEGY_ON_REMOVE",
    "COMPUTE_FLEET_STOP_ON_REMOVE",
    "LOGIN_NODES_POOLS_UPDATE_POLICY",
)
DEFAULT_COUNTS = {"MaxCount": 10, "MinCount": 0}


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Compare two ParallelCluster configurations."""
    return list(_section(_plain(old), _plain(new), (), ""))


def worst(found: list[Change]) -> Effect:
    """Return what must happen before all of the changes."""
    order = list(Effect)
    return max((change.effect for change in found), key=order.index, default=Effect.ONLINE)


def _section(old: Any, new: Any, path: KeyPath, place: str) -> Iterator[Change]:
    old, new = old or {}, new or {}
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if f"{place}{key}[]" in _policies():
            yield from _items(before or [], after or [], (*path, key), f"{place}{key}[]")
        elif _is_section(f"{place}{key}") and isinstance(before or after, dict):
            policy = _policies()[f"{place}{key}"]["policy"]
            if (before and after) or policy == "IGNORED":
                yield from _section(before, after, (*path, key), f"{place}{key}.")
            else:
                yield _change((*path, key), before, after, f"{place}{key}")
        else:
            yield _change((*path, key), before, after, f"{place}{key}")


def _items(old: list[Any], new: list[Any], path: KeyPath, place: str) -> Iterator[Change]:
    """Compare lists whose items have a name."""
    name = _policies()[place]["id"]
    before = {item.get(name): item for item in old}
    after = {item.get(name): item for item in new}
    for key in sorted({*before, *after}, key=str):
        inner = (*path, key)
        if key in before and key in after:
            yield from _section(before[key], after[key], inner, f"{place}.")
        else:
            yield _change(inner, before.get(key), after.get(key), place)


def _change(path: KeyPath, old: Any, new: Any, place: str) -> Change:
    policy = _policies().get(place, {}).get("policy", "UNSUPPORTED")
    effect = EFFECTS.get(policy, Effect.REFUSED)
    counts = path[-1] in DEFAULT_COUNTS
    if policy in ADDING_IS_FREE and old is None and not counts:
        effect = Effect.ONLINE
    if counts and _count(path, new) >= _count(path, old):
        effect = Effect.ONLINE
    return Change(path, old, new, effect)


def _count(path: KeyPath, value: Any) -> int:
    return int(DEFAULT_COUNTS[str(path[-1])] if value is None else value)


def _is_section(place: str) -> bool:
    return any(key.startswith(f"{place}.") for key in _policies())


def _plain(value: Any) -> Any:
    """Undo what CloudFormation does to a custom resource's properties: every scalar is text."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


@lru_cache(maxsize=1)
def _policies() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table
