"""What Ref and Fn::GetAtt of a resource give, made up from its schema."""

import hashlib
import json
from typing import Any

from rehearsal.schema import Schema, UnknownTypeError, schema_of

Attributes = dict[str, Any]
Properties = dict[str, Any]

# Ref of these types is an id of this form; for all others it is a name CloudFormation makes up.
_ID_PREFIXES = {
    "AWS::DataSync::LocationS3": "loc",
    "AWS::DataSync::LocationSMB": "loc",
    "AWS::DataSync::Task": "task",
    "AWS::EC2::EIP": "eipalloc",
    "AWS::EC2::FlowLog": "fl",
    "AWS::EC2::NatGateway": "nat",
    "AWS::EC2::NetworkAcl": "acl",
    "AWS::EC2::NetworkAclEntry": "acle",
    "AWS::EC2::SubnetNetworkAclAssociation": "aclassoc",
    "AWS::EC2::SecurityGroupEgress": "sgr",
    "AWS::EC2::SecurityGroupIngress": "sgr",
    "AWS::EC2::LaunchTemplate": "lt",
    "AWS::FSx::DataRepositoryAssociation": "dra",
    "AWS::FSx::FileSystem": "fs",
    "AWS::PCS::Cluster": "pcs",
    "AWS::Route53::HealthCheck": "hc",
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": "rqlc",
    "AWS::SageMaker::Domain": "d",
}


_ARN_IDS = ("AWS::Batch::", "AWS::DataSync::")
"""Ref of these services' types is an ARN."""


def attributes_of(
    resource_type: str, physical_id: str, properties: Properties, *, account: str, region: str
) -> Attributes:
    """Return every attribute that the schema promises, and the plain properties themselves."""
    try:
        schema = schema_of(resource_type, region)
    except UnknownTypeError:
        return {}
    given = {key: value for key, value in properties.items() if not isinstance(value, dict)}
    promised = {
        path.removeprefix("/properties/").replace("/", "."): _property(schema, path)
        for path in schema.get("readOnlyProperties", [])
    }
    arn = _arn(resource_type, physical_id, account=account, region=region)
    made = {name: _value(name, part, physical_id, arn) for name, part in promised.items()}
    return {**given, **made}


def referred(resource_type: str, physical_id: str, *, account: str, region: str) -> str:
    """Return what Ref gives for a made-up id: an ARN of it for some services, else the id."""
    if not resource_type.startswith(_ARN_IDS) or physical_id.startswith("arn:"):
        return physical_id
    return _arn(resource_type, physical_id, account=account, region=region)


def _arn(resource_type: str, physical_id: str, *, account: str, region: str) -> str:
    service, kind = resource_type.lower().split("::")[1:3]
    kind = "location" if (service, kind[:8]) == ("datasync", "location") else kind
    return f"arn:aws:{service}:{region}:{account}:{kind}/{physical_id}"


def _property(schema: Schema, path: str) -> Schema:
    found: Any = schema
    for part in path.removeprefix("/").split("/"):
        while isinstance(found, dict) and "$ref" in found:
            found = schema["definitions"][found["$ref"].rsplit("/", 1)[-1]]
        if isinstance(found, dict) and part not in found and "properties" in found:
            found = found["properties"]
        found = found.get(part, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}


def _value(name: str, schema: Schema, physical_id: str, arn: str) -> Any:
    last = name.rsplit(".", 1)[-1]
    match schema.get("type"):
        case "integer" | "number":
            return 1
        case "boolean":
            return False
        case "array":
            return []
        case "object":
            return {}
    if last.lower().endswith("arn"):
        return physical_id if physical_id.startswith("arn:") else arn
    return physical_id if last == "Id" or last.endswith("Id") else f"{physical_id}-{last.lower()}"


def physical_id_of(
    resource_type: str, schema: Schema, logical_id: str, properties: dict[str, Any], stack: str
) -> str:
    """Make up what Ref gives: the same for the same resource until it has to be replaced."""
    identity = json.dumps([stack, logical_id, _create_only(schema, properties)], sort_keys=True)
    digest = hashlib.sha256(identity.encode()).hexdigest()
    if resource_type in _ID_PREFIXES:
        return f"{_ID_PREFIXES[resource_type]}-{digest[:17]}"
    keys = [path.removeprefix("/properties/") for path in schema.get("primaryIdentifier", [])]
    if keys and all(isinstance(properties.get(key), str) for key in keys):
        return "|".join(properties[key] for key in keys)
    return f"{stack}-{logical_id}-{digest[:12].upper()}"[-128:]


def _create_only(schema: Schema, properties: dict[str, Any]) -> dict[str, Any]:
    keys = [path.split("/")[2] for path in schema.get("createOnlyProperties", [])]
    return {key: properties.get(key) for key in keys}


def replaces(schema: Schema, old: Properties, new: Properties) -> bool:
    """Say whether a change of properties makes a new resource."""
    return _create_only(schema, old) != _create_only(schema, new)
