"""Relational, document and graph databases that are set up in the same words."""

from typing import Any

from compliance.reading.checks import look
from compliance.resources import Resource

TYPES = (
    *("AWS::RDS::DBCluster", "AWS::RDS::DBInstance"),
    *("AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster"),
)


def on_its_own(database: Resource, _: Any) -> bool:
    """Say whether it has storage and backups of its own; an instance of a cluster has not."""
    return database.type != "AWS::RDS::DBInstance" or look(database, "DBClusterIdentifier") is None
