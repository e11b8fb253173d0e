"""What confidential data can reach: the stores that are tagged so, and whatever may read them."""

from collections.abc import Iterable

from compliance.identity import TYPES as IDENTITIES
from compliance.identity import grants
from compliance.reading import databases
from compliance.reading.walk import mentions, once
from compliance.resources import Resource, Resources
from compliance.tagging import TAGGABLE, UNLISTED, tags_of

CLASS = "data-class"
CONFIDENTIAL = "confidential"
KEYS = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
STORES = (
    *databases.TYPES,
    *("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table", "AWS::EFS::FileSystem"),
    *("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::ServerlessCache"),
    *("AWS::FSx::FileSystem", "AWS::HealthLake::FHIRDatastore", "AWS::Kinesis::Stream"),
    *("AWS::KinesisFirehose::DeliveryStream", "AWS::MSK::Cluster", "AWS::MemoryDB::Cluster"),
    *("AWS::OpenSearchService::Domain", "AWS::Redshift::Cluster"),
    *("AWS::RedshiftServerless::Namespace", "AWS::SageMaker::FeatureGroup"),
    *("AWS::Backup::BackupVault", "AWS::SageMaker::Domain"),
)
"""Where data of some class is kept for good; buckets have a rule of their own."""
KEEPERS = (
    *STORES,
    *("AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::SecretsManager::Secret"),
    *("AWS::Logs::LogGroup", "AWS::Events::EventBus", "AWS::StepFunctions::StateMachine"),
    *("AWS::EC2::Volume", "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::NotebookInstance"),
)
"""Where confidential data may be, for long or on its way."""
# What speaks about a store without ever holding or reading what is in it.
_NO_READER = (
    *IDENTITIES,
    *("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"),
    *("AWS::KMS::Alias", "AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::Logs::ResourcePolicy"),
    *("AWS::SecretsManager::ResourcePolicy", "AWS::Kinesis::ResourcePolicy"),
    *("AWS::EC2::VPCEndpoint", "AWS::CloudFormation::Stack", "AWS::CloudWatch::Alarm"),
    *("AWS::CloudTrail::Trail", "AWS::Events::EventBusPolicy"),
)


def class_of(resource: Resource) -> str | None:
    """Return the data class that a resource is tagged with, or None."""
    key = TAGGABLE.get(resource.type) or UNLISTED.get(resource.type)
    return tags_of(resource, key).get(CLASS) if key else None


def is_confidential(resource: Resource) -> bool:
    """Say whether a resource is tagged as one for confidential data."""
    return class_of(resource) == CONFIDENTIAL


@once
def reached(resources: Resources) -> frozenset[int]:
    """Return the ids (`id`) of the resources that confidential data can reach.

    Those are the tagged ones, those that have a role which may use a tagged one, and those that
    name a tagged one in their own properties. A text names a resource by its logical id alone, so
    two with the same id in two templates both count.
    """
    tagged = [one for one in resources.all if is_confidential(one)]
    stores = {one.logical_id for one in tagged}
    roles = _readers(resources, stores)
    found = {id(one) for one in tagged if one.type not in KEYS}
    for one in resources.all:
        if one.type in _NO_READER:
            continue
        if not (stores | roles).isdisjoint(mentions(one.properties)):
            found.add(id(one))
    return frozenset(found)


def is_reached(resource: Resource, resources: Resources) -> bool:
    """Say whether confidential data can reach a resource."""
    return id(resource) in reached(resources)


def _readers(resources: Resources, stores: Iterable[str]) -> set[str]:
    """Return the logical ids of the roles that are granted something on the stores."""
    names = set(stores)
    roles: set[str] = set()
    policies: set[str] = set()
    for identity in resources.of_type(*IDENTITIES):
        granted = [value for statement in grants(identity) for value in statement.resources]
        if names.isdisjoint(mentions(granted)):
            continue
        found = roles if identity.type == "AWS::IAM::Role" else policies
        found.add(identity.logical_id)
        roles.update(mentions(identity.get("Roles", default=[])))
    return roles | {
        role.logical_id
        for role in resources.of_type("AWS::IAM::Role")
        if not policies.isdisjoint(mentions(role.get("ManagedPolicyArns", default=[])))
    }
