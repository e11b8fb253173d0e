"""Step 6: which columns the model decides by, overall and for single records."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops.inference.contract import Contract
from mlops.inference.model import Array, probability
from mlops.steps import lime, plots, shapley, table
from mlops.steps.container import Container, write_json
from mlops.steps.evaluate import model_of

BACKGROUND = 100
TOP = 12


def run(container: Container) -> None:
    """Write explanation.json and charts; single records are named by their place, not patient."""
    contract = container.contract
    model = model_of(container).model
    test = table.read(container.input("test"), contract)
    train = table.read(container.input("background"), contract)
    random = np.random.default_rng(container.seed)
    chosen = random.choice(len(train), min(BACKGROUND, len(train)), replace=False)
    background = train.values[chosen]
    found = shapley.explain(model, test.values, background)
    scores = probability(model.margin(test.values))
    importance = dict(zip(contract.names, np.abs(found.values).mean(axis=0).tolist(), strict=True))
    local = []
    for reason, place in typical(scores, model.threshold).items():
        entry: dict[str, Any] = {
            "record": place + 1,
            "chosen": reason,
            "score": float(scores[place]),
            "shapley": _named(contract, found.values[place]),
        }
        if container.setting("LIME", "false") == "true":
            row = test.values[place]
            entry["lime"] = _named(contract, lime.explain(model, row, background, container.seed))
        local.append(entry)
    folder = container.output("explanation")
    write_json(
        folder / "explanation.json",
        {
            "version": "1.0",
            "unit": "log-odds",
            "background_records": len(background),
            "explanations": {
                "shapley": {
                    "label0": {"global_shap_values": importance, "expected_value": found.expected}
                }
            },
            "local": local,
        },
    )
    rows = _top(importance)
    title = "What the model decides by"
    chart = plots.bars(title, rows, unit="mean size of the Shapley value, log-odds")
    (folder / "global.svg").write_text(chart, encoding="utf-8")
    for entry in local:
        title = f"Record {entry['record']} ({entry['chosen']}), score {entry['score']:.3f}"
        chart = plots.bars(title, _top(entry["shapley"]), unit="Shapley value, log-odds")
        (folder / f"local-{entry['chosen'].replace(' ', '-')}.svg").write_text(
            chart, encoding="utf-8"
        )


def typical(scores: Array, threshold: float) -> dict[str, int]:
    """Choose records worth a look: surest yes, closest call, surest no."""
    distance: NDArray[np.float64] = np.abs(scores - threshold)
    return {
        "surest yes": int(np.argmax(scores)),
        "closest call": int(np.argmin(distance)),
        "surest no": int(np.argmin(scores)),
    }


def _named(contract: Contract, values: Array) -> dict[str, float]:
    return dict(zip(contract.names, values.tolist(), strict=True))


def _top(values: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(values.items(), key=lambda item: -abs(item[1]))[:TOP]
