"""What the constructs of the room have in common."""

from dataclasses import dataclass

from aws_cdk import aws_kms as kms

from compliance.defaults import tags
from infra.config import DataClass
from infra.ecs.room import Room as Services


@dataclass(frozen=True, kw_only=True)
class Room(Services):
    """The rooms before this one: services have the same rights and images as those of ECS."""

    key: kms.IKey
    """Of Kubernetes secrets and nodes' disks."""
    topic: str = ""

    def node_tags(self) -> dict[str, str]:
        """Return the tags of nodes and disks that are made while running."""
        return {**tags(self.config), "data-class": DataClass.CONFIDENTIAL.value}
