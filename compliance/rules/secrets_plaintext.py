"""No secret's value stands in a template."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule


def _check(secret: Resource, _: Context) -> Iterator[Problem]:
    if secret.properties.get("SecretString") is not None:
        yield Problem("SecretString: the secret's value is written in the template")


RULE = Rule(
    id="IRYO-SECRETS-PLAINTEXT",
    title="No secret's value stands in a template",
    remedy="Let Secrets Manager generate it, or put it in after deploying.",
    types=("AWS::SecretsManager::Secret",),
    check=_check,
)
