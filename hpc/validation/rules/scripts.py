"""Nodes run scripts from our own bucket only."""

from collections.abc import Iterator

from hpc.validation.context import Context, Yaml, get, nodes, rows, table
from hpc.validation.findings import Finding

EVENTS = ("OnNodeStart", "OnNodeConfigured", "OnNodeUpdated")


def scripts(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse custom actions that are fetched from anywhere but S3."""
    for path, node in nodes(config):
        for event in EVENTS:
            key = (*path, "CustomActions", event)
            action = table(node, "CustomActions", event)
            found = [((*key, "Script"), get(action, "Script"))]
            found += [
                ((*key, "Sequence", index, "Script"), row.get("Script"))
                for index, row in rows(action, "Sequence")
            ]
            for where, script in found:
                if script is not None and not str(script).startswith("s3://"):
                    yield Finding(
                        where,
                        f"{script} comes from outside; s3://<the cluster's bucket>/... is allowed",
                        "scripts",
                    )
