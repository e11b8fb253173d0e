"""One step: references filled in, cache asked, work done, tried again where that may help."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops.pipeline_definition.walk import Placed
from mlops.runner import jobs, registry, tuning
from mlops.runner.cache import KEYS, Cache
from mlops.runner.conditions import holds
from mlops.runner.errors import StepFailedError
from mlops.runner.resolve import Resolver
from mlops.runner.state import Status, StepResult
from mlops.runner.store import Store

Work = Callable[[dict[str, Any], Path, Store], dict[str, Any]]
WORK: dict[str, Work] = {
    "Processing": jobs.process,
    "Training": jobs.train,
    "Tuning": tuning.tune,
    "Model": registry.create_model,
    "Transform": registry.transform,
}
SUPPORTED = {*WORK, "RegisterModel", "Condition", "Fail"}
LONGEST_WAIT = 1.0
"""Seconds between tries on the laptop, whatever the policy says."""


@dataclass(frozen=True, kw_only=True)
class Executor:
    """Does the steps of one run."""

    folder: Path
    store: Store
    cache: Cache | None
    resolver: Resolver

    def execute(self, step: Placed) -> StepResult:
        """Return the result of a step; it never raises StepFailedError."""
        result = StepResult(name=step.name, type=step.type, status=Status.SUCCEEDED)
        began = time.perf_counter()
        try:
            self._execute(step, result)
        except StepFailedError as failure:
            result.status, result.reason = Status.FAILED, failure.reason
        result.seconds = round(time.perf_counter() - began, 3)
        return result

    def _execute(self, step: Placed, result: StepResult) -> None:
        if step.type == "Condition":
            conditions = step.arguments["Conditions"]
            taken = all(holds(condition, self.resolver) for condition in conditions)
            result.outcome = "IfSteps" if taken else "ElseSteps"
            return
        if step.type == "Fail":
            raise StepFailedError(str(self.resolver.resolve(step.arguments["ErrorMessage"])))
        arguments = self.resolver.resolve(step.arguments)
        home = self.folder / "steps" / step.name
        home.mkdir(parents=True, exist_ok=True)
        (home / "arguments.json").write_text(json.dumps(arguments, indent=1), encoding="utf-8")
        uris = output_uris(step.type, arguments)
        key = self._key(step, arguments, uris)
        found = (
            self.cache.load(key, step.json["CacheConfig"]["ExpireAfter"])
            if self.cache and key
            else None
        )
        if self.cache and key and found is not None:
            self.cache.restore(key, uris, self.store)
            result.cached = True
            result.properties = _moved(found, arguments)
        else:
            result.properties = self._try(step, arguments, home, result)
            if self.cache and key:
                self.cache.save(key, result.properties, uris, self.store)
        if step.type == "RegisterModel":
            result.outcome = str(result.properties["ModelPackageArn"])
        result.metrics = {
            m["MetricName"]: m["Value"] for m in result.properties.get("FinalMetricDataList", [])
        }

    def _key(self, step: Placed, arguments: dict[str, Any], uris: dict[str, str]) -> str | None:
        enabled = step.json.get("CacheConfig", {}).get("Enabled", False)
        if self.cache is None or not enabled or step.type not in KEYS:
            return None
        return self.cache.key(step.type, arguments, sorted(uris), self.store)

    def _try(
        self, step: Placed, arguments: dict[str, Any], home: Path, result: StepResult
    ) -> dict[str, Any]:
        policies = step.json.get("RetryPolicies", [])
        while True:
            result.attempts += 1
            try:
                if step.type == "RegisterModel":
                    return registry.register(arguments, self.folder, self.store)
                return WORK[step.type](arguments, home, self.store)
            except StepFailedError as failure:
                policy = next((p for p in policies if failure.fault in p["ExceptionType"]), None)
                if policy is None or result.attempts > policy.get("MaxAttempts", 1):
                    raise
                growth = policy.get("BackoffRate", 1.0) ** (result.attempts - 1)
                time.sleep(min(LONGEST_WAIT, policy.get("IntervalSeconds", 1) * growth))


def output_uris(step_type: str, arguments: dict[str, Any]) -> dict[str, str]:
    """Return where a job writes: names and S3 URIs."""
    if step_type == "Processing":
        outputs = arguments.get("ProcessingOutputConfig", {}).get("Outputs", [])
        return {o["OutputName"]: o["S3Output"]["S3Uri"] for o in outputs}
    if step_type == "Training":
        return {"model": arguments["OutputDataConfig"]["S3OutputPath"]}
    if step_type == "Tuning":
        return {"model": arguments["TrainingJobDefinition"]["OutputDataConfig"]["S3OutputPath"]}
    return {}


def _moved(found: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """Return an earlier result as if it had been made for this run's places."""
    moved = {**found, **arguments}
    if artifacts := found.get("ModelArtifacts"):
        before = str(found["OutputDataConfig"]["S3OutputPath"])
        after = str(arguments["OutputDataConfig"]["S3OutputPath"])
        uri = after + str(artifacts["S3ModelArtifacts"])[len(before) :]
        moved["ModelArtifacts"] = {"S3ModelArtifacts": uri}
    return moved
