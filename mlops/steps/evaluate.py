"""Step 5: how good the model is, overall and for each subgroup."""

import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from mlops.inference.archive import ArchiveError, unpack
from mlops.inference.model import Array, probability
from mlops.inference.server import Loaded, load
from mlops.steps import metrics, plots, table
from mlops.steps.container import Container, StepError, write_json
from mlops.steps.fairness import bias, groups, largest_gap
from mlops.steps.metrics import Labels


def run(container: Container) -> None:
    """Write evaluation.json, bias.json, constraints.json and three charts."""
    contract = container.contract
    loaded = model_of(container)
    test = table.read(container.input("test"), contract)
    scores = probability(loaded.model.margin(test.values))
    threshold = loaded.model.threshold
    overall = metrics.measure(scores, test.labels, threshold)
    rows = groups(contract, test, scores, threshold)
    gap = largest_gap(rows)
    folder = container.output("evaluation")
    evaluation = {
        "dataset": contract.name,
        "records": len(test),
        "cases": int(test.labels.sum()),
        "model": {"fingerprint": loaded.fingerprint, "threshold": threshold},
        # What the pipeline's condition reads. Nothing to compare counts as the worst gap.
        "limits": {
            "auc": overall["auc"],
            "recall": overall["recall"],
            "recall_gap": 1.0 if math.isnan(gap) else gap,
            "calibration_error": overall["calibration_error"],
        },
        "binary_classification_metrics": quality(scores, test.labels, overall, container.seed),
        "calibration": {
            "brier": metrics.brier(scores, test.labels),
            "error": overall["calibration_error"],
            "bins": metrics.calibration(scores, test.labels),
        },
        "subgroups": rows,
    }
    write_json(folder / "evaluation.json", finite(evaluation))
    write_json(folder / "constraints.json", constraints(overall))
    write_json(folder / "bias.json", finite(bias(contract, test, scores >= threshold)))
    _charts(folder, scores, test.labels, overall, rows)


def model_of(container: Container) -> Loaded:
    """Unpack and verify the model input; raises StepError when it cannot be used."""
    archives = sorted(container.input("model").rglob("*.tar.gz"))
    if len(archives) != 1:
        raise StepError(f"input model: {len(archives)} archives were given, one is allowed")
    with tempfile.TemporaryDirectory() as folder:
        try:
            unpack(archives[0], Path(folder))
            return load(Path(folder))
        except ArchiveError as error:
            raise StepError(f"input model: {error}") from None


def quality(scores: Array, labels: Labels, overall: dict[str, Any], seed: int) -> dict[str, Any]:
    """Return the metrics in the layout that the model registry draws."""
    (true_no, false_yes), (false_no, true_yes) = overall["confusion"]
    false, true = metrics.roc(scores, labels)
    values = {
        "recall": overall["recall"],
        "precision": overall["precision"],
        "accuracy": metrics.ratio(true_no + true_yes, len(labels)),
        "true_negative_rate": overall["specificity"],
        "f1": metrics.ratio(2 * true_yes, 2 * true_yes + false_yes + false_no),
    }
    deviation = metrics.auc_deviation(scores, labels, seed)
    return {
        "confusion_matrix": {
            "0": {"0": true_no, "1": false_yes},
            "1": {"0": false_no, "1": true_yes},
        },
        "auc": {"value": overall["auc"], "standard_deviation": deviation},
        **{name: {"value": value, "standard_deviation": None} for name, value in values.items()},
        "receiver_operating_characteristic_curve": {
            "false_positive_rates": false.tolist(),
            "true_positive_rates": true.tolist(),
        },
    }


def constraints(overall: dict[str, Any]) -> dict[str, Any]:
    """Return what SageMaker Model Monitor holds the model's quality against."""
    least = {
        "recall": overall["recall"],
        "precision": overall["precision"],
        "true_negative_rate": overall["specificity"],
        "auc": overall["auc"],
    }
    return {
        "version": 0.0,
        "binary_classification_constraints": {
            name: {"threshold": value, "comparison_operator": "LessThanThreshold"}
            for name, value in least.items()
            if math.isfinite(value)
        },
    }


def _charts(
    folder: Path, scores: Array, labels: Labels, overall: dict[str, Any], rows: list[dict[str, Any]]
) -> None:
    false, true = metrics.roc(scores, labels)
    area = f"AUC {overall['auc']:.4f}"
    drawn = {
        "roc.svg": plots.curve(
            "ROC curve, test part",
            [(area, false.tolist(), true.tolist())],
            x="false positive rate",
            y="recall",
            diagonal=True,
        )
    }
    bins = metrics.calibration(scores, labels)
    line = ("model", [b["score"] for b in bins], [b["cases"] for b in bins])
    drawn["calibration.svg"] = plots.curve(
        f"Calibration, error {overall['calibration_error']:.3f}",
        [line],
        x="mean score",
        y="share of cases",
        diagonal=True,
        dots=True,
    )
    dots = [
        (
            f"{r['group']}: {r['band']} ({r['cases']})",
            r["recall"],
            r["recall_low"],
            r["recall_high"],
        )
        for r in [{"group": "all", "band": "records", **overall}, *rows]
        if r["cases"]
    ]
    title = "Recall by subgroup (cases), 95% interval"
    drawn["subgroups.svg"] = plots.intervals(title, dots, unit="recall")
    for name, chart in drawn.items():
        (folder / name).write_text(chart, encoding="utf-8")


def finite(value: Any) -> Any:
    """Replace NaN, which JSON does not have, by null."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    if isinstance(value, float | np.floating) and not math.isfinite(value):
        return None
    return value
