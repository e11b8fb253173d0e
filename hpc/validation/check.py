"""Judges a ParallelCluster configuration, or a description, with every rule there is."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hpc.cluster_config import cluster_config
from hpc.runtime.judged import fingerprint
from hpc.surroundings import Subnet, Surroundings
from hpc.validation import cache, description_rules, rules, vendor
from hpc.validation.context import Context
from hpc.validation.findings import Finding, Level, shown
from hpc.validation.keys import environment_key
from infra.config.hpc import Cluster, Engine, HpcConfig

# Said of every configuration of ours, and meant: see docs/hpc.md.
EXPECTED = ("pcluster:KeyPairValidator", "pcluster:DetailedMonitoringValidator")
# Validators that say what a rule of ours says better: it names the nearest allowed value.
SAME: Mapping[str, tuple[str, ...]] = {
    "NameValidator": ("names",),
    "ClusterNameValidator": ("names",),
    "RegionValidator": ("region",),
    "InstanceTypeValidator": ("instance_type",),
    "InstanceTypeBaseAMICompatibleValidator": ("instance_type",),
    "InstanceTypeOSCompatibleValidator": ("instance_type",),
    "register": ("instance_type",),
    "HeadNodeLaunchTemplateValidator": ("instance_type", "zone"),
    "ComputeResourceLaunchTemplateValidator": ("instance_type", "zone"),
    "EfaValidator": ("efa",),
    "EfaMultiAzValidator": ("efa",),
    "EfaPlacementGroupValidator": ("placement",),
    "MultiAzPlacementGroupValidator": ("placement",),
    "InstanceTypePlacementGroupValidator": ("placement",),
    "CapacityTypeValidator": ("spot",),
    "FsxStorageCapacityValidator": ("lustre",),
    "DuplicateMountDirValidator": ("mounts",),
    "OverlappingMountDirValidator": ("mounts",),
}
PARALLELCLUSTER_ONLY = ("names", "region")
"""Rules that AWS PCS does not share."""


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one configuration."""

    findings: tuple[Finding, ...]
    fingerprint: str
    cached: bool

    @property
    def refused(self) -> tuple[Finding, ...]:
        """The findings that stand against a deployment."""
        return tuple(finding for finding in self.findings if finding.refuses)


def check_config(config: Mapping[str, Any], context: Context) -> Verdict:
    """Judge a ParallelCluster configuration; unchanged ones are remembered.

    Raises vendor.VendorError when the vendor's package is missing or does not answer.
    """
    key = cache.key_of({"config": config, "context": asdict(context)})
    remembered = cache.read(key)
    found = _judge(config, context) if remembered is None else remembered
    if remembered is None:
        cache.write(key, found)
    return Verdict(tuple(found), fingerprint(config), cached=remembered is not None)


def check_cluster(cluster: Cluster, surroundings: Surroundings) -> Verdict:
    """Judge a described cluster.

    One for AWS PCS is judged as the ParallelCluster that it could be as well: instance types,
    zones, EFA, placement, capacity and subnets are the same.
    """
    context = Context(
        region=surroundings.region,
        cluster_name=cluster.name,
        subnets={subnet.id: subnet for subnet in surroundings.subnets},
        production=surroundings.retain,
    )
    verdict = check_config(cluster_config(cluster, surroundings), context)
    if cluster.engine is Engine.PARALLELCLUSTER:
        return verdict
    shared = [each for each in verdict.findings if each.source not in PARALLELCLUSTER_ONLY]
    return Verdict(tuple(shared), verdict.fingerprint, verdict.cached)


def sentences(
    hpc: HpcConfig,
    places: Iterable[Surroundings],
    *,
    production: bool,
) -> list[str]:
    """Return a sentence for every mistake of a description, named by the environment file's keys.

    `places` are the surroundings of the clusters, in their order. Raises vendor.VendorError.
    """
    found = [
        f"{shown(finding.path)}: {finding.message}"
        for finding in description_rules.judge(hpc, production=production)
    ]
    for index, (cluster, surroundings) in enumerate(zip(hpc.clusters, places, strict=True)):
        verdict = check_cluster(cluster, surroundings)
        found += [
            f"{environment_key(finding.path, cluster=cluster, index=index)}: {finding.message}"
            for finding in verdict.refused
        ]
    return list(dict.fromkeys(found))


def _judge(config: Mapping[str, Any], context: Context) -> list[Finding]:
    ours = rules.judge(config, context)
    subnets: Iterable[Subnet] = context.subnets.values()
    theirs = vendor.ask(
        config, cluster_name=context.cluster_name, region=context.region, subnets=subnets
    )
    return ours + [each for each in theirs if not _said(each, ours)]


def _said(finding: Finding, ours: Iterable[Finding]) -> bool:
    """Whether it is said of everything, or a rule of ours has said the same."""
    if finding.source in EXPECTED and finding.level is not Level.ERROR:
        return True
    refused = [each for each in ours if each.refuses]
    unknown = [each.message.split()[0] for each in refused if each.source == "instance_type"]
    if any(finding.message.startswith(f"{name} does not exist") for name in unknown):
        return True
    same = SAME.get(finding.source.removeprefix("pcluster:"), ())
    return any(
        each.source in same or (finding.path and finding.path[: len(each.path)] == each.path)
        for each in refused
    )
