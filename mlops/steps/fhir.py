"""De-identified FHIR NDJSON, as the important bucket holds it, made into a table.

One record a patient: the median of each observation's values, age and sex when they were kept,
and as target whether a condition with the contract's ICD-10 prefix is on the list.
"""

import gzip
import json
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mlops.inference.contract import Contract
from mlops.steps.container import StepError
from mlops.steps.table import Table

PATTERNS = ("*.ndjson", "*.ndjson.gz", "*.json")
ICD10 = "icd-10"


@dataclass
class _Patient:
    female: float = math.nan
    birth_year: int | None = None
    visit_year: int | None = None
    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    conditions: set[str] = field(default_factory=set)


def files(folder: Path) -> list[Path]:
    """Return the FHIR files below a folder."""
    return sorted(path for pattern in PATTERNS for path in folder.rglob(pattern))


def read(folder: Path, contract: Contract) -> Table:
    """Read every FHIR file below a folder; raises StepError naming file and line."""
    patients: dict[str, _Patient] = defaultdict(_Patient)
    units = {column.source: column.unit for column in contract.columns}
    for path in files(folder):
        for place, resource in _resources(path):
            _add(resource, patients, units, place)
    patients.pop("", None)
    known = {key: patient for key, patient in sorted(patients.items()) if patient.values}
    if not known:
        raise StepError(f"no patient with observations was given for dataset {contract.name}")
    rows = [
        [_value(patient, column.source) for column in contract.columns]
        for patient in known.values()
    ]
    labels = [
        any(code.startswith(contract.target_source) for code in patient.conditions)
        for patient in known.values()
    ]
    return Table(
        identifiers=tuple(known),
        values=np.asarray(rows, dtype=np.float64),
        labels=np.asarray(labels, dtype=np.int64),
    )


def _resources(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        texts = [file.read()] if path.suffix == ".json" else file
        for number, text in enumerate(texts, 1):
            if not text.strip():
                continue
            place = f"{path.name}: line {number}"
            try:
                resource = json.loads(text)
            except ValueError:
                raise StepError(f"{place}: not JSON") from None
            if not isinstance(resource, dict) or "resourceType" not in resource:
                raise StepError(f"{place}: not a FHIR resource")
            if resource["resourceType"] == "Bundle":
                for entry in resource.get("entry", []):
                    yield place, entry.get("resource", {})
            else:
                yield place, resource


def _add(
    resource: dict[str, Any], patients: dict[str, _Patient], units: dict[str, str], place: str
) -> None:
    match resource.get("resourceType"):
        case "Patient":
            patient = patients[str(resource.get("id", ""))]
            sex = resource.get("gender")
            patient.female = {"female": 1.0, "male": 0.0}.get(str(sex), math.nan)
            patient.birth_year = _year(resource.get("birthDate"))
        case "Condition":
            patient = patients[_subject(resource)]
            for coding in resource.get("code", {}).get("coding", []):
                if ICD10 in str(coding.get("system", "")):
                    patient.conditions.add(str(coding.get("code", "")))
        case "Observation":
            patient = patients[_subject(resource)]
            patient.visit_year = _year(resource.get("effectiveDateTime")) or patient.visit_year
            for part in (resource, *resource.get("component", [])):
                _measure(part, patient, units, place)


def _measure(part: dict[str, Any], patient: _Patient, units: dict[str, str], place: str) -> None:
    quantity = part.get("valueQuantity") or {}
    value = quantity.get("value")
    for coding in part.get("code", {}).get("coding", []):
        code = str(coding.get("code", ""))
        if code not in units or value is None:
            continue
        unit = quantity.get("code") or quantity.get("unit")
        if unit and unit != units[code]:
            raise StepError(
                f"{place}: code {code}: unit {unit} was given, {units[code]} is allowed"
            )
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise StepError(f"{place}: code {code}: not a number")
        patient.values[code].append(float(value))
        return


def _value(patient: _Patient, source: str) -> float:
    if source == "female":
        return patient.female
    if source == "age":
        if patient.birth_year is None or patient.visit_year is None:
            return math.nan
        return float(patient.visit_year - patient.birth_year)
    values = patient.values.get(source)
    return float(np.median(values)) if values else math.nan


def _subject(resource: dict[str, Any]) -> str:
    return str(resource.get("subject", {}).get("reference", "")).rpartition("/")[2]


def _year(date: Any) -> int | None:
    text = str(date or "")[:4]
    return int(text) if text.isdigit() else None
