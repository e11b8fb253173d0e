"""The table of stateful types against the official schemas, and against the platform."""

import re
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest

from compliance.guard.buckets import BUCKET
from compliance.guard.kinds import Kinds, kinds
from compliance.guard.schema import REGION, updates
from tests.compliance.guard_sides import platform

ASKED_FOR = [
    "S3::Bucket",
    "DynamoDB::Table",
    "RDS::DBCluster",
    "RDS::DBInstance",
    "KMS::Key",
    "EFS::FileSystem",
    "FSx::FileSystem",
    "Kinesis::Stream",
    "EC2::Volume",
    "Logs::LogGroup",
    "Cognito::UserPool",
    "SecretsManager::Secret",
    "OpenSearchService::Domain",
    "Redshift::Cluster",
    "ElastiCache::ReplicationGroup",
    "MSK::Cluster",
    "ECR::Repository",
    "Backup::BackupVault",
    "SQS::Queue",
    "Events::Archive",
    "CloudTrail::EventDataStore",
    "SageMaker::Domain",
    "SageMaker::FeatureGroup",
    "SageMaker::ModelPackageGroup",
    "Glue::Database",
    "Glue::Table",
    "SageMaker::MlflowApp",
    "HealthLake::FHIRDatastore",
]
OFFICIAL = [name for name in kinds().stateful if name.startswith("AWS::")]


@cache
def all_types() -> frozenset[str]:
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    return frozenset(PROVIDER_SCHEMA_MANAGER.get_resource_types(REGION))


def schema_of(kind: str) -> dict[str, Any]:
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    found: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    return found


def has(schema: dict[str, Any], path: str) -> bool:
    """Whether a property path such as `A/B` or `A[Name]/B` exists in a schema."""
    nodes = [schema]
    for part in re.sub(r"\[\w+\]/", "/*/", path).split("/"):
        inner = []
        for node in (resolved(schema, one) for one in nodes):
            options = [node, *node.get("oneOf", []), *node.get("anyOf", [])]
            for one in (resolved(schema, option) for option in options):
                found = one.get("items") if part == "*" else one.get("properties", {}).get(part)
                inner += [found] if found else []
        nodes = inner
    return bool(nodes)


def resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = schema
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


@pytest.mark.parametrize("kind", ASKED_FOR)
def test_what_was_asked_for_is_stateful(kind: str) -> None:
    assert f"AWS::{kind}" in kinds().stateful


@pytest.mark.parametrize("name", OFFICIAL)
def test_every_type_and_property_is_official(name: str) -> None:
    kind = kinds().stateful[name]
    schema = schema_of(name)
    named = [*kind.replaces, *kind.rewrites, *(keep.property for keep in kind.keeps)]
    named += [kind.unless] if kind.unless else []
    assert [path for path in named if not has(schema, path)] == []


def test_a_property_that_is_none_is_seen() -> None:
    schema = schema_of(BUCKET)
    assert has(schema, "VersioningConfiguration/Status")
    assert not has(schema, "VersioningConfiguration/State")
    assert not has(schema, "Versioning/Status")


def test_every_pattern_names_a_type_and_none_that_is_stateful() -> None:
    patterns = [one for one in kinds().stateless if one.startswith("AWS::")]
    unused = [one for one in patterns if not any(fnmatchcase(it, one) for it in all_types())]
    hidden = [it for it in OFFICIAL if any(fnmatchcase(it, one) for one in patterns)]
    assert (unused, hidden) == ([], [])


def test_a_type_in_neither_list_is_unknown() -> None:
    table = Kinds({}, ("AWS::IAM::*", "AWS::SageMaker::Model"))
    types = {"AWS::IAM::Role", "AWS::SageMaker::Model", "AWS::SageMaker::ModelCard"}
    assert table.unknown(types) == ["AWS::SageMaker::ModelCard"]


def test_every_type_of_the_platform_is_classified() -> None:
    types = {one.type for one in platform().resources.values()}
    assert kinds().unknown(types) == []


def test_the_schema_tells_what_cannot_be_changed() -> None:
    assert "BucketName" in updates("AWS::S3::Bucket").surely
    assert "Engine" in updates("AWS::RDS::DBInstance").perhaps
    assert updates("Custom::Anything").surely == ("ServiceToken",)
    assert updates("AWS::No::Such").surely == ()
