"""What cases are made of."""

from copy import deepcopy
from typing import Any, NamedTuple

from tests.compliance.platform import (
    KEY,
    allow,
    arn,
    named,
    ref,
)

Given = dict[str, dict[str, Any]]


class Cases(NamedTuple):
    """`other` are resources of the rule's types that it is not about: they get no verdict."""

    good: list[Given]
    bad: list[tuple[Given, set[str]]]
    other: list[Given] = []  # noqa: RUF012 (a NamedTuple)
    unknown: list[Given] = []  # noqa: RUF012


MISSING: Any = ...
"""In `put`: the property is taken away."""
UNKNOWN = {"Fn::ImportValue": "elsewhere"}


def one(kind: str, /, **properties: Any) -> Given:
    tested = named(kind, **properties)
    if kind.startswith("Custom::"):
        tested["Type"] = kind
    return {"Tested": tested, "Key": KEY}


def put(properties: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the properties with the one under a dotted path changed or taken away."""
    changed = deepcopy(properties)
    *above, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    at: Any = changed
    for key in above:
        at = at[key] if isinstance(key, int) else at.setdefault(key, {})
    if value is MISSING:
        del at[last]
    else:
        at[last] = value
    return changed


def checked(
    kind: str,
    good: dict[str, Any],
    bad: dict[str, Any],
    *,
    more: list[dict[str, Any]] | None = None,
    findings: dict[str, str] | None = None,
    beside: Given | None = None,
) -> Cases:
    """The cases of a rule that asks for properties: one in order, and one for each that is not.

    `bad` maps a path to the value that breaks it; its finding is the path, unless `findings` says
    otherwise. `more` are further properties in order; `beside` stands beside the resource.
    """
    around = beside or {}
    broken = []
    for path, value in bad.items():
        finding = (findings or {}).get(path, path)
        broken.append(({**one(kind, **put(good, path, value)), **around}, {finding}))
    fine = [{**one(kind, **each), **around} for each in (good, *(more or []))]
    first = next(iter(bad), None)
    unknown = [{**one(kind, **put(good, first, UNKNOWN)), **around}] if first else []
    return Cases(good=fine, bad=broken, unknown=unknown)


def merged(*cases: Cases) -> Cases:
    """The cases of a rule that is about several types."""
    together = ([case for each in cases for case in each[index]] for index in range(4))
    return Cases(*together)  # type: ignore[arg-type]


def encrypted(kind: str, /, *path: str) -> Cases:
    """The cases of a rule that wants one property to be a customer-managed key."""

    def put(value: Any) -> Given:
        for key in reversed(path):
            value = {key: value}
        return one(kind, **value)

    aws_key = "alias/aws/service"
    return Cases(
        good=[put(arn("Key")), put(ref("Key")), put("arn:aws:kms:eu-west-1:111122223333:key/1")],
        bad=[(one(kind), {""}), (put(aws_key), {""}), (put(arn("Tested")), {""})],
    )


def method(**properties: Any) -> Given:
    return one("ApiGateway::Method", **properties)


def role(**statement: Any) -> Given:
    return one("IAM::Role", AssumeRolePolicyDocument=allow(Action="sts:AssumeRole", **statement))


def policy(**statement: Any) -> Given:
    return one("IAM::Policy", PolicyDocument=allow(**statement))


def bucket(**encryption: Any) -> dict[str, Any]:
    return named(
        "S3::Bucket",
        BucketEncryption={
            "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": encryption}]
        },
    )


def function(**properties: Any) -> Given:
    return one("Lambda::Function", **properties)


def with_policy(kind: str, key: str, policy_kind: str, document: dict[str, Any]) -> Given:
    target: Any = ref("Tested") if key == "Bucket" else [ref("Tested")]
    return {
        "Tested": named(kind),
        "Policy": named(policy_kind, **{key: target, "PolicyDocument": document}),
    }


PUBLIC_ACCESS = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
TABLE: dict[str, Any] = {
    "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": arn("Key")},
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    "DeletionProtectionEnabled": True,
}
REPLICA = {**TABLE, "SSESpecification": {"KMSMasterKeyId": arn("Key")}}
TRAIL: dict[str, Any] = {
    "KMSKeyId": arn("Key"),
    "EnableLogFileValidation": True,
    "IsLogging": True,
    "IsMultiRegionTrail": True,
}
NETWORK = {"SubnetIds": [ref("Subnet")], "SecurityGroupIds": [ref("Group")]}
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
DENY_ALL = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
