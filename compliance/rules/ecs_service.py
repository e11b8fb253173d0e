"""Services run on the newest Fargate platform, and in production nobody opens a shell in them."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(service: Resource, context: Context) -> Iterator[Problem]:
    yield from expect(service, "PlatformVersion", None, "LATEST", "1.4.0")
    if context.production:
        yield from expect(service, "EnableExecuteCommand", None, False)


RULE = Rule(
    id="IRYO-ECS-SERVICE",
    title=Text(
        "Services run on the newest platform, without shells in production",
        "サービスが最新のプラットフォームで動き、本番ではシェルを開けない",
    ),
    remedy=Text(
        "Leave platform_version out, set enable_execute_command=False.",
        "platform_version は指定せず、enable_execute_command=False とする。",
    ),
    topic=Topic.PATCHING,
    types=("AWS::ECS::Service",),
    check=_check,
)
