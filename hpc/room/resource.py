"""A resource from plain properties, as the pure modules write them, with everybody's tags.

For types about which cdk-nag has no rules: it reads typed constructs only. Our own rules and AWS's
validator read the template.
"""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from compliance.tagging import TAGGABLE, UNLISTED
from hpc.tags import room_tags
from infra.config import EnvironmentConfig

TABLES = ("AWS::Batch::", "AWS::PCS::")
"""Services whose tags are a table; those of the others are a list."""


def resource(
    scope: Construct,
    construct_id: str,
    kind: str,
    properties: Mapping[str, Any],
    *,
    config: EnvironmentConfig,
    data_class: str = "important",
) -> cdk.CfnResource:
    """Make a resource of any type."""
    given = dict(properties)
    if key := TAGGABLE.get(kind) or UNLISTED.get(kind):
        wanted = room_tags(config, data_class=data_class) | _given(given.get(key))
        pairs = [{"Key": name, "Value": value} for name, value in wanted.items()]
        given[key] = wanted if kind.startswith(TABLES) else pairs
    return cdk.CfnResource(scope, construct_id, type=kind, properties=given)


def _given(value: Any) -> dict[str, str]:
    if isinstance(value, list):
        return {pair["Key"]: pair["Value"] for pair in value}
    return dict(value or {})
