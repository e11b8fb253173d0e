"""The page's first screen, in plain HTML: the verdict, what was checked, the frameworks."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from compliance import conformance, prevention
from compliance.assessment import ClauseResult
from compliance.evidence.markup import both, escaped, icon, name_of, text
from compliance.evidence.report import Report
from compliance.evidence.when import UNKNOWN
from compliance.frameworks import Framework
from compliance.verdicts import OF_CLAUSES, Verdict

FILES = {
    "matrix.csv": "file.matrix",
    "waivers.csv": "file.waivers",
    "assessment-results.json": "file.oscal",
    "results.sarif": "file.sarif",
    conformance.FILE: "file.conformance",
    prevention.FILES["scp"]: "file.scp",
    prevention.FILES["rcp"]: "file.rcp",
}


def facts(report: Report) -> str:
    """Return which environment the report is of, of when and from which commit."""
    date = report.origin.date
    dated = both("unknown") if date == UNKNOWN else escaped(date.strftime("%Y-%m-%d %H:%M UTC"))
    name, stage = report.settings.name, report.settings.stage
    given = {
        "environment": escaped(name if name == stage else f"{name} ({stage})"),
        "generated": dated,
        "commit": escaped(report.origin.commit[:10]) or both("unknown"),
    }
    return "".join(
        f"<div><dt>{both(key)}</dt><dd>{value}</dd></div>" for key, value in given.items()
    )


def section(report: Report, data: dict[str, Any]) -> str:
    """Return the summary. `data` is what `compact` makes of the report."""
    return "\n".join(
        (
            f'<h1 tabindex="-1">{both("view.summary")}</h1>',
            _banner(report),
            f"<h2>{both('summary.verdicts')}</h2>",
            f'<p class="note">{both("summary.verdicts.note")}</p>',
            f'<ul class="tiles">{"".join(_tiles(report))}</ul>',
            f'<p class="note">{_scope(report, data)}</p>',
            f"<h2>{both('summary.frameworks')}</h2>",
            f'<p class="note">{both("summary.frameworks.note")}</p>',
            '<ul class="frameworks card">',
            *(_framework(*one) for one in report.assessment.frameworks),
            "</ul>",
            f"<h2>{both('summary.more')}</h2>",
            f'<dl class="terms card">{"".join(_more(report, data))}</dl>',
            f"<h2>{both('summary.files')}</h2>",
            f'<ul class="files">{"".join(_files())}</ul>',
        )
    )


def _banner(report: Report) -> str:
    red = len(report.judgement.red)
    verdict = "fail" if red else "pass"
    said = both(f"gate.{verdict}", count=red)
    if red:
        said = f'<a href="{_to("findings", verdict=verdict)}">{said}</a>'
    return f'<div class="banner {verdict}">{icon(verdict)}<p>{said}</p></div>'


def _tiles(report: Report) -> Iterator[str]:
    for verdict, many in report.judgement.counts.items():
        if verdict in OF_CLAUSES or verdict is Verdict.MANUAL:
            continue
        inside = (
            f'<span class="number">{many:,}</span>'
            f'<span class="label">{icon(verdict)}{both(f"verdict.{verdict}")}</span>'
        )
        shade = f"tile {name_of(verdict)}"
        if many:
            to = _to("findings", verdict=verdict)
            yield f'<li><a class="{shade}" href="{to}">{inside}</a></li>'
        else:
            yield f'<li><div class="{shade} zero">{inside}</div></li>'


def _scope(report: Report, data: dict[str, Any]) -> str:
    return both(
        "summary.scope.note",
        resources=sum(bool(place.type) for place in report.places.values()),
        templates=len(report.judgement.judged),
        rules=len(data["rules"]),
        waivers=len(data["waivers"]),
    )


def _framework(framework: Framework, results: tuple[ClauseResult, ...]) -> str:
    counts = Counter(result.verdict for result in results)
    found = [(verdict, counts[verdict]) for verdict in Verdict if counts[verdict]]
    total, left, bars = len(results), 0.0, []
    for verdict, many in found:
        width = 100 * many / total
        bars.append(
            f'<rect class="{name_of(verdict)}" x="{left:.3f}" width="{width:.3f}" height="8"/>'
        )
        left += width
    legend = "".join(
        f'<li><a href="{_to("clauses", framework=framework.id, verdict=verdict)}">{icon(verdict)}'
        f'<b>{many}</b> <span class="label">{both(f"verdict.{verdict}")}</span></a></li>'
        for verdict, many in found
    )
    return (
        f'<li><div><h3><a href="{_to("clauses", framework=framework.id)}">'
        f"{text(framework.title)}</a></h3>"
        f'<p class="edition">{text(framework.edition)}</p></div>'
        '<div><svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'{"".join(bars)}</svg><ul class="legend">{legend}</ul></div></li>'
    )


def _to(view: str, **query: str) -> str:
    return escaped(f"#{view}?{urlencode({key: str(value) for key, value in query.items()})}")


def _files() -> Iterator[str]:
    for name, key in FILES.items():
        yield f'<li><a href="{name}">{name}</a> <span class="note">{both(key)}</span></li>'


def _more(report: Report, data: dict[str, Any]) -> Iterator[str]:
    """Yield a line for each other view that has something to say at first sight."""
    ends = min((one.waiver.expires for one in report.judgement.waivers), default=None)
    if ends:
        yield _term("summary.next", "waivers", f"{ends}")
    bare = sum(not met and reason < 0 for _, _, met, reason in data["types"])
    reasoned = sum(not met and reason >= 0 for _, _, met, reason in data["types"])
    ruled = len(data["types"]) - bare - reasoned
    yield _term(
        "view.types",
        "types",
        both("types.summary", ruled=ruled, reasoned=reasoned, bare=bare),
    )
    if kill := data["kill"]:
        score = both("kill.score", killed=kill["killed"], total=kill["total"])
        yield _term("view.kill", "kill", score)
    if changes := data["changes"]:
        kinds = Counter(item["kind"] for item in changes["items"])
        said = ", ".join(f"{both(f'change.{kind}')} {many}" for kind, many in kinds.items())
        yield _term("view.changes", "changes", said or both("changes.none"))


def _term(key: str, view: str, inside: str) -> str:
    return f'<div><dt><a href="#{view}">{both(key)}</a></dt><dd>{inside}</dd></div>'
