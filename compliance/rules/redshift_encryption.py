"""Warehouses encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import expect, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(warehouse: Resource, context: Context) -> Iterator[Problem]:
    if warehouse.type == "AWS::Redshift::Cluster":
        yield from expect(warehouse, "Encrypted", True)
    yield from own_key(warehouse, "KmsKeyId", context)


RULE = Rule(
    id="IRYO-REDSHIFT-ENCRYPTION",
    title=Text(
        "Redshift encrypts with a customer-managed key",
        "Redshift がカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set Encrypted and KmsKeyId.",
        "Encrypted と KmsKeyId を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=(
        "AWS::Redshift::Cluster",
        "AWS::RedshiftServerless::Namespace",
    ),
    check=_check,
)
