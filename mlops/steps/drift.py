"""The monitoring step: captured requests, and how the model explains them, against the training.

Captured data come as CSV with the contract's columns or as the JSON lines of endpoint data
capture. It ends well when something has drifted; `count` in drift.json is what the pipeline
decides by: the columns that have drifted, and one more when the explanations have.
"""

from mlops import drift
from mlops.steps import attribution, capture, plots
from mlops.steps.attribution import AttributionDrift
from mlops.steps.container import Container, StepError, number, read_json, write_json
from mlops.steps.evaluate import model_of

MOST_NAMED = 5
MOST_DRAWN = 15


def run(container: Container) -> None:
    """Write drift.json, a chart of the columns' PSI and one of what the model decides by in use."""
    contract = container.contract
    described = read_json(container.input("baseline") / "baseline.json")
    values = capture.requests(container.input("captured"), contract)
    rate = number(container.environment, "ERROR_RATE", str(drift.ERROR_RATE))
    try:
        found = drift.check(described, contract.names, values, error_rate=rate)
    except drift.DriftError as error:
        raise StepError(str(error)) from None
    explained = attribution.check(
        model_of(container).model,
        values,
        names=contract.names,
        explanation=read_json(container.input("explanation") / "explanation.json"),
        described=described,
        seed=container.seed,
    )
    folder = container.output("drift")
    drifted = [column.name for column in found if column.drifted]
    write_json(
        folder / "drift.json",
        {
            "records": len(values),
            "error_rate": rate,
            "drifted": drifted,
            "count": len(drifted) + explained.drifted,
            "sentence": sentence(drifted, len(values), explained),
            "columns": [{**vars(column), "verdict": column.verdict} for column in found],
            "explanations": explained.to_json(),
        },
    )
    rows = _largest({column.name: column.psi for column in found})
    chart = plots.bars("Population stability index", rows, unit="PSI; above 0.25 is drift")
    (folder / "drift.svg").write_text(chart, encoding="utf-8")
    limit = f"below {attribution.LIMIT:.2f} is drift"
    title = f"What the model decides by in use, NDCG {explained.ndcg:.3f} ({limit})"
    chart = plots.bars(title, _largest(explained.now), unit="mean size of the Shapley value")
    (folder / "explanations.svg").write_text(chart, encoding="utf-8")


def sentence(drifted: list[str], records: int, explained: AttributionDrift) -> str:
    """Say what was found, for the pipeline's reason."""
    if not drifted and not explained.drifted:
        return f"no drift in {records} records"
    words = f"drift in {len(drifted)} columns of {records} records"
    if drifted:
        more = f" and {len(drifted) - MOST_NAMED} more" if len(drifted) > MOST_NAMED else ""
        words += f": {', '.join(drifted[:MOST_NAMED])}{more}"
    return f"{words}; {explained.sentence}" if explained.drifted else words


def _largest(values: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(values.items(), key=lambda row: -row[1])[:MOST_DRAWN]
