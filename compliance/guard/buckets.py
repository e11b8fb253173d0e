"""What keeps the objects of a bucket: its Object Lock and the ages at which it expires them."""

import json
import math
from collections.abc import Iterator
from typing import Any

from compliance.guard.changes import Change
from compliance.guard.expand import shown
from compliance.guard.paths import values

BUCKET = "AWS::S3::Bucket"
_RETENTION = "ObjectLockConfiguration/Rule/DefaultRetention"
_FILTER = ("Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
_AGES = {
    "ExpirationInDays": ("ExpirationInDays",),
    "NoncurrentVersionExpiration": (
        "NoncurrentVersionExpiration/NoncurrentDays",
        "NoncurrentVersionExpirationInDays",
    ),
}
_EVERYTHING = "{}"
_DAYS_A_YEAR = 365


def weaker_bucket(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    """Yield what keeps objects for less long afterwards, from the expanded properties."""
    locked, locked_now = _locked_days(before), _locked_days(after)
    if locked_now < locked:
        yield Change(what="days of Object Lock", before=f"{locked:.0f}", after=f"{locked_now:.0f}")
    was = _expiries(before)
    for (which, age), days in _expiries(after).items():
        # A rule for everything covered what a narrower one covers now.
        old = min(was.get((one, age), math.inf) for one in (which, _EVERYTHING))
        if days < old:
            objects = "every object" if which == _EVERYTHING else which
            ended = "never" if old == math.inf else f"{old:.0f} days"
            yield Change(what=f"{age} of {objects}", before=ended, after=f"{days:.0f} days")
    if added := _dates(after) - _dates(before):
        yield Change(what="ExpirationDate", before="not set", after=", ".join(sorted(added)))


def _locked_days(properties: dict[str, Any]) -> float:
    days, years = (_days(values(properties, f"{_RETENTION}/{unit}")) for unit in ("Days", "Years"))
    return (days or 0) + (years or 0) * _DAYS_A_YEAR


def _expiries(properties: dict[str, Any]) -> dict[tuple[str, str], float]:
    """Return the shortest age in days at which objects of a filter go, current or noncurrent."""
    found: dict[tuple[str, str], float] = {}
    for rule in _enabled(properties):
        which = json.dumps({key: rule[key] for key in _FILTER if rule.get(key)}, default=str)
        for age, paths in _AGES.items():
            for days in (_days(values(rule, path)) for path in paths):
                if days is not None:
                    found[which, age] = min(days, found.get((which, age), math.inf))
    return found


def _dates(properties: dict[str, Any]) -> set[str]:
    name = "ExpirationDate"
    return {shown(rule[name]) for rule in _enabled(properties) if name in rule}


def _enabled(properties: dict[str, Any]) -> list[dict[str, Any]]:
    rules = values(properties, "LifecycleConfiguration/Rules") or []
    return [rule for rule in rules if isinstance(rule, dict) and rule.get("Status") == "Enabled"]


def _days(value: Any) -> float | None:
    """Return a number of days, None without one, 0 for one that only a deployment can know."""
    if value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0
