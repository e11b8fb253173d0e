"""ParallelCluster works in the Regions that its version names, Osaka not among them."""

from collections.abc import Iterator

from hpc.validation.context import Context, Yaml
from hpc.validation.findings import Finding

# pcluster/resources/supported-regions of PARALLELCLUSTER_VERSION; a test compares.
SUPPORTED = (
    *("af-south-1", "ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-south-1"),
    *("ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-5", "ap-southeast-7"),
    *("ca-central-1", "cn-north-1", "cn-northwest-1", "eu-central-1", "eu-north-1", "eu-south-1"),
    *("eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-south-1", "sa-east-1"),
    *("us-east-1", "us-east-2", "us-iso-east-1", "us-iso-west-1", "us-isob-east-1"),
    *("us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2"),
)
NEAREST = {"ap-northeast-3": "ap-northeast-1"}
"""Data of Japanese patients stays in Japan: Osaka's users are sent to Tokyo."""


def region(_: Yaml, context: Context) -> Iterator[Finding]:
    """Refuse a Region that the vendor does not support."""
    if context.region in SUPPORTED:
        return
    prefix = context.region.rsplit("-", 1)[0]
    same = [each for each in SUPPORTED if each.startswith(prefix)]
    near = NEAREST.get(context.region) or (same or ["ap-northeast-1"])[0]
    name = " (Osaka)" if context.region == "ap-northeast-3" else ""
    yield Finding(
        ("Region",),
        f"{context.region}{name} is not supported by ParallelCluster; the nearest allowed is "
        f"{near}",
        "region",
    )
