"""Reading the files that `iryo hpc` is given."""

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from infra.config import ConfigError, EnvironmentConfig, load
from infra.config.hpc import HpcConfig


def load_environment(path: Path) -> tuple[EnvironmentConfig, HpcConfig]:
    """Read an environment file that describes something for the HPC room.

    Raises ConfigError with one sentence a mistake.
    """
    config = load(path)
    if not config.hpc.wanted:
        raise ConfigError(
            path, ["hpc: nothing is described; clusters, batch or transfers are allowed"]
        )
    return config, config.hpc


def load_cluster_yaml(path: Path) -> dict[str, Any]:
    """Read a bare ParallelCluster configuration. Raises ConfigError when it is not a YAML table."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(path, ["no such file"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(path, [f"cannot be read as UTF-8 text: {error}"]) from None
    except yaml.YAMLError as error:
        raise ConfigError(path, [f"is not valid YAML: {' '.join(str(error).split())}"]) from None
    if not isinstance(raw, dict):
        raise ConfigError(path, ["is not a ParallelCluster configuration: a table is allowed"])
    return raw
