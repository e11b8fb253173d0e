"""Least privilege, enforced: what ministack's IAM evaluator is not asked is asked here.

ministack (AUTH=true) checks each call against the caller's and the resource's policies. AWS also
checks that the caller may use the customer managed key behind a bucket, stream, queue or secret,
and that a function's role may read the stream and write to the failure destination of its event
source. Both are added, and every denial is remembered so that a person is told which one it was.
"""

import logging
import re
from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import EvalContext, EvalResult
from ministack.core.responses import get_account_id, get_region
from ministack.services import kinesis, s3, secretsmanager, sqs

logger = logging.getLogger("ministack")

# What the caller must be allowed to do with the key, by action.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html (permissions),
# and the same section of the guides of Kinesis, SQS and Secrets Manager.
_KEY_ACTIONS = {
    "s3:PutObject": ("kms:GenerateDataKey",),
    "s3:GetObject": ("kms:Decrypt",),
    "s3:GetObjectVersion": ("kms:Decrypt",),
    "kinesis:PutRecord": ("kms:GenerateDataKey",),
    "kinesis:PutRecords": ("kms:GenerateDataKey",),
    "kinesis:GetRecords": ("kms:Decrypt",),
    "sqs:SendMessage": ("kms:GenerateDataKey", "kms:Decrypt"),
    "sqs:ReceiveMessage": ("kms:Decrypt",),
    "secretsmanager:GetSecretValue": ("kms:Decrypt",),
}
_KEY_ID = re.compile(r"<(?:\w+:)?KMSMasterKeyID>([^<]+)<")
_MOST_DENIALS = 200


class Permissions:
    """Decides, and remembers what was denied."""

    def __init__(self) -> None:
        self.denials: list[dict[str, str]] = []

    def install(self) -> None:
        """Ask about keys after ministack's own evaluation of each call."""
        asked: Callable[..., Any] = iam_evaluator.enforce

        def enforce(
            access_key_id: str,
            iam_action: str,
            *place: str,
            resource_arn: str = "*",
            service_context: dict[str, Any] | None = None,
        ) -> Any:
            answer = asked(
                access_key_id,
                iam_action,
                *place,
                resource_arn=resource_arn,
                service_context=service_context,
            )
            if isinstance(answer, EvalResult):
                self._remember(answer.principal_arn, iam_action, resource_arn)
            if answer is not None or not access_key_id.startswith("ASIA"):
                return answer
            principal = iam_evaluator.resolve_principal(access_key_id, get_account_id())
            return self._key_denial(getattr(principal, "arn", ""), iam_action, resource_arn)

        iam_evaluator.enforce = enforce

    def permitted(self, role_arn: str, action: str, resource: str) -> bool:
        """Say whether a role may do something, the use of the resource's key included."""
        name = role_arn.rsplit("/", 1)[-1]
        principal = f"arn:aws:sts::{get_account_id()}:assumed-role/{name}/lambda"
        if not _allowed(principal, action, resource):
            self._remember(principal, action, resource)
            return False
        return self._key_denial(principal, action, resource) is None

    def _key_denial(self, principal: str, action: str, resource: str) -> EvalResult | None:
        wanted = _KEY_ACTIONS.get(action, ())
        key = _key_of(resource) if wanted and ":assumed-role/" in principal else None
        if key is None:
            return None
        service = action.partition(":")[0]
        for key_action in wanted:
            if not _allowed(principal, key_action, key, via=service):
                self._remember(principal, key_action, key)
                return EvalResult("ImplicitDeny", principal_arn=principal)
        return None

    def _remember(self, principal: str, action: str, resource: str) -> None:
        logger.warning("denied: %s may not %s on %s", principal, action, resource)
        entry = {"principal": principal, "action": action, "resource": resource}
        if entry not in self.denials and len(self.denials) < _MOST_DENIALS:
            self.denials.append(entry)


def _allowed(principal: str, action: str, resource: str, via: str | None = None) -> bool:
    """Evaluate the role's policies and the resource's own, as AWS combines them."""
    account, region = get_account_id(), get_region()
    service = action.partition(":")[0]
    keys = {"kms:calleraccount": account}
    if via:
        keys["kms:viaservice"] = f"{via}.{region}.amazonaws.com"
    context = EvalContext(
        principal_arn=principal,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=region,
        source_ip="127.0.0.1",
        secure_transport=True,
        service_context=keys if service == "kms" else {},
    )
    role = principal.split("/")[1]
    result = iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(role, account))
    policy = iam_evaluator._resource_policy(service, resource)
    if policy is not None:
        result = iam_evaluator.combine_resource_policy(
            result, context, *policy, required=service == "kms"
        )
    return bool(result.decision == "Allow")


def _key_of(resource: str) -> str | None:
    """Return the ARN of the customer managed key that protects a resource, if there is one."""
    service, name = resource.split(":")[2], resource.split(":", 5)[5]
    match service:
        case "s3":
            found = _KEY_ID.search(s3._bucket_encryption.get(name.split("/")[0]) or "")
            key = found.group(1) if found else None
        case "kinesis":
            key = (kinesis._streams.get(name.removeprefix("stream/")) or {}).get("KeyId")
        case "sqs":
            attributes = (sqs._queue_by_arn(resource) or {}).get("attributes", {})
            key = attributes.get("KmsMasterKeyId")
        case "secretsmanager":
            key = (secretsmanager._resolve(resource)[1] or {}).get("KmsKeyId")
        case _:
            key = None
    if not key or key.startswith("alias/"):
        return None
    return key if key.startswith("arn:") else f"{_key_prefix()}{key}"


def _key_prefix() -> str:
    return f"arn:aws:kms:{get_region()}:{get_account_id()}:key/"
