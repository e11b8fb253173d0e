"""Customer-managed keys rotate by themselves."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

# Only symmetric keys whose material KMS made can rotate automatically:
# https://docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-enable.html
SYMMETRIC = "SYMMETRIC_DEFAULT"


def _check(key: Resource, _: Context) -> Iterator[Problem]:
    rotates = key.get("KeySpec", default=SYMMETRIC) == SYMMETRIC and (
        key.get("Origin", default="AWS_KMS") == "AWS_KMS"
    )
    if rotates and key.get("EnableKeyRotation") is not True:
        yield Problem("EnableKeyRotation is not true")


RULE = Rule(
    id="IRYO-KMS-ROTATION",
    title=Text(
        "Customer-managed keys rotate by themselves", "カスタマー管理キーが自動でローテーションする"
    ),
    remedy=Text("Set enable_key_rotation=True.", "enable_key_rotation=True を設定する。"),
    topic=Topic.KEY_MANAGEMENT,
    types=("AWS::KMS::Key",),
    check=_check,
)
