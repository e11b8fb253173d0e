"""Logs, metrics and traces that never carry a payload or an identifier.

An exception's message may quote what it failed on, so no message is ever logged: `describe` keeps
the type, the place in our code and the error code of AWS.
"""

import traceback
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import ClientError

SERVICE = "ingestion"

logger = Logger(service=SERVICE, use_rfc3339=True)
metrics = Metrics(namespace="Iryo", service=SERVICE)
tracer = Tracer(service=SERVICE)


def count(name: str, value: int = 1) -> None:
    """Add to a metric of the namespace Iryo."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


def describe(error: BaseException) -> dict[str, Any]:
    """Return what may be logged of an error: its type, place and AWS error code, never its text."""
    frames = traceback.extract_tb(error.__traceback__)
    known: dict[str, Any] = {"error": type(error).__name__}
    if frames:
        known["at"] = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    if isinstance(error, ClientError):
        known["code"] = str(error.response.get("Error", {}).get("Code", ""))
        known["operation"] = error.operation_name
    if error.__cause__ is not None:
        known["cause"] = type(error.__cause__).__name__
    return known
