"""Says whether a configuration that arrives is the one that was judged.

A configuration is judged before its subnets, keys and file systems exist, with stand-ins for their
ids. Who knows which id stands for which can turn the real one back and compare fingerprints.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

StandIns = Iterable[tuple[str, str]]
"""Pairs of what is there and what stood for it when the configuration was judged."""


def fingerprint(configuration: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a configuration, whatever the order of its keys.

    Numbers and switches count as their text: CloudFormation makes text of them on the way.
    """
    canonical = json.dumps(
        _text(configuration), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def as_judged(configuration: Any, stand_ins: StandIns) -> Any:
    """Return a configuration with its stand-ins in place of what is really there."""
    pairs = {there: stood for there, stood in stand_ins if there and there != stood}
    if not pairs:
        return configuration
    # All at once, longest first: an id may be part of another, or of another's stand-in.
    found = re.compile("|".join(re.escape(one) for one in sorted(pairs, key=len, reverse=True)))

    def turned(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: turned(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [turned(inner) for inner in value]
        if isinstance(value, str):
            return found.sub(lambda match: pairs[match[0]], value)
        return value

    return turned(configuration)


def _text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _text(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_text(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
