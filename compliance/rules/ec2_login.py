"""Nobody logs in to instances with a key pair: sessions have a name and a log."""

from collections.abc import Iterator

from compliance.reading import instances
from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(instance: Resource, _: Context) -> Iterator[Problem]:
    if instance.type == "AWS::EC2::KeyPair":
        yield Problem("it is a key pair: whoever has the file can log in")
        return
    yield from expect(instances.data(instance), "KeyName", None)


RULE = Rule(
    id="IRYO-EC2-LOGIN",
    title=Text(
        "Instances have no SSH key pair",
        "インスタンスに SSH キーペアがない",
    ),
    remedy=Text(
        "Use Session Manager.",
        "Session Manager を使う。",
    ),
    topic=Topic.AUTHENTICATION,
    types=(
        "AWS::EC2::LaunchTemplate",
        "AWS::EC2::Instance",
        "AWS::EC2::KeyPair",
    ),
    check=_check,
)
