"""Judges what is deployed: the description as it is, and the configuration that came of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import aws_cdk as cdk

from hpc.cluster_config import cluster_config
from hpc.placeholders import surroundings
from hpc.runtime.judged import as_judged, fingerprint
from hpc.surroundings import Surroundings
from hpc.validation.environment import mistakes
from infra.config import EnvironmentConfig
from infra.config.errors import DescriptionError
from infra.config.hpc import Cluster


@dataclass(frozen=True)
class Proven:
    """A configuration with tokens, and the fingerprint of what was judged in its place."""

    configuration: dict[str, Any]
    fingerprint: str
    region: str
    stand_ins: list[dict[str, str]]


def judge(config: EnvironmentConfig) -> None:
    """Judge a description. Raises DescriptionError, or NotJudgedError without the vendor's code."""
    if found := mistakes(config):
        raise DescriptionError(found)


def prove(
    stack: cdk.Stack, config: EnvironmentConfig, cluster: Cluster, there: Surroundings
) -> Proven:
    """Return the configuration of a judged cluster for deployment.

    Raises DescriptionError when it is not, id by id, the one that was judged.
    """
    stand_in = surroundings(config, cluster)
    judged = fingerprint(cluster_config(cluster, stand_in))
    configuration = cluster_config(cluster, there)
    pairs = list(stand_ins(there, stand_in))
    flat = [(flattened(stack.resolve(real)), stood) for real, stood in pairs]
    if fingerprint(as_judged(flattened(stack.resolve(configuration)), flat)) != judged:
        raise DescriptionError(
            [f"hpc.clusters: {cluster.name} would be deployed otherwise than it was judged"]
        )
    return Proven(
        configuration,
        judged,
        stand_in.region,
        [{"Real": real, "StandIn": stood} for real, stood in pairs],
    )


def stand_ins(there: Surroundings, judged: Surroundings) -> Iterator[tuple[str, str]]:
    """Yield what is really there and what stood for it, wherever they differ."""
    for each in fields(Surroundings):
        yield from _pairs(getattr(there, each.name), getattr(judged, each.name))


def _pairs(there: Any, judged: Any) -> Iterator[tuple[str, str]]:
    if isinstance(there, str) and there and judged and there != judged:
        yield there, judged
    elif isinstance(there, tuple):
        for real, stood in zip(there, judged, strict=True):
            yield from _pairs(real.id, stood.id)
    elif isinstance(there, Mapping):
        for key, real in there.items():
            yield from _pairs(real, judged[key])


def flattened(value: Any) -> Any:
    """Return a resolved value with CloudFormation's functions written out as text."""
    if isinstance(value, list):
        return [flattened(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::Join"}:
        separator, parts = value["Fn::Join"]
        return separator.join(str(flattened(part)) for part in parts)
    if len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref")):
        return f"${{{json.dumps(value, sort_keys=True)}}}"
    return {key: flattened(inner) for key, inner in value.items()}
