"""Every stage of an API has a web ACL in front of it."""

from collections.abc import Iterator

from compliance.reading.walk import token
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(stage: Resource, context: Context) -> Iterator[Problem]:
    name = f"/stages/{token(stage)}"
    if not any(
        str(one.get("ResourceArn")).endswith(name)
        for one in context.resources.of_type("AWS::WAFv2::WebACLAssociation")
    ):
        yield Problem("no web ACL is associated with it")


RULE = Rule(
    id="IRYO-APIGATEWAY-FIREWALL",
    title=Text(
        "API stages stand behind a web ACL",
        "API ステージの前に Web ACL がある",
    ),
    remedy=Text(
        "Add a CfnWebACLAssociation with the ARN of the stage.",
        "ステージの ARN を指定した CfnWebACLAssociation を加える。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=("AWS::ApiGateway::Stage",),
    check=_check,
)
