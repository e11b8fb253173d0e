"""The typed shape of an environment file.

Every key has a description: `iryo config schema` hands them to editors. Checks that concern more
than one key are in `checks.py`.
"""

from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from infra.config.base import Model
from infra.config.edge import EdgeConfig, MutualTlsConfig
from infra.config.eks import EksConfig
from infra.config.hpc import HpcConfig
from infra.config.mlops import MlopsConfig
from infra.config.registry import RegistryConfig
from infra.config.services import ServiceConfig, ServiceName
from infra.config.services_cluster import EcsConfig

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)

ENDPOINT_SERVICES = (
    *("ec2", "ecr.api", "ecr.dkr", "events", "kinesis-streams", "kms", "lambda", "logs"),
    *("monitoring", "sagemaker.api", "sagemaker.featurestore-runtime", "sagemaker.runtime"),
    *("secretsmanager", "sns", "sqs", "ssm", "ssmmessages", "ec2messages", "states", "sts", "xray"),
    *("autoscaling", "cloudformation", "ecs", "ecs-agent", "ecs-telemetry", "elasticfilesystem"),
    *("elasticloadbalancing", "pcs", "eks", "eks-auth"),
)


class Stage(StrEnum):
    """How much an environment must protect: checks and defaults depend on it."""

    DEV = "dev"
    STAGING = "staging"
    PRODUCTION = "production"


class Nat(StrEnum):
    """How private subnets reach the Internet. A gateway costs about 45 USD a month and traffic."""

    NONE = "none"
    SINGLE = "single"
    PER_ZONE = "per_zone"


class ObjectLock(StrEnum):
    """S3 Object Lock: governance can be lifted by a privileged role, compliance by nobody."""

    NONE = "none"
    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"


class Profile(StrEnum):
    """De-identification profiles; each is a policy file of the engine."""

    SAFE_HARBOR = "safe_harbor"
    JP_PSEUDONYMISED = "jp_pseudonymised"
    JP_ANONYMISED = "jp_anonymised"


def _network(value: Any) -> IPv4Network:
    if isinstance(value, IPv4Network):
        return value
    try:
        return IPv4Network(str(value))
    except ValueError as error:
        raise ValueError(f"an IPv4 network such as 10.0.1.0/24 is allowed ({error})") from error


def _log_retention(value: Any) -> int:
    if value not in LOG_RETENTION_DAYS or isinstance(value, bool):
        raise ValueError(
            "CloudWatch Logs keeps for "
            + ", ".join(str(days) for days in LOG_RETENTION_DAYS)
            + " days, nothing between"
        )
    return int(value)


Cidr = Annotated[
    IPv4Network,
    BeforeValidator(_network),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["10.0.1.0/24"]}),
]
CidrPair = Annotated[tuple[Cidr, ...], Field(min_length=2, max_length=2)]
LogRetention = Annotated[
    int, BeforeValidator(_log_retention), WithJsonSchema({"enum": list(LOG_RETENTION_DAYS)})
]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
EndpointService = Annotated[str, Field(json_schema_extra={"enum": list(ENDPOINT_SERVICES)})]
Days = Annotated[int, Field(ge=1, le=36500)]


class AccountConfig(Model):
    """Where to deploy. Without `id` and `region` the templates fit any account and region."""

    id: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None
    """AWS account, 12 digits as text."""
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")] | None = None
    """AWS Region, for example ap-northeast-1 (Tokyo) or ap-northeast-3 (Osaka)."""
    organization_id: Annotated[str, Field(pattern=r"^o-[a-z0-9]{10,32}$")] | None = None
    """AWS Organizations id; policies then admit the organisation instead of the account."""
    permissions_boundary: Annotated[str, Field(pattern=r"^[\w+=,.@-]{1,128}$")] | None = None
    """Name of a managed policy of the account that bounds every role; it must be there before."""


class Tags(Model):
    """Cost allocation and ownership tags of every resource (requirements 7.3)."""

    project: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,19}$")] = "iryo"
    """A short name in small letters, digits and hyphens."""
    cost_center: Annotated[str, Field(min_length=1, max_length=64)]
    owner: Annotated[str, Field(min_length=1, max_length=64)]
    """The team that answers for the environment."""


class Contacts(Model):
    """Who is told. Addresses of teams, not of persons."""

    security: Email
    """Mail address that is told of security findings."""
    operations: Email
    """Mail address that is told of faults."""
    privacy: Email
    """Mail address of the person in charge of personal data (個人情報保護管理者)."""


class LogsConfig(Model):
    """Retention of log groups and of the access log bucket."""

    retention_days: LogRetention = 365
    audit_retention_days: LogRetention = 3653
    """CloudTrail, flow logs, resolver query logs and access logs."""


class NetworkConfig(Model):
    """The VPC. The defaults are the networks of requirements 2.2.1, one subnet a zone."""

    vpc_cidr: Cidr = IPv4Network("10.0.0.0/16")
    public_cidrs: CidrPair = (IPv4Network("10.0.1.0/24"), IPv4Network("10.0.2.0/24"))
    application_cidrs: CidrPair = (IPv4Network("10.0.10.0/24"), IPv4Network("10.0.11.0/24"))
    data_cidrs: CidrPair = (IPv4Network("10.0.20.0/24"), IPv4Network("10.0.21.0/24"))
    hpc_cidrs: CidrPair = (IPv4Network("10.0.30.0/24"), IPv4Network("10.0.31.0/24"))
    """Used only when rooms.hpc is on."""
    zones: Annotated[tuple[str, ...], Field(min_length=2, max_length=2)] | None = None
    """Two zone names, for example ap-northeast-1a and ap-northeast-1c; absent: the first two."""
    nat: Nat = Nat.NONE
    interface_endpoints: tuple[EndpointService, ...] = (
        "events",
        "kinesis-streams",
        "secretsmanager",
    )
    """PrivateLink endpoints, about 10 USD a month each and a zone.

    The gateway endpoints of S3 and DynamoDB cost nothing and are always there.
    """


class StoreConfig(Model):
    """One bucket of the lake."""

    archive_after_days: Days = 90
    """Old versions go to an archive that answers at once after this; raw records that nobody
    reads go where a restore takes hours (90 to 730)."""
    expire_after_days: Days | None = None
    """Objects are removed after this; absent: kept."""
    object_lock: ObjectLock = ObjectLock.NONE
    object_lock_days: Days = 30
    """How long a new object version cannot be removed; used when object_lock is on."""


class DataConfig(Model):
    """The lake: one bucket and one key a data class."""

    confidential: StoreConfig = StoreConfig()
    important: StoreConfig = StoreConfig()
    general: StoreConfig = StoreConfig()
    quarantine: StoreConfig = StoreConfig(expire_after_days=90)
    """Records that could not be read or validated; confidential, with the confidential key."""
    removal: Literal["retain", "destroy"] = "retain"
    """What becomes of stores and keys when the stack is deleted; production must retain."""
    key_deletion_days: Annotated[int, Field(ge=7, le=30)] = 30


class IngestionConfig(Model):
    """API, stream and functions that take records in."""

    profile: Profile = Profile.SAFE_HARBOR
    requests_per_second: Annotated[int, Field(ge=1, le=10_000)] = 100
    burst: Annotated[int, Field(ge=1, le=5_000)] = 200
    stream_retention_hours: Annotated[int, Field(ge=24, le=8760)] = 168
    archive_days: Days = 30
    """How long the event archive can be replayed."""
    mutual_tls: MutualTlsConfig = MutualTlsConfig()


class LambdaConfig(Model):
    """The Lambda functions' runtime, newest in standard support by default."""

    python: Literal["3.11", "3.12", "3.13", "3.14"] = "3.14"
    architecture: Literal["arm64", "x86_64"] = "arm64"


class Rooms(Model):
    """Optional rooms, off until wanted."""

    hpc: bool = False
    """The HPC subnets and security group, and what [hpc] describes."""
    mlops: bool = False
    """Training, registry, deployment and monitoring of models."""
    ecs: bool = False
    """A cluster for the services with runs_on = "ecs"."""
    eks: bool = False
    """A private Kubernetes cluster for the services with runs_on = "eks"."""
    edge: bool = False
    """CloudFront, firewalls and a load balancer in front of services."""
    registry: bool = False
    """Repositories for images; rooms that run containers have them anyway."""


class EnvironmentConfig(Model):
    """An environment file."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,19}$")]
    """2 to 20 small letters, digits and hyphens; part of the stack's name, iryo-<name>."""
    stage: Stage
    account: AccountConfig = AccountConfig()
    tags: Tags
    contacts: Contacts
    logs: LogsConfig = LogsConfig()
    network: NetworkConfig = NetworkConfig()
    data: DataConfig = DataConfig()
    ingestion: IngestionConfig = IngestionConfig()
    functions: LambdaConfig = LambdaConfig()
    mlops: MlopsConfig = MlopsConfig()
    services: dict[ServiceName, ServiceConfig] = Field(default_factory=dict)
    """Containers, run by rooms.ecs or rooms.eks: [services.<name>]."""
    ecs: EcsConfig = EcsConfig()
    eks: EksConfig = EksConfig()
    edge: EdgeConfig = EdgeConfig()
    registry: RegistryConfig = RegistryConfig()
    hpc: HpcConfig = HpcConfig()
    rooms: Rooms = Rooms()

    @property
    def permissions_boundary(self) -> str | None:
        """The boundary that the gate demands of every identity, if any."""
        return self.account.permissions_boundary
