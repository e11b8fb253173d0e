"""Results of earlier runs, found again by content: same request, same inputs, same code."""

import hashlib
import json
import platform
import re
import shutil
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mlops.runner.container import PROJECT
from mlops.runner.store import Store, digest

# What makes a difference, as SageMaker has it:
# https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-default-keys.html
KEYS = {
    "Processing": ("AppSpecification", "Environment", "ProcessingInputs"),
    "Training": (
        *("AlgorithmSpecification", "Environment", "HyperParameters", "InputDataConfig"),
        "ResourceConfig",
    ),
    "Tuning": ("HyperParameterTuningJobConfig", "TrainingJobDefinition"),
}
# Keys inside those that say where to write or how safely, not what to compute.
IGNORED = {"OutputDataConfig", "VpcConfig", "RoleArn", "StoppingCondition", "VolumeKmsKeyId"}
CODE = ("mlops/steps", "mlops/inference", "mlops/drift.py")
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


@dataclass(frozen=True)
class Cache:
    """A folder with one folder a result."""

    folder: Path

    @cached_property
    def code(self) -> str:
        """A hash over the code that steps run, and over the interpreter."""
        parts = [digest(PROJECT / part) for part in CODE]
        return hashlib.sha256("".join([*parts, platform.python_version()]).encode()).hexdigest()

    def key(
        self, step_type: str, arguments: dict[str, Any], outputs: list[str], store: Store
    ) -> str:
        """Return the name of a step's result; S3 inputs count by their content."""
        chosen = {name: arguments.get(name) for name in KEYS[step_type]}
        document = [step_type, outputs, self.code, _contents(chosen, store)]
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()

    def load(self, key: str, expire_after: str) -> dict[str, Any] | None:
        """Return a result that is young enough, or None."""
        file = self.folder / key / "result.json"
        try:
            age = time.time() - file.stat().st_mtime
            result: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return result if age <= seconds(expire_after) else None

    def restore(self, key: str, uris: dict[str, str], store: Store) -> None:
        """Copy a result's outputs to where this run wants them; `uris` maps names to S3 URIs."""
        for name, uri in uris.items():
            store.put(self.folder / key / name, uri)

    def save(self, key: str, result: dict[str, Any], uris: dict[str, str], store: Store) -> None:
        """Keep a result and its outputs; it appears whole or not at all."""
        making = self.folder / f"{key}.{time.monotonic_ns()}"
        making.mkdir(parents=True)
        for name, uri in uris.items():
            shutil.copytree(store.path(uri), making / name, copy_function=shutil.copyfile)
        (making / "result.json").write_text(json.dumps(result), encoding="utf-8")
        final = self.folder / key
        shutil.rmtree(final, ignore_errors=True)
        try:
            making.rename(final)
        except OSError:  # another run was faster with the same result
            shutil.rmtree(making, ignore_errors=True)


def _contents(value: Any, store: Store) -> Any:
    if isinstance(value, dict):
        return {k: _contents(v, store) for k, v in value.items() if k not in IGNORED}
    if isinstance(value, list):
        return [_contents(item, store) for item in value]
    if isinstance(value, str) and value.startswith("s3://"):
        return store.digest(value)
    return value


def seconds(duration: str) -> int:
    """Return the seconds of an ISO 8601 duration such as P30D or PT1H; 0 when it is none."""
    match = _DURATION.fullmatch(duration)
    if not match:
        return 0
    days, hours, minutes, rest = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest
