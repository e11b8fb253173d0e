"""The report as one page that needs nothing from anywhere: style, script and data are inside.

What a reader without JavaScript must know (the verdict, the frameworks, the files) is plain HTML;
the rest is drawn from the data when it is looked at. A content security policy allows nothing but
the one script and the one style by their hashes, so a name in a template can never run.
"""

import hashlib
from base64 import b64encode
from functools import cache
from itertools import groupby
from pathlib import Path
from string import Template
from typing import Any

import orjson

from compliance.evidence import summary, wording
from compliance.evidence.markup import both, escaped
from compliance.evidence.report import Place, Report

FOLDER = Path(__file__).parent / "page"
SCRIPTS = ("data.js", "words.js", "dom.js", "filters.js", "parts.js", "views.js", "main.js")
LONGEST = 12_000
"""Characters of one resource's properties that the page holds; the template has them all."""


def to_html(report: Report, data: dict[str, Any]) -> str:
    """Return the page of a report; `data` is what `compact` makes of it, with its changes."""
    shown = {name: value for name, value in data.items() if name not in ("grants", "judged")}
    shown["properties"] = [_properties(place) for place in report.places.values()]
    shown["rights"] = _rights(report)
    shown["words"] = wording.page()
    script, style = _script(), (FOLDER / "page.css").read_text(encoding="utf-8")
    words = wording.page()
    return Template((FOLDER / "page.html").read_text(encoding="utf-8")).substitute(
        title=escaped(f"{words['title'][0]} · {report.settings.name}"),
        product=both("product"),
        heading=both("title"),
        skip=both("skip"),
        noscript=both("noscript"),
        facts=summary.facts(report),
        summary=summary.section(report, data),
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        data=_inside(orjson.dumps(shown).decode()),
    )


def _rights(report: Report) -> list[list[Any]]:
    """Return the place of each role, who may assume it, and its statements."""
    places = {path: index for index, path in enumerate(report.places)}
    return [
        [
            places[path],
            list(who),
            [[r.kind, r.effect, r.actions, r.resources, r.conditions] for r in of_role],
        ]
        for (path, who), of_role in groupby(report.rights, lambda r: (r.path, r.assumed_by))
    ]


@cache
def _script() -> str:
    parts = [(FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS]
    return '"use strict";\n(() => {\n' + "".join(parts) + "})();\n"


def _hash(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _inside(json_text: str) -> str:
    """Return JSON that cannot end the element it stands in."""
    return json_text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _properties(place: Place) -> dict[str, Any]:
    """Return the properties; one that is very long is cut, so that a page stays a page."""
    return {name: _cut(value) for name, value in place.properties.items()}


def _cut(value: Any) -> Any:
    text = orjson.dumps(value)
    if len(text) <= LONGEST:
        return value
    return text[:LONGEST].decode(errors="ignore") + " …"
