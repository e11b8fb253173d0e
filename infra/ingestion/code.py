"""What the functions run: this room's runtime folder and a layer of packages."""

from aws_cdk import IgnoreMode
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.assets import ROOT, layer_archive, platform_of
from infra.config import EnvironmentConfig

ONLY_RUNTIME = [
    "*",
    "!infra",
    "infra/*",
    "!infra/__init__.py",
    "!infra/ingestion",
    "infra/ingestion/*",
    "!infra/ingestion/__init__.py",
    "!infra/ingestion/runtime",
    "!infra/ingestion/runtime/**",
    "__pycache__",
]
"""Ignore rules that leave the folders as they are, so that a module has one name everywhere."""


def runtime_of(config: EnvironmentConfig) -> lambda_.Runtime:
    """Return the configured Python runtime."""
    return lambda_.Runtime(f"python{config.functions.python}", lambda_.RuntimeFamily.PYTHON)


def architecture_of(config: EnvironmentConfig) -> lambda_.Architecture:
    """Return the configured architecture."""
    return lambda_.Architecture.custom(config.functions.architecture)


def room_code() -> lambda_.Code:
    """Return the code asset of the room's functions."""
    return lambda_.Code.from_asset(str(ROOT), exclude=ONLY_RUNTIME, ignore_mode=IgnoreMode.GIT)


def packages(
    scope: Construct, construct_id: str, *, config: EnvironmentConfig, platform: str | None
) -> lambda_.LayerVersion:
    """Make the layer of third-party packages; `platform` replaces the configured one.

    Raises AssetError when it was not built yet.
    """
    wanted = platform or platform_of(config.functions.python, config.functions.architecture)
    return lambda_.LayerVersion(
        scope,
        construct_id,
        code=lambda_.Code.from_asset(str(layer_archive(wanted))),
        compatible_runtimes=[runtime_of(config)],
        compatible_architectures=[architecture_of(config)],
        description="Packages of the ingestion functions",
    )
