"""Functions encrypt their environment with our key and keep no secret in it."""

from collections.abc import Iterator

from compliance.keys import missing_key
from compliance.reading import secrets
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(function: Resource, context: Context) -> Iterator[Problem]:
    variables = function.get("Environment", "Variables", default={})
    if variables:
        yield from missing_key(function, context, "KmsKeyArn")
    for name, value in variables.items():
        if secrets.is_secret(name, value):
            yield Problem(f"{name} looks like a secret in plain text", finding=name)


RULE = Rule(
    id="IRYO-LAMBDA-ENVIRONMENT",
    title=Text(
        "Function environments are encrypted with our key and hold no secret",
        "関数の環境変数が自前のキーで暗号化され、秘密を含まない",
    ),
    remedy=Text(
        "Set environment_encryption; hand over a secret's ARN and read it at run time.",
        "environment_encryption を設定し、秘密は ARN を渡して実行時に読む。",
    ),
    topic=Topic.SECRETS,
    types=("AWS::Lambda::Function",),
    check=_check,
)
