"""The one file an operator edits, read into frozen, typed models.

>>> from infra.config import load
>>> config = load(Path("environments/dev.toml"))
"""

from infra.config.classes import DataClass
from infra.config.errors import ConfigError
from infra.config.load import ENVIRONMENTS, load, path_of
from infra.config.mlops import MlopsConfig
from infra.config.models import (
    AccountConfig,
    Contacts,
    DataConfig,
    EnvironmentConfig,
    IngestionConfig,
    LambdaConfig,
    LogsConfig,
    Nat,
    NetworkConfig,
    ObjectLock,
    Profile,
    Rooms,
    Stage,
    StoreConfig,
    Tags,
)
from infra.config.services import ServiceConfig

__all__ = [
    "ENVIRONMENTS",
    "AccountConfig",
    "ConfigError",
    "Contacts",
    "DataClass",
    "DataConfig",
    "EnvironmentConfig",
    "IngestionConfig",
    "LambdaConfig",
    "LogsConfig",
    "MlopsConfig",
    "Nat",
    "NetworkConfig",
    "ObjectLock",
    "Profile",
    "Rooms",
    "ServiceConfig",
    "Stage",
    "StoreConfig",
    "Tags",
    "load",
    "path_of",
]
