"""Kubeflow Pipelines on EKS: the role that its tasks start SageMaker jobs with.

The pipeline itself is what `iryo mlops generate kubeflow` writes and `kfp` compiles.
"""

from aws_cdk import aws_eks as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.eks.roles import pod_trust
from infra.ingestion.permissions import allow
from mlops.room.job_roles import JobRoles
from mlops.room.orchestrator import start_jobs
from mlops.room.room import Room


class Kubeflow(Construct):
    """A role for one service account of one cluster, given to its pods by EKS Pod Identity."""

    def __init__(
        self, scope: Construct, construct_id: str, *, room: Room, roles: JobRoles, cluster: str
    ) -> None:
        super().__init__(scope, construct_id)
        settings = room.config.mlops.kubeflow
        words = "Kubeflow: starts the jobs of pipelines and registers models"
        role = iam.CfnRole(
            self,
            "Role",
            description=words,
            assume_role_policy_document=pod_trust(
                cluster=cluster, namespace=settings.namespace, account=settings.service_account
            ),
        )
        key = allow("Key", ["kms:Decrypt"], room.security.important_key.key_arn)
        iam.CfnManagedPolicy(
            self,
            "Policy",
            description=words,
            roles=[role.ref],
            policy_document=iam.PolicyDocument(statements=[*start_jobs(room, roles), key]),
        )
        eks.CfnPodIdentityAssociation(
            self,
            "Association",
            cluster_name=cluster,
            namespace=settings.namespace,
            service_account=settings.service_account,
            role_arn=role.attr_arn,
        )
