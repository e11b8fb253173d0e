"""Every method of an API asks who is calling."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(method: Resource, _: Context) -> Iterator[Problem]:
    # A browser's preflight request cannot carry credentials.
    if method.get("HttpMethod") == "OPTIONS":
        return
    if method.get("AuthorizationType", default="NONE") == "NONE":
        yield Problem("AuthorizationType is NONE: anyone may call it")


RULE = Rule(
    id="IRYO-APIGATEWAY-AUTHORISATION",
    title=Text("API methods require authorisation", "API のメソッドが認可を必須とする"),
    remedy=Text(
        "Set authorization_type to IAM, or an authorizer.",
        "authorization_type に IAM かオーソライザーを設定する。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=("AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Route"),
    check=_check,
)
