"""No secret's value stands in a template."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(secret: Resource, _: Context) -> Iterator[Problem]:
    if secret.properties.get("SecretString") is not None:
        yield Problem("SecretString: the secret's value is written in the template")


RULE = Rule(
    id="IRYO-SECRETS-PLAINTEXT",
    title=Text(
        "No secret's value stands in a template", "シークレットの値がテンプレートに書かれていない"
    ),
    remedy=Text(
        "Let Secrets Manager generate it, or put it in after deploying.",
        "Secrets Manager に生成させるか、デプロイ後に入れる。",
    ),
    topic=Topic.SECRETS,
    types=("AWS::SecretsManager::Secret",),
    check=_check,
)
