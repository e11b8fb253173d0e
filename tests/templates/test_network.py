"""What the network room promises, read from the templates of every environment."""

import json
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from infra.config import EnvironmentConfig, Nat, load, path_of
from tests.conftest import Assembly

ROOM = "Network"
TIERS = {
    "public": ("10.0.1.0/24", "10.0.2.0/24"),
    "application": ("10.0.10.0/24", "10.0.11.0/24"),
    "data": ("10.0.20.0/24", "10.0.21.0/24"),
    "hpc": ("10.0.30.0/24", "10.0.31.0/24"),
}


@pytest.fixture(scope="session")
def config(every: Assembly) -> EnvironmentConfig:
    return load(path_of(every.environment))


def tiers_of(config: EnvironmentConfig) -> list[str]:
    return [tier for tier in TIERS if tier != "hpc" or config.rooms.hpc]


def tags(resource: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in resource["Properties"]["Tags"]}


def properties(every: Assembly, kind: str) -> list[dict[str, Any]]:
    return [resource["Properties"] for resource in every.resources(ROOM, kind).values()]


def tier_tables(every: Assembly) -> dict[str, str]:
    """The tier of each route table."""
    return {
        name: tags(table)["tier"]
        for name, table in every.resources(ROOM, "AWS::EC2::RouteTable").items()
    }


class TestSubnets:
    def test_are_exactly_those_of_the_requirements(
        self, every: Assembly, config: EnvironmentConfig
    ) -> None:
        found = {
            (tags(subnet)["tier"], subnet["Properties"]["CidrBlock"])
            for subnet in every.resources(ROOM, "AWS::EC2::Subnet").values()
        }
        assert found == {(tier, cidr) for tier in tiers_of(config) for cidr in TIERS[tier]}

    def test_hpc_subnets_are_in_production_only(self, assembly: Callable[[str], Assembly]) -> None:
        counts = [
            len(assembly(name).resources(ROOM, "AWS::EC2::Subnet"))
            for name in ("dev", "production")
        ]
        assert counts == [6, 8]

    def test_lie_in_two_zones_in_the_same_order(self, every: Assembly) -> None:
        for subnet in every.resources(ROOM, "AWS::EC2::Subnet").values():
            index, zones = subnet["Properties"]["AvailabilityZone"]["Fn::Select"]
            assert zones == {"Fn::GetAZs": ""}
            cidrs = TIERS[tags(subnet)["tier"]]
            assert subnet["Properties"]["CidrBlock"] == cidrs[index]

    def test_give_no_public_address(self, every: Assembly) -> None:
        assert all(
            subnet["MapPublicIpOnLaunch"] is False
            for subnet in properties(every, "AWS::EC2::Subnet")
        )

    def test_vpc_resolves_private_names(self, every: Assembly) -> None:
        vpc = every.resource(ROOM, "AWS::EC2::VPC")
        assert vpc["CidrBlock"] == "10.0.0.0/16"
        assert (vpc["EnableDnsSupport"], vpc["EnableDnsHostnames"]) == (True, True)


class TestRoutes:
    def test_every_subnet_has_a_table_of_its_tier(self, every: Assembly) -> None:
        subnets = every.resources(ROOM, "AWS::EC2::Subnet")
        tables = tier_tables(every)
        found = {
            link["SubnetId"]["Ref"]: tables[link["RouteTableId"]["Ref"]]
            for link in properties(every, "AWS::EC2::SubnetRouteTableAssociation")
        }
        assert found == {name: tags(subnet)["tier"] for name, subnet in subnets.items()}

    def test_leave_as_nat_is_configured_and_never_from_the_data_tier(
        self, every: Assembly, config: EnvironmentConfig
    ) -> None:
        tables = tier_tables(every)
        ways = {
            route["RouteTableId"]["Ref"]: next(key for key in route if key.endswith("GatewayId"))
            for route in properties(every, "AWS::EC2::Route")
        }
        out = {"public": "GatewayId"}
        if config.network.nat is not Nat.NONE:
            out |= {"application": "NatGatewayId", "hpc": "NatGatewayId"}
        assert ways == {name: out[tier] for name, tier in tables.items() if tier in out}

    def test_nat_gateways_are_as_many_as_configured(
        self, every: Assembly, config: EnvironmentConfig
    ) -> None:
        gateways = every.resources(ROOM, "AWS::EC2::NatGateway")
        assert len(gateways) == {"none": 0, "single": 1, "per_zone": 2}[config.network.nat]
        places = {json.dumps(gateway["Properties"]["SubnetId"]) for gateway in gateways.values()}
        assert len(places) == len(gateways)
        used = {
            route["NatGatewayId"]["Ref"]
            for route in properties(every, "AWS::EC2::Route")
            if "NatGatewayId" in route
        }
        assert used == set(gateways)

    def test_a_zone_leaves_through_its_own_nat_gateway(
        self, assembly: Callable[[str], Assembly]
    ) -> None:
        every = assembly("production")
        subnets = every.resources(ROOM, "AWS::EC2::Subnet")
        zone_of = {
            name: json.dumps(subnet["Properties"]["AvailabilityZone"])
            for name, subnet in subnets.items()
        }
        gateways = every.resources(ROOM, "AWS::EC2::NatGateway")
        nat_zone = {
            route["RouteTableId"]["Ref"]: zone_of[
                gateways[route["NatGatewayId"]["Ref"]]["Properties"]["SubnetId"]["Ref"]
            ]
            for route in properties(every, "AWS::EC2::Route")
            if "NatGatewayId" in route
        }
        private = [
            (zone_of[link["SubnetId"]["Ref"]], nat_zone[link["RouteTableId"]["Ref"]])
            for link in properties(every, "AWS::EC2::SubnetRouteTableAssociation")
            if link["RouteTableId"]["Ref"] in nat_zone
        ]
        assert len(private) == 4
        assert all(own == nat for own, nat in private)

    def test_gateway_endpoints_serve_the_private_tiers(self, every: Assembly) -> None:
        private = {name for name, tier in tier_tables(every).items() if tier != "public"}
        gateways = every.resources(ROOM, "AWS::EC2::VPCEndpoint", VpcEndpointType="Gateway")
        assert len(gateways) == 2
        for gateway in gateways.values():
            tables = {table["Ref"] for table in gateway["Properties"]["RouteTableIds"]}
            assert tables == private


class PacketFilter:
    """Reads network ACLs as EC2 does: by number, the first match decides, no match is a refusal."""

    def __init__(self, every: Assembly) -> None:
        subnets = every.resources(ROOM, "AWS::EC2::Subnet")
        self.acls = {
            IPv4Network(subnets[link["SubnetId"]["Ref"]]["Properties"]["CidrBlock"]): sorted(
                (
                    entry
                    for entry in properties(every, "AWS::EC2::NetworkAclEntry")
                    if entry["NetworkAclId"] == link["NetworkAclId"]
                ),
                key=lambda entry: entry["RuleNumber"],
            )
            for link in properties(every, "AWS::EC2::SubnetNetworkAclAssociation")
        }

    def subnet(self, address: str) -> IPv4Network | None:
        return next((net for net in self.acls if IPv4Address(address) in net), None)

    def admits(self, here: str, there: str, port: int, *, egress: bool) -> bool:
        """Whether the ACL at `here` lets TCP to `port` pass, the other end being `there`."""
        subnet = self.subnet(here)
        if subnet is None:
            return True
        for entry in self.acls[subnet]:
            ports = entry.get("PortRange", {"From": 0, "To": 65535})
            if (
                entry["Egress"] is egress
                and entry["Protocol"] in (6, -1)
                and IPv4Address(there) in IPv4Network(entry["CidrBlock"])
                and ports["From"] <= port <= ports["To"]
            ):
                return bool(entry["RuleAction"] == "allow")
        return False

    def converses(self, client: str, server: str, port: int, answers_to: int) -> bool:
        """Whether a connection comes about: the request arrives and so does its answer."""
        if self.subnet(client) and self.subnet(client) == self.subnet(server):
            return True
        return (
            self.admits(client, server, port, egress=True)
            and self.admits(server, client, port, egress=False)
            and self.admits(server, client, answers_to, egress=True)
            and self.admits(client, server, answers_to, egress=False)
        )


ADDRESSES = {
    "public": ("10.0.1.10", "10.0.2.10"),
    "application": ("10.0.10.10", "10.0.11.10"),
    "data": ("10.0.20.10", "10.0.21.10"),
    "hpc": ("10.0.30.10", "10.0.31.10"),
    "outside": ("198.51.100.7", "203.0.113.9"),
}
HIGH = {1521, 2049, 3306, 5432, 6379, 6817, 8443, 50000}
LUSTRE = {988, 1020}
PORTS = {22, 80, 111, 443, 636, 3389} | LUSTRE | HIGH


def expected(config: EnvironmentConfig) -> dict[tuple[str, str], set[int]]:
    """The ports that each tier can reach in each other; what is not here is closed.

    An ACL cannot tell an answer from a request to the same high port. It shows where both ends
    are answered by each other: between the zones of one tier.
    """
    nat, hpc = config.network.nat is not Nat.NONE, config.rooms.hpc
    found: dict[tuple[str, str], set[int]] = {
        ("public", "outside"): {443} if nat else set(),
        ("application", "application"): {443, 3389} | HIGH,
        ("application", "data"): {3306, 5432, 2049} | LUSTRE,
        ("application", "outside"): {443},
        ("data", "application"): LUSTRE,
        ("data", "outside"): {443},
    }
    if hpc:
        found |= {
            ("hpc", "application"): {443},
            ("hpc", "data"): {636, 2049, 3306} | LUSTRE,
            ("hpc", "hpc"): {22, 3389} | LUSTRE | HIGH,
            ("hpc", "outside"): {443},
            ("data", "hpc"): LUSTRE,
        }
    return found


@pytest.fixture(scope="session")
def acls(every: Assembly) -> PacketFilter:
    return PacketFilter(every)


class TestNetworkAcls:
    def test_every_pair_of_tiers_converses_on_the_ports_it_needs_and_no_other(
        self, acls: PacketFilter, config: EnvironmentConfig
    ) -> None:
        places = [*tiers_of(config), "outside"]
        pairs = [(a, b) for a in places for b in places if (a, b) != ("outside", "outside")]
        found = {
            (source, target): {
                port
                for port in PORTS
                if acls.converses(
                    ADDRESSES[source][0],
                    ADDRESSES[target][1],
                    port,
                    1021 if port in LUSTRE else 50000,
                )
            }
            for source, target in pairs
        }
        wanted = expected(config)
        assert found == {pair: wanted.get(pair, set()) for pair in pairs}

    @pytest.mark.parametrize("client", [1024, 3388, 3390, 32768, 60999, 65535])
    def test_answers_of_s3_reach_every_client_port(
        self, acls: PacketFilter, config: EnvironmentConfig, client: int
    ) -> None:
        for tier in tiers_of(config)[1:]:
            assert acls.converses(ADDRESSES[tier][0], ADDRESSES["outside"][0], 443, client)

    @pytest.mark.parametrize("port", [22, 3389])
    def test_administration_is_not_reached_from_the_internet(
        self, acls: PacketFilter, config: EnvironmentConfig, port: int
    ) -> None:
        for tier in tiers_of(config):
            assert not acls.admits(ADDRESSES[tier][0], ADDRESSES["outside"][0], port, egress=False)

    def test_nat_translates_what_private_tiers_ask_for(
        self, acls: PacketFilter, config: EnvironmentConfig
    ) -> None:
        private, gateway = ADDRESSES["application"][0], ADDRESSES["public"][0]
        internet = ADDRESSES["outside"][0]
        way = [
            acls.admits(private, internet, 443, egress=True),
            acls.admits(gateway, private, 443, egress=False),
            acls.admits(gateway, internet, 443, egress=True),
            acls.admits(gateway, internet, 50000, egress=False),
            acls.admits(gateway, private, 50000, egress=True),
            acls.admits(private, internet, 50000, egress=False),
        ]
        assert all(way) is (config.network.nat is not Nat.NONE)

    def test_cluster_nodes_mount_from_reserved_ports(
        self, acls: PacketFilter, config: EnvironmentConfig
    ) -> None:
        if config.rooms.hpc:
            assert acls.converses(*ADDRESSES["hpc"], 2049, 700)
            assert not acls.converses(*ADDRESSES["hpc"], 2049, 600)

    def test_no_allowance_is_for_every_protocol(
        self, every: Assembly, config: EnvironmentConfig
    ) -> None:
        entries = properties(every, "AWS::EC2::NetworkAclEntry")
        allowed = [entry for entry in entries if entry["RuleAction"] == "allow"]
        nat, kubernetes = config.network.nat is not Nat.NONE, config.rooms.eks
        # TCP; ICMP for path MTU discovery of NAT; UDP for the DNS of Kubernetes.
        assert {entry["Protocol"] for entry in allowed} == (
            {6} | ({1} if nat else set()) | ({17} if kubernetes else set())
        )
        of_udp = [entry["PortRange"] for entry in allowed if entry["Protocol"] == 17]
        assert {"From": 53, "To": 53} in of_udp or not kubernetes
        assert all(ports["From"] == 53 or ports["From"] >= 1024 for ports in of_udp)
        assert all(
            "PortRange" in entry or "Icmp" in entry for entry in entries if entry["Protocol"] > 0
        )

    def test_stay_within_the_quota(self, every: Assembly) -> None:
        sizes: dict[tuple[str, bool], int] = {}
        for entry in properties(every, "AWS::EC2::NetworkAclEntry"):
            key = (entry["NetworkAclId"]["Ref"], entry["Egress"])
            sizes[key] = sizes.get(key, 0) + 1
        assert max(sizes.values()) <= 20


def group_names(every: Assembly) -> dict[str, str]:
    return {
        name: tags(group)["Name"]
        for name, group in every.resources(ROOM, "AWS::EC2::SecurityGroup").items()
    }


def group_rules(
    every: Assembly, kind: str, *, own: str, other: str
) -> Iterator[tuple[str, str, str, Any, Any]]:
    names = group_names(every)
    for rule in properties(every, f"AWS::EC2::SecurityGroup{kind}"):
        ends = {
            "own": names[rule["GroupId"]["Fn::GetAtt"][0]],
            "other": names[rule[f"{other}SecurityGroupId"]["Fn::GetAtt"][0]],
        }
        source, target = ("other", "own") if own == "target" else ("own", "other")
        yield (
            ends[source],
            ends[target],
            rule["IpProtocol"],
            rule.get("FromPort"),
            rule.get("ToPort"),
        )


class TestSecurityGroups:
    LUSTRE = ((988, 988), (1018, 1023))

    def wanted(self, *, hpc: bool) -> set[tuple[str, str, str, Any, Any]]:
        table = {
            ("Application", "Endpoints"): ((443, 443),),
            ("Ml", "Endpoints"): ((443, 443),),
            ("DataStorage", "Endpoints"): ((443, 443),),
            ("Application", "Application"): ((8443, 8443),),
            ("Application", "Ml"): ((8443, 8443),),
            ("Application", "Database"): ((5432, 5432), (3306, 3306)),
            ("Ml", "Database"): ((5432, 5432), (3306, 3306)),
            ("Application", "DataStorage"): ((2049, 2049),),
            ("Ml", "DataStorage"): ((2049, 2049), *self.LUSTRE),
            ("DataStorage", "DataStorage"): self.LUSTRE,
            ("DataStorage", "Ml"): self.LUSTRE,
        }
        if hpc:
            table |= {
                ("Hpc", "Endpoints"): ((443, 443),),
                ("Hpc", "DataStorage"): ((2049, 2049), *self.LUSTRE),
                ("Hpc", "Database"): ((3306, 3306), (636, 636)),
                ("DataStorage", "Hpc"): self.LUSTRE,
            }
        rules = {
            (*ends, "tcp", first, last) for ends, spans in table.items() for first, last in spans
        }
        return rules | ({("Hpc", "Hpc", "-1", None, None)} if hpc else set())

    def test_are_those_of_the_requirements(
        self, every: Assembly, config: EnvironmentConfig
    ) -> None:
        names = {"Application", "Ml", "Database", "DataStorage", "Endpoints"}
        assert set(group_names(every).values()) == names | ({"Hpc"} if config.rooms.hpc else set())

    def test_let_in_what_is_named_and_nothing_from_a_network(
        self, every: Assembly, config: EnvironmentConfig
    ) -> None:
        found = set(group_rules(every, "Ingress", own="target", other="Source"))
        assert found == self.wanted(hpc=config.rooms.hpc)
        assert not any(
            "SecurityGroupIngress" in group
            for group in properties(every, "AWS::EC2::SecurityGroup")
        )

    def test_let_out_the_same(self, every: Assembly, config: EnvironmentConfig) -> None:
        found = set(group_rules(every, "Egress", own="source", other="Destination"))
        assert found == self.wanted(hpc=config.rooms.hpc)

    def test_leave_the_vpc_for_s3_and_dynamodb_and_through_nat_only(
        self, every: Assembly, config: EnvironmentConfig
    ) -> None:
        gateways = [
            {"Fn::GetAtt": [next(iter(every.resources(ROOM, "Custom::PrefixLists"))), name]}
            for name in ("S3", "DynamoDb")
        ]
        for name, group in every.resources(ROOM, "AWS::EC2::SecurityGroup").items():
            rules = group["Properties"]["SecurityGroupEgress"]
            if group_names(every)[name] in ("Database", "Endpoints"):
                assert [rule["CidrIp"] for rule in rules] == ["255.255.255.255/32"]
                continue
            assert all((rule["FromPort"], rule["ToPort"]) == (443, 443) for rule in rules)
            lists = [rule.get("DestinationPrefixListId") for rule in rules]
            internet = group_names(every)[name] == "Application" and config.network.nat != "none"
            assert lists == [*gateways, *([None] if internet else [])]
            assert [rule["CidrIp"] for rule in rules if "CidrIp" in rule] == (
                ["0.0.0.0/0"] if internet else []
            )

    def test_default_group_is_emptied(self, every: Assembly) -> None:
        closed = every.resource(ROOM, "Custom::ClosedDefaultGroup")
        vpc = next(iter(every.resources(ROOM, "AWS::EC2::VPC")))
        assert closed["GroupId"] == {"Fn::GetAtt": [vpc, "DefaultSecurityGroup"]}


class TestEndpoints:
    def test_are_those_configured_under_their_own_names(
        self, every: Assembly, config: EnvironmentConfig
    ) -> None:
        found = every.resources(ROOM, "AWS::EC2::VPCEndpoint", VpcEndpointType="Interface")
        services = {
            "".join(
                part if isinstance(part, str) else "*"
                for part in endpoint["Properties"]["ServiceName"]["Fn::Join"][1]
            )
            for endpoint in found.values()
        }
        assert services == {
            f"com.amazonaws.*.{name}" for name in config.network.interface_endpoints
        }

    def test_stand_in_the_application_subnets_behind_their_group(self, every: Assembly) -> None:
        subnets = every.resources(ROOM, "AWS::EC2::Subnet")
        names = group_names(every)
        found = every.resources(ROOM, "AWS::EC2::VPCEndpoint", VpcEndpointType="Interface")
        for endpoint in (resource["Properties"] for resource in found.values()):
            places = [tags(subnets[subnet["Ref"]])["tier"] for subnet in endpoint["SubnetIds"]]
            assert places == ["application", "application"]
            assert endpoint["PrivateDnsEnabled"] is True
            [group] = endpoint["SecurityGroupIds"]
            assert names[group["Fn::GetAtt"][0]] == "Endpoints"

    def test_admit_this_account_on_its_own_resources_with_named_actions(
        self, every: Assembly
    ) -> None:
        account = {"Ref": "AWS::AccountId"}
        for endpoint in properties(every, "AWS::EC2::VPCEndpoint"):
            ours, *others = endpoint["PolicyDocument"]["Statement"]
            assert ours["Condition"] == {
                "StringEquals": {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}
            }
            assert ours["Action"]
            assert not any("*" in action for action in ours["Action"])
            for other in others:
                if other["Sid"] == "RolesForServiceAccounts":
                    # Who calls has no AWS identity yet: the role's trust says which pod may.
                    assert other["Action"] == ["sts:AssumeRoleWithWebIdentity"]
                    assert account in other["Resource"]["Fn::Join"][1]
                    continue
                # Answers to CloudFormation go into its own buckets, with addresses that it signed.
                writes = other["Sid"] in ("AnswerCloudFormation", "TellCloudFormation")
                assert other["Action"] == ["s3:PutObject" if writes else "s3:GetObject"]
                assert not writes or "cloudformation-" in json.dumps(other["Resource"])
                assert "*" not in other["Resource"]

    def test_admit_what_the_functions_inside_may_call(self, every: Assembly) -> None:
        admitted = {
            action
            for endpoint in properties(every, "AWS::EC2::VPCEndpoint")
            for action in endpoint["PolicyDocument"]["Statement"][0]["Action"]
        }
        services = {action.split(":")[0] for action in admitted}
        granted = {
            action
            for policy in every.resources("Ingestion", "AWS::IAM::ManagedPolicy").values()
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Allow"
            for action in [statement["Action"]]
            for action in ([action] if isinstance(action, str) else action)
            # Lambda itself writes logs, traces and failures; S3 and its like use the keys.
            if action.split(":")[0] in services - {"logs", "xray", "sqs", "kms"}
        }
        assert "s3:PutObject" in granted
        assert granted <= admitted


class TestLogs:
    def test_flow_logs_hold_all_traffic(self, every: Assembly) -> None:
        log = every.resource(ROOM, "AWS::EC2::FlowLog")
        assert (log["ResourceType"], log["TrafficType"]) == ("VPC", "ALL")
        assert log["MaxAggregationInterval"] == 60
        for field in ("flow-direction", "pkt-srcaddr", "tcp-flags", "action", "log-status"):
            assert f"${{{field}}}" in log["LogFormat"]

    def test_flow_logs_are_written_by_a_role_that_only_flow_logs_of_this_account_take(
        self, every: Assembly
    ) -> None:
        log = every.resource(ROOM, "AWS::EC2::FlowLog")
        role = log["DeliverLogsPermissionArn"]["Fn::GetAtt"][0]
        [trust] = every.resources(ROOM, "AWS::IAM::Role")[role]["Properties"][
            "AssumeRolePolicyDocument"
        ]["Statement"]
        assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
        assert trust["Condition"]["StringEquals"] == {
            "aws:SourceAccount": {"Ref": "AWS::AccountId"}
        }
        assert "vpc-flow-log/*" in json.dumps(trust["Condition"]["ArnLike"])

    def test_resolver_queries_of_this_vpc_are_logged(self, every: Assembly) -> None:
        link = every.resource(ROOM, "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation")
        assert link["ResourceId"] == {"Ref": next(iter(every.resources(ROOM, "AWS::EC2::VPC")))}
        logging = every.resource(ROOM, "AWS::Route53Resolver::ResolverQueryLoggingConfig")
        group = logging["DestinationArn"]["Fn::GetAtt"][0]
        group = every.resources(ROOM, "AWS::Logs::LogGroup")[group]["Properties"]
        [delivery] = group["ResourcePolicyDocument"]["Statement"]
        assert delivery["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
        assert set(delivery["Condition"]) == {"StringEquals", "ArnLike"}
        assert ":log-group:/aws/vendedlogs/resolver/" in json.dumps(delivery["Resource"])

    def test_groups_are_encrypted_and_kept_as_configured(
        self, every: Assembly, config: EnvironmentConfig
    ) -> None:
        groups = every.resources(ROOM, "AWS::Logs::LogGroup")
        audit = [name for name in groups if not name.startswith("CustomResources")]
        assert len(audit) == 2
        for name, group in groups.items():
            assert "Logs" in group["Properties"]["KmsKeyId"]["Ref"]
            kept = config.logs
            days = kept.audit_retention_days if name in audit else kept.retention_days
            assert group["Properties"]["RetentionInDays"] == days
            removal = config.data.removal if name in audit else "destroy"
            assert group["DeletionPolicy"] == {"retain": "Retain", "destroy": "Delete"}[removal]


class TestCustomResources:
    def test_the_function_may_do_little(self, every: Assembly) -> None:
        [policy] = [
            policy["Properties"]["PolicyDocument"]["Statement"]
            for name, policy in every.resources(ROOM, "AWS::IAM::ManagedPolicy").items()
            if name.startswith("CustomResources")
        ]
        broad = [statement["Action"] for statement in policy if statement["Resource"] == "*"]
        assert broad == [
            ["ec2:DescribeManagedPrefixLists", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        ]
        revoke = next(
            entry for entry in policy if "ec2:RevokeSecurityGroupEgress" in entry["Action"]
        )
        assert "DefaultSecurityGroup" in json.dumps(revoke["Resource"])

    def test_the_function_has_its_permissions_before_it_is_asked(self, every: Assembly) -> None:
        template = every.rooms[ROOM]["Resources"]
        asked = [name for name, r in template.items() if r["Type"].startswith("Custom::")]
        assert len(asked) == 2
        for name in asked:
            assert any("Policy" in other for other in template[name]["DependsOn"])
