"""Writes what the vendor's schema says of updating each key, for `hpc/runtime/changes.py`.

Run it with the interpreter of build/pcluster-venv and put its output into
hpc/runtime/update_policies.json.
"""

import json
import sys
from typing import Any

from pcluster.config.update_policy import UpdatePolicy  # type: ignore[import-not-found]
from pcluster.schemas.cluster_schema import ClusterSchema  # type: ignore[import-not-found]


def policies(schema: Any, prefix: str = "") -> dict[str, dict[str, str]]:
    """Return policy and, for lists, the identifying key of every key below a schema."""
    found: dict[str, dict[str, str]] = {}
    for field in schema.declared_fields.values():
        many = bool(getattr(field, "many", False))
        key = f"{prefix}{field.data_key}{'[]' if many else ''}"
        policy = field.metadata.get("update_policy", UpdatePolicy.UNSUPPORTED)
        found[key] = {"policy": policy.name}
        if many:
            found[key]["id"] = field.metadata.get("update_key") or "Name"
        if hasattr(field, "nested"):
            found |= policies(field.schema, f"{key}.")
    return found


def main() -> None:
    """Write the table as JSON."""
    json.dump(policies(ClusterSchema(cluster_name="cluster")), sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
