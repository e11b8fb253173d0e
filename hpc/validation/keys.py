"""Where a key of the ParallelCluster configuration comes from in the environment file.

The longest rule that fits wins; `{0}`, `{1}` take the indexes in order. What no rule knows keeps
its ParallelCluster key below the cluster.
"""

import re
from collections.abc import Mapping
from typing import Any

from hpc.validation.findings import KeyPath, shown
from infra.config.hpc import Cluster

QUEUE = "Scheduling.SlurmQueues[]"
RESOURCE = f"{QUEUE}.ComputeResources[]"
RULES: Mapping[str, str] = {
    "ClusterName": "name",
    "Region": "account.region",
    "Image.Os": "os",
    "HeadNode": "head_node",
    "HeadNode.InstanceType": "head_node.instance_type",
    "HeadNode.LocalStorage.RootVolume": "head_node.root_gib",
    "HeadNode.LocalStorage.RootVolume.Iops": "head_node.root_iops",
    "HeadNode.LocalStorage.RootVolume.VolumeType": "head_node.root_kind",
    "HeadNode.CustomActions": "head_node.actions",
    "LoginNodes.Pools": "login_nodes",
    "LoginNodes.Pools[]": "login_nodes[{0}]",
    "LoginNodes.Pools[].Name": "login_nodes[{0}].name",
    "LoginNodes.Pools[].InstanceType": "login_nodes[{0}].instance_type",
    "LoginNodes.Pools[].Count": "login_nodes[{0}].count",
    "LoginNodes.Pools[].GracetimePeriod": "login_nodes[{0}].grace_minutes",
    "Scheduling.Scheduler": "scheduler",
    "Scheduling.SlurmSettings": "queues",
    "Scheduling.SlurmSettings.ScaledownIdletime": "idle_minutes",
    "Scheduling.SlurmSettings.Database": "accounting",
    "Scheduling.SlurmSettings.Database.Uri": "accounting.uri",
    "Scheduling.SlurmSettings.Database.PasswordSecretArn": "accounting.secret_arn",
    "Scheduling.SlurmQueues": "queues",
    QUEUE: "queues[{0}]",
    f"{QUEUE}.Name": "queues[{0}].name",
    f"{QUEUE}.CapacityType": "queues[{0}].capacity",
    f"{QUEUE}.Networking.SubnetIds": "queues[{0}].subnet",
    f"{QUEUE}.Networking.PlacementGroup": "queues[{0}].placement_group",
    f"{QUEUE}.ComputeSettings.LocalStorage.RootVolume": "queues[{0}].root_gib",
    f"{QUEUE}.ComputeSettings.LocalStorage.EphemeralVolume": "queues[{0}].local_mount",
    f"{QUEUE}.CustomActions": "queues[{0}].actions",
    RESOURCE: "queues[{0}]",
    f"{RESOURCE}.InstanceType": "queues[{0}].instance_types[0]",
    f"{RESOURCE}.Instances": "queues[{0}].instance_types",
    f"{RESOURCE}.Instances[]": "queues[{0}].instance_types[{2}]",
    f"{RESOURCE}.MinCount": "queues[{0}].min_nodes",
    f"{RESOURCE}.MaxCount": "queues[{0}].max_nodes",
    f"{RESOURCE}.Efa": "queues[{0}].efa",
    f"{RESOURCE}.CapacityReservationTarget": "queues[{0}].reservation",
    "SharedStorage": "storage",
    "DirectoryService": "directory",
    "DirectoryService.DomainName": "directory.domain",
    "DirectoryService.DomainAddr": "directory.address",
    "DirectoryService.PasswordSecretArn": "directory.secret_arn",
    "DirectoryService.LdapTlsCaCert": "directory.ca_certificate",
    "DirectoryService.LdapAccessFilter": "directory.access_filter",
}
STORAGE_KEYS = {
    "MountDir": "mount",
    "Name": "name",
    "Size": "size_gib",
    "Iops": "iops",
    "VolumeType": "kind",
}


def environment_key(path: KeyPath, *, cluster: Cluster, index: int) -> str:
    """Return the key of the environment file that decides the given one."""
    if path[:1] == ("Region",):
        return RULES["Region"]
    prefix = f"hpc.clusters[{index}]"
    if path[:1] == ("SharedStorage",) and len(path) > 1:
        return f"{prefix}.{_storage_key(path, cluster)}"
    for length in range(len(path), 0, -1):
        pattern = re.sub(r"\[\d+\]", "[]", shown(path[:length]))
        if pattern in RULES:
            indexes: list[Any] = [part for part in path[:length] if isinstance(part, int)]
            return f"{prefix}.{RULES[pattern].format(*indexes)}"
    return f"{prefix}.{shown(path)}" if path else prefix


def _storage_key(path: KeyPath, cluster: Cluster) -> str:
    """Name the storage that stands at a place in `SharedStorage`; the order is the renderer's."""
    storage = cluster.storage
    places = [f"storage.block[{index}]" for index in range(len(storage.block))]
    places += ["storage.home"] if storage.home else []
    places += [f"storage.lustre[{index}]" for index in range(len(storage.lustre))]
    key = STORAGE_KEYS.get(str(path[-1]))
    place = places[int(path[1])]
    return f"{place}.{key}" if key else place
