"""Containers of ECS and Batch, and what they run on."""

from typing import Any

from tests.compliance.cases.base import MISSING, Cases, Given, checked, merged, one, put
from tests.compliance.platform import arn, named, ref

TASK, JOB = "ECS::TaskDefinition", "Batch::JobDefinition"
LOG = {"LogDriver": "awslogs", "Options": {"awslogs-group": "group"}}
CONTAINER: dict[str, Any] = {
    "Name": "app",
    "Image": "111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/app:1.2",
    "ReadonlyRootFilesystem": True,
    "LogConfiguration": LOG,
    "Environment": [{"Name": "MODE", "Value": "fast"}],
}
PLAIN = {key: value for key, value in CONTAINER.items() if key != "Name"}
POD = {
    "HostNetwork": False,
    "Containers": [
        {
            "Name": "app",
            "Image": "app:1",
            "SecurityContext": {
                "AllowPrivilegeEscalation": False,
                "RunAsNonRoot": True,
                "ReadOnlyRootFilesystem": True,
            },
        }
    ],
}


def task(path: str = "", value: Any = None, **properties: Any) -> Given:
    container = put(CONTAINER, path, value) if path else CONTAINER
    return one(TASK, ContainerDefinitions=[container], **properties)


def job(path: str = "", value: Any = None) -> Given:
    return one(
        JOB, Type="container", ContainerProperties=put(PLAIN, path, value) if path else PLAIN
    )


def tasks(path: str = "", value: Any = None, **properties: Any) -> Given:
    container = put(CONTAINER, path, value) if path else CONTAINER
    given = {"TaskProperties": [{"Containers": [container], **properties}]}
    return one(JOB, Type="container", EcsProperties=given)


def nodes(path: str = "", value: Any = None) -> Given:
    container = put(PLAIN, path, value) if path else PLAIN
    group = {"TargetNodes": "0:", "Container": container}
    return one(
        JOB, Type="multinode", NodeProperties={"NodeRangeProperties": [group], "NumNodes": 2}
    )


def everywhere(path: str, value: Any, finding: str) -> Cases:
    """The cases of a rule on containers, wherever they are described."""
    return Cases(
        good=[task(), job(), tasks(), nodes()],
        bad=[
            (task(path, value), {f"app{finding}"}),
            (job(path, value), {f"Job{finding}"}),
            (tasks(path, value), {f"app{finding}"}),
            (nodes(path, value), {f"Nodes0{finding}"}),
        ],
        other=[pods()],
        unknown=[one(TASK, ContainerDefinitions={"Fn::ImportValue": "elsewhere"})],
    )


def pods(path: str = "", value: Any = None) -> Given:
    pod = put(POD, path, value) if path else POD
    return one(JOB, Type="container", EksProperties={"PodProperties": pod})


def mounted(kind: str, transit: str = "ENABLED", iam: str = "ENABLED") -> Given:
    if kind == TASK:
        mount = {"TransitEncryption": transit, "AuthorizationConfig": {"IAM": iam}}
        return task(Volumes=[{"Name": "home", "EFSVolumeConfiguration": mount}])
    mount = {"TransitEncryption": transit, "AuthorizationConfig": {"Iam": iam}}
    return job("Volumes", [{"Name": "home", "EfsVolumeConfiguration": mount}])


def service(**configuration: Any) -> Given:
    return one("ECS::Service", NetworkConfiguration={"AwsvpcConfiguration": configuration})


EBS = {"Name": "data", "ManagedEBSVolume": {"Encrypted": True, "KmsKeyId": arn("Key")}}
HOST = [{"Name": "host", "Host": {"SourcePath": "/"}}]

COMPUTE = {
    "Type": "MANAGED",
    "ComputeResources": {
        "Type": "EC2",
        "LaunchTemplate": {"LaunchTemplateId": "lt-1"},
        "SecurityGroupIds": [ref("Group")],
    },
}

REPOSITORIES = ("ECR::Repository", "ECR::RepositoryCreationTemplate")
CASES: dict[str, Cases] = {
    "IRYO-CONTAINER-PRIVILEGES": merged(
        everywhere("Privileged", True, ".Privileged"),
        Cases(
            good=[task(PidMode="task", IpcMode="none")],
            bad=[
                (task(PidMode="host"), {"PidMode"}),
                (task(IpcMode="host"), {"IpcMode"}),
                (tasks(PidMode="host"), {"PidMode"}),
                (task(Volumes=HOST), {"host.Host.SourcePath"}),
                (job("Volumes", HOST), {"host.Host.SourcePath"}),
                (
                    task("LinuxParameters.Capabilities.Add", ["SYS_ADMIN"]),
                    {"app.LinuxParameters.Capabilities.Add"},
                ),
            ],
        ),
    ),
    "IRYO-CONTAINER-ROOT": everywhere("ReadonlyRootFilesystem", MISSING, ".ReadonlyRootFilesystem"),
    "IRYO-CONTAINER-SECRETS": everywhere(
        "Environment", [{"Name": "DB_PASSWORD", "Value": "hunter2"}], ".DB_PASSWORD"
    ),
    "IRYO-CONTAINER-LOGS": merged(
        everywhere("LogConfiguration", MISSING, ".LogConfiguration.LogDriver"),
        Cases(
            good=[task("FirelensConfiguration", {"Type": "fluentbit"})],
            bad=[(task("LogConfiguration.LogDriver", "none"), {"app.LogConfiguration.LogDriver"})],
        ),
    ),
    "IRYO-CONTAINER-IMAGES": everywhere("Image", "nginx", ""),
    "IRYO-CONTAINER-VOLUMES": Cases(
        good=[mounted(TASK), mounted(JOB)],
        bad=[
            (mounted(TASK, transit="DISABLED"), {"home.TransitEncryption"}),
            (mounted(TASK, iam="DISABLED"), {"home.AuthorizationConfig.IAM"}),
            (mounted(JOB, transit="DISABLED"), {"home.TransitEncryption"}),
            (mounted(JOB, iam="DISABLED"), {"home.AuthorizationConfig.Iam"}),
        ],
        other=[task(), job()],
    ),
    "IRYO-CONTAINER-PUBLIC-ADDRESS": Cases(
        good=[service(AssignPublicIp="DISABLED"), service(), job(), tasks()],
        bad=[
            (
                service(AssignPublicIp="ENABLED"),
                {"NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"},
            ),
            (
                job("NetworkConfiguration.AssignPublicIp", "ENABLED"),
                {"ContainerProperties.NetworkConfiguration.AssignPublicIp"},
            ),
            (
                tasks(NetworkConfiguration={"AssignPublicIp": "ENABLED"}),
                {"NetworkConfiguration.AssignPublicIp"},
            ),
        ],
    ),
    "IRYO-ECS-PLATFORM": checked(
        TASK,
        {
            "NetworkMode": "awsvpc",
            "RuntimePlatform": {"OperatingSystemFamily": "LINUX", "CpuArchitecture": "ARM64"},
        },
        {
            "NetworkMode": "host",
            "RuntimePlatform.OperatingSystemFamily": MISSING,
            "RuntimePlatform.CpuArchitecture": MISSING,
        },
    ),
    "IRYO-ECS-SERVICE": checked(
        "ECS::Service",
        {"PlatformVersion": "LATEST", "EnableExecuteCommand": False},
        {"PlatformVersion": "1.3.0", "EnableExecuteCommand": True},
        more=[{}],
    ),
    "IRYO-ECS-CLUSTER": checked(
        "ECS::Cluster",
        {
            "ClusterSettings": [{"Name": "containerInsights", "Value": "enhanced"}],
            "Configuration": {
                "ExecuteCommandConfiguration": {"Logging": "OVERRIDE", "KmsKeyId": arn("Key")}
            },
        },
        {
            "Configuration.ExecuteCommandConfiguration.Logging": "NONE",
            "Configuration.ExecuteCommandConfiguration.KmsKeyId": MISSING,
            "ClusterSettings": [],
        },
        findings={"ClusterSettings": "containerInsights"},
    ),
    "IRYO-ECS-STORAGE": merged(
        checked(
            "ECS::Cluster",
            {
                "Configuration": {
                    "ManagedStorageConfiguration": {"FargateEphemeralStorageKmsKeyId": arn("Key")}
                }
            },
            {"Configuration.ManagedStorageConfiguration.FargateEphemeralStorageKmsKeyId": MISSING},
        ),
        Cases(
            good=[one("ECS::Service", VolumeConfigurations=[EBS])],
            bad=[
                (
                    one("ECS::Service", VolumeConfigurations=[{"Name": "data"}]),
                    {"data.ManagedEBSVolume.Encrypted", "data.ManagedEBSVolume.KmsKeyId"},
                )
            ],
            other=[one("ECS::Service")],
        ),
    ),
    "IRYO-ECR-IMAGES": merged(
        *(
            checked(kind, {"ImageTagMutability": "IMMUTABLE"}, {"ImageTagMutability": MISSING})
            for kind in REPOSITORIES
        )
    ),
    "IRYO-ECR-SCAN": merged(
        checked(
            "ECR::Repository",
            {"ImageScanningConfiguration": {"ScanOnPush": True}},
            {"ImageScanningConfiguration.ScanOnPush": False},
        ),
        Cases(
            good=[
                {
                    **one("ECR::Repository"),
                    "Registry": named("ECR::RegistryScanningConfiguration"),
                }
            ],
            bad=[],
        ),
    ),
    "IRYO-ECR-ENCRYPTION": merged(
        *(
            checked(
                kind,
                {"EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": arn("Key")}},
                {
                    "EncryptionConfiguration.EncryptionType": "AES256",
                    "EncryptionConfiguration.KmsKey": MISSING,
                },
            )
            for kind in REPOSITORIES
        )
    ),
    "IRYO-BATCH-COMPUTE": checked(
        "Batch::ComputeEnvironment",
        COMPUTE,
        {
            "Type": "UNMANAGED",
            "ComputeResources.SecurityGroupIds": [],
            "ComputeResources.LaunchTemplate": MISSING,
            "ComputeResources.Ec2KeyPair": "key",
        },
        more=[
            {
                "Type": "MANAGED",
                "ComputeResources": {"Type": "FARGATE", "SecurityGroupIds": [ref("Group")]},
            }
        ],
    ),
    "IRYO-BATCH-PODS": Cases(
        good=[pods()],
        bad=[
            (pods("HostNetwork", True), {"HostNetwork"}),
            (
                pods("Containers.0.SecurityContext.Privileged", True),
                {"app.SecurityContext.Privileged"},
            ),
            (
                pods("Containers.0.SecurityContext", MISSING),
                {
                    *("app.SecurityContext.RunAsNonRoot",),
                    *("app.SecurityContext.ReadOnlyRootFilesystem",),
                    *("app.SecurityContext.AllowPrivilegeEscalation",),
                },
            ),
        ],
        other=[job()],
    ),
}
