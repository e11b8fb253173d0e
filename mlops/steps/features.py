"""Step 3: fill gaps and learn scales on the training part, hand features to the Feature Store."""

import json
import time
from typing import Any

import numpy as np

from mlops.inference.contract import Contract
from mlops.inference.model import filled
from mlops.steps import table
from mlops.steps.container import Container, StepError, write_json
from mlops.steps.table import Table

SMALLEST_SCALE = 1e-12


def run(container: Container) -> None:
    """Write filled parts, transform.json and the Feature Store's records; put them if asked to."""
    contract = container.contract
    parts = {
        name: table.read(container.input(name), contract)
        for name in ("train", "validation", "test")
    }
    learnt = learn(parts["train"])
    fill = np.asarray(learnt["fill"])
    for name in ("train", "validation"):
        part = parts[name]
        whole = Table(
            identifiers=part.identifiers, values=filled(part.values, fill), labels=part.labels
        )
        table.write(whole, container.output(name), contract)
    write_json(container.output("transform") / "transform.json", learnt)
    records = [record for name, part in parts.items() for record in store(part, name, contract)]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (container.output("store") / "features.ndjson").write_text(lines, encoding="utf-8")
    if group := container.environment.get("FEATURE_GROUP"):
        put(records, group)


def learn(train: Table) -> dict[str, list[float]]:
    """Return medians for gaps, and centre and scale of each filled column."""
    fill = np.nanmedian(train.values, axis=0)
    whole = filled(train.values, fill)
    scale = whole.std(axis=0)
    scale = np.where(scale < SMALLEST_SCALE, 1.0, scale)
    return {"fill": fill.tolist(), "centre": whole.mean(axis=0).tolist(), "scale": scale.tolist()}


def store(part: Table, name: str, contract: Contract) -> list[dict[str, Any]]:
    """Return records as PutRecord takes them, all values as text; gaps are left out."""
    records = []
    for identifier, row in zip(part.identifiers, part.values.tolist(), strict=True):
        named = zip(contract.names, row, strict=True)
        features = {column: repr(value) for column, value in named if not np.isnan(value)}
        records.append({contract.identifier: identifier, "part": name, **features})
    return records


def put(records: list[dict[str, Any]], group: str) -> None:
    """Put records into a Feature Store group; raises StepError when one is refused."""
    import boto3  # noqa: PLC0415 (only with a Feature Store)
    from botocore.exceptions import ClientError  # noqa: PLC0415

    client = boto3.client("sagemaker-featurestore-runtime")
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for number, record in enumerate(records, 1):
        features = [
            {"FeatureName": name, "ValueAsString": value}
            for name, value in {**record, "event_time": now}.items()
        ]
        try:
            client.put_record(FeatureGroupName=group, Record=features)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise StepError(f"feature group {group}: record {number}: {code}") from None
