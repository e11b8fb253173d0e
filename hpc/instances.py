"""Facts about EC2 instance types: vCPUs, GPUs, EFA, zones.

Source: EC2's own DescribeInstanceTypes and DescribeInstanceTypeOfferings as recorded in the data
files of the package moto, whose version is part of every verdict's key. Nothing is written by hand.
"""

import difflib
import gzip
import importlib.metadata
import importlib.util
import json
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

Record = dict[str, Any]
SOURCE = f"EC2 API as recorded by moto {importlib.metadata.version('moto')}"

# https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html: one quota of vCPUs
# for each of these groups of families, and another for Spot.
QUOTA_FAMILIES = {
    "Standard (A, C, D, H, I, M, R, T, Z)": (*"acdhimrtz", "im", "is"),
    "DL": ("dl",),
    "F": ("f",),
    "G and VT": ("g", "gr", "vt"),
    "HPC": ("hpc",),
    "Inf": ("inf",),
    "P": ("p",),
    "Trn": ("trn",),
    "High memory": ("u",),
    "X": ("x",),
}


class InstanceFacts(NamedTuple):
    """What validation and cost need to know of one type."""

    name: str
    vcpus: int
    memory_gib: float
    gpus: int
    gpu: str
    efa: bool
    architecture: str
    placement_group: bool
    usage: tuple[str, ...]
    local_disk_gb: int

    @property
    def family(self) -> str:
        """The part before the dot: c6i."""
        return self.name.split(".")[0]

    @property
    def quota(self) -> str:
        """The group of families that shares a vCPU quota."""
        letters = "".join(takewhile(str.isalpha, self.family))
        for quota, families in QUOTA_FAMILIES.items():
            if letters in families:
                return quota
        return letters


def facts(name: str) -> InstanceFacts | None:
    """Return the facts of a type; None when AWS has no such type."""
    record = records().get(name)
    if record is None:
        return None
    gpus = record.get("GpuInfo", {}).get("Gpus", [])
    return InstanceFacts(
        name=name,
        vcpus=record["VCpuInfo"]["DefaultVCpus"],
        memory_gib=record["MemoryInfo"]["SizeInMiB"] / 1024,
        gpus=sum(gpu["Count"] for gpu in gpus),
        gpu=gpus[0]["Name"] if gpus else "",
        efa=record["NetworkInfo"]["EfaSupported"],
        architecture=record["ProcessorInfo"]["SupportedArchitectures"][-1],
        placement_group="cluster" in record["PlacementGroupInfo"]["SupportedStrategies"],
        usage=tuple(record["SupportedUsageClasses"]),
        local_disk_gb=record.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0),
    )


def nearest(name: str, *, region: str | None = None) -> str:
    """Return the type nearest to a name, of those that a Region offers."""
    names = list(offers(region)) if region else list(records())
    family, _, size = name.partition(".")
    families = sorted({each.split(".")[0] for each in names})
    for close in _close_families(family, families):
        sizes = [each.split(".")[1] for each in names if each.startswith(f"{close}.")]
        if found := difflib.get_close_matches(size, sizes, n=1, cutoff=0.3):
            return f"{close}.{found[0]}"
    return difflib.get_close_matches(name, names, n=1, cutoff=0.0)[0]


def _close_families(family: str, families: list[str]) -> list[str]:
    """Return families like one, those of the same letters first, then those with GPUs for GPUs."""
    same = [each for each in families if each[0] == family[0]]
    if not same and family[0] in "gp":
        same = [each for each in families if each[0] in "gp" and each[1].isdigit()]
    return difflib.get_close_matches(family, same or families, n=3, cutoff=0.0)


def smallest_with_efa(name: str, *, region: str) -> str | None:
    """Return the smallest type of the same family that has EFA in a Region, if there is one."""
    family = name.partition(".")[0]
    same = [facts(each) for each in offers(region) if each.startswith(f"{family}.")]
    able = sorted((each.vcpus, each.name) for each in same if each and each.efa)
    return able[0][1] if able else None


@lru_cache(maxsize=1)
def records() -> dict[str, Record]:
    """Return DescribeInstanceTypes, by name."""
    return dict(_read("instance_types.json.gz"))


@lru_cache(maxsize=4)
def offers(region: str) -> dict[str, tuple[str, ...]]:
    """Return the zones of a Region that offer each type; empty for a Region that is not known."""
    file = f"instance_type_offerings/availability-zone/{region}.json.gz"
    try:
        entries = _read(file)
    except FileNotFoundError:
        return {}
    zones: dict[str, list[str]] = {}
    for entry in entries:
        zones.setdefault(entry["InstanceType"], []).append(entry["Location"])
    return {name: tuple(sorted(found)) for name, found in zones.items()}


def _read(file: str) -> Any:
    # The package's data is read without importing it, which takes a second.
    package = importlib.util.find_spec("moto")
    if package is None or package.origin is None:
        raise ImportError("the package moto, whose data names the instance types, is not installed")
    path = Path(package.origin).parent / "ec2" / "resources" / file
    return json.loads(gzip.decompress(path.read_bytes()))
