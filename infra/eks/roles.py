"""Roles of the room, each with what it may do in one policy of ours or policies of AWS's."""

import json
from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.ecs.needs import Statement

PODS = "pods.eks.amazonaws.com"
Trust = dict[str, Any] | str


def service_trust(
    service: str, *, session_tags: bool = False, conditions: Statement | None = None
) -> Trust:
    """Return the trust in a service of AWS."""
    actions = ["sts:AssumeRole", *(["sts:TagSession"] if session_tags else [])]
    return _trust({"Service": service}, actions, conditions)


def pod_trust(*, cluster: str, namespace: str, account: str) -> Trust:
    """Return the trust in the pods of one service account, by EKS Pod Identity.

    https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    return service_trust(
        PODS,
        session_tags=True,
        conditions={
            "StringEquals": {
                "aws:SourceAccount": cdk.Aws.ACCOUNT_ID,
                "aws:RequestTag/eks-cluster-name": cluster,
                "aws:RequestTag/kubernetes-namespace": namespace,
                "aws:RequestTag/kubernetes-service-account": account,
            }
        },
    )


def token_trust(*, issuer: str, provider: str, namespace: str, account: str) -> Trust:
    """Return the trust in the pods of one service account, by the cluster's tokens (IRSA).

    It is text, since the issuer is part of keys and is known only when the cluster is there.
    https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
    """
    equals = {
        "${Issuer}:aud": "sts.amazonaws.com",
        "${Issuer}:sub": f"system:serviceaccount:{namespace}:{account}",
    }
    document = _trust(
        {"Federated": "${Provider}"},
        ["sts:AssumeRoleWithWebIdentity"],
        {"StringEquals": equals},
    )
    return cdk.Fn.sub(json.dumps(document), {"Issuer": issuer, "Provider": provider})


class EksRole(Construct):
    """A role; whoever uses it must wait for `policy`, where there is one."""

    arn: str
    name: str
    policy: iam.CfnManagedPolicy | None = None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        trust: Trust,
        statements: Sequence[Statement] = (),
        aws_policies: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        role = iam.CfnRole(
            self,
            "Role",
            description=description,
            assume_role_policy_document=trust,
            managed_policy_arns=[
                f"arn:{cdk.Aws.PARTITION}:iam::aws:policy/{name}" for name in aws_policies
            ]
            or None,
        )
        self.arn, self.name = role.attr_arn, role.ref
        if statements:
            self.policy = iam.CfnManagedPolicy(
                self,
                "Policy",
                description=description,
                roles=[role.ref],
                policy_document={"Version": "2012-10-17", "Statement": list(statements)},
            )


def _trust(
    principal: dict[str, str], actions: Sequence[str], conditions: Statement | None
) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Action": list(actions),
        "Principal": principal,
        **({"Condition": conditions} if conditions else {}),
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
