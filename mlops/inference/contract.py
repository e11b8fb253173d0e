"""The data contract: which columns a record has, in which unit and range, and what is predicted."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Column:
    """A number of each record; `minimum` and `maximum` are what is physically possible."""

    name: str
    unit: str
    minimum: float
    maximum: float
    missing: bool = False
    """Whether a record may lack it; it is then filled with the training part's median."""
    source: str = ""
    """Where FHIR records hold it: a LOINC code, `age` or `female`."""


@dataclass(frozen=True, kw_only=True)
class Band:
    """Records whose value is at least `low` and below `high`."""

    name: str
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Subgroup:
    """A way of dividing records to see whether a model serves each part equally well."""

    name: str
    column: str
    bands: tuple[Band, ...]


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What training, evaluation and inference agree on."""

    name: str
    title: str
    intended_use: str
    caveats: str
    identifier: str
    """Column that names the patient: parts are split by it, so that none is in two."""
    target: str
    target_source: str = ""
    """ICD-10 prefix of the condition that makes a FHIR patient a case."""
    columns: tuple[Column, ...]
    subgroups: tuple[Subgroup, ...] = ()
    index: Mapping[str, int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {c.name: i for i, c in enumerate(self.columns)})

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names in the order of a record."""
        return tuple(column.name for column in self.columns)

    def problem(self, values: Sequence[float]) -> str | None:
        """Say what is wrong with a record, without repeating its values; None when nothing is.

        The sentence begins with the column, so that callers put the record before it.
        """
        if len(values) != len(self.columns):
            return f"{len(values)} values were given, {len(self.columns)} are allowed"
        for column, value in zip(self.columns, values, strict=True):
            if math.isnan(value):
                if not column.missing:
                    return f"column {column.name}: the value is missing, a number is needed"
            elif not column.minimum <= value <= column.maximum:
                return (
                    f"column {column.name}: outside of what is possible, "
                    f"{column.minimum:g} to {column.maximum:g} {column.unit} is allowed"
                )
        return None

    def to_json(self) -> dict[str, Any]:
        """Return the contract as it lies in a model archive."""
        value = asdict(self)
        del value["index"]
        return value


def contract_from(value: Mapping[str, Any]) -> Contract:
    """Read a contract from the mapping of its TOML or JSON file."""
    fields = dict(value)
    fields["columns"] = tuple(Column(**column) for column in fields["columns"])
    fields["subgroups"] = tuple(
        Subgroup(
            name=subgroup["name"],
            column=subgroup["column"],
            bands=tuple(Band(**band) for band in subgroup["bands"]),
        )
        for subgroup in fields.get("subgroups", ())
    )
    return Contract(**fields)


def load_contract(path: Path) -> Contract:
    """Read contract.json of a model archive."""
    return contract_from(json.loads(path.read_text(encoding="utf-8")))
