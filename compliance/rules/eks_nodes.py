"""Nodes are made from a launch template of ours, and nobody logs in to them by SSH."""

from collections.abc import Iterator

from compliance.reading.checks import look, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(group: Resource, _: Context) -> Iterator[Problem]:
    if look(group, "LaunchTemplate") is None:
        yield problem("", "LaunchTemplate", "is not set", "disks and metadata are AWS's defaults")
    if look(group, "RemoteAccess") is not None:
        yield problem("", "RemoteAccess", "is set", "use Session Manager")


RULE = Rule(
    id="IRYO-EKS-NODES",
    title=Text(
        "Node groups use a launch template and admit no SSH",
        "ノードグループが起動テンプレートを使い、SSH を受け入れない",
    ),
    remedy=Text(
        "Set launch_template_spec (it is judged on its own), no remote_access.",
        "launch_template_spec を設定し（テンプレートは別に検査する）、remote_access は設定しない。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=("AWS::EKS::Nodegroup",),
    check=_check,
)
