"""What the cluster makes is bounded, and its nodes may do little."""

from collections.abc import Iterator

from hpc.validation.context import Context, Yaml, get, nodes, rows
from hpc.validation.findings import Finding

WIDE = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")


def permissions(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse a missing permissions boundary, administrator policies and every bucket at once."""
    if not get(config, "Iam", "PermissionsBoundary"):
        yield Finding(
            ("Iam", "PermissionsBoundary"),
            "absent leaves the cluster's roles unbounded; allowed is the ARN of a policy",
            "permissions",
        )
    for path, node in nodes(config):
        for index, row in rows(node, "Iam", "AdditionalIamPolicies"):
            name = str(row.get("Policy", "")).rsplit("/", 1)[-1]
            if name in WIDE or name.endswith("FullAccess"):
                yield Finding(
                    (*path, "Iam", "AdditionalIamPolicies", index, "Policy"),
                    f"{name} gives nodes more than they need; a policy of named actions is allowed",
                    "permissions",
                )
        for index, row in rows(node, "Iam", "S3Access"):
            bucket = str(row.get("BucketName", ""))
            if "*" in bucket:
                yield Finding(
                    (*path, "Iam", "S3Access", index, "BucketName"),
                    f"{bucket} opens buckets that nobody named; the name of one bucket is allowed",
                    "permissions",
                )
