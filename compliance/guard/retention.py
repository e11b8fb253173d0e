"""Whether what keeps the data of a resource gets weaker."""

import math
from collections.abc import Iterator
from typing import Any

from compliance.guard.buckets import BUCKET, weaker_bucket
from compliance.guard.changes import Change
from compliance.guard.expand import shown
from compliance.guard.kinds import Keep, Kind
from compliance.guard.paths import pairs

DELETION = "DeletionPolicy"
REPLACEMENT = "UpdateReplacePolicy"
_STRENGTH = {"Delete": 0, "Snapshot": 1, "RetainExceptOnCreate": 2, "Retain": 2}


def policies(body: dict[str, Any], kind: Kind) -> dict[str, str]:
    """Return the two policies of a resource, with what CloudFormation takes when none is given."""
    default = "Snapshot" if kind.snapshot else "Delete"
    return {
        DELETION: str(body.get(DELETION, default)),
        REPLACEMENT: str(body.get(REPLACEMENT, "Delete")),
    }


def keeps(policy: str) -> bool:
    """Say whether a policy leaves the resource where it is."""
    return _STRENGTH.get(policy) == _STRENGTH["Retain"]


def afterwards(body: dict[str, Any], kind: Kind, policy: str) -> str:
    """Say what one of its policies does to a resource, and to its data, when it has to go."""
    given = policies(body, kind)[policy]
    if keeps(given):
        return f"the old one stays with its {kind.holds}, but nothing here uses or guards it"
    if given == "Snapshot":
        return f"the old one is deleted; its {kind.holds} stays in a snapshot only"
    return f"the old one is deleted with its {kind.holds}"


def weaker(
    kind: Kind,
    bodies: tuple[dict[str, Any], dict[str, Any]],
    properties: tuple[dict[str, Any], dict[str, Any]],
) -> Iterator[Change]:
    """Yield what keeps the data less well afterwards: bodies and expanded properties are pairs."""
    was, now = (policies(body, kind) for body in bodies)
    for name, before in was.items():
        if _STRENGTH.get(now[name], 0) < _STRENGTH.get(before, 0):
            yield Change(what=name, before=before, after=now[name])
    for keep in kind.keeps:
        for name, value, value_now in pairs(keep.property, *properties):
            if _is_weaker(keep, value, value_now):
                yield Change(what=name, before=shown(value), after=shown(value_now))
    if bodies[0].get("Type") == BUCKET:
        yield from weaker_bucket(*properties)


def _is_weaker(keep: Keep, before: Any, after: Any) -> bool:
    """Compare two values; one that only a deployment can know is weaker than any that is known."""
    if before == after:
        return False
    was, now = (_strength(keep, keep.absent if one is None else one) for one in (before, after))
    return now is None or (was is not None and now < was)


def _strength(keep: Keep, value: Any) -> float | None:
    """Return how well a value keeps data, None when only a deployment can know it."""
    if value is None:
        return 0
    if not isinstance(value, (str, int, float)):
        return None
    if keep.order:
        names = [str(one).lower() for one in keep.order]
        text = str(value).lower()
        return names.index(text) if text in names else 0
    try:
        number = float(value)
    except ValueError:
        return None
    return math.inf if number in keep.endless else number
