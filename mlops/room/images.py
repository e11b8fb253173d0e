"""The private registry of the step image."""

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops.room.names import arn
from mlops.room.permissions import PULL
from mlops.room.room import Room

KEPT = 30
"""Images; a version of a model names its image by tag or digest, so old ones stay a while."""


class StepImages(Construct):
    """A repository whose tags never move and whose images are scanned when they come.

    `uri` is the configured image: what every job and every model runs.
    """

    uri: str

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        config = room.config
        repository = ecr.Repository(
            self,
            "Repository",
            repository_name=f"{room.names.prefix}/steps",
            encryption=ecr.RepositoryEncryption.KMS,
            encryption_key=room.security.important_key,
            image_scan_on_push=True,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            lifecycle_rules=[
                ecr.LifecycleRule(description="Keep the newest", max_image_count=KEPT)
            ],
            removal_policy=cdk.RemovalPolicy[config.data.removal.upper()],
            empty_on_delete=config.data.removal == "destroy",
        )
        if config.mlops.release.accounts:
            repository.add_to_resource_policy(_pull_elsewhere(room))
        if config.mlops.offline.version:
            repository.add_to_resource_policy(_pull_by_functions())
        self.uri = f"{repository.repository_uri}{config.mlops.training.image}"


def _pull_elsewhere(room: Room) -> iam.PolicyStatement:
    """Let the accounts that deploy from this registry pull the image that serves its models."""
    return iam.PolicyStatement(
        sid="PullElsewhere",
        actions=list(PULL),
        principals=[
            iam.AccountPrincipal(account) for account in room.config.mlops.release.accounts
        ],
        conditions={"StringEquals": {"aws:PrincipalOrgID": room.config.account.organization_id}},
    )


def _pull_by_functions() -> iam.PolicyStatement:
    """Let Lambda pull for functions of this account.

    https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#gettingstarted-images-permissions
    """
    return iam.PolicyStatement(
        sid="PullByFunctions",
        actions=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        principals=[iam.ServicePrincipal("lambda.amazonaws.com")],
        conditions={"ArnLike": {"aws:SourceArn": arn("lambda", "function:*")}},
    )
