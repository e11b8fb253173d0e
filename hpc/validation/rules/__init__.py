"""Rules of ours on a ParallelCluster configuration; the list is the pack."""

from collections.abc import Callable, Iterator

from hpc.validation.context import Context, Yaml
from hpc.validation.findings import Finding
from hpc.validation.rules.access import access
from hpc.validation.rules.directory import directory
from hpc.validation.rules.efa import efa
from hpc.validation.rules.instance_type import instance_type
from hpc.validation.rules.logs import logs
from hpc.validation.rules.lustre import lustre
from hpc.validation.rules.metadata_service import metadata_service
from hpc.validation.rules.mounts import mounts
from hpc.validation.rules.names import names
from hpc.validation.rules.permissions import permissions
from hpc.validation.rules.placement import placement
from hpc.validation.rules.public_addresses import public_addresses
from hpc.validation.rules.region import region
from hpc.validation.rules.root_volumes import root_volumes
from hpc.validation.rules.scheduler import scheduler
from hpc.validation.rules.scripts import scripts
from hpc.validation.rules.security_groups import security_groups
from hpc.validation.rules.shared_storage import shared_storage
from hpc.validation.rules.spot import spot
from hpc.validation.rules.subnets import subnets
from hpc.validation.rules.zone import zone

Rule = Callable[[Yaml, Context], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    *(names, region, scheduler, instance_type, zone, efa, placement, spot, subnets),
    *(lustre, mounts, root_volumes, shared_storage, metadata_service, directory),
    *(public_addresses, access, security_groups, permissions, scripts, logs),
)


def judge(config: Yaml, context: Context) -> list[Finding]:
    """Return what the rules find in a configuration."""
    return [finding for rule in RULES for finding in rule(config, context)]
