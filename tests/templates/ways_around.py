"""Every way by which the Internet could reach a service without meeting a firewall.

Walks distributions, load balancers, listeners, security groups, APIs and names of a whole cloud
assembly, across its stacks, and says of each way in one sentence.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compliance.intrinsics import Reference, Resolver
from compliance.resources import Resource, Resources
from compliance.templates import SUFFIX, Assembly

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
WEB_ACL = "AWS::WAFv2::WebACL"
CLOUDFRONT = "CloudFront"
"""The attribute of our custom resource that is CloudFront's prefix list."""
INSIDE_VPC = ("10.", "172.16.", "192.168.")


def ways_around(folder: Path) -> list[str]:
    """Return a sentence for each way; none when there is no way but through a firewall."""
    return sorted(_Walk(folder))


class _Walk:
    def __init__(self, folder: Path) -> None:
        assembly = Assembly(folder)
        self.templates = {template.file: template for template in assembly.templates}
        self.resolver = Resolver(assembly.templates)
        self.resources = Resources.of(assembly)

    def __iter__(self) -> Iterator[str]:
        yield from self._distributions()
        yield from self._balancers()
        yield from self._groups()
        yield from self._apis()
        yield from self._public_addresses()
        yield from self._records()

    # --- what the Internet meets

    def _distributions(self) -> Iterator[str]:
        for one in self.resources.of_type("AWS::CloudFront::Distribution"):
            config = one.properties["DistributionConfig"]
            if not self._is_acl(config.get("WebACLId"), scope="CLOUDFRONT"):
                yield f"{one.path}: no web ACL of scope CLOUDFRONT"
            raw = one.body["Properties"]["DistributionConfig"]["Origins"]
            for origin in raw:
                yield from self._origin(one, origin)

    def _origin(self, distribution: Resource, raw: dict[str, Any]) -> Iterator[str]:
        where = f"{distribution.path}: origin {raw['Id']}"
        if "VpcOriginConfig" in raw:
            origin = self._elsewhere(raw["VpcOriginConfig"]["VpcOriginId"])
            balancer = origin and self.resources.at(
                origin.properties["VpcOriginEndpointConfig"]["Arn"]
            )
            if balancer is None or balancer.type != BALANCER:
                yield f"{where} is no load balancer of this assembly"
        elif "S3OriginConfig" in raw:
            if not raw.get("OriginAccessControlId"):
                yield f"{where} is read without origin access control"
        else:
            yield f"{where} is a public address"

    def _elsewhere(self, value: Any) -> Resource | None:
        """Return the resource behind an output of a stack of the assembly."""
        asked = value.get("Fn::GetStackOutput") if isinstance(value, dict) else None
        home = self.templates.get(f"{asked['StackName']}{SUFFIX}") if asked else None
        if asked is None or home is None:
            return None
        output = home.section("Outputs").get(asked["OutputName"], {})
        return self.resources.at(self.resolver.resolve(output.get("Value"), home))

    # --- what stands before services

    def _balancers(self) -> Iterator[str]:
        for one in self.resources.of_type(BALANCER):
            if one.properties.get("Scheme") != "internal":
                yield f"{one.path}: has a public address"
            if one.properties.get("Type", "application") != "application":
                yield f"{one.path}: no web ACL can stand before it"
            elif not any(
                self._is_acl(link.properties.get("WebACLArn"), scope="REGIONAL")
                for link in self._associations(one)
            ):
                yield f"{one.path}: no web ACL of scope REGIONAL"
            yield from self._doors(one)
        for listener in self.resources.of_type("AWS::ElasticLoadBalancingV2::Listener"):
            if self.resources.at(listener.properties.get("LoadBalancerArn")) is None:
                yield f"{listener.path}: its load balancer is not of this assembly"

    def _doors(self, balancer: Resource) -> Iterator[str]:
        """Nothing but CloudFront may enter a load balancer's groups."""
        groups = [self.resources.at(one) for one in balancer.properties.get("SecurityGroups", [])]
        if not groups or None in groups:
            yield f"{balancer.path}: wears a security group that is not of this assembly"
        for group in filter(None, groups):
            for rule, path in self._ingress(group):
                source = rule.get("SourcePrefixListId")
                if not (isinstance(source, Reference) and source.attribute == CLOUDFRONT):
                    yield f"{path}: admits others than CloudFront to a load balancer"

    def _groups(self) -> Iterator[str]:
        """No group admits an address outside the VPC, whoever wears it."""
        for group in self.resources.of_type("AWS::EC2::SecurityGroup"):
            for rule, path in self._ingress(group):
                for key in ("CidrIp", "CidrIpv6"):
                    if not str(rule.get(key) or INSIDE_VPC[0]).startswith(INSIDE_VPC):
                        yield f"{path}: admits {rule[key]}"
        for one in self.resources.of_type("AWS::EC2::SecurityGroupIngress"):
            if self.resources.at(one.properties["GroupId"]) is None:
                yield f"{one.path}: opens a group that is not of this assembly"

    def _ingress(self, group: Resource) -> Iterator[tuple[dict[str, Any], str]]:
        for rule in group.properties.get("SecurityGroupIngress", []):
            yield rule, group.path
        kind = "AWS::EC2::SecurityGroupIngress"
        for one in self.resources.referring(kind, "GroupId", group):
            yield one.properties, one.path

    # --- what else could be public

    def _apis(self) -> Iterator[str]:
        guarded = {
            str(link.properties.get("ResourceArn"))
            for link in self.resources.of_type("AWS::WAFv2::WebACLAssociation")
        }
        for stage in self.resources.of_type("AWS::ApiGateway::Stage"):
            named = f"/stages/${{{stage.logical_id}.Ref}}"
            if not any(arn.endswith(named) for arn in guarded):
                yield f"{stage.path}: no web ACL"
        for kind in ("AWS::ApiGatewayV2::Api", "AWS::AppRunner::Service", "AWS::Lambda::Url"):
            for one in self.resources.of_type(kind):
                yield f"{one.path}: {kind} stands in the open"

    def _public_addresses(self) -> Iterator[str]:
        for service in self.resources.of_type("AWS::ECS::Service"):
            if service.get("NetworkConfiguration", "AwsvpcConfiguration", "AssignPublicIp") not in (
                None,
                "DISABLED",
            ):
                yield f"{service.path}: tasks have public addresses"
        for subnet in self.resources.of_type("AWS::EC2::Subnet"):
            if subnet.properties.get("MapPublicIpOnLaunch"):
                yield f"{subnet.path}: gives public addresses away"

    def _records(self) -> Iterator[str]:
        """Names that are made here lead to what was looked at, not past it."""
        allowed = ("AWS::CloudFront::Distribution", "AWS::ApiGateway::DomainName")
        for record in self.resources.of_type("AWS::Route53::RecordSet"):
            if record.properties.get("Failover") == "SECONDARY":
                continue
            target = self.resources.at((record.properties.get("AliasTarget") or {}).get("DNSName"))
            if target is None or target.type not in allowed:
                yield f"{record.path}: leads past the distribution"

    # --- helpers

    def _associations(self, resource: Resource) -> list[Resource]:
        return self.resources.referring("AWS::WAFv2::WebACLAssociation", "ResourceArn", resource)

    def _is_acl(self, value: Any, *, scope: str) -> bool:
        """Say whether a value is a web ACL of the scope that does block something."""
        acl = self.resources.at(value)
        if acl is None or acl.type != WEB_ACL or acl.properties["Scope"] != scope:
            return False
        return any(
            "Count" not in rule.get("OverrideAction", {}) for rule in acl.properties["Rules"]
        )
