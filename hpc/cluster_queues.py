"""A described queue as an entry of `Scheduling/SlurmQueues`."""

from typing import Any

from hpc.cluster_nodes import custom_actions, policies
from hpc.surroundings import Subnet, Surroundings
from infra.config.hpc import Capacity, Queue

Yaml = dict[str, Any]
CAPACITY_TYPES = {
    Capacity.ON_DEMAND: "ONDEMAND",
    Capacity.RESERVATION: "ONDEMAND",
    Capacity.SPOT: "SPOT",
    Capacity.CAPACITY_BLOCK: "CAPACITY_BLOCK",
}


def queue(described: Queue, surroundings: Surroundings) -> Yaml:
    """Return a Slurm queue with one compute resource, which has the queue's name."""
    rendered: Yaml = {
        "Name": described.name,
        "CapacityType": CAPACITY_TYPES[described.capacity],
    }
    if described.capacity is Capacity.SPOT:
        rendered["AllocationStrategy"] = "price-capacity-optimized"
    rendered["Networking"] = _networking(described, surroundings)
    rendered["ComputeSettings"] = {
        "LocalStorage": {
            "RootVolume": {"Size": described.root_gib, "VolumeType": "gp3", "Encrypted": True},
            "EphemeralVolume": {"MountDir": described.local_mount},
        }
    }
    rendered["ComputeResources"] = [_compute_resource(described)]
    rendered["Tags"] = [{"Key": "queue", "Value": described.name}]
    rendered["CustomSlurmSettings"] = {"MaxTime": f"{described.max_hours}:00:00"}
    if described.uninterruptible:
        rendered["CustomSlurmSettings"]["PreemptMode"] = "OFF"
        rendered["Tags"].append({"Key": "uninterruptible", "Value": "true"})
    rendered["Iam"] = {
        "AdditionalIamPolicies": policies(surroundings),
        "S3Access": [{"BucketName": surroundings.artefact_bucket}],
    }
    if actions := custom_actions(described.actions, surroundings):
        rendered["CustomActions"] = actions
    return rendered


def subnets_of(described: Queue, surroundings: Surroundings) -> tuple[Subnet, ...]:
    """Return the subnets a queue's nodes go to."""
    chosen = {"first": slice(0, 1), "second": slice(1, 2), "both": slice(0, 2)}
    return surroundings.subnets[chosen[described.subnet]]


def _networking(described: Queue, surroundings: Surroundings) -> Yaml:
    return {
        "SubnetIds": [subnet.id for subnet in subnets_of(described, surroundings)],
        "SecurityGroups": [surroundings.security_group],
        "PlacementGroup": {"Enabled": described.close_together},
    }


def _compute_resource(described: Queue) -> Yaml:
    resource: Yaml = {
        "Name": described.name,
        "MinCount": described.min_nodes,
        "MaxCount": described.max_nodes,
        "DisableSimultaneousMultithreading": not described.hyperthreading,
    }
    if len(described.instance_types) == 1 and described.capacity is not Capacity.SPOT:
        resource["InstanceType"] = described.instance_types[0]
    else:
        resource["Instances"] = [{"InstanceType": kind} for kind in described.instance_types]
    if described.efa:
        resource["Efa"] = {"Enabled": True}
    if described.reservation:
        resource["CapacityReservationTarget"] = {"CapacityReservationId": described.reservation}
    return resource
