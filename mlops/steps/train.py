"""Step 4: train a model, choose its threshold, and put it into a sealed archive."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlops.inference.archive import add_code, seal
from mlops.inference.model import Array, Linear, Model, Trees, probability
from mlops.steps import metrics, table
from mlops.steps.collective import Collective, collective
from mlops.steps.container import Container, StepError, number, read_json, write_json
from mlops.steps.newton import logistic
from mlops.steps.table import Table


def run(container: Container, together: Collective | None = None) -> None:
    """Train on this process's share of the records; the first process writes the model."""
    together = together or collective(container.environment.get("DISTRIBUTION", "none"))
    contract = container.contract
    learnt = {
        name: np.asarray(values)
        for name, values in read_json(container.channel("transform") / "transform.json").items()
    }
    train = table.read(container.channel("train"), contract)
    validation = table.read(container.channel("validation"), contract)
    given = container.hyperparameters
    algorithm = given.get("algorithm", "logistic")
    if algorithm == "logistic":
        model: Model = _linear(train, learnt, number(given, "c", "1.0"), together)
    elif algorithm == "boosting":
        if together.size > 1:
            raise StepError("hyperparameter algorithm: boosting trains on one instance only")
        model = _trees(train, learnt["fill"], given, container.seed)
    else:
        raise StepError(
            f"hyperparameter algorithm: {algorithm!r} was given, logistic or boosting is allowed"
        )
    if together.rank:
        return
    scores = probability(model.margin(validation.values))
    wanted = number(given, "target_recall", "0.97")
    model = replace(model, threshold=metrics.threshold_for(scores, validation.labels, wanted))
    auc = metrics.auc(scores, validation.labels)
    sys.stdout.write(f"validation:auc={auc:.6f};\n")
    save(model, container.model, contract.to_json())


def save(model: Model, folder: Path, contract: dict[str, object]) -> str:
    """Write a model, its contract and its code, and seal them; return the fingerprint."""
    write_json(folder / "model.json", model.to_json())
    write_json(folder / "contract.json", contract)
    add_code(folder)
    return seal(folder)


def _linear(train: Table, learnt: dict[str, Array], c: float, together: Collective) -> Linear:
    share = np.arange(len(train)) % together.size == together.rank
    mine = train.part(share)
    standard = (mine.values - learnt["centre"]) / learnt["scale"]
    weights, bias = logistic(standard, mine.labels, c, together)
    return Linear(
        fill=learnt["fill"],
        centre=learnt["centre"],
        scale=learnt["scale"],
        weights=weights,
        bias=bias,
        threshold=0.5,
    )


def _trees(train: Table, fill: Array, given: dict[str, str], seed: int) -> Trees:
    """Boost with scikit-learn and take its trees out as arrays."""
    from sklearn.ensemble import GradientBoostingClassifier  # noqa: PLC0415 (takes a second)

    boosted = GradientBoostingClassifier(
        n_estimators=int(number(given, "trees", "150")),
        max_depth=int(number(given, "depth", "3")),
        learning_rate=number(given, "learning_rate", "0.1"),
        subsample=0.8,
        random_state=seed,
    ).fit(train.values, train.labels)
    trees = [estimator.tree_ for estimator in boosted.estimators_[:, 0]]
    nodes = max(tree.node_count for tree in trees)
    inner = np.stack([_padded(tree.children_left, nodes, -1) for tree in trees]) >= 0
    here = np.broadcast_to(np.arange(nodes), inner.shape)
    rate = float(boosted.learning_rate)

    def take(name: str) -> NDArray[np.float64]:
        return np.stack([_padded(getattr(tree, name).reshape(-1), nodes, 0) for tree in trees])

    def whole(name: str) -> NDArray[np.int64]:
        return np.where(inner, take(name).astype(np.int64), here)

    prior = float(train.labels.mean())
    return Trees(
        fill=fill,
        feature=np.where(inner, take("feature"), 0).astype(np.int64),
        split=take("threshold"),
        left=whole("children_left"),
        right=whole("children_right"),
        value=take("value") * rate,
        depth=max(tree.max_depth for tree in trees),
        bias=float(np.log(prior / (1 - prior))),
        threshold=0.5,
    )


def _padded(values: NDArray[np.float64], length: int, with_: float) -> NDArray[np.float64]:
    return np.concatenate([values, np.full(length - len(values), with_)])
