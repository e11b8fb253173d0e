"""Groups of instances start from a launch template, which is judged on its own."""

from collections.abc import Iterator

from compliance.reading.checks import look, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(group: Resource, _: Context) -> Iterator[Problem]:
    if group.type == "AWS::AutoScaling::LaunchConfiguration":
        yield Problem("launch configurations are out of date; AWS closes them")
    elif not look(group, "LaunchTemplate") and not look(group, "MixedInstancesPolicy"):
        yield problem("", "LaunchTemplate", "is not set")


RULE = Rule(
    id="IRYO-EC2-LAUNCH",
    title=Text(
        "Auto Scaling groups use a launch template",
        "Auto Scaling グループが起動テンプレートを使う",
    ),
    remedy=Text(
        "Set launch_template or mixed_instances_policy.",
        "launch_template か mixed_instances_policy を設定する。",
    ),
    topic=Topic.CHANGE_MANAGEMENT,
    types=(
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::AutoScaling::LaunchConfiguration",
    ),
    check=_check,
)
