"""The HTML report of a run: one page, no script, nothing fetched."""

import json
from html import escape
from pathlib import Path
from typing import Any

from mlops.runner.state import RunResult, Status, StepResult

_LOG_LINES = 40
_STYLE = """
:root{color-scheme:light dark;font-family:system-ui,sans-serif;line-height:1.5;
--good:#2f855a;--bad:#c53030;--none:#8a94a6}
body{max-width:68rem;margin:2rem auto;padding:0 1rem}
.banner{border-left:.5rem solid var(--none);padding:.6rem 1rem;background:#8881;margin:1rem 0}
.Succeeded{border-color:var(--good)}.Failed{border-color:var(--bad)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid #8884;padding:.3rem .6rem;text-align:left;vertical-align:top}
td.n,th.n{text-align:right}td:first-child{white-space:nowrap}.t{position:relative;min-width:12rem}
.bar{position:absolute;top:.55rem;height:.8rem;min-width:2px;background:var(--good);border-radius:2px}
.bar.Failed{background:var(--bad)}.bar.cached{opacity:.45}
.charts{display:flex;flex-wrap:wrap;gap:1rem}svg{max-width:100%;height:auto}
pre{overflow:auto;background:#8881;padding:.6rem;font-size:.85rem;max-height:24rem}
details{margin:.4rem 0}summary{cursor:pointer}
.dot{display:inline-block;width:.7rem;height:.7rem;border-radius:50%;background:var(--none);margin-right:.4rem}
.dot.Succeeded{background:var(--good)}.dot.Failed{background:var(--bad)}
"""


def write_report(folder: Path, name: str, result: RunResult) -> Path:
    """Write report.html of a run; return its path."""
    sections = [_banner(result), _timeline(result), _subgroups(folder), _charts(folder)]
    sections += [_parameters(result), _card(folder), _details(folder, result)]
    title = f"{name}: {result.status}"
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(name)}</h1>"
        + "".join(sections)
        + "</html>\n"
    )
    file = folder / "report.html"
    file.write_text(page, encoding="utf-8")
    return file


def _banner(result: RunResult) -> str:
    ran = [s for s in result.steps.values() if s.status is not Status.NOT_EXECUTED]
    cached = sum(step.cached for step in ran)
    reason = f"<br>{escape(result.reason)}" if result.reason else ""
    return (
        f'<div class="banner {result.status}"><b>{result.status}</b> in {result.seconds:.1f} s, '
        f"{len(ran)} steps, {cached} of them from the cache{reason}</div>"
    )


def _timeline(result: RunResult) -> str:
    total = max(result.seconds, 0.001)
    rows = "".join(_row(step, total) for step in result.steps.values())
    return (
        "<h2>Steps</h2><table><tr><th>step</th><th>type</th><th>status</th>"
        '<th class="n">seconds</th><th>when</th></tr>' + rows + "</table>"
    )


def _row(step: StepResult, total: float) -> str:
    words = [str(step.status)]
    if step.cached:
        words.append("from the cache")
    if step.attempts > 1:
        words.append(f"{step.attempts} tries")
    if step.outcome:
        words.append(step.outcome)
    words += [f"{name} {value:.4f}" for name, value in step.metrics.items()]
    bar = ""
    if step.status is not Status.NOT_EXECUTED:
        left, width = 100 * step.started / total, 100 * step.seconds / total
        kind = f"bar {step.status}{' cached' if step.cached else ''}"
        place = f"left:{left:.1f}%;width:{min(width, 100 - left):.1f}%"
        bar = f'<div class="{kind}" style="{place}"></div>'
    return (
        f'<tr><td><span class="dot {step.status}"></span>{escape(step.name)}</td>'
        f"<td>{escape(step.type)}</td><td>{escape(', '.join(words))}</td>"
        f'<td class="n">{step.seconds:.2f}</td><td class="t">{bar}</td></tr>'
    )


def _subgroups(folder: Path) -> str:
    files = sorted((folder / "s3").rglob("evaluation.json"))
    if not files:
        return ""
    evaluation = json.loads(files[0].read_text(encoding="utf-8"))
    rows = [{"group": "all", "band": "records", **_overall(evaluation)}, *evaluation["subgroups"]]
    columns = ("records", "cases", "auc", "recall", "specificity", "precision", "calibration_error")
    head = "".join(f'<th class="n">{column.replace("_", " ")}</th>' for column in columns)
    body = "".join(
        f"<tr><td>{escape(row['group'])}: {escape(row['band'])}</td>"
        + "".join(f'<td class="n">{_figure(row.get(column))}</td>' for column in columns)
        + "</tr>"
        for row in rows
    )
    return f"<h2>Evaluation</h2><table><tr><th>subgroup</th>{head}</tr>{body}</table>"


def _overall(evaluation: dict[str, Any]) -> dict[str, Any]:
    quality = evaluation["binary_classification_metrics"]
    return {
        "records": evaluation["records"],
        "cases": evaluation["cases"],
        "auc": quality["auc"]["value"],
        "recall": quality["recall"]["value"],
        "specificity": quality["true_negative_rate"]["value"],
        "precision": quality["precision"]["value"],
        "calibration_error": evaluation["calibration"]["error"],
    }


def _figure(value: float | int | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.4f}"


def _charts(folder: Path) -> str:
    charts = [f.read_text(encoding="utf-8") for f in sorted((folder / "s3").rglob("*.svg"))]
    if not charts:
        return ""
    return (
        '<h2>Charts</h2><div class="charts">'
        + "".join(f"<div>{c}</div>" for c in charts)
        + "</div>"
    )


def _parameters(result: RunResult) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(str(value))}</td></tr>"
        for name, value in result.parameters.items()
    )
    return f"<h2>Parameters</h2><table>{rows}</table>" if rows else ""


def _card(folder: Path) -> str:
    cards = sorted((folder / "s3").rglob("model_card.html"))
    if not cards:
        return ""
    link = escape(cards[0].relative_to(folder).as_posix())
    return f'<h2>Model card</h2><p><a href="{link}">The model card</a>, a page of its own.</p>'


def _details(folder: Path, result: RunResult) -> str:
    parts = []
    for step in result.steps.values():
        if step.status is Status.NOT_EXECUTED:
            continue
        home = folder / "steps" / step.name
        inside = f"<p>{escape(step.reason)}</p>" if step.reason else ""
        for title, file in (("log", home / "log.txt"), ("arguments", home / "arguments.json")):
            if file.is_file():
                text = file.read_text(encoding="utf-8", errors="replace")
                tail = "\n".join(text.splitlines()[-_LOG_LINES:]) if title == "log" else text
                inside += f"<details><summary>{title}</summary><pre>{escape(tail)}</pre></details>"
        shown = " open" if step.status is Status.FAILED else ""
        parts.append(f"<details{shown}><summary>{escape(step.name)}</summary>{inside}</details>")
    return "<h2>Details</h2>" + "".join(parts)
