"""The monitoring step: captured requests against the baseline of the training part.

Captured data come as CSV with the contract's columns or as the JSON lines of endpoint data
capture. It ends well when columns have drifted; `drifted` in drift.json is what an alarm reads.
"""

from mlops import drift
from mlops.steps import capture, plots
from mlops.steps.container import Container, StepError, number, read_json, write_json

MOST_NAMED = 5


def run(container: Container) -> None:
    """Write drift.json and a chart of the PSI of each column."""
    contract = container.contract
    described = read_json(container.input("baseline") / "baseline.json")
    values = capture.requests(container.input("captured"), contract)
    rate = number(container.environment, "ERROR_RATE", str(drift.ERROR_RATE))
    try:
        found = drift.check(described, contract.names, values, error_rate=rate)
    except drift.DriftError as error:
        raise StepError(str(error)) from None
    folder = container.output("drift")
    drifted = [column.name for column in found if column.drifted]
    write_json(
        folder / "drift.json",
        {
            "records": len(values),
            "error_rate": rate,
            "drifted": drifted,
            "count": len(drifted),
            "sentence": sentence(drifted, len(values)),
            "columns": [{**vars(column), "verdict": column.verdict} for column in found],
        },
    )
    rows = sorted(((c.name, c.psi) for c in found), key=lambda row: -row[1])[:15]
    chart = plots.bars("Population stability index", rows, unit="PSI; above 0.25 is drift")
    (folder / "drift.svg").write_text(chart, encoding="utf-8")


def sentence(drifted: list[str], records: int) -> str:
    """Say what was found, for the pipeline's reason."""
    if not drifted:
        return f"no drift in {records} records"
    shown = ", ".join(drifted[:MOST_NAMED])
    more = f" and {len(drifted) - MOST_NAMED} more" if len(drifted) > MOST_NAMED else ""
    return f"drift in {len(drifted)} columns of {records} records: {shown}{more}"
