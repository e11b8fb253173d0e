"""Key policies name who may do what."""

from collections.abc import Iterator

from compliance.policies import statements
from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(key: Resource, _: Context) -> Iterator[Problem]:
    policy = key.get("KeyPolicy")
    if policy is None:
        yield Problem("KeyPolicy is not set; the default lets the account's IAM do everything")
    for statement in statements(policy):
        if not statement.allows:
            continue
        if statement.anyone:
            yield Problem("it allows every principal (*)", finding="*")
        if statement.excludes_actions:
            yield Problem("it allows all actions but some (NotAction)", finding="NotAction")
        for action in statement.actions:
            if str(known(action, "an action")).lower() in {"*", "kms:*"}:
                yield Problem(f"it allows {action}", finding=action)


RULE = Rule(
    id="IRYO-KMS-POLICY",
    title=Text("Key policies name principals and actions", "キーポリシーが主体と操作を指定する"),
    remedy=Text(
        "List the administration and use actions, and the principals, one by one.",
        "管理と利用の操作、および主体を一つずつ列挙する。",
    ),
    topic=Topic.KEY_MANAGEMENT,
    types=("AWS::KMS::Key", "AWS::KMS::ReplicaKey"),
    check=_check,
)
