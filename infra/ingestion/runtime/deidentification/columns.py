"""Column policies: what each column of a CSV file holds, written by a data steward in TOML.

A policy names the encoding (utf-8, shift_jis or cp932, euc_jp, iso2022_jp, ascii, iso8859_1), the
delimiter, the column that says whose row it is (patient), and under [columns] for each column of
the file one of:

- a kind of information (patient_id, name, birth_date, ...): the profile decides what becomes of it;
- code:SYSTEM, a code of a system of catalogue/codes.toml;
- a list of the values that are allowed;
- an action (keep, redact, pseudonym, ...), or drop for a column that is not written at all.

samples/visits.toml is an example.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from .errors import PolicyError
from .policy import KINDS, Action

ENCODINGS = {
    "utf-8": "utf-8",
    "utf-8-sig": "utf-8",
    "shift_jis": "cp932",
    "cp932": "cp932",
    "euc_jp": "euc_jp",
    "iso2022_jp": "iso2022_jp_ext",
    "ascii": "ascii",
    "iso8859_1": "iso8859_1",
}
DROP = "drop"
COLUMN_KINDS = frozenset(KINDS) - {
    # Parts of FHIR elements, checked together with other parts; a cell stands alone.
    *("coding", "coded_text", "code_system", "quantity", "reference", "narrative"),
    *("standard_url", "sampled_data", "system"),
}
_KEYS = {"encoding", "delimiter", "patient", "columns"}


@dataclass(frozen=True, kw_only=True)
class ColumnPolicy:
    """The columns of a CSV file. `columns` has, by name, a kind, an action, a code or a list."""

    columns: Mapping[str, str | tuple[str, ...]]
    patient: str | None = None
    encoding: str = "utf-8"
    delimiter: str = ","

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a column policy. Raises PolicyError with one sentence."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PolicyError(f"{path}: cannot be read as UTF-8 text ({error})") from error
        return cls.from_toml(text, source=str(path))

    @classmethod
    def from_toml(cls, text: str, *, source: str = "column policy") -> Self:
        """Read a column policy from TOML. Raises PolicyError with one sentence."""
        try:
            given = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise PolicyError(f"{source}: {error}") from error
        unknown = sorted(set(given) - _KEYS)
        if unknown:
            allowed = ", ".join(sorted(_KEYS))
            raise PolicyError(f"{source}: {unknown[0]}: unknown key; allowed are {allowed}")
        columns = given.get("columns")
        if not isinstance(columns, dict) or not columns:
            raise PolicyError(f"{source}: columns: a table of columns is needed")
        return cls(
            columns={name: _spec(name, spec, source) for name, spec in columns.items()},
            patient=_patient(given.get("patient"), columns, source),
            encoding=_encoding(given.get("encoding", "utf-8"), source),
            delimiter=_delimiter(given.get("delimiter", ","), source),
        )


def _spec(name: str, spec: Any, source: str) -> str | tuple[str, ...]:
    if isinstance(spec, list) and spec and all(isinstance(value, str) for value in spec):
        return tuple(spec)
    known = isinstance(spec, str) and (
        spec in COLUMN_KINDS or spec in set(Action) or spec == DROP or spec.startswith("code:")
    )
    if not known:
        allowed = ", ".join(
            [*Action, DROP, "code:SYSTEM", "a list of texts", *sorted(COLUMN_KINDS)]
        )
        raise PolicyError(f"{source}: columns.{name}: {spec!r}; allowed are {allowed}")
    return str(spec)


def _patient(patient: Any, columns: Mapping[str, Any], source: str) -> str | None:
    if patient is None or patient in columns:
        return None if patient is None else str(patient)
    raise PolicyError(f"{source}: patient: {patient!r} is none of the columns")


def _encoding(encoding: Any, source: str) -> str:
    known = ENCODINGS.get(str(encoding).lower().replace("-", "_").replace("utf_8", "utf-8"))
    if known is None:
        allowed = ", ".join(ENCODINGS)
        raise PolicyError(f"{source}: encoding: {encoding!r}; allowed are {allowed}")
    return known


def _delimiter(delimiter: Any, source: str) -> str:
    if delimiter in (",", ";", "\t", "|"):
        return str(delimiter)
    raise PolicyError(f"{source}: delimiter: {delimiter!r}; allowed are , ; | and tab")
