"""Another account assumes a role with an agreed external id, or as one of our organisation."""

import re
from collections.abc import Iterator

from compliance.policies import statements
from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

ACCOUNT = re.compile(r"\d{12}")
KEYS = {"sts:externalid", "aws:principalorgid", "aws:principalorgpaths"}


def _check(role: Resource, _: Context) -> Iterator[Problem]:
    for statement in statements(role.get("AssumeRolePolicyDocument")):
        for kind, principal in statement.principals:
            name = str(known(principal, "a principal"))
            # The own account is written as a reference, another as its digits.
            foreign = kind == "AWS" and ACCOUNT.search(name)
            if statement.allows and foreign and not statement.condition_keys & KEYS:
                yield Problem(f"{name} may assume it without an external id", finding=name)


RULE = Rule(
    id="IRYO-IAM-EXTERNAL",
    title=Text(
        "Other accounts assume roles with an external id",
        "他アカウントは外部 ID 付きでのみロールを引き受ける",
    ),
    remedy=Text(
        "Add a condition on sts:ExternalId or aws:PrincipalOrgID.",
        "sts:ExternalId か aws:PrincipalOrgID の条件を加える。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=("AWS::IAM::Role",),
    check=_check,
)
