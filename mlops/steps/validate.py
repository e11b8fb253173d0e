"""Step 1: read the records and hold each to the data contract."""

from pathlib import Path

import numpy as np

from mlops.inference.contract import Contract
from mlops.steps import fhir, plots, table
from mlops.steps.container import Container, StepError, write_json
from mlops.steps.table import Table

SMALLEST = 50
SMALLEST_CLASS = 10


def run(container: Container) -> None:
    """Write the table and a report; raises StepError with the first broken rule."""
    contract = container.contract
    records = read(container.input("records"), contract)
    check(records, contract)
    table.write(records, container.output("table"), contract)
    report = container.output("report")
    write_json(report / "validation.json", describe(records, contract))
    gaps = np.isnan(records.values).mean(axis=0)
    if not gaps.any():
        return
    rows = sorted(zip(contract.names, gaps.tolist(), strict=True), key=lambda r: -r[1])[:15]
    chart = plots.bars("Columns with most gaps", rows, unit="share of records without a value")
    (report / "gaps.svg").write_text(chart, encoding="utf-8")


def read(folder: Path, contract: Contract) -> Table:
    """Read CSV, or FHIR NDJSON when there is any."""
    return fhir.read(folder, contract) if fhir.files(folder) else table.read(folder, contract)


def check(records: Table, contract: Contract) -> None:
    """Raise StepError naming row and column when the records cannot be learnt from."""
    problems = []
    for number, row in enumerate(records.values.tolist(), 1):
        if problem := contract.problem(row):
            problems.append(f"record {number}: {problem}")
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise StepError(problems[0] + more)
    if len(records) < SMALLEST:
        raise StepError(f"{len(records)} records were given, at least {SMALLEST} are needed")
    for label in (0, 1):
        count = int((records.labels == label).sum())
        if count < SMALLEST_CLASS:
            raise StepError(
                f"column {contract.target}: {count} records are {label}, "
                f"at least {SMALLEST_CLASS} are needed"
            )
    empty = np.isnan(records.values).all(axis=0)
    if empty.any():
        name = contract.names[int(np.flatnonzero(empty)[0])]
        raise StepError(f"column {name}: no record has a value")


def describe(records: Table, contract: Contract) -> dict[str, object]:
    """Return counts of records, patients, cases and gaps."""
    return {
        "dataset": contract.name,
        "records": len(records),
        "patients": len(set(records.identifiers)),
        "cases": int(records.labels.sum()),
        "columns": len(contract.columns),
        "gaps": int(np.isnan(records.values).sum()),
    }
