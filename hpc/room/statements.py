"""Statements of policies as plain data, so that they can be read and tested without CDK."""

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk

Statement = dict[str, Any]
NAME = 20
"""Letters of a stack's name that CloudFormation keeps in any name it makes."""
PATH = "parallelcluster"
"""ParallelCluster makes its roles and profiles under this path."""


def arn(service: str, resource: str, *, region: str = cdk.Aws.REGION) -> str:
    """Return an ARN of this account, by default of this Region."""
    return f"arn:{cdk.Aws.PARTITION}:{service}:{region}:{cdk.Aws.ACCOUNT_ID}:{resource}"


def iam_arn(resource: str) -> str:
    """Return an ARN of IAM, which has no Region."""
    return arn("iam", resource, region="")


def roles_of(cluster: str) -> str:
    """Return the ARN of the roles that ParallelCluster makes for a cluster.

    Their names begin with the stack's, which is the cluster's and cut where it is long; those of
    nodes have the cluster's name in their path too.
    """
    return iam_arn(f"role/{PATH}/{cluster[:NAME]}*")


def aws_policy(name: str) -> str:
    """Return the ARN of one of AWS's own policies."""
    return f"arn:{cdk.Aws.PARTITION}:iam::aws:policy/{name}"


def bucket_arn(name: str, objects: str = "") -> str:
    """Return the ARN of a bucket, or of objects in it."""
    return f"arn:{cdk.Aws.PARTITION}:s3:::{name}" + (f"/{objects}" if objects else "")


def allow(
    sid: str, actions: Sequence[str], *resources: str, when: dict[str, Any] | None = None
) -> Statement:
    """Allow actions on resources."""
    return _statement("Allow", sid, actions, resources, when)


def deny(
    sid: str, actions: Sequence[str], *resources: str, when: dict[str, Any] | None = None
) -> Statement:
    """Deny actions on resources, whatever else is granted."""
    return _statement("Deny", sid, actions, resources, when)


def document(*statements: Statement) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def use_key(sid: str, key: str, *services: str) -> list[Statement]:
    """Allow a key through services only, with the grants that they keep for volumes."""
    via = {"kms:ViaService": [f"{name}.{cdk.Aws.REGION}.amazonaws.com" for name in services]}
    actions = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*")
    grant = {"StringEquals": via, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    return [
        allow(sid, [*actions, "kms:ReEncrypt*"], key, when={"StringEquals": via}),
        allow(f"{sid}Grants", ["kms:CreateGrant"], key, when=grant),
    ]


def pass_role(sid: str, role: str, *services: str) -> Statement:
    """Allow handing a role to services and to nobody else."""
    to = {"iam:PassedToService": [f"{service}.amazonaws.com" for service in services]}
    return allow(sid, ["iam:PassRole"], role, when={"StringEquals": to})


def _statement(
    effect: str,
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    when: dict[str, Any] | None,
) -> Statement:
    statement: Statement = {
        "Sid": sid,
        "Effect": effect,
        "Action": list(actions),
        "Resource": list(resources),
    }
    return statement | ({"Condition": when} if when else {})
