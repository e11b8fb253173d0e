"""Reading the files that `iryo hpc` is given."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import yaml  # type: ignore[import-untyped]
from pydantic import BaseModel, ValidationError

from hpc.description import HpcConfig
from hpc.sentences import sentence
from infra.config import ConfigError, EnvironmentConfig
from infra.config.checks import mistakes

Shape = TypeVar("Shape", bound=BaseModel)


def load_environment(path: Path) -> tuple[EnvironmentConfig, HpcConfig]:
    """Read an environment file and its `[hpc]` table.

    Raises ConfigError with one sentence a mistake.
    """
    try:
        raw = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, [f"is not valid TOML: {error}"]) from None
    if not isinstance(raw.get("hpc"), dict):
        raise ConfigError(path, ["hpc: required key is missing; allowed is a table with clusters"])
    hpc = _validated(path, HpcConfig, raw.pop("hpc"), prefix="hpc")
    config = _validated(path, EnvironmentConfig, raw)
    if found := mistakes(config):
        raise ConfigError(path, found)
    return config, hpc


def load_cluster_yaml(path: Path) -> dict[str, Any]:
    """Read a bare ParallelCluster configuration. Raises ConfigError when it is not a YAML table."""
    try:
        raw = yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        raise ConfigError(path, [f"is not valid YAML: {' '.join(str(error).split())}"]) from None
    if not isinstance(raw, dict):
        raise ConfigError(path, ["is not a ParallelCluster configuration: a table is allowed"])
    return raw


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(path, ["no such file"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(path, [f"cannot be read as UTF-8 text: {error}"]) from None


def _validated(path: Path, model: type[Shape], raw: Any, *, prefix: str = "") -> Shape:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        found = [sentence(dict(each), root=model, prefix=prefix) for each in error.errors()]
        raise ConfigError(path, found) from None
