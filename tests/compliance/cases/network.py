"""Networks and instances."""

from tests.compliance.cases.base import DENY_ALL, HTTPS, Cases, one
from tests.compliance.platform import allow, ref

CASES: dict[str, Cases] = {
    "IRYO-EC2-EGRESS": Cases(
        good=[
            one("EC2::SecurityGroup", SecurityGroupEgress=[{**HTTPS, "CidrIp": "10.0.0.0/16"}]),
            one("EC2::SecurityGroupEgress", **HTTPS, CidrIp="0.0.0.0/0"),
        ],
        bad=[
            (one("EC2::SecurityGroup"), {""}),
            (
                one(
                    "EC2::SecurityGroup",
                    SecurityGroupEgress=[{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}],
                ),
                {"0.0.0.0/0"},
            ),
            (one("EC2::SecurityGroupEgress", IpProtocol=-1, CidrIpv6="::/0"), {"::/0"}),
        ],
    ),
    "IRYO-EC2-ENDPOINT-POLICY": Cases(
        good=[
            one(
                "EC2::VPCEndpoint",
                PolicyDocument=allow(
                    Principal="*",
                    Action="s3:GetObject",
                    Resource="*",
                    Condition={"StringEquals": {"aws:PrincipalAccount": ref("AWS::AccountId")}},
                ),
            ),
            one("EC2::VPCEndpoint", VpcEndpointType="GatewayLoadBalancer"),
            one("EC2::VPCEndpoint", PolicyDocument=DENY_ALL),
        ],
        bad=[
            (one("EC2::VPCEndpoint", VpcEndpointType="Interface"), {""}),
            (
                one(
                    "EC2::VPCEndpoint",
                    PolicyDocument=allow(
                        Sid="All", Principal={"AWS": "*"}, Action="*", Resource="*"
                    ),
                ),
                {"All"},
            ),
        ],
    ),
    "IRYO-EC2-INGRESS": Cases(
        good=[
            one("EC2::SecurityGroup", SecurityGroupIngress=[{**HTTPS, "CidrIp": "10.0.0.0/16"}]),
            one("EC2::SecurityGroupIngress", **HTTPS, SourceSecurityGroupId=ref("Group")),
            one("EC2::SecurityGroup"),
        ],
        bad=[
            (
                one("EC2::SecurityGroup", SecurityGroupIngress=[{**HTTPS, "CidrIp": "0.0.0.0/0"}]),
                {"0.0.0.0/0:443-443"},
            ),
            (
                one("EC2::SecurityGroupIngress", IpProtocol="-1", CidrIpv6="::/0"),
                {"::/0:all-all"},
            ),
        ],
    ),
    "IRYO-EC2-NETWORK-ACL": Cases(
        good=[
            one("EC2::NetworkAclEntry", RuleAction="deny", Protocol=-1, CidrBlock="0.0.0.0/0"),
            one("EC2::NetworkAclEntry", RuleAction="allow", Protocol=6, CidrBlock="0.0.0.0/0"),
            one("EC2::NetworkAclEntry", RuleAction="allow", Protocol=-1, CidrBlock="10.0.0.0/16"),
        ],
        bad=[
            (
                one("EC2::NetworkAclEntry", RuleAction="allow", Protocol=-1, CidrBlock="0.0.0.0/0"),
                {""},
            ),
            (
                one(
                    "EC2::NetworkAclEntry",
                    RuleAction="ALLOW",
                    Protocol="-1",
                    Ipv6CidrBlock="::/0",
                    Egress=True,
                ),
                {""},
            ),
        ],
    ),
}
