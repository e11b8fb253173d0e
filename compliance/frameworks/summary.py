"""What the frameworks hold, as Markdown, for docs/frameworks.md."""

from collections import Counter

from compliance.frameworks import DISPOSITIONS, Framework, load

BEGIN = "<!-- frameworks: make snapshots -->"
END = "<!-- end of frameworks -->"
HEADINGS = (
    *("framework 枠組み", "edition 版", "clauses 条項", "text read 本文確認", "secondary 二次資料"),
    *("proven 証明", "partly 一部証明", "manual 手動", "inherited 継承", "not applicable 対象外"),
)


def markdown() -> str:
    """Return a table in both languages, and after it what of each framework was read."""
    frameworks = load()
    lines = [f"| {' | '.join(HEADINGS)} |", f"|{' --- |' * len(HEADINGS)}"]
    lines += [_line(framework) for framework in frameworks]
    for framework in frameworks:
        lines += ["", f"**{framework.title.en}**. {framework.coverage.en}", ""]
        lines += [f"**{framework.title.ja}**。{framework.coverage.ja}"]
    return "\n".join(lines)


def _line(framework: Framework) -> str:
    seen = Counter(clause.seen for clause in framework.clauses)
    met = Counter(clause.disposition for clause in framework.clauses)
    cells = [
        f"[{framework.title.en}]({framework.url})<br>{framework.title.ja}",
        f"{framework.edition.en}<br>{framework.edition.ja}",
        len(framework.clauses),
        seen["text"],
        seen["secondary"],
        *(met[disposition] for disposition in DISPOSITIONS),
    ]
    return f"| {' | '.join(map(str, cells))} |"
