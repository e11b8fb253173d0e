"""EC2 of the account in `world.py`."""

from typing import Any

from world import VPC, Client, Record, error  # type: ignore[import-not-found]


class Ec2(Client):  # type: ignore[misc]
    """Instance types and offers as AWS publishes them, networks as the request describes them."""

    def describe_instance_types(self, **given: list[str]) -> Record:
        """Return instance types; the request carries those that the configuration names."""
        code = "InvalidInstanceType"
        return {
            "InstanceTypes": self.known(
                "instance_types", given["InstanceTypes"], "describe_instance_types", code
            )
        }

    def describe_instance_type_offerings(self, **given: Any) -> Record:
        """Return what the Region, or each of its zones, offers."""
        offers: dict[str, list[str]] = self.world["offers"]
        filters = given.get("Filters")
        wanted = filters[0]["Values"] if filters else list(offers)
        zones = given.get("LocationType") == "availability-zone"
        region = [self.world["region"]]
        return {
            "InstanceTypeOfferings": [
                {"InstanceType": kind, "Location": place}
                for kind in wanted
                for place in (offers.get(kind, []) if zones else region)
                if kind in offers
            ]
        }

    def describe_subnets(self, **given: list[str]) -> Record:
        """Return subnets of the one VPC."""
        code = "InvalidSubnetID.NotFound"
        found = self.known("subnets", given["SubnetIds"], "describe_subnets", code)
        return {
            "Subnets": [
                {
                    "SubnetId": subnet["id"],
                    "VpcId": VPC,
                    "CidrBlock": subnet["cidr"],
                    "AvailabilityZone": subnet["zone"],
                    "AvailableIpAddressCount": subnet["free"],
                }
                for subnet in found
            ]
        }

    def describe_vpc_attribute(self, **given: str) -> Record:
        """DNS is on in the VPC."""
        return {given["Attribute"][0].upper() + given["Attribute"][1:]: {"Value": True}}

    def describe_route_tables(self, **_: Any) -> Record:
        """No HPC subnet has a route to an Internet gateway."""
        return {"RouteTables": [{"Routes": [{"GatewayId": "local"}]}]}

    def describe_security_groups(self, **given: list[str]) -> Record:
        """Return groups: open within themselves, and between nodes and data storage."""
        code = "InvalidGroup.NotFound"
        names = self.known("security_groups", given["GroupIds"], "describe_security_groups", code)
        storage = self.world["storage_group"]
        everything = [
            {
                "IpProtocol": "-1",
                "IpRanges": [],
                "UserIdGroupPairs": [
                    {"GroupId": group} for group in [*self.world["security_groups"], storage]
                ],
            }
        ]
        return {
            "SecurityGroups": [
                {
                    "GroupId": name,
                    "VpcId": VPC,
                    "IpPermissions": everything,
                    "IpPermissionsEgress": everything,
                }
                for name in names
            ]
        }

    def describe_network_interfaces(self, **given: list[str]) -> Record:
        """Return the interfaces of file systems, in the data storage group."""
        group = self.world["storage_group"]
        return {
            "NetworkInterfaces": [
                {"NetworkInterfaceId": each, "VpcId": VPC, "Groups": [{"GroupId": group}]}
                for each in given["NetworkInterfaceIds"]
            ]
        }

    def describe_images(self, **arguments: Any) -> Record:
        """Return the official images, one an operating system and architecture."""
        images = self.world["images"]
        if wanted := arguments.get("ImageIds"):
            return {"Images": [images[each] for each in wanted if each in images]}
        name = arguments["Filters"][0]["Values"][0].rstrip("*")
        return {"Images": [image for image in images.values() if image["Name"].startswith(name)]}

    def describe_capacity_reservations(self, **given: list[str]) -> Record:
        """Return reservations that fit the queues naming them: what they hold is not known."""
        code = "InvalidCapacityReservationId.NotFound"
        return {
            "CapacityReservations": self.known(
                "reservations",
                given["CapacityReservationIds"],
                "describe_capacity_reservations",
                code,
            )
        }

    def describe_placement_groups(self, **given: list[str]) -> Record:
        """Answer for every placement group."""
        return {"PlacementGroups": [{"GroupName": name} for name in given["GroupNames"]]}

    def describe_key_pairs(self, **given: list[str]) -> Record:
        """Answer for every key pair."""
        return {"KeyPairs": [{"KeyName": name} for name in given["KeyNames"]]}

    def run_instances(self, **arguments: Any) -> Record:
        """Answer a dry run: refuse a type that the zone does not offer."""
        kind = arguments["InstanceType"]
        subnet = self.world["subnets"][arguments["NetworkInterfaces"][0]["SubnetId"]]
        zones = self.world["offers"].get(kind, [])
        if subnet["zone"] not in zones:
            places = ", ".join(zones) or "no zone of the Region"
            message = f"{kind} is offered in {places}, not {subnet['zone']}"
            raise error("run_instances", "Unsupported", message)
        raise error("run_instances", "DryRunOperation", "Request would have succeeded")
