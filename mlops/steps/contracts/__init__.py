"""The data contracts, one TOML file a dataset."""

import tomllib
from pathlib import Path

from mlops.inference.contract import Contract, contract_from


class ContractError(ValueError):
    """There is no such data contract."""


def names() -> tuple[str, ...]:
    """Return the names of the datasets."""
    return tuple(sorted(file.stem for file in Path(__file__).parent.glob("*.toml")))


def contract_named(name: str) -> Contract:
    """Read the contract of a dataset; raises ContractError when there is none."""
    if name not in names():
        raise ContractError(f"dataset {name!r} was given, {' or '.join(names())} is allowed")
    file = Path(__file__).parent / f"{name}.toml"
    return contract_from(tomllib.loads(file.read_text(encoding="utf-8")))
