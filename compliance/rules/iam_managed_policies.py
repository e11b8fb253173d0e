"""No identity has one of AWS's policies that grant everything or everything of a service."""

import re
from collections.abc import Iterator

from compliance.reading.checks import look
from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

BROAD = re.compile(
    r"policy/(?:job-function/)?(AdministratorAccess|PowerUserAccess|SystemAdministrator|"
    r"DatabaseAdministrator|DataScientist|NetworkAdministrator|\w*FullAccess\w*)"
)


def _check(identity: Resource, _: Context) -> Iterator[Problem]:
    for policy in look(identity, "ManagedPolicyArns", []):
        if found := BROAD.search(str(known(policy, "a managed policy"))):
            yield Problem(f"it has {found[1]}", finding=found[1])


RULE = Rule(
    id="IRYO-IAM-MANAGED-POLICIES",
    title=Text(
        "Identities have none of AWS's broad policies",
        "ID に AWS の広すぎる管理ポリシーが付いていない",
    ),
    remedy=Text(
        "Write a policy with the actions that are called.",
        "呼び出す操作だけのポリシーを書く。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=(
        "AWS::IAM::Role",
        "AWS::IAM::User",
        "AWS::IAM::Group",
    ),
    check=_check,
)
