"""Access entries give groups or scoped policies, never the built-in superuser group."""

from collections.abc import Iterator

from compliance.reading.checks import look, objects
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

ADMINISTRATOR = "AmazonEKSClusterAdminPolicy"


def _check(entry: Resource, _: Context) -> Iterator[Problem]:
    if "system:masters" in look(entry, "KubernetesGroups", []):
        yield Problem("it gives the group system:masters", finding="system:masters")
    for policy in objects(entry, "AccessPolicies"):
        name = str(look(policy, "PolicyArn", "")).rpartition("/")[2]
        if name == ADMINISTRATOR and look(policy, "AccessScope.Type") == "cluster":
            yield Problem(f"{name} on the whole cluster", finding=name)


RULE = Rule(
    id="IRYO-EKS-ACCESS-ENTRY",
    title=Text(
        "Access entries name their policies and no superuser group",
        "アクセスエントリがポリシーを指定し、特権グループを与えない",
    ),
    remedy=Text(
        "Use an access policy with the namespaces it is for, or a group that RBAC limits.",
        "対象の名前空間を絞ったアクセスポリシーか、RBAC で制限したグループを使う。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=("AWS::EKS::AccessEntry",),
    check=_check,
)
