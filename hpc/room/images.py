"""The repository of the images that AWS Batch runs."""

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from hpc.room.room import Room


class Images(Construct):
    """Encrypted, scanned, and a tag that was pushed once stays what it is."""

    arn: str
    uri: str

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        repository = ecr.CfnRepository(
            self,
            "Repository",
            repository_name=f"{room.prefix}-jobs",
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=ecr.CfnRepository.ImageScanningConfigurationProperty(
                scan_on_push=True
            ),
            encryption_configuration=ecr.CfnRepository.EncryptionConfigurationProperty(
                encryption_type="KMS", kms_key=room.key
            ),
        )
        repository.apply_removal_policy(cdk.RemovalPolicy[room.config.data.removal.upper()])
        self.arn = repository.attr_arn
        self.uri = repository.attr_repository_uri
