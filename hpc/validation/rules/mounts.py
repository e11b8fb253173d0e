"""No two storages are mounted on one path, or one inside another."""

from collections.abc import Iterator

from hpc.validation.context import Context, Yaml, rows
from hpc.validation.findings import Finding


def mounts(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse a path that is taken, naming who has it."""
    taken: dict[str, str] = {}
    for index, row in rows(config, "SharedStorage"):
        path, name = str(row.get("MountDir", "")).rstrip("/"), str(row.get("Name"))
        for other, owner in taken.items():
            if path == other or path.startswith(f"{other}/") or other.startswith(f"{path}/"):
                yield Finding(
                    ("SharedStorage", index, "MountDir"),
                    f"{path} collides with {other} of {owner}; a path of its own is allowed, for "
                    f"example /{name}",
                    "mounts",
                )
        taken[path] = name
