"""Hyperparameter tuning on the laptop: a seeded random search over the same ranges."""

import math
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mlops.runner import jobs
from mlops.runner.errors import StepFailedError
from mlops.runner.store import Store

_JOB_KEYS = ("StaticHyperParameters", "HyperParameterRanges", "TuningObjective", "DefinitionName")


def tune(arguments: dict[str, Any], folder: Path, store: Store) -> dict[str, Any]:
    """Run the training jobs; return what DescribeHyperParameterTuningJob would show.

    Bayesian and Hyperband strategies are searched at random too. Raises StepFailedError when a job
    fails or none reports the objective.
    """
    config = arguments["HyperParameterTuningJobConfig"]
    limits, objective = config["ResourceLimits"], config["HyperParameterTuningJobObjective"]
    trials = draws(config, int(limits["MaxNumberOfTrainingJobs"]))

    def trial(number: int) -> dict[str, Any]:
        name = f"{folder.name}-{number + 1:03d}"
        job = _job(arguments["TrainingJobDefinition"], trials[number])
        described = jobs.train(job, folder / name, store)
        values = {m["MetricName"]: m["Value"] for m in described["FinalMetricDataList"]}
        if objective["MetricName"] not in values:
            raise StepFailedError(
                f"training job {name}: metric {objective['MetricName']} not found"
            )
        return {
            "TrainingJobName": name,
            "TrainingJobStatus": "Completed",
            "TunedHyperParameters": trials[number],
            "FinalHyperParameterTuningJobObjectiveMetric": {
                "MetricName": objective["MetricName"],
                "Value": values[objective["MetricName"]],
            },
        }

    with ThreadPoolExecutor(int(limits["MaxParallelTrainingJobs"])) as pool:
        summaries = list(pool.map(trial, range(len(trials))))
    summaries.sort(key=_objective, reverse=objective["Type"] == "Maximize")
    return {
        **arguments,
        "HyperParameterTuningJobName": folder.name,
        "BestTrainingJob": summaries[0],
        "TrainingJobSummaries": summaries,
    }


def draws(config: dict[str, Any], count: int) -> list[dict[str, str]]:
    """Return hyperparameters for each job, the same for the same RandomSeed."""
    source = random.Random(int(config.get("RandomSeed", 0)))  # noqa: S311 (no secret)
    ranges = config["ParameterRanges"]
    return [dict(_draw(ranges, source)) for _ in range(count)]


def _draw(ranges: dict[str, Any], source: random.Random) -> list[tuple[str, str]]:
    drawn = []
    for kind, items in ranges.items():
        for item in items:
            if kind == "CategoricalParameterRanges":
                drawn.append((item["Name"], source.choice(item["Values"])))
                continue
            low, high = float(item["MinValue"]), float(item["MaxValue"])
            logarithmic = item.get("ScalingType") in ("Logarithmic", "ReverseLogarithmic")
            if logarithmic:
                value = math.exp(source.uniform(math.log(low), math.log(high)))
            else:
                value = source.uniform(low, high)
            whole = kind == "IntegerParameterRanges"
            drawn.append((item["Name"], str(round(value)) if whole else repr(value)))
    return drawn


def _job(definition: dict[str, Any], drawn: dict[str, str]) -> dict[str, Any]:
    job = {key: value for key, value in definition.items() if key not in _JOB_KEYS}
    job["HyperParameters"] = {**definition.get("StaticHyperParameters", {}), **drawn}
    return job


def _objective(summary: dict[str, Any]) -> float:
    return float(summary["FinalHyperParameterTuningJobObjectiveMetric"]["Value"])
