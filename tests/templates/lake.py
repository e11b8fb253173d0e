"""Questions to the data room that several tests ask."""

from typing import Any

from infra.config import EnvironmentConfig, StoreConfig, load, path_of
from tests.conftest import Assembly
from tests.templates.policies import ACCOUNT, Request, decide

LAKE = {
    "Confidential": "confidential",
    "Important": "important",
    "General": "general",
    "Quarantine": "confidential",
}
"""The stores, by the start of their logical id, and their class, which is also their key's name."""
KEYS = {**LAKE, "TrailAudit": "logs"}
CLASSES = {**LAKE, "TrailAudit": "important", "AccessLogs": "important"}
SSE = "s3:x-amz-server-side-encryption"
SSE_KEY = f"{SSE}-aws-kms-key-id"
SERVICE = {"aws:PrincipalIsAWSService": "true"}
TLS = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
INSIDE = {**TLS, "aws:PrincipalIsAWSService": "false", "aws:PrincipalAccount": ACCOUNT}


def config_of(assembly: Assembly) -> EnvironmentConfig:
    return load(path_of(assembly.environment))


def named(assembly: Assembly, kind: str, name: str) -> tuple[str, dict[str, Any]]:
    """The logical id and body of the resource whose logical id starts with `name`Bucket."""
    found = {
        logical: body
        for logical, body in assembly.resources("Data", kind).items()
        if logical.startswith(f"{name}Bucket")
    }
    ((logical, body),) = found.items()
    return logical, body


def bucket_of(assembly: Assembly, name: str) -> dict[str, Any]:
    properties: dict[str, Any] = named(assembly, "AWS::S3::Bucket", name)[1]["Properties"]
    return properties


def store_of(assembly: Assembly, name: str) -> StoreConfig:
    """What the environment file asks of a store; the trail is locked as the raw records are."""
    config = config_of(assembly)
    if name == "TrailAudit":
        raw, days = config.data.confidential, config.logs.audit_retention_days
        return raw.model_copy(update={"expire_after_days": days, "archive_after_days": 90})
    store: StoreConfig = getattr(config.data, name.lower())
    return store


def key_named(assembly: Assembly, parameter: str) -> str:
    """The last part of the alias of the key that a parameter of the data room brings."""
    (value,) = [
        stack["Properties"]["Parameters"][parameter]
        for name, stack in assembly.resources("Root", "AWS::CloudFormation::Stack").items()
        if name.startswith("Data")
    ]
    output = value["Fn::GetAtt"][1].removeprefix("Outputs.")
    key = assembly.rooms["Security"]["Outputs"][output]["Value"]
    alias = assembly.resource("Security", "AWS::KMS::Alias", TargetKeyId=key)
    return str(alias["AliasName"]).split("/")[-1]


def decided(assembly: Assembly, name: str, principal: str, action: str, **rest: Any) -> str:
    """What the bucket's policy answers to a request for an object (or for `resource`)."""
    logical, _ = named(assembly, "AWS::S3::Bucket", name)
    policy = named(assembly, "AWS::S3::BucketPolicy", name)[1]["Properties"]["PolicyDocument"]
    resource = f"{{{logical}}}{rest.pop('path', '/object')}"
    return decide(
        policy,
        Request(principal=principal, action=action, resource=resource, context=rest["context"]),
    )
