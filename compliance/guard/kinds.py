"""Which resources hold data that nobody gets back: the table of compliance/guard/stateful.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent / "stateful.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Keep:
    """A property that keeps data, and which of its values keep it worse.

    `order` lists values from the weakest to the strongest; without it the value is a number, a
    smaller one keeps less, and those in `endless` keep for ever. `absent` is what AWS takes when
    the property is not there; without it, the weakest.
    """

    property: str
    order: tuple[Any, ...] = ()
    endless: tuple[float, ...] = ()
    absent: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A stateful type.

    `holds` says what is lost; `unless` names a property that makes a resource stateless;
    `if_retained` says that only a resource with a policy that keeps it is an archive;
    `snapshot` that CloudFormation takes a snapshot when no policy is given; `replaces` are
    properties whose change replaces although the schema does not say so surely; `rewrites` are
    those whose change writes new content over the old.
    """

    holds: str
    unless: str = ""
    if_retained: bool = False
    snapshot: bool = False
    replaces: tuple[str, ...] = ()
    rewrites: tuple[str, ...] = ()
    keeps: tuple[Keep, ...] = ()


@dataclass(frozen=True, slots=True)
class Kinds:
    """The table: stateful types, and patterns of types that are known to hold no data."""

    stateful: Mapping[str, Kind]
    stateless: tuple[str, ...]

    def unknown(self, types: set[str]) -> list[str]:
        """Return the types that nobody has classified, sorted."""
        return sorted(one for one in types if one not in self.stateful and not self._empty(one))

    def _empty(self, resource_type: str) -> bool:
        return any(fnmatchcase(resource_type, pattern) for pattern in self.stateless)


@cache
def kinds() -> Kinds:
    """Return the table."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    stateful = {name: _kind(entry) for name, entry in table["stateful"].items()}
    return Kinds(stateful, tuple(table["stateless"]))


def _kind(entry: dict[str, Any]) -> Kind:
    lists = {key: tuple(entry.get(key, ())) for key in ("replaces", "rewrites")}
    return Kind(**{**entry, **lists, "keeps": tuple(map(_keep, entry.get("keeps", ())))})


def _keep(entry: dict[str, Any]) -> Keep:
    lists = {key: tuple(entry.get(key, ())) for key in ("order", "endless")}
    return Keep(**{**entry, **lists})
