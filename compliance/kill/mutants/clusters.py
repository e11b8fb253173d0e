"""Clusters of ParallelCluster, whose configuration is one property, and launch templates."""

from compliance.kill.changes import Properties, Step, adding, having, without
from compliance.kill.mutant import Break
from compliance.kill.mutants.network import lead_out, way_out

CLUSTER = "Custom::PclusterCluster"
TEMPLATE = "AWS::EC2::LaunchTemplate"
CONFIG = "ClusterConfiguration"
HEAD = (CONFIG, "HeadNode")
LOGIN = (CONFIG, "LoginNodes", "Pools", 0)
QUEUE = (CONFIG, "Scheduling", "SlurmQueues", -1)
STORAGES = (CONFIG, "SharedStorage")
HOME = (*STORAGES, 0, "EfsSettings")
CLOUDWATCH = (CONFIG, "Monitoring", "Logs", "CloudWatch")
ROOT = ("LocalStorage", "RootVolume", "Encrypted")
ADMINISTRATOR = {"Policy": "arn:aws:iam::aws:policy/AdministratorAccess"}
EVERYWHERE = {"BucketName": "results", "EnableWriteAccess": True}
SCRATCH = {"Name": "scratch", "MountDir": "/scratch", "StorageType": "Ebs"}
RAID = {**SCRATCH, "StorageType": "Raid"}
DATA = "LaunchTemplateData"
DEVICES = (DATA, "BlockDeviceMappings")
METADATA = (DATA, "MetadataOptions")
AS_YAML = """
Imds:
  ImdsSupport: v1.0
HeadNode:
  Networking:
    SubnetId: ${Subnet}
"""


def _break(rule: str, name: str, value: object, *path: Step) -> Break:
    return Break(rule=f"IRYO-PCLUSTER-{rule}", name=name, type=CLUSTER, change=having(value, *path))


def _directory(properties: Properties) -> None:
    """Let people be known by a directory that is asked in plain text."""
    properties[CONFIG]["DirectoryService"] = {"DomainAddr": "ldap://directory.example"}


BREAKS = (
    Break(
        rule="IRYO-PCLUSTER-ACCESS",
        name="no boundary",
        type=CLUSTER,
        change=without(CONFIG, "Iam", "PermissionsBoundary"),
    ),
    *(
        Break(
            rule="IRYO-PCLUSTER-ACCESS",
            name=f"{where} that administers everything",
            type=CLUSTER,
            change=adding(ADMINISTRATOR, *place, "Iam", "AdditionalIamPolicies"),
        )
        for where, place in (("a head node", HEAD), ("a login node", LOGIN), ("a queue", QUEUE))
    ),
    Break(
        rule="IRYO-PCLUSTER-ACCESS",
        name="writes everywhere in a bucket",
        type=CLUSTER,
        change=adding(EVERYWHERE, *QUEUE, "Iam", "S3Access"),
    ),
    Break(
        rule="IRYO-PCLUSTER-ACCESS",
        name="reads every bucket",
        type=CLUSTER,
        change=adding({"BucketName": "*"}, *HEAD, "Iam", "S3Access"),
    ),
    _break("ENCRYPTION", "a head node's disk not encrypted", False, *HEAD, *ROOT),
    _break("ENCRYPTION", "a queue's disks not encrypted", False, *QUEUE, "ComputeSettings", *ROOT),
    Break(
        rule="IRYO-PCLUSTER-ENCRYPTION",
        name="a shared disk without a key of ours",
        type=CLUSTER,
        change=adding(SCRATCH, *STORAGES),
    ),
    Break(
        rule="IRYO-PCLUSTER-ENCRYPTION",
        name="a kind of shared disk that nobody knows",
        type=CLUSTER,
        change=adding(RAID, *STORAGES),
    ),
    _break("LOGS", "no logs", False, *CLOUDWATCH, "Enabled"),
    _break("LOGS", "logs that go with the cluster", "Delete", *CLOUDWATCH, "DeletionPolicy"),
    Break(
        rule="IRYO-PCLUSTER-LOGS",
        name="logs kept as long as ParallelCluster likes",
        type=CLUSTER,
        change=without(*CLOUDWATCH, "RetentionInDays"),
    ),
    _break("METADATA", "metadata of version 1", "v1.0", CONFIG, "Imds", "ImdsSupport"),
    _break("METADATA", "metadata for everyone on the head node", False, *HEAD, "Imds", "Secured"),
    _break("METADATA", "metadata of version 1, the configuration a text", AS_YAML, CONFIG),
    _break("NETWORK", "an address of the Internet", True, *HEAD, "Networking", "ElasticIp"),
    _break("NETWORK", "a public address", True, *QUEUE, "Networking", "AssignPublicIp"),
    _break("NETWORK", "SSH from anywhere", "0.0.0.0/0", *LOGIN, "Ssh", "AllowedIps"),
    _break("NETWORK", "SSH with a key, from anywhere", "everyone", *HEAD, "Ssh", "KeyName"),
    Break(
        rule="IRYO-PCLUSTER-NETWORK",
        name="nodes in subnets that lead to the Internet",
        type=CLUSTER,
        change=lead_out,
        via=way_out("Hpc"),
    ),
    _break(
        "SECRETS",
        "a password in the configuration",
        "written",
        *(CONFIG, "Scheduling", "SlurmSettings", "Database", "Password"),
    ),
    _break("TRANSIT", "home folders in plain text", False, *HOME, "EncryptionInTransit"),
    _break("TRANSIT", "home folders for whoever mounts them", False, *HOME, "IamAuthorization"),
    Break(
        rule="IRYO-PCLUSTER-TRANSIT",
        name="a directory asked in plain text",
        type=CLUSTER,
        change=_directory,
    ),
    Break(
        rule="IRYO-EC2-DISKS",
        name="a disk that is not encrypted",
        type=TEMPLATE,
        change=having(False, *DEVICES, 0, "Ebs", "Encrypted"),
    ),
    Break(
        rule="IRYO-EC2-DISKS",
        name="a disk without a key of ours",
        type=TEMPLATE,
        change=without(*DEVICES, 0, "Ebs", "KmsKeyId"),
    ),
    Break(
        rule="IRYO-EC2-DISKS",
        name="one more disk, about which nothing is said",
        type=TEMPLATE,
        change=adding({"DeviceName": "/dev/sdz", "Ebs": {"VolumeSize": 1}}, *DEVICES),
    ),
    Break(
        rule="IRYO-EC2-DISKS",
        name="disks as the image says",
        type=TEMPLATE,
        change=without(*DEVICES),
    ),
    Break(
        rule="IRYO-EC2-LOGIN",
        name="a key pair",
        type=TEMPLATE,
        change=having("everyone", DATA, "KeyName"),
    ),
    Break(
        rule="IRYO-EC2-METADATA",
        name="metadata of version 1",
        type=TEMPLATE,
        change=having("optional", *METADATA, "HttpTokens"),
    ),
    Break(
        rule="IRYO-EC2-METADATA",
        name="metadata as the account likes",
        type=TEMPLATE,
        change=without(*METADATA),
    ),
)
