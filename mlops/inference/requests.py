"""Requests and answers of the inference contract: JSON and CSV, wrong ones told in a sentence.

No sentence repeats a value: values are patient data.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlops.inference.contract import Contract
from mlops.inference.model import Array, Model, probability

JSON = "application/json"
CSV = "text/csv"
MOST_RECORDS = 10_000


class RequestError(Exception):
    """A request that cannot be answered: the HTTP status and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        self.status = status
        self.sentence = sentence
        super().__init__(sentence)


def rows_of(body: bytes, content_type: str, contract: Contract) -> Array:
    """Read records: shape (records, columns), gaps NaN. Raises RequestError (400, 413, 415)."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in (JSON, CSV):
        raise RequestError(415, f"content type {JSON} or {CSV} is allowed")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise RequestError(400, "the body is not UTF-8 text") from None
    records = _json_records(text, contract) if kind == JSON else _csv_records(text, contract)
    if not records:
        raise RequestError(400, "no record was given")
    if len(records) > MOST_RECORDS:
        raise RequestError(413, f"{len(records)} records were given, {MOST_RECORDS} are allowed")
    for number, record in enumerate(records, 1):
        if problem := contract.problem(record):
            raise RequestError(400, f"record {number}: {problem}")
    return np.asarray(records, dtype=np.float64)


def _csv_records(text: str, contract: Contract) -> list[list[float]]:
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and lines[0].split(",")[0].strip() == contract.names[0]:
        _check_header([name.strip() for name in lines[0].split(",")], contract)
        lines = lines[1:]
    return [
        [_number(cell.strip(), n, i, contract) for i, cell in enumerate(line.split(","))]
        for n, line in enumerate(lines, 1)
    ]


def _check_header(names: list[str], contract: Contract) -> None:
    for given, wanted in zip(names, contract.names, strict=False):
        if given != wanted:
            raise RequestError(400, f"the header has {given[:64]} where column {wanted} is needed")


def _json_records(text: str, contract: Contract) -> list[list[float]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise RequestError(400, "the body is not JSON") from None
    instances = document.get("instances") if isinstance(document, dict) else None
    if not isinstance(instances, list):
        raise RequestError(400, 'an object with a list "instances" is needed')
    return [_instance(item, number, contract) for number, item in enumerate(instances, 1)]


def _instance(item: Any, record: int, contract: Contract) -> list[float]:
    if isinstance(item, dict) and isinstance(item.get("features"), list):
        item = item["features"]
    if isinstance(item, list):
        return [_number(value, record, i, contract) for i, value in enumerate(item)]
    if not isinstance(item, dict):
        raise RequestError(400, f"record {record}: a list of numbers or an object is needed")
    for name in item:
        if name not in contract.index:
            raise RequestError(400, f"record {record}: column {str(name)[:64]} is unknown")
    return [_number(item.get(name), record, i, contract) for i, name in enumerate(contract.names)]


def _number(value: Any, record: int, index: int, contract: Contract) -> float:
    if value is None or value == "":
        return math.nan
    if not isinstance(value, bool | dict | list):
        try:
            number = float(value)
            if not math.isinf(number):
                return number
        except (ValueError, OverflowError):
            pass
    names = contract.names
    column = names[index] if index < len(names) else f"number {index + 1}"
    raise RequestError(400, f"record {record}: column {column}: not a number")


@dataclass(frozen=True)
class Answer:
    """What a model says of records."""

    probabilities: Sequence[float]
    positive: Sequence[bool]
    fingerprint: str

    def encode(self, accept: str) -> tuple[bytes, str]:
        """Return the body and its content type. Raises RequestError (406)."""
        kinds = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
        if kinds & {JSON, "*/*", "application/*", ""}:
            predictions = [
                {"probability": p, "positive": y}
                for p, y in zip(self.probabilities, self.positive, strict=True)
            ]
            document = {"predictions": predictions, "model": self.fingerprint}
            return json.dumps(document).encode(), JSON
        if kinds & {CSV, "text/*"}:
            lines = [
                f"{p!r},{int(y)}\n" for p, y in zip(self.probabilities, self.positive, strict=True)
            ]
            return "".join(lines).encode(), CSV
        raise RequestError(406, f"accept {JSON} or {CSV} is allowed")


def predict(model: Model, rows: Array, fingerprint: str) -> Answer:
    """Return the answer for records."""
    found = probability(model.margin(rows))
    return Answer(found.tolist(), (found >= model.threshold).tolist(), fingerprint)
