"""Identity policies name actions."""

from collections.abc import Iterator

from compliance.identity import TYPES, grants
from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(resource: Resource, _: Context) -> Iterator[Problem]:
    for statement in grants(resource):
        if statement.excludes_actions:
            yield Problem("it allows all actions but some (NotAction)", finding="NotAction")
        for action in statement.actions:
            name = str(known(action, "an action"))
            if name == "*" or name.endswith(":*"):
                yield Problem(f"it allows {name}", finding=name)


RULE = Rule(
    id="IRYO-IAM-ACTIONS",
    title=Text("Identity policies grant no * action", "ID ポリシーが * の操作を与えない"),
    remedy=Text("List the actions that are called.", "呼び出す操作を列挙する。"),
    topic=Topic.ACCESS_CONTROL,
    types=TYPES,
    check=_check,
)
