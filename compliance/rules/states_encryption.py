"""State machines encrypt definition and history with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import expect, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(machine: Resource, context: Context) -> Iterator[Problem]:
    at = "EncryptionConfiguration"
    yield from expect(machine, f"{at}.Type", "CUSTOMER_MANAGED_KMS_KEY")
    yield from own_key(machine, f"{at}.KmsKeyId", context)


RULE = Rule(
    id="IRYO-STATES-ENCRYPTION",
    title=Text(
        "State machines encrypt with a customer-managed key",
        "ステートマシンがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set encryption_configuration=CustomerManagedEncryptionConfiguration(...).",
        "encryption_configuration=CustomerManagedEncryptionConfiguration(...) を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=(
        "AWS::StepFunctions::StateMachine",
        "AWS::StepFunctions::Activity",
    ),
    check=_check,
)
