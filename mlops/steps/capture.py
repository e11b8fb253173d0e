"""What an endpoint captured, and what turned out to be true.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-captured-data.html
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
"""

import base64
import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mlops.inference.contract import Contract
from mlops.inference.model import Array
from mlops.inference.requests import JSON, RequestError, rows_of
from mlops.steps.container import StepError


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request and its answer: `rows` has shape (records, columns), `scores` one a record."""

    id: str
    rows: Array
    scores: Array


def requests(folder: Path, contract: Contract) -> Array:
    """Read captured requests: shape (records, columns). Raises StepError naming the file."""
    found: list[Array] = []
    for place, entry in _lines(folder):
        try:
            found.append(_rows(entry["captureData"]["endpointInput"], contract))
        except (ValueError, KeyError, TypeError, RequestError):
            raise StepError(f"{place}: no captured request") from None
    for file in sorted(folder.rglob("*.csv")):
        found.append(_table(file, contract))
    if not found:
        raise StepError("input captured: no .jsonl or .csv file was given")
    return np.concatenate(found)


def exchanges(folder: Path, contract: Contract) -> list[Exchange]:
    """Read captured requests with their answers. Raises StepError naming file and line."""
    found = []
    for place, entry in _lines(folder):
        try:
            found.append(_exchange(entry, contract))
        except (ValueError, KeyError, TypeError, RequestError):
            raise StepError(f"{place}: no captured request with its answer") from None
    if not found:
        raise StepError("input captured: no .jsonl file was given")
    return found


def truth(folder: Path) -> dict[str, list[int]]:
    """Read what was true, 0 or 1 a record of the request, by the request's id.

    A later line about the same request corrects an earlier one. Raises StepError naming file and
    line.
    """
    found = {}
    for place, entry in _lines(folder):
        try:
            told = _text(entry["groundTruthData"]).replace(",", "\n").split()
            labels = [int(float(value)) for value in told]
            if not labels or set(labels) - {0, 1} or [float(v) for v in told] != labels:
                raise ValueError
            found[str(entry["eventMetadata"]["eventId"])] = labels
        except (ValueError, KeyError, TypeError):
            raise StepError(f"{place}: no ground truth of 0 or 1 with an eventId") from None
    return found


def _lines(folder: Path) -> Iterator[tuple[str, Any]]:
    for file in sorted(folder.rglob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            place = f"{file.name}: line {number}"
            try:
                yield place, json.loads(line)
            except ValueError:
                raise StepError(f"{place}: not JSON") from None


def _exchange(entry: dict[str, Any], contract: Contract) -> Exchange:
    data, event = entry["captureData"], entry["eventMetadata"]
    rows = _rows(data["endpointInput"], contract)
    output = data["endpointOutput"]
    if output.get("observedContentType", "").startswith(JSON):
        answers = json.loads(_text(output))["predictions"]
        told = [one["probability"] for one in answers]
    else:
        told = [line.split(",")[0] for line in _text(output).splitlines()]
    scores = np.asarray(told, dtype=np.float64)
    if len(scores) != len(rows):
        raise ValueError("answers and records differ in number")
    # What the caller named it by; SageMaker's own id otherwise.
    return Exchange(
        id=str(event.get("inferenceId") or event["eventId"]),
        rows=rows,
        scores=scores,
    )


def _rows(entry: dict[str, Any], contract: Contract) -> Array:
    return rows_of(_text(entry).encode(), entry.get("observedContentType", "text/csv"), contract)


def _text(entry: dict[str, Any]) -> str:
    data = str(entry["data"])
    return base64.b64decode(data).decode() if entry.get("encoding") == "BASE64" else data


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
