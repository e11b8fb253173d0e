"""Every instance type exists, is offered in the Region and can still run the cluster's images."""

from collections.abc import Iterator

from hpc import instances
from hpc.validation.context import Context, Yaml, instance_types
from hpc.validation.findings import Finding
from hpc.validation.rules.region import SUPPORTED

# The open NVIDIA driver of today's images needs Turing or newer: pcluster.constants
# .NVIDIA_OPENRM_UNSUPPORTED_INSTANCE_TYPES; a test compares.
REPLACED = {
    "p2": "p4d.24xlarge",
    "p3": "p4d.24xlarge",
    "p3dn": "p4d.24xlarge",
    "g2": "g6.xlarge",
    "g3": "g6.xlarge",
    "g3s": "g6.xlarge",
}


def instance_type(config: Yaml, context: Context) -> Iterator[Finding]:
    """Refuse types that are unknown, not offered in the Region, or too old for the images."""
    for path, kind in instance_types(config):
        family = kind.split(".")[0]
        if family in REPLACED:
            message = (
                f"{kind} has a GPU that the images' driver no longer supports; "
                f"the nearest allowed is {REPLACED[family]}"
            )
        elif instances.facts(kind) is None:
            near = instances.nearest(kind, region=context.region)
            message = f"{kind} is not an instance type; the nearest allowed is {near}"
        elif context.region in SUPPORTED and kind not in instances.offers(context.region):
            near = instances.nearest(kind, region=context.region)
            message = f"{kind} is not offered in {context.region}; the nearest allowed is {near}"
        else:
            continue
        yield Finding(path, message, "instance_type")
