"""The data that the laptop runs with when none is given."""

import csv
from pathlib import Path

from mlops.steps.contracts import contract_named


def wisconsin(folder: Path) -> None:
    """Write scikit-learn's Wisconsin breast cancer set as records.csv, for `breast_cancer`.

    scikit-learn marks malignant as 0; here, as in clinics, the finding is the positive class.
    """
    from sklearn.datasets import load_breast_cancer  # noqa: PLC0415 (takes a second)

    contract = contract_named("breast_cancer")
    data = load_breast_cancer()
    folder.mkdir(parents=True, exist_ok=True)
    making = folder / "records.csv.making"
    with making.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([contract.identifier, *contract.names, contract.target])
        for number, (row, label) in enumerate(zip(data.data, data.target, strict=True)):
            cells = [repr(float(value)) for value in row]
            writer.writerow([f"sample-{number:04d}", *cells, int(label == 0)])
    making.rename(folder / "records.csv")
