"""A model of two columns, to try the service before anything is trained.

`python3 -m services.inference.example FOLDER` writes it as an unpacked archive.
"""

import json
import sys
from pathlib import Path

import numpy as np

from mlops.inference.archive import add_code, seal
from mlops.inference.contract import Column, Contract
from mlops.inference.model import Linear

CONTRACT = Contract(
    name="example",
    title="Example",
    intended_use="Trying the inference service; it says nothing about anybody.",
    caveats="Its numbers are invented.",
    identifier="patient",
    target="positive",
    columns=(
        Column(name="age", unit="a", minimum=0, maximum=130),
        Column(name="systolic", unit="mm[Hg]", minimum=0, maximum=400, missing=True),
    ),
)
MODEL = Linear(
    fill=np.array([50.0, 120.0]),
    centre=np.array([50.0, 120.0]),
    scale=np.array([20.0, 15.0]),
    weights=np.array([1.0, 0.5]),
    bias=0.0,
    threshold=0.5,
)


def write(folder: Path) -> str:
    """Write the archive into a folder, made if need be; return its fingerprint."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.json").write_text(json.dumps(MODEL.to_json()))
    (folder / "contract.json").write_text(json.dumps(CONTRACT.to_json()))
    add_code(folder)
    return seal(folder)


if __name__ == "__main__":
    sys.stdout.write(write(Path(sys.argv[1])) + "\n")
