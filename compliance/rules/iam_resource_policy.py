"""Resource policies grant to nobody unnamed, and to services only on behalf of this account."""

from collections.abc import Iterator
from typing import Any

from compliance.policies import Statement, statements
from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

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
    "AWS::Backup::BackupVault": "AccessPolicy",
    "AWS::EFS::FileSystem": "FileSystemPolicy",
    "AWS::KMS::ReplicaKey": "KeyPolicy",
    "AWS::MSK::ClusterPolicy": "Policy",
    "AWS::OpenSearchService::Domain": "AccessPolicies",
    "AWS::S3::AccessPoint": "Policy",
    "AWS::SNS::TopicInlinePolicy": "PolicyDocument",
    "AWS::SQS::QueueInlinePolicy": "PolicyDocument",
    "AWS::SageMaker::ModelPackageGroup": "ModelPackageGroupPolicy",
}
CONTEXT = "kms:encryptioncontext:"
# Whoever mounts a file system is in the network that its security group admits.
MOUNTED = "elasticfilesystem:accessedviamounttarget"
EVENT_BUS_POLICY = "AWS::Events::EventBusPolicy"


def _document(resource: Resource) -> Any:
    if resource.type == EVENT_BUS_POLICY:
        statement = resource.get("Statement")
        return {"Statement": [statement]} if statement else None
    return resource.get(DOCUMENTS[resource.type])


def _bounded(statement: Statement) -> bool:
    return statement.narrowed or any(
        key == MOUNTED or key.startswith(CONTEXT) for key in statement.condition_keys
    )


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
    title=Text(
        "Resource policies grant only to our own and to services that act for us",
        "リソースポリシーが自組織と、その代理で動くサービスだけに権限を与える",
    ),
    remedy=Text(
        "Add a condition on aws:SourceAccount, aws:SourceArn or the encryption context.",
        "aws:SourceAccount、aws:SourceArn、または暗号化コンテキストの条件を加える。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=(*DOCUMENTS, EVENT_BUS_POLICY),
    check=_check,
)
