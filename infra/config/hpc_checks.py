"""Checks of `[hpc]` that need no facts about instance types: those are under hpc/validation/."""

from collections.abc import Iterable, Iterator

from infra.config.hpc import Cluster, Engine, HpcConfig
from infra.config.hpc_batch import Batch, BatchJob, ComputeEnvironment
from infra.config.models import EnvironmentConfig

# What nodes call. Their security group reaches nothing outside the VPC, whatever network.nat says:
# https://docs.aws.amazon.com/parallelcluster/latest/ug/aws-parallelcluster-in-a-single-public-subnet-no-internet-v3.html
NODES = ("ec2", "ec2messages", "logs", "ssm", "ssmmessages")
PARALLELCLUSTER = ("cloudformation", "monitoring", "secretsmanager")
LOGIN_NODES = ("autoscaling", "elasticloadbalancing")
CONTAINERS = ("ecr.api", "ecr.dkr", "logs")
INSTANCES_OF_BATCH = ("ecs", "ecs-agent", "ecs-telemetry", "ssm", "ssmmessages", "ec2messages")


def hpc_mistakes(config: EnvironmentConfig) -> Iterator[str]:
    """Yield a sentence for each rule that `[hpc]` breaks."""
    hpc = config.hpc
    if config.rooms.hpc:
        yield from _endpoints(config)
    for index, cluster in enumerate(hpc.clusters):
        yield from _engine(f"hpc.clusters[{index}]", cluster)
    if hpc.batch:
        yield from _batch(hpc.batch)
    yield from _transfers(hpc)


def needed_endpoints(hpc: HpcConfig) -> tuple[str, ...]:
    """Return the interface endpoints that the room's nodes and containers call, in order."""
    needed: set[str] = set()
    for cluster in hpc.clusters:
        needed |= {*NODES}
        needed |= {"pcs"} if cluster.engine is Engine.PCS else {*PARALLELCLUSTER}
        needed |= {*LOGIN_NODES} if cluster.login_nodes else set()
        needed |= {"elasticfilesystem"} if cluster.storage.home else set()
    if hpc.batch:
        needed |= {*CONTAINERS}
        instances = any(not each.kind.serverless for each in hpc.batch.environments)
        needed |= {*INSTANCES_OF_BATCH} if instances else set()
    return tuple(sorted(needed))


def _endpoints(config: EnvironmentConfig) -> Iterator[str]:
    given = config.network.interface_endpoints
    missing = [name for name in needed_endpoints(config.hpc) if name not in given]
    if missing:
        yield (
            f"network.interface_endpoints: {', '.join(missing)} missing; the nodes and jobs of "
            "[hpc] reach AWS only through endpoints, whatever network.nat is"
        )


def _engine(key: str, cluster: Cluster) -> Iterator[str]:
    managed = cluster.engine is Engine.PCS
    if managed and cluster.image is None:
        yield f'{key}.image: required with engine = "pcs"; an image id such as ami-0123 is allowed'
    if not managed and cluster.image is not None:
        yield f'{key}.image: unused with engine = "parallelcluster"; the key must be absent'


def _batch(batch: Batch) -> Iterator[str]:
    environments = {each.name: each for each in batch.environments}
    queues = {each.name: each for each in batch.queues}
    yield from _doubled("hpc.batch.environments", [each.name for each in batch.environments])
    yield from _doubled("hpc.batch.queues", [each.name for each in batch.queues])
    yield from _doubled("hpc.batch.jobs", [each.name for each in batch.jobs])
    for index, environment in enumerate(batch.environments):
        yield from _environment(f"hpc.batch.environments[{index}]", environment)
    for index, queue in enumerate(batch.queues):
        key = f"hpc.batch.queues[{index}].environments"
        yield from _known(key, queue.environments, environments)
        known = [environments[name] for name in queue.environments if name in environments]
        if len({each.kind.serverless for each in known}) > 1:
            yield f"{key}: mixes Fargate and instances; one of the two is allowed in a queue"
    for index, job in enumerate(batch.jobs):
        key = f"hpc.batch.jobs[{index}]"
        yield from _known(f"{key}.queue", (job.queue,), queues)
        names = queues[job.queue].environments if job.queue in queues else ()
        yield from _job(key, job, [environments[name] for name in names if name in environments])


def _environment(key: str, environment: ComputeEnvironment) -> Iterator[str]:
    if environment.kind.serverless and environment.instance_types:
        yield f"{key}.instance_types: Fargate has none; the key must be absent"
    if not environment.kind.serverless and not environment.instance_types:
        yield f'{key}.instance_types: required with kind = "{environment.kind}"'


def _job(key: str, job: BatchJob, environments: list[ComputeEnvironment]) -> Iterator[str]:
    if job.image == ":latest":
        yield f"{key}.image: :latest is another image tomorrow; a version such as :1.0.0 is allowed"
    serverless = any(each.kind.serverless for each in environments)
    if serverless and job.gpus:
        yield f"{key}.gpus: {job.gpus}, but Fargate has none; 0 is allowed in queue {job.queue}"
    if serverless:
        yield from _fargate_size(key, job)
    if not serverless and job.vcpus != int(job.vcpus):
        yield f"{key}.vcpus: {job.vcpus} on instances; whole numbers are allowed"
    if job.array_size and not job.schedule:
        yield (
            f"{key}.array_size: unused without schedule; who submits an array names its size then"
        )


# GiB of memory for each number of vCPUs:
# https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html
FARGATE_GIB: dict[float, tuple[int, int, int]] = {
    0.5: (1, 4, 1),
    1: (2, 8, 1),
    2: (4, 16, 1),
    4: (8, 30, 1),
    8: (16, 60, 4),
    16: (32, 120, 8),
}
QUARTER = (512, 1024, 2048)
"""MiB of memory beside a quarter of a vCPU."""


def _fargate_size(key: str, job: BatchJob) -> Iterator[str]:
    sizes = {0.25: QUARTER} | {
        vcpus: tuple(range(first * 1024, last * 1024 + 1, step * 1024))
        for vcpus, (first, last, step) in FARGATE_GIB.items()
    }
    if job.vcpus not in sizes:
        near = min(sizes, key=lambda each: abs(each - job.vcpus))
        yield f"{key}.vcpus: {job.vcpus:g} is not sold by Fargate; the nearest allowed is {near:g}"
    elif job.memory_mib not in sizes[job.vcpus]:
        near = min(sizes[job.vcpus], key=lambda each: abs(each - job.memory_mib))
        yield (
            f"{key}.memory_mib: {job.memory_mib} is not sold beside {job.vcpus:g} vCPUs of "
            f"Fargate; the nearest allowed is {near}"
        )


def _transfers(hpc: HpcConfig) -> Iterator[str]:
    yield from _doubled("hpc.transfers", [each.name for each in hpc.transfers])


def _doubled(key: str, names: list[str]) -> Iterator[str]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield f"{key}[{index}].name: {name!r} stands there twice; a name of its own is allowed"


def _known(key: str, names: tuple[str, ...], known: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f"{key}: {name!r} is not described; there are {', '.join(sorted(known))}"
