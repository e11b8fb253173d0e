"""The same described cluster as an AWS Parallel Computing Service, in CloudFormation.

A pure function to a table of resources; docs/hpc.md says what differs from ParallelCluster. AWS
runs slurmctld and the accounting database. Nodes come from launch templates of our own, so their
root volumes take our key, which ParallelCluster has no setting for.
"""

from typing import Any

from hpc.cluster_queues import subnets_of
from hpc.instances import records
from hpc.surroundings import Surroundings
from infra.config.hpc import Capacity, Cluster, LoginNodes, Queue

Resource = dict[str, Any]
PURCHASE = {
    Capacity.ON_DEMAND: "ONDEMAND",
    Capacity.RESERVATION: "ONDEMAND",
    Capacity.SPOT: "SPOT",
    Capacity.CAPACITY_BLOCK: "CAPACITY_BLOCK",
}
# https://docs.aws.amazon.com/pcs/latest/APIReference/API_Cluster.html: compute nodes.
SIZES = {"SMALL": 32, "MEDIUM": 512, "LARGE": 2048}
MAIN_CARD_EFA = "efa"
OTHER_CARD_EFA = "efa-only"


def pcs_resources(
    cluster: Cluster,
    surroundings: Surroundings,
    *,
    image: str = "ami-00000000000000000",
    instance_profile: str = "arn:aws:iam::123456789012:instance-profile/AWSPCS-nodes",
) -> dict[str, Resource]:
    """Return resources by logical id.

    `image` has the PCS agent and Slurm of the cluster's version; `instance_profile` is an ARN.
    """
    made = {"Cluster": _cluster(cluster, surroundings)}
    for pool in cluster.login_nodes:
        name = _logical(pool.name) + "Login"
        made[f"{name}Template"] = _template(
            surroundings, image=image, root_gib=100, network=_one_card(surroundings)
        )
        made[f"{name}Nodes"] = _login_nodes(pool, surroundings, name, instance_profile)
    for queue in cluster.queues:
        name = _logical(queue.name)
        if queue.close_together:
            made[f"{name}Placement"] = _resource(
                "AWS::EC2::PlacementGroup", {"Strategy": "cluster"}
            )
        made[f"{name}Template"] = _template(
            surroundings,
            image=image,
            root_gib=queue.root_gib,
            network=_cards(queue, surroundings) if queue.efa else _one_card(surroundings),
            extra=_launch_options(queue, name),
        )
        made[f"{name}Nodes"] = _nodes(queue, cluster, surroundings, name, instance_profile)
        made[f"{name}Queue"] = _queue(queue, name)
    return made


def size_of(cluster: Cluster) -> str:
    """Return the smallest controller that manages all nodes at once.

    Raises ValueError when none does.
    """
    nodes = sum(queue.max_nodes for queue in cluster.queues)
    nodes += sum(pool.count for pool in cluster.login_nodes)
    for size, most in SIZES.items():
        if nodes <= most:
            return size
    raise ValueError(
        f"{cluster.name}: {nodes} nodes are more than AWS PCS manages; at most 2048 are allowed"
    )


def _cluster(cluster: Cluster, surroundings: Surroundings) -> Resource:
    slurm: Resource = {"ScaleDownIdleTimeInSeconds": cluster.idle_minutes * 60}
    if cluster.accounting:
        slurm["Accounting"] = {"Mode": "STANDARD", "DefaultPurgeTimeInDays": -1}
    return _resource(
        "AWS::PCS::Cluster",
        {
            "Name": cluster.name,
            "Size": size_of(cluster),
            "Scheduler": {"Type": "SLURM", "Version": cluster.slurm_version},
            "Networking": {
                "SubnetIds": [surroundings.subnets[0].id],
                "SecurityGroupIds": [surroundings.security_group],
            },
            "SlurmConfiguration": slurm,
            "Tags": dict(surroundings.tags),
        },
    )


def _nodes(
    queue: Queue, cluster: Cluster, surroundings: Surroundings, name: str, profile: str
) -> Resource:
    properties: Resource = {
        "ClusterId": {"Fn::GetAtt": ["Cluster", "Id"]},
        "Name": queue.name,
        "PurchaseOption": PURCHASE[queue.capacity],
        "IamInstanceProfileArn": profile,
        "CustomLaunchTemplate": _template_of(name),
        "InstanceConfigs": [{"InstanceType": kind} for kind in queue.instance_types],
        "ScalingConfiguration": {
            "MinInstanceCount": queue.min_nodes,
            "MaxInstanceCount": queue.max_nodes,
        },
        "SubnetIds": [subnet.id for subnet in subnets_of(queue, surroundings)],
        "SlurmConfiguration": {"ScaleDownIdleTimeInSeconds": cluster.idle_minutes * 60},
        "Tags": dict(surroundings.tags) | {"queue": queue.name},
    }
    if queue.capacity is Capacity.SPOT:
        properties["SpotOptions"] = {"AllocationStrategy": "price-capacity-optimized"}
    return _resource("AWS::PCS::ComputeNodeGroup", properties)


def _login_nodes(pool: LoginNodes, surroundings: Surroundings, name: str, profile: str) -> Resource:
    return _resource(
        "AWS::PCS::ComputeNodeGroup",
        {
            "ClusterId": {"Fn::GetAtt": ["Cluster", "Id"]},
            "Name": pool.name,
            "PurchaseOption": "ONDEMAND",
            "IamInstanceProfileArn": profile,
            "CustomLaunchTemplate": _template_of(name),
            "InstanceConfigs": [{"InstanceType": pool.instance_type}],
            "ScalingConfiguration": {
                "MinInstanceCount": pool.count,
                "MaxInstanceCount": pool.count,
            },
            "SubnetIds": [surroundings.subnets[0].id],
            "Tags": dict(surroundings.tags),
        },
    )


def _queue(queue: Queue, name: str) -> Resource:
    settings = [{"ParameterName": "MaxTime", "ParameterValue": f"{queue.max_hours}:00:00"}]
    group = {"ComputeNodeGroupId": {"Fn::GetAtt": [f"{name}Nodes", "Id"]}}
    return _resource(
        "AWS::PCS::Queue",
        {
            "ClusterId": {"Fn::GetAtt": ["Cluster", "Id"]},
            "Name": queue.name,
            "ComputeNodeGroupConfigurations": [group],
            "SlurmConfiguration": {"SlurmCustomSettings": settings},
        },
    )


def _template(
    surroundings: Surroundings,
    *,
    image: str,
    root_gib: int,
    network: Resource,
    extra: Resource | None = None,
) -> Resource:
    root = {
        "VolumeSize": root_gib,
        "VolumeType": "gp3",
        "Encrypted": True,
        "KmsKeyId": surroundings.storage_key,
        "DeleteOnTermination": True,
    }
    tags = [{"Key": key, "Value": value} for key, value in surroundings.tags.items()]
    data: Resource = {
        "ImageId": image,
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": root}],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
        "Monitoring": {"Enabled": True},
        **network,
        **(extra or {}),
    }
    if tags:
        data["TagSpecifications"] = [
            {"ResourceType": kind, "Tags": tags} for kind in ("instance", "volume")
        ]
    return _resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": data})


def _one_card(surroundings: Surroundings) -> Resource:
    return {"SecurityGroupIds": [surroundings.security_group]}


def _cards(queue: Queue, surroundings: Surroundings) -> Resource:
    """Put EFA on every network card; only the first has an address of its own."""
    cards = min(
        records()[kind]["NetworkInfo"]["MaximumNetworkCards"] for kind in queue.instance_types
    )
    return {
        "NetworkInterfaces": [
            {
                "DeviceIndex": 0 if card == 0 else 1,
                "NetworkCardIndex": card,
                "InterfaceType": MAIN_CARD_EFA if card == 0 else OTHER_CARD_EFA,
                "Groups": [surroundings.security_group],
                "DeleteOnTermination": True,
            }
            for card in range(cards)
        ]
    }


def _launch_options(queue: Queue, name: str) -> Resource:
    options: Resource = {}
    if queue.close_together:
        options["Placement"] = {"GroupName": {"Ref": f"{name}Placement"}}
    if not queue.hyperthreading and len(queue.instance_types) == 1:
        cpu = records()[queue.instance_types[0]]["VCpuInfo"]
        options["CpuOptions"] = {"CoreCount": cpu["DefaultCores"], "ThreadsPerCore": 1}
    if queue.reservation:
        target = {"CapacityReservationId": queue.reservation}
        options["CapacityReservationSpecification"] = {"CapacityReservationTarget": target}
    if queue.capacity is Capacity.CAPACITY_BLOCK:
        options["InstanceMarketOptions"] = {"MarketType": "capacity-block"}
    return options


def _template_of(name: str) -> Resource:
    version = {"Fn::GetAtt": [f"{name}Template", "LatestVersionNumber"]}
    return {"TemplateId": {"Ref": f"{name}Template"}, "Version": version}


def _logical(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))


def _resource(kind: str, properties: Resource) -> Resource:
    return {"Type": kind, "Properties": properties}
