"""Step 2: split by patient, and describe the training part for later drift checks."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops import drift
from mlops.inference.contract import Contract
from mlops.steps import table
from mlops.steps.container import Container, write_json
from mlops.steps.table import Table

PARTS = {"train": 0.6, "validation": 0.2, "test": 0.2}


def run(container: Container) -> None:
    """Write the three parts and the baseline."""
    contract = container.contract
    records = table.read(container.input("table"), contract)
    parts = split(records, container.seed)
    for name, part in parts.items():
        table.write(part, container.output(name), contract)
    folder = container.output("baseline")
    train = parts["train"]
    write_json(folder / "baseline.json", drift.baseline(contract.names, train.values))
    write_json(folder / "statistics.json", statistics(train, contract))
    write_json(folder / "constraints.json", constraints(train, contract))


def split(records: Table, seed: int) -> dict[str, Table]:
    """Divide by patient, cases and others alike: no patient is in two parts."""
    random = np.random.default_rng(seed)
    patients = np.asarray(records.identifiers)
    chosen: dict[str, list[str]] = {name: [] for name in PARTS}
    cases = set(patients[records.labels == 1].tolist())
    others = set(patients.tolist()) - cases
    for group in (cases, others):
        names = random.permutation(sorted(group))
        start = 0.0
        for part, share in PARTS.items():
            first, last = round(start * len(names)), round((start + share) * len(names))
            chosen[part].extend(names[first:last].tolist())
            start += share
    return {part: records.part(_among(patients, names)) for part, names in chosen.items()}


def _among(patients: NDArray[Any], names: list[str]) -> NDArray[np.bool_]:
    return np.isin(patients, np.asarray(names, dtype=patients.dtype))


def statistics(records: Table, contract: Contract) -> dict[str, Any]:
    """Return statistics.json as Model Monitor reads it.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-statistics.html
    """
    features = []
    for name, column in zip(contract.names, records.values.T, strict=True):
        present = column[~np.isnan(column)]
        counts, edges = np.histogram(present, bins=10)
        buckets = [
            {"lower_bound": low, "upper_bound": high, "count": count}
            for low, high, count in zip(
                edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True
            )
        ]
        features.append(
            {
                "name": name,
                "inferred_type": "Fractional",
                "numerical_statistics": {
                    "common": {
                        "num_present": len(present),
                        "num_missing": len(column) - len(present),
                    },
                    "mean": float(present.mean()),
                    "sum": float(present.sum()),
                    "std_dev": float(present.std()),
                    "min": float(present.min()),
                    "max": float(present.max()),
                    "distribution": {"kll": {"buckets": buckets}},
                },
            }
        )
    return {"version": 0.0, "dataset": {"item_count": len(records)}, "features": features}


def constraints(records: Table, contract: Contract) -> dict[str, Any]:
    """Return constraints.json as Model Monitor reads it.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html
    """
    complete = 1.0 - np.isnan(records.values).mean(axis=0)
    return {
        "version": 0.0,
        "features": [
            {
                "name": column.name,
                "inferred_type": "Fractional",
                "completeness": float(share) if column.missing else 1.0,
                "num_constraints": {"is_non_negative": column.minimum >= 0},
            }
            for column, share in zip(contract.columns, complete, strict=True)
        ],
        "monitoring_config": {
            "evaluate_constraints": "Enabled",
            "emit_metrics": "Enabled",
            "datatype_check_threshold": 1.0,
            "domain_content_threshold": 1.0,
            "distribution_constraints": {
                "perform_comparison": "Enabled",
                "comparison_threshold": 0.1,
                "comparison_method": "Robust",
            },
        },
    }
