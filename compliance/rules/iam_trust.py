"""Trust policies admit whom they name, and services only on behalf of this account."""

from collections.abc import Iterator

from compliance.policies import statements
from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

# Services that send aws:SourceAccount or aws:SourceArn when they assume a role, by the page on
# confused deputy prevention in each service's guide. Lambda, EC2 and API Gateway do not.
CONFUSABLE = frozenset(
    f"{service}.amazonaws.com"
    for service in (
        *("backup", "codebuild", "config", "datasync", "dms", "ecs-tasks", "events", "glue"),
        *("logs", "pipes", "sagemaker", "scheduler", "ssm", "states", "transfer"),
        "vpc-flow-logs",
    )
)


def _check(role: Resource, _: Context) -> Iterator[Problem]:
    for statement in statements(role.get("AssumeRolePolicyDocument")):
        if not statement.allows:
            continue
        if statement.anyone and not statement.narrowed:
            yield Problem("everyone may assume it", finding="*")
        for kind, principal in statement.principals:
            name = str(known(principal, "a principal"))
            if kind == "Service" and name in CONFUSABLE and not statement.narrowed:
                yield Problem(
                    f"{name} may assume it on behalf of any account (confused deputy)", finding=name
                )
            if kind == "Federated" and not statement.conditions:
                yield Problem(f"any identity of {name} may assume it", finding=name)


RULE = Rule(
    id="IRYO-IAM-TRUST",
    title=Text(
        "Trust policies guard against confused deputies", "信頼ポリシーが混乱した代理人を防ぐ"
    ),
    remedy=Text(
        "Add a condition on aws:SourceAccount or aws:SourceArn (audience and subject of OIDC).",
        "aws:SourceAccount か aws:SourceArn の条件（OIDC では audience と subject）を加える。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=("AWS::IAM::Role",),
    check=_check,
)
