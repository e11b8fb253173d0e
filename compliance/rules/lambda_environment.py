"""Functions encrypt their environment with our key and keep no secret in it."""

import re
from collections.abc import Iterator

from compliance.keys import missing_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule

SECRET_NAME = re.compile(
    r"(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)(_VALUE)?$", re.IGNORECASE
)
SECRET_VALUE = re.compile(
    r"AKIA[0-9A-Z]{16}|-----BEGIN|\{\{resolve:(secretsmanager|ssm-secure):", re.IGNORECASE
)


def _check(function: Resource, context: Context) -> Iterator[Problem]:
    variables = function.get("Environment", "Variables", default={})
    if variables:
        yield from missing_key(function, context, "KmsKeyArn")
    for name, value in variables.items():
        text = value if isinstance(value, str) else ""
        literal = bool(text) and "${" not in text
        if SECRET_VALUE.search(text) or (literal and SECRET_NAME.search(name)):
            yield Problem(f"{name} looks like a secret in plain text", finding=name)


RULE = Rule(
    id="IRYO-LAMBDA-ENVIRONMENT",
    title="Function environments are encrypted with our key and hold no secret",
    remedy="Set environment_encryption; hand over a secret's ARN and read it at run time.",
    types=("AWS::Lambda::Function",),
    check=_check,
)
