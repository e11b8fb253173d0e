"""The network ACL of a tier."""

from collections.abc import Iterable

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.network.acl_rules import AclRule
from infra.network.flows import Protocol


class NetworkAcl(Construct):
    """An ACL, its entries and its association with subnets.

    Entries are named after their number: a changed rule is updated in place, where a new id with
    a number in use would fail.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc_id: str,
        rules: Iterable[AclRule],
        subnets: Iterable[ec2.CfnSubnet],
    ) -> None:
        super().__init__(scope, id)
        self.resource = ec2.CfnNetworkAcl(self, "Resource", vpc_id=vpc_id)
        for rule in rules:
            self._entry(rule)
        for index, subnet in enumerate(subnets, start=1):
            ec2.CfnSubnetNetworkAclAssociation(
                self,
                f"Association{index}",
                network_acl_id=self.resource.ref,
                subnet_id=subnet.ref,
            )

    def _entry(self, rule: AclRule) -> None:
        port_range = icmp = None
        if rule.ports and rule.protocol is not Protocol.ICMP:
            port_range = ec2.CfnNetworkAclEntry.PortRangeProperty(
                from_=rule.ports.first, to=rule.ports.last
            )
        elif rule.ports:
            icmp = ec2.CfnNetworkAclEntry.IcmpProperty(type=rule.ports.first, code=rule.ports.last)
        ec2.CfnNetworkAclEntry(
            self,
            f"{'Outbound' if rule.egress else 'Inbound'}{rule.number}",
            network_acl_id=self.resource.ref,
            rule_number=rule.number,
            rule_action="allow" if rule.allow else "deny",
            egress=rule.egress,
            cidr_block=str(rule.network),
            protocol=int(rule.protocol),
            port_range=port_range,
            icmp=icmp,
        )
