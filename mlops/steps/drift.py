"""The monitoring step: captured requests against the baseline of the training part.

Captured data come as CSV with the contract's columns or as the JSON lines of endpoint data
capture. It ends well when columns have drifted; `drifted` in drift.json is what an alarm reads.
"""

import base64
import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from mlops import drift
from mlops.inference.contract import Contract
from mlops.inference.model import Array
from mlops.inference.requests import RequestError, rows_of
from mlops.steps import plots
from mlops.steps.container import Container, StepError, number, read_json, write_json

MOST_NAMED = 5


def run(container: Container) -> None:
    """Write drift.json and a chart of the PSI of each column."""
    contract = container.contract
    described = read_json(container.input("baseline") / "baseline.json")
    values = captured(container.input("captured"), contract)
    rate = number(container.environment, "ERROR_RATE", str(drift.ERROR_RATE))
    try:
        found = drift.check(described, contract.names, values, error_rate=rate)
    except drift.DriftError as error:
        raise StepError(str(error)) from None
    folder = container.output("drift")
    drifted = [column.name for column in found if column.drifted]
    write_json(
        folder / "drift.json",
        {
            "records": len(values),
            "error_rate": rate,
            "drifted": drifted,
            "count": len(drifted),
            "sentence": sentence(drifted, len(values)),
            "columns": [{**vars(column), "verdict": column.verdict} for column in found],
        },
    )
    rows = sorted(((c.name, c.psi) for c in found), key=lambda row: -row[1])[:15]
    chart = plots.bars("Population stability index", rows, unit="PSI; above 0.25 is drift")
    (folder / "drift.svg").write_text(chart, encoding="utf-8")


def sentence(drifted: list[str], records: int) -> str:
    """Say what was found, for the pipeline's reason."""
    if not drifted:
        return f"no drift in {records} records"
    shown = ", ".join(drifted[:MOST_NAMED])
    more = f" and {len(drifted) - MOST_NAMED} more" if len(drifted) > MOST_NAMED else ""
    return f"drift in {len(drifted)} columns of {records} records: {shown}{more}"


def captured(folder: Path, contract: Contract) -> Array:
    """Read captured requests: shape (records, columns). Raises StepError naming the file."""
    found: list[Array] = []
    for file in sorted(folder.rglob("*.jsonl")):
        for line_number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                entry = json.loads(line)["captureData"]["endpointInput"]
                found.append(_capture(entry, contract))
            except (ValueError, KeyError, TypeError, RequestError):
                raise StepError(f"{file.name}: line {line_number}: no captured request") from None
    for file in sorted(folder.rglob("*.csv")):
        found.append(_table(file, contract))
    if not found:
        raise StepError("input captured: no .jsonl or .csv file was given")
    return np.concatenate(found)


def _capture(entry: dict[str, Any], contract: Contract) -> Array:
    data = entry["data"]
    body = base64.b64decode(data) if entry.get("encoding") == "BASE64" else str(data).encode()
    return rows_of(body, entry.get("observedContentType", "text/csv"), contract)


def _table(file: Path, contract: Contract) -> Array:
    reader = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")))
    for name in contract.names:
        if name not in (reader.fieldnames or ()):
            raise StepError(f"{file.name}: column {name} is missing")
    try:
        rows = [[float(row[n]) if row[n] else math.nan for n in contract.names] for row in reader]
    except (TypeError, ValueError):
        raise StepError(f"{file.name}: a value is not a number") from None
    return np.asarray(rows, dtype=np.float64).reshape(-1, len(contract.names))
