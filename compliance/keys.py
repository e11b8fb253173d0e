"""Which encryption keys count as the customer's own."""

from collections.abc import Iterator
from typing import Any

from compliance.resources import Resource, known
from compliance.rule import Context, Problem

KEY_TYPES = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias")
AWS_MANAGED = "alias/aws/"


def is_customer_key(value: Any, context: Context) -> bool:
    """Say whether a resolved value names a customer-managed KMS key.

    Raises IndeterminateError when nobody can know.
    """
    known(value, "the key")
    if target := context.resources.at(value):
        return target.type in KEY_TYPES
    return isinstance(value, str) and bool(value) and AWS_MANAGED not in value


def missing_key(resource: Resource, context: Context, *keys: str) -> Iterator[Problem]:
    """Yield a problem unless the property under the keys is a customer-managed key."""
    value = resource.get(*keys)
    if value is None:
        yield Problem(f"{'.'.join(keys)} is not set, so no key of ours encrypts it")
    elif not is_customer_key(value, context):
        yield Problem(f"{'.'.join(keys)} is {value}, which is no customer-managed key")
