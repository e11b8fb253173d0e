"""The disks of instances are encrypted with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading import instances
from compliance.reading.checks import expect, look, objects, own_key, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(resource: Resource, context: Context) -> Iterator[Problem]:
    if resource.type == "AWS::EC2::Volume":
        yield from expect(resource, "Encrypted", True)
        yield from own_key(resource, "KmsKeyId", context)
        return
    devices = objects(instances.data(resource), "BlockDeviceMappings")
    if not devices:
        yield problem("", "BlockDeviceMappings", "is not set", "the root disk is as its image says")
    for device in devices:
        if look(device, "Ebs") is not None:
            place = str(look(device, "DeviceName"))
            yield from expect(device, "Ebs.Encrypted", True, place=place)
            yield from own_key(device, "Ebs.KmsKeyId", context, place=place)


RULE = Rule(
    id="IRYO-EC2-DISKS",
    title=Text(
        "Disks encrypt with a customer-managed key",
        "ディスクがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set encrypted=True and kms_key of every block device, the root's too.",
        "ルートを含む全ブロックデバイスに encrypted=True と kms_key を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=(
        "AWS::EC2::LaunchTemplate",
        "AWS::EC2::Instance",
        "AWS::EC2::Volume",
    ),
    check=_check,
    applies=instances.is_template_or_plain,
)
