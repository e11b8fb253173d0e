"""VPC endpoints admit only principals of this account or organisation."""

from collections.abc import Iterator

from compliance.policies import statements
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

WITHOUT_POLICY = ("GatewayLoadBalancer", "Resource", "ServiceNetwork")


def _check(endpoint: Resource, _: Context) -> Iterator[Problem]:
    if endpoint.get("VpcEndpointType", default="Gateway") in WITHOUT_POLICY:
        return
    policy = endpoint.get("PolicyDocument")
    if policy is None:
        yield Problem("it has no policy, so every principal may use it for everything")
    for statement in statements(policy):
        if statement.allows and statement.anyone and not statement.narrowed:
            yield Problem("its policy allows every principal without a condition", statement.sid)


RULE = Rule(
    id="IRYO-EC2-ENDPOINT-POLICY",
    title=Text(
        "VPC endpoint policies admit only our own principals",
        "VPC エンドポイントのポリシーが自組織の主体だけを認める",
    ),
    remedy=Text(
        "Add a condition on aws:PrincipalAccount or aws:PrincipalOrgID.",
        "aws:PrincipalAccount か aws:PrincipalOrgID の条件を加える。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=("AWS::EC2::VPCEndpoint",),
    check=_check,
)
