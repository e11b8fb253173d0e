"""The disks of tasks are encrypted with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look, objects, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

FARGATE = "Configuration.ManagedStorageConfiguration.FargateEphemeralStorageKmsKeyId"


def _has_disks(resource: Resource, _: Context) -> bool:
    return resource.type == "AWS::ECS::Cluster" or bool(look(resource, "VolumeConfigurations"))


def _check(resource: Resource, context: Context) -> Iterator[Problem]:
    if resource.type == "AWS::ECS::Cluster":
        yield from own_key(resource, FARGATE, context)
        return
    for volume in objects(resource, "VolumeConfigurations"):
        name = str(look(volume, "Name"))
        yield from expect(volume, "ManagedEBSVolume.Encrypted", True, place=name)
        yield from own_key(volume, "ManagedEBSVolume.KmsKeyId", context, place=name)


RULE = Rule(
    id="IRYO-ECS-STORAGE",
    title=Text(
        "The disks of ECS tasks are encrypted with a customer-managed key",
        "ECS タスクのディスクがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set managed_storage_configuration of the cluster, kms_key_id of a service's volumes.",
        "クラスターの managed_storage_configuration、サービスのボリュームの kms_key_id を設定"
        "する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=(
        "AWS::ECS::Cluster",
        "AWS::ECS::Service",
    ),
    check=_check,
    applies=_has_disks,
)
