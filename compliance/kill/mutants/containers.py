"""What runs in containers: tasks and services of ECS, jobs of Batch."""

from compliance.kill.changes import Properties, Step, adding, having, without
from compliance.kill.mutant import Break
from compliance.resources import Resource

TASK = "AWS::ECS::TaskDefinition"
SERVICE = "AWS::ECS::Service"
CLUSTER = "AWS::ECS::Cluster"
JOB = "AWS::Batch::JobDefinition"
COMPUTE = "AWS::Batch::ComputeEnvironment"
DEFINITIONS = "ContainerDefinitions"
PLACES: dict[str, tuple[Step, ...]] = {TASK: (DEFINITIONS, 0), JOB: ("ContainerProperties",)}
"""Where each type has its (first) container."""
SHELL = ("Configuration", "ExecuteCommandConfiguration")
SCRATCH = ("ManagedStorageConfiguration", "FargateEphemeralStorageKmsKeyId")
AWSVPC = ("NetworkConfiguration", "AwsvpcConfiguration")
RESOURCES = "ComputeResources"
TAG = ("Image", "Fn::Join", 1, -1)
HOST_FOLDER = {"Name": "host", "Host": {"SourcePath": "/"}}
SIDECAR = {"Name": "sidecar", "Image": "public.ecr.aws/docker/library/busybox"}
"""A container about which nothing is said but what it runs."""
PRIVILEGED_POD = {"Containers": [{"Name": "solver", "SecurityContext": {"Privileged": True}}]}


def _in_each(rule: str, name: str, value: object, *path: Step) -> tuple[Break, ...]:
    """Return the break of a container of a task and that of a job."""
    return tuple(
        Break(rule=rule, name=f"{name}: {type_}", type=type_, change=having(value, *place, *path))
        for type_, place in PLACES.items()
    )


def _beside(rule: str) -> Break:
    """Return the break by a second container, as the first one stays in order."""
    return Break(
        rule=rule,
        name="a second container about which nothing is said",
        type=TASK,
        change=adding(SIDECAR, DEFINITIONS),
    )


def _variable(name: str, value: str) -> tuple[Break, ...]:
    return tuple(
        Break(
            rule="IRYO-CONTAINER-SECRETS",
            name=f"{name} in the environment: {type_}",
            type=type_,
            change=adding({"Name": name, "Value": value}, *place, "Environment"),
        )
        for type_, place in PLACES.items()
    )


def _on_kubernetes(job: Properties) -> None:
    """Make of a job a privileged pod."""
    del job["ContainerProperties"]
    job["EksProperties"] = {"PodProperties": PRIVILEGED_POD}


def _on_instances(environment: Resource) -> bool:
    return "LaunchTemplate" in environment.properties.get(RESOURCES, {})


BREAKS = (
    *_in_each("IRYO-CONTAINER-IMAGES", "the newest image, whichever", ":latest", *TAG),
    *_in_each("IRYO-CONTAINER-IMAGES", "an image without a tag", SIDECAR["Image"], "Image"),
    *_in_each(
        "IRYO-CONTAINER-LOGS", "logs on the host", "json-file", "LogConfiguration", "LogDriver"
    ),
    *_in_each("IRYO-CONTAINER-PRIVILEGES", "a privileged container", True, "Privileged"),
    *_in_each("IRYO-CONTAINER-ROOT", "a root that can be written", False, "ReadonlyRootFilesystem"),
    *(_beside(f"IRYO-CONTAINER-{what}") for what in ("IMAGES", "LOGS", "ROOT")),
    *_variable("DATABASE_PASSWORD", "written"),
    *_variable("USER_NAME", "{{resolve:secretsmanager:db:SecretString:user}}"),
    Break(
        rule="IRYO-CONTAINER-PRIVILEGES",
        name="a capability added",
        type=TASK,
        change=having(["SYS_ADMIN"], DEFINITIONS, 0, "LinuxParameters", "Capabilities", "Add"),
    ),
    *(
        Break(
            rule="IRYO-CONTAINER-PRIVILEGES",
            name=f"{mode} of the host",
            type=TASK,
            change=having("host", mode),
        )
        for mode in ("PidMode", "IpcMode")
    ),
    Break(
        rule="IRYO-CONTAINER-PRIVILEGES",
        name="a folder of the host: task",
        type=TASK,
        change=adding(HOST_FOLDER, "Volumes"),
    ),
    Break(
        rule="IRYO-CONTAINER-PRIVILEGES",
        name="a folder of the host: job",
        type=JOB,
        change=adding(HOST_FOLDER, *PLACES[JOB], "Volumes"),
    ),
    Break(
        rule="IRYO-CONTAINER-VOLUMES",
        name="a file system mounted in plain text: task",
        type=TASK,
        change=adding(
            {"Name": "data", "EFSVolumeConfiguration": {"FilesystemId": "fs-1"}}, "Volumes"
        ),
        silent=True,
    ),
    Break(
        rule="IRYO-CONTAINER-VOLUMES",
        name="a file system mounted in plain text: job",
        type=JOB,
        change=adding(
            {"Name": "data", "EfsVolumeConfiguration": {"FileSystemId": "fs-1"}},
            *(*PLACES[JOB], "Volumes"),
        ),
        silent=True,
    ),
    Break(
        rule="IRYO-CONTAINER-PUBLIC-ADDRESS",
        name="tasks with a public address",
        type=SERVICE,
        change=having("ENABLED", *AWSVPC, "AssignPublicIp"),
    ),
    Break(
        rule="IRYO-CONTAINER-PUBLIC-ADDRESS",
        name="a job with a public address",
        type=JOB,
        change=having("ENABLED", *PLACES[JOB], "NetworkConfiguration", "AssignPublicIp"),
    ),
    Break(
        rule="IRYO-ECS-CLUSTER",
        name="Container Insights off",
        type=CLUSTER,
        change=having("disabled", "ClusterSettings", 0, "Value"),
    ),
    Break(
        rule="IRYO-ECS-CLUSTER",
        name="what is typed in a container is not logged",
        type=CLUSTER,
        change=having("NONE", *SHELL, "Logging"),
    ),
    Break(
        rule="IRYO-ECS-CLUSTER",
        name="shells without a key of ours",
        type=CLUSTER,
        change=without(*SHELL, "KmsKeyId"),
    ),
    Break(
        rule="IRYO-ECS-STORAGE",
        name="scratch disks without a key of ours",
        type=CLUSTER,
        change=without("Configuration", *SCRATCH),
    ),
    Break(
        rule="IRYO-ECS-STORAGE",
        name="a disk of a service that is not encrypted",
        type=SERVICE,
        change=adding({"Name": "data", "ManagedEBSVolume": {}}, "VolumeConfigurations"),
        silent=True,
    ),
    Break(
        rule="IRYO-ECS-PLATFORM",
        name="tasks that share the address of their host",
        type=TASK,
        change=having("host", "NetworkMode"),
    ),
    Break(
        rule="IRYO-ECS-PLATFORM",
        name="whichever processor",
        type=TASK,
        change=without("RuntimePlatform"),
    ),
    Break(
        rule="IRYO-ECS-SERVICE",
        name="an old platform",
        type=SERVICE,
        change=having("1.3.0", "PlatformVersion"),
    ),
    Break(
        rule="IRYO-ECS-SERVICE",
        name="a shell into every container",
        type=SERVICE,
        change=having(True, "EnableExecuteCommand"),
        production=True,
    ),
    Break(
        rule="IRYO-BATCH-COMPUTE",
        name="instances that nobody manages",
        type=COMPUTE,
        change=having("UNMANAGED", "Type"),
    ),
    Break(
        rule="IRYO-BATCH-COMPUTE",
        name="no security group",
        type=COMPUTE,
        change=having([], RESOURCES, "SecurityGroupIds"),
    ),
    Break(
        rule="IRYO-BATCH-COMPUTE",
        name="disks and metadata as AWS likes",
        type=COMPUTE,
        change=without(RESOURCES, "LaunchTemplate"),
        where=_on_instances,
    ),
    Break(
        rule="IRYO-BATCH-COMPUTE",
        name="a key pair",
        type=COMPUTE,
        change=having("everyone", RESOURCES, "Ec2KeyPair"),
        where=_on_instances,
    ),
    Break(
        rule="IRYO-BATCH-PODS",
        name="a privileged pod",
        type=JOB,
        change=_on_kubernetes,
        silent=True,
    ),
)
