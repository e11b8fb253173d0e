"""Step 7: the model card, for the registry as JSON and for people as a page."""

import json
from html import escape
from pathlib import Path
from typing import Any

from mlops.inference.contract import Contract
from mlops.steps.container import Container, read_json, write_json

LONGEST = 100_000
"""Characters that the registry takes."""


def run(container: Container) -> None:
    """Write model_card.json (its `content` is what the registry takes) and model_card.html."""
    contract = container.contract
    folders = {n: container.input(n) for n in ("evaluation", "explanation", "validation")}
    evaluation = read_json(folders["evaluation"] / "evaluation.json")
    explanation = read_json(folders["explanation"] / "explanation.json")
    validation = read_json(folders["validation"] / "validation.json")
    card = content(contract, evaluation, explanation, validation)
    folder = container.output("card")
    text = json.dumps(card, ensure_ascii=False)[:LONGEST]
    write_json(folder / "model_card.json", {"content": text})
    (folder / "model_card.html").write_text(page(card, folders), encoding="utf-8")


def content(
    contract: Contract,
    evaluation: dict[str, Any],
    explanation: dict[str, Any],
    validation: dict[str, Any],
) -> dict[str, Any]:
    """Return the card in the schema of model cards of model packages.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html#model-cards-json-schema
    """
    importance = explanation["explanations"]["shapley"]["label0"]["global_shap_values"]
    first = sorted(importance.items(), key=lambda item: -item[1])[:5]
    quality = evaluation["binary_classification_metrics"]
    overall = {
        "auc": quality["auc"]["value"],
        "recall": quality["recall"]["value"],
        "specificity": quality["true_negative_rate"]["value"],
        "precision": quality["precision"]["value"],
        "brier score": evaluation["calibration"]["brier"],
        "calibration error": evaluation["calibration"]["error"],
        "largest recall gap": evaluation["limits"]["recall_gap"],
    }
    bands = [
        {
            "name": f"{row['group']}: {row['band']}",
            "metric_data": _numbers(
                {m: row[m] for m in ("records", "cases", "auc", "recall", "specificity")}
            ),
        }
        for row in evaluation["subgroups"]
    ]
    return {
        "model_overview": {"model_creator": "Iryo clinical pipeline"},
        "business_details": {"business_problem": contract.title},
        "intended_uses": {
            "purpose_of_model": contract.title,
            "intended_uses": contract.intended_use,
            "risk_rating": "High",
            "explanations_for_risk_rating": "It is used on people in health care.",
        },
        "training_details": {
            "training_observations": (
                f"{validation['records']} records of {validation['patients']} patients, "
                f"{validation['cases']} cases, {validation['gaps']} gaps filled with medians; "
                "split by patient into 60, 20 and 20 percent."
            ),
        },
        "evaluation_details": [
            {
                "name": "test part",
                "evaluation_observation": (
                    f"{evaluation['records']} records, {evaluation['cases']} cases; "
                    f"threshold {evaluation['model']['threshold']:.4f}."
                ),
                "metric_groups": [{"name": "overall", "metric_data": _numbers(overall)}, *bands],
            }
        ],
        "additional_information": {
            "ethical_considerations": contract.caveats,
            "caveats_and_recommendations": (
                "It decides mostly by " + ", ".join(name for name, _ in first) + "."
            ),
            "custom_details": {
                "fingerprint": evaluation["model"]["fingerprint"],
                "dataset": contract.name,
            },
        },
    }


def _numbers(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": name, "type": "number", "value": value}
        for name, value in values.items()
        if value is not None
    ]


STYLE = """
:root{color-scheme:light dark;font-family:system-ui,sans-serif;line-height:1.5}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:1rem 0;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid #8884;padding:.3rem .6rem;text-align:right}
th:first-child,td:first-child{text-align:left}
.charts{display:flex;flex-wrap:wrap;gap:1rem}svg{max-width:100%;height:auto}
dt{font-weight:600}dd{margin:0 0 .6rem}code{word-break:break-all}
"""


def page(card: dict[str, Any], folders: dict[str, Path]) -> str:
    """Return the card as a page of its own: no script, nothing fetched."""
    uses, detail = card["intended_uses"], card["evaluation_details"][0]
    extra = card["additional_information"]
    facts = {
        "What it is for": uses["intended_uses"],
        "Risk": f"{uses['risk_rating']}: {uses['explanations_for_risk_rating']}",
        "Trained on": card["training_details"]["training_observations"],
        "Tested on": detail["evaluation_observation"],
        "Caveats": extra["ethical_considerations"],
        "Decides by": extra["caveats_and_recommendations"],
    }
    listed = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts.items())
    overall, *bands = detail["metric_groups"]
    columns = ("records", "cases", "auc", "recall", "specificity")
    head = "".join(f"<th>{column}</th>" for column in columns)
    rows = "".join(_row(band, columns) for band in bands)
    figures = "".join(
        f"<tr><td>{escape(m['name'])}</td><td>{_figure(m['value'])}</td></tr>"
        for m in overall["metric_data"]
    )
    charts = "".join(
        f"<div>{file.read_text(encoding='utf-8')}</div>"
        for name in ("evaluation", "explanation")
        for file in sorted(folders[name].glob("*.svg"))
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Model card: {escape(uses['purpose_of_model'])}</title><style>{STYLE}</style>"
        f"<h1>{escape(uses['purpose_of_model'])}</h1><dl>{listed}</dl>"
        f"<h2>Overall</h2><table>{figures}</table>"
        f"<h2>By subgroup</h2><table><tr><th>subgroup</th>{head}</tr>{rows}</table>"
        f'<h2>Charts</h2><div class="charts">{charts}</div>'
        f"<p>Fingerprint <code>{escape(extra['custom_details']['fingerprint'])}</code></p></html>\n"
    )


def _row(band: dict[str, Any], columns: tuple[str, ...]) -> str:
    values = {metric["name"]: metric["value"] for metric in band["metric_data"]}
    cells = "".join(f"<td>{_figure(values.get(column))}</td>" for column in columns)
    return f"<tr><td>{escape(band['name'])}</td>{cells}</tr>"


def _figure(value: float | int | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.4f}"
