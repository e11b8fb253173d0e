"""Which format a file is in: by what the steward says, by its name, by how it begins."""

from pathlib import Path

import orjson

from .records import Format

_BY_SUFFIX = {
    ".ndjson": Format.FHIR_NDJSON,
    ".jsonl": Format.FHIR_NDJSON,
    ".hl7": Format.HL7V2,
    ".er7": Format.HL7V2,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
}
_HL7_STARTS = (b"MSH", b"FHS", b"BHS")


class UnknownFormatError(ValueError):
    """A file is in none of the formats, as far as its name and beginning tell."""


def format_of(name: Path, start: bytes, *, kind: str | None = None) -> Format:
    """Tell the format of a file; `kind` is fhir, hl7v2 or csv where the steward says so.

    Raises UnknownFormatError.
    """
    if kind == "hl7v2":
        return Format.HL7V2
    if kind == "csv":
        return Format.CSV
    suffix = Path(name.stem).suffix if name.suffix == ".gz" else name.suffix
    known = _BY_SUFFIX.get(suffix.lower())
    if known and (kind is None or known is Format.FHIR_NDJSON):
        return known
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x0b \t\r\n")
    if text.startswith(_HL7_STARTS) and kind is None:
        return Format.HL7V2
    if kind == "fhir" or suffix.lower() == ".json" or text.startswith(b"{"):
        return Format.FHIR_NDJSON if _has_lines(text) else Format.FHIR_JSON
    raise UnknownFormatError


def _has_lines(text: bytes) -> bool:
    """Tell whether the first line is an object of its own and another follows."""
    first, _, rest = text.partition(b"\n")
    if not rest.strip():
        return False
    try:
        return isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        return False
