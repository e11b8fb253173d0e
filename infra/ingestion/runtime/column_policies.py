"""The column policies a sender of CSV may choose from: the TOML files of a folder."""

from functools import cache
from pathlib import Path

from infra.ingestion.runtime.deidentification import ColumnPolicy, PolicyError

FOLDER = Path(__file__).parent / "column_policies"


@cache
def names() -> tuple[str, ...]:
    """Return the names that X-Column-Policy may have."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


@cache
def column_policy(name: str) -> ColumnPolicy:
    """Read a column policy. Raises PolicyError when there is none of that name."""
    if name not in names():
        raise PolicyError(f"no column policy of that name; there are {', '.join(names())}")
    return ColumnPolicy.read(FOLDER / f"{name}.toml")
