"""Resource policies grant to nobody unnamed, and to services only on behalf of this account."""

from collections.abc import Iterator
from typing import Any

from compliance.policies import Statement, statements
from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule

DOCUMENTS = {
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
    "AWS::Events::EventBus": "Policy",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::Logs::ResourcePolicy": "PolicyDocument",
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::Kinesis::ResourcePolicy": "ResourcePolicy",
}
CONTEXT = "kms:encryptioncontext:"
EVENT_BUS_POLICY = "AWS::Events::EventBusPolicy"


def _document(resource: Resource) -> Any:
    if resource.type == EVENT_BUS_POLICY:
        statement = resource.get("Statement")
        return {"Statement": [statement]} if statement else None
    return resource.get(DOCUMENTS[resource.type])


def _bounded(statement: Statement) -> bool:
    return statement.narrowed or any(key.startswith(CONTEXT) for key in statement.condition_keys)


def _check(resource: Resource, _: Context) -> Iterator[Problem]:
    for statement in statements(_document(resource)):
        if not statement.allows or _bounded(statement):
            continue
        if statement.anyone:
            yield Problem("it grants to every principal (*) without a condition", finding="*")
        for kind, principal in statement.principals:
            if kind == "Service":
                name = str(known(principal, "a principal"))
                yield Problem(
                    f"it grants to {name} on behalf of any account (confused deputy)", finding=name
                )


RULE = Rule(
    id="IRYO-IAM-RESOURCE-POLICY",
    title="Resource policies grant only to our own and to services that act for us",
    remedy="Add a condition on aws:SourceAccount, aws:SourceArn or the encryption context.",
    types=(*DOCUMENTS, EVENT_BUS_POLICY),
    check=_check,
)
