"""What may come in and what may go out."""

from compliance.kill.changes import Properties, granting, having, without
from compliance.kill.mutant import Break, Via

GROUP = "AWS::EC2::SecurityGroup"
INGRESS = "AWS::EC2::SecurityGroupIngress"
EGRESS = "AWS::EC2::SecurityGroupEgress"
ENTRY = "AWS::EC2::NetworkAclEntry"
ENDPOINT = "AWS::EC2::VPCEndpoint"
VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"
ROUTE = "AWS::EC2::Route"
SSH = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
ANYWHERE = "0.0.0.0/0"
IN_APPLICATION_SUBNETS = (
    ("a function", "AWS::Lambda::Function"),
    ("tasks", "AWS::ECS::Service"),
    ("a cluster", "AWS::EKS::Cluster"),
    ("nodes", "AWS::EKS::Nodegroup"),
)
EVERYTHING = {"IpProtocol": "-1", "CidrIp": ANYWHERE}


def _from(anywhere: dict[str, str]) -> dict[str, object]:
    return {**SSH, **anywhere}


def _open(properties: Properties) -> None:
    properties.pop("SourceSecurityGroupId", None)
    properties["CidrIp"] = ANYWHERE


def _all_protocols(properties: Properties) -> None:
    properties |= {"Protocol": -1, "CidrBlock": ANYWHERE, "RuleAction": "allow"}


def _private(subnet: Properties) -> None:
    """Say of a subnet, the first of which is public, that it is private."""
    for tag in subnet["Tags"]:
        if tag["Key"] == "tier":
            tag["Value"] = "data"


def lead_out(route: Properties) -> None:
    """Let a route of a private subnet lead out past the NAT gateway."""
    del route["NatGatewayId"]
    route["GatewayId"] = "igw-1"


def way_out(tier: str) -> Via:
    """Return where the route is by which the subnets of a tier reach the NAT gateway."""
    return Via(
        ROUTE,
        where=lambda route: "NatGatewayId" in route.properties and tier in route.logical_id,
    )


BREAKS = (
    Break(
        rule="IRYO-EC2-INGRESS",
        name="SSH from anywhere into a group",
        type=GROUP,
        change=having([_from({"CidrIp": ANYWHERE})], "SecurityGroupIngress"),
    ),
    Break(
        rule="IRYO-EC2-INGRESS",
        name="SSH from anywhere, over IPv6",
        type=GROUP,
        change=having([_from({"CidrIpv6": "::/0"})], "SecurityGroupIngress"),
    ),
    Break(
        rule="IRYO-EC2-INGRESS",
        name="a rule that admits anywhere instead of a group",
        type=INGRESS,
        change=_open,
    ),
    Break(
        rule="IRYO-EC2-EGRESS",
        name="everything may leave",
        type=GROUP,
        change=having([EVERYTHING], "SecurityGroupEgress"),
    ),
    Break(
        rule="IRYO-EC2-EGRESS",
        name="no egress rule, so that EC2 adds one for everything",
        type=GROUP,
        change=having([], "SecurityGroupEgress"),
    ),
    Break(
        rule="IRYO-EC2-EGRESS",
        name="every protocol may leave to a group",
        type=EGRESS,
        change=having("-1", "IpProtocol"),
    ),
    Break(
        rule="IRYO-EC2-NETWORK-ACL",
        name="every protocol from anywhere",
        type=ENTRY,
        change=_all_protocols,
    ),
    Break(
        rule="IRYO-EC2-ENDPOINT-POLICY",
        name="endpoint without a policy",
        type=ENDPOINT,
        change=without("PolicyDocument"),
    ),
    Break(
        rule="IRYO-EC2-ENDPOINT-POLICY",
        name="endpoint for everyone's principals",
        type=ENDPOINT,
        change=granting("PolicyDocument", Principal="*", Action="*", Resource="*"),
    ),
    Break(
        rule="IRYO-EC2-DEFAULT-GROUP",
        name="another group closed than the default one",
        type=VPC,
        change=having("sg-1", "GroupId"),
        via=Via("Custom::ClosedDefaultGroup"),
    ),
    Break(
        rule="IRYO-EC2-FLOW-LOGS",
        name="flow logs of what was rejected only",
        type=VPC,
        change=having("REJECT", "TrafficType"),
        via=Via("AWS::EC2::FlowLog", "ResourceId"),
    ),
    Break(
        rule="IRYO-ROUTE53-QUERY-LOGS",
        name="query logs of another network",
        type=VPC,
        change=having("vpc-1", "ResourceId"),
        via=Via("AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation", "ResourceId"),
    ),
    Break(
        rule="IRYO-EC2-PUBLIC-ADDRESS",
        name="subnet that gives public addresses",
        type=SUBNET,
        change=having(True, "MapPublicIpOnLaunch"),
    ),
    Break(
        rule="IRYO-EC2-ROUTE",
        name="a private subnet with a route to the Internet",
        type=ROUTE,
        change=_private,
        via=Via(SUBNET),
    ),
    *(
        Break(
            rule="IRYO-EC2-PRIVATE-PLACEMENT",
            name=f"{what} in subnets that lead to the Internet",
            type=type_,
            change=lead_out,
            via=way_out("Application"),
        )
        for what, type_ in IN_APPLICATION_SUBNETS
    ),
    Break(
        rule="IRYO-EC2-PRIVATE-PLACEMENT",
        name="instances of Batch in subnets that lead to the Internet",
        type="AWS::Batch::ComputeEnvironment",
        change=lead_out,
        via=way_out("Hpc"),
    ),
)
