"""What a cluster finds around it: the ids that the other rooms hand over.

In the room these are CDK tokens, in validation the placeholders of `placeholders.py`; the renderers
only pass them on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Subnet:
    """An HPC subnet. `zone` and `cidr` are needed by validation only."""

    id: str
    zone: str = ""
    cidr: str = ""


@dataclass(frozen=True)
class Surroundings:
    """Ids and names, as they stand in a rendered configuration."""

    region: str
    subnets: tuple[Subnet, ...]
    """The first holds the head node, the login nodes and the file systems."""
    security_group: str
    """HPC group: everything within itself (EFA), endpoints and data storage outside."""
    vpc_cidr: str
    storage_key: str
    """ARN of the customer-managed key of the important class."""
    artefact_bucket: str
    """Bucket of the cluster's own artefacts and custom action scripts."""
    permissions_boundary: str
    """ARN of the policy that bounds every role the cluster makes."""
    important_bucket: str
    data_storage_group: str = ""
    storage_subnet: str = ""
    """Where Lustre is: the data tier's subnet in the zone of the first HPC subnet."""
    node_policy: str = ""
    """ARN of what every node may do besides the vendor's policy: mount, read artefacts."""
    head_policy: str = ""
    """ARN of what the head node may do besides: use the key for the volumes of new nodes."""
    lambda_role: str | None = None
    file_systems: Mapping[str, str] = field(default_factory=dict)
    """Ids of the file systems that the room makes, by storage name."""
    database_uri: str = ""
    """host:port of the accounting database of this room."""
    database_secret: str = ""
    """ARN of the secret with its password."""
    tags: Mapping[str, str] = field(default_factory=dict)
    partition: str = "aws"
    retain: bool = True
    """Whether what holds data outlives the cluster (production)."""
