"""Asks aws-parallelcluster, in its own virtual environment, about a configuration."""

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from hpc import instances
from hpc.surroundings import Subnet
from hpc.validation.context import number
from hpc.validation.findings import Finding, Level
from infra.config.errors import NotJudgedError
from infra.config.hpc import PARALLELCLUSTER_VERSION

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / "build" / "pcluster-venv"
RUNNER = Path(__file__).parent / "vendor_side" / "runner.py"
TIMEOUT_SECONDS = 60
RESERVED_ADDRESSES = 5
"""https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"""
IMAGE_NAMES = {
    "alinux2023": "amzn2023",
    "ubuntu2204": "ubuntu-2204-lts",
    "ubuntu2404": "ubuntu-2404-lts",
    "rhel8": "rhel8",
    "rhel9": "rhel9",
    "rocky8": "rocky8",
    "rocky9": "rocky9",
}
OFFLINE = {
    "AWS_ACCESS_KEY_ID": "offline",
    "AWS_SECRET_ACCESS_KEY": "offline",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""All of the runner's environment: no credentials of the machine reach it."""
Yaml = Mapping[str, Any]


class VendorError(NotJudgedError):
    """The vendor's package is not installed or did not answer."""


def python() -> Path:
    """Return the interpreter that has aws-parallelcluster.

    `IRYO_PCLUSTER_PYTHON` names another. Raises VendorError when there is none.
    """
    path = Path(os.environ.get("IRYO_PCLUSTER_PYTHON", ENVIRONMENT / "bin" / "python"))
    if not path.is_file():
        raise VendorError(
            f"{path}: no such file; aws-parallelcluster {PARALLELCLUSTER_VERSION} has a virtual "
            "environment of its own, run: make pcluster"
        )
    return path


def ask(
    config: Yaml, *, cluster_name: str, region: str, subnets: Iterable[Subnet]
) -> list[Finding]:
    """Return what the vendor's schema and validators find.

    `subnets` are those that the configuration names. Raises VendorError when the package is
    missing, crashes or takes longer than a minute.
    """
    request = {
        "config": config,
        "cluster_name": cluster_name,
        "region": region,
        "world": world(config, region=region, subnets=subnets),
    }
    return [
        Finding(
            path=tuple(found["path"]),
            message=" ".join(found["message"].split()),
            source=f"pcluster:{found['source']}",
            level=Level(found["level"]),
        )
        for found in json.loads(answer(json.dumps(request)))
    ]


def answer(request: str) -> str:
    """Return the runner's answer to one request. Raises VendorError as `ask` does."""
    try:
        result = subprocess.run(
            command(),
            input=request,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
            env=OFFLINE,
        )
    except subprocess.TimeoutExpired:
        raise VendorError(f"aws-parallelcluster gave no answer in {TIMEOUT_SECONDS} s") from None
    if result.returncode:
        last = result.stderr.strip().splitlines()[-1:] or ["no output"]
        raise VendorError(f"aws-parallelcluster failed: {last[0]}")
    return result.stdout


def command() -> list[str]:
    """Return how to start the runner. Raises VendorError when the package is missing."""
    return [str(python()), str(RUNNER)]


def world(config: Yaml, *, region: str, subnets: Iterable[Subnet]) -> dict[str, Any]:
    """Describe the account that the configuration is to be deployed to, as far as it asks."""
    offers = instances.offers(region)
    records = instances.records()
    named = set(_named(config, "InstanceType"))
    known = {subnet.id: _subnet(subnet) for subnet in _assumed(config, named, offers)}
    known |= {subnet.id: _subnet(subnet) for subnet in subnets if subnet.cidr}
    groups = {each: each for each in _members(config, "SecurityGroups")}
    groups |= {each: each for each in _members(config, "AdditionalSecurityGroups")}
    storage_group = "sg-0d0d0d0d0d0d0d0d0"
    return {
        "region": region,
        "instance_types": {name: records[name] for name in named if name in records},
        "offers": offers,
        "subnets": known,
        "security_groups": groups | {storage_group: storage_group},
        "storage_group": storage_group,
        "images": _images(),
        "lustre": {
            each: _lustre(each, next(iter(known), "")) for each in _named(config, "FileSystemId")
        },
        "reservations": dict(_reservations(config, known)),
    }


def _assumed(
    config: Yaml, kinds: Iterable[str], offers: Mapping[str, tuple[str, ...]]
) -> Iterable[Subnet]:
    """Yield large subnets, in a zone that offers all types, for ids that nobody described."""
    zones = sorted({zone for each in offers.values() for zone in each})
    good = [zone for zone in zones if all(zone in offers.get(kind, zones) for kind in kinds)]
    for name in {*_members(config, "SubnetIds"), *_named(config, "SubnetId")}:
        yield Subnet(id=name, zone=(good or zones or [""])[0], cidr="10.0.0.0/16")


def _subnet(subnet: Subnet) -> dict[str, Any]:
    free = IPv4Network(subnet.cidr).num_addresses - RESERVED_ADDRESSES
    return {"id": subnet.id, "cidr": subnet.cidr, "zone": subnet.zone, "free": free}


def _images() -> dict[str, Any]:
    """Make up the official images, whose ids nobody knows offline."""
    made = {}
    for index, (name, part) in enumerate(IMAGE_NAMES.items()):
        for offset, architecture in enumerate(("x86_64", "arm64")):
            image = f"ami-{2 * index + offset:017x}"
            name_of = f"aws-parallelcluster-{PARALLELCLUSTER_VERSION}-{part}-hvm-{architecture}-0"
            device = "/dev/sda1" if "ubuntu" in name or "rhel" in name else "/dev/xvda"
            made[image] = {
                "ImageId": image,
                "Name": name_of,
                "Architecture": architecture,
                "CreationDate": "2026-01-01T00:00:00.000Z",
                "State": "available",
                "RootDeviceName": device,
                "BlockDeviceMappings": [{"DeviceName": device, "Ebs": {"VolumeSize": 35}}],
                "Tags": [{"Key": "parallelcluster:version", "Value": PARALLELCLUSTER_VERSION}],
            }
    return made


def _lustre(file_system: str, subnet: str) -> dict[str, Any]:
    return {
        "FileSystemId": file_system,
        "FileSystemType": "LUSTRE",
        "VpcId": "vpc-0a0a0a0a0a0a0a0a0",
        "SubnetIds": [subnet],
        "NetworkInterfaceIds": [f"eni-{file_system.removeprefix('fs-')}"],
        "DNSName": f"{file_system}.fsx.example",
        "LustreConfiguration": {"MountName": "fsx"},
    }


def _reservations(config: Yaml, subnets: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Yield a reservation as its queue wants it: the real one is checked at deployment."""
    for queue in config.get("Scheduling", {}).get("SlurmQueues", []):
        block = queue.get("CapacityType") == "CAPACITY_BLOCK"
        zones = [
            subnets[each]["zone"] for each in queue["Networking"]["SubnetIds"] if each in subnets
        ]
        for resource in queue.get("ComputeResources", []):
            target = resource.get("CapacityReservationTarget", {}).get("CapacityReservationId")
            kind = resource.get("InstanceType") or next(iter(_named(resource, "InstanceType")), "")
            if target and zones:
                yield (
                    target,
                    {
                        "CapacityReservationId": target,
                        "InstanceType": kind,
                        "AvailabilityZone": zones[0],
                        "TotalInstanceCount": number(resource.get("MaxCount"), 10),
                        "AvailableInstanceCount": number(resource.get("MaxCount"), 10),
                        "InstanceMatchCriteria": "targeted",
                        "InstancePlatform": "Linux/UNIX",
                        "ReservationType": "capacity-block" if block else "default",
                        "State": "active",
                        "Tenancy": "default",
                    },
                )


def _named(node: Any, key: str) -> Iterable[str]:
    """Yield every text under a key, at any depth."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name == key and isinstance(value, str):
                yield value
            yield from _named(value, key)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from _named(item, key)


def _members(node: Any, key: str) -> Iterable[str]:
    """Yield the members of every list under a key, at any depth."""
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name == key and isinstance(value, list):
                yield from (str(item) for item in value)
            yield from _members(value, key)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from _members(item, key)
