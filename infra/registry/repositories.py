"""The repositories of services."""

import json
from collections.abc import Mapping, Sequence

from aws_cdk import RemovalPolicy, Tags
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import DataClass, EnvironmentConfig


class Repositories(Construct):
    """Encrypted repositories whose tags never move and whose images are scanned when they come.

    `made`: by the name that a service uses, without the environment. Images are code, of class
    general.
    """

    made: Mapping[str, ecr.IRepository]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        key: kms.IKey,
        names: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        Tags.of(self).add("data-class", DataClass.GENERAL)
        self.made = {name: self._repository(name, config, key) for name in names}

    def _repository(self, name: str, config: EnvironmentConfig, key: kms.IKey) -> ecr.IRepository:
        full_name = f"iryo-{config.name}/{name}"
        resource = ecr.CfnRepository(
            self,
            name,
            repository_name=full_name,
            encryption_configuration=ecr.CfnRepository.EncryptionConfigurationProperty(
                encryption_type="KMS", kms_key=key.key_arn
            ),
            image_scanning_configuration=ecr.CfnRepository.ImageScanningConfigurationProperty(
                scan_on_push=True
            ),
            image_tag_mutability="IMMUTABLE",
            lifecycle_policy=ecr.CfnRepository.LifecyclePolicyProperty(
                lifecycle_policy_text=lifecycle(config)
            ),
            empty_on_delete=config.data.removal == "destroy",
        )
        resource.apply_removal_policy(RemovalPolicy[config.data.removal.upper()])
        return ecr.Repository.from_repository_attributes(
            self,
            f"{name}-reference",
            repository_arn=resource.attr_arn,
            repository_name=resource.ref,
        )


def lifecycle(config: EnvironmentConfig) -> str:
    """Return when images leave a repository, as ECR's policy text.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
    """
    expire = {"type": "expire"}
    rules = [
        {
            "rulePriority": 1,
            "description": "Images without a tag",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": config.registry.untagged_days,
            },
            "action": expire,
        },
        {
            "rulePriority": 2,
            "description": "Keep the newest",
            "selection": {
                "tagStatus": "any",
                "countType": "imageCountMoreThan",
                "countNumber": config.registry.keep_images,
            },
            "action": expire,
        },
    ]
    return json.dumps({"rules": rules}, separators=(",", ":"))
