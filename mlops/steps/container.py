"""SageMaker's container contract: where inputs, outputs, hyperparameters and reasons lie.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html
https://docs.aws.amazon.com/sagemaker/latest/dg/build-your-own-processing-container.html
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops.inference.contract import Contract
from mlops.steps.contracts import ContractError, contract_named

ROOT = "/opt/ml"
ROOT_VARIABLE = "ML_ROOT"
"""Stands in for /opt/ml where that folder is not ours: on the laptop."""
LONGEST_REASON = 1000
"""Characters; SageMaker keeps 1 KB of a reason."""


class StepError(ValueError):
    """A step cannot do its work: one sentence that becomes the pipeline's reason."""


@dataclass(frozen=True, kw_only=True)
class Container:
    """The container that a step runs in."""

    root: Path
    environment: Mapping[str, str]

    @classmethod
    def here(cls) -> "Container":
        """Return the container of this process."""
        return cls(root=Path(os.environ.get(ROOT_VARIABLE, ROOT)), environment=os.environ)

    def input(self, name: str) -> Path:
        """Return the folder of a processing input; raises StepError when it is not there."""
        return _existing(self.root / "processing" / "input" / name, f"input {name}")

    def output(self, name: str) -> Path:
        """Return the folder of a processing output, made if need be."""
        return _made(self.root / "processing" / "output" / name)

    def channel(self, name: str) -> Path:
        """Return the folder of a training channel; raises StepError when it is not there."""
        folder = self.environment.get(f"SM_CHANNEL_{name.upper()}")
        path = Path(folder) if folder else self.root / "input" / "data" / name
        return _existing(path, f"channel {name}")

    @property
    def model(self) -> Path:
        """The folder that becomes model.tar.gz."""
        return _made(Path(self.environment.get("SM_MODEL_DIR", self.root / "model")))

    @property
    def hyperparameters(self) -> dict[str, str]:
        """Hyperparameters; SageMaker writes all of them as text."""
        return {k: str(v) for k, v in self._config("hyperparameters.json").items()}

    @property
    def resources(self) -> dict[str, Any]:
        """The instances of a training job: `hosts` and `current_host`."""
        return self._config("resourceconfig.json")

    def _config(self, name: str) -> dict[str, Any]:
        file = self.root / "input" / "config" / name
        if not file.is_file():
            return {}
        value: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return value

    @property
    def contract(self) -> Contract:
        """The data contract named by DATASET."""
        try:
            return contract_named(self.setting("DATASET"))
        except ContractError as error:
            raise StepError(str(error)) from None

    @property
    def seed(self) -> int:
        """The seed of everything random in a step."""
        return int(number(self.environment, "SEED", "7"))

    def setting(self, name: str, default: str | None = None) -> str:
        """Return an environment variable; raises StepError when it is missing."""
        value = self.environment.get(name, default)
        if value is None:
            raise StepError(f"environment variable {name}: it is missing")
        return value

    def fail(self, reason: str) -> None:
        """Leave the reason where SageMaker looks for it, for processing and for training."""
        output = _made(self.root / "output")
        for name in ("message", "failure"):
            (output / name).write_text(reason[:LONGEST_REASON], encoding="utf-8")
        sys.stderr.write(f"{reason}\n")

    @property
    def reason(self) -> str:
        """The reason that a process of this container has left; empty when there is none."""
        file = self.root / "output" / "failure"
        return file.read_text(encoding="utf-8") if file.is_file() else ""


def number(values: Mapping[str, str], name: str, default: str) -> float:
    """Return a setting as a number; raises StepError with its name when it is none."""
    text = values.get(name, default)
    try:
        return float(text)
    except ValueError:
        raise StepError(f"setting {name}: {text!r} was given, a number is allowed") from None


def write_json(file: Path, value: Any) -> None:
    """Write a value as JSON for people and programs."""
    file.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(file: Path) -> Any:
    """Read a JSON file."""
    return json.loads(file.read_text(encoding="utf-8"))


def _existing(path: Path, what: str) -> Path:
    if not path.is_dir():
        raise StepError(f"{what}: it was not given")
    return path


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
