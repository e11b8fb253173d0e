"""Rights computed from what a service declares: nothing else is granted to what runs in it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from infra.config import DataClass, ServiceConfig
from infra.config.services import portions
from infra.ecs.room import Room, arn

Statement = dict[str, Any]
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def allow(
    sid: str, actions: Sequence[str], *resources: str, conditions: Statement | None = None
) -> Statement:
    """Return a statement that allows actions on resources."""
    condition = {"Condition": conditions} if conditions else {}
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
        **condition,
    }


def written(name: str, data_class: DataClass, prefix: str) -> tuple[DataClass, str]:
    """Return where a service may write: a class alone is narrowed to the service's own folder."""
    return data_class, prefix or f"services/{name}/"


def data_access(room: Room, name: str, service: ServiceConfig) -> list[Statement]:
    """Return what a service may do with the classes that it declares."""
    reads = portions(service.reads)
    writes = [written(name, *portion) for portion in portions(service.writes)]
    found: list[Statement] = []
    for data_class, (bucket, key) in room.stores.items():
        read = [prefix for one, prefix in reads if one is data_class]
        write = [prefix for one, prefix in writes if one is data_class]
        title = data_class.capitalize()
        if read:
            found += _read(title, bucket, read)
        if write:
            put = ["s3:AbortMultipartUpload", "s3:PutObject"]
            found.append(allow(f"Write{title}", put, *_objects(bucket, write)))
        if read or write:
            found.append(_use_key(title, key, read=bool(read), write=bool(write)))
    return found


def _read(title: str, bucket: s3.IBucket, prefixes: Sequence[str]) -> Iterator[Statement]:
    yield allow(f"Read{title}", ["s3:GetObject"], *_objects(bucket, prefixes))
    whole = "" in prefixes
    folders = {"StringLike": {"s3:prefix": [f"{prefix}*" for prefix in prefixes]}}
    yield allow(
        f"List{title}",
        ["s3:ListBucket"],
        bucket.bucket_arn,
        conditions=None if whole else folders,
    )


def _objects(bucket: s3.IBucket, prefixes: Sequence[str]) -> list[str]:
    return [bucket.arn_for_objects(f"{prefix}*") for prefix in prefixes]


def _use_key(title: str, key: kms.IKey, *, read: bool, write: bool) -> Statement:
    """Multipart uploads decrypt the parts that they wrote, so writing includes both."""
    actions = ["kms:Decrypt", *(["kms:GenerateDataKey"] if write else [])]
    through = {"StringEquals": {"kms:ViaService": f"s3.{cdk.Aws.REGION}.amazonaws.com"}}
    use = "ReadWrite" if read and write else "Write" if write else "Read"
    return allow(f"{use}{title}Key", actions, key.key_arn, conditions=through)


def secret_access(room: Room, secrets: Mapping[str, str]) -> list[Statement]:
    """Return what the agent needs to hand a container its secrets, ARNs by variable."""
    arns = sorted({_whole(arn) for arn in secrets.values()})
    if not arns:
        return []
    through = {
        "StringEquals": {"kms:ViaService": f"secretsmanager.{cdk.Aws.REGION}.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:SecretARN": arns},
    }
    return [
        allow("Secrets", ["secretsmanager:GetSecretValue"], *arns),
        allow(
            "SecretsKey",
            ["kms:Decrypt"],
            room.security.confidential_key.key_arn,
            conditions=through,
        ),
    ]


def _whole(secret: str) -> str:
    """Return the ARN without the member of its JSON: seven parts, unless it is a token."""
    return secret if cdk.Token.is_unresolved(secret) else ":".join(secret.split(":")[:7])


def pull(repositories: Sequence[str]) -> list[Statement]:
    """Return what the agent needs to pull from repositories (ARNs); the token has no resource."""
    return [
        allow("Image", PULL, *repositories),
        allow("ImageToken", ["ecr:GetAuthorizationToken"], "*"),
    ]


def write_logs(*log_group_arns: str) -> Statement:
    """Return writing to log groups; their ARNs end in `:*`, which stands for the streams."""
    return allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], *log_group_arns)


def shell(room: Room, log_group_arn: str) -> list[Statement]:
    """Return what ECS Exec does in a task: a channel, its key and its log.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """
    return [
        allow(
            "Shell",
            [
                *("ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel"),
                *("ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"),
            ],
            "*",
        ),
        allow("ShellKey", ["kms:Decrypt"], room.security.log_key.key_arn),
        allow("ShellLogGroups", ["logs:DescribeLogGroups"], arn("logs", "log-group:*")),
        allow(
            "ShellLog",
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            log_group_arn,
        ),
    ]
