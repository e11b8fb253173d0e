"""Tables between steps: one CSV with identifier, columns of the contract and target."""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlops.inference.contract import Contract
from mlops.inference.model import Array
from mlops.steps.container import StepError

FILE = "records.csv"


@dataclass(frozen=True, kw_only=True)
class Table:
    """Records: identifiers, values of shape (records, columns) with NaN for gaps, labels 0 or 1."""

    identifiers: tuple[str, ...]
    values: Array
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.identifiers)

    def part(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "Table":
        """Return the chosen records."""
        places = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        return Table(
            identifiers=tuple(self.identifiers[i] for i in places),
            values=self.values[places],
            labels=self.labels[places],
        )


def write(table: Table, folder: Path, contract: Contract) -> None:
    """Write a table into a folder."""
    with (folder / FILE).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([contract.identifier, *contract.names, contract.target])
        for name, row, label in zip(table.identifiers, table.values, table.labels, strict=True):
            cells = ["" if math.isnan(value) else repr(float(value)) for value in row]
            writer.writerow([name, *cells, int(label)])


def read(folder: Path, contract: Contract) -> Table:
    """Read the CSV files of a folder; raises StepError naming file, row and column."""
    files = sorted(folder.rglob("*.csv"))
    if not files:
        raise StepError(f"no CSV file was given for dataset {contract.name}")
    names: list[str] = []
    rows: list[list[float]] = []
    labels: list[int] = []
    for path in files:
        with path.open(newline="", encoding="utf-8") as file:
            for name, row, label in _records(csv.reader(file), path.name, contract):
                names.append(name)
                rows.append(row)
                labels.append(label)
    if not rows:
        raise StepError(f"{files[0].name}: no record was given")
    return Table(
        identifiers=tuple(names),
        values=np.asarray(rows, dtype=np.float64),
        labels=np.asarray(labels, dtype=np.int64),
    )


def _records(
    lines: Iterable[list[str]], file: str, contract: Contract
) -> Iterable[tuple[str, list[float], int]]:
    reader = iter(lines)
    header = next(reader, [])
    wanted = [contract.identifier, *contract.names, contract.target]
    for column in wanted:
        if column not in header:
            raise StepError(f"{file}: column {column} is missing")
    places = [header.index(column) for column in wanted]
    for number, line in enumerate(reader, 2):
        if len(line) != len(header):
            raise StepError(f"{file}: row {number}: {len(line)} cells, {len(header)} are allowed")
        first, *middle, last = (line[place].strip() for place in places)
        row = [
            _number(cell, f"{file}: row {number}: column {name}")
            for cell, name in zip(middle, contract.names, strict=True)
        ]
        if last not in ("0", "1"):
            raise StepError(f"{file}: row {number}: column {contract.target}: 0 or 1 is allowed")
        yield first, row, int(last)


def _number(cell: str, place: str) -> float:
    if not cell:
        return math.nan
    try:
        return float(cell)
    except ValueError:
        raise StepError(f"{place}: not a number") from None
