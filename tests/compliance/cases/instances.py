"""Instances, subnets and what a network records."""

from typing import Any

from tests.compliance.cases.base import MISSING, Cases, Given, checked, merged, one
from tests.compliance.cases.clusters import NETWORK
from tests.compliance.platform import arn, named, ref

TEMPLATE, INSTANCE = "EC2::LaunchTemplate", "EC2::Instance"
DISK = {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True, "KmsKeyId": arn("Key")}}
WITH_TEMPLATE = one(INSTANCE, LaunchTemplate={"LaunchTemplateId": "lt-1", "Version": "1"})


def template(**data: Any) -> Given:
    return one(TEMPLATE, LaunchTemplateData=data)


def function(subnet: str) -> Given:
    return {**one("Lambda::Function", VpcConfig={"SubnetIds": [ref(subnet)]}), **NETWORK}


def routed(**tags: str) -> Given:
    listed = [{"Key": key.replace("_", "-"), "Value": value} for key, value in tags.items()]
    route = {**NETWORK, "Public": named("EC2::Subnet", Tags=listed)}
    return {**route, "Tested": NETWORK["Route"]}


def cdk_routed() -> Given:
    """As CDK's own VPC tags its subnets."""
    given = routed()
    given["Public"] = named("EC2::Subnet", Tags=[{"Key": "aws-cdk:subnet-type", "Value": "Public"}])
    return given


def network(**beside: dict[str, Any]) -> Given:
    return {**one("EC2::VPC", CidrBlock="10.0.0.0/16"), **beside}


def closer(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


RECORDED = "Route53Resolver::ResolverQueryLoggingConfigAssociation"

CASES: dict[str, Cases] = {
    "IRYO-EC2-METADATA": merged(
        checked(
            TEMPLATE,
            {"LaunchTemplateData": {"MetadataOptions": {"HttpTokens": "required"}}},
            {"LaunchTemplateData.MetadataOptions.HttpTokens": "optional"},
            findings={
                "LaunchTemplateData.MetadataOptions.HttpTokens": "MetadataOptions.HttpTokens"
            },
            more=[{"LaunchTemplateData": {"MetadataOptions": {"HttpEndpoint": "disabled"}}}],
        ),
        checked(
            INSTANCE,
            {"MetadataOptions": {"HttpTokens": "required"}},
            {"MetadataOptions": MISSING},
            findings={"MetadataOptions": "MetadataOptions.HttpTokens"},
        ),
        Cases(good=[], bad=[], other=[WITH_TEMPLATE]),
    ),
    "IRYO-EC2-DISKS": merged(
        Cases(
            good=[
                template(BlockDeviceMappings=[DISK, {"DeviceName": "x", "NoDevice": "x"}]),
                one(INSTANCE, BlockDeviceMappings=[DISK]),
            ],
            bad=[
                (template(), {"BlockDeviceMappings"}),
                (
                    template(BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {}}]),
                    {"/dev/xvda.Ebs.Encrypted", "/dev/xvda.Ebs.KmsKeyId"},
                ),
            ],
            other=[WITH_TEMPLATE],
        ),
        checked(
            "EC2::Volume",
            {"Encrypted": True, "KmsKeyId": arn("Key")},
            {"Encrypted": MISSING, "KmsKeyId": MISSING},
        ),
    ),
    "IRYO-EC2-PUBLIC-ADDRESS": merged(
        Cases(
            good=[template(NetworkInterfaces=[{"AssociatePublicIpAddress": False}]), one(INSTANCE)],
            bad=[
                (
                    template(NetworkInterfaces=[{"AssociatePublicIpAddress": True}]),
                    {"NetworkInterfaces0.AssociatePublicIpAddress"},
                ),
                (
                    one(INSTANCE, NetworkInterfaces=[{"AssociatePublicIpAddress": "true"}]),
                    {"NetworkInterfaces0.AssociatePublicIpAddress"},
                ),
            ],
        ),
        checked("EC2::Subnet", {"MapPublicIpOnLaunch": False}, {"MapPublicIpOnLaunch": True}),
    ),
    "IRYO-EC2-LOGIN": Cases(
        good=[template(), one(INSTANCE)],
        bad=[
            (template(KeyName="key"), {"KeyName"}),
            (one(INSTANCE, KeyName="key"), {"KeyName"}),
            (one("EC2::KeyPair", KeyName="key"), {""}),
        ],
    ),
    "IRYO-EC2-LAUNCH": Cases(
        good=[
            one("AutoScaling::AutoScalingGroup", LaunchTemplate={"Version": "1"}),
            one("AutoScaling::AutoScalingGroup", MixedInstancesPolicy={"LaunchTemplate": {}}),
        ],
        bad=[
            (one("AutoScaling::AutoScalingGroup"), {"LaunchTemplate"}),
            (one("AutoScaling::LaunchConfiguration"), {""}),
        ],
    ),
    "IRYO-EC2-PRIVATE-PLACEMENT": Cases(
        good=[
            function("Private"),
            {**one("EC2::Instance", SubnetId=ref("Private")), **NETWORK},
        ],
        bad=[
            (function("Public"), {"${Public.Ref}"}),
            ({**one("EFS::MountTarget", SubnetId=ref("Public")), **NETWORK}, {"${Public.Ref}"}),
        ],
        other=[one("Lambda::Function")],
        unknown=[
            {**one("EC2::Instance", SubnetId="subnet-1"), **NETWORK},
            {**one("EC2::Instance", SubnetId={"Fn::ImportValue": "x"}), **NETWORK},
        ],
    ),
    "IRYO-EC2-ROUTE": Cases(
        good=[routed(tier="public"), cdk_routed()],
        bad=[(routed(), {"Public"}), (routed(tier="data"), {"Public"})],
        other=[one("EC2::Route", NatGatewayId="nat-1")],
        unknown=[one("EC2::Route", GatewayId={"Fn::ImportValue": "x"})],
    ),
    "IRYO-EC2-FLOW-LOGS": Cases(
        good=[network(Log=named("EC2::FlowLog", ResourceId=ref("Tested"), TrafficType="ALL"))],
        bad=[
            (network(), {""}),
            (
                network(Log=named("EC2::FlowLog", ResourceId=ref("Tested"), TrafficType="REJECT")),
                {""},
            ),
            (network(Log=named("EC2::FlowLog", ResourceId="vpc-1", TrafficType="ALL")), {""}),
        ],
    ),
    "IRYO-ROUTE53-QUERY-LOGS": Cases(
        good=[network(Use=named(RECORDED, ResourceId=ref("Tested")))],
        bad=[(network(), {""}), (network(Use=named(RECORDED, ResourceId="vpc-1")), {""})],
    ),
    "IRYO-EC2-DEFAULT-GROUP": Cases(
        good=[
            network(
                Closed=closer(
                    "Custom::ClosedDefaultGroup",
                    Group={"Fn::GetAtt": ["Tested", "DefaultSecurityGroup"]},
                )
            ),
            network(
                Closed=closer("Custom::VpcRestrictDefaultSG", Call={"Fn::Sub": "vpc/${Tested.Ref}"})
            ),
        ],
        bad=[
            (network(), {""}),
            (network(Closed=closer("Custom::ClosedDefaultGroup", VpcId="vpc-1")), {""}),
        ],
    ),
    "IRYO-S3-ACCESS-POINT": checked(
        "S3::AccessPoint",
        {"VpcConfiguration": {"VpcId": "vpc-1"}},
        {
            "VpcConfiguration": MISSING,
            "PublicAccessBlockConfiguration.BlockPublicPolicy": False,
        },
        findings={"VpcConfiguration": "VpcConfiguration.VpcId"},
    ),
    "IRYO-S3-OWNERSHIP": Cases(
        good=[
            one("S3::Bucket"),
            one(
                "S3::Bucket",
                OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            ),
        ],
        bad=[
            (one("S3::Bucket", AccessControl="PublicRead"), {"AccessControl"}),
            (
                one(
                    "S3::Bucket", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
                ),
                {"ObjectOwnership"},
            ),
        ],
    ),
    "IRYO-S3-VERSIONS": checked(
        "S3::Bucket",
        {"VersioningConfiguration": {"Status": "Enabled"}},
        {"VersioningConfiguration.Status": "Suspended"},
    ),
}
