"""The address of a function asks who is calling."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(url: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(url, "AuthType", "AWS_IAM")
    if "*" in look(url, "Cors.AllowOrigins", []):
        yield problem("", "Cors.AllowOrigins", "is *")


RULE = Rule(
    id="IRYO-LAMBDA-URL",
    title=Text(
        "Function URLs require IAM",
        "関数 URL が IAM 認証を必須とする",
    ),
    remedy=Text(
        "Set auth_type=FunctionUrlAuthType.AWS_IAM.",
        "auth_type=FunctionUrlAuthType.AWS_IAM を設定する。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=("AWS::Lambda::Url",),
    check=_check,
)
