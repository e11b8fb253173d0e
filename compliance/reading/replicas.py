"""A DynamoDB table, or each replica of a global one."""

from typing import Any

from compliance.resources import Resource, known

TABLE = "AWS::DynamoDB::Table"
GLOBAL = "AWS::DynamoDB::GlobalTable"


def replicas(table: Resource) -> list[dict[str, Any]]:
    """Return what holds the settings of each replica; a plain table is its only one."""
    if table.type != GLOBAL:
        return [table.properties]
    return [known(replica, "a replica") for replica in table.get("Replicas", default=[])]
