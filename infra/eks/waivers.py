"""Excuses of this room, each hung on one resource by the module that makes it."""

from datetime import date

from compliance.excuses import Excuses
from compliance.waivers import Waiver
from infra.config import EnvironmentConfig

EXCUSES = Excuses(ticket="IRYO-EKS-1", expires=date(2027, 9, 30))


def deployer(config: EnvironmentConfig) -> Waiver:
    """Excuse that the function that deploys may do everything in the cluster."""
    return EXCUSES.one(
        config,
        rule="IRYO-EKS-ACCESS-ENTRY",
        finding="AmazonEKSClusterAdminPolicy",
        reason="It writes roles and their bindings, which Kubernetes allows to nobody with less.",
        compensating_control="No person is in this entry; only CloudFormation may call the "
        "function, what it applies was judged before, and the audit log holds each request.",
    )


def person(config: EnvironmentConfig) -> Waiver:
    """Excuse that an access entry names the role of people by its ARN."""
    return EXCUSES.one(
        config,
        rule="CFN-W9002",
        finding="Properties.PrincipalArn",
        reason="IAM Identity Center makes the role; no template has a resource to refer to.",
        compensating_control="Partition and account are references; EKS refuses an entry for a "
        "role that does not exist.",
    )


def deployment_function(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the function has no queue."""
    return EXCUSES.packs(
        config,
        rule="LambdaDLQ",
        reason="CloudFormation waits for the answer: a lost event cannot go unnoticed.",
        compensating_control="Without an answer the deployment fails and is rolled back.",
    )
