"""Brings the tables in docs/ that are made from the code up to date: `make snapshots`."""

from pathlib import Path

from compliance import catalogue
from compliance.frameworks import summary

DOCS = Path(__file__).parents[1] / "docs"
TABLES = {"gate.md": catalogue, "frameworks.md": summary}
"""The page, and the module that has BEGIN, END and markdown()."""


def refreshed(page: str, begin: str, end: str, table: str) -> str:
    """Return a page with a table between its markers. Raises ValueError without markers."""
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"the page has no lines {begin} and {end}")
    return f"{before}{begin}\n{table}\n{end}{after}"


def main() -> None:
    """Write the tables."""
    for name, module in TABLES.items():
        file = DOCS / name
        page = file.read_text(encoding="utf-8")
        file.write_text(
            refreshed(page, module.BEGIN, module.END, module.markdown()), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
