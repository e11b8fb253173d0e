"""The trail shows which person did something in Studio."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(domain: Resource, _: Context) -> Iterator[Problem]:
    path = "DomainSettings.ExecutionRoleIdentityConfig"
    yield from expect(domain, path, "USER_PROFILE_NAME", default="DISABLED")


RULE = Rule(
    id="IRYO-SAGEMAKER-DOMAIN-IDENTITY",
    title=Text(
        "SageMaker domains show who did what",
        "SageMaker ドメインで誰が何をしたかが残る",
    ),
    remedy=Text(
        "Set DomainSettings.ExecutionRoleIdentityConfig to USER_PROFILE_NAME.",
        "DomainSettings.ExecutionRoleIdentityConfig を USER_PROFILE_NAME にする。",
    ),
    topic=Topic.AUTHENTICATION,
    types=("AWS::SageMaker::Domain",),
    check=_check,
)
