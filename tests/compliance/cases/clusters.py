"""Clusters for high performance computing: their configuration is a document in a property."""

from typing import Any

from tests.compliance.cases.base import MISSING, UNKNOWN, Cases, Given, checked, one, put
from tests.compliance.platform import arn, named, ref

KIND = "Custom::PclusterCluster"
CONFIG: dict[str, Any] = {
    "Imds": {"ImdsSupport": "v2.0"},
    "Iam": {"PermissionsBoundary": "arn:aws:iam::111122223333:policy/boundary"},
    "HeadNode": {
        "Networking": {"SubnetId": ref("Private")},
        "Iam": {
            "AdditionalIamPolicies": [
                {"Policy": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}
            ],
            "S3Access": [{"BucketName": "data"}, {"BucketName": "out", "KeyName": "jobs/*"}],
        },
    },
    "LoginNodes": {
        "Pools": [
            {
                "Name": "login",
                "Networking": {"SubnetIds": [ref("Private")]},
                "Ssh": {"AllowedIps": "10.0.0.0/16"},
            }
        ]
    },
    "Scheduling": {
        "SlurmQueues": [
            {
                "Name": "cpu",
                "Networking": {"SubnetIds": [ref("Private")], "AssignPublicIp": "false"},
            }
        ]
    },
    "SharedStorage": [
        {
            "Name": "scratch",
            "StorageType": "FsxLustre",
            "FsxLustreSettings": {"KmsKeyId": arn("Key")},
        },
        {
            "Name": "home",
            "StorageType": "Efs",
            "EfsSettings": {
                "FileSystemId": "fs-1",
                "EncryptionInTransit": True,
                "IamAuthorization": "true",
            },
        },
    ],
    "DirectoryService": {"DomainAddr": "ldaps://a.example,ldaps://b.example"},
    "Monitoring": {"Logs": {"CloudWatch": {"Enabled": True, "RetentionInDays": 3653}}},
}
NETWORK: Given = {
    "Private": named("EC2::Subnet"),
    "Public": named("EC2::Subnet"),
    "Gateway": named("EC2::InternetGateway"),
    "Table": named("EC2::RouteTable"),
    "Route": named(
        "EC2::Route",
        GatewayId=ref("Gateway"),
        RouteTableId=ref("Table"),
        DestinationCidrBlock="0.0.0.0/0",
    ),
    "Use": named(
        "EC2::SubnetRouteTableAssociation", SubnetId=ref("Public"), RouteTableId=ref("Table")
    ),
}
YAML = """
Imds: {ImdsSupport: v2.0}
Iam:
  PermissionsBoundary: arn:aws:iam::111122223333:policy/boundary
HeadNode:
  Networking: {SubnetId: SUBNET}
SharedStorage:
  - {Name: scratch, StorageType: FsxLustre, FsxLustreSettings: {KmsKeyId: KEY}}
Monitoring: {Logs: {CloudWatch: {RetentionInDays: 3653}}}
"""


def cluster(path: str = "", value: Any = None) -> Given:
    config = put(CONFIG, path, value) if path else CONFIG
    return {**one(KIND, ClusterConfiguration=config), **NETWORK}


def text(subnet: str = "Private") -> Given:
    """The configuration as YAML with references in it."""
    before, after = YAML.split("SUBNET")
    middle, end = after.split("KEY")
    parts = [before, ref(subnet), middle, arn("Key"), end]
    return {**one(KIND, ClusterConfiguration={"Fn::Join": ["", parts]}), **NETWORK}


def configured(*bad: tuple[str, Any, str]) -> Cases:
    """The cases of a rule: a path, the value that breaks it, and the finding."""
    return Cases(
        good=[cluster(), text()],
        bad=[(cluster(path, value), {finding}) for path, value, finding in bad],
        unknown=[one(KIND, ClusterConfiguration=UNKNOWN)],
    )


CASES: dict[str, Cases] = {
    "IRYO-PCLUSTER-NETWORK": Cases(
        good=[cluster(), text()],
        bad=[
            (cluster("HeadNode.Networking.ElasticIp", "true"), {"HeadNode.ElasticIp"}),
            (
                cluster("Scheduling.SlurmQueues.0.Networking.AssignPublicIp", True),
                {"SlurmQueues.cpu.AssignPublicIp"},
            ),
            (
                cluster("HeadNode.Networking.SubnetId", ref("Public")),
                {"HeadNode.Networking"},
            ),
            (text("Public"), {"HeadNode.Networking"}),
            (
                cluster("LoginNodes.Pools.0.Ssh.AllowedIps", "0.0.0.0/0"),
                {"LoginNodes.login.Ssh.AllowedIps"},
            ),
            (cluster("HeadNode.Ssh", {"KeyName": "key"}), {"HeadNode.Ssh.AllowedIps"}),
        ],
        unknown=[
            one(KIND, ClusterConfiguration=UNKNOWN),
            cluster("HeadNode.Networking.SubnetId", "subnet-1"),
        ],
    ),
    "IRYO-PCLUSTER-ENCRYPTION": configured(
        (
            "HeadNode.LocalStorage.RootVolume.Encrypted",
            "false",
            "HeadNode.LocalStorage.RootVolume.Encrypted",
        ),
        (
            "Scheduling.SlurmQueues.0.ComputeSettings.LocalStorage.RootVolume.Encrypted",
            False,
            "SlurmQueues.cpu.ComputeSettings.LocalStorage.RootVolume.Encrypted",
        ),
        (
            "SharedStorage.0.FsxLustreSettings.KmsKeyId",
            MISSING,
            "SharedStorage.scratch.KmsKeyId",
        ),
        (
            "SharedStorage.1.EfsSettings",
            {"KmsKeyId": arn("Key")},
            "SharedStorage.home.Encrypted",
        ),
    ),
    "IRYO-PCLUSTER-TRANSIT": configured(
        (
            "SharedStorage.1.EfsSettings.EncryptionInTransit",
            "false",
            "SharedStorage.home.EncryptionInTransit",
        ),
        (
            "SharedStorage.1.EfsSettings.IamAuthorization",
            MISSING,
            "SharedStorage.home.IamAuthorization",
        ),
        (
            "DirectoryService.DomainAddr",
            "ldaps://a.example,ldap://b.example",
            "DirectoryService.DomainAddr",
        ),
        ("DirectoryService.LdapTlsReqCert", "allow", "DirectoryService.LdapTlsReqCert"),
    ),
    "IRYO-PCLUSTER-METADATA": configured(
        ("Imds", MISSING, "Imds.ImdsSupport"),
        ("HeadNode.Imds", {"Secured": "false"}, "HeadNode.Imds.Secured"),
    ),
    "IRYO-PCLUSTER-LOGS": configured(
        ("Monitoring.Logs.CloudWatch.Enabled", "false", "Enabled"),
        ("Monitoring.Logs.CloudWatch.RetentionInDays", MISSING, "RetentionInDays"),
        ("Monitoring.Logs.CloudWatch.DeletionPolicy", "Delete", "DeletionPolicy"),
    ),
    "IRYO-PCLUSTER-ACCESS": configured(
        ("Iam.PermissionsBoundary", MISSING, "Iam.PermissionsBoundary"),
        (
            "HeadNode.Iam.AdditionalIamPolicies.0.Policy",
            "arn:aws:iam::aws:policy/AmazonS3FullAccess",
            "HeadNode.Iam.AdditionalIamPolicies",
        ),
        ("HeadNode.Iam.S3Access.0.BucketName", "*", "HeadNode.Iam.S3Access"),
        ("HeadNode.Iam.S3Access.0.EnableWriteAccess", "true", "HeadNode.Iam.S3Access"),
    ),
    "IRYO-PCLUSTER-SECRETS": configured(
        (
            "DirectoryService.Password",
            "hunter2",
            "DirectoryService.Password",
        ),
    ),
    "IRYO-PCS-ACCOUNTING": checked(
        "PCS::Cluster",
        {"SlurmConfiguration": {"Accounting": {"Mode": "STANDARD"}}},
        {"SlurmConfiguration.Accounting.Mode": "NONE"},
    ),
}
