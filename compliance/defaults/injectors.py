"""Properties that a construct gets when its room says nothing about them.

CDK asks an injector whenever a construct of its class is made, in whichever stack. That costs a
call per construct of these classes, where an aspect in Python would cost one per construct of the
whole tree. What a room sets stays; L1 constructs are not reached, so the rules judge them.
"""

from collections.abc import Mapping
from typing import Any

import jsii
from aws_cdk import IPropertyInjector
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs


@jsii.implements(IPropertyInjector)
class Default:
    """Default properties, in the CDK's own (camelCase) names, of one class of constructs."""

    def __init__(self, unique_id: str, properties: Mapping[str, Any]) -> None:
        self._unique_id = unique_id
        self._properties = properties

    @property
    def construct_unique_id(self) -> str:
        """The class whose constructs are asked about."""
        return self._unique_id

    def inject(
        self,
        original_props: Mapping[str, Any],
        *,
        id: str,  # noqa: ARG002 (the protocol's)
        scope: Any,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return the given properties over the defaults."""
        return {**self._properties, **original_props}


def injectors() -> list[Default]:
    """Return the safe defaults."""
    recovery = {"pointInTimeRecoveryEnabled": True}
    return [
        Default(
            s3.Bucket.PROPERTY_INJECTION_ID,
            {
                "enforceSSL": True,
                "blockPublicAccess": s3.BlockPublicAccess.BLOCK_ALL,
                "objectOwnership": s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
                "versioned": True,
            },
        ),
        Default(sqs.Queue.PROPERTY_INJECTION_ID, {"enforceSSL": True}),
        Default(sns.Topic.PROPERTY_INJECTION_ID, {"enforceSSL": True}),
        Default(kms.Key.PROPERTY_INJECTION_ID, {"enableKeyRotation": True}),
        Default(
            lambda_.Function.PROPERTY_INJECTION_ID,
            {
                "tracing": lambda_.Tracing.ACTIVE,
                "loggingFormat": lambda_.LoggingFormat.JSON,
                "recursiveLoop": lambda_.RecursiveLoop.TERMINATE,
            },
        ),
        Default(ec2.SecurityGroup.PROPERTY_INJECTION_ID, {"allowAllOutbound": False}),
        Default(
            dynamodb.Table.PROPERTY_INJECTION_ID, {"pointInTimeRecoverySpecification": recovery}
        ),
        Default(
            dynamodb.TableV2.PROPERTY_INJECTION_ID, {"pointInTimeRecoverySpecification": recovery}
        ),
    ]
