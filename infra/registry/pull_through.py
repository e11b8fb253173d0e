"""Public images, kept here from the first pull on."""

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.config.registry import UPSTREAMS
from infra.registry.repositories import lifecycle


class PullThrough(Construct):
    """A rule an upstream registry, and how the repositories are made that its images land in."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id)
        prefixes = {name: f"iryo-{config.name}-{name}" for name in config.registry.pull_through}
        role, policy = self._role(key, tuple(prefixes.values()))
        for name, prefix in prefixes.items():
            template = ecr.CfnRepositoryCreationTemplate(
                self,
                f"{name}-template",
                prefix=prefix,
                applied_for=["PULL_THROUGH_CACHE"],
                custom_role_arn=role.attr_arn,
                encryption_configuration=ecr.CfnRepositoryCreationTemplate.EncryptionConfigurationProperty(
                    encryption_type="KMS", kms_key=key.key_arn
                ),
                image_tag_mutability="IMMUTABLE",
                lifecycle_policy=lifecycle(config),
            )
            template.add_resource_dependency(policy)
            rule = ecr.CfnPullThroughCacheRule(
                self,
                name,
                ecr_repository_prefix=prefix,
                upstream_registry=name if name != "kubernetes" else "k8s",
                upstream_registry_url=UPSTREAMS[name],
            )
            rule.add_resource_dependency(template)

    def _role(
        self, key: kms.IKey, prefixes: tuple[str, ...]
    ) -> tuple[iam.CfnRole, iam.CfnManagedPolicy]:
        """Return what ECR acts as when it makes an encrypted repository for a first pull.

        https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-iam.html
        """
        repositories = [
            Stack.of(self).format_arn(
                service="ecr",
                resource="repository",
                resource_name=f"{prefix}/*",
                arn_format=ArnFormat.SLASH_RESOURCE_NAME,
            )
            for prefix in prefixes
        ]
        trust = iam.PolicyDocument(
            statements=[
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal("ecr.amazonaws.com")],
                    actions=["sts:AssumeRole"],
                    conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
                )
            ]
        )
        role = iam.CfnRole(
            self,
            "Role",
            description="ECR, making repositories for images from elsewhere",
            assume_role_policy_document=trust,
        )
        policy = iam.CfnManagedPolicy(
            self,
            "Policy",
            roles=[role.ref],
            policy_document=iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(
                        sid="Repositories",
                        actions=[
                            *("ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"),
                            "ecr:PutLifecyclePolicy",
                        ],
                        resources=repositories,
                    ),
                    iam.PolicyStatement(
                        sid="Key",
                        actions=["kms:CreateGrant", "kms:RetireGrant", "kms:DescribeKey"],
                        resources=[key.key_arn],
                    ),
                ]
            ),
        )
        return role, policy
