"""Rules on `[hpc.batch]` that need facts about instance types."""

from collections.abc import Iterator

from hpc import instances
from infra.config.hpc import HpcConfig
from infra.config.hpc_batch import ComputeEnvironment


def judge(hpc: HpcConfig, *, region: str | None) -> list[str]:
    """Return a sentence for each mistake, by keys of the environment file."""
    if hpc.batch is None:
        return []
    found: list[str] = []
    for index, environment in enumerate(hpc.batch.environments):
        key = f"hpc.batch.environments[{index}].instance_types"
        found += _types(key, environment, region or "ap-northeast-1")
    return found


def _types(key: str, environment: ComputeEnvironment, region: str) -> Iterator[str]:
    offered = instances.offers(region)
    architectures: set[str] = set()
    for index, name in enumerate(environment.instance_types):
        place, known = f"{key}[{index}]", instances.facts(name)
        if known is None:
            near = instances.nearest(name, region=region)
            yield f"{place}: {name} is not an instance type; the nearest allowed is {near}"
        elif name not in offered:
            near = instances.nearest(name, region=region)
            yield f"{place}: {name} is not offered in {region}; the nearest allowed is {near}"
        else:
            architectures.add(known.architecture)
            if environment.kind == "spot" and "spot" not in known.usage:
                yield f'{place}: {name} is not sold as Spot; kind = "on_demand" is allowed'
    if len(architectures) > 1:
        yield f"{key}: mixes {' and '.join(sorted(architectures))}; one architecture is allowed"
