"""Only IMDSv2 answers, and on the head node only root may ask."""

from collections.abc import Iterator

from hpc.validation.context import Context, Yaml, get, off
from hpc.validation.findings import Finding


def metadata_service(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse IMDSv1 and an open metadata service on the head node."""
    support = get(config, "Imds", "ImdsSupport")
    if support != "v2.0":
        given = "absent" if support is None else str(support)
        yield Finding(
            ("Imds", "ImdsSupport"),
            f"{given} lets anything on a node ask for its credentials; v2.0 is allowed",
            "metadata_service",
        )
    if off(get(config, "HeadNode", "Imds", "Secured")):
        yield Finding(
            ("HeadNode", "Imds", "Secured"),
            "false gives every user the head node's credentials; true is allowed",
            "metadata_service",
        )
