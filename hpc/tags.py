"""Tags of everything that the room makes, at deployment and afterwards."""

from infra.config import EnvironmentConfig

ROOM = "room"
"""By this tag AWS Budgets and Cost Explorer tell the room from the rest of the account."""


def room_name(config: EnvironmentConfig) -> str:
    """Return what names in the account begin with, for example iryo-production-hpc."""
    return f"{config.tags.project}-{config.name}-hpc"


def room_tags(config: EnvironmentConfig, *, data_class: str = "important") -> dict[str, str]:
    """Return the tags of every resource, and those of this room."""
    return {
        "project": config.tags.project,
        "environment": config.name,
        "cost-center": config.tags.cost_center,
        "owner": config.tags.owner,
        "data-class": data_class,
        ROOM: room_name(config),
    }
