"""Classes of data: where confidential data is, and what it can reach."""

from typing import Any

from tests.compliance.cases.base import Cases, Given, one
from tests.compliance.cases.clusters import NETWORK
from tests.compliance.platform import KEY, allow, arn, named, ref


def tagged(name: str | None) -> list[dict[str, str]]:
    return [{"Key": "data-class", "Value": name}] if name else []


def of_class(name: str | None, kind: str, /, **properties: Any) -> Given:
    return {
        **one(kind, Tags=tagged(name), **properties),
        "Key": {**KEY, "Properties": {**KEY["Properties"], "Tags": tagged("confidential")}},
        "Other": {**KEY, "Properties": {**KEY["Properties"], "Tags": tagged("general")}},
        "Plain": KEY,
        "Alias": named("KMS::Alias", AliasName="alias/x", TargetKeyId=arn("Key")),
    }


def bucket(key: Any) -> Given:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rules = [{"ServerSideEncryptionByDefault": default}]
    return of_class(
        "confidential",
        "S3::Bucket",
        BucketEncryption={"ServerSideEncryptionConfiguration": rules},
    )


def reader(kind: str, /, grants: str = "Store", **properties: Any) -> Given:
    """Something whose role may read a confidential bucket."""
    document = allow(Action="s3:GetObject", Resource={"Fn::Join": ["", [arn(grants), "/*"]]})
    return {
        **NETWORK,
        **one(kind, **properties),
        "Store": named("S3::Bucket", Tags=tagged("confidential")),
        "Harmless": named("S3::Bucket", Tags=tagged("general")),
        "Role": named("IAM::Role"),
        "Policy": named("IAM::Policy", Roles=[ref("Role")], PolicyDocument=document),
    }


def function(grants: str = "Store", subnet: str = "Private", group: str = "Group") -> Given:
    placed = {"SubnetIds": [ref(subnet)], "SecurityGroupIds": [arn(group)]}
    given = reader("Lambda::Function", grants, Role=arn("Role"), VpcConfig=placed)
    world = [{"IpProtocol": "tcp", "FromPort": 443, "CidrIp": "0.0.0.0/0"}]
    return given | {
        "Open": named("EC2::SecurityGroup", SecurityGroupIngress=world),
        "Late": named("EC2::SecurityGroup"),
        "Rule": named("EC2::SecurityGroupIngress", GroupId=arn("Late"), CidrIpv6="::/0"),
    }


def attached() -> Given:
    """A function whose role attaches the policy by its ARN."""
    given = function()
    given["Policy"] = named(
        "IAM::ManagedPolicy",
        PolicyDocument=allow(Action="s3:GetObject", Resource=arn("Store")),
    )
    given["Role"] = named("IAM::Role", ManagedPolicyArns=[ref("Policy")])
    return given


def store(kind: str, /, **properties: Any) -> Given:
    return {**one(kind, Tags=tagged("confidential"), **properties), **NETWORK}


def granted_to(principal: Any, **members: Any) -> Given:
    document = allow(Principal=principal, Action="s3:GetObject", **members)
    policy = named("S3::BucketPolicy", Bucket=ref("Tested"), PolicyDocument=document)
    return {**store("S3::Bucket"), "Policy": policy}


CASES: dict[str, Cases] = {
    "IRYO-KMS-MULTI-REGION": Cases(
        good=[one("KMS::Key", Tags=tagged("confidential"))],
        bad=[(one("KMS::Key", Tags=tagged("confidential"), MultiRegion=True), {"MultiRegion"})],
        other=[one("KMS::Key", MultiRegion=True), one("KMS::Key", Tags=tagged("general"))],
    ),
    "IRYO-DATA-CLASS-TAG": Cases(
        good=[
            of_class("confidential", "Kinesis::Stream"),
            of_class("general", "RDS::DBInstance"),
            of_class("important", "FSx::FileSystem"),
        ],
        bad=[
            (of_class(None, "FSx::FileSystem"), {""}),
            (of_class(None, "Kinesis::Stream"), {""}),
            (of_class("secret", "RDS::DBInstance"), {""}),
            (one("EFS::FileSystem"), {""}),
        ],
        other=[one("RDS::DBInstance", DBClusterIdentifier="cluster")],
        unknown=[one("Kinesis::Stream", Tags={"Fn::ImportValue": "x"})],
    ),
    "IRYO-DATA-CLASS-KEY": Cases(
        good=[
            bucket(arn("Key")),
            bucket(ref("Alias")),
            of_class("confidential", "Kinesis::Stream", StreamEncryption={"KeyId": arn("Key")}),
        ],
        bad=[
            (bucket(arn("Other")), {"Other"}),
            (bucket(arn("Plain")), {"Plain"}),
            (bucket("alias/aws/s3"), {""}),
            (of_class("confidential", "SQS::Queue"), {""}),
        ],
        other=[
            of_class("important", "SQS::Queue"),
            of_class("confidential", "RDS::DBInstance", DBClusterIdentifier="cluster"),
        ],
        unknown=[one("SQS::Queue", Tags={"Fn::ImportValue": "x"})],
    ),
    "IRYO-DATA-CLASS-PATH": Cases(
        good=[
            function(),
            attached(),
            store("RDS::DBInstance", PubliclyAccessible=False),
            granted_to({"AWS": "arn:aws:iam::111122223333:role/reader"}),
            granted_to("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
        ],
        bad=[
            (function(subnet="Public"), {"Public"}),
            (function(group="Open"), {"Open.0.0.0.0/0 through port 443"}),
            (function(group="Late"), {"Late.::/0 through port all"}),
            (
                attached()
                | {
                    "Use": {
                        **NETWORK["Use"],
                        "Properties": {**NETWORK["Use"]["Properties"], "SubnetId": ref("Private")},
                    }
                },
                {"Private"},
            ),
            (store("RDS::DBInstance", PubliclyAccessible="true"), {"PubliclyAccessible"}),
            (granted_to("*"), {"Policy"}),
        ],
        other=[function("Harmless", subnet="Public"), one("S3::Bucket")],
    ),
    "IRYO-DATA-CLASS-SERVICES": Cases(
        good=[function(), store("S3::Bucket"), store("Kinesis::Stream")],
        bad=[
            (reader("AppRunner::Service", InstanceConfiguration=arn("Role")), {"AppRunner"}),
            (store("Lightsail::Bucket"), {"Lightsail"}),
        ],
        other=[
            function("Harmless"),
            reader("AppRunner::Service", "Harmless", InstanceConfiguration=arn("Role")),
        ],
    ),
}
