"""Instances hand out credentials only to those who ask with a token (IMDSv2)."""

from collections.abc import Iterator

from compliance.reading import instances
from compliance.reading.checks import expect, look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(instance: Resource, _: Context) -> Iterator[Problem]:
    at = instances.data(instance)
    if look(at, "MetadataOptions.HttpEndpoint") == "disabled":
        return
    yield from expect(at, "MetadataOptions.HttpTokens", "required")


RULE = Rule(
    id="IRYO-EC2-METADATA",
    title=Text(
        "Instances answer metadata requests with a token only",
        "インスタンスがトークン付きのメタデータ要求にだけ答える",
    ),
    remedy=Text(
        "Set require_imdsv2=True (HttpTokens required).",
        "require_imdsv2=True（HttpTokens を required）にする。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=(
        "AWS::EC2::LaunchTemplate",
        "AWS::EC2::Instance",
    ),
    check=_check,
    applies=instances.is_template_or_plain,
)
